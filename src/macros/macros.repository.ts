import { Injectable } from '@nestjs/common';
import type { Principal } from '../identity/principal';
import { type Tx, violatedConstraint } from '../platform/database';
import { DomainError } from '../platform/errors';
import { hasRoom } from '../platform/room';
import { type Action, macrosOf } from '../rules/actions';
import type { Texts } from './canned-texts';
import { mine, type Whose } from './whose';

/** What an agent does at once, with a draft for the composer where it has one. */
export interface Macro extends Whose {
  id: string;
  name: string;
  actions: Action[];
  texts: Texts;
  version: number;
  usedCount: number;
  lastUsedAt: Date | null;
  updatedAt: Date;
}

const MACRO = `c.id, c.name, c.scope, c.team_id AS "teamId", c.owner_id AS "ownerId", c.actions, c.texts, c.version,
  c.used_count AS "usedCount", c.last_used_at AS "lastUsedAt", c.updated_at AS "updatedAt"`;

/** All SQL on `macros`. */
@Injectable()
export class MacrosRepository {
  /** By id, a page at a time; one more than `limit`. */
  list(tx: Tx, who: Principal, after: string | null, limit: number): Promise<Macro[]> {
    const seen = mine(who, 'c', 4);
    // $1 workspace, $2 id to go on from, $3 how many, then whose
    return tx.query<Macro>(
      `SELECT ${MACRO} FROM macros c WHERE c.workspace_id = $1 AND c.deleted_at IS NULL AND ($2::uuid IS NULL OR c.id > $2)
         AND ${seen.sql} ORDER BY c.id LIMIT $3`,
      [who.workspaceId, after, limit + 1, ...seen.params],
    );
  }

  /** One the reader may use, locked. */
  async lockMine(tx: Tx, who: Principal, id: string): Promise<Macro | undefined> {
    return this.one(tx, who, id, ' FOR UPDATE OF c');
  }

  async findMine(tx: Tx, who: Principal, id: string): Promise<Macro | undefined> {
    return this.one(tx, who, id, '');
  }

  private async one(tx: Tx, who: Principal, id: string, lock: string): Promise<Macro | undefined> {
    const seen = mine(who, 'c', 3);
    // $1 workspace, $2 id, then whose
    const [row] = await tx.query<Macro>(
      `SELECT ${MACRO} FROM macros c WHERE c.workspace_id = $1 AND c.id = $2 AND c.deleted_at IS NULL AND ${seen.sql}${lock}`,
      [who.workspaceId, id, ...seen.params],
    );
    return row;
  }

  /** What the macros that these lists name do, by id; those that are gone are left out. */
  async actionsOf(tx: Tx, workspaceId: string, lists: readonly (readonly Action[])[]): Promise<Map<string, Action[]>> {
    const ids = [...new Set(lists.flatMap(macrosOf))];
    if (ids.length === 0) return new Map();
    const rows = await tx.query<Pick<Macro, 'id' | 'actions'>>(
      'SELECT id, actions FROM macros WHERE workspace_id = $1 AND id = ANY($2::uuid[]) AND deleted_at IS NULL',
      [workspaceId, ids],
      'macros_actions',
    );
    return new Map(rows.map(({ id, actions }) => [id, actions]));
  }

  /** Whether another one fits among one's own, or among those that are shared. */
  hasRoom(tx: Tx, workspaceId: string, ownerId: string | null, most: number): Promise<boolean> {
    // $1 workspace, $2 owner or null
    return hasRoom(
      tx,
      { kind: 'macros', owner: ownerId ?? workspaceId, most },
      `SELECT 1 FROM macros WHERE workspace_id = $1 AND owner_id IS NOT DISTINCT FROM $2::uuid AND deleted_at IS NULL`,
      [workspaceId, ownerId],
    );
  }

  async insert(tx: Tx, workspaceId: string, macro: Macro): Promise<void> {
    // $1 workspace, $2 id, $3 name, $4 scope, $5 team, $6 owner, $7 actions, $8 texts, $9 now
    await tx
      .execute(
        `INSERT INTO macros (workspace_id, id, name, scope, team_id, owner_id, actions, texts, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)`,
        [workspaceId, macro.id, ...columnsOf(macro), macro.updatedAt],
      )
      .catch(explain);
  }

  async save(tx: Tx, workspaceId: string, macro: Macro): Promise<void> {
    // $1 workspace, $2 id, $3 name, $4 scope, $5 team, $6 owner, $7 actions, $8 texts, $9 now, $10 version
    await tx
      .execute(
        `UPDATE macros SET name = $3, scope = $4, team_id = $5, owner_id = $6, actions = $7, texts = $8, updated_at = $9,
           version = $10
         WHERE workspace_id = $1 AND id = $2`,
        [workspaceId, macro.id, ...columnsOf(macro), macro.updatedAt, macro.version],
      )
      .catch(explain);
  }

  async remove(tx: Tx, workspaceId: string, id: string, at: Date): Promise<void> {
    await tx.execute('UPDATE macros SET deleted_at = $3 WHERE workspace_id = $1 AND id = $2', [workspaceId, id, at]);
  }

  async countUse(tx: Tx, workspaceId: string, id: string, at: Date): Promise<void> {
    await tx.execute(
      'UPDATE macros SET used_count = used_count + 1, last_used_at = $3 WHERE workspace_id = $1 AND id = $2',
      [workspaceId, id, at],
    );
  }
}

const columnsOf = ({ name, scope, teamId, ownerId, actions, texts }: Macro): unknown[] => [
  name,
  scope,
  teamId,
  ownerId,
  JSON.stringify(actions),
  JSON.stringify(texts),
];

function explain(error: unknown): never {
  const broken = violatedConstraint(error);
  if (broken === 'macros_name')
    throw new DomainError('conflict', 'There is a macro of this name already; choose another one.');
  if (broken !== 'macros_team_fk') throw error;
  throw new DomainError('validation_failed', 'Please correct: teamId.', {
    fields: [{ path: 'teamId', problem: 'there is no such team in this workspace' }],
  });
}
