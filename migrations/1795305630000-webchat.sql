-- Visitors' sessions learn where they came from and what the site vouched for; a widget's public id means one inbox.
-- Locks webchat_sessions and channels for a moment; both are small.

ALTER TABLE webchat_sessions
  -- keyed hash of the visitor's network: counts new visitors of an address without keeping the address
  ADD COLUMN address_key bytea,
  -- { name?, email?, phone?, trusted }: what is known of an identified visitor before the first message makes a contact
  ADD COLUMN profile jsonb;
CREATE INDEX webchat_sessions_by_address ON webchat_sessions (workspace_id, channel_id, address_key, created_at);
CREATE INDEX webchat_sessions_by_age ON webchat_sessions (workspace_id, expires_at);

-- The public id is all a visitor's page says, so no other workspace may connect the same one.
CREATE UNIQUE INDEX channels_webchat_inbox ON channels (external_id) WHERE kind = 'webchat';
