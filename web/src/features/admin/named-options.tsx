/** The entries of a select: none of them first, then those with a name. */
export function Named({ none, list }: { none?: string; list: readonly { id: string; name: string }[] }) {
  return (
    <>
      {none !== undefined && <option value="">{none}</option>}
      {list.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </>
  );
}
