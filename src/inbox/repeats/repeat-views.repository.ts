import { Injectable } from '@nestjs/common';
import { type Principal, visibleTickets } from '../../identity/principal';
import type { Tx } from '../../platform/database';
import type { RepeatSettings, Said } from './repeat';
import { NOT_TYPED } from './repeats.repository';

/** A word with the ticket and thread it is work of, as far as it takes to show it elsewhere. */
export interface SaidElsewhere extends Said {
  ticketId: string;
  number: number;
  status: string;
  threadKind: 'comment' | 'dm';
  channel: { id: string; kind: string; name: string };
  post: { id: string; text: string | null; permalink: string | null } | null;
  /** Somebody on our side said something in the thread since. */
  answered: boolean;
}

/** A word with the ticket it is work of, as far as it takes to tell those who work on it. */
export interface SaidWork extends Said {
  ticketId: string;
  teamId: string | null;
  assigneeId: string | null;
}

/** A text of many people, around the time of one message. */
export interface Wave {
  /** Up to 1,000. */
  people: number;
  since: Date;
}

/** A text many people write, for a list. */
export interface WaveView extends Wave {
  /** Names the text, for a list of its tickets; 32 hex digits. */
  id: string;
  messages: number;
  /** Tickets of it under work that the reader may see. */
  openTickets: number;
  lastAt: Date;
  /** The newest the reader may see. */
  sample: { messageId: string; conversationId: string; ticketId: string | null; text: string };
}

/** A thread in which a wave's text stands. */
export type ThreadOfWave = Pick<WaveThread, 'ticketId' | 'conversationId' | 'messageId' | 'threadKind'>;

/** A ticket under work in which a wave's text stands, by the newest thread of it that says so. */
export interface WaveThread {
  ticketId: string;
  number: number;
  contact: { id: string; name: string | null };
  conversationId: string;
  /** The text itself. */
  messageId: string;
  /** Its first 300 characters, as this customer wrote it. */
  text: string;
  threadKind: 'comment' | 'dm';
  channel: { id: string; kind: string; name: string };
  post: { id: string; text: string | null; permalink: string | null } | null;
  /** Somebody on our side said something in the thread since. */
  answered: boolean;
  /** The customer said more in the thread since. */
  moreSaid: boolean;
  at: Date;
  /** How many tickets there are in all. */
  tickets: number;
}

/** What was said by one person lately, for a rule that asks before the rows are there. */
export interface LatelySaid {
  /** The message that is asked about. */
  asked: string;
  messageId: string;
  conversationId: string;
  contactId: string;
  ticketId: string | null;
  status: string | null;
  answered: boolean;
  text: string;
  at: Date;
}

const ALIKE_AT_MOST = 200; // of one text by one person; who writes it oftener is a machine, and 200 says so
const LATELY_AT_MOST = 50; // words of one thread
const PEOPLE_AT_MOST = 1_000;
const WAVES_SHOWN = 20;

const SAID = `r.message_id AS "messageId", r.conversation_id AS "conversationId", r.contact_id AS "contactId",
  encode(r.fingerprint, 'hex') AS fingerprint, r.telling, r.at`;
/** The texts of messages $2, each once. */
const TEXTS = `SELECT DISTINCT ON (fingerprint, contact_id, CASE WHEN NOT telling THEN conversation_id END) * FROM message_repeats
  WHERE workspace_id = $1 AND message_id = ANY($2::uuid[])`;
/** The newest equal words of the same people, as `r`; `mine` names the texts. */
const ALIKE = `SELECT o.* FROM message_repeats o
  WHERE o.workspace_id = $1 AND o.fingerprint = mine.fingerprint AND o.contact_id = mine.contact_id
    AND (o.telling OR o.conversation_id = mine.conversation_id) ORDER BY o.at DESC, o.message_id DESC LIMIT ${ALIKE_AT_MOST}`;

/** Reads repeats, each for a page of messages at once, of what the reader may see. */
@Injectable()
export class RepeatViewsRepository {
  /** These messages and every word like them by the same person. */
  alike(tx: Tx, who: Principal, messageIds: readonly string[]): Promise<Said[]> {
    const rule = visibleTickets(who, 't', 3);
    // $1 workspace, $2 messages, then what the rule needs; a thread without a ticket is in the lobby
    return tx.query<Said>(
      `SELECT DISTINCT ${SAID}
       FROM (${TEXTS}) mine
       CROSS JOIN LATERAL (${ALIKE}) r
       LEFT JOIN messages m ON m.workspace_id = $1 AND m.id = r.message_id
       LEFT JOIN tickets t ON t.workspace_id = $1 AND t.id = m.ticket_id
       WHERE ${rule.sql}`,
      [who.workspaceId, messageIds, ...rule.params],
    );
  }

