-- Which message says the same as another: one row for each word of a customer that can be compared, for as long as
-- repeats are looked for. And one reply to several threads: what was asked, and what became of each thread. New tables;
-- locks nothing that is there.

CREATE TABLE message_repeats (
  workspace_id uuid NOT NULL,
  message_id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  -- whose word it is: the conversation's contact, followed when people are merged and parted
  contact_id uuid NOT NULL,
  -- of the text in search form without names, greetings and joiners
  fingerprint bytea NOT NULL,
  -- says enough to be known again in another thread; else (سلام, ok, an emoji) only within minutes in the same one
  telling boolean NOT NULL,
  -- when the network says it was written
  at timestamptz NOT NULL,
  -- no foreign keys: the rows are made from messages and swept after days, and a key would wait for threads that intake
  -- holds locked
  PRIMARY KEY (workspace_id, message_id)
);
-- one person's repeats, and in the order of people a wave of one text
CREATE INDEX message_repeats_same ON message_repeats (workspace_id, fingerprint, contact_id, at);
CREATE INDEX message_repeats_in ON message_repeats (workspace_id, conversation_id);
SELECT wall_off('message_repeats');

CREATE TABLE reply_batches (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  ticket_id uuid NOT NULL,
  agent_id uuid NOT NULL,
  text text NOT NULL,
  status_after text CHECK (status_after IN ('pending', 'solved')),
  total int NOT NULL,
  done int NOT NULL DEFAULT 0,
  failed int NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  finished_at timestamptz,
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT reply_batches_ticket_fk FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets,
  CONSTRAINT reply_batches_agent_fk FOREIGN KEY (workspace_id, agent_id) REFERENCES agents
);
CREATE INDEX reply_batches_by_age ON reply_batches (finished_at);
SELECT wall_off('reply_batches');

CREATE TABLE reply_batch_items (
  workspace_id uuid NOT NULL,
  batch_id uuid NOT NULL,
  position int NOT NULL,
  conversation_id uuid NOT NULL,
  visibility text NOT NULL CHECK (visibility IN ('public', 'private')),
  -- the newest the agent had seen of the thread, and the customer's word being answered; null: their last
  seen_message_id uuid NOT NULL,
  answers_message_id uuid,
  state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'done', 'failed')),
  -- what was written
  message_id uuid,
  code text,
  reason text,
  PRIMARY KEY (workspace_id, batch_id, position),
  CONSTRAINT reply_batch_items_batch_fk FOREIGN KEY (workspace_id, batch_id) REFERENCES reply_batches ON DELETE CASCADE,
  CONSTRAINT reply_batch_items_conversation_fk FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations
);
CREATE INDEX reply_batch_items_in ON reply_batch_items (workspace_id, conversation_id);
SELECT wall_off('reply_batch_items');
