/** A SOQL string literal. Backslash first: jsforce's own builder forgets it, and a name ending in one would open the query. */
export function soqlString(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return `'${escaped}'`;
}

const URI_ROOM = 12_000; // bytes; a request line above 16,384 is answered 414

/**
 * Cuts values into lists that fit a GET query.
 * @param copies how often the query repeats the list
 */
export function inLists(values: readonly string[], copies = 1): string[][] {
  const lists: string[][] = [];
  let room = 0;
  for (const value of new Set(values)) {
    const bytes = copies * (encodeURIComponent(soqlString(value)).length + 3); // the comma becomes %2C
    if (bytes > room || lists.length === 0) {
      lists.push([]);
      room = URI_ROOM;
    }
    lists.at(-1)!.push(value);
    room -= bytes;
  }
  return lists;
}

export const soqlIn = (field: string, values: readonly string[]) => `${field} IN (${values.map(soqlString).join(',')})`;
