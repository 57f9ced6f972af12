import type { Tx } from '../platform/database';

/** Which of these agents have a call in hand: claimed or being made, it takes all of their capacity. */
export async function callsInHand(tx: Tx, workspaceId: string, agentIds: readonly string[]): Promise<Set<string>> {
  // $1 workspace, $2 agents
  const rows = await tx.query<{ claimed_by: string }>(
    `SELECT claimed_by FROM call_promises
     WHERE workspace_id = $1 AND claimed_by = ANY($2::uuid[]) AND state IN ('claimed', 'dialing')`,
    [workspaceId, agentIds],
    'calls_in_hand',
  );
  return new Set(rows.map((row) => row.claimed_by));
}
