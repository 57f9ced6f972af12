-- Who changed what in the running of a workspace: sign-ins, people, teams, tokens. Appended, never changed: the
-- grants migration takes UPDATE and DELETE away from the application.
-- Locks nothing: a new table.

CREATE TABLE audit_log (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  -- version 7: newest first is descending by id
  id uuid NOT NULL,
  at timestamptz NOT NULL,
  -- { kind: agent | system, id? }
  actor jsonb NOT NULL,
  -- noun.verb_ed
  action text NOT NULL,
  -- kind:id of what was changed
  subject text NOT NULL,
  -- { field: { from, to } }; never a password, hash or token
  changes jsonb NOT NULL DEFAULT '{}',
  request_id text,
  PRIMARY KEY (workspace_id, id)
);
SELECT wall_off('audit_log');
