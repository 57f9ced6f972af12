-- Notices: what goes out on channels that are followed but cannot be answered, with how each of them fared. One new table;
-- what is there is not locked, beyond the moment its foreign keys take on channels and agents.

CREATE TABLE channel_notices (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  channel_id uuid NOT NULL,
  agent_id uuid NOT NULL,
  -- a long text goes in parts, each a row of its own that names the first; no part leaves before the one before it is out
  group_id uuid NOT NULL,
  part int NOT NULL,
  parts int NOT NULL,
  -- the chat, group or person as the network names it
  recipient text NOT NULL,
  text text NOT NULL,
  attachments jsonb NOT NULL DEFAULT '[]',
  state text NOT NULL DEFAULT 'queued',
  -- which call to the network this is; its outcome is taken only while it is still this one
  calls int NOT NULL DEFAULT 0,
  -- calls that count: those held back with the whole channel do not
  tries int NOT NULL DEFAULT 0,
  wait_until timestamptz,
  external_id text,
  reason text,
  code text,
  sent_at timestamptz,
  -- when nothing more was going to happen by itself
  settled_at timestamptz,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT channel_notices_channel_fk FOREIGN KEY (workspace_id, channel_id) REFERENCES channels,
  CONSTRAINT channel_notices_agent_fk FOREIGN KEY (workspace_id, agent_id) REFERENCES agents,
  CONSTRAINT channel_notices_state CHECK (state IN ('queued', 'sending', 'sent', 'unknown', 'failed', 'cancelled')),
  CONSTRAINT channel_notices_part CHECK (part BETWEEN 1 AND parts),
  CONSTRAINT channel_notices_settled CHECK ((settled_at IS NULL) = (state IN ('queued', 'sending')))
);
-- the next one to go, one channel at a time
CREATE INDEX channel_notices_open ON channel_notices (workspace_id, channel_id, id) WHERE state IN ('queued', 'sending');
-- the list, newest first
CREATE INDEX channel_notices_by_channel ON channel_notices (workspace_id, channel_id, id);
CREATE INDEX channel_notices_group ON channel_notices (workspace_id, group_id, part);
CREATE INDEX channel_notices_by_age ON channel_notices (settled_at) WHERE settled_at IS NOT NULL;
SELECT wall_off('channel_notices');