  /** These messages and every word like them by the same person, where they are somebody's work. */
  work(tx: Tx, workspaceId: string, messageIds: readonly string[]): Promise<SaidWork[]> {
    // $1 workspace, $2 messages
    return tx.query<SaidWork>(
      `SELECT DISTINCT ${SAID}, t.id AS "ticketId", t.team_id AS "teamId", t.assignee_id AS "assigneeId"
       FROM (${TEXTS} AND EXISTS (SELECT 1 FROM message_repeats s WHERE s.workspace_id = $1 AND s.fingerprint = message_repeats.fingerprint
                                  AND s.contact_id = message_repeats.contact_id AND s.message_id <> message_repeats.message_id)) mine
       CROSS JOIN LATERAL (${ALIKE}) r
       JOIN messages m ON m.workspace_id = $1 AND m.id = r.message_id
       JOIN tickets t ON t.workspace_id = $1 AND t.id = m.ticket_id`,
      [workspaceId, messageIds],
      'repeats_work',
    );
  }

  /** By message: where so many people said the same around that time. */
  async waves(
    tx: Tx,
    workspaceId: string,
    messageIds: readonly string[],
    { wavePeople, waveMinutes }: RepeatSettings,
  ): Promise<Map<string, Wave>> {
    // $1 workspace, $2 messages, $3 minutes, $4 how many people
    const rows = await tx.query<Wave & { messageId: string }>(
      `SELECT r.message_id AS "messageId", w.people, w.since FROM message_repeats r
       CROSS JOIN LATERAL (
         SELECT count(*)::int AS people, min(at) AS since FROM (
           SELECT min(o.at) AS at FROM message_repeats o WHERE o.workspace_id = $1 AND o.fingerprint = r.fingerprint
             AND o.at BETWEEN r.at - $3::int * interval '1 minute' AND r.at + $3::int * interval '1 minute'
           GROUP BY o.contact_id LIMIT ${PEOPLE_AT_MOST}) p) w
       WHERE r.workspace_id = $1 AND r.message_id = ANY($2::uuid[]) AND r.telling AND w.people >= $4`,
      [workspaceId, messageIds, waveMinutes, wavePeople],
      'repeat_waves_of',
    );
    return new Map(rows.map(({ messageId, ...wave }) => [messageId, wave]));
  }

  /** The words of a ticket and every word like them by the same person; of merged tickets, as work of the one that remains. */
  async ofTicket(tx: Tx, who: Principal, ticketId: string): Promise<SaidElsewhere[]> {
    const rule = visibleTickets(who, 't', 3);
    // $1 workspace, $2 ticket, then what the rule needs
    return tx.query<SaidElsewhere>(
      `WITH threads AS (
         SELECT conversation_id AS id FROM tickets WHERE workspace_id = $1 AND id = $2
         UNION SELECT id FROM conversations WHERE workspace_id = $1 AND joined_ticket_id = $2
       ), mine AS (
         SELECT DISTINCT ON (r.fingerprint, r.contact_id) r.fingerprint, r.contact_id, r.conversation_id FROM threads
         JOIN message_repeats r ON r.workspace_id = $1 AND r.conversation_id = threads.id AND r.telling
         JOIN messages m ON m.workspace_id = $1 AND m.id = r.message_id
         JOIN tickets t ON t.workspace_id = $1 AND t.id = m.ticket_id AND $2 IN (t.id, t.merged_into_id)
       )
       SELECT DISTINCT ON (r.message_id) ${SAID}, t.id AS "ticketId", t.number::float8 AS number, t.status,
         c.kind AS "threadKind", jsonb_build_object('id', ch.id, 'kind', ch.kind, 'name', ch.name) AS channel,
         CASE WHEN p.id IS NOT NULL THEN jsonb_build_object('id', p.id, 'text', p.text, 'permalink', p.permalink) END AS post,
         coalesce(c.last_outbound_at >= r.at, false) AS answered
       FROM mine CROSS JOIN LATERAL (${ALIKE}) r
       JOIN messages m ON m.workspace_id = $1 AND m.id = r.message_id
       JOIN tickets own ON own.workspace_id = $1 AND own.id = m.ticket_id
       JOIN tickets t ON t.workspace_id = $1 AND t.id = coalesce(own.merged_into_id, own.id)
       JOIN conversations c ON c.workspace_id = $1 AND c.id = r.conversation_id
       JOIN channels ch ON ch.workspace_id = $1 AND ch.id = c.channel_id
       LEFT JOIN posts p ON p.workspace_id = $1 AND p.id = c.post_id
       WHERE ${rule.sql}`,
      [who.workspaceId, ticketId, ...rule.params],
    );
  }

