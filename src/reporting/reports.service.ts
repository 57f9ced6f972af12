import { Injectable } from '@nestjs/common';
import type { Principal } from '../identity/principal';
import { Database, type Tx } from '../platform/database';
import { DomainError } from '../platform/errors';
import type { FactsQuery, SummaryQuery } from './reports.dto';
import { ReportsRepository, type StoredFact, type SummaryRow } from './reports.repository';

const LONGEST_MS = 400 * 86_400_000; // a year and a month, in either calendar
const TIMEOUT_MS = 20_000;

@Injectable()
export class ReportsService {
  constructor(
    private readonly database: Database,
    private readonly reports: ReportsRepository,
  ) {}

  summary(who: Principal, query: SummaryQuery): Promise<{ items: SummaryRow[]; timeZone: string }> {
    const { from, to } = spanOf(query);
    return this.patiently(who, async (tx) => {
      const timeZone = await this.reports.timeZone(tx, who.workspaceId);
      return { items: await this.reports.summary(tx, who.workspaceId, timeZone, query.by, from, to), timeZone };
    });
  }

  facts(who: Principal, query: FactsQuery): Promise<{ items: StoredFact[]; nextCursor: string | null }> {
    const bounds = {
      ...spanOf(query),
      after: query.cursor ? readCursor(query.cursor) : null,
      kinds: query.kinds ?? [],
    };
    return this.patiently(who, async (tx) => {
      const rows = await this.reports.facts(tx, who.workspaceId, bounds, query.limit + 1);
      const items = rows.slice(0, query.limit);
      const last = items.at(-1);
      return { items, nextCursor: last && rows.length > query.limit ? cursorOf(last) : null };
    });
  }

  /** A report may take its time, but never hold a connection for ever. */
  private patiently<T>(who: Principal, read: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.lean(who, async (tx) => {
      await tx.execute(`SET LOCAL statement_timeout = ${TIMEOUT_MS}`);
      return await read(tx).catch((error: unknown) => {
        if ((error as { code?: string }).code !== '57014') throw error;
        throw new DomainError(
          'unavailable',
          'This report takes too long; ask for a shorter time.',
          {},
          { cause: error },
        );
      });
    });
  }
}

function spanOf(query: { from: string; to: string }): { from: Date; to: Date } {
  const from = new Date(query.from);
  const to = new Date(query.to);
  const problem =
    to <= from
      ? 'must be after from'
      : to.getTime() - from.getTime() > LONGEST_MS
        ? 'must be within 400 days of from'
        : null;
  if (problem)
    throw new DomainError('validation_failed', `Please correct: to ${problem}.`, { fields: [{ path: 'to', problem }] });
  return { from, to };
}

const cursorOf = ({ at, position, kind }: StoredFact): string =>
  Buffer.from(JSON.stringify([at.toISOString(), position, kind])).toString('base64url');

function readCursor(cursor: string): { at: Date; position: number; kind: string } {
  try {
    const [at, position, kind] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[];
    const instant = new Date(String(at));
    if (Number.isSafeInteger(position) && typeof kind === 'string' && !Number.isNaN(instant.getTime()))
      return { at: instant, position: Number(position), kind };
  } catch {
    // refused below, like any other text that is no cursor
  }
  throw new DomainError('validation_failed', 'Please correct: cursor is not one of ours; begin without it.', {
    fields: [{ path: 'cursor', problem: 'is not a nextCursor' }],
  });
}
