-- What people do with tickets beyond their status: tags, followers, links, merges, custom fields, dismissals, bulk changes.
-- New tables, and indexes on tickets for what is rare in it (snoozed, solved and not yet closed, children). Takes a write
-- lock on tickets while those are built.

-- Which tickets have a tag: the rows behind `tickets.tags`, for lists by tag.
CREATE TABLE ticket_tags (
  workspace_id uuid NOT NULL,
  tag text NOT NULL,
  ticket_id uuid NOT NULL,
  PRIMARY KEY (workspace_id, tag, ticket_id),
  CONSTRAINT ticket_tags_ticket_fk FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets ON DELETE CASCADE
);
CREATE INDEX ticket_tags_of ON ticket_tags (workspace_id, ticket_id);

-- How many tickets have a tag, kept rather than counted.
CREATE TABLE tags (
  workspace_id uuid NOT NULL,
  tag text NOT NULL,
  tickets int NOT NULL DEFAULT 0,
  last_used_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, tag),
  CONSTRAINT tags_workspace_fk FOREIGN KEY (workspace_id) REFERENCES workspaces
) WITH (fillfactor = 70);

CREATE TABLE ticket_followers (
  workspace_id uuid NOT NULL,
  ticket_id uuid NOT NULL,
  agent_id uuid NOT NULL,
  since timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, ticket_id, agent_id),
  CONSTRAINT ticket_followers_ticket_fk FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets ON DELETE CASCADE,
  CONSTRAINT ticket_followers_agent_fk FOREIGN KEY (workspace_id, agent_id) REFERENCES agents ON DELETE CASCADE
);
CREATE INDEX ticket_followers_by_agent ON ticket_followers (workspace_id, agent_id, ticket_id);

-- `ticket_id` is a duplicate of, causes, or is related to `to_id`.
CREATE TABLE ticket_links (
  workspace_id uuid NOT NULL,
  ticket_id uuid NOT NULL,
  to_id uuid NOT NULL,
  kind text NOT NULL CONSTRAINT ticket_links_kind CHECK (kind IN ('related', 'duplicate', 'causes')),
  actor jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, ticket_id, to_id, kind),
  CONSTRAINT ticket_links_other CHECK (ticket_id <> to_id),
  CONSTRAINT ticket_links_from_fk FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets ON DELETE CASCADE,
  CONSTRAINT ticket_links_to_fk FOREIGN KEY (workspace_id, to_id) REFERENCES tickets ON DELETE CASCADE
);
CREATE INDEX ticket_links_back ON ticket_links (workspace_id, to_id);

-- Each merge with what it changed, so that it can be given back.
CREATE TABLE ticket_merges (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  ticket_id uuid NOT NULL,
  into_id uuid NOT NULL,
  -- of the merged ticket: status, assigneeId, solvedAt, resolution, waitingSince, snoozedUntil, wakeOn, conversationIds (what
  -- joined); of the other: tagsAdded, followersAdded, statusFrom
  before jsonb NOT NULL,
  actor jsonb NOT NULL,
  merged_at timestamptz NOT NULL,
  undone_at timestamptz,
  undone_by jsonb,
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT ticket_merges_from_fk FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets ON DELETE CASCADE,
  CONSTRAINT ticket_merges_into_fk FOREIGN KEY (workspace_id, into_id) REFERENCES tickets ON DELETE CASCADE
);
CREATE UNIQUE INDEX ticket_merges_standing ON ticket_merges (workspace_id, ticket_id) WHERE undone_at IS NULL;

-- "No answer needed", with what it was before. A ticket's latest.
CREATE TABLE ticket_dismissals (
  workspace_id uuid NOT NULL,
  ticket_id uuid NOT NULL,
  reason text NOT NULL CONSTRAINT ticket_dismissals_reason
    CHECK (reason IN ('thanks', 'spam', 'noise', 'duplicate', 'other')),
  status_before text NOT NULL,
  assignee_before uuid,
  resolution_before text,
  actor jsonb NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, ticket_id),
  CONSTRAINT ticket_dismissals_ticket_fk FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets ON DELETE CASCADE
);

