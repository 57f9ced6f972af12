-- Lists and queues whose indexes were met with rows of another kind: an agent with thirty open tickets among half a million
-- solved ones walked over all of those to list them by latest message, and the other way about; the few snoozed ones were
-- looked for among all that a team has open; the lobby's lanes among everything that waits there. Each index now holds one
-- kind of tickets only, and those it replaces held as many entries together. Takes a write lock on tickets while it builds.

DROP INDEX tickets_recent, tickets_by_team_recent, tickets_lobby_recent, tickets_mine_recent;

CREATE INDEX tickets_active_recent ON tickets (workspace_id, last_message_at DESC, id DESC)
  WHERE status IN ('new', 'open', 'pending', 'on_hold');
CREATE INDEX tickets_active_recent_by_team ON tickets (workspace_id, team_id, last_message_at DESC, id DESC)
  WHERE status IN ('new', 'open', 'pending', 'on_hold');
CREATE INDEX tickets_active_recent_lobby ON tickets (workspace_id, last_message_at DESC, id DESC)
  WHERE team_id IS NULL AND status IN ('new', 'open', 'pending', 'on_hold');
CREATE INDEX tickets_active_recent_mine ON tickets (workspace_id, assignee_id, last_message_at DESC, id DESC)
  WHERE assignee_id IS NOT NULL AND status IN ('new', 'open', 'pending', 'on_hold');

CREATE INDEX tickets_done_recent ON tickets (workspace_id, last_message_at DESC, id DESC)
  WHERE status IN ('solved', 'closed');
CREATE INDEX tickets_done_recent_by_team ON tickets (workspace_id, team_id, last_message_at DESC, id DESC)
  WHERE status IN ('solved', 'closed');
CREATE INDEX tickets_done_recent_lobby ON tickets (workspace_id, last_message_at DESC, id DESC)
  WHERE team_id IS NULL AND status IN ('solved', 'closed');
CREATE INDEX tickets_done_recent_mine ON tickets (workspace_id, assignee_id, last_message_at DESC, id DESC)
  WHERE assignee_id IS NOT NULL AND status IN ('solved', 'closed');

CREATE INDEX tickets_snoozed_by_team ON tickets (workspace_id, team_id, due_at, id) WHERE snoozed_at IS NOT NULL;
CREATE INDEX tickets_snoozed_lobby ON tickets (workspace_id, due_at, id) WHERE snoozed_at IS NOT NULL AND team_id IS NULL;

-- as those of teams, for the range that the planner does not take for an equality
CREATE INDEX tickets_waiting_lobby ON tickets (workspace_id, lane, start_by, id)
  WHERE team_id IS NULL AND assignee_id IS NULL AND offered_to IS NULL AND status IN ('new', 'open');
CREATE INDEX tickets_waiting_first_lobby ON tickets (workspace_id, lane, start_by, id)
  WHERE team_id IS NULL AND assignee_id IS NULL AND offered_to IS NULL AND status IN ('new', 'open')
    AND (vip OR priority = 'urgent');
CREATE INDEX tickets_waiting_longest_lobby ON tickets (workspace_id, lane, waiting_since)
  WHERE team_id IS NULL AND assignee_id IS NULL AND status IN ('new', 'open');
