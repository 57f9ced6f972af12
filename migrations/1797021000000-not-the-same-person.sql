-- Who may be the same person is found by indexes, and two who are told apart are not suggested again. What people are
-- known by is folded in columns: row-level security keeps the planner from using an index on an expression whose function
-- is not leakproof, and lower() is none, while a comparison of plain text is. The generated columns rewrite contacts and
-- contact_identities under an exclusive lock (some seconds for a million rows each), once for both columns of a table;
-- their indexes are built in the same lock. Networks set no end to a name, an index does: the first 200 characters tell.

ALTER TABLE contacts
  ADD COLUMN name_key text GENERATED ALWAYS AS (left(lower(btrim(name)), 200)) STORED,
  ADD COLUMN email_key text GENERATED ALWAYS AS (left(lower(email), 200)) STORED;
CREATE INDEX contacts_by_name_key ON contacts (workspace_id, name_key) WHERE name_key IS NOT NULL;
CREATE INDEX contacts_by_email_key ON contacts (workspace_id, email_key) WHERE email_key IS NOT NULL;
CREATE INDEX contacts_by_phone ON contacts (workspace_id, phone) WHERE phone IS NOT NULL;
-- who is part of a contact, down the chain of merges
CREATE INDEX contacts_merged ON contacts (workspace_id, merged_into) WHERE merged_into IS NOT NULL;

ALTER TABLE contact_identities
  ADD COLUMN name_key text GENERATED ALWAYS AS (left(lower(btrim(name)), 200)) STORED,
  ADD COLUMN handle_key text GENERATED ALWAYS AS (left(lower(ltrim(btrim(handle), '@')), 200)) STORED;
CREATE INDEX contact_identities_by_name_key ON contact_identities (workspace_id, name_key) WHERE name_key IS NOT NULL;
CREATE INDEX contact_identities_by_handle_key ON contact_identities (workspace_id, handle_key) WHERE handle_key IS NOT NULL;
CREATE INDEX contact_identities_by_external_id ON contact_identities (workspace_id, external_id);

-- A person's word that two contacts are not one person.
CREATE TABLE contact_verdicts (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  -- a pair has one row: the smaller id first
  one_id uuid NOT NULL,
  other_id uuid NOT NULL,
  agent_id uuid NOT NULL,
  decided_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, one_id, other_id),
  CONSTRAINT contact_verdicts_order CHECK (one_id < other_id),
  CONSTRAINT contact_verdicts_one_fk FOREIGN KEY (workspace_id, one_id) REFERENCES contacts,
  CONSTRAINT contact_verdicts_other_fk FOREIGN KEY (workspace_id, other_id) REFERENCES contacts,
  CONSTRAINT contact_verdicts_agent_fk FOREIGN KEY (workspace_id, agent_id) REFERENCES agents
);
CREATE INDEX contact_verdicts_by_other ON contact_verdicts (workspace_id, other_id);
SELECT wall_off('contact_verdicts');
