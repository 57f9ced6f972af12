-- Workspaces (tenants) and the people in them. Every key leads with the workspace.

CREATE TABLE workspaces (
  id uuid PRIMARY KEY,
  slug text NOT NULL CONSTRAINT workspaces_slug_key UNIQUE,
  name text NOT NULL,
  locale text NOT NULL DEFAULT 'fa' CHECK (locale IN ('fa', 'en')),
  time_zone text NOT NULL DEFAULT 'Asia/Tehran',
  settings jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now()
);
SELECT wall_off('workspaces', 'id');

CREATE TABLE brands (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT brands_name_key UNIQUE (workspace_id, name)
);

CREATE TABLE teams (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  name text NOT NULL,
  -- push: least slack first to an online agent with room; pull: agents claim for themselves
  assignment text NOT NULL DEFAULT 'push' CHECK (assignment IN ('push', 'pull')),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT teams_name_key UNIQUE (workspace_id, name)
);

CREATE TABLE agents (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  email text NOT NULL CHECK (email = lower(email)),
  name text NOT NULL,
  role text NOT NULL CHECK (role IN ('owner', 'admin', 'lead', 'agent', 'analyst', 'crm_viewer')),
  password_hash text,
  locale text NOT NULL DEFAULT 'fa' CHECK (locale IN ('fa', 'en')),
  -- how many active tickets at once
  capacity int NOT NULL DEFAULT 5 CHECK (capacity BETWEEN 0 AND 1000),
  disabled_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT agents_email_key UNIQUE (workspace_id, email)
);
CREATE INDEX agents_by_email ON agents (email);

CREATE TABLE team_members (
  workspace_id uuid NOT NULL,
  team_id uuid NOT NULL,
  agent_id uuid NOT NULL,
  PRIMARY KEY (workspace_id, team_id, agent_id),
  FOREIGN KEY (workspace_id, team_id) REFERENCES teams ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, agent_id) REFERENCES agents ON DELETE CASCADE
);
CREATE INDEX team_members_by_agent ON team_members (workspace_id, agent_id);

-- A browser session. Only the SHA-256 of the cookie's token is kept.
CREATE TABLE sessions (
  token_hash bytea PRIMARY KEY,
  workspace_id uuid NOT NULL,
  agent_id uuid NOT NULL,
  csrf_token text NOT NULL,
  user_agent text,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  FOREIGN KEY (workspace_id, agent_id) REFERENCES agents ON DELETE CASCADE
);
CREATE INDEX sessions_by_agent ON sessions (workspace_id, agent_id);

CREATE TABLE api_tokens (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  agent_id uuid NOT NULL,
  name text NOT NULL,
  token_hash bytea NOT NULL CONSTRAINT api_tokens_hash_key UNIQUE,
  -- the first characters, so a person can tell tokens apart
  hint text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz,
  expires_at timestamptz,
  revoked_at timestamptz,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, agent_id) REFERENCES agents ON DELETE CASCADE
);

-- Failed sign-ins by e-mail and by address, shared by all nodes. Holds no workspace: nobody is known yet.
CREATE TABLE login_attempts (
  key text PRIMARY KEY,
  failures int NOT NULL,
  window_started_at timestamptz NOT NULL,
  blocked_until timestamptz
);

-- Who is there, with a life: a row past expires_at is offline whatever it says.
CREATE TABLE agent_presence (
  workspace_id uuid NOT NULL,
  agent_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('online', 'away', 'offline')),
  expires_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, agent_id),
  FOREIGN KEY (workspace_id, agent_id) REFERENCES agents ON DELETE CASCADE
);

SELECT wall_off(t) FROM unnest(ARRAY['brands', 'teams', 'agents', 'team_members', 'sessions', 'api_tokens', 'agent_presence']::regclass[]) t;
