-- Changes that come before their message, and deliveries that must be left alone for a while.
-- Adds columns without rewriting: short locks on message_keys and outbound_deliveries.

-- early: what the network told of a message we have not seen yet, by event key: { event, receivedAt }; used up when the
-- message comes. deleted_by: who deleted it, kept for a message that comes after its deletion. made_by_edit: the message
-- was made from an edit; its original, should it come, is history.
ALTER TABLE message_keys
  ADD COLUMN early jsonb,
  ADD COLUMN deleted_by text,
  ADD COLUMN made_by_edit boolean NOT NULL DEFAULT false;

-- Not to be touched before: a call may still be on its way, an echo may come, a network asked for patience. Kept with the
-- delivery because several jobs of one conversation may look at it.
ALTER TABLE outbound_deliveries
  ADD COLUMN wait_until timestamptz,
  -- how often it was looked for after a doubtful call
  ADD COLUMN looks int NOT NULL DEFAULT 0;
