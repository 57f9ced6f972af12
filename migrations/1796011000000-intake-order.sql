-- What makes the inbox the same however the networks' events come: which telling of a message stands, and threads that turn
-- out to be one. Adds columns without rewriting; takes short exclusive locks on message_keys and conversations.

-- Where a network tells one message in several ways: the rank of the richest one so far, whose words stand.
ALTER TABLE message_keys ADD COLUMN form smallint NOT NULL DEFAULT 0;

-- The thread in which this one goes on, once both proved to be one. Its id stays valid and leads there.
ALTER TABLE conversations
  ADD COLUMN merged_into_id uuid,
  ADD CONSTRAINT conversations_merged_into_fk FOREIGN KEY (workspace_id, merged_into_id) REFERENCES conversations;
CREATE INDEX conversations_merged ON conversations (workspace_id, merged_into_id) WHERE merged_into_id IS NOT NULL;
