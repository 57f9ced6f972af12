-- The append-only table of facts with its gap-free order, the readers' bookmarks, and the jobs.

-- The last position given in each workspace. Writers take this row last, just before commit, so positions appear in
-- commit order without gaps: a reader that has seen n can never miss n - 1.
CREATE TABLE event_heads (
  workspace_id uuid PRIMARY KEY REFERENCES workspaces,
  position bigint NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE domain_events (
  workspace_id uuid NOT NULL,
  position bigint NOT NULL,
  at timestamptz NOT NULL,
  type text NOT NULL,
  -- { kind: agent | bot | contact | system | crm, id? }
  actor jsonb NOT NULL,
  ticket_id uuid,
  conversation_id uuid,
  contact_id uuid,
  message_id uuid,
  -- ids, from and to; never message text
  data jsonb NOT NULL,
  -- rooms that may hear of it: team:<id>, agent:<id>, ticket:<id>, leads
  audience text[] NOT NULL,
  request_id text,
  PRIMARY KEY (workspace_id, position, at)
) PARTITION BY RANGE (at);
CREATE INDEX domain_events_by_ticket ON domain_events (workspace_id, ticket_id, position) WHERE ticket_id IS NOT NULL;
CREATE INDEX domain_events_by_contact ON domain_events (workspace_id, contact_id, position) WHERE contact_id IS NOT NULL;
CREATE TABLE domain_events_default PARTITION OF domain_events DEFAULT;

-- How far each subscriber has come in each workspace; moved in the transaction of the subscriber's own effects.
CREATE TABLE event_cursors (
  subscriber text NOT NULL,
  workspace_id uuid NOT NULL REFERENCES workspaces,
  position bigint NOT NULL,
  failures int NOT NULL DEFAULT 0,
  last_error text,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (subscriber, workspace_id)
);

-- ready: waiting for run_at; running: leased; parked: waits for a person. Finished jobs leave the table.
CREATE TABLE jobs (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspaces,
  queue text NOT NULL,
  name text NOT NULL,
  payload jsonb NOT NULL,
  -- a ready job with the same key absorbs new ones; a running one does not, so no wake-up is lost
  dedupe_key text,
  state text NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'running', 'parked')),
  run_at timestamptz NOT NULL DEFAULT now(),
  attempts int NOT NULL DEFAULT 0,
  max_attempts int NOT NULL,
  -- grows with every lease: a late writer of an older lease is refused
  fence bigint NOT NULL DEFAULT 0,
  leased_by text,
  lease_until timestamptz,
  last_error text,
  parked_at timestamptz,
  request_id text,
  created_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 80);
CREATE INDEX jobs_ready ON jobs (queue, run_at) WHERE state = 'ready';
CREATE INDEX jobs_running ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_parked ON jobs (workspace_id, parked_at) WHERE state = 'parked';
CREATE UNIQUE INDEX jobs_dedupe ON jobs (workspace_id, name, dedupe_key) WHERE state = 'ready' AND dedupe_key IS NOT NULL;

INSERT INTO partitioned_tables VALUES ('domain_events', false);
SELECT wall_off(t) FROM unnest(ARRAY['event_heads', 'domain_events', 'event_cursors', 'jobs']::regclass[]) t;
