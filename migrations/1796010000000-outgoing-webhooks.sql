-- Telling other programs what happened: where to, and every delivery with what became of it. New tables only; locks nothing.

CREATE TABLE webhook_endpoints (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  name text NOT NULL,
  url text NOT NULL,
  -- event types it hears of; empty: all that are told outside
  types text[] NOT NULL DEFAULT '{}',
  -- sealed by platform/secrets: { secret, previousSecret?, previousUntil? }
  credentials jsonb NOT NULL,
  disabled_at timestamptz,
  disabled_reason text,
  -- since when nothing got through; null: the last try did
  failing_since timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT webhook_endpoints_name_key UNIQUE (workspace_id, name)
);

CREATE TABLE webhook_deliveries (
  workspace_id uuid NOT NULL,
  -- goes out as webhook-id: the same at every try and replay, so that receivers can tell a repetition
  id uuid NOT NULL,
  endpoint_id uuid NOT NULL,
  -- what it tells of: event:<position>, rule:<receipt>, test:<id>
  cause text NOT NULL,
  type text NOT NULL,
  -- what is sent, byte for byte
  body text NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'failed')),
  attempts int NOT NULL DEFAULT 0,
  next_try_at timestamptz NOT NULL DEFAULT now(),
  -- whoever sends it holds it until then
  held_until timestamptz,
  last_status int,
  last_error text,
  -- the beginning of the last answer
  last_answer text,
  last_ms int,
  created_at timestamptz NOT NULL DEFAULT now(),
  settled_at timestamptz,
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT webhook_deliveries_once UNIQUE (workspace_id, endpoint_id, cause),
  FOREIGN KEY (workspace_id, endpoint_id) REFERENCES webhook_endpoints ON DELETE CASCADE
) WITH (fillfactor = 80);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (workspace_id, endpoint_id, next_try_at) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_log ON webhook_deliveries (workspace_id, endpoint_id, id DESC);
CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (created_at);

SELECT wall_off(t) FROM unnest(ARRAY['webhook_endpoints', 'webhook_deliveries']::regclass[]) t;
