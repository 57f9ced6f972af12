-- Facts for reports: one row for each step of work, with what was true of it then, so that a deletion or a merge afterwards
-- changes no past month. New tables only; locks nothing. The reader begins at the first event, so the past is counted too.

CREATE TABLE report_facts (
  workspace_id uuid NOT NULL,
  at timestamptz NOT NULL,
  -- of the event it was read from
  position bigint NOT NULL,
  kind text NOT NULL,
  ticket_id uuid,
  conversation_id uuid,
  contact_id uuid,
  message_id uuid,
  channel_id uuid,
  channel_kind text,
  brand_id uuid,
  team_id uuid,
  queue_id uuid,
  thread_kind text,
  work_type text,
  priority text,
  language text,
  tier text,
  -- who did it: agent, bot, contact, account (another tool of ours), rule, crm, system
  actor text NOT NULL,
  -- the agent who did it or whom it is about
  agent_id uuid,
  -- how long it had taken, milliseconds: by the wall, and in business hours of the workspace's calendar
  wall_ms bigint,
  business_ms bigint,
  -- a score, or 1 and 0 for yes and no
  value double precision,
  detail jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (workspace_id, at, position, kind)
) PARTITION BY RANGE (at);
CREATE INDEX report_facts_by_ticket ON report_facts (workspace_id, ticket_id, position) WHERE ticket_id IS NOT NULL;
CREATE TABLE report_facts_default PARTITION OF report_facts DEFAULT;

-- Where each ticket stands for the next fact: since when the customer waits, when the work began.
CREATE TABLE report_work (
  workspace_id uuid NOT NULL,
  ticket_id uuid NOT NULL,
  opened_at timestamptz NOT NULL,
  waiting_since timestamptz,
  -- the bot has answered what they wait for; their next word begins a new wait
  bot_answered boolean NOT NULL DEFAULT false,
  answered_at timestamptz,
  PRIMARY KEY (workspace_id, ticket_id)
) WITH (fillfactor = 80);

INSERT INTO partitioned_tables VALUES ('report_facts', false);
SELECT wall_off(t) FROM unnest(ARRAY['report_facts', 'report_work']::regclass[]) t;
SELECT ensure_partitions();
DO $$
BEGIN
  ALTER TABLE report_facts_default ENABLE ROW LEVEL SECURITY;
  IF walls_by_role() THEN
    REVOKE UPDATE, DELETE ON report_facts FROM pasokh_app, pasokh_system;
  ELSE
    ALTER TABLE report_facts_default FORCE ROW LEVEL SECURITY;
  END IF;
END $$;
