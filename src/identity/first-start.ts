import type { Clock } from '../platform/clock';
import type { Config } from '../platform/config';
import type { Database, Tx } from '../platform/database';
import { uuidv7 } from '../platform/ids';
import { normalEmail } from './agent';
import { generatedPassword } from './agents.service';
import { hashPassword } from './passwords';

/** What main prints, once, after a first start. */
export interface FirstOwner {
  email: string;
  workspaceId: string;
  /** Null when ADMIN_PASSWORD gave it. */
  generatedPassword: string | null;
}

const FIRST_START_LOCK = 7_265_412; // any constant: two nodes starting at once make one owner

/**
 * Makes an empty installation usable: workspace `main`, a brand, the team Support, and an owner in it.
 * @returns null when there is a workspace already
 */
export async function ensureOwner(database: Database, config: Config, clock: Clock): Promise<FirstOwner | null> {
  if (await database.lean('system', inhabited)) return null;
  const password = config.ADMIN_PASSWORD ?? generatedPassword();
  const passwordHash = await hashPassword(password);
  const email = normalEmail(config.ADMIN_EMAIL ?? 'owner@pasokh.local');
  const made = await database.lean('system', async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [FIRST_START_LOCK]); // $1 lock
    return (await inhabited(tx)) ? null : settle(tx, email, passwordHash, clock.now());
  });
  if (made === null) return null;
  return { workspaceId: made, email, generatedPassword: config.ADMIN_PASSWORD === undefined ? password : null };
}

async function inhabited(tx: Tx): Promise<boolean> {
  return (await tx.query('SELECT 1 FROM workspaces LIMIT 1')).length > 0;
}

/** @returns the new workspace */
async function settle(tx: Tx, email: string, passwordHash: string, now: Date): Promise<string> {
  const [workspace, brand, team, owner] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];
  // $1 id, $2 now
  await tx.execute(`INSERT INTO workspaces (id, slug, name, created_at) VALUES ($1, 'main', 'Pasokh', $2)`, [
    workspace,
    now,
  ]);
  // $1 workspace, $2 id, $3 now
  await tx.execute(`INSERT INTO brands (workspace_id, id, name, created_at) VALUES ($1, $2, 'Main', $3)`, [
    workspace,
    brand,
    now,
  ]);
  await tx.execute(`INSERT INTO teams (workspace_id, id, name, created_at) VALUES ($1, $2, 'Support', $3)`, [
    workspace,
    team,
    now,
  ]);
  // $1 workspace, $2 id, $3 e-mail, $4 password, $5 now
  await tx.execute(
    `INSERT INTO agents (workspace_id, id, email, name, role, password_hash, created_at)
     VALUES ($1, $2, $3, 'Owner', 'owner', $4, $5)`,
    [workspace, owner, email, passwordHash, now],
  );
  // $1 workspace, $2 team, $3 agent
  await tx.execute('INSERT INTO team_members (workspace_id, team_id, agent_id) VALUES ($1, $2, $3)', [
    workspace,
    team,
    owner,
  ]);
  return workspace;
}
