import { Injectable } from '@nestjs/common';
import type { Actor } from '../outbox/domain-event';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { uuidv7 } from '../platform/ids';
import { currentRequestId } from '../platform/request-context';

export type Changes = Record<string, { from: unknown; to: unknown }>;

/** One line of the log about to be written. */
export interface NewAuditEntry {
  workspaceId: string;
  actor: Actor;
  /** Past tense, `noun.verb_ed`. */
  action: string;
  /** `kind:id` of what was changed. */
  subject: string;
  /** What was changed; the caller leaves secrets out. */
  changes?: Changes;
}

export interface AuditEntry extends Required<NewAuditEntry> {
  id: string;
  at: Date;
  requestId: string | null;
}

interface AuditRow {
  workspace_id: string;
  id: string;
  at: Date;
  actor: Actor;
  action: string;
  subject: string;
  changes: Changes;
  request_id: string | null;
}

/** Which lines of the log are wanted; what is left out narrows nothing. */
export interface AuditFilter {
  /** Whose changes. */
  agentId?: string;
  /** A kind of thing (`channel`), or one thing (`channel:<id>`). */
  subject?: string;
  /** A verb (`channel.changed`). */
  action?: string;
  /** From this instant on. */
  from?: Date;
  /** Before this instant. */
  to?: Date;
}

/** The append-only log of administration, written in the transaction of the change it tells. */
@Injectable()
export class Audit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async record(tx: Tx, entry: NewAuditEntry): Promise<void> {
    const now = this.clock.now();
    // $1 workspace, $2 id, $3 instant, $4 actor, $5 action, $6 subject, $7 changes, $8 request id
    await tx.execute(
      `INSERT INTO audit_log (workspace_id, id, at, actor, action, subject, changes, request_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        entry.workspaceId,
        uuidv7(),
        now,
        JSON.stringify(entry.actor),
        entry.action,
        entry.subject,
        JSON.stringify(entry.changes ?? {}),
        currentRequestId() ?? null,
      ],
    );
  }

  /** Newest first; `before` is the id of the last entry of the page above. */
  async page(
    workspaceId: string,
    filter: AuditFilter,
    before: string | undefined,
    limit: number,
  ): Promise<AuditEntry[]> {
    // $1 workspace, $2 id to go on from, $3 how many, $4 who, $5 subject or its kind, $6 action, $7 since, $8 until
    const rows = await this.database.lean({ workspaceId }, (tx) =>
      tx.query<AuditRow>(
        `SELECT workspace_id, id, at, actor, action, subject, changes, request_id FROM audit_log
         WHERE workspace_id = $1 AND ($2::uuid IS NULL OR id < $2)
           AND ($4::text IS NULL OR actor->>'id' = $4)
           AND ($5::text IS NULL OR subject = $5 OR starts_with(subject, $5 || ':'))
           AND ($6::text IS NULL OR action = $6)
           AND ($7::timestamptz IS NULL OR at >= $7) AND ($8::timestamptz IS NULL OR at < $8)
         ORDER BY id DESC LIMIT $3`,
        [
          workspaceId,
          before ?? null,
          limit,
          filter.agentId ?? null,
          filter.subject ?? null,
          filter.action ?? null,
          filter.from ?? null,
          filter.to ?? null,
        ],
      ),
    );
    return rows.map(({ workspace_id, request_id, ...row }) => ({
      ...row,
      workspaceId: workspace_id,
      requestId: request_id,
    }));
  }
}

/** The named fields that differ, as `{ field: { from, to } }`; fields that `after` leaves undefined were not asked for. */
export function changesBetween<T extends object>(
  before: T,
  after: Partial<T>,
  fields: readonly (keyof T & string)[],
): Changes {
  const changes: Changes = {};
  for (const field of fields) {
    const [from, to] = [before[field], after[field]];
    if (to !== undefined && JSON.stringify(from) !== JSON.stringify(to)) changes[field] = { from, to };
  }
  return changes;
}
