-- What a ticket is about and what it asks of whoever works on it; threads that belong to another thread's ticket; words for
-- agents. Adds columns with constant defaults, which rewrites nothing; takes a short exclusive lock on tickets and conversations.

ALTER TABLE tickets
  -- which of its team's queues it waits in; null: the team's own
  ADD COLUMN queue_id uuid,
  -- what answering it is like, for capacity and handling times: comment, dm, letter, call …; null: as its kind
  ADD COLUMN work_type text,
  -- how long such work usually takes an agent, and the latest instant to begin: due_at less that
  ADD COLUMN handling_ms int NOT NULL DEFAULT 300000,
  ADD COLUMN start_by timestamptz,
  -- the customer's language as far as it is known: fa, en …
  ADD COLUMN language text,
  -- question, problem, incident, task …, as the workspace names them
  ADD COLUMN type text,
  ADD COLUMN tags text[] NOT NULL DEFAULT '{}',
  -- custom fields by key
  ADD COLUMN fields jsonb NOT NULL DEFAULT '{}',
  -- how it ended, where that is more than solved: no_answer_needed, merged …
  ADD COLUMN resolution text,
  ADD COLUMN snoozed_until timestamptz,
  -- what else wakes it: reply, crm
  ADD COLUMN wake_on text[] NOT NULL DEFAULT '{}',
  -- set while its work is done in another ticket
  ADD COLUMN merged_into_id uuid,
  -- the incident it belongs to
  ADD COLUMN parent_id uuid,
  ADD CONSTRAINT tickets_merged_into_fk FOREIGN KEY (workspace_id, merged_into_id) REFERENCES tickets,
  ADD CONSTRAINT tickets_parent_fk FOREIGN KEY (workspace_id, parent_id) REFERENCES tickets;

-- A thread whose words are work of another thread's ticket (continued by e-mail, merged) for as long as that ticket takes them.
ALTER TABLE conversations
  ADD COLUMN joined_ticket_id uuid,
  ADD CONSTRAINT conversations_joined_ticket_fk FOREIGN KEY (workspace_id, joined_ticket_id) REFERENCES tickets;
CREATE INDEX conversations_joined ON conversations (workspace_id, joined_ticket_id) WHERE joined_ticket_id IS NOT NULL;

-- How much a customer matters to the business: null, or vip and what the workspace calls its tiers.
ALTER TABLE contacts ADD COLUMN tier text;

-- What an agent should hear of, kept until it was read.
CREATE TABLE notifications (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  agent_id uuid NOT NULL,
  kind text NOT NULL,
  ticket_id uuid,
  -- facts for its text, never a customer's words
  data jsonb NOT NULL DEFAULT '{}',
  -- what made it: the same cause tells an agent once
  cause text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- quiet hours: shown, but not rung before this
  ring_at timestamptz NOT NULL DEFAULT now(),
  read_at timestamptz,
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT notifications_once UNIQUE (workspace_id, agent_id, cause),
  FOREIGN KEY (workspace_id, agent_id) REFERENCES agents ON DELETE CASCADE
);
CREATE INDEX notifications_of ON notifications (workspace_id, agent_id, id DESC);
CREATE INDEX notifications_unread ON notifications (workspace_id, agent_id) WHERE read_at IS NULL;
CREATE INDEX notifications_by_age ON notifications (created_at);
SELECT wall_off('notifications');
