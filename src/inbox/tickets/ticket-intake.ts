import { Injectable } from '@nestjs/common';
import { ticketAudience } from '../../outbox/audience';
import { type Actor, event, SYSTEM } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import type { Tx } from '../../platform/database';
import { uuidv7 } from '../../platform/ids';
import { afterCustomerMessage, type TicketStatus } from './ticket';
import { roundsOfBeginners, TicketFloods } from './ticket-floods';
import { DAY_MS, reopenDaysOf } from './ticket-settings';
import { languageOfText, previewOf, subjectOfLetter } from './ticket-texts';
import { type LatestWord, TicketWords } from './ticket-words';

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
  /** Another thread's ticket, whose work these words are for as long as it takes them. */
  joinedTicketId: string | null;
  /** When the customer's messages were written that call for work. */
  calls: Date[];
  /** When we last wrote in this batch … */
  spokeAt: Date | null;
  /** … and ever, as far as is known. */
  lastSpokeAt: Date | null;
  /** Our word is the last one, so nobody waits any more. */
  answered: boolean;
  /** Something written after these words is known already: they came late. */
  newerKnown?: boolean;
  lastMessageAt: Date;
  preview: string;
  previewDirection: 'in' | 'out';
  /** What the first message that calls for work says … */
  opening?: string;
  /** … and the first that names it (letters) is about. */
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
  position: number;
  team_id: string | null;
  assignee_id: string | null;
  status: TicketStatus;
  solved_at: Date | null;
  waiting_since: Date | null;
  asleep: boolean;
  language: string | null;
  resolution: string | null;
  /** The workspace's word on reopening, read for solved tickets only. */
  reopen_days: unknown;
}

interface Touch {
  thread: ThreadActivity;
  ticket: TicketRow;
  status: TicketStatus;
}

/** The tickets a batch may touch: each thread's latest, and those that threads are joined to. */
interface LockedTickets {
  latest: Map<string, TicketRow>;
  byId: Map<string, TicketRow>;
}

const LOCKED = `t.workspace_id, t.id, t.conversation_id, t.position, t.team_id, t.assignee_id, t.status, t.solved_at,
  t.waiting_since, t.wake_on <> '{}' AS asleep, t.language, t.resolution,
  CASE WHEN t.status = 'solved' THEN (SELECT w.settings->'tickets'->'reopenDays' FROM workspaces w WHERE w.id = t.workspace_id) END
    AS reopen_days`;
/** Calls, and answers given with another tool, in the thread of `u`. */
const CALLED = `FROM messages m WHERE m.workspace_id = u.workspace_id AND m.conversation_id = u.conversation_id
  AND m.direction = 'in' AND m.subtype IS DISTINCT FROM 'survey_answer' AND m.deleted_at IS NULL`;
const ANSWERED = `FROM messages m WHERE m.workspace_id = u.workspace_id AND m.conversation_id = u.conversation_id
  AND m.direction = 'out' AND m.author_kind = 'account'`;
const CUSTOMER: Actor = { kind: 'contact' };

/** Opens, reopens and touches tickets for many conversations in a handful of statements. */
@Injectable()
export class TicketIntake {
  constructor(
    private readonly words: TicketWords,
    private readonly floods: TicketFloods,
    private readonly outbox: Outbox,
  ) {}

  /** @returns the ticket each conversation's messages belong to; none where nothing calls for work */
  async apply(tx: Tx, all: readonly ThreadActivity[], now: Date): Promise<Map<string, TicketRef>> {
    const refs = new Map<string, TicketRef>();
    let before: readonly ThreadActivity[] = [];
    for (const round of roundsOfBeginners(all)) {
      await this.applyRound(tx, round, before, refs, now);
      before = round;
    }
    return refs;
  }

