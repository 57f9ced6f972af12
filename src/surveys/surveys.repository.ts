import { Injectable } from '@nestjs/common';
import type { SurveyKind } from '../inbox/conversations/survey-score';
import { spokeLast } from '../inbox/conversations/spoke-last';
import type { Tx } from '../platform/database';
import type { SurveyLocale, SurveyState } from './survey';

export interface Survey {
  workspaceId: string;
  id: string;
  ticketId: string;
  conversationId: string;
  contactId: string;
  channelId: string;
  brandId: string;
  agentId: string | null;
  teamId: string | null;
  kind: SurveyKind;
  locale: SurveyLocale;
  state: SurveyState;
  reason: string | null;
  dueAt: Date;
  askedAt: Date | null;
  expiresAt: Date | null;
  messageId: string | null;
  tokenHash: Buffer | null;
  score: number | null;
  comment: string | null;
  answeredAt: Date | null;
  answeredVia: 'thread' | 'page' | null;
}

export interface SurveyTicket {
  status: string;
  resolution: string | null;
  mergedIntoId: string | null;
  answered: boolean;
  teamId: string | null;
  assigneeId: string | null;
  language: string | null;
  contactLocale: string | null;
  workspaceLocale: string;
  brandName: string;
}

const COLUMNS = `s.workspace_id AS "workspaceId", s.id, s.ticket_id AS "ticketId", s.conversation_id AS "conversationId",
  s.contact_id AS "contactId", s.channel_id AS "channelId", s.brand_id AS "brandId", s.agent_id AS "agentId",
  s.team_id AS "teamId", s.kind, s.locale, s.state, s.reason, s.due_at AS "dueAt", s.asked_at AS "askedAt",
  s.expires_at AS "expiresAt", s.message_id AS "messageId", s.token_hash AS "tokenHash", s.score, s.comment,
  s.answered_at AS "answeredAt", s.answered_via AS "answeredVia"`;

@Injectable()
export class SurveysRepository {
  /**
   * Plans a survey for a solved ticket. One that was called off is planned again; one that was asked, or refused for good,
   * stays as it is. @returns its id when it is due now
   */
  async plan(
    tx: Tx,
    survey: { workspaceId: string; id: string; ticketId: string; kind: SurveyKind; dueAt: Date },
  ): Promise<string | undefined> {
    // $1 workspace, $2 id, $3 ticket, $4 kind, $5 due
    const [row] = await tx.query<{ id: string }>(
      `INSERT INTO surveys AS s (workspace_id, id, ticket_id, conversation_id, contact_id, channel_id, brand_id, agent_id, team_id, kind, due_at)
       SELECT t.workspace_id, $2, t.id, t.conversation_id, t.contact_id, t.channel_id, t.brand_id, t.assignee_id, t.team_id, $4, $5
       FROM tickets t WHERE t.workspace_id = $1 AND t.id = $3
       ON CONFLICT ON CONSTRAINT surveys_once DO UPDATE SET state = 'due', reason = NULL, due_at = excluded.due_at,
         kind = excluded.kind, agent_id = excluded.agent_id, team_id = excluded.team_id
         WHERE s.state = 'cancelled' AND s.asked_at IS NULL
       RETURNING s.id`,
      [survey.workspaceId, survey.id, survey.ticketId, survey.kind, survey.dueAt],
    );
    return row?.id;
  }

  /** Calls off what was not asked yet. */
  async callOff(tx: Tx, workspaceId: string, ticketId: string, reason: string): Promise<void> {
    await tx.execute(
      `UPDATE surveys SET state = 'cancelled', reason = $3 WHERE workspace_id = $1 AND ticket_id = $2 AND state = 'due'`,
      [workspaceId, ticketId, reason],
    );
  }

  async find(tx: Tx, workspaceId: string, id: string, locking: '' | 'FOR UPDATE' = ''): Promise<Survey | undefined> {
    const [row] = await tx.query<Survey>(
      `SELECT ${COLUMNS} FROM surveys s WHERE s.workspace_id = $1 AND s.id = $2 ${locking}`,
      [workspaceId, id],
    );
    return row;
  }

  async ofTicket(tx: Tx, workspaceId: string, ticketId: string): Promise<Survey | undefined> {
    const [row] = await tx.query<Survey>(
      `SELECT ${COLUMNS} FROM surveys s WHERE s.workspace_id = $1 AND s.ticket_id = $2`,
      [workspaceId, ticketId],
    );
    return row;
  }

  /** Whose link this is, in whatever workspace. */
  async byToken(tx: Tx, tokenHash: Buffer): Promise<{ workspaceId: string; id: string } | undefined> {
    const [row] = await tx.query<{ workspaceId: string; id: string }>(
      `SELECT workspace_id AS "workspaceId", id FROM surveys WHERE token_hash = $1`,
      [tokenHash],
    );
    return row;
  }

