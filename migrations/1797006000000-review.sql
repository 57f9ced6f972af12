-- What grew with everything there ever was: whose address this is was looked for among all handoffs, and when to come back to
-- a receiver that is down among all that waits for it. Builds two indexes; writes to their tables wait meanwhile.

CREATE INDEX email_handoffs_of_contact ON email_handoffs (workspace_id, contact_id);

CREATE INDEX webhook_deliveries_held ON webhook_deliveries (workspace_id, endpoint_id, held_until)
  WHERE state = 'waiting' AND held_until IS NOT NULL;