  /** Texts many people wrote since, those of most people first. */
  waveList(tx: Tx, who: Principal, since: Date, { wavePeople }: RepeatSettings): Promise<WaveView[]> {
    const rule = visibleTickets(who, 't', 4);
    // $1 workspace, $2 since, $3 how many people, then what the rule needs; ids tell when a message came here
    return tx.query<WaveView>(
      `SELECT encode(w.fingerprint, 'hex') AS id, w.people, w.messages, w.since, w."lastAt", w.sample, o.tickets AS "openTickets"
       FROM (
         SELECT w.*, s.sample
         FROM (SELECT fingerprint, count(DISTINCT contact_id)::int AS people, count(*)::int AS messages, min(at) AS since,
                 max(at) AS "lastAt"
               FROM message_repeats WHERE workspace_id = $1 AND telling AND message_id >= uuid_floor($2) AND at >= $2
               GROUP BY fingerprint HAVING count(DISTINCT contact_id) >= $3) w
         CROSS JOIN LATERAL (
           SELECT jsonb_build_object('messageId', m.id, 'conversationId', m.conversation_id, 'ticketId', m.ticket_id,
                                     'text', left(m.text, 200)) AS sample
           FROM message_repeats r JOIN messages m ON m.workspace_id = $1 AND m.id = r.message_id
           LEFT JOIN tickets t ON t.workspace_id = $1 AND t.id = m.ticket_id
           WHERE r.workspace_id = $1 AND r.fingerprint = w.fingerprint AND ${rule.sql} ORDER BY r.at DESC, m.id DESC LIMIT 1) s
         ORDER BY w.people DESC, w."lastAt" DESC LIMIT ${WAVES_SHOWN}) w
       CROSS JOIN LATERAL (
         SELECT count(DISTINCT t.id)::int AS tickets FROM message_repeats r
         JOIN messages m ON m.workspace_id = $1 AND m.id = r.message_id
         JOIN tickets t ON t.workspace_id = $1 AND t.id = m.ticket_id AND t.status NOT IN ('solved', 'closed')
         WHERE r.workspace_id = $1 AND r.fingerprint = w.fingerprint AND ${rule.sql}) o
       ORDER BY w.people DESC, w."lastAt" DESC`,
      [who.workspaceId, since, wavePeople, ...rule.params],
    );
  }

  /**
   * The tickets of a wave under work, one thread each, those without an answer first, who waits longest first.
   * @param among threads that are wanted; null: any
   */
  waveThreads(
    tx: Tx,
    who: Principal,
    wave: string,
    among: readonly string[] | null,
    limit: number,
  ): Promise<WaveThread[]> {
    const rule = visibleTickets(who, 't', 5);
    // $1 workspace, $2 wave, $3 threads or null, $4 how many, then what the rule needs
    return tx.query<WaveThread>(
      `SELECT w.*, (count(*) OVER ())::int AS tickets FROM (
         SELECT DISTINCT ON (t.id) t.id AS "ticketId", t.number::float8 AS number, c.id AS "conversationId", r.message_id AS "messageId",
           left(m.text, 300) AS text, jsonb_build_object('id', p.id, 'name', p.name) AS contact, c.kind AS "threadKind", r.at,
           jsonb_build_object('id', ch.id, 'kind', ch.kind, 'name', ch.name) AS channel,
           CASE WHEN po.id IS NOT NULL THEN jsonb_build_object('id', po.id, 'text', po.text, 'permalink', po.permalink) END AS post,
           coalesce(c.last_outbound_at >= r.at, false) AS answered, coalesce(c.last_inbound_at > r.at, false) AS "moreSaid"
         FROM message_repeats r
         JOIN messages m ON m.workspace_id = $1 AND m.id = r.message_id
         JOIN tickets own ON own.workspace_id = $1 AND own.id = m.ticket_id
         JOIN tickets t ON t.workspace_id = $1 AND t.id = coalesce(own.merged_into_id, own.id) AND t.status NOT IN ('solved', 'closed')
         JOIN conversations c ON c.workspace_id = $1 AND c.id = r.conversation_id
         JOIN contacts p ON p.workspace_id = $1 AND p.id = c.contact_id
         JOIN channels ch ON ch.workspace_id = $1 AND ch.id = c.channel_id
         LEFT JOIN posts po ON po.workspace_id = $1 AND po.id = c.post_id
         WHERE r.workspace_id = $1 AND r.fingerprint = decode($2, 'hex') AND r.telling
           AND ($3::uuid[] IS NULL OR c.id = ANY($3::uuid[])) AND ${rule.sql}
         ORDER BY t.id, r.at DESC, r.message_id DESC) w
       ORDER BY w.answered, w.at, w."ticketId" LIMIT $4`,
      [who.workspaceId, wave, among, limit, ...rule.params],
    );
  }