  async save(tx: Tx, s: Survey): Promise<void> {
    await tx.execute(
      `UPDATE surveys SET conversation_id = $3, channel_id = $4, locale = $5, state = $6, reason = $7, due_at = $8, asked_at = $9,
         expires_at = $10, message_id = $11, token_hash = $12, score = $13, comment = $14, answered_at = $15, answered_via = $16,
         kind = $17
       WHERE workspace_id = $1 AND id = $2`,
      [
        s.workspaceId,
        s.id,
        s.conversationId,
        s.channelId,
        s.locale,
        s.state,
        s.reason,
        s.dueAt,
        s.askedAt,
        s.expiresAt,
        s.messageId,
        s.tokenHash,
        s.score,
        s.comment,
        s.answeredAt,
        s.answeredVia,
        s.kind,
      ],
    );
  }

  /** The ticket's thread in which the customer spoke last: there they are asked. */
  async place(tx: Tx, workspaceId: string, ticketId: string): Promise<{ id: string; channelId: string } | undefined> {
    const [row] = await tx.query<{ id: string; channelId: string }>(
      `SELECT c.id, c.channel_id AS "channelId" FROM tickets t JOIN conversations c ON c.workspace_id = t.workspace_id
         AND (c.id = t.conversation_id OR c.joined_ticket_id = t.id)
       WHERE t.workspace_id = $1 AND t.id = $2 ORDER BY ${spokeLast('c')} LIMIT 1`,
      [workspaceId, ticketId],
    );
    return row;
  }

  /** What asking depends on; the ticket is held as it is until the end of the transaction. */
  async ticket(tx: Tx, workspaceId: string, ticketId: string): Promise<SurveyTicket> {
    const [row] = await tx.query<SurveyTicket>(
      `SELECT t.status, t.resolution, t.merged_into_id AS "mergedIntoId", t.team_id AS "teamId", t.assignee_id AS "assigneeId",
              t.language, p.locale AS "contactLocale", w.locale AS "workspaceLocale", b.name AS "brandName",
              EXISTS (SELECT 1 FROM messages m WHERE m.workspace_id = t.workspace_id AND m.ticket_id = t.id AND m.direction = 'out'
                AND m.conversation_id IN (SELECT c.id FROM conversations c WHERE c.workspace_id = t.workspace_id
                  AND (c.id = t.conversation_id OR c.joined_ticket_id = t.id))) AS answered
       FROM tickets t JOIN contacts p ON p.workspace_id = t.workspace_id AND p.id = t.contact_id
       JOIN workspaces w ON w.id = t.workspace_id
       JOIN brands b ON b.workspace_id = t.workspace_id AND b.id = t.brand_id
       WHERE t.workspace_id = $1 AND t.id = $2 FOR SHARE OF t`,
      [workspaceId, ticketId],
    );
    return row!;
  }

  /** When this person was last asked. Two tickets of theirs ask one after the other. */
  async lastAsked(tx: Tx, workspaceId: string, contactId: string): Promise<Date | null> {
    await tx.query(`SELECT 1 FROM contacts WHERE workspace_id = $1 AND id = $2 FOR NO KEY UPDATE`, [
      workspaceId,
      contactId,
    ]);
    const [row] = await tx.query<{ at: Date | null }>(
      `SELECT max(asked_at) AS at FROM surveys WHERE workspace_id = $1 AND contact_id = $2 AND asked_at IS NOT NULL`,
      [workspaceId, contactId],
    );
    return row?.at ?? null;
  }

  async lastWords(tx: Tx, workspaceId: string, conversationId: string): Promise<string | null> {
    const [row] = await tx.query<{ text: string }>(
      `SELECT text FROM messages WHERE workspace_id = $1 AND conversation_id = $2 AND direction = 'in' AND deleted_at IS NULL
       ORDER BY seq DESC LIMIT 1`,
      [workspaceId, conversationId],
    );
    return row?.text ?? null;
  }

