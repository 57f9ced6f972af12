import type { IntakeWorld } from './intake-world';

/** A thread by all its keys. */
const THREAD = `(SELECT jsonb_agg(k.thread_key ORDER BY k.thread_key) FROM (
    SELECT v.thread_key UNION SELECT a.thread_key FROM conversation_aliases a WHERE a.conversation_id = v.id) k) AS thread`;
/** A contact by the ids they go by in the channel. */
const idsOf = (contact: string) => `(SELECT jsonb_agg(o.external_id ORDER BY o.external_id) FROM contact_identities o
    WHERE o.contact_id = ${contact} AND o.channel_id = $1)`;

/** $1 the channel. Our own ids and numbers, versions and when something came here are no part of it. */
const SECTIONS: Record<string, string> = {
  identities: `SELECT i.external_id, i.handle, i.name, i.unreachable_at, i.superseded_at, i.held_since, c.name AS contact, c.phone,
      c.merged_into IS NOT NULL AS merged, ${idsOf('c.id')} AS beside
    FROM contact_identities i JOIN contacts c ON c.id = i.contact_id WHERE i.channel_id = $1`,
  posts: `SELECT p.external_id, p.text, p.permalink, p.published_at,
      (SELECT o.external_id FROM post_aliases a JOIN posts o ON o.id = a.post_id
        WHERE a.channel_id = p.channel_id AND a.external_id = p.external_id) AS copy_of
    FROM posts p WHERE p.channel_id = $1`,
  conversations: `SELECT ${THREAD}, v.kind, p.external_id AS post, ${idsOf('v.contact_id')} AS contact, i.external_id AS goes_to, v.last_seq,
      v.ticket_count, v.handler, v.last_message_at, v.last_inbound_at, v.last_outbound_at, m.external_id AS last_inbound
    FROM conversations v JOIN contact_identities i ON i.id = v.identity_id LEFT JOIN posts p ON p.id = v.post_id
    LEFT JOIN messages m ON m.id = v.last_inbound_message_id WHERE v.channel_id = $1 AND v.merged_into_id IS NULL`,
  messages: `SELECT ${THREAD}, m.external_id, m.direction, m.visibility, m.author_kind, m.author_name,
      m.parent_external_id, r.external_id AS reply_to, m.subtype, m.text, m.meta, m.network_at, m.hidden_at, m.deleted_at, m.deleted_by,
      m.delete_reason, m.delivery_state, m.delivery_reason, m.edited_at IS NOT NULL AS edited,
      t.conversation_id = m.conversation_id AS in_work,
      (SELECT jsonb_agg(DISTINCT o.text) FROM message_versions o WHERE o.message_id = m.id) AS before,
      (SELECT jsonb_agg(jsonb_build_array(a.kind, a.url, a.meta) ORDER BY a.position) FROM attachments a WHERE a.message_id = m.id) AS files,
      (SELECT jsonb_agg(jsonb_build_array(a.actor_external_id, a.reaction, a.removed, a.at) ORDER BY a.actor_external_id)
        FROM message_reactions a WHERE a.message_id = m.id) AS reactions
    FROM messages m JOIN conversations v ON v.id = m.conversation_id LEFT JOIN messages r ON r.id = m.reply_to_message_id
    LEFT JOIN tickets t ON t.id = m.ticket_id WHERE m.channel_id = $1`,
  keys: `SELECT k.external_id, m.external_id AS message, k.deleted_at, k.deleted_by, k.made_by_edit, k.form,
      (SELECT jsonb_agg(x ORDER BY x) FROM jsonb_object_keys(k.early) x) AS waiting
    FROM message_keys k LEFT JOIN messages m ON m.id = k.message_id WHERE k.channel_id = $1`,
  tickets: `SELECT ${THREAD}, t.kind, t.status, t.position, ${idsOf('t.contact_id')} AS contact, t.subject, t.preview, t.preview_direction,
      t.last_message_at, t.waiting_since, t.first_responded_at, t.language
    FROM tickets t JOIN conversations v ON v.id = t.conversation_id WHERE t.channel_id = $1 AND t.merged_into_id IS NULL`,
  events: `SELECT e.type, m.external_id AS message, count(*)::int AS n FROM domain_events e
    LEFT JOIN conversations v ON v.id = e.conversation_id LEFT JOIN messages m ON m.id = e.message_id
    WHERE v.channel_id = $1 GROUP BY 1, 2`,
};

const PICTURE = `SELECT ${Object.entries(SECTIONS)
  .map(
    ([name, sql]) =>
      `(SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY to_jsonb(x)::text), '[]') FROM (${sql}) x) AS ${name}`,
  )
  .join(', ')}`;

export type Picture = Record<keyof typeof SECTIONS, unknown[]>;

/** What a channel holds, told in the network's ids, so that two channels that were told the same read the same. */
export async function pictureOf(world: IntakeWorld): Promise<Picture> {
  const [row] = await world.rows<Picture>(PICTURE);
  return row!;
}
