import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit';
import { Calendars } from '../calendars/calendars';
import type { Principal } from '../identity/principal';
import { Database, type Tx } from '../platform/database';
import { DomainError } from '../platform/errors';
import type { CallSettings } from './call';
import { checkNumber } from './phone';

const COLUMNS = `calendar_id AS "calendarId", slot_minutes AS "slotMinutes", capacity, max_attempts AS "maxAttempts",
  retry_ms AS "retryMs", lease_ms AS "leaseMs", expire_ms AS "expireMs", country`;

/** How a workspace calls, and the phones on its agents' desks. */
@Injectable()
export class CallSettingsStore {
  constructor(
    private readonly database: Database,
    private readonly calendars: Calendars,
    private readonly audit: Audit,
  ) {}

  /** Locks them too: whoever gives a place in a slot away waits for whoever is about to. */
  async lock(tx: Tx, workspaceId: string): Promise<CallSettings> {
    // $1 workspace; the update of nothing is what locks an existing row and makes a missing one
    const [row] = await tx.query<CallSettings>(
      `INSERT INTO call_settings AS s (workspace_id) VALUES ($1)
       ON CONFLICT (workspace_id) DO UPDATE SET slot_minutes = s.slot_minutes RETURNING ${COLUMNS}`,
      [workspaceId],
    );
    return row!;
  }

  get(who: Principal): Promise<CallSettings> {
    return this.database.lean(who, (tx) => this.read(tx, who.workspaceId));
  }

  async read(tx: Tx, workspaceId: string): Promise<CallSettings> {
    const sql = `SELECT ${COLUMNS} FROM call_settings WHERE workspace_id = $1`;
    const [row] = await tx.query<CallSettings>(sql, [workspaceId]);
    return row ?? DEFAULTS;
  }

  change(who: Principal, change: Partial<CallSettings>): Promise<CallSettings> {
    return this.database.transaction(who, async (tx) => {
      const before = await this.lock(tx, who.workspaceId);
      const after = { ...before, ...change };
      const book = await this.calendars.book(tx, who.workspaceId);
      if (after.calendarId !== null && book.find(after.calendarId)?.id !== after.calendarId)
        throw invalid('calendarId', 'is not a calendar of this workspace');
      // $1 workspace, then the settings in their order
      await tx.execute(
        `UPDATE call_settings SET calendar_id = $2, slot_minutes = $3, capacity = $4, max_attempts = $5, retry_ms = $6,
           lease_ms = $7, expire_ms = $8, country = $9 WHERE workspace_id = $1`,
        [
          who.workspaceId,
          after.calendarId,
          after.slotMinutes,
          after.capacity,
          after.maxAttempts,
          after.retryMs,
          after.leaseMs,
          after.expireMs,
          after.country,
        ],
      );
      await this.audit.record(tx, {
        workspaceId: who.workspaceId,
        actor: { kind: 'agent', id: who.agentId },
        action: 'call_settings.changed',
        subject: 'call_settings',
        changes: { settings: { from: before, to: after } },
      });
      return after;
    });
  }

  desk(who: Principal): Promise<{ phone: string | null }> {
    return this.database.lean(who, async (tx) => ({ phone: await this.phoneOf(tx, who.workspaceId, who.agentId) }));
  }

  /** @param raw null takes it away */
  setDesk(who: Principal, raw: string | null): Promise<{ phone: string | null }> {
    return this.database.lean(who, async (tx) => {
      const { country } = await this.read(tx, who.workspaceId);
      const check = raw === null ? null : checkNumber(raw, country);
      if (check && !check.ok) throw invalid('phone', check.problem);
      const phone = check?.phone.e164 ?? null;
      // $1 workspace, $2 agent, $3 number
      const sql =
        phone === null
          ? 'DELETE FROM agent_phones WHERE workspace_id = $1 AND agent_id = $2'
          : `INSERT INTO agent_phones (workspace_id, agent_id, phone) VALUES ($1, $2, $3)
             ON CONFLICT (workspace_id, agent_id) DO UPDATE SET phone = excluded.phone`;
      await tx.execute(sql, [who.workspaceId, who.agentId, ...(phone === null ? [] : [phone])]);
      return { phone };
    });
  }

  async phoneOf(tx: Tx, workspaceId: string, agentId: string): Promise<string | null> {
    const sql = 'SELECT phone FROM agent_phones WHERE workspace_id = $1 AND agent_id = $2';
    const [row] = await tx.query<{ phone: string }>(sql, [workspaceId, agentId]);
    return row?.phone ?? null;
  }

  /** Calls a slot takes: as set, or as many as there are agents. */
  async capacity(tx: Tx, workspaceId: string, settings: CallSettings): Promise<number> {
    if (settings.capacity !== null) return settings.capacity;
    const [row] = await tx.query<{ agents: number }>(
      `SELECT greatest(count(*), 1)::int AS agents FROM agents
       WHERE workspace_id = $1 AND disabled_at IS NULL AND role IN ('agent', 'lead')`,
      [workspaceId],
    );
    return row!.agents;
  }
}

const DEFAULTS: CallSettings = {
  calendarId: null,
  slotMinutes: 30,
  capacity: null,
  maxAttempts: 3,
  retryMs: 900_000,
  leaseMs: 600_000,
  expireMs: 86_400_000,
  country: 'IR',
};

export const invalid = (path: string, problem: string, more: Record<string, unknown> = {}) =>
  new DomainError('validation_failed', `Please correct: ${path}.`, { fields: [{ path, problem }], ...more });
