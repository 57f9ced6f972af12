-- Every list of tickets is a few index ranges, however many tickets there are: unassigned work across teams, and what one
-- team has, by due time and by latest message. Takes a write lock on tickets while the indexes are built.
CREATE INDEX tickets_unassigned ON tickets (workspace_id, due_at, id)
  WHERE assignee_id IS NULL AND status IN ('new', 'open');
CREATE INDEX tickets_by_team ON tickets (workspace_id, team_id, due_at, id)
  WHERE status IN ('new', 'open', 'pending', 'on_hold');
CREATE INDEX tickets_by_team_recent ON tickets (workspace_id, team_id, last_message_at DESC, id DESC);
