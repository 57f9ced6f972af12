import { Injectable } from '@nestjs/common';
import { isNews } from '../inbox/conversations/late-words';
import type { Tx } from '../platform/database';
import type { ThreadMessage } from './bot-decision';

export interface Thread {
  handler: 'bot' | 'human';
  brandId: string;
  contactId: string;
  /** As stored in the workspace's settings, to be read by `botSettings` and `brakeSettings`. */
  settings: unknown;
  brake: unknown;
}

export interface NewAnswer {
  workspaceId: string;
  id: string;
  conversationId: string;
  questionMessageId: string;
  articleId: string;
  score: number;
  locale: string;
  mode: 'suggested' | 'sent';
  at: Date;
}

export interface TicketRef {
  id: string;
  teamId: string | null;
  assigneeId: string | null;
}

export type Outcome = 'accepted' | 'dismissed';

/** An answer beside what events and access need to know of its question. */
export interface AnswerInPlace {
  id: string;
  workspaceId: string;
  articleId: string;
  mode: 'suggested' | 'sent';
  outcome: Outcome | null;
  conversationId: string;
  questionMessageId: string;
  contactId: string;
  ticket: TicketRef | null;
}

const RECENT = 30; // messages; a customer who sends more than this in a row needs a person
const TICKET = `CASE WHEN t.id IS NOT NULL THEN
  jsonb_build_object('id', t.id, 'teamId', t.team_id, 'assigneeId', t.assignee_id) END AS ticket`;

/** All SQL on `bot_answers`, and the bot's view of the thread it answers in. */
@Injectable()
export class BotRepository {
  async thread(tx: Tx, workspaceId: string, conversationId: string): Promise<Thread | undefined> {
    // $1 workspace, $2 conversation
    const [row] = await tx.query<Thread>(
      `SELECT c.handler, c.brand_id AS "brandId", c.contact_id AS "contactId", w.settings->'bot' AS settings,
              w.settings->'automaticAnswers' AS brake
       FROM conversations c JOIN workspaces w ON w.id = c.workspace_id
       WHERE c.workspace_id = $1 AND c.id = $2`,
      [workspaceId, conversationId],
      'bot_thread',
    );
    return row;
  }

  /**
   * Holds the conversation until this transaction ends: a human's reply takes the same row to silence the bot, so one
   * of the two waits for the other and sees what it did. What follows must be read after this.
   */
  async lockHandler(tx: Tx, workspaceId: string, conversationId: string): Promise<'bot' | 'human' | undefined> {
    // $1 workspace, $2 conversation
    const [row] = await tx.query<{ handler: 'bot' | 'human' }>(
      'SELECT handler FROM conversations WHERE workspace_id = $1 AND id = $2 FOR UPDATE',
      [workspaceId, conversationId],
      'bot_lock_handler',
    );
    return row?.handler;
  }

  async recentMessages(tx: Tx, workspaceId: string, conversationId: string): Promise<ThreadMessage[]> {
    // $1 workspace, $2 conversation, $3 how many
    const rows = await tx.query<Omit<ThreadMessage, 'networkAt'> & { networkAt: Date }>(
      `SELECT id, seq, author_kind AS author, text, network_at AS "networkAt", deleted_at IS NOT NULL AS deleted
       FROM messages WHERE workspace_id = $1 AND conversation_id = $2 AND direction <> 'note'
         AND ${isNews('messages')} AND coalesce(subtype, '') NOT IN ('placeholder', 'auto_reply', 'tag_only')
         AND meta->>'auto' IS DISTINCT FROM 'true'
       ORDER BY seq DESC LIMIT $3`,
      [workspaceId, conversationId, RECENT],
      'bot_recent_messages',
    );
    return rows.map((row) => ({ ...row, networkAt: row.networkAt.getTime() }));
  }

