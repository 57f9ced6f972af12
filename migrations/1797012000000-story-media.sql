-- What a network lets us keep only so long: the files of a story, while the story lives. Three nullable columns on
-- attachments: a short lock, nothing is rewritten. The files of stories we have are found by one reading of the table, and
-- those rows are written once; the index is built while new files wait (SHARE lock).

ALTER TABLE attachments
  -- from then on the file is neither shown nor kept, whether or not its bytes have been taken away yet
  ADD COLUMN keep_until timestamptz,
  -- why it has an end, as a code
  ADD COLUMN removal_reason text,
  -- when the bytes and the link were taken away; the row stays
  ADD COLUMN removed_at timestamptz,
  ADD CONSTRAINT attachments_end_has_reason CHECK ((keep_until IS NULL) = (removal_reason IS NULL)),
  ADD CONSTRAINT attachments_removed_had_end CHECK (removed_at IS NULL OR keep_until IS NOT NULL),
  ADD CONSTRAINT attachments_removed_is_empty CHECK (removed_at IS NULL OR (blob_key IS NULL AND url IS NULL));

-- Instagram and Messenger let a story's media be kept 24 hours.
UPDATE attachments f SET keep_until = least(m.network_at, m.received_at) + interval '24 hours', removal_reason = 'story_expired'
FROM messages m JOIN channels ch ON ch.workspace_id = m.workspace_id AND ch.id = m.channel_id
WHERE f.kind = 'story' AND m.workspace_id = f.workspace_id AND m.id = f.message_id AND ch.kind IN ('instagram', 'facebook');

CREATE INDEX attachments_to_remove ON attachments (keep_until) WHERE keep_until IS NOT NULL AND removed_at IS NULL;
