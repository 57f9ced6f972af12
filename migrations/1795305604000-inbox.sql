-- The truth: people, their handles, posts, threads, messages, tickets.

CREATE TABLE contacts (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  name text,
  locale text,
  email text,
  email_verified_at timestamptz,
  -- E.164
  phone text,
  phone_verified_at timestamptz,
  avatar_url text,
  -- set when this contact was merged into another; ids stay valid
  merged_into uuid,
  version int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, merged_into) REFERENCES contacts
);

-- A handle of a contact on one channel. Page-scoped ids differ from comment author ids: both are identities.
CREATE TABLE contact_identities (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  contact_id uuid NOT NULL,
  channel_id uuid NOT NULL,
  external_id text NOT NULL,
  handle text,
  name text,
  avatar_url text,
  -- the identity's contact before a merge, so it can be undone
  merged_from uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT contact_identities_external_key UNIQUE (workspace_id, channel_id, external_id),
  FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts
);
CREATE INDEX contact_identities_by_contact ON contact_identities (workspace_id, contact_id);

CREATE TABLE posts (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  channel_id uuid NOT NULL,
  external_id text NOT NULL,
  kind text,
  text text,
  permalink text,
  media_url text,
  published_at timestamptz,
  deleted_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT posts_external_key UNIQUE (workspace_id, channel_id, external_id)
);

CREATE TABLE conversations (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  channel_id uuid NOT NULL,
  brand_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  identity_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('comment', 'dm')),
  post_id uuid,
  -- contact + post, or contact + DM thread, as the connector names it
  thread_key text NOT NULL,
  -- last position given to a message here
  last_seq int NOT NULL DEFAULT 0,
  ticket_count int NOT NULL DEFAULT 0,
  last_message_at timestamptz,
  -- the customer's last action: opens the reply window
  last_inbound_at timestamptz,
  last_inbound_message_id uuid,
  last_outbound_at timestamptz,
  -- bot: may answer; human: silent until the conversation is handed back
  handler text NOT NULL DEFAULT 'bot' CHECK (handler IN ('bot', 'human')),
  handler_changed_at timestamptz,
  version int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT conversations_thread_key UNIQUE (workspace_id, channel_id, thread_key),
  FOREIGN KEY (workspace_id, channel_id) REFERENCES channels,
  FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts,
  FOREIGN KEY (workspace_id, identity_id) REFERENCES contact_identities,
  FOREIGN KEY (workspace_id, post_id) REFERENCES posts
) WITH (fillfactor = 80);
CREATE INDEX conversations_by_contact ON conversations (workspace_id, contact_id);
CREATE INDEX conversations_by_post ON conversations (workspace_id, post_id) WHERE post_id IS NOT NULL;

CREATE TABLE tickets (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  number bigint NOT NULL,
  conversation_id uuid NOT NULL,
  -- 1 for the conversation's first ticket, 2 for the next …
  position int NOT NULL,
  contact_id uuid NOT NULL,
  channel_id uuid NOT NULL,
  brand_id uuid NOT NULL,
  team_id uuid,
  assignee_id uuid,
  assigned_at timestamptz,
  kind text NOT NULL CHECK (kind IN ('comment', 'dm')),
  status text NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'open', 'pending', 'on_hold', 'solved', 'closed')),
  priority text NOT NULL DEFAULT 'normal' CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
  subject text NOT NULL DEFAULT '',
  preview text NOT NULL DEFAULT '',
  preview_direction text NOT NULL DEFAULT 'in',
  -- set while the customer waits for us: the network time of the first unanswered message
  waiting_since timestamptz,
  -- the earliest running clock; null when nothing is owed
  due_at timestamptz,
  first_responded_at timestamptz,
  last_message_at timestamptz NOT NULL,
  solved_at timestamptz,
  closed_at timestamptz,
  version int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT tickets_number_key UNIQUE (workspace_id, number),
  CONSTRAINT tickets_position_key UNIQUE (workspace_id, conversation_id, position),
  FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations,
  FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts,
  FOREIGN KEY (workspace_id, team_id) REFERENCES teams,
  FOREIGN KEY (workspace_id, assignee_id) REFERENCES agents
) WITH (fillfactor = 80);
-- No thread ever has two tickets under work at once.
CREATE UNIQUE INDEX tickets_one_active ON tickets (workspace_id, conversation_id)
  WHERE status IN ('new', 'open', 'pending', 'on_hold');