  private async applyRound(
    tx: Tx,
    given: readonly ThreadActivity[],
    before: readonly ThreadActivity[],
    refs: Map<string, TicketRef>,
    now: Date,
  ): Promise<void> {
    const threads = await this.floods.divert(tx, given, before);
    const flooded: [ThreadActivity, TicketRow][] = [];
    const { latest, byId } = await this.lock(tx, threads);
    const fresh: ThreadActivity[] = [];
    const touched: Touch[] = [];
    const ended: ThreadActivity[] = [];
    const touch = (thread: ThreadActivity, ticket: TicketRow): boolean => {
      const before = touched.findLast((t) => t.ticket === ticket)?.status ?? ticket.status;
      const status = nextStatus({ ...ticket, status: before }, thread, now);
      if (status) touched.push({ thread, ticket, status });
      if (status || thread.calls.length === 0) refs.set(thread.conversationId, refOf(ticket));
      return status !== null || thread.calls.length === 0;
    };
    for (const thread of threads) {
      const joined = thread.joinedTicketId === null ? undefined : byId.get(thread.joinedTicketId);
      if (joined && touch(thread, joined)) {
        if (!given.includes(thread)) flooded.push([thread, joined]);
        continue;
      }
      if (joined) ended.push(thread);
      const ticket = latest.get(thread.conversationId);
      if (ticket && touch(thread, ticket)) continue;
      if (thread.calls.length > 0) fresh.push(thread);
    }
    for (const round of roundsOf(touched)) await this.touch(tx, round);
    for (const [thread, ticket] of flooded) await this.floods.flag(tx, thread, refOf(ticket));
    if (ended.length > 0) await this.endJoining(tx, ended, byId);
    if (fresh.length > 0) {
      const late = fresh.filter(({ newerKnown }) => newerKnown);
      const latest = late.length > 0 ? await this.words.latest(tx, late) : fresh;
      const shown = fresh.map((thread) => latest.find((t) => t.conversationId === thread.conversationId) ?? thread);
      await this.open(tx, fresh, shown, now, refs);
      await this.words.adopt(tx, late, refs);
    }
  }

  private async lock(tx: Tx, threads: readonly ThreadActivity[]): Promise<LockedTickets> {
    const joined = threads.filter((t) => t.joinedTicketId !== null);
    const rows =
      joined.length === 0 ? await this.lockLatest(tx, threads) : await this.lockWithJoined(tx, threads, joined);
    const latest = new Map<string, TicketRow>();
    for (const row of rows) {
      const known = latest.get(row.conversation_id);
      if (!known || known.position < row.position) latest.set(row.conversation_id, row);
    }
    return { latest, byId: new Map(rows.map((row) => [row.id, row])) };
  }

  private lockLatest(tx: Tx, threads: readonly ThreadActivity[]): Promise<TicketRow[]> {
    // $1 workspaces, $2 conversations (pairwise); rows locked in id order, as everywhere
    return tx.query<TicketRow>(
      `SELECT ${LOCKED}
       FROM tickets t JOIN unnest($1::uuid[], $2::uuid[]) AS k(workspace_id, conversation_id)
         ON t.workspace_id = k.workspace_id AND t.conversation_id = k.conversation_id
       WHERE t.position = (SELECT max(position) FROM tickets m
                           WHERE m.workspace_id = k.workspace_id AND m.conversation_id = k.conversation_id)
       ORDER BY t.id FOR UPDATE OF t`,
      [threads.map((t) => t.workspaceId), threads.map((t) => t.conversationId)],
      'intake_tickets_lock',
    );
  }

  /** All in one statement, so that theirs and the joined are locked in one order. */
  private lockWithJoined(
    tx: Tx,
    threads: readonly ThreadActivity[],
    joined: readonly ThreadActivity[],
  ): Promise<TicketRow[]> {
    // $1 workspaces, $2 conversations (pairwise), $3 workspaces, $4 tickets joined (pairwise)
    return tx.query<TicketRow>(
      `SELECT ${LOCKED} FROM tickets t
       WHERE (t.workspace_id, t.id) IN (
         SELECT k.workspace_id, m.id FROM unnest($1::uuid[], $2::uuid[]) AS k(workspace_id, conversation_id)
         CROSS JOIN LATERAL (SELECT id FROM tickets x WHERE x.workspace_id = k.workspace_id AND x.conversation_id = k.conversation_id
                             ORDER BY position DESC LIMIT 1) m
         UNION SELECT workspace_id, id FROM unnest($3::uuid[], $4::uuid[]) AS j(workspace_id, id))
       ORDER BY t.id FOR UPDATE OF t`,
      [
        threads.map((t) => t.workspaceId),
        threads.map((t) => t.conversationId),
        joined.map((t) => t.workspaceId),
        joined.map((t) => t.joinedTicketId),
      ],
      'intake_tickets_lock_joined',
    );
  }

