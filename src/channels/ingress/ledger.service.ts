import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/audit';
import { pageOf } from '../../identity/page';
import type { Principal } from '../../identity/principal';
import { Database, type Tx } from '../../platform/database';
import { DomainError, notFound } from '../../platform/errors';
import { wordsIfAny } from '../../refusals/refusal-words';
import { Applier } from './applier';
import type { InboundState } from './ledger.repository';

export interface LedgerFilter {
  state?: InboundState;
  channelId?: string;
  cursor?: string;
  limit: number;
}

export interface ReplayRange {
  states: InboundState[];
  channelId?: string;
  from?: Date;
  to?: Date;
}

const COLUMNS = `id, channel_id AS "channelId", delivery_id AS "deliveryId", event_key AS "eventKey", type, thread_key AS "threadKey",
  state, reason, attempts, occurred_at AS "occurredAt", received_at AS "receivedAt", applied_at AS "appliedAt"`;
const MAX_REPLAY = 100_000; // one statement's worth; a longer range is replayed in parts

/** The ledger of what the networks sent: nothing is dropped, everything can be looked at and run again. */
@Injectable()
export class LedgerService {
  constructor(
    private readonly database: Database,
    private readonly applier: Applier,
    private readonly audit: Audit,
  ) {}

  list(who: Principal, filter: LedgerFilter) {
    return this.database.lean(who, async (tx) => {
      // $1 workspace, $2 state, $3 channel, $4 id to go on from, $5 how many
      const rows = await tx.query<{ id: string; reason: string | null }>(
        `SELECT ${COLUMNS} FROM inbound_events
         WHERE workspace_id = $1 AND ($2::text IS NULL OR state = $2) AND ($3::uuid IS NULL OR channel_id = $3)
           AND ($4::uuid IS NULL OR id < $4) ORDER BY id DESC LIMIT $5`,
        [who.workspaceId, filter.state ?? null, filter.channelId ?? null, filter.cursor ?? null, filter.limit + 1],
      );
      return pageOf(rows.map(withWords), filter.limit);
    });
  }

  /** One event with what was received: the raw body, or only its own part where the delivery is shared. */
  get(who: Principal, id: string) {
    return this.database.lean(who, async (tx) => {
      const [row] = await tx.query<{
        id: string;
        reason: string | null;
        payload: unknown;
        headers: Record<string, string> | null;
        body: Buffer | null;
      }>(
        `SELECT ${COLUMNS.replaceAll(/(^|, )([a-z_]+)/g, '$1e.$2')}, e.payload, d.headers, d.body, d.source
         FROM inbound_events e LEFT JOIN inbound_deliveries d ON d.id = e.delivery_id AND d.workspace_id = e.workspace_id
         WHERE e.workspace_id = $1 AND e.id = $2`,
        [who.workspaceId, id],
      );
      if (!row) throw notFound('inbound event');
      const { body, ...rest } = row;
      return { ...withWords(rest), raw: body ? body.toString('utf8') : null };
    });
  }

  /** Puts one event back to be applied again; what it already did is not done twice. */
  async replay(who: Principal, id: string): Promise<{ replayed: number }> {
    const replayed = await this.database.lean(who, async (tx) => {
      const count = await tx.execute(
        `UPDATE inbound_events SET state = 'received', reason = NULL, attempts = 0 WHERE workspace_id = $1 AND id = $2 AND type <> 'malformed'`,
        [who.workspaceId, id],
      );
      if (count === 0) await this.refuse(tx, who, id);
      await this.log(tx, who, `inbound_event:${id}`, count);
      return count;
    });
    this.applier.wake();
    return { replayed };
  }

  async replayRange(who: Principal, range: ReplayRange): Promise<{ replayed: number }> {
    const replayed = await this.database.lean(who, async (tx) => {
      // $1 workspace, $2 states, $3 channel, $4 from, $5 to
      const count = await tx.execute(
        `UPDATE inbound_events SET state = 'received', reason = NULL, attempts = 0 WHERE workspace_id = $1 AND id IN (
           SELECT id FROM inbound_events WHERE workspace_id = $1 AND state = ANY($2) AND type <> 'malformed'
             AND ($3::uuid IS NULL OR channel_id = $3) AND ($4::timestamptz IS NULL OR received_at >= $4)
             AND ($5::timestamptz IS NULL OR received_at < $5) ORDER BY id LIMIT ${MAX_REPLAY})`,
        [who.workspaceId, range.states, range.channelId ?? null, range.from ?? null, range.to ?? null],
      );
      await this.log(tx, who, 'inbound_events:range', count);
      return count;
    });
    this.applier.wake();
    return { replayed };
  }

  /** Counts of requests that left no event behind, by day. */
  refusals(): Promise<{ day: string; source: string; outcome: string; count: number }[]> {
    return this.database.lean('system', (tx) =>
      tx.query(
        `SELECT day::text, source, outcome, count::float8 AS count FROM ingress_counts WHERE day > current_date - 30 ORDER BY day DESC, source, outcome`,
      ),
    );
  }

  private async refuse(tx: Tx, who: Principal, id: string): Promise<never> {
    const [row] = await tx.query(`SELECT 1 FROM inbound_events WHERE workspace_id = $1 AND id = $2`, [
      who.workspaceId,
      id,
    ]);
    if (!row) throw notFound('inbound event');
    throw new DomainError('conflict', 'A malformed body cannot be applied; ask the network to send it again.');
  }

  private log(tx: Tx, who: Principal, subject: string, count: number): Promise<void> {
    return this.audit.record(tx, {
      workspaceId: who.workspaceId,
      actor: { kind: 'agent', id: who.agentId },
      action: 'inbound_events.replayed',
      subject,
      changes: { count: { from: 0, to: count } },
    });
  }
}

/** Its reason for a person, in both languages. */
const withWords = <T extends { reason: string | null }>(event: T) => ({ ...event, words: wordsIfAny(event.reason) });
