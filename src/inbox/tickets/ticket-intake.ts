import { Injectable } from '@nestjs/common';
import { ticketAudience } from '../../outbox/audience';
import { type Actor, event, SYSTEM } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import type { Tx } from '../../platform/database';
import { uuidv7 } from '../../platform/ids';
import { cutText } from '../../text/graphemes';
import { afterCustomerMessage, type TicketStatus } from './ticket';

/** What a batch of messages means for the tickets of one conversation (already locked by the caller). */
export interface ThreadActivity {
  workspaceId: string;
  conversationId: string;
  contactId: string;
  channelId: string;
  brandId: string;
  teamId: string | null;
  kind: 'comment' | 'dm';
  ticketCount: number;
  /** When the customer's messages were written that call for work. */
  calls: Date[];
  /** When we last wrote in this batch … */
  spokeAt: Date | null;
  /** … and ever, as far as is known. */
  lastSpokeAt: Date | null;
  /** Our word is the last one, so nobody waits any more. */
  answered: boolean;
  lastMessageAt: Date;
  preview: string;
  previewDirection: 'in' | 'out';
  /** What the first message that calls for work is about, where it says so (letters). */
  subject: string | null;
}

export interface TicketRef {
  id: string;
  teamId: string | null;
  assigneeId: string | null;
  opened: boolean;
}

interface TicketRow {
  workspace_id: string;
  id: string;
  conversation_id: string;
  team_id: string | null;
  assignee_id: string | null;
  status: TicketStatus;
  solved_at: Date | null;
}

/** A solved ticket is reopened by its customer within this time; later words open a new one. */
const REOPEN_WITHIN_MS = 7 * 24 * 3_600_000;
const PREVIEW_LENGTH = 160;
const SUBJECT_GRAPHEMES = 200;
const SUBJECT_UNITS = 8_000; // a character may be any length; its subject may not
const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const CUSTOMER: Actor = { kind: 'contact' };

/** Opens, reopens and touches tickets for many conversations in a handful of statements. */
@Injectable()
export class TicketIntake {
  constructor(private readonly outbox: Outbox) {}

  /** @returns the ticket each conversation's messages belong to; none where nothing calls for work */
  async apply(tx: Tx, threads: readonly ThreadActivity[], now: Date): Promise<Map<string, TicketRef>> {
    const latest = await this.lockLatest(tx, threads);
    const refs = new Map<string, TicketRef>();
    const fresh: ThreadActivity[] = [];
    const touched: { thread: ThreadActivity; ticket: TicketRow; status: TicketStatus }[] = [];
    for (const thread of threads) {
      const ticket = latest.get(thread.conversationId);
      const status = ticket && nextStatus(ticket, thread, now);
      if (ticket && status) {
        touched.push({ thread, ticket, status });
        refs.set(thread.conversationId, {
          id: ticket.id,
          teamId: ticket.team_id,
          assigneeId: ticket.assignee_id,
          opened: false,
        });
      } else if (thread.calls.length > 0) {
        fresh.push(thread);
      } else if (ticket) {
        refs.set(thread.conversationId, {
          id: ticket.id,
          teamId: ticket.team_id,
          assigneeId: ticket.assignee_id,
          opened: false,
        });
      }
    }
    if (touched.length > 0) await this.touch(tx, touched);
    if (fresh.length > 0) await this.open(tx, fresh, now, refs);
    return refs;
  }

  private async lockLatest(tx: Tx, threads: readonly ThreadActivity[]): Promise<Map<string, TicketRow>> {
    // $1 workspaces, $2 conversations (pairwise); rows locked in id order, as everywhere
    const rows = await tx.query<TicketRow>(
      `SELECT t.workspace_id, t.id, t.conversation_id, t.team_id, t.assignee_id, t.status, t.solved_at
       FROM tickets t JOIN unnest($1::uuid[], $2::uuid[]) AS k(workspace_id, conversation_id)
         ON t.workspace_id = k.workspace_id AND t.conversation_id = k.conversation_id
       WHERE t.position = (SELECT max(position) FROM tickets m
                           WHERE m.workspace_id = k.workspace_id AND m.conversation_id = k.conversation_id)
       ORDER BY t.id FOR UPDATE OF t`,
      [threads.map((t) => t.workspaceId), threads.map((t) => t.conversationId)],
      'intake_tickets_lock',
    );
    return new Map(rows.map((row) => [row.conversation_id, row]));
  }