CREATE TABLE ticket_fields (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  key text NOT NULL,
  label_fa text NOT NULL,
  label_en text NOT NULL,
  kind text NOT NULL CONSTRAINT ticket_fields_kind
    CHECK (kind IN ('text', 'number', 'date', 'select', 'multi', 'checkbox')),
  -- of select and multi: [{ value, labelFa, labelEn }]
  options jsonb NOT NULL DEFAULT '[]',
  required_to_solve boolean NOT NULL DEFAULT false,
  position int NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- what tickets already carry of it stays
  archived_at timestamptz,
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT ticket_fields_workspace_fk FOREIGN KEY (workspace_id) REFERENCES workspaces
);
CREATE UNIQUE INDEX ticket_fields_key ON ticket_fields (workspace_id, key) WHERE archived_at IS NULL;

-- One change asked for on many tickets, and how far it is.
CREATE TABLE ticket_batches (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  action jsonb NOT NULL,
  agent_id uuid NOT NULL,
  total int NOT NULL,
  done int NOT NULL DEFAULT 0,
  failed int NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  finished_at timestamptz,
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT ticket_batches_agent_fk FOREIGN KEY (workspace_id, agent_id) REFERENCES agents
);
CREATE INDEX ticket_batches_by_age ON ticket_batches (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE ticket_batch_items (
  workspace_id uuid NOT NULL,
  batch_id uuid NOT NULL,
  ticket_id uuid NOT NULL,
  state text NOT NULL DEFAULT 'queued' CONSTRAINT ticket_batch_items_state CHECK (state IN ('queued', 'done', 'failed')),
  code text,
  reason text,
  PRIMARY KEY (workspace_id, batch_id, ticket_id),
  CONSTRAINT ticket_batch_items_batch_fk FOREIGN KEY (workspace_id, batch_id) REFERENCES ticket_batches ON DELETE CASCADE,
  CONSTRAINT ticket_batch_items_ticket_fk FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets ON DELETE CASCADE
);

-- A snoozed ticket says what wakes it; a customer's word always does.
-- Since when says the same as a null that the planner counts: of `wake_on <> '{}'` it would guess that nearly all are.
ALTER TABLE tickets ADD COLUMN snoozed_at timestamptz;
CREATE INDEX tickets_snoozed ON tickets (workspace_id, due_at, id) WHERE snoozed_at IS NOT NULL;
CREATE INDEX tickets_to_wake ON tickets (snoozed_until) WHERE snoozed_until IS NOT NULL;
CREATE INDEX tickets_to_close ON tickets (workspace_id, solved_at) WHERE status = 'solved';
CREATE INDEX tickets_children ON tickets (workspace_id, parent_id) WHERE parent_id IS NOT NULL;

-- "No team" is a range of its own in every agent's lists, and no index on the team serves it in order: the planner does not
-- take `IS NULL` for an equality. Neither did one serve what an agent solved elsewhere. Without these, an empty range
-- costs a walk over all tickets.
CREATE INDEX tickets_lobby ON tickets (workspace_id, due_at, id)
  WHERE team_id IS NULL AND status IN ('new', 'open', 'pending', 'on_hold');
CREATE INDEX tickets_lobby_recent ON tickets (workspace_id, last_message_at DESC, id DESC) WHERE team_id IS NULL;
CREATE INDEX tickets_mine_recent ON tickets (workspace_id, assignee_id, last_message_at DESC, id DESC)
  WHERE assignee_id IS NOT NULL;

SELECT wall_off(t) FROM unnest(ARRAY['ticket_tags', 'tags', 'ticket_followers', 'ticket_links', 'ticket_merges', 'ticket_dismissals',
  'ticket_fields', 'ticket_batches', 'ticket_batch_items']::regclass[]) t;
