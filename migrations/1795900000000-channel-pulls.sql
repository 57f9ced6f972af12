-- Reading at the networks what they do not push: where each reading stands, and what it costs. New tables only; locks nothing.

-- One row for each way a channel is read; whoever holds the lease does the next step, and a late holder's cursor is refused.
CREATE TABLE channel_pulls (
  workspace_id uuid NOT NULL,
  channel_id uuid NOT NULL,
  -- listen: a connection held open that says when to poll
  reason text NOT NULL CHECK (reason IN ('poll', 'reconcile', 'backfill', 'listen')),
  -- the connector's own words for where it stands; null at the beginning
  cursor jsonb,
  -- how far back this reading goes
  since timestamptz NOT NULL,
  -- messages older than this are filed as history; null: all of them are work
  work_since timestamptz,
  due_at timestamptz NOT NULL,
  leased_by text,
  leased_until timestamptz,
  fence bigint NOT NULL DEFAULT 0,
  -- consecutive
  failures int NOT NULL DEFAULT 0,
  error text,
  code text,
  last_ok_at timestamptz,
  -- events these readings brought that nobody had pushed
  found bigint NOT NULL DEFAULT 0,
  last_found_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, channel_id, reason),
  FOREIGN KEY (workspace_id, channel_id) REFERENCES channels ON DELETE CASCADE
) WITH (fillfactor = 80);
CREATE INDEX channel_pulls_due ON channel_pulls (due_at);

-- What reading a channel cost, by day (UTC), in the network's unit.
CREATE TABLE channel_costs (
  workspace_id uuid NOT NULL,
  channel_id uuid NOT NULL,
  day date NOT NULL,
  unit text NOT NULL,
  amount numeric NOT NULL,
  PRIMARY KEY (workspace_id, channel_id, day, unit),
  FOREIGN KEY (workspace_id, channel_id) REFERENCES channels ON DELETE CASCADE
);

SELECT wall_off(t) FROM unnest(ARRAY['channel_pulls', 'channel_costs']::regclass[]) t;
