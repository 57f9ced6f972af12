-- Who changed what in the running of a workspace: sign-ins, people, teams, tokens. Appended, never changed: the wall has a
-- door for reading and one for adding, none for changing, and the grants migration takes UPDATE and DELETE away as well.
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
ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_log FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace_wall_read ON audit_log FOR SELECT
  USING (current_setting('app.workspace_id', true) IN ('system', workspace_id::text));
CREATE POLICY workspace_wall_add ON audit_log FOR INSERT
  WITH CHECK (current_setting('app.workspace_id', true) IN ('system', workspace_id::text));
