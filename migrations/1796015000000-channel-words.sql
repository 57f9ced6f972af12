-- Alarms and refused readings tell people what to do in Persian and in English: { fa, en }. Alarms raised before keep their
-- English words; reports are asked for again within a quarter of an hour. Rewrites channel_alarms, a small table, under its
-- exclusive lock; the other changes touch no more than the channels there are.
ALTER TABLE channel_alarms
  ALTER COLUMN message TYPE jsonb USING jsonb_build_object('fa', message, 'en', message),
  ALTER COLUMN fix TYPE jsonb USING CASE WHEN fix IS NULL THEN NULL ELSE jsonb_build_object('fa', fix, 'en', fix) END;

ALTER TABLE channel_pulls ADD COLUMN fix jsonb;

UPDATE channel_care SET report = NULL, reported_at = NULL;

-- Messages whose words the network did not send with them, found without reading the thread. Locks messages while it is built.
CREATE INDEX messages_untold ON messages (workspace_id, conversation_id)
  WHERE meta->>'textUntold' = 'true' AND text = '' AND deleted_at IS NULL;
