/**
 * Text as Postgres can hold it: no NUL, no half surrogate pairs. Everything else, ZWNJ and emoji included, stays as the
 * customer wrote it.
 */
export function cleanText(text: string): string {
  return (text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text).toWellFormed();
}

/** JSON whose strings Postgres can hold, for jsonb columns. */
export function cleanJson(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'string' ? cleanText(inner) : inner)) ?? 'null'
  );
}
