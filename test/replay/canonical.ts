import pg from 'pg';

/**
 * What a person would call the content of the inbox, told in the networks' own ids and sorted, so that two databases
 * that took the same events in another order, or more often, read the same.
 *
 * Compared: identities with their contact's name; posts; conversations by thread with kind, who handles them, how many
 * messages, the customer's last action; messages with author, text, thread, parent, network time, hidden and deleted
 * times, attachments; reactions as they stand; tickets with status, kind, preview and latest message, where a word of the
 * customer still stands; every ledger row with whether it was taken in, or why not.
 *
 * Not compared: our own ids; when something was received, applied or created; `seq`, numbers and versions, attempts, the
 * older texts of edited messages, the words a ticket was opened with and which of a thread's messages came before it,
 * because the first word we had decides those; the clocks, which run by what we knew at the time; tickets of threads in
 * which all was taken back, because a word that is gone before it came opens none; the kind of a post, of which the
 * recordings tell two for one post; `applied` against `ignored` in the
 * ledger, because a change that comes before its message is kept and takes effect with it.
 */
const SECTIONS: Record<string, string> = {
  identities: `SELECT ch.kind, i.external_id, i.handle, i.name, c.name AS contact, c.merged_into IS NOT NULL AS merged
    FROM contact_identities i JOIN contacts c ON c.id = i.contact_id JOIN channels ch ON ch.id = i.channel_id`,
  contacts: `SELECT count(*)::int AS contacts FROM contacts`,
  posts: `SELECT ch.kind AS channel, p.external_id, p.text, p.permalink, p.media_url, p.published_at FROM posts p
    JOIN channels ch ON ch.id = p.channel_id`,
  conversations: `SELECT ch.kind AS channel, v.thread_key, v.kind, p.external_id AS post, i.external_id AS contact,
      v.last_seq AS messages, v.handler, v.last_message_at, v.last_inbound_at, m.external_id AS last_inbound
    FROM conversations v JOIN channels ch ON ch.id = v.channel_id JOIN contact_identities i ON i.id = v.identity_id
    LEFT JOIN posts p ON p.id = v.post_id LEFT JOIN messages m ON m.id = v.last_inbound_message_id`,
  messages: `SELECT ch.kind AS channel, v.thread_key, m.external_id, m.direction, m.visibility, m.author_kind, m.author_name,
      m.parent_external_id, r.external_id AS reply_to, m.subtype, m.text, m.meta, m.network_at, m.hidden_at, m.deleted_at,
      m.deleted_by, m.delete_reason, m.delivery_state,
      (SELECT jsonb_agg(jsonb_build_array(a.kind, a.url, a.name, a.mime_type, a.meta) ORDER BY a.position)
       FROM attachments a WHERE a.message_id = m.id) AS attachments
    FROM messages m JOIN conversations v ON v.id = m.conversation_id JOIN channels ch ON ch.id = m.channel_id
    LEFT JOIN messages r ON r.id = m.reply_to_message_id`,
  reactions: `SELECT m.external_id, r.actor_external_id, r.reaction, r.emoji, r.removed, r.at
    FROM message_reactions r JOIN messages m ON m.id = r.message_id`,
  tickets: `SELECT ch.kind AS channel, v.thread_key, t.position, t.kind, t.status, t.priority, t.preview,
      t.preview_direction, t.last_message_at, t.assignee_id IS NOT NULL AS assigned
    FROM tickets t JOIN conversations v ON v.id = t.conversation_id JOIN channels ch ON ch.id = t.channel_id
    WHERE EXISTS (SELECT FROM messages m WHERE m.conversation_id = v.id AND m.direction = 'in' AND m.deleted_at IS NULL)`,
  ledger: `SELECT ch.kind AS channel, e.event_key, e.type,
      CASE WHEN e.state IN ('applied', 'ignored') THEN 'taken in' ELSE e.state END AS state FROM inbound_events e
    LEFT JOIN channels ch ON ch.id = e.channel_id`,
};

/** The whole inbox of a database as sorted lines of JSON, by section. */
export async function canonicalDump(databaseUrl: string): Promise<Record<string, string[]>> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    const dump: Record<string, string[]> = {};
    for (const [section, sql] of Object.entries(SECTIONS)) {
      const { rows } = await client.query<{ line: string }>(
        `SELECT to_jsonb(x)::text AS line FROM (${sql}) x ORDER BY to_jsonb(x)::text COLLATE "C"`,
      );
      dump[section] = rows.map(({ line }) => line);
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