  /** The ticket they were joined to takes no words any more: what comes now is their own. */
  private async endJoining(tx: Tx, ended: readonly ThreadActivity[], byId: ReadonlyMap<string, TicketRow>) {
    // $1 workspaces, $2 conversations (pairwise), which the caller holds
    await tx.execute(
      `UPDATE conversations c SET joined_ticket_id = NULL FROM unnest($1::uuid[], $2::uuid[]) AS u(workspace_id, id)
       WHERE c.workspace_id = u.workspace_id AND c.id = u.id`,
      [ended.map((t) => t.workspaceId), ended.map((t) => t.conversationId)],
      'intake_joining_ends',
    );
    for (const thread of ended) {
      const ticket = byId.get(thread.joinedTicketId!)!;
      const told = { ticketId: ticket.id, joined: false, why: 'ended' } as const;
      const subject = subjectOf(thread, ticket.id);
      this.outbox.record(
        tx,
        event(thread.workspaceId, 'conversation.joined', SYSTEM, subject, ticketAudience(refOf(ticket)), told),
      );
    }
  }

  private async touch(tx: Tx, touched: readonly Touch[]): Promise<void> {
    // $1 workspaces, $2 ids, $3 statuses, $4 waiting since, $5 answered, $6 last message, $7 previews, $8 directions,
    // $9 languages, $10 threads, $11 our last word in this batch, $12 waiting since, were our words known already its answer,
    // $13 what the first call says
    await tx.execute(
      `UPDATE tickets t SET
         status = u.status,
         waiting_since = CASE
           WHEN u.answered THEN NULL
           -- our word was written after the first call, and another call after it
           WHEN t.waiting_since <= u.spoke_at THEN least(u.waiting_since, (SELECT min(least(m.network_at, m.received_at)) ${CALLED}
             AND least(m.network_at, m.received_at) > u.spoke_at))
           -- a call that came late: another tool's answer to it counts, a word of ours written without having seen it does not
           WHEN u.waiting_since IS DISTINCT FROM u.waiting_after AND EXISTS (SELECT 1 ${ANSWERED}
             AND least(m.network_at, m.received_at) >= u.waiting_since) THEN least(t.waiting_since, u.waiting_after)
           ELSE least(t.waiting_since, u.waiting_since) END,
         solved_at = CASE WHEN u.status = 'solved' THEN t.solved_at END,
         resolution = CASE WHEN u.status = 'solved' THEN t.resolution END,
         snoozed_until = CASE WHEN u.status = 'on_hold' THEN t.snoozed_until END,
         wake_on = CASE WHEN u.status = 'on_hold' THEN t.wake_on ELSE '{}' END,
         snoozed_at = CASE WHEN u.status = 'on_hold' THEN t.snoozed_at END,
         language = coalesce(t.language, u.language),
         -- what it was opened with was taken back
         subject = CASE WHEN t.subject = '' THEN coalesce(u.opening, '') ELSE t.subject END,
         preview = CASE WHEN u.last_message_at >= t.last_message_at THEN u.preview ELSE t.preview END,
         preview_direction = CASE WHEN u.last_message_at >= t.last_message_at THEN u.direction ELSE t.preview_direction END,
         last_message_at = greatest(t.last_message_at, u.last_message_at),
         version = t.version + 1, updated_at = now()
       FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::boolean[], $6::timestamptz[], $7::text[], $8::text[],
                   $9::text[], $10::uuid[], $11::timestamptz[], $12::timestamptz[], $13::text[])
         AS u(workspace_id, id, status, waiting_since, answered, last_message_at, preview, direction, language, conversation_id,
              spoke_at, waiting_after, opening)
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
        touched.map((t) => (t.ticket.language === null ? languageOf(t.thread) : t.ticket.language)),
        touched.map((t) => t.thread.conversationId),
        touched.map((t) => t.thread.spokeAt),
        touched.map((t) => waitingSince(t.thread.calls, t.thread.lastSpokeAt)),
        touched.map((t) => openingOf(t.thread)),
      ],
      'intake_tickets_touch',
    );
    for (const { thread, ticket, status } of touched) {
      if (status === ticket.status) continue;
      const wrote = thread.calls.length > 0;
      const told = { from: ticket.status, to: status, reason: wrote ? 'customer_wrote' : 'answered' };
      const [actor, subject, audience] = [
        wrote ? CUSTOMER : SYSTEM,
        subjectOf(thread, ticket.id),
        ticketAudience(refOf(ticket)),
      ];
      this.outbox.record(tx, event(thread.workspaceId, 'ticket.status_changed', actor, subject, audience, told));
      if (ticket.asleep && status !== 'on_hold')
        this.outbox.record(tx, event(thread.workspaceId, 'ticket.woken', actor, subject, audience, { why: 'reply' }));
      if (ticket.resolution !== null && status !== 'solved') {
        const undone = { from: ticket.resolution, to: null };
        this.outbox.record(
          tx,
          event(thread.workspaceId, 'ticket.resolution_changed', actor, subject, audience, undone),
        );
      }
      ticket.status = status;
      ticket.asleep = false;
      ticket.resolution = null;
    }
  }

  /** @param shown what lists show of each thread, in the same order */
  private async open(
    tx: Tx,
    fresh: readonly ThreadActivity[],
    shown: readonly LatestWord[],
    now: Date,
    refs: Map<string, TicketRef>,
  ): Promise<void> {
    const ids = fresh.map(() => uuidv7(now.getTime()));
    // $1 workspaces, $2 ids, $3 conversations, $4 positions, $5 contacts, $6 channels, $7 brands, $8 teams, $9 kinds,
    // $10 previews, $11 waiting since, $12 last message, $13 directions, $14 statuses, $15 subjects, $16 languages
    const numbers = await tx.query<{ id: string; number: string }>(
      `WITH t AS (
         SELECT *, row_number() OVER (PARTITION BY workspace_id ORDER BY n) AS place, count(*) OVER (PARTITION BY workspace_id) AS total
         FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::uuid[], $6::uuid[], $7::uuid[], $8::uuid[], $9::text[],
                     $10::text[], $11::timestamptz[], $12::timestamptz[], $13::text[], $14::text[], $15::text[], $16::text[])
           WITH ORDINALITY
           AS u(workspace_id, id, conversation_id, position, contact_id, channel_id, brand_id, team_id, kind, preview,
                waiting_since, last_message_at, direction, status, subject, language, n)
       ), numbered AS (
         INSERT INTO ticket_numbers AS c (workspace_id, last) SELECT DISTINCT workspace_id, total FROM t ORDER BY workspace_id
         ON CONFLICT (workspace_id) DO UPDATE SET last = c.last + excluded.last
         RETURNING workspace_id, last
       )
       INSERT INTO tickets (workspace_id, id, number, conversation_id, position, contact_id, channel_id, brand_id, team_id, kind,
                            subject, preview, preview_direction, waiting_since, last_message_at, status, language)
       SELECT workspace_id, id, last - total + place, conversation_id, position, contact_id, channel_id, brand_id, team_id, kind,
              subject, preview, direction, waiting_since, last_message_at, status, language
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
        shown.map((t) => previewOf(t.preview)),
        fresh.map((t) => waitingSince(t.calls, t.lastSpokeAt)),
        shown.map((t) => t.lastMessageAt),
        shown.map((t) => t.previewDirection),
        fresh.map((t) => (isAnswered(null, t) ? 'open' : 'new')),
        fresh.map((t) => openingOf(t) ?? previewOf(t.preview)),
        fresh.map(languageOf),
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
  if (ticket.status === 'new' && isAnswered(ticket.waiting_since, thread)) return 'open'; // for the first time
  if (thread.calls.length > 0)
    return afterCustomerMessage(ticket.status, ticket.solved_at, now, reopenDaysOf(ticket.reopen_days) * DAY_MS);
  return ticket.status === 'closed' ? null : ticket.status;
}

/** Two threads may be joined to one ticket; each touches it in a round of its own, since a statement changes a row once. */
function roundsOf(touched: readonly Touch[]): Touch[][] {
  const rounds: Touch[][] = [];
  const times = new Map<TicketRow, number>();
  for (const touch of touched) {
    const round = times.get(touch.ticket) ?? 0;
    times.set(touch.ticket, round + 1);
    (rounds[round] ??= []).push(touch);
  }
  return rounds;
}

const refOf = (ticket: TicketRow): TicketRef => ({
  id: ticket.id,
  teamId: ticket.team_id,
  assigneeId: ticket.assignee_id,
  opened: false,
});

/** What a ticket opened by these words is about. */
const openingOf = ({ subject, opening }: ThreadActivity): string | null =>
  (subject && subjectOfLetter(subject)) || (opening === undefined ? null : previewOf(opening));

/** What the customer writes in, where their word is the one that is shown. */
const languageOf = ({ calls, preview, previewDirection }: ThreadActivity): string | null =>
  calls.length === 0 || previewDirection !== 'in' ? null : languageOfText(preview);

/**
 * Whether we spoke after the first call, as far as is known of either: whichever reached us first.
 * @param waitingSince the first call of a ticket that nobody has answered yet
 */
function isAnswered(waitingSince: Date | null, { calls, spokeAt, lastSpokeAt }: ThreadActivity): boolean {
  if (lastSpokeAt === null) return false;
  const known = waitingSince === null ? calls : [waitingSince, ...calls];
  return known.length === 0 ? spokeAt !== null : known.some((at) => at <= lastSpokeAt);
}

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