  private async touch(tx: Tx, touched: readonly { thread: ThreadActivity; ticket: TicketRow; status: TicketStatus }[]) {
    // $1 workspaces, $2 ids, $3 statuses, $4 waiting since, $5 answered, $6 last message, $7 previews, $8 directions
    await tx.execute(
      `UPDATE tickets t SET
         status = u.status,
         waiting_since = CASE WHEN u.answered THEN NULL ELSE coalesce(t.waiting_since, u.waiting_since) END,
         solved_at = CASE WHEN u.status = 'solved' THEN t.solved_at END,
         preview = CASE WHEN u.last_message_at >= t.last_message_at THEN u.preview ELSE t.preview END,
         preview_direction = CASE WHEN u.last_message_at >= t.last_message_at THEN u.direction ELSE t.preview_direction END,
         last_message_at = greatest(t.last_message_at, u.last_message_at),
         version = t.version + 1, updated_at = now()
       FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::boolean[], $6::timestamptz[], $7::text[], $8::text[])
         AS u(workspace_id, id, status, waiting_since, answered, last_message_at, preview, direction)
       WHERE t.workspace_id = u.workspace_id AND t.id = u.id`,
      [
        touched.map((t) => t.ticket.workspace_id),
        touched.map((t) => t.ticket.id),
        touched.map((t) => t.status),
        touched.map((t) => waitingSince(t.thread.calls, t.thread.spokeAt)),
        touched.map((t) => t.thread.answered),
        touched.map((t) => t.thread.lastMessageAt),
        touched.map((t) => previewOf(t.thread.preview)),
        touched.map((t) => t.thread.previewDirection),
      ],
      'intake_tickets_touch',
    );
    for (const { thread, ticket, status } of touched) {
      if (status === ticket.status) continue;
      const audience = ticketAudience({ id: ticket.id, teamId: ticket.team_id, assigneeId: ticket.assignee_id });
      this.outbox.record(
        tx,
        event(
          thread.workspaceId,
          'ticket.status_changed',
          thread.calls.length > 0 ? CUSTOMER : SYSTEM,
          subjectOf(thread, ticket.id),
          audience,
          {
            from: ticket.status,
            to: status,
            reason: thread.calls.length > 0 ? 'customer_wrote' : 'answered',
          },
        ),
      );
    }
  }

