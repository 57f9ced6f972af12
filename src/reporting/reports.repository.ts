import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';

export const GROUPINGS = [
  'day',
  'hour',
  'agent',
  'team',
  'channel',
  'brand',
  'threadKind',
  'language',
  'priority',
] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** What a row of the summary stands for, as SQL on `f`; $2 is the reader's time zone. */
const KEY: Record<Grouping, string> = {
  day: `to_char(f.at AT TIME ZONE $2, 'YYYY-MM-DD')`,
  hour: `to_char(f.at AT TIME ZONE $2, 'HH24')`,
  agent: 'f.agent_id::text',
  team: 'f.team_id::text',
  channel: 'f.channel_id::text',
  brand: 'f.brand_id::text',
  threadKind: 'f.thread_kind',
  language: 'f.language',
  priority: 'f.priority',
};

export interface SummaryRow {
  /** A local Gregorian date, an hour of the day, an id, a word; null: none. */
  key: string | null;
  customerMessages: number;
  answersByAgents: number;
  answersByBot: number;
  answersElsewhere: number;
  opened: number;
  solved: number;
  solvedUnanswered: number;
  reopened: number;
  breached: number;
  met: number;
  /** Milliseconds, of people's first answers: by the wall and in business hours. */
  firstAnswerWallMs: { median: number | null; p90: number | null };
  firstAnswerBusinessMs: { median: number | null; p90: number | null };
  anyAnswerBusinessMs: { median: number | null; p90: number | null };
  resolutionBusinessMs: { median: number | null; p90: number | null };
  csat: { answers: number; mean: number | null };
  /** Promoters less detractors, of a hundred. */
  nps: { answers: number; score: number | null };
  callsReached: number;
  callsNotReached: number;
}

export interface StoredFact {
  at: Date;
  position: number;
  kind: string;
  ticketId: string | null;
  [more: string]: unknown;
}

const counted = (what: string) => `(count(*) FILTER (WHERE ${what}))::int`;
const spread = (column: string, what: string) => `jsonb_build_object(
    'median', percentile_cont(0.5) WITHIN GROUP (ORDER BY f.${column}) FILTER (WHERE ${what} AND f.${column} IS NOT NULL),
    'p90', percentile_cont(0.9) WITHIN GROUP (ORDER BY f.${column}) FILTER (WHERE ${what} AND f.${column} IS NOT NULL))`;

const BY_PEOPLE = `f.kind = 'answer' AND f.actor IN ('agent', 'account')`;
const FIRST = `${BY_PEOPLE} AND (f.detail->>'first')::boolean`;
const survey = (kind: 'csat' | 'nps') => `f.kind = 'survey_answered' AND f.detail->>'kind' = '${kind}'`;

/** Questions to the books. They are only ever added to, so the same question about a past month has the same answer. */
@Injectable()
export class ReportsRepository {
  summary(tx: Tx, workspaceId: string, timeZone: string, by: Grouping, from: Date, to: Date): Promise<SummaryRow[]> {
    // $1 workspace, $2 time zone, $3 from, $4 to (not included)
    return tx.query<SummaryRow>(
      `SELECT ${KEY[by]} AS key,
         ${counted(`f.kind = 'customer_message'`)} AS "customerMessages",
         ${counted(`f.kind = 'answer' AND f.actor = 'agent'`)} AS "answersByAgents",
         ${counted(`f.kind = 'answer' AND f.actor = 'bot'`)} AS "answersByBot",
         ${counted(`f.kind = 'answer' AND f.actor = 'account'`)} AS "answersElsewhere",
         ${counted(`f.kind = 'ticket_opened'`)} AS opened,
         ${counted(`f.kind = 'solved'`)} AS solved,
         ${counted(`f.kind = 'solved' AND NOT (f.detail->>'answered')::boolean`)} AS "solvedUnanswered",
         ${counted(`f.kind = 'reopened'`)} AS reopened,
         ${counted(`f.kind = 'sla_breached'`)} AS breached,
         ${counted(`f.kind = 'sla_met'`)} AS met,
         ${spread('wall_ms', FIRST)} AS "firstAnswerWallMs",
         ${spread('business_ms', FIRST)} AS "firstAnswerBusinessMs",
         ${spread('business_ms', BY_PEOPLE)} AS "anyAnswerBusinessMs",
         ${spread('business_ms', `f.kind = 'solved'`)} AS "resolutionBusinessMs",
         jsonb_build_object('answers', ${counted(survey('csat'))},
           'mean', (avg(f.value) FILTER (WHERE ${survey('csat')}))::float8) AS csat,
         jsonb_build_object('answers', ${counted(survey('nps'))}, 'score',
           (100.0 * (count(*) FILTER (WHERE ${survey('nps')} AND f.value >= 9) - count(*) FILTER (WHERE ${survey('nps')} AND f.value <= 6))
             / nullif(count(*) FILTER (WHERE ${survey('nps')}), 0))::float8) AS nps,
         ${counted(`f.kind = 'call_ended' AND f.value = 1`)} AS "callsReached",
         ${counted(`f.kind = 'call_ended' AND f.value = 0`)} AS "callsNotReached"
       FROM report_facts f WHERE f.workspace_id = $1 AND f.at >= $3 AND f.at < $4 AND $2::text IS NOT NULL
       GROUP BY 1 ORDER BY 1 NULLS LAST LIMIT 1000`,
      [workspaceId, timeZone, from, to],
    );
  }

  /** The books themselves, in order, for other tools. @param after position of the last fact seen */
  facts(
    tx: Tx,
    workspaceId: string,
    bounds: {
      from: Date;
      to: Date;
      after: { at: Date; position: number; kind: string } | null;
      kinds: readonly string[];
    },
    limit: number,
  ): Promise<StoredFact[]> {
    // $1 workspace, $2 from, $3 to, $4 kinds, $5 to $7 last seen, $8 how many
    return tx.query<StoredFact>(
      `SELECT at, position::float8 AS position, kind, ticket_id AS "ticketId", conversation_id AS "conversationId",
         contact_id AS "contactId", message_id AS "messageId", channel_id AS "channelId", channel_kind AS "channelKind",
         brand_id AS "brandId", team_id AS "teamId", queue_id AS "queueId", thread_kind AS "threadKind",
         work_type AS "workType", priority, language, tier, actor, agent_id AS "agentId", wall_ms::float8 AS "wallMs",
         business_ms::float8 AS "businessMs", value, detail
       FROM report_facts
       WHERE workspace_id = $1 AND at >= $2 AND at < $3 AND (cardinality($4::text[]) = 0 OR kind = ANY($4))
         AND ($5::timestamptz IS NULL OR (at, position, kind) > ($5, $6::bigint, $7::text))
       ORDER BY at, position, kind LIMIT $8`,
      [
        workspaceId,
        bounds.from,
        bounds.to,
        bounds.kinds,
        bounds.after?.at ?? null,
        bounds.after?.position ?? null,
        bounds.after?.kind ?? null,
        limit,
      ],
    );
  }

  async timeZone(tx: Tx, workspaceId: string): Promise<string> {
    const [row] = await tx.query<{ time_zone: string }>('SELECT time_zone FROM workspaces WHERE id = $1', [
      workspaceId,
    ]);
    return row?.time_zone ?? 'UTC';
  }
}
