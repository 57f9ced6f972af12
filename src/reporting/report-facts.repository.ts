import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';
import type { Fact, MessageTimes, Work } from './fact';

/** A fact with what was true of its ticket, ready to be written. */
export interface FactRow extends Fact, Dimensions {
  ticketId: string | null;
  conversationId: string | null;
  contactId: string | null;
  messageId: string | null;
  wallMs: number | null;
  businessMs: number | null;
}

/** What a ticket was like when it happened; kept with the fact, so that a later change does not change it. */
export interface Dimensions {
  channelId: string | null;
  channelKind: string | null;
  brandId: string | null;
  teamId: string | null;
  queueId: string | null;
  threadKind: string | null;
  workType: string | null;
  priority: string | null;
  language: string | null;
  tier: string | null;
}

interface TicketRow extends Dimensions {
  id: string;
  createdAt: Date;
  openedAt: Date | null;
  waitingSince: Date | null;
  botAnswered: boolean | null;
  answeredAt: Date | null;
}

/** What the counting writes. The reports' questions are in `reports.repository.ts`. */
@Injectable()
export class ReportFactsRepository {
  /** Tickets as they are now, with where their books stand. */
  async tickets(
    tx: Tx,
    workspaceId: string,
    ids: readonly string[],
  ): Promise<Map<string, { dimensions: Dimensions; work: Work }>> {
    // $1 workspace, $2 tickets
    const rows = await tx.query<TicketRow>(
      `SELECT t.id, t.created_at AS "createdAt", t.channel_id AS "channelId", ch.kind AS "channelKind", t.brand_id AS "brandId",
         t.team_id AS "teamId", t.queue_id AS "queueId", t.kind AS "threadKind", coalesce(t.work_type, t.kind) AS "workType",
         t.priority, t.language, k.tier, w.opened_at AS "openedAt", w.waiting_since AS "waitingSince",
         w.bot_answered AS "botAnswered", w.answered_at AS "answeredAt"
       FROM tickets t
       JOIN channels ch ON ch.workspace_id = t.workspace_id AND ch.id = t.channel_id
       JOIN contacts k ON k.workspace_id = t.workspace_id AND k.id = t.contact_id
       LEFT JOIN report_work w ON w.workspace_id = t.workspace_id AND w.ticket_id = t.id
       WHERE t.workspace_id = $1 AND t.id = ANY($2::uuid[])`,
      [workspaceId, ids],
      'facts_tickets',
    );
    return new Map(
      rows.map(({ id, createdAt, openedAt, waitingSince, botAnswered, answeredAt, ...dimensions }) => [
        id,
        {
          dimensions,
          work: { openedAt: openedAt ?? createdAt, waitingSince, botAnswered: botAnswered ?? false, answeredAt },
        },
      ]),
    );
  }

  async messageTimes(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<Map<string, MessageTimes>> {
    // $1 workspace, $2 messages
    const rows = await tx.query<MessageTimes & { id: string }>(
      `SELECT id, network_at AS "networkAt", received_at AS "receivedAt", applied_at AS "appliedAt"
       FROM messages WHERE workspace_id = $1 AND id = ANY($2::uuid[])`,
      [workspaceId, ids],
      'facts_messages',
    );
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** Appends; what was written before stays as it was. */
  async append(tx: Tx, workspaceId: string, facts: readonly FactRow[]): Promise<void> {
    if (facts.length === 0) return;
    // $1 workspace, $2 the facts as JSON
    await tx.execute(
      `INSERT INTO report_facts (workspace_id, at, position, kind, ticket_id, conversation_id, contact_id, message_id, channel_id,
         channel_kind, brand_id, team_id, queue_id, thread_kind, work_type, priority, language, tier, actor, agent_id, wall_ms,
         business_ms, value, detail)
       SELECT $1, f.at, f.position, f.kind, f."ticketId", f."conversationId", f."contactId", f."messageId", f."channelId",
         f."channelKind", f."brandId", f."teamId", f."queueId", f."threadKind", f."workType", f.priority, f.language, f.tier,
         f.actor, f."agentId", f."wallMs", f."businessMs", f.value, f.detail
       FROM jsonb_to_recordset($2::jsonb) AS f(at timestamptz, position bigint, kind text, "ticketId" uuid, "conversationId" uuid,
         "contactId" uuid, "messageId" uuid, "channelId" uuid, "channelKind" text, "brandId" uuid, "teamId" uuid,
         "queueId" uuid, "threadKind" text, "workType" text, priority text, language text, tier text, actor text,
         "agentId" uuid, "wallMs" bigint, "businessMs" bigint, value float8, detail jsonb)
       ON CONFLICT DO NOTHING`,
      [workspaceId, JSON.stringify(facts)],
      'facts_append',
    );
  }

  async saveWork(tx: Tx, workspaceId: string, works: ReadonlyMap<string, Work>): Promise<void> {
    if (works.size === 0) return;
    const rows = [...works].toSorted(([a], [b]) => (a < b ? -1 : 1));
    // $1 workspace, $2 tickets, $3 opened, $4 waiting since, $5 bot answered, $6 answered
    await tx.execute(
      `INSERT INTO report_work (workspace_id, ticket_id, opened_at, waiting_since, bot_answered, answered_at)
       SELECT $1, u.* FROM unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::boolean[], $6::timestamptz[]) AS u
       ON CONFLICT (workspace_id, ticket_id) DO UPDATE SET waiting_since = excluded.waiting_since,
         bot_answered = excluded.bot_answered, answered_at = excluded.answered_at`,
      [
        workspaceId,
        rows.map(([id]) => id),
        rows.map(([, work]) => work.openedAt),
        rows.map(([, work]) => work.waitingSince),
        rows.map(([, work]) => work.botAnswered),
        rows.map(([, work]) => work.answeredAt),
      ],
      'facts_work',
    );
  }
}
