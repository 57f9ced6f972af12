import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';
import type { Hours } from './queue-hours';

export interface TurningQueue {
  workspaceId: string;
  id: string;
  teamId: string;
  calendarId: string | null;
  open: boolean;
}

/** SQL on when queues open and close. */
@Injectable()
export class QueueHoursRepository {
  /** Queues, of all workspaces, that open or close now, locked; those another node is at are left to it. */
  turning(tx: Tx, now: Date, most: number): Promise<TurningQueue[]> {
    // $1 now, $2 how many
    return tx.query<TurningQueue>(
      `SELECT workspace_id AS "workspaceId", id, team_id AS "teamId", calendar_id AS "calendarId", open FROM routing_queues
       WHERE turns_at <= $1 ORDER BY turns_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED`,
      [now, most],
      'routing_queues_turning',
    );
  }

  async turn(tx: Tx, { workspaceId, id }: TurningQueue, { open, turnsAt }: Hours): Promise<void> {
    // $1 workspace, $2 queue, $3 open, $4 next turn
    await tx.execute(
      'UPDATE routing_queues SET open = $3, turns_at = $4 WHERE workspace_id = $1 AND id = $2',
      [workspaceId, id, open, turnsAt],
      'routing_queue_turn',
    );
  }

  /** Queues of these calendars are looked at now, whenever they were to turn. */
  async lookAgain(tx: Tx, workspaceId: string, calendarIds: readonly string[], now: Date): Promise<void> {
    // $1 workspace, $2 calendars, $3 now
    await tx.execute(
      'UPDATE routing_queues SET turns_at = $3 WHERE workspace_id = $1 AND calendar_id = ANY($2::uuid[])',
      [workspaceId, calendarIds, now],
      'routing_queues_look_again',
    );
  }
}
