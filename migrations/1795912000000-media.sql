-- Files: what customers sent, kept by us; what agents upload, until it is sent. Adds columns without rewriting: a short lock
-- on attachments.

ALTER TABLE attachments
  -- linked: only the network's address is known, and nothing is to be fetched; pending: a job fetches it; stored; failed: may
  -- be tried again; gone: the network no longer has it
  ADD COLUMN state text NOT NULL DEFAULT 'linked' CHECK (state IN ('linked', 'pending', 'stored', 'failed', 'gone')),
  ADD COLUMN blob_key text,
  ADD COLUMN sha256 text,
  ADD COLUMN fetched_at timestamptz,
  ADD COLUMN error text;

CREATE TABLE uploads (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  agent_id uuid NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  mime_type text NOT NULL,
  size_bytes bigint NOT NULL,
  blob_key text NOT NULL,
  sha256 text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- set when a message took it; what nobody takes is deleted after a day
  used_at timestamptz,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX uploads_unused ON uploads (created_at) WHERE used_at IS NULL;
SELECT wall_off('uploads');
