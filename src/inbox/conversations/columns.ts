/** One column of many rows, as an array parameter for `unnest`. */
export const pick = <T, K extends keyof T>(rows: readonly T[], key: K): T[K][] => rows.map((row) => row[key]);

/** Several columns, in this order. */
export const columnsOf = <T>(rows: readonly T[], keys: readonly (keyof T)[]): unknown[][] =>
  keys.map((key) => pick(rows, key));
