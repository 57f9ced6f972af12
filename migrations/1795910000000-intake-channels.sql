-- What the networks beyond Meta tell of people, threads, posts and albums. New tables, and columns added without
-- rewriting: short locks on contact_identities, posts, messages and attachments. The index on messages is partial over a
-- column that is empty everywhere, so it is built in one pass and costs no ordinary insert anything.

-- unreachable_at: the person blocked us or left, by the network's time; reachability_at: when the network last spoke of it,
-- so that a late word changes nothing. superseded_at: the network gave the person another id at that time; what was written
-- under this one before is theirs, what comes after it is somebody else's. held_since: when that somebody was first seen.
ALTER TABLE contact_identities
  ADD COLUMN unreachable_at timestamptz,
  ADD COLUMN reachability_at timestamptz,
  ADD COLUMN superseded_at timestamptz,
  ADD COLUMN held_since timestamptz;

-- Other keys of a conversation: the person's id changed, or a letter names the thread by another of its letters.
CREATE TABLE conversation_aliases (
  workspace_id uuid NOT NULL,
  channel_id uuid NOT NULL,
  thread_key text NOT NULL,
  conversation_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, channel_id, thread_key),
  FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations
);

-- Other ids of a post: its copy in a discussion group. The copy has a row of its own in posts, which nothing hangs under.
CREATE TABLE post_aliases (
  workspace_id uuid NOT NULL,
  channel_id uuid NOT NULL,
  external_id text NOT NULL,
  post_id uuid NOT NULL,
  PRIMARY KEY (workspace_id, channel_id, external_id),
  FOREIGN KEY (workspace_id, post_id) REFERENCES posts
);
-- when the network last described the post itself, by its own time: an older description changes nothing
ALTER TABLE posts ADD COLUMN described_at timestamptz;

-- Where a message stands that was filed after newer ones: between the seq it follows and the next. Null: at its seq.
ALTER TABLE messages ADD COLUMN place double precision;
CREATE INDEX messages_filed ON messages (workspace_id, conversation_id, place) WHERE place IS NOT NULL;

-- Which part of an album an attachment came with, by the network's id.
ALTER TABLE attachments ADD COLUMN part_external_id text;

SELECT wall_off(t) FROM unnest(ARRAY['conversation_aliases', 'post_aliases']::regclass[]) t;
