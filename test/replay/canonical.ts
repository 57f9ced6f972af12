import pg from 'pg';

/**
 * What a person would call the content of the inbox, told in the networks' own ids and sorted, so that two databases
 * that took the same events in another order, or more often, read the same.
 *
 * What a network gives no time for happened when we received it: instants since the replay began read `on receipt`. A
 * thread is named by all its keys but those that name a comment in its post's place, and its person by all ids in force,
 * since the first that came names the row.
 *
 * Compared: identities with their contact's name; posts with their copies; conversations by thread with kind, who handles
 * them, how many messages, the customer's last action; messages with author, text, thread, parent, network time, hidden
 * and deleted times, attachments, and the texts they had before or after an edit; reactions as they stand; tickets with
 * status, kind, since when the customer waits, when they were first answered, what is due next, preview and latest
 * message, and their clocks with start, due time, end and its reason, where a word of the customer still stands; every
 * ledger row with whether it was taken in, or why not.
 *
 * Not compared, because it means nothing: our own ids; when something was received, applied or created; `seq`, numbers,
 * positions and versions, attempts; threads and tickets that went into another, which only lead there; posts that turned
 * out to be another one's copy, under which nothing hangs; `applied` against `ignored` in the ledger, because a change that
 * comes before its message is kept and takes effect with it; clocks of words that were taken back: a word that is gone
 * before it came never had one.
 *
 * Not compared, though the order decides it: which of several words of one instant is the last one, where no network tells
 * (so preview and last word then): the one that came last nearly always is, and any order of the ids would be wrong as
 * often as right; the words a ticket was opened with, where two threads under work turned out to be one, or two calls are of
 * one instant; which of our words before its first call are filed under it; tickets of threads in which all was taken back,
 * because a word that is gone before it came opens none.
 *
 * What a clock owes to the order, by design and in no recording here: a reply written in this product answers what was
 * known when it was written, and no word that came later, whenever that was written; so does solving. When somebody was
 * told of a breach stays told, though an answer that was in time becomes known afterwards.
 */
const THREAD = `(SELECT jsonb_agg(k.thread_key ORDER BY k.thread_key) FROM (
    SELECT v.thread_key UNION SELECT a.thread_key FROM conversation_aliases a WHERE a.conversation_id = v.id) k
  WHERE NOT EXISTS (SELECT FROM post_aliases o WHERE o.channel_id = v.channel_id
    AND starts_with(k.thread_key, 'comment:' || o.external_id || ':'))) AS thread`;
