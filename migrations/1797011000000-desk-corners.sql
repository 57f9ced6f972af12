-- Handoffs that wait for an e-mail address end, and know in which thread the customer was asked whether it is right; the CRM
-- is asked for news that sleeping tickets wait for. New columns are null or have constant defaults and rewrite nothing. Takes
-- short exclusive locks on handoff_settings, email_handoffs and crm_connections, a short write lock on conversations and one
-- on tickets while an index of those that sleep is built; looks through email_handoffs once.

ALTER TABLE handoff_settings
  -- how long an asked customer is waited for
  ADD COLUMN address_wait_days int NOT NULL DEFAULT 7
    CONSTRAINT handoff_settings_address_wait CHECK (address_wait_days BETWEEN 1 AND 90);

ALTER TABLE email_handoffs
  -- the private thread in which the customer said the address and was asked whether it is right; null: in none yet
  ADD COLUMN asked_in_conversation_id uuid,
  -- while the customer is waited for: until when
  ADD COLUMN expires_at timestamptz,
  ADD CONSTRAINT email_handoffs_asked_in_fk FOREIGN KEY (workspace_id, asked_in_conversation_id) REFERENCES conversations,
  -- both wider than before, so what is there need not be looked at
  DROP CONSTRAINT email_handoffs_state_check,
  ADD CONSTRAINT email_handoffs_state_check
    CHECK (state IN ('asking', 'queued', 'continued', 'bounced', 'cancelled', 'expired')) NOT VALID,
  DROP CONSTRAINT email_handoffs_mail,
  ADD CONSTRAINT email_handoffs_mail
    CHECK (state IN ('asking', 'cancelled', 'expired') OR mail_message_id IS NOT NULL) NOT VALID;

-- What waits already: in its own thread, and a week from now on.
UPDATE email_handoffs SET asked_in_conversation_id = conversation_id WHERE state = 'asking' AND address_state = 'offered';
UPDATE email_handoffs SET expires_at = now() + interval '7 days' WHERE state = 'asking' AND address_state <> 'confirmed';

CREATE INDEX email_handoffs_expiring ON email_handoffs (expires_at) WHERE state = 'asking';
CREATE INDEX email_handoffs_asked_in ON email_handoffs (workspace_id, asked_in_conversation_id)
  WHERE asked_in_conversation_id IS NOT NULL;

-- When the CRM was last asked for news of customers whose tickets wait for them; null: never.
ALTER TABLE crm_connections ADD COLUMN watched_at timestamptz;
CREATE INDEX tickets_awaiting_crm ON tickets (workspace_id, contact_id) WHERE snoozed_at IS NOT NULL AND 'crm' = ANY(wake_on);
