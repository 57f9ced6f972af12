import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database';
import type { Fingerprint } from './fingerprint';
import { DAY_MS, readRepeatSettings, type RepeatSettings } from './repeat';

/** A message as it stands now, and whether it is a word of a customer that can be compared. */
export interface WordNow {
  id: string;
  conversationId: string;
  contactId: string;
  text: string;
  at: Date;
  compared: boolean;
}

/** A fresh ticket that says nothing but what one still under work says. */
export interface MergeableRepeat {
  ticketId: string;
  conversationId: string;
  intoId: string;
  intoConversationId: string;
}

/** Nobody typed these as a question: presses, scores, tags, orders, notices. */
export const NOT_TYPED = [
  'tag_only',
  'duplicate',
  'postback',
  'placeholder',
  'auto_reply',
  'survey_answer',
  'order',
  'call',
  'standby',
];
const REPEATS_LOCK = 7_265_431; // any constant: with the workspace it names this work
const UNDER_WORK = `('new', 'open', 'pending', 'on_hold')`;

/** Keeps the rows that repeats are read from. What they say is always read anew from messages and conversations. */
@Injectable()
export class RepeatsRepository {
  /** One at a time in a workspace: whoever reads after the lock sees what the one before wrote, so the last is right. */
  async lock(tx: Tx, workspaceId: string): Promise<void> {
    await tx.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [REPEATS_LOCK, workspaceId], 'repeats_lock');
  }

  async settings(tx: Tx, workspaceId: string): Promise<RepeatSettings> {
    const [row] = await tx.query<{ repeats: unknown }>(
      `SELECT settings->'repeats' AS repeats FROM workspaces WHERE id = $1`,
      [workspaceId],
      'repeat_settings',
    );
    return readRepeatSettings(row?.repeats);
  }

  async saveSettings(tx: Tx, workspaceId: string, settings: RepeatSettings): Promise<void> {
    await tx.execute(
      `UPDATE workspaces SET settings = settings || jsonb_build_object('repeats', $2::jsonb) WHERE id = $1`,
      [workspaceId, JSON.stringify(settings)],
    );
  }

  /** @param since what was written before is not compared any more */
  words(tx: Tx, workspaceId: string, messageIds: readonly string[], since: Date): Promise<WordNow[]> {
    // $1 workspace, $2 messages, $3 kinds nobody typed, $4 since; a file may be what is new about a message that has one
    return tx.query<WordNow>(
      `SELECT m.id, m.conversation_id AS "conversationId", c.contact_id AS "contactId", m.text, m.network_at AS at,
         m.direction = 'in' AND m.author_kind = 'contact' AND m.deleted_at IS NULL AND m.network_at >= $4
           AND coalesce(m.subtype, '') <> ALL($3)
           AND NOT EXISTS (SELECT 1 FROM attachments a WHERE a.workspace_id = $1 AND a.message_id = m.id) AS compared
       FROM unnest($2::uuid[]) AS u(id)
       JOIN messages m ON m.workspace_id = $1 AND m.id = u.id
       JOIN conversations c ON c.workspace_id = $1 AND c.id = m.conversation_id`,
      [workspaceId, messageIds, NOT_TYPED, since],
      'repeat_words',
    );
  }

  async keep(
    tx: Tx,
    workspaceId: string,
    words: readonly { word: WordNow; fingerprint: Fingerprint }[],
  ): Promise<void> {
    if (words.length === 0) return;
    // $1 workspace, $2 messages, $3 conversations, $4 contacts, $5 fingerprints, $6 whether telling, $7 network times
    await tx.execute(
      `INSERT INTO message_repeats (workspace_id, message_id, conversation_id, contact_id, fingerprint, telling, at)
       SELECT $1, u.message_id, u.conversation_id, u.contact_id, decode(u.fingerprint, 'hex'), u.telling, u.at
       FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::boolean[], $7::timestamptz[])
         AS u(message_id, conversation_id, contact_id, fingerprint, telling, at) ORDER BY u.message_id
       ON CONFLICT (workspace_id, message_id) DO UPDATE SET conversation_id = excluded.conversation_id,
         contact_id = excluded.contact_id, fingerprint = excluded.fingerprint, telling = excluded.telling, at = excluded.at`,
      [
        workspaceId,
        words.map(({ word }) => word.id),
        words.map(({ word }) => word.conversationId),
        words.map(({ word }) => word.contactId),
        words.map(({ fingerprint }) => fingerprint.hash),
        words.map(({ fingerprint }) => fingerprint.telling),
        words.map(({ word }) => word.at),
      ],
      'repeats_keep',
    );
  }

  async forget(tx: Tx, workspaceId: string, messageIds: readonly string[]): Promise<void> {
    if (messageIds.length === 0) return;
    await tx.execute(
      `DELETE FROM message_repeats WHERE workspace_id = $1 AND message_id = ANY($2::uuid[])`,
      [workspaceId, messageIds],
      'repeats_forget',
    );
  }

  /** People were merged or parted, or threads became one: each word belongs where its thread belongs now. */
  async follow(
    tx: Tx,
    workspaceId: string,
    contactIds: readonly string[],
    conversationIds: readonly string[],
  ): Promise<void> {
    // $1 workspace, $2 contacts, $3 threads
    await tx.execute(
      `UPDATE message_repeats r SET conversation_id = n.id, contact_id = n.contact_id
       FROM conversations c JOIN conversations n ON n.workspace_id = $1 AND n.id = coalesce(c.merged_into_id, c.id)
       WHERE c.workspace_id = $1 AND (c.contact_id = ANY($2::uuid[]) OR c.id = ANY($3::uuid[]))
         AND r.workspace_id = $1 AND r.conversation_id = c.id AND (r.conversation_id, r.contact_id) <> (n.id, n.contact_id)`,
      [workspaceId, contactIds, conversationIds],
    );
  }

  /**
   * Of these tickets, those nobody has touched and in which everything said was said before in an older ticket under work
   * of the same person and brand; never one that was merged before, so that what a person took back stays.
   */
  mergeable(tx: Tx, workspaceId: string, ticketIds: readonly string[], spanMs: number): Promise<MergeableRepeat[]> {
    // $1 workspace, $2 tickets, $3 the span in ms
    return tx.query<MergeableRepeat>(
      `SELECT DISTINCT ON (t.id) t.id AS "ticketId", t.conversation_id AS "conversationId", o.id AS "intoId",
         o.conversation_id AS "intoConversationId"
       FROM tickets t
       JOIN tickets o ON o.workspace_id = $1 AND o.contact_id = t.contact_id AND o.brand_id = t.brand_id
         AND o.number < t.number AND o.conversation_id <> t.conversation_id AND o.status IN ${UNDER_WORK}
       WHERE t.workspace_id = $1 AND t.id = ANY($2::uuid[]) AND t.status = 'new' AND t.assignee_id IS NULL
         AND t.offered_to IS NULL AND t.first_responded_at IS NULL
         AND NOT EXISTS (SELECT 1 FROM ticket_merges g WHERE g.workspace_id = $1 AND g.ticket_id = t.id)
         AND NOT EXISTS (SELECT 1 FROM conversations j WHERE j.workspace_id = $1 AND j.joined_ticket_id = t.id)
         AND EXISTS (SELECT 1 FROM messages m WHERE m.workspace_id = $1 AND m.conversation_id = t.conversation_id
                       AND m.ticket_id = t.id AND m.direction = 'in' AND m.deleted_at IS NULL)
         AND NOT EXISTS (
           SELECT 1 FROM messages m WHERE m.workspace_id = $1 AND m.conversation_id = t.conversation_id AND m.ticket_id = t.id
             AND m.deleted_at IS NULL AND (m.direction <> 'in' OR NOT EXISTS (
               SELECT 1 FROM message_repeats a
               JOIN message_repeats b ON b.workspace_id = $1 AND b.fingerprint = a.fingerprint AND b.contact_id = a.contact_id
                 AND b.conversation_id <> a.conversation_id AND b.at BETWEEN a.at - $3::float8 * interval '1 ms' AND a.at + $3::float8 * interval '1 ms'
               JOIN messages bm ON bm.workspace_id = $1 AND bm.id = b.message_id AND bm.ticket_id = o.id
               WHERE a.workspace_id = $1 AND a.message_id = m.id AND a.telling)))
       ORDER BY t.id, o.number`,
      [workspaceId, ticketIds, spanMs],
      'repeats_mergeable',
    );
  }

  /** Takes away, in every workspace, what came longer ago than repeats are looked for there. */
  async tidy(tx: Tx, now: Date): Promise<void> {
    const workspaces = await tx.query<{ id: string; repeats: unknown }>(
      `SELECT id, settings->'repeats' AS repeats FROM workspaces`,
    );
    const before = workspaces.map(
      ({ repeats }) => new Date(now.getTime() - readRepeatSettings(repeats).spanDays * DAY_MS),
    );
    // $1 workspaces, $2 before (pairwise); ids tell when a message came here
    await tx.execute(
      `DELETE FROM message_repeats r USING unnest($1::uuid[], $2::timestamptz[]) AS u(workspace_id, before)
       WHERE r.workspace_id = u.workspace_id AND r.message_id < uuid_floor(u.before)`,
      [workspaces.map(({ id }) => id), before],
    );
  }
}
