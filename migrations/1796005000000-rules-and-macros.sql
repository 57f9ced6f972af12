-- Rules (when, if, then) with a receipt for each run, what they hold back for approval, the silences they wait for; macros
-- and canned replies. New tables only: locks nothing that is in use.

CREATE TABLE rules (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  name text NOT NULL,
  rank int NOT NULL,
  enabled boolean NOT NULL DEFAULT true,
  version int NOT NULL DEFAULT 1,
  -- [{ on, … }], a tree of questions, [{ do, … }]: as in rule.ts, conditions.ts, actions.ts
  triggers jsonb NOT NULL,
  conditions jsonb NOT NULL,
  actions jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  -- receipts refer to it for good
  deleted_at timestamptz,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX rules_in_order ON rules (workspace_id, rank, id) WHERE deleted_at IS NULL;

-- What a rule was in each version: what ran, ran as one of these.
CREATE TABLE rule_versions (
  workspace_id uuid NOT NULL,
  rule_id uuid NOT NULL,
  version int NOT NULL,
  -- { name, when, conditions, actions }
  definition jsonb NOT NULL,
  changed_by uuid,
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, rule_id, version),
  CONSTRAINT rule_versions_rule_fk FOREIGN KEY (workspace_id, rule_id) REFERENCES rules
);

CREATE TABLE rule_receipts (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  rule_id uuid NOT NULL,
  rule_version int NOT NULL,
  event_position bigint NOT NULL,
  event_type text NOT NULL,
  event_at timestamptz NOT NULL,
  ticket_id uuid NOT NULL,
  -- ran; or matched and was stopped, `stopped` says why
  outcome text NOT NULL CONSTRAINT rule_receipts_outcome CHECK (outcome IN ('ran', 'stopped')),
  stopped text,
  -- the rules that led here, itself last
  chain uuid[] NOT NULL DEFAULT '{}',
  matched jsonb NOT NULL,
  changed jsonb NOT NULL DEFAULT '[]',
  refused jsonb NOT NULL DEFAULT '[]',
  at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id),
  -- exactly once: a rule answers an event, however often it is handed over
  CONSTRAINT rule_receipts_once UNIQUE (workspace_id, rule_id, event_position),
  CONSTRAINT rule_receipts_rule_fk FOREIGN KEY (workspace_id, rule_id) REFERENCES rules,
  CONSTRAINT rule_receipts_ticket_fk FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets
);
CREATE INDEX rule_receipts_of_rule ON rule_receipts (workspace_id, rule_id, id);
CREATE INDEX rule_receipts_of_ticket ON rule_receipts (workspace_id, ticket_id, id);

-- A rule that changed a ticket too often keeps its hands off it, until the rule is changed or somebody lifts this.
CREATE TABLE rule_suspensions (
  workspace_id uuid NOT NULL,
  rule_id uuid NOT NULL,
  ticket_id uuid NOT NULL,
  rule_version int NOT NULL,
  since timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, rule_id, ticket_id),
  CONSTRAINT rule_suspensions_rule_fk FOREIGN KEY (workspace_id, rule_id) REFERENCES rules,
  CONSTRAINT rule_suspensions_ticket_fk FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets
);

-- When a silence will have lasted long enough for a rule. Written anew with each word, gone when told.
CREATE TABLE rule_timers (
  workspace_id uuid NOT NULL,
  rule_id uuid NOT NULL,
  ticket_id uuid NOT NULL,
  rule_version int NOT NULL,
  since timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, ticket_id, rule_id),
  CONSTRAINT rule_timers_rule_fk FOREIGN KEY (workspace_id, rule_id) REFERENCES rules,
  CONSTRAINT rule_timers_ticket_fk FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets
);
CREATE INDEX rule_timers_due ON rule_timers (due_at);
CREATE INDEX rule_timers_of_rule ON rule_timers (workspace_id, rule_id);

-- Actions a rule holds back until a lead has looked.
CREATE TABLE approvals (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  rule_id uuid NOT NULL,
  receipt_id uuid NOT NULL,
  ticket_id uuid NOT NULL,
  conversation_id uuid,
  message_id uuid,
  text text,
  actions jsonb NOT NULL,
  state text NOT NULL DEFAULT 'pending'
    CONSTRAINT approvals_state CHECK (state IN ('pending', 'approved', 'refused')),
  requested_at timestamptz NOT NULL,
  settled_at timestamptz,
  settled_by uuid,
  reason text,
  changed jsonb NOT NULL DEFAULT '[]',
  refused jsonb NOT NULL DEFAULT '[]',
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT approvals_receipt_fk FOREIGN KEY (workspace_id, receipt_id) REFERENCES rule_receipts,
  CONSTRAINT approvals_ticket_fk FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets
);
CREATE INDEX approvals_in_order ON approvals (workspace_id, state, id);

-- Everybody's, a team's or one agent's own: `team_id` and `owner_id` say which.
CREATE TABLE macros (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  name text NOT NULL,
  scope text NOT NULL CONSTRAINT macros_scope CHECK (scope IN ('everybody', 'team', 'me')),
  team_id uuid,
  owner_id uuid,
  actions jsonb NOT NULL,
  -- drafts for the composer by language: { fa, en }
  texts jsonb NOT NULL DEFAULT '{}',
  version int NOT NULL DEFAULT 1,
  used_count int NOT NULL DEFAULT 0,
  last_used_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT macros_whose CHECK ((scope = 'team') = (team_id IS NOT NULL) AND (scope = 'me') = (owner_id IS NOT NULL)),
  CONSTRAINT macros_team_fk FOREIGN KEY (workspace_id, team_id) REFERENCES teams,
  CONSTRAINT macros_owner_fk FOREIGN KEY (workspace_id, owner_id) REFERENCES agents
);
CREATE UNIQUE INDEX macros_name ON macros (workspace_id, scope, coalesce(team_id, owner_id, workspace_id), lower(name))
  WHERE deleted_at IS NULL;

CREATE TABLE canned_replies (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  -- typed after a slash
  shortcut text NOT NULL,
  title text NOT NULL,
  scope text NOT NULL CONSTRAINT canned_replies_scope CHECK (scope IN ('everybody', 'team', 'me')),
  team_id uuid,
  owner_id uuid,
  texts jsonb NOT NULL,
  -- title and texts in search form
  folded text NOT NULL,
  version int NOT NULL DEFAULT 1,
  used_count int NOT NULL DEFAULT 0,
  last_used_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT canned_replies_whose CHECK ((scope = 'team') = (team_id IS NOT NULL) AND (scope = 'me') = (owner_id IS NOT NULL)),
  CONSTRAINT canned_replies_team_fk FOREIGN KEY (workspace_id, team_id) REFERENCES teams,
  CONSTRAINT canned_replies_owner_fk FOREIGN KEY (workspace_id, owner_id) REFERENCES agents
);
CREATE UNIQUE INDEX canned_replies_shortcut
  ON canned_replies (workspace_id, scope, coalesce(team_id, owner_id, workspace_id), shortcut) WHERE deleted_at IS NULL;

SELECT wall_off(t) FROM unnest(ARRAY['rules', 'rule_versions', 'rule_receipts', 'rule_suspensions', 'rule_timers', 'approvals',
  'macros', 'canned_replies']::regclass[]) t;
