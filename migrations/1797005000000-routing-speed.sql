-- What a row of tickets costs when it is written, and what a decision has to read.
--
-- Indexes by team held the tickets of no team too, and those by assignee what nobody holds: entries that no query reads,
-- since the lobby has indexes of its own. They hold what they are asked for only. What goes first holds high priorities too:
-- all that is chosen before others of the same slack. The longest wait of a lane is read from
-- the index that lists who waits. A ticket of a team is in three indexes less, one of the lobby in seven.
--
-- Who works where, with which skills and by which rules is read once and kept in memory, under an edition that changes
-- with any of it in the same transaction. Takes a write lock on tickets while the indexes build, and for a moment one on
-- the tables that get triggers.

DROP INDEX tickets_mine, tickets_by_team, tickets_queue, tickets_active_recent_by_team, tickets_done_recent_by_team,
  tickets_waiting, tickets_waiting_lobby, tickets_waiting_first, tickets_waiting_first_lobby, tickets_waiting_longest,
  tickets_waiting_longest_lobby;

CREATE INDEX tickets_mine ON tickets (workspace_id, assignee_id, due_at, id)
  WHERE assignee_id IS NOT NULL AND status IN ('new', 'open', 'pending', 'on_hold');
CREATE INDEX tickets_by_team ON tickets (workspace_id, team_id, due_at, id)
  WHERE team_id IS NOT NULL AND status IN ('new', 'open', 'pending', 'on_hold');
CREATE INDEX tickets_queue ON tickets (workspace_id, team_id, due_at, id)
  WHERE team_id IS NOT NULL AND assignee_id IS NULL AND status IN ('new', 'open');
CREATE INDEX tickets_active_recent_by_team ON tickets (workspace_id, team_id, last_message_at DESC, id DESC)
  WHERE team_id IS NOT NULL AND status IN ('new', 'open', 'pending', 'on_hold');
CREATE INDEX tickets_done_recent_by_team ON tickets (workspace_id, team_id, last_message_at DESC, id DESC)
  WHERE team_id IS NOT NULL AND status IN ('solved', 'closed');

CREATE INDEX tickets_waiting ON tickets (workspace_id, team_id, lane, start_by, id) INCLUDE (waiting_since, created_at)
  WHERE team_id IS NOT NULL AND assignee_id IS NULL AND offered_to IS NULL AND status IN ('new', 'open');
CREATE INDEX tickets_waiting_lobby ON tickets (workspace_id, lane, start_by, id) INCLUDE (waiting_since, created_at)
  WHERE team_id IS NULL AND assignee_id IS NULL AND offered_to IS NULL AND status IN ('new', 'open');
CREATE INDEX tickets_waiting_first ON tickets (workspace_id, team_id, lane, start_by, id)
  WHERE team_id IS NOT NULL AND assignee_id IS NULL AND offered_to IS NULL AND status IN ('new', 'open')
    AND (vip OR priority IN ('high', 'urgent'));
CREATE INDEX tickets_waiting_first_lobby ON tickets (workspace_id, lane, start_by, id)
  WHERE team_id IS NULL AND assignee_id IS NULL AND offered_to IS NULL AND status IN ('new', 'open')
    AND (vip OR priority IN ('high', 'urgent'));

-- Of a workspace it has no figures on the planner would rather walk everybody online and look each up in the list of those
-- asked for than find these by their key. Who finishes before a break is still at hand.
DROP INDEX agent_presence_here;
CREATE INDEX agent_presence_draining ON agent_presence (workspace_id) WHERE state = 'draining';

-- One name for all that routing keeps in memory of a workspace. Random rather than counted: a change that is rolled back
-- leaves no name behind that the next change could bear again.
CREATE TABLE routing_editions (
  workspace_id uuid PRIMARY KEY REFERENCES workspaces,
  edition uuid NOT NULL DEFAULT gen_random_uuid()
) WITH (fillfactor = 50);
SELECT wall_off('routing_editions');
INSERT INTO routing_editions (workspace_id) SELECT id FROM workspaces;

-- As its owner, behind no wall: whoever may change what is kept need not be able to see the edition.
CREATE FUNCTION routing_new_edition() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public SET app.workspace_id = 'system' AS $$
BEGIN
  INSERT INTO routing_editions (workspace_id) SELECT DISTINCT workspace_id FROM changed ORDER BY workspace_id
  ON CONFLICT (workspace_id) DO UPDATE SET edition = gen_random_uuid();
  RETURN NULL;
END $$;

CREATE FUNCTION routing_new_edition_of_workspace() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public SET app.workspace_id = 'system' AS $$
BEGIN
  INSERT INTO routing_editions (workspace_id) VALUES (NEW.id)
  ON CONFLICT (workspace_id) DO UPDATE SET edition = gen_random_uuid();
  RETURN NULL;
END $$;

CREATE TRIGGER routing_edition_inserted AFTER INSERT ON workspaces
  FOR EACH ROW EXECUTE FUNCTION routing_new_edition_of_workspace();
CREATE TRIGGER routing_edition_updated AFTER UPDATE ON workspaces FOR EACH ROW
  WHEN (OLD.settings -> 'routing' IS DISTINCT FROM NEW.settings -> 'routing')
  EXECUTE FUNCTION routing_new_edition_of_workspace();

DO $$
DECLARE kept text;
BEGIN
  FOREACH kept IN ARRAY ARRAY['teams', 'team_members', 'agents', 'agent_skills', 'routing_queues'] LOOP
    EXECUTE format('CREATE TRIGGER routing_edition_inserted AFTER INSERT ON %I REFERENCING NEW TABLE AS changed
      FOR EACH STATEMENT EXECUTE FUNCTION routing_new_edition()', kept);
    EXECUTE format('CREATE TRIGGER routing_edition_updated AFTER UPDATE ON %I REFERENCING NEW TABLE AS changed
      FOR EACH STATEMENT EXECUTE FUNCTION routing_new_edition()', kept);
    EXECUTE format('CREATE TRIGGER routing_edition_deleted AFTER DELETE ON %I REFERENCING OLD TABLE AS changed
      FOR EACH STATEMENT EXECUTE FUNCTION routing_new_edition()', kept);
  END LOOP;
END $$;
