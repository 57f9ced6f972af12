-- What one connection's sync remembers between runs: who is at it, how the last try went, how much of the org's daily
-- calls is used. Locks crm_connections and crm_queue for a moment; nothing has written to them yet.

ALTER TABLE crm_connections
  -- the job that syncs now; after sync_until it is believed dead and another may take over
  ADD COLUMN sync_job uuid,
  ADD COLUMN sync_until timestamptz,
  -- failed calls in a row: the next pause grows with it
  ADD COLUMN failures int NOT NULL DEFAULT 0,
  ADD COLUMN last_sync_at timestamptz,
  -- where the org's pages are, as its login answered
  ADD COLUMN instance_url text,
  ADD COLUMN api_used int,
  ADD COLUMN api_limit int;

-- the few rows that wait for another try hold back the later messages of their conversation
CREATE INDEX crm_queue_retrying ON crm_queue (workspace_id, connection_id, entity)
  WHERE parked_at IS NULL AND retry_at IS NOT NULL;
CREATE INDEX crm_queue_parked ON crm_queue (workspace_id, connection_id, parked_at) WHERE parked_at IS NOT NULL;
