import type { MatchedType } from './mapping';
import { CallFailed } from './errors';
import type { SalesforceClient } from './salesforce.client';
import { inLists, soqlIn } from './soql';

/** Somebody who is looked at: a record of theirs, and what is news of it. */
export interface Watched {
  type: MatchedType;
  id: string;
  /** What changed at this moment or later; the CRM tells whole seconds. */
  since: Date;
}

export interface ChangedRecord {
  type: string;
  id: string;
  at: Date;
}

/** Fields of a case that name the person. Leads have none. */
const CASE_FIELD: Partial<Record<MatchedType, string>> = { Contact: 'ContactId', Account: 'AccountId' };

/**
 * The newest change of each one's own record, or of a case of theirs, by anybody but ourselves. Everybody of a type shares
 * the queries. An org in which we may not read cases has none for us.
 * @returns by the id that was asked for
 * @throws CallFailed
 */
export async function changedRecords(
  client: SalesforceClient,
  watched: readonly Watched[],
): Promise<Map<string, ChangedRecord>> {
  const news = new Map<string, ChangedRecord>();
  for (const type of new Set(watched.map((one) => one.type))) {
    const ofType = watched.filter((one) => one.type === type);
    await look(client, ofType, { object: type, by: 'Id' }, news);
    const by = CASE_FIELD[type];
    if (by) await look(client, ofType, { object: 'Case', by }, news).catch(refusedAsAWhole);
  }
  return news;
}

async function look(
  client: SalesforceClient,
  watched: readonly Watched[],
  { object, by }: { object: string; by: string },
  news: Map<string, ChangedRecord>,
): Promise<void> {
  const since = new Date(Math.min(...watched.map((one) => wholeSecond(one.since))));
  const byId = new Map<string, Watched[]>();
  for (const one of watched) byId.set(short(one.id), [...(byId.get(short(one.id)) ?? []), one]);
  for (const ids of inLists(watched.map(({ id }) => id))) {
    const fields = [...new Set(['Id', by, 'LastModifiedDate', 'LastModifiedById'])].join(', ');
    const soql = `SELECT ${fields} FROM ${object} WHERE ${soqlIn(by, ids)} AND LastModifiedDate >= ${since.toISOString()}`;
    for (const row of await client.query(`query changed ${object}`, soql)) {
      if (client.userId !== null && short(String(row['LastModifiedById'])) === short(client.userId)) continue;
      const at = new Date(String(row['LastModifiedDate']));
      for (const one of byId.get(short(String(row[by]))) ?? []) {
        const known = news.get(one.id);
        if (at.getTime() < wholeSecond(one.since) || (known && known.at >= at)) continue;
        news.set(one.id, { type: object, id: String(row['Id']), at });
      }
    }
  }
}

const wholeSecond = (at: Date): number => Math.floor(at.getTime() / 1_000) * 1_000;

/** The same id is written with 15 or 18 characters. */
const short = (id: string): string => id.slice(0, 15);

function refusedAsAWhole(error: unknown): void {
  if (!(error instanceof CallFailed) || (error.failure.kind !== 'park' && error.failure.kind !== 'bug')) throw error;
}
