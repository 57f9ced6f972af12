-- Queues, skills, weights, offers, presence with more states, learned handling times and a log of turns.
-- New tables lock nothing. Adding columns with constant defaults rewrites nothing; a short exclusive lock on tickets,
-- agent_presence and routing_turns, and a write lock on tickets while its new indexes are built.

-- A part of a team's work with rules of its own. A ticket waits in the first (by rank) whose conditions hold.
CREATE TABLE routing_queues (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  team_id uuid NOT NULL,
  name text NOT NULL,
  rank int NOT NULL DEFAULT 0,
  -- every named condition must hold: {channelKinds, threadKinds, brandIds, languages, priorities, tiers, tags, workTypes}
  conditions jsonb NOT NULL DEFAULT '{}',
  -- null: as the team
  mode text CONSTRAINT routing_queues_mode_check CHECK (mode IN ('push', 'pull')),
  -- how long an agent may think before the offer goes to the next; null: assigned at once
  accept_seconds int CONSTRAINT routing_queues_accept_check CHECK (accept_seconds BETWEEN 5 AND 3600),
  -- {skill: least level}
  needs jsonb NOT NULL DEFAULT '{}',
  vip_first boolean NOT NULL DEFAULT true,
  version int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT routing_queues_name_key UNIQUE (workspace_id, team_id, name),
  CONSTRAINT routing_queues_team_fk FOREIGN KEY (workspace_id, team_id) REFERENCES teams
);
CREATE INDEX routing_queues_of_team ON routing_queues (workspace_id, team_id, rank, id);

-- What an agent can do, from 1 (gets by) to 5 (knows it best). Languages are skills: lang:fa.
CREATE TABLE agent_skills (
  workspace_id uuid NOT NULL,
  agent_id uuid NOT NULL,
  skill text NOT NULL CONSTRAINT agent_skills_skill_check CHECK (skill <> '' AND length(skill) <= 60),
  level smallint NOT NULL CONSTRAINT agent_skills_level_check CHECK (level BETWEEN 1 AND 5),
  PRIMARY KEY (workspace_id, agent_id, skill),
  CONSTRAINT agent_skills_agent_fk FOREIGN KEY (workspace_id, agent_id) REFERENCES agents ON DELETE CASCADE
);

ALTER TABLE tickets
  -- whose screen asks for it now; means something only while nobody holds it and it is our turn
  ADD COLUMN offered_to uuid,
  -- {skill: least level} of its queue, its language with them
  ADD COLUMN needs jsonb NOT NULL DEFAULT '{}',
  -- queue, needs and type of work spelled as one: tickets of a lane can be taken by the same agents
  ADD COLUMN lane text COLLATE "C" NOT NULL DEFAULT '',
  ADD COLUMN vip boolean NOT NULL DEFAULT false,
  ADD CONSTRAINT tickets_offered_to_fk FOREIGN KEY (workspace_id, offered_to) REFERENCES agents;

-- What waits, lane by lane: least slack first; those that go first among the late; the longest wait.
CREATE INDEX tickets_waiting ON tickets (workspace_id, team_id, lane, start_by, id)
  WHERE assignee_id IS NULL AND offered_to IS NULL AND status IN ('new', 'open');
CREATE INDEX tickets_waiting_first ON tickets (workspace_id, team_id, lane, start_by, id)
  WHERE assignee_id IS NULL AND offered_to IS NULL AND status IN ('new', 'open') AND (vip OR priority = 'urgent');
CREATE INDEX tickets_waiting_longest ON tickets (workspace_id, team_id, lane, waiting_since)
  WHERE assignee_id IS NULL AND status IN ('new', 'open');
-- The list of one queue.
CREATE INDEX tickets_by_queue ON tickets (workspace_id, queue_id, due_at, id)
  WHERE queue_id IS NOT NULL AND status IN ('new', 'open', 'pending', 'on_hold');
-- What agents have in hand: read without the rows.
CREATE INDEX tickets_held ON tickets (workspace_id, assignee_id) INCLUDE (work_type, kind)
  WHERE assignee_id IS NOT NULL AND status IN ('new', 'open');
