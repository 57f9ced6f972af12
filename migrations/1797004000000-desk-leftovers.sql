-- Notifications of one kind become one row; words of a rule are a rule's; logs can be taken away from their oldest end; queues
-- have hours of their own, which clocks may count by. New columns with constant defaults rewrite nothing. Takes short exclusive
-- locks on notifications, messages, routing_handling, routing_queues, approvals and sla_policies, and a write lock on each table
-- that gets an index while it is built.

ALTER TABLE notifications
  -- what may be told as one with it; null: always told by itself
  ADD COLUMN fold text,
  -- the row it is told in; null: it is a row of its own
  ADD COLUMN fold_id uuid,
  -- how many others are told in this row
  ADD COLUMN folded int NOT NULL DEFAULT 0,
  ADD CONSTRAINT notifications_fold_fk FOREIGN KEY (workspace_id, fold_id) REFERENCES notifications ON DELETE CASCADE;
CREATE INDEX notifications_folded ON notifications (workspace_id, fold_id, ticket_id) WHERE fold_id IS NOT NULL;
CREATE INDEX notifications_rows ON notifications (workspace_id, agent_id, id DESC) WHERE fold_id IS NULL;
DROP INDEX notifications_of;

-- The row an agent's notifications of a kind go into now. Who tells at the same time stands in line here.
CREATE TABLE notification_folds (
  workspace_id uuid NOT NULL,
  agent_id uuid NOT NULL,
  fold text NOT NULL,
  notification_id uuid NOT NULL,
  ring_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, agent_id, fold),
  CONSTRAINT notification_folds_row_fk FOREIGN KEY (workspace_id, notification_id) REFERENCES notifications ON DELETE CASCADE
) WITH (fillfactor = 70);
CREATE INDEX notification_folds_rows ON notification_folds (workspace_id, notification_id);
SELECT wall_off('notification_folds');

-- What rules write is neither an agent's nor the bot's. Wider than before, so what is there need not be looked at.
ALTER TABLE messages
  DROP CONSTRAINT messages_author_kind_check,
  ADD CONSTRAINT messages_author_kind_check
    CHECK (author_kind IN ('contact', 'agent', 'bot', 'rule', 'account', 'system')) NOT VALID;

-- What has had its time is taken away from its oldest end.
CREATE INDEX routing_log_by_age ON routing_log (at);
CREATE INDEX routing_offers_by_age ON routing_offers (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX sla_steps_by_age ON sla_steps (told_at) WHERE told_at IS NOT NULL;
CREATE INDEX surveys_by_age ON surveys (created_at) WHERE answered_at IS NULL;
CREATE INDEX approvals_by_age ON approvals (settled_at) WHERE settled_at IS NOT NULL;
CREATE INDEX moderation_items_by_age ON moderation_items (settled_at) WHERE settled_at IS NOT NULL;
CREATE INDEX moderation_batches_by_age ON moderation_batches (finished_at) WHERE finished_at IS NOT NULL;

-- What waiting work was last written with, milliseconds; null: with what is usual.
ALTER TABLE routing_handling ADD COLUMN spread_ms int;

-- Receipts of a batch of events are written together when it ends, after what was held back by them.
ALTER TABLE approvals ALTER CONSTRAINT approvals_receipt_fk DEFERRABLE INITIALLY DEFERRED;

-- A queue's own hours. A short exclusive lock on a table of a few rows.
ALTER TABLE routing_queues
  -- null: it is always open
  ADD COLUMN calendar_id uuid,
  -- where its work waits while it is closed; null: here
  ADD COLUMN overflow_queue_id uuid,
  -- as of the last opening or closing, and when the next one is; null: none is known
  ADD COLUMN open boolean NOT NULL DEFAULT true,
  ADD COLUMN turns_at timestamptz,
  ADD CONSTRAINT routing_queues_calendar_fk FOREIGN KEY (workspace_id, calendar_id) REFERENCES business_calendars,
  ADD CONSTRAINT routing_queues_overflow_fk FOREIGN KEY (workspace_id, overflow_queue_id) REFERENCES routing_queues
    ON DELETE SET NULL (overflow_queue_id);
CREATE INDEX routing_queues_turning ON routing_queues (turns_at) WHERE turns_at IS NOT NULL;
CREATE INDEX routing_queues_by_calendar ON routing_queues (workspace_id, calendar_id) WHERE calendar_id IS NOT NULL;

-- Clocks may count by the hours of the queue a ticket waits in.
ALTER TABLE sla_policies
  DROP CONSTRAINT sla_policies_hours,
  ADD CONSTRAINT sla_policies_hours CHECK (hours IN ('business', 'wall', 'queue'));
