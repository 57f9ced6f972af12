-- What limits a channel and its files beyond each message: when a broadcast was over, and how many bytes a workspace keeps.
-- Columns without a default on posts: a short lock, nothing is rewritten. The use of files is counted once, from what
-- attachments and uploads name, which reads both tables while new files wait (SHARE lock).

-- broadcast_seen_at: the network last told that the broadcast runs; broadcast_ended_at: it told, by its answer or by
-- refusing, that it is over. Both empty for what is no broadcast, and where the network does not tell.
ALTER TABLE posts
  ADD COLUMN broadcast_seen_at timestamptz,
  ADD COLUMN broadcast_ended_at timestamptz;

-- Every file that is kept, once per workspace by its hash. check_at: from then on it may be one that no row names, and is
-- looked at; null: some row named it when it was looked at last.
CREATE TABLE stored_blobs (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  blob_key text NOT NULL,
  size_bytes bigint NOT NULL CHECK (size_bytes >= 0),
  check_at timestamptz,
  PRIMARY KEY (workspace_id, blob_key)
);
CREATE INDEX stored_blobs_to_check ON stored_blobs (check_at) WHERE check_at IS NOT NULL;

-- What a workspace's files take together, kept up with stored_blobs in the same transactions: one row, one comparison.
CREATE TABLE file_use (
  workspace_id uuid PRIMARY KEY REFERENCES workspaces,
  used_bytes bigint NOT NULL DEFAULT 0 CHECK (used_bytes >= 0),
  -- null: no limit
  limit_bytes bigint CONSTRAINT file_use_limit CHECK (limit_bytes >= 0),
  -- the highest alarm told since it was last well below: 0, 80, 100 (percent)
  told smallint NOT NULL DEFAULT 0 CHECK (told IN (0, 80, 100))
);
SELECT wall_off(t) FROM unnest(ARRAY['stored_blobs', 'file_use']::regclass[]) t;

INSERT INTO stored_blobs (workspace_id, blob_key, size_bytes)
SELECT workspace_id, blob_key, max(size_bytes) FROM (
  SELECT workspace_id, blob_key, coalesce(size_bytes, 0) AS size_bytes FROM attachments WHERE blob_key IS NOT NULL
  UNION ALL SELECT workspace_id, blob_key, size_bytes FROM uploads
) named GROUP BY workspace_id, blob_key;
INSERT INTO file_use (workspace_id, used_bytes)
SELECT workspace_id, sum(size_bytes) FROM stored_blobs GROUP BY workspace_id;

-- Whichever way a row that names a file goes (an edit, retention, erasure), the file is looked at: no caller has to know.
CREATE FUNCTION look_at_blobs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE stored_blobs b SET check_at = now()
  FROM (SELECT DISTINCT workspace_id, blob_key FROM gone WHERE blob_key IS NOT NULL) g
  WHERE b.workspace_id = g.workspace_id AND b.blob_key = g.blob_key AND b.check_at IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER attachments_blobs AFTER DELETE ON attachments REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION look_at_blobs();
CREATE TRIGGER uploads_blobs AFTER DELETE ON uploads REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION look_at_blobs();
CREATE FUNCTION look_at_former_blob() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE stored_blobs SET check_at = now()
  WHERE workspace_id = OLD.workspace_id AND blob_key = OLD.blob_key AND check_at IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER attachments_former_blob AFTER UPDATE OF blob_key ON attachments FOR EACH ROW
  WHEN (OLD.blob_key IS NOT NULL AND NEW.blob_key IS DISTINCT FROM OLD.blob_key) EXECUTE FUNCTION look_at_former_blob();

CREATE INDEX attachments_by_blob ON attachments (workspace_id, blob_key) WHERE blob_key IS NOT NULL;
CREATE INDEX uploads_by_blob ON uploads (workspace_id, blob_key);
-- Files customers sent that found no room, to be fetched when there is some.
CREATE INDEX attachments_without_room ON attachments (workspace_id, id) WHERE error = 'storage_full';
-- Files still to be fetched: few at a time, looked for when a channel works again.
CREATE INDEX attachments_pending ON attachments (workspace_id, message_id) WHERE state = 'pending';
