import { Injectable } from '@nestjs/common';
import type { Actor } from '../../outbox/domain-event';
import type { Tx } from '../../platform/database';

/** Who said it, and when. */
export interface Verdict {
  at: Date;
  by: Actor;
}

/** Somebody who is not the same person. */
export interface StandingVerdict extends Verdict {
  contact: { id: string; name: string | null };
  identities: { handle: string | null; name: string | null; channelKind: string }[];
}

/** A contact and who is part of it, down the chain of merges: what was said of one of them is said of the whole. */
const partsOf = (name: string, parameter: string) => `${name} AS (
  SELECT ${parameter}::uuid AS id
  UNION
  SELECT c.id FROM ${name} JOIN contacts c ON c.workspace_id = $1 AND c.merged_into = ${name}.id)`;

const BETWEEN = `v.workspace_id = $1 AND (v.one_id, v.other_id) IN
  (SELECT least(mine.id, theirs.id), greatest(mine.id, theirs.id) FROM mine CROSS JOIN theirs)`;

const BY = `jsonb_build_object('kind', 'agent', 'id', agent_id)`;

/** Whom a contact was told apart from, as they are known now: each with the latest word on it. */
const APART = `WITH RECURSIVE ${partsOf('mine', '$2')},
  others AS (
    SELECT v.other_id AS id, v.agent_id, v.decided_at FROM mine
    JOIN contact_verdicts v ON v.workspace_id = $1 AND v.one_id = mine.id
    UNION ALL
    SELECT v.one_id, v.agent_id, v.decided_at FROM mine
    JOIN contact_verdicts v ON v.workspace_id = $1 AND v.other_id = mine.id),
  up AS (
    SELECT id, agent_id, decided_at FROM others
    UNION
    SELECT c.merged_into, up.agent_id, up.decided_at FROM up
    JOIN contacts c ON c.workspace_id = $1 AND c.id = up.id AND c.merged_into IS NOT NULL),
  apart AS (
    SELECT DISTINCT ON (c.id) c.id, c.name, up.agent_id, up.decided_at FROM up
    JOIN contacts c ON c.workspace_id = $1 AND c.id = up.id AND c.merged_into IS NULL AND c.id <> $2
    ORDER BY c.id, up.decided_at DESC)`;

@Injectable()
export class ContactVerdictsRepository {
  /** @returns whether it is news */
  async insert(
    tx: Tx,
    workspaceId: string,
    [id, otherId]: readonly [string, string],
    agentId: string,
    at: Date,
  ): Promise<boolean> {
    // $1 workspace, $2 and $3 the two, $4 who says it, $5 when
    const inserted = await tx.execute(
      `INSERT INTO contact_verdicts (workspace_id, one_id, other_id, agent_id, decided_at)
       VALUES ($1, least($2::uuid, $3::uuid), greatest($2::uuid, $3::uuid), $4, $5) ON CONFLICT DO NOTHING`,
      [workspaceId, id, otherId, agentId, at],
    );
    return inserted > 0;
  }

  /** The latest word that two contacts, or those that are part of them, are not one person. */
  async between(tx: Tx, workspaceId: string, id: string, otherId: string): Promise<Verdict | undefined> {
    // $1 workspace, $2 and $3 the two
    const [row] = await tx.query<Verdict>(
      `WITH RECURSIVE ${partsOf('mine', '$2')}, ${partsOf('theirs', '$3')}
       SELECT v.decided_at AS at, ${BY} AS "by" FROM contact_verdicts v WHERE ${BETWEEN} ORDER BY v.decided_at DESC LIMIT 1`,
      [workspaceId, id, otherId],
    );
    return row;
  }

  /** @returns whether there was anything to lift */
  async lift(tx: Tx, workspaceId: string, id: string, otherId: string): Promise<boolean> {
    // $1 workspace, $2 and $3 the two
    const lifted = await tx.execute(
      `WITH RECURSIVE ${partsOf('mine', '$2')}, ${partsOf('theirs', '$3')}
       DELETE FROM contact_verdicts v WHERE ${BETWEEN}`,
      [workspaceId, id, otherId],
    );
    return lifted > 0;
  }

  /** Ids of the contacts one is not the same person as. */
  async apart(tx: Tx, workspaceId: string, id: string): Promise<string[]> {
    // $1 workspace, $2 contact
    const rows = await tx.query<{ id: string }>(`${APART} SELECT id FROM apart`, [workspaceId, id]);
    return rows.map((row) => row.id);
  }

  /** The same with who they are, the latest first. */
  standing(tx: Tx, workspaceId: string, id: string): Promise<StandingVerdict[]> {
    // $1 workspace, $2 contact
    return tx.query<StandingVerdict>(
      `${APART}
       SELECT jsonb_build_object('id', apart.id, 'name', apart.name) AS contact, decided_at AS at, ${BY} AS "by",
         coalesce((SELECT jsonb_agg(jsonb_build_object('handle', i.handle, 'name', i.name, 'channelKind', ch.kind) ORDER BY i.id)
                   FROM contact_identities i JOIN channels ch ON ch.workspace_id = $1 AND ch.id = i.channel_id
                   WHERE i.workspace_id = $1 AND i.contact_id = apart.id), '[]') AS identities
       FROM apart ORDER BY decided_at DESC, apart.id`,
      [workspaceId, id],
    );
  }
}
