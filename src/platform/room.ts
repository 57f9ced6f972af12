import type { Tx } from './database';

/** Rows of one kind that belong to somebody, of whom there may be so many. */
export interface Room {
  kind: string;
  /** A workspace or an agent. */
  owner: string;
  most: number;
}

/**
 * Whether one more fits. Who makes another of the same kind waits until this transaction is over, so two at once never
 * take the last place both.
 * @param rows a SELECT of what counts, with `params` as its `$n`
 */
export async function hasRoom(
  tx: Tx,
  { kind, owner, most }: Room,
  rows: string,
  params: readonly unknown[],
): Promise<boolean> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtext($1), hashtext($2))', [kind, owner]);
  // a statement of its own: its snapshot is taken after the lock
  const found = await tx.query(`SELECT 1 FROM (${rows} LIMIT ${most}) taken`, [...params]);
  return found.length < most;
}