CREATE INDEX tickets_offered ON tickets (workspace_id, offered_to) INCLUDE (work_type, kind)
  WHERE offered_to IS NOT NULL AND assignee_id IS NULL AND status IN ('new', 'open');

-- Tickets on an agent's screen, to be accepted in time.
CREATE TABLE routing_offers (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  ticket_id uuid NOT NULL,
  agent_id uuid NOT NULL,
  team_id uuid,
  queue_id uuid,
  offered_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  -- why this agent
  why jsonb NOT NULL,
  ended_at timestamptz,
  how text CONSTRAINT routing_offers_how_check CHECK (how IN ('accepted', 'declined', 'timed_out', 'withdrawn')),
  reason text,
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT routing_offers_ended_check CHECK ((ended_at IS NULL) = (how IS NULL)),
  CONSTRAINT routing_offers_ticket_fk FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets,
  CONSTRAINT routing_offers_agent_fk FOREIGN KEY (workspace_id, agent_id) REFERENCES agents
);
-- None is ever offered to two agents.
CREATE UNIQUE INDEX routing_offers_one_open ON routing_offers (workspace_id, ticket_id) WHERE ended_at IS NULL;
CREATE INDEX routing_offers_open_of ON routing_offers (workspace_id, agent_id) WHERE ended_at IS NULL;
CREATE INDEX routing_offers_expiring ON routing_offers (expires_at) WHERE ended_at IS NULL;
CREATE INDEX routing_offers_passed ON routing_offers (workspace_id, ticket_id) WHERE how IN ('declined', 'timed_out');

-- How long work takes, learned from answers.
CREATE TABLE routing_handling (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  -- a queue, or for what waits in none its team; nil for the lobby
  place_id uuid NOT NULL,
  work_type text NOT NULL,
  handling_ms int NOT NULL,
  samples int NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, place_id, work_type)
) WITH (fillfactor = 70);

-- Who took, passed and answered what: for fairness. Appended, never changed.
CREATE TABLE routing_log (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  -- the event it was read from
  position bigint NOT NULL,
  at timestamptz NOT NULL,
  -- assigned: given; claimed: taken; declined, timed_out: passed; opened: looked at while it waited; answered
  what text NOT NULL CONSTRAINT routing_log_what_check
    CHECK (what IN ('assigned', 'claimed', 'declined', 'timed_out', 'opened', 'answered')),
  agent_id uuid NOT NULL,
  ticket_id uuid NOT NULL,
  work_type text NOT NULL,
  -- waited until taken, or worked until answered, milliseconds
  ms bigint,
  PRIMARY KEY (workspace_id, position, what, agent_id, ticket_id)
);
CREATE INDEX routing_log_by_time ON routing_log (workspace_id, at);
CREATE UNIQUE INDEX routing_log_opened_once ON routing_log (workspace_id, agent_id, ticket_id) WHERE what = 'opened';

ALTER TABLE routing_turns
  -- offers that ran out in a row
  ADD COLUMN timeouts int NOT NULL DEFAULT 0,
  -- turns in a row given to work that could still be in time
  ADD COLUMN in_time_turns int NOT NULL DEFAULT 0,
  ALTER COLUMN last_assigned_at DROP NOT NULL;

ALTER TABLE agent_presence
  DROP CONSTRAINT agent_presence_state_check,
  DROP CONSTRAINT agent_presence_chosen_check,
  ADD CONSTRAINT agent_presence_state_check CHECK (state IN ('online', 'away', 'break', 'draining', 'offline')),
  ADD CONSTRAINT agent_presence_chosen_check CHECK (chosen IN ('online', 'away', 'break', 'draining', 'offline')),
  -- types of work taken now; null: all
  ADD COLUMN takes text[],
  -- last sign of life of the person, not of the socket
  ADD COLUMN active_at timestamptz NOT NULL DEFAULT now();
CREATE INDEX agent_presence_here ON agent_presence (workspace_id, state);

SELECT wall_off(t) FROM unnest(ARRAY['routing_queues', 'agent_skills', 'routing_offers', 'routing_handling', 'routing_log']::regclass[]) t;