  /**
   * When the bot answered this person by itself, in any thread. Until this transaction ends nobody else learns it, so that
   * two threads of one person are not answered at once as if each were alone.
   */
  async answeredAt(tx: Tx, workspaceId: string, contactId: string, since: Date): Promise<number[]> {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('bot_brake'), hashtext($1))`, [contactId], 'bot_brake_lock'); // $1 contact
    // $1 workspace, $2 contact, $3 since
    const rows = await tx.query<{ at: Date }>(
      `SELECT a.created_at AS at FROM conversations c
       JOIN bot_answers a ON a.workspace_id = c.workspace_id AND a.conversation_id = c.id
       WHERE c.workspace_id = $1 AND c.contact_id = $2 AND a.mode = 'sent' AND a.created_at > $3`,
      [workspaceId, contactId, since],
      'bot_answered_at',
    );
    return rows.map(({ at }) => at.getTime());
  }

  async isAnswered(tx: Tx, workspaceId: string, questionMessageId: string): Promise<boolean> {
    // $1 workspace, $2 message
    const rows = await tx.query(
      'SELECT 1 FROM bot_answers WHERE workspace_id = $1 AND question_message_id = $2',
      [workspaceId, questionMessageId],
      'bot_is_answered',
    );
    return rows.length > 0;
  }

  /** @returns false when the question has its answer already */
  async insert(tx: Tx, answer: NewAnswer): Promise<boolean> {
    // $1 workspace, $2 id, $3 conversation, $4 question, $5 article, $6 score, $7 locale, $8 mode, $9 when
    const made = await tx.execute(
      `INSERT INTO bot_answers (workspace_id, id, conversation_id, question_message_id, article_id, score, locale, mode, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT ON CONSTRAINT bot_answers_question_key DO NOTHING`,
      [
        answer.workspaceId,
        answer.id,
        answer.conversationId,
        answer.questionMessageId,
        answer.articleId,
        answer.score,
        answer.locale,
        answer.mode,
        answer.at,
      ],
      'bot_insert_answer',
    );
    return made > 0;
  }

  async setReply(tx: Tx, workspaceId: string, answerId: string, messageId: string): Promise<void> {
    // $1 workspace, $2 answer, $3 the bot's message
    await tx.execute('UPDATE bot_answers SET reply_message_id = $3 WHERE workspace_id = $1 AND id = $2', [
      workspaceId,
      answerId,
      messageId,
    ]);
  }

  async ticketOf(tx: Tx, workspaceId: string, messageId: string): Promise<TicketRef | null> {
    // $1 workspace, $2 message
    const [row] = await tx.query<TicketRef>(
      `SELECT t.id, t.team_id AS "teamId", t.assignee_id AS "assigneeId" FROM messages m
       JOIN tickets t ON t.workspace_id = m.workspace_id AND t.id = m.ticket_id
       WHERE m.workspace_id = $1 AND m.id = $2`,
      [workspaceId, messageId],
      'bot_ticket_of',
    );
    return row ?? null;
  }

  /** The answer, held until this transaction ends. */
  async lockAnswer(tx: Tx, workspaceId: string, id: string): Promise<AnswerInPlace | undefined> {
    // $1 workspace, $2 answer
    const [row] = await tx.query<AnswerInPlace>(
      `SELECT a.id, a.workspace_id AS "workspaceId", a.article_id AS "articleId", a.mode, a.outcome,
              a.conversation_id AS "conversationId", a.question_message_id AS "questionMessageId",
              c.contact_id AS "contactId", ${TICKET}
       FROM bot_answers a
       JOIN conversations c ON c.workspace_id = a.workspace_id AND c.id = a.conversation_id
       LEFT JOIN messages m ON m.workspace_id = a.workspace_id AND m.id = a.question_message_id
       LEFT JOIN tickets t ON t.workspace_id = m.workspace_id AND t.id = m.ticket_id
       WHERE a.workspace_id = $1 AND a.id = $2 FOR UPDATE OF a`,
      [workspaceId, id],
    );
    return row;
  }

  /** Suggestions still open when these replies were written, each with the reply's and the article's text. */
  openSuggestions(
    tx: Tx,
    workspaceId: string,
    replyIds: readonly string[],
  ): Promise<(AnswerInPlace & { replyText: string; articleAnswer: string; agentId: string | null })[]> {
    // $1 workspace, $2 messages agents sent
    return tx.query(
      `SELECT a.id, a.workspace_id AS "workspaceId", a.article_id AS "articleId", a.mode, a.outcome,
              a.conversation_id AS "conversationId", a.question_message_id AS "questionMessageId",
              c.contact_id AS "contactId", ${TICKET},
              r.text AS "replyText", r.author_id AS "agentId", f.answer AS "articleAnswer"
       FROM messages r
       JOIN bot_answers a ON a.workspace_id = r.workspace_id AND a.conversation_id = r.conversation_id
         AND a.mode = 'suggested' AND a.outcome IS NULL
       JOIN faq_articles f ON f.workspace_id = a.workspace_id AND f.id = a.article_id
       JOIN messages m ON m.workspace_id = a.workspace_id AND m.id = a.question_message_id AND m.seq < r.seq
       JOIN conversations c ON c.workspace_id = a.workspace_id AND c.id = a.conversation_id
       LEFT JOIN tickets t ON t.workspace_id = m.workspace_id AND t.id = m.ticket_id
       WHERE r.workspace_id = $1 AND r.id = ANY($2) ORDER BY r.seq`,
      [workspaceId, replyIds],
      'bot_open_suggestions',
    );
  }

  /** @returns false when it had this outcome already */
  async settle(tx: Tx, workspaceId: string, id: string, outcome: Outcome): Promise<boolean> {
    // $1 workspace, $2 answer, $3 outcome
    const changed = await tx.execute(
      `UPDATE bot_answers SET outcome = $3 WHERE workspace_id = $1 AND id = $2 AND outcome IS DISTINCT FROM $3`,
      [workspaceId, id, outcome],
    );
    return changed > 0;
  }
}