  /** Which of these threads are of a wave, by its newest word there, whatever has become of their tickets. */
  threadsOfWave(tx: Tx, who: Principal, wave: string, among: readonly string[]): Promise<ThreadOfWave[]> {
    const rule = visibleTickets(who, 't', 4);
    // $1 workspace, $2 wave, $3 threads, then what the rule needs
    return tx.query<ThreadOfWave>(
      `SELECT DISTINCT ON (c.id) t.id AS "ticketId", c.id AS "conversationId", r.message_id AS "messageId", c.kind AS "threadKind"
       FROM message_repeats r
       JOIN messages m ON m.workspace_id = $1 AND m.id = r.message_id
       JOIN tickets own ON own.workspace_id = $1 AND own.id = m.ticket_id
       JOIN tickets t ON t.workspace_id = $1 AND t.id = coalesce(own.merged_into_id, own.id)
       JOIN conversations c ON c.workspace_id = $1 AND c.id = r.conversation_id
       WHERE r.workspace_id = $1 AND r.fingerprint = decode($2, 'hex') AND r.telling AND c.id = ANY($3::uuid[]) AND ${rule.sql}
       ORDER BY c.id, r.at DESC, r.message_id DESC`,
      [who.workspaceId, wave, among, ...rule.params],
    );
  }

  /** What the writers of these messages said within the span before, in any thread. Read from the messages themselves. */
  lately(tx: Tx, workspaceId: string, messageIds: readonly string[], spanMs: number): Promise<LatelySaid[]> {
    // $1 workspace, $2 messages, $3 the span in ms, $4 kinds nobody typed
    return tx.query<LatelySaid>(
      `SELECT a.id AS asked, s.id AS "messageId", c.id AS "conversationId", c.contact_id AS "contactId", s.ticket_id AS "ticketId",
         t.status, s.text, s.network_at AS at, coalesce(c.last_outbound_at >= s.network_at, false) AS answered
       FROM messages a
       JOIN conversations ac ON ac.workspace_id = $1 AND ac.id = a.conversation_id
       JOIN conversations c ON c.workspace_id = $1 AND c.contact_id = ac.contact_id
         AND c.last_inbound_at >= a.network_at - $3::float8 * interval '1 ms'
       CROSS JOIN LATERAL (
         SELECT * FROM messages m WHERE m.workspace_id = $1 AND m.conversation_id = c.id AND m.direction = 'in'
           AND m.author_kind = 'contact' AND m.deleted_at IS NULL AND m.network_at <= a.network_at
           AND coalesce(m.subtype, '') <> ALL($4)
           AND m.network_at >= a.network_at - $3::float8 * interval '1 ms'
           AND NOT EXISTS (SELECT 1 FROM attachments f WHERE f.workspace_id = $1 AND f.message_id = m.id)
         ORDER BY m.seq DESC LIMIT ${LATELY_AT_MOST}) s
       LEFT JOIN tickets t ON t.workspace_id = $1 AND t.id = s.ticket_id
       WHERE a.workspace_id = $1 AND a.id = ANY($2::uuid[]) AND a.direction = 'in'`,
      [workspaceId, messageIds, spanMs, NOT_TYPED],
      'repeats_lately',
    );
  }
}
