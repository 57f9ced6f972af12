import { Injectable } from '@nestjs/common';
import { type Principal, visibleTickets } from '../identity/principal';
import type { Ticket } from '../inbox/tickets/ticket';
import type { Tx } from '../platform/database';
import type { Action } from './actions';
import type { Held } from './approvals';
import type { Changed, Refused } from './rules.repository';

export const APPROVAL_STATES = ['pending', 'approved', 'refused'] as const;
export type ApprovalState = (typeof APPROVAL_STATES)[number];

export interface Approval {
  id: string;
  rule: { id: string; name: string };
  receiptId: string;
  /** What the rule had answered to. */
  event: { type: string; position: number; at: string };
  ticket: { id: string; number: number; subject: string };
  conversationId: string | null;
  messageId: string | null;
  text: string | null;
  actions: Action[];
  state: ApprovalState;
  requestedAt: Date;
  settledAt: Date | null;
  settledBy: { id: string; name: string } | null;
  reason: string | null;
  changed: Changed[];
  refused: Refused[];
}

const APPROVAL = `p.id, jsonb_build_object('id', r.id, 'name', r.name) AS rule, p.receipt_id AS "receiptId",
    jsonb_build_object('type', x.event_type, 'position', x.event_position, 'at', x.event_at) AS event,
    jsonb_build_object('id', t.id, 'number', t.number, 'subject', t.subject) AS ticket,
    p.conversation_id AS "conversationId", p.message_id AS "messageId", p.text, p.actions, p.state,
    p.requested_at AS "requestedAt", p.settled_at AS "settledAt",
    CASE WHEN a.id IS NOT NULL THEN jsonb_build_object('id', a.id, 'name', a.name) END AS "settledBy", p.reason,
    p.changed, p.refused
  FROM approvals p
  JOIN rule_receipts x ON x.workspace_id = p.workspace_id AND x.id = p.receipt_id
  JOIN rules r ON r.workspace_id = p.workspace_id AND r.id = p.rule_id
  JOIN tickets t ON t.workspace_id = p.workspace_id AND t.id = p.ticket_id
  LEFT JOIN agents a ON a.workspace_id = p.workspace_id AND a.id = p.settled_by`;

/** All SQL on `approvals`. */
@Injectable()
export class ApprovalsRepository {
  async insert(
    tx: Tx,
    workspaceId: string,
    { id, ticket, held, at }: { id: string; ticket: Ticket; held: Held; at: Date },
  ) {
    // $1 workspace, $2 id, $3 rule, $4 receipt, $5 ticket, $6 conversation, $7 message, $8 text, $9 actions, $10 now
    await tx.execute(
      `INSERT INTO approvals (workspace_id, id, rule_id, receipt_id, ticket_id, conversation_id, message_id, text, actions,
         requested_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        workspaceId,
        id,
        held.ruleId,
        held.receiptId,
        ticket.id,
        ticket.conversationId,
        held.messageId,
        held.text,
        JSON.stringify(held.actions),
        at,
      ],
    );
  }

  /** Newest first, of tickets this agent may see; one more than `limit`. */
  list(tx: Tx, who: Principal, state: ApprovalState | null, before: string | null, limit: number): Promise<Approval[]> {
    const seen = visibleTickets(who, 't', 5);
    // $1 workspace, $2 state, $3 id to go on from, $4 how many, then who may see
    return tx.query<Approval>(
      `SELECT ${APPROVAL} WHERE p.workspace_id = $1 AND ($2::text IS NULL OR p.state = $2) AND ($3::uuid IS NULL OR p.id < $3)
         AND ${seen.sql} ORDER BY p.id DESC LIMIT $4`,
      [who.workspaceId, state, before, limit + 1, ...seen.params],
    );
  }

  async find(tx: Tx, workspaceId: string, id: string): Promise<Approval | undefined> {
    const [row] = await tx.query<Approval>(`SELECT ${APPROVAL} WHERE p.workspace_id = $1 AND p.id = $2`, [
      workspaceId,
      id,
    ]);
    return row;
  }

  /** Two who settle it at once stand in line here. */
  async lock(tx: Tx, workspaceId: string, id: string): Promise<Approval | undefined> {
    await tx.query('SELECT 1 FROM approvals WHERE workspace_id = $1 AND id = $2 FOR UPDATE', [workspaceId, id]);
    return this.find(tx, workspaceId, id);
  }

  async settle(
    tx: Tx,
    workspaceId: string,
    id: string,
    how: { state: ApprovalState; by: string; reason: string | null; at: Date; changed: Changed[]; refused: Refused[] },
  ): Promise<void> {
    // $1 workspace, $2 id, $3 state, $4 agent, $5 reason, $6 now, $7 changed, $8 refused
    await tx.execute(
      `UPDATE approvals SET state = $3, settled_by = $4, reason = $5, settled_at = $6, changed = $7, refused = $8
       WHERE workspace_id = $1 AND id = $2 AND state = 'pending'`,
      [
        workspaceId,
        id,
        how.state,
        how.by,
        how.reason,
        how.at,
        JSON.stringify(how.changed),
        JSON.stringify(how.refused),
      ],
    );
  }
}
