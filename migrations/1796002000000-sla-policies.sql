-- Clocks for resolution and promised calls, in business hours or wall time, that may pause; steps told before and after a
-- breach. Adds columns with constant defaults; `bot_counts` becomes a word, which rewrites sla_policies (a few rows a
-- workspace). Takes a short exclusive lock on sla_policies and sla_clocks, and builds indexes on sla_clocks under it.

ALTER TABLE sla_policies
  -- milliseconds by priority, as the other targets; null: no such clock
  ADD COLUMN resolution_ms jsonb NOT NULL DEFAULT '{"urgent": null, "high": null, "normal": null, "low": null}',
  ADD COLUMN hours text NOT NULL DEFAULT 'wall' CONSTRAINT sla_policies_hours CHECK (hours IN ('business', 'wall')),
  -- null: the workspace's default calendar
  ADD COLUMN calendar_id uuid,
  -- statuses in which the resolution clock rests
  ADD COLUMN pauses text[] NOT NULL DEFAULT '{pending}',
  -- [{ percent, to }], [{ afterMs, to, setPriority?, quietHours }]
  ADD COLUMN warnings jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN escalations jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN version int NOT NULL DEFAULT 1,
  ALTER COLUMN bot_counts DROP DEFAULT,
  ALTER COLUMN bot_counts TYPE text USING CASE WHEN bot_counts THEN 'any_response' ELSE 'no' END,
  ALTER COLUMN bot_counts SET DEFAULT 'no',
  ADD CONSTRAINT sla_policies_bot_counts CHECK (bot_counts IN ('no', 'first_response', 'any_response'));

ALTER TABLE sla_clocks
  DROP CONSTRAINT sla_clocks_kind_check,
  ADD CONSTRAINT sla_clocks_kind CHECK (kind IN ('first_response', 'next_response', 'resolution', 'callback')),
  -- null: a wait without a target; paused with time left
  ALTER COLUMN target_ms DROP NOT NULL,
  ALTER COLUMN due_at DROP NOT NULL,
  ADD COLUMN policy_version int NOT NULL DEFAULT 1,
  -- whose hours the due time was counted by, as of which version; null: wall time
  ADD COLUMN calendar_id uuid,
  ADD COLUMN calendar_version int,
  ADD COLUMN ended_why text,
  -- [{ from, to, why, opened, ended }]: stretches that did not count, with the events that began and ended them
  ADD COLUMN pauses jsonb NOT NULL DEFAULT '[]',
  -- [{ at, why, from, to }]: how the due time moved
  ADD COLUMN moves jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN promise_id uuid;

DROP INDEX sla_clocks_running;
CREATE UNIQUE INDEX sla_clocks_running ON sla_clocks (workspace_id, ticket_id, kind)
  WHERE met_at IS NULL AND cancelled_at IS NULL AND kind <> 'callback';
CREATE UNIQUE INDEX sla_clocks_promise ON sla_clocks (workspace_id, promise_id) WHERE promise_id IS NOT NULL;
-- what a changed calendar or policy moves
CREATE INDEX sla_clocks_by_calendar ON sla_clocks (workspace_id, calendar_id, ticket_id)
  WHERE met_at IS NULL AND cancelled_at IS NULL AND calendar_id IS NOT NULL;
CREATE INDEX sla_clocks_by_policy ON sla_clocks (workspace_id, policy_id, ticket_id)
  WHERE met_at IS NULL AND cancelled_at IS NULL;

-- What is to be told of a running clock before and after it is due; a step that was told stays told.
CREATE TABLE sla_steps (
  workspace_id uuid NOT NULL,
  clock_id uuid NOT NULL,
  -- warning:<percent> or escalation:<milliseconds after the breach>
  step text NOT NULL,
  due_at timestamptz NOT NULL,
  told_at timestamptz,
  PRIMARY KEY (workspace_id, clock_id, step),
  CONSTRAINT sla_steps_clock_fk FOREIGN KEY (workspace_id, clock_id) REFERENCES sla_clocks ON DELETE CASCADE
);
CREATE INDEX sla_steps_due ON sla_steps (due_at) WHERE told_at IS NULL;
SELECT wall_off('sla_steps');