  private async open(tx: Tx, fresh: readonly ThreadActivity[], now: Date, refs: Map<string, TicketRef>): Promise<void> {
    const ids = fresh.map(() => uuidv7(now.getTime()));
    // $1 workspaces, $2 ids, $3 conversations, $4 positions, $5 contacts, $6 channels, $7 brands, $8 teams, $9 kinds,
    // $10 previews, $11 waiting since, $12 last message, $13 directions, $14 statuses, $15 subjects
    const numbers = await tx.query<{ id: string; number: string }>(
      `WITH t AS (
         SELECT *, row_number() OVER (PARTITION BY workspace_id ORDER BY n) AS place, count(*) OVER (PARTITION BY workspace_id) AS total
         FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::uuid[], $6::uuid[], $7::uuid[], $8::uuid[], $9::text[],
                     $10::text[], $11::timestamptz[], $12::timestamptz[], $13::text[], $14::text[], $15::text[]) WITH ORDINALITY
           AS u(workspace_id, id, conversation_id, position, contact_id, channel_id, brand_id, team_id, kind, preview,
                waiting_since, last_message_at, direction, status, subject, n)
       ), numbered AS (
         INSERT INTO ticket_numbers AS c (workspace_id, last) SELECT DISTINCT workspace_id, total FROM t ORDER BY workspace_id
         ON CONFLICT (workspace_id) DO UPDATE SET last = c.last + excluded.last
         RETURNING workspace_id, last
       )
       INSERT INTO tickets (workspace_id, id, number, conversation_id, position, contact_id, channel_id, brand_id, team_id, kind,
                            subject, preview, preview_direction, waiting_since, last_message_at, status)
       SELECT workspace_id, id, last - total + place, conversation_id, position, contact_id, channel_id, brand_id, team_id, kind,
              subject, preview, direction, waiting_since, last_message_at, status
       FROM t JOIN numbered USING (workspace_id)
       RETURNING id, number`,
      [
        fresh.map((t) => t.workspaceId),
        ids,
        fresh.map((t) => t.conversationId),
        fresh.map((t) => t.ticketCount + 1),
        fresh.map((t) => t.contactId),
        fresh.map((t) => t.channelId),
        fresh.map((t) => t.brandId),
        fresh.map((t) => t.teamId),
        fresh.map((t) => t.kind),
        fresh.map((t) => previewOf(t.preview)),
        fresh.map((t) => waitingSince(t.calls, t.lastSpokeAt)),
        fresh.map((t) => t.lastMessageAt),
        fresh.map((t) => t.previewDirection),
        fresh.map((t) => (wasAnswered(t) ? 'open' : 'new')),
        fresh.map((t) => (t.subject && subjectOfLetter(t.subject)) || previewOf(t.preview)),
      ],
      'intake_tickets_open',
    );
    const numberOf = new Map(numbers.map((row) => [row.id, Number(row.number)]));
    fresh.forEach((thread, i) => {
      const id = ids[i]!;
      refs.set(thread.conversationId, { id, teamId: thread.teamId, assigneeId: null, opened: true });
      const audience = ticketAudience({ id, teamId: thread.teamId, assigneeId: null });
      this.outbox.record(
        tx,
        event(thread.workspaceId, 'ticket.opened', CUSTOMER, subjectOf(thread, id), audience, {
          number: numberOf.get(id)!,
          position: thread.ticketCount + 1,
          teamId: thread.teamId,
        }),
      );
    });
  }
}

/** The status the latest ticket takes, or null when the customer's word needs a ticket of its own. */
function nextStatus(ticket: TicketRow, thread: ThreadActivity, now: Date): TicketStatus | null {
  if (ticket.status === 'new' && (thread.spokeAt || wasAnswered(thread))) return 'open'; // answered for the first time
  if (thread.calls.length > 0) return afterCustomerMessage(ticket.status, ticket.solved_at, now, REOPEN_WITHIN_MS);
  return ticket.status === 'closed' ? null : ticket.status;
}

/** Whether one of these calls had its answer before it reached us. */
const wasAnswered = ({ calls, lastSpokeAt }: ThreadActivity): boolean =>
  calls.some((at) => lastSpokeAt !== null && at <= lastSpokeAt);

/** The first call after our last word; null when there is none. */
function waitingSince(calls: readonly Date[], spokeAt: Date | null): Date | null {
  const open = calls.filter((at) => !spokeAt || at > spokeAt);
  return open.reduce<Date | null>((first, at) => (first && first <= at ? first : at), null);
}

const subjectOf = (thread: ThreadActivity, ticketId: string) => ({
  ticketId,
  conversationId: thread.conversationId,
  contactId: thread.contactId,
});

/** The subject of a letter on one line, its first 200 characters as people see them. */
export function subjectOfLetter(text: string): string {
  const line = cutText(oneLine(text), SUBJECT_UNITS, 'utf16_units');
  if (line.length <= SUBJECT_GRAPHEMES) return line;
  let seen = 0;
  for (const { index } of GRAPHEMES.segment(line)) {
    if (seen === SUBJECT_GRAPHEMES) return `${line.slice(0, index)}…`;
    seen += 1;
  }
  return line;
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

/** The first words of a message on one line, never cut inside a character as people see it. */
export function previewOf(text: string): string {
  const line = oneLine(text);
  const cut = cutText(line, PREVIEW_LENGTH, 'utf16_units');
  return cut === line ? line : `${cut}…`;
}