const SECTIONS: Record<string, string> = {
  identities: `SELECT ch.kind, i.external_id, i.handle, i.name, c.name AS contact, c.merged_into IS NOT NULL AS merged,
      i.unreachable_at, i.superseded_at
    FROM contact_identities i JOIN contacts c ON c.id = i.contact_id JOIN channels ch ON ch.id = i.channel_id`,
  contacts: `SELECT c.name, c.phone, (SELECT jsonb_agg(i.external_id ORDER BY i.external_id)
      FROM contact_identities i WHERE i.contact_id = c.id) AS identities FROM contacts c WHERE c.merged_into IS NULL`,
  posts: `SELECT ch.kind AS channel, p.external_id, p.kind, p.text, p.permalink, p.media_url, p.published_at,
      (SELECT jsonb_agg(a.external_id ORDER BY a.external_id) FROM post_aliases a WHERE a.post_id = p.id) AS copies
    FROM posts p JOIN channels ch ON ch.id = p.channel_id
    WHERE NOT EXISTS (SELECT FROM post_aliases a WHERE a.channel_id = p.channel_id AND a.external_id = p.external_id)`,
  conversations: `SELECT ch.kind AS channel, ${THREAD}, v.kind, p.external_id AS post,
      (SELECT jsonb_agg(o.external_id ORDER BY o.external_id) FROM contact_identities o
        WHERE o.contact_id = v.contact_id AND o.channel_id = v.channel_id AND o.superseded_at IS NULL) AS contact,
      i.superseded_at IS NOT NULL AS outdated,
      v.last_seq AS messages, v.handler, v.last_message_at, v.last_inbound_at,
      CASE WHEN (SELECT count(*) FROM messages o WHERE o.conversation_id = v.id AND o.direction = 'in' AND o.network_at = m.network_at) = 1
        THEN m.external_id END AS last_inbound
    FROM conversations v JOIN channels ch ON ch.id = v.channel_id JOIN contact_identities i ON i.id = v.identity_id
    LEFT JOIN posts p ON p.id = v.post_id LEFT JOIN messages m ON m.id = v.last_inbound_message_id
    WHERE v.merged_into_id IS NULL`,
  messages: `SELECT ch.kind AS channel, ${THREAD}, m.external_id, m.direction, m.visibility, m.author_kind, m.author_name,
      m.parent_external_id, r.external_id AS reply_to, m.subtype, m.text, m.meta, m.network_at, m.hidden_at, m.deleted_at,
      m.deleted_by, m.delete_reason, m.delivery_state,
      (SELECT jsonb_agg(jsonb_build_array(a.kind, CASE WHEN a.keep_until IS NULL THEN a.url END, a.name, a.mime_type, a.meta, a.keep_until) ORDER BY a.position)
       FROM attachments a WHERE a.message_id = m.id) AS attachments,
      (SELECT jsonb_agg(DISTINCT o.text ORDER BY o.text) FROM message_versions o
        WHERE o.message_id = m.id AND o.text <> m.text) AS other_texts
    FROM messages m JOIN conversations v ON v.id = m.conversation_id JOIN channels ch ON ch.id = m.channel_id
    LEFT JOIN messages r ON r.id = m.reply_to_message_id`,
  repeats: `SELECT ch.kind AS channel, m.external_id, encode(r.fingerprint, 'hex') AS fingerprint, r.telling, r.at,
      r.conversation_id = m.conversation_id AND r.contact_id = v.contact_id AS follows
    FROM message_repeats r JOIN messages m ON m.id = r.message_id JOIN channels ch ON ch.id = m.channel_id
    JOIN conversations v ON v.id = m.conversation_id`,
  reactions: `SELECT m.external_id, r.actor_external_id, r.reaction, r.emoji, r.removed, r.at
    FROM message_reactions r JOIN messages m ON m.id = r.message_id`,
  tickets: `SELECT ch.kind AS channel, ${THREAD}, t.kind, t.status, t.priority, t.assignee_id IS NOT NULL AS assigned,
      t.last_message_at, t.waiting_since, t.first_responded_at, t.due_at,
      CASE WHEN (SELECT count(*) FROM messages o WHERE o.conversation_id = v.id AND o.direction <> 'note' AND o.network_at = t.last_message_at) = 1
        THEN jsonb_build_array(t.preview_direction, t.preview) END AS latest
    FROM tickets t JOIN conversations v ON v.id = t.conversation_id JOIN channels ch ON ch.id = t.channel_id
    WHERE t.merged_into_id IS NULL
      AND EXISTS (SELECT FROM messages m WHERE m.conversation_id = v.id AND m.direction = 'in' AND m.deleted_at IS NULL)`,
  clocks: `SELECT ch.kind AS channel, ${THREAD}, c.kind, c.started_at, c.due_at, c.met_at, c.cancelled_at, c.ended_why
    FROM sla_clocks c JOIN tickets t ON t.workspace_id = c.workspace_id AND t.id = c.ticket_id
    JOIN conversations v ON v.id = t.conversation_id JOIN channels ch ON ch.id = t.channel_id
    WHERE t.merged_into_id IS NULL AND c.ended_why IS DISTINCT FROM 'taken_back'
      AND EXISTS (SELECT FROM messages m WHERE m.conversation_id = v.id AND m.direction = 'in' AND m.deleted_at IS NULL)`,
  ledger: `SELECT ch.kind AS channel, e.event_key, e.type,
      CASE WHEN e.state IN ('applied', 'ignored') THEN 'taken in' ELSE e.state END AS state FROM inbound_events e
    LEFT JOIN channels ch ON ch.id = e.channel_id`,
};

const INSTANT = /"(\d{4}-\d\d-\d\dT[\d:.]+\+00:00)"/g;

/** The whole inbox of a database as sorted lines of JSON, by section. @param began when the first sample was sent */
export async function canonicalDump(databaseUrl: string, began: Date): Promise<Record<string, string[]>> {
  const readable = (line: string) =>
    line.replaceAll(INSTANT, (told, instant: string) => (new Date(instant) < began ? told : '"on receipt"'));
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    const dump: Record<string, string[]> = {};
    for (const [section, sql] of Object.entries(SECTIONS)) {
      const { rows } = await client.query<{ line: string }>(`SELECT to_jsonb(x)::text AS line FROM (${sql}) x`);
      dump[section] = rows.map(({ line }) => readable(line)).toSorted();
    }
    return dump;
  } finally {
    await client.end();
  }
}

/** Whether every stored event has been applied, and every reader of what happened has caught up. */
export async function isSettled(databaseUrl: string): Promise<boolean> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    const { rows } = await client.query<{ waiting: number; lagging: number }>(
      `SELECT (SELECT count(*)::int FROM inbound_events WHERE state = 'received') AS waiting,
         (SELECT count(*)::int FROM event_heads h JOIN event_cursors c USING (workspace_id) WHERE c.position < h.position) AS lagging`,
    );
    return rows[0]?.waiting === 0 && rows[0].lagging === 0;
  } finally {
    await client.end();
  }
}
