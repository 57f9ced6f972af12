-- When each agent was last given a ticket: of agents with the same load, whoever has waited longest is next.
-- Locks nothing: a new table.
CREATE TABLE routing_turns (
  workspace_id uuid NOT NULL,
  agent_id uuid NOT NULL,
  last_assigned_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, agent_id),
  FOREIGN KEY (workspace_id, agent_id) REFERENCES agents ON DELETE CASCADE
) WITH (fillfactor = 70);
SELECT wall_off('routing_turns');
