-- Sending to many networks: what an account may take, own edits, moderation in bulk.
-- New tables and columns; outbound_deliveries_sent is built anew under a write lock on outbound_deliveries.

-- What one account of a network takes. One row for all nodes: a pause asked for by the network, and the next free slot
-- of its pace; whoever takes a slot moves it on in the same statement.
CREATE TABLE channel_budgets (
  workspace_id uuid NOT NULL,
  channel_id uuid NOT NULL,
  paused_until timestamptz,
  reason text,
  next_slot_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, channel_id),
  FOREIGN KEY (workspace_id, channel_id) REFERENCES channels ON DELETE CASCADE
) WITH (fillfactor = 50);

ALTER TABLE outbound_deliveries
  -- the slot of the account's pace this message was given
  ADD COLUMN slot_at timestamptz,
  -- the text one of ours asked to have in place of what was sent, until the network has taken or refused it
  ADD COLUMN edit_text text,
  ADD COLUMN edit_by jsonb,
  ADD COLUMN edit_attempts int NOT NULL DEFAULT 0;
CREATE INDEX outbound_deliveries_edited ON outbound_deliveries (workspace_id, channel_id) WHERE edit_text IS NOT NULL;
-- when a conversation was last sent something, whatever became of it
DROP INDEX outbound_deliveries_sent;
CREATE INDEX outbound_deliveries_sent ON outbound_deliveries (workspace_id, conversation_id, sent_at)
  WHERE sent_at IS NOT NULL;

-- Many messages moderated as one request.
CREATE TABLE moderation_batches (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  action text NOT NULL CHECK (action IN ('hide', 'unhide', 'delete', 'like', 'unlike', 'block', 'unblock')),
  reason text NOT NULL,
  -- { kind: agent, id }
  actor jsonb NOT NULL,
  -- the batch this one takes back: once
  undo_of uuid,
  total int NOT NULL,
  done int NOT NULL DEFAULT 0,
  failed int NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  finished_at timestamptz,
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT moderation_batches_undone UNIQUE (workspace_id, undo_of),
  FOREIGN KEY (workspace_id, undo_of) REFERENCES moderation_batches (workspace_id, id)
);

-- One action on one message; without a batch, asked for by itself. A queued item is work that a job carries, or that is
-- held with its channel.
CREATE TABLE moderation_items (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  batch_id uuid,
  message_id uuid NOT NULL,
  channel_id uuid NOT NULL,
  action text NOT NULL CHECK (action IN ('hide', 'unhide', 'delete', 'like', 'unlike', 'block', 'unblock')),
  reason text NOT NULL,
  actor jsonb NOT NULL,
  state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'done', 'failed')),
  -- tries the network answered with "later"; time held with the channel does not count
  attempts int NOT NULL DEFAULT 0,
  code text,
  error text,
  created_at timestamptz NOT NULL,
  settled_at timestamptz,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, batch_id) REFERENCES moderation_batches (workspace_id, id),
  FOREIGN KEY (workspace_id, channel_id) REFERENCES channels
);
CREATE UNIQUE INDEX moderation_items_once ON moderation_items (workspace_id, batch_id, message_id) WHERE batch_id IS NOT NULL;
CREATE INDEX moderation_items_waiting ON moderation_items (workspace_id, channel_id) WHERE state = 'queued';
CREATE INDEX moderation_items_single ON moderation_items (workspace_id, message_id, action)
  WHERE state = 'queued' AND batch_id IS NULL;

-- A person we blocked at the network, until unblocked.
ALTER TABLE contact_identities ADD COLUMN blocked_at timestamptz;

SELECT wall_off(t) FROM unnest(ARRAY['channel_budgets', 'moderation_batches', 'moderation_items']::regclass[]) t;