CREATE INDEX tickets_queue ON tickets (workspace_id, team_id, due_at, id)
  WHERE assignee_id IS NULL AND status IN ('new', 'open');
CREATE INDEX tickets_mine ON tickets (workspace_id, assignee_id, due_at, id)
  WHERE status IN ('new', 'open', 'pending', 'on_hold');
CREATE INDEX tickets_active ON tickets (workspace_id, due_at, id) WHERE status IN ('new', 'open', 'pending', 'on_hold');
CREATE INDEX tickets_recent ON tickets (workspace_id, last_message_at DESC, id DESC);
CREATE INDEX tickets_by_contact ON tickets (workspace_id, contact_id, created_at);

CREATE TABLE ticket_numbers (
  workspace_id uuid PRIMARY KEY REFERENCES workspaces,
  last bigint NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE messages (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  ticket_id uuid,
  channel_id uuid NOT NULL,
  -- gap-free within the conversation
  seq int NOT NULL,
  direction text NOT NULL CHECK (direction IN ('in', 'out', 'note')),
  visibility text NOT NULL CHECK (visibility IN ('public', 'private', 'internal')),
  author_kind text NOT NULL CHECK (author_kind IN ('contact', 'agent', 'bot', 'account', 'system')),
  author_id uuid,
  author_name text,
  external_id text,
  parent_external_id text,
  reply_to_message_id uuid,
  subtype text,
  text text NOT NULL,
  meta jsonb,
  -- when the network says it was written; when we had it on disk; when it entered the conversation
  network_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  applied_at timestamptz NOT NULL,
  hidden_at timestamptz,
  edited_at timestamptz,
  version int NOT NULL DEFAULT 1,
  -- a tombstone: the text stays until retention or erasure removes it on purpose
  deleted_at timestamptz,
  deleted_by jsonb,
  delete_reason text,
  -- outgoing only
  delivery_state text CHECK (delivery_state IN ('queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'unknown')),
  delivery_reason text,
  PRIMARY KEY (workspace_id, id)
) PARTITION BY RANGE (id);
CREATE INDEX messages_in_conversation ON messages (workspace_id, conversation_id, seq);
CREATE TABLE messages_default PARTITION OF messages DEFAULT;

-- The network's message id to ours, over all time. A row without message_id is a tombstone that came before its message.
CREATE TABLE message_keys (
  workspace_id uuid NOT NULL,
  channel_id uuid NOT NULL,
  external_id text NOT NULL,
  message_id uuid,
  conversation_id uuid,
  deleted_at timestamptz,
  PRIMARY KEY (workspace_id, channel_id, external_id)
);

CREATE TABLE message_versions (
  workspace_id uuid NOT NULL,
  message_id uuid NOT NULL,
  version int NOT NULL,
  text text NOT NULL,
  edited_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, message_id, version)
);

CREATE TABLE attachments (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  message_id uuid NOT NULL,
  position int NOT NULL,
  kind text NOT NULL,
  url text,
  name text,
  mime_type text,
  size_bytes bigint,
  meta jsonb,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX attachments_by_message ON attachments (workspace_id, message_id, position);

CREATE TABLE message_reactions (
  workspace_id uuid NOT NULL,
  message_id uuid NOT NULL,
  actor_external_id text NOT NULL,
  reaction text NOT NULL,
  emoji text,
  -- the last word by network time wins; a removal is kept so that a late add stays removed
  removed boolean NOT NULL DEFAULT false,
  at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, message_id, actor_external_id)
);

-- Stored result of a request under an Idempotency-Key: replayed word for word.
CREATE TABLE idempotency_keys (
  workspace_id uuid NOT NULL,
  key text NOT NULL,
  request_hash bytea NOT NULL,
  status int,
  response jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

INSERT INTO partitioned_tables VALUES ('messages', true);
SELECT wall_off(t) FROM unnest(ARRAY['contacts', 'contact_identities', 'posts', 'conversations', 'tickets', 'ticket_numbers',
  'messages', 'message_keys', 'message_versions', 'attachments', 'message_reactions', 'idempotency_keys']::regclass[]) t;
