import pg from 'pg';
import { Config } from '../../src/platform/config';
import { uuidv7 } from '../../src/platform/ids';
import { newToken, Secrets } from '../../src/platform/secrets';
import type { Role } from '../../src/identity/principal';

export interface SeededAgent {
  id: string;
  workspaceId: string;
  role: Role;
  teamIds: string[];
  token: string;
}

/** Writes workspaces and people past the API, as the tables' owner: hundreds of them cost no password derivation. */
export class WorkspaceSeeder {
  private readonly secrets: Secrets;

  /** @param keys those the app runs with: a token counts only under its SESSION_SECRET */
  constructor(
    private readonly client: pg.Client,
    keys: { ENCRYPTION_KEY: string; SESSION_SECRET: string },
  ) {
    this.secrets = new Secrets(Object.assign(new Config(), keys));
  }

  async workspace(slug: string): Promise<string> {
    const id = uuidv7();
    await this.client.query(`INSERT INTO workspaces (id, slug, name) VALUES ($1, $2, $2)`, [id, slug]);
    await this.client.query(`INSERT INTO brands (workspace_id, id, name) VALUES ($1, $2, 'Main')`, [id, uuidv7()]);
    return id;
  }

  /** The workspace that the first start made. */
  async firstWorkspace(): Promise<string> {
    const { rows } = await this.client.query<{ id: string }>('SELECT id FROM workspaces ORDER BY created_at LIMIT 1');
    return rows[0]!.id;
  }

  async team(workspaceId: string, name: string): Promise<string> {
    const id = uuidv7();
    await this.client.query(`INSERT INTO teams (workspace_id, id, name, assignment) VALUES ($1, $2, $3, 'pull')`, [
      workspaceId,
      id,
      name,
    ]);
    return id;
  }

  async agent(workspaceId: string, role: Role, teamIds: string[] = []): Promise<SeededAgent> {
    const [id, token] = [uuidv7(), newToken('pk_')];
    await this.client.query(
      `INSERT INTO agents (workspace_id, id, email, name, role) VALUES ($1, $2, $3, 'Agent', $4)`,
      [workspaceId, id, `${id}@harbour.test`, role],
    );
    for (const teamId of teamIds) {
      await this.client.query(`INSERT INTO team_members (workspace_id, team_id, agent_id) VALUES ($1, $2, $3)`, [
        workspaceId,
        teamId,
        id,
      ]);
    }
    await this.client.query(
      `INSERT INTO api_tokens (workspace_id, id, agent_id, name, token_hash, hint) VALUES ($1, $2, $3, 'proof', $4, 'pk_')`,
      [workspaceId, uuidv7(), id, this.secrets.tokenHash(token)],
    );
    return { id, workspaceId, role, teamIds, token };
  }
}
