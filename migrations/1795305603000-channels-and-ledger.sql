-- Connected accounts, and the ledger of everything the networks sent.

CREATE TABLE channels (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  brand_id uuid NOT NULL,
  -- the queue its tickets start in
  team_id uuid,
  -- the account's id at the network (page id, IG account id); for webchat the public widget id
  external_id text NOT NULL,
  settings jsonb NOT NULL DEFAULT '{}',
  -- sealed by platform/secrets: { keyId, iv, tag, data }
  credentials jsonb NOT NULL DEFAULT '{}',
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'needs_reconnect', 'disabled')),
  state_reason text,
  last_event_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT channels_account_key UNIQUE (workspace_id, kind, external_id),
  FOREIGN KEY (workspace_id, brand_id) REFERENCES brands,
  FOREIGN KEY (workspace_id, team_id) REFERENCES teams
);
CREATE INDEX channels_by_account ON channels (kind, external_id);

-- One row for each provider event ever accepted, slim and never partitioned: "once" holds over all time.
CREATE TABLE event_keys (
  workspace_id uuid NOT NULL,
  channel_id uuid NOT NULL,
  -- first 16 bytes of SHA-256 over the connector's event key
  key_hash uuid NOT NULL,
  PRIMARY KEY (workspace_id, channel_id, key_hash)
);

-- The request as it came in. One delivery may carry events of several workspaces; then workspace_id is null and only
-- system work may read it, while each event keeps its own slice.
CREATE TABLE inbound_deliveries (
  id uuid NOT NULL,
  workspace_id uuid,
  source text NOT NULL,
  headers jsonb NOT NULL,
  body bytea NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE TABLE inbound_deliveries_default PARTITION OF inbound_deliveries DEFAULT;

CREATE TABLE inbound_events (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  channel_id uuid,
  delivery_id uuid NOT NULL,
  -- the connector's event key in clear, to find the event again in its delivery
  event_key text NOT NULL,
  type text NOT NULL,
  thread_key text NOT NULL,
  -- hash of channel and thread: whoever holds a lane's lock applies its events in order
  lane smallint NOT NULL,
  state text NOT NULL DEFAULT 'received'
    CHECK (state IN ('received', 'applied', 'ignored', 'unsupported', 'refused', 'failed')),
  reason text,
  attempts int NOT NULL DEFAULT 0,
  -- the event itself, only when its delivery is shared with another workspace
  payload jsonb,
  occurred_at timestamptz,
  received_at timestamptz NOT NULL,
  applied_at timestamptz,
  PRIMARY KEY (workspace_id, id)
) PARTITION BY RANGE (id);
CREATE INDEX inbound_events_waiting ON inbound_events (lane, id) WHERE state = 'received';
CREATE INDEX inbound_events_troubled ON inbound_events (workspace_id, state, id)
  WHERE state IN ('ignored', 'unsupported', 'refused', 'failed');
CREATE TABLE inbound_events_default PARTITION OF inbound_events DEFAULT;

-- Requests that left no event behind, by day: forged, unknown account, duplicate, too large.
CREATE TABLE ingress_counts (
  day date NOT NULL,
  source text NOT NULL,
  outcome text NOT NULL,
  count bigint NOT NULL,
  PRIMARY KEY (day, source, outcome)
);

INSERT INTO partitioned_tables VALUES ('inbound_deliveries', true), ('inbound_events', true);
SELECT wall_off(t) FROM unnest(ARRAY['channels', 'event_keys', 'inbound_deliveries', 'inbound_events']::regclass[]) t;
