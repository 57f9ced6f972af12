-- Connecting channels by consent, and caring for them afterwards. New tables only; locks nothing.

-- Our registration at a network, one for each workspace: whose consent page people see.
CREATE TABLE oauth_apps (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  network text NOT NULL,
  client_id text NOT NULL,
  -- sealed by platform/secrets: { clientSecret, proxyUrl? }
  credentials jsonb NOT NULL,
  -- { apiBaseUrl? }
  settings jsonb NOT NULL DEFAULT '{}',
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT oauth_apps_network UNIQUE (workspace_id, network)
);

-- One walk through a network's consent page: begun by an agent, ended once, of no use after a quarter of an hour.
CREATE TABLE channel_connections (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  agent_id uuid NOT NULL,
  kind text NOT NULL,
  network text NOT NULL,
  -- SHA-256 of the state that went through the browser
  state_hash bytea NOT NULL CONSTRAINT channel_connections_state UNIQUE,
  redirect_uri text NOT NULL,
  -- sealed by platform/secrets: { codeVerifier, accounts }
  credentials jsonb NOT NULL,
  -- begun: at the network; granted: accounts can be picked; refused; done
  state text NOT NULL DEFAULT 'begun' CHECK (state IN ('begun', 'granted', 'refused', 'done')),
  reason text,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX channel_connections_old ON channel_connections (expires_at);

-- When each channel is looked after next, and what was found last.
CREATE TABLE channel_care (
  workspace_id uuid NOT NULL,
  channel_id uuid NOT NULL,
  due_at timestamptz NOT NULL,
  -- whoever renews credentials holds this: a rotating refresh token serves once
  refreshing_until timestamptz,
  -- when refused credentials were last tried to be renewed at once, between the rounds
  renewal_tried_at timestamptz,
  -- { checks, tokenExpiresAt?, missingScopes? }
  report jsonb,
  reported_at timestamptz,
  PRIMARY KEY (workspace_id, channel_id),
  FOREIGN KEY (workspace_id, channel_id) REFERENCES channels ON DELETE CASCADE
);
CREATE INDEX channel_care_due ON channel_care (due_at);

CREATE TABLE channel_alarms (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  channel_id uuid NOT NULL,
  name text NOT NULL,
  message text NOT NULL,
  fix text,
  raised_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  cleared_at timestamptz,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, channel_id) REFERENCES channels ON DELETE CASCADE
);
CREATE UNIQUE INDEX channel_alarms_open ON channel_alarms (workspace_id, channel_id, name) WHERE cleared_at IS NULL;

-- How many events each channel brought in each hour, by what became of them: the channel's rhythm, and the proof that
-- nothing was lost.
CREATE TABLE channel_hours (
  workspace_id uuid NOT NULL,
  channel_id uuid NOT NULL,
  hour timestamptz NOT NULL,
  received int NOT NULL,
  applied int NOT NULL,
  unsupported int NOT NULL,
  troubled int NOT NULL,
  -- of those received, brought by a reading of ours and by no webhook
  pulled int NOT NULL,
  PRIMARY KEY (workspace_id, channel_id, hour),
  FOREIGN KEY (workspace_id, channel_id) REFERENCES channels ON DELETE CASCADE
);

SELECT wall_off(t) FROM unnest(ARRAY['oauth_apps', 'channel_connections', 'channel_care', 'channel_alarms', 'channel_hours']::regclass[]) t;
