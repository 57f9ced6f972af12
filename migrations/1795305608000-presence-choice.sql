-- Presence remembers what the agent chose, so that a reconnect within the row's life restores it.
-- Locks agent_presence for an instant; the table is small.
ALTER TABLE agent_presence ADD COLUMN chosen text CHECK (chosen IN ('online', 'away', 'offline'));