  /** From now on a bare number in this thread is an answer. */
  async expect(tx: Tx, workspaceId: string, conversationId: string, kind: SurveyKind, until: Date): Promise<void> {
    await tx.execute(
      `UPDATE conversations SET survey_until = $3, survey_kind = $4 WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, conversationId, until, kind],
    );
  }

  /** Those of the conversations in which a survey was ever asked: the others hold neither a question nor an answer. */
  async askedIn(tx: Tx, workspaceId: string, conversationIds: readonly string[]): Promise<Set<string>> {
    // $1 workspace, $2 conversations
    const rows = await tx.query<{ id: string }>(
      `SELECT DISTINCT conversation_id AS id FROM surveys
       WHERE workspace_id = $1 AND conversation_id = ANY($2::uuid[]) AND asked_at IS NOT NULL`,
      [workspaceId, conversationIds],
      'surveys_asked_in',
    );
    return new Set(rows.map(({ id }) => id));
  }

  /**
   * They talk of something else now: a number is no answer any more.
   * @param spoken the latest instant at which something else was said, by conversation; what was asked later stands
   */
  async expectNoMore(
    tx: Tx,
    workspaceId: string,
    spoken: ReadonlyMap<string, Date>,
    answerWithinMs: number,
  ): Promise<void> {
    // $1 workspace, $2 conversations, $3 instants (pairwise), $4 how long an answer is taken, ms
    await tx.execute(
      `UPDATE conversations c SET survey_until = NULL FROM (
         SELECT c.id FROM conversations c JOIN unnest($2::uuid[], $3::timestamptz[]) AS u(id, at) ON u.id = c.id
         WHERE c.workspace_id = $1 AND c.survey_until - $4 * interval '1 millisecond' < u.at ORDER BY c.id FOR UPDATE OF c
       ) over WHERE c.workspace_id = $1 AND c.id = over.id`,
      [workspaceId, [...spoken.keys()], [...spoken.values()], answerWithinMs],
      'surveys_expect_no_more',
    );
  }

  /** Of these messages of customers, those said in a thread whose survey takes answers, oldest first. */
  said(tx: Tx, workspaceId: string, messageIds: readonly string[]) {
    // $1 workspace, $2 messages
    return tx.query<{ surveyId: string; text: string; subtype: string | null; at: Date }>(
      `SELECT s.id AS "surveyId", m.text, m.subtype, m.received_at AS at FROM messages m
       JOIN LATERAL (
         SELECT s.id FROM surveys s WHERE s.workspace_id = m.workspace_id AND s.conversation_id = m.conversation_id
           AND s.asked_at IS NOT NULL AND s.asked_at <= m.received_at AND s.expires_at > m.received_at
         ORDER BY s.asked_at DESC LIMIT 1
       ) s ON true
       JOIN conversations c ON c.workspace_id = m.workspace_id AND c.id = m.conversation_id AND c.contact_id = m.author_id
       WHERE m.workspace_id = $1 AND m.id = ANY($2) AND m.deleted_at IS NULL ORDER BY m.received_at, m.seq`,
      [workspaceId, messageIds],
      'surveys_said',
    );
  }

  /** Answers counted by score, as a whole and by agent, channel and brand. Asked from `from` until before `to`. */
  counts(tx: Tx, workspaceId: string, from: Date, to: Date) {
    // $1 workspace, $2 from, $3 to
    return tx.query<{
      kind: SurveyKind;
      by: 'all' | 'agent' | 'channel' | 'brand';
      id: string | null;
      name: string | null;
      asked: number;
      scores: Record<number, number>;
    }>(
      `WITH asked AS (
         SELECT s.kind, s.score, d.by, d.id FROM surveys s
         CROSS JOIN LATERAL (VALUES ('all', NULL), ('agent', s.agent_id), ('channel', s.channel_id), ('brand', s.brand_id)) d(by, id)
         WHERE s.workspace_id = $1 AND s.asked_at >= $2 AND s.asked_at < $3
       ), scored AS (
         SELECT kind, by, id, score, count(*)::int AS n FROM asked GROUP BY kind, by, id, score
       )
       SELECT g.kind, g.by, g.id, coalesce(a.name, ch.name, b.name) AS name, sum(g.n)::int AS asked,
              coalesce(jsonb_object_agg(g.score, g.n) FILTER (WHERE g.score IS NOT NULL), '{}') AS scores
       FROM scored g
       LEFT JOIN agents a ON g.by = 'agent' AND a.workspace_id = $1 AND a.id = g.id
       LEFT JOIN channels ch ON g.by = 'channel' AND ch.workspace_id = $1 AND ch.id = g.id
       LEFT JOIN brands b ON g.by = 'brand' AND b.workspace_id = $1 AND b.id = g.id
       GROUP BY g.kind, g.by, g.id, a.name, ch.name, b.name ORDER BY g.kind, g.by, asked DESC`,
      [workspaceId, from, to],
    );
  }

  /** Why customers were not asked, counted. By when it was due. */
  notAsked(tx: Tx, workspaceId: string, from: Date, to: Date) {
    return tx.query<{ reason: string; count: number }>(
      `SELECT reason, count(*)::int AS count FROM surveys
       WHERE workspace_id = $1 AND state = 'not_asked' AND due_at >= $2 AND due_at < $3 GROUP BY reason ORDER BY count DESC, reason`,
      [workspaceId, from, to],
    );
  }
}
