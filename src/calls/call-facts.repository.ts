import { Injectable } from '@nestjs/common';
import { IdentityChecks } from '../handoff/identity-checks.service';
import type { Tx } from '../platform/database';
import type { CallPromise } from './call';

interface Named {
  id: string;
  name: string;
}

/** What an agent should have before them when they call. */
export interface FactsOfCall {
  ticket: { id: string; number: number; subject: string; status: string; priority: string };
  contact: {
    id: string;
    name: string | null;
    tier: string | null;
    locale: string | null;
    phoneVerified: boolean;
    phoneBad: boolean;
    noCalls: boolean;
  };
  promisedBy: Named | null;
  claimedBy: Named | null;
  /** The customer's latest messages, the newest first. */
  lastWords: string[];
  /** Earlier attempts at this contact, the newest first. */
  earlier: { outcome: string; at: Date; agent: string | null }[];
  identity: { state: 'passed' | 'failed' | 'not_checked'; method: string | null; at: Date | null };
}

const WORDS = 3;
const NOT_CHECKED: FactsOfCall['identity'] = { state: 'not_checked', method: null, at: null };

@Injectable()
export class CallFacts {
  constructor(private readonly checks: IdentityChecks) {}

  /** Who may see a ticket depends on where it is. */
  async ticket(
    tx: Tx,
    workspaceId: string,
    id: string,
  ): Promise<{ teamId: string | null; assigneeId: string | null } | undefined> {
    // $1 workspace, $2 ticket
    const [row] = await tx.query<{ teamId: string | null; assigneeId: string | null }>(
      'SELECT team_id AS "teamId", assignee_id AS "assigneeId" FROM tickets WHERE workspace_id = $1 AND id = $2',
      [workspaceId, id],
    );
    return row;
  }

  async about(tx: Tx, promise: CallPromise): Promise<FactsOfCall> {
    // $1 workspace, $2 promise
    const [row] = await tx.query<Pick<FactsOfCall, 'ticket' | 'contact' | 'promisedBy' | 'claimedBy'>>(
      `SELECT jsonb_build_object('id', t.id, 'number', t.number, 'subject', t.subject, 'status', t.status, 'priority', t.priority) AS ticket,
              jsonb_build_object('id', c.id, 'name', c.name, 'tier', c.tier, 'locale', c.locale,
                'phoneVerified', c.phone = p.phone AND c.phone_verified_at IS NOT NULL,
                'phoneBad', coalesce(c.phone = p.phone AND c.phone_bad_at IS NOT NULL, false), 'noCalls', c.no_calls_at IS NOT NULL) AS contact,
              CASE WHEN a.id IS NOT NULL THEN jsonb_build_object('id', a.id, 'name', a.name) END AS "promisedBy",
              CASE WHEN h.id IS NOT NULL THEN jsonb_build_object('id', h.id, 'name', h.name) END AS "claimedBy"
       FROM call_promises p
       JOIN tickets t ON t.workspace_id = p.workspace_id AND t.id = p.ticket_id
       JOIN contacts c ON c.workspace_id = p.workspace_id AND c.id = p.contact_id
       LEFT JOIN agents a ON a.workspace_id = p.workspace_id AND a.id = p.promised_by
       LEFT JOIN agents h ON h.workspace_id = p.workspace_id AND h.id = p.claimed_by
       WHERE p.workspace_id = $1 AND p.id = $2`,
      [promise.workspaceId, promise.id],
    );
    return {
      ...row!,
      lastWords: await this.lastWords(tx, promise),
      earlier: await this.earlier(tx, promise),
      identity: await this.identity(tx, promise),
    };
  }

  private async lastWords(tx: Tx, { workspaceId, conversationId }: CallPromise): Promise<string[]> {
    // $1 workspace, $2 conversation, $3 how many
    const rows = await tx.query<{ id: string }>(
      `SELECT id FROM messages WHERE workspace_id = $1 AND conversation_id = $2 AND direction = 'in' AND deleted_at IS NULL
       ORDER BY seq DESC LIMIT $3`,
      [workspaceId, conversationId, WORDS],
    );
    return rows.map((row) => row.id);
  }

  private earlier(tx: Tx, { workspaceId, contactId }: CallPromise): Promise<FactsOfCall['earlier']> {
    // $1 workspace, $2 contact
    return tx.query(
      `SELECT x.outcome, x.started_at AS at, g.name AS agent FROM call_promises p
       JOIN call_attempts x ON x.workspace_id = p.workspace_id AND x.promise_id = p.id AND x.outcome IS NOT NULL
       LEFT JOIN agents g ON g.workspace_id = x.workspace_id AND g.id = x.agent_id
       WHERE p.workspace_id = $1 AND p.contact_id = $2 ORDER BY x.started_at DESC LIMIT 5`,
      [workspaceId, contactId],
    );
  }

  /** The last check on this ticket counts, for as long as the workspace says that one holds. */
  private async identity(tx: Tx, promise: CallPromise): Promise<FactsOfCall['identity']> {
    const { workspaceId, ticketId } = promise;
    // $1 workspace, $2 ticket
    const [row] = await tx.query<{ data: { method: string; passed: boolean }; at: Date }>(
      `SELECT data, at FROM domain_events WHERE workspace_id = $1 AND ticket_id = $2 AND type = 'identity.checked'
       ORDER BY position DESC LIMIT 1`,
      [workspaceId, ticketId],
    );
    if (!row) return NOT_CHECKED;
    if (!row.data.passed) return { state: 'failed', method: row.data.method, at: row.at };
    const { checkedUntil } = await this.checks.standing(tx, workspaceId, promise);
    return checkedUntil === null ? NOT_CHECKED : { state: 'passed', method: row.data.method, at: row.at };
  }
}
