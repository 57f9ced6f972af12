import { Injectable } from '@nestjs/common';
import { type Principal, visibleTickets } from '../../identity/principal';
import type { Actor } from '../../outbox/domain-event';
import type { Tx } from '../../platform/database';
import { listedNotice } from '../../refusals/refusal-words';
import type { Words } from '../../text/words';
import { type ChannelStanding, channelWait, type DeliveryWait } from '../conversations/delivery-wait';
import type { ThreadKind, TicketPriority, TicketStatus } from './ticket';
import { TicketDetailsRepository } from './ticket-details.repository';
import { cappedCount, isLookedUp, makeCursor, pageOfIds, sortOf, type TicketFilter, WALK_INDEXES } from './ticket-list';

interface Named {
  id: string;
  name: string;
}

/** A ticket with what a person needs to recognise it. */
export interface TicketView {
  id: string;
  number: number;
  status: TicketStatus;
  priority: TicketPriority;
  kind: ThreadKind;
  subject: string;
  preview: string;
  previewDirection: 'in' | 'out' | 'note';
  /** Set where a network's notice stands as the subject or the preview. */
  subjectWords?: Words;
  previewWords?: Words;
  position: number;
  version: number;
  contact: { id: string; name: string | null; handle: string | null; avatarUrl: string | null };
  channel: Named & { kind: string };
  brandId: string;
  team: Named | null;
  assignee: Named | null;
  conversationId: string;
  post: {
    id: string;
    text: string | null;
    permalink: string | null;
    mediaUrl: string | null;
    kind: string | null;
  } | null;
  /** Which of its team's queues it waits in. */
  queue: Named | null;
  workType: string;
  type: string | null;
  tags: string[];
  language: string | null;
  fields: Record<string, unknown>;
  resolution: string | null;
  snoozedUntil: Date | null;
  /** Not empty while it is snoozed. */
  wakeOn: string[];
  mergedInto: { id: string; number: number } | null;
  parent: { id: string; number: number } | null;
  waitingSince: Date | null;
  dueAt: Date | null;
  firstRespondedAt: Date | null;
  lastMessageAt: Date;
  solvedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** The conversation an open ticket shows. */
export interface TicketConversation {
  id: string;
  handler: 'bot' | 'human';
  kind: ThreadKind;
  /** Set while nothing can reach the person: they blocked us or left. */
  unreachableSince: Date | null;
}

/** One of the threads whose words are work of a ticket. */
export interface TicketThread extends TicketConversation {
  channel: Named & { kind: string };
  contact: { id: string; name: string | null };
  /** Joined from elsewhere, rather than the thread the ticket was opened in. */
  joined: boolean;
  /** Why what is sent there would be held; null while its channel works. */
  holds: DeliveryWait | null;
}

export interface TicketCounts {
  mine: number;
  unassigned: number;
  all: number;
  breached: number;
  /** A count that reached this may be larger. */
  capped: number;
}

export interface TimelineRow {
  position: number;
  at: Date;
  type: string;
  actor: { kind: Actor['kind']; id: string | null; name: string | null };
  data: Record<string, unknown>;
}

const VIEW = `SELECT t.id, t.number::float8 AS number, t.status, t.priority, t.kind, t.subject, t.preview,
    t.preview_direction AS "previewDirection", t.position, t.version, t.brand_id AS "brandId",
    t.conversation_id AS "conversationId", t.waiting_since AS "waitingSince", t.due_at AS "dueAt",
    t.first_responded_at AS "firstRespondedAt", t.last_message_at AS "lastMessageAt", t.solved_at AS "solvedAt",
    t.created_at AS "createdAt", t.updated_at AS "updatedAt", coalesce(t.work_type, t.kind) AS "workType", t.type, t.tags, t.language,
    t.fields, t.resolution, t.snoozed_until AS "snoozedUntil", t.wake_on AS "wakeOn",
    CASE WHEN mi.id IS NOT NULL THEN jsonb_build_object('id', mi.id, 'number', mi.number) END AS "mergedInto",
    CASE WHEN pa.id IS NOT NULL THEN jsonb_build_object('id', pa.id, 'number', pa.number) END AS parent,
    CASE WHEN q.id IS NOT NULL THEN jsonb_build_object('id', q.id, 'name', q.name) END AS queue,
    jsonb_build_object('id', k.id, 'name', coalesce(k.name, i.name), 'handle', i.handle,
      'avatarUrl', coalesce(i.avatar_url, k.avatar_url)) AS contact,
    jsonb_build_object('id', ch.id, 'kind', ch.kind, 'name', ch.name) AS channel,
    CASE WHEN g.id IS NOT NULL THEN jsonb_build_object('id', g.id, 'name', g.name) END AS team,
    CASE WHEN a.id IS NOT NULL THEN jsonb_build_object('id', a.id, 'name', a.name) END AS assignee,
    CASE WHEN p.id IS NOT NULL THEN jsonb_build_object('id', p.id, 'text', p.text, 'permalink', p.permalink,
      'mediaUrl', p.media_url, 'kind', p.kind) END AS post`;

/**
 * One row by its key. OFFSET 0 keeps the planner from turning it into an ordinary join: of a workspace it has no figures
 * on yet it believes one row, and would read the whole workspace for each ticket.
 */
const row = (table: string, alias: string, id: string) =>
  `JOIN LATERAL (SELECT * FROM ${table} WHERE workspace_id = t.workspace_id AND id = ${id} OFFSET 0) ${alias} ON true`;

const JOINS = `${row('conversations', 'c', 't.conversation_id')} ${row('contacts', 'k', 't.contact_id')}
  ${row('contact_identities', 'i', 'c.identity_id')} ${row('channels', 'ch', 't.channel_id')}
  LEFT ${row('teams', 'g', 't.team_id')} LEFT ${row('agents', 'a', 't.assignee_id')} LEFT ${row('posts', 'p', 'c.post_id')}
  LEFT ${row('tickets', 'mi', 't.merged_into_id')} LEFT ${row('tickets', 'pa', 't.parent_id')}
  LEFT ${row('routing_queues', 'q', 't.queue_id')}`;

const RARE_TAG = 5_000; // so many rows are looked up and sorted as fast as a page is walked
const COUNTED_TO = 1_000; // a badge says "999+"; counting 200,000 rows would cost 160 ms each time

/** What a network says in place of a message reads as the reader's language has it. */
function worded(ticket: TicketView): TicketView {
  const subjectWords = listedNotice(ticket.subject);
  const previewWords = listedNotice(ticket.preview);
  return { ...ticket, ...(subjectWords && { subjectWords }), ...(previewWords && { previewWords }) };
}

/** Tickets for people to read. */
@Injectable()
export class TicketViewsRepository {
  constructor(private readonly details: TicketDetailsRepository) {}

  /** One page of a list. A ticket that moves while pages are turned may come twice or not at all; the others come once. */
  async page(tx: Tx, who: Principal, asked: TicketFilter, cursor: string | undefined, limit: number) {
    const filter = await this.weighTag(tx, who, asked);
    const ids = pageOfIds(who, filter, cursor, limit);
    const sort = sortOf(filter);
    const key = sort === 'due' ? 'due_at' : 'last_message_at';
    if (!isLookedUp(filter)) await tx.execute(WALK_INDEXES);
    // put in order here: an ORDER BY over the joins would tempt the planner to walk all tickets in that order
    const rows = await tx.query<TicketView & { sortKey?: string | null; place?: number }>(
      `${VIEW}, t.${key}::text AS "sortKey", page.place::int AS place
       FROM unnest(ARRAY(${ids.text})) WITH ORDINALITY AS page(id, place)
       JOIN LATERAL (SELECT * FROM tickets WHERE workspace_id = $${ids.params.length + 1} AND id = page.id OFFSET 0) t ON true
       ${JOINS}`,
      [...ids.params, who.workspaceId],
    );
    rows.sort((a, b) => (a.place ?? 0) - (b.place ?? 0));
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    const nextCursor = last ? makeCursor(sort, last.sortKey ?? null, last.id) : null;
    for (const row of rows) {
      delete row.sortKey;
      delete row.place;
    }
    const items: TicketView[] = rows.slice(0, limit).map(worded);
    return { items, nextCursor };
  }

  /** Ids of the tickets a list has now, in its order, no more than `limit`. */
  async ids(tx: Tx, who: Principal, asked: TicketFilter, limit: number): Promise<string[]> {
    const { text, params } = pageOfIds(who, await this.weighTag(tx, who, asked), undefined, limit - 1);
    return (await tx.query<{ id: string }>(text, params)).map((row) => row.id);
  }

  private async weighTag(tx: Tx, who: Principal, filter: TicketFilter): Promise<TicketFilter> {
    if (filter.tag === undefined) return filter;
    const tickets = await this.details.tagUse(tx, who.workspaceId, filter.tag);
    return { ...filter, tagIsRare: tickets <= RARE_TAG };
  }

  async counts(tx: Tx, who: Principal): Promise<TicketCounts> {
    await tx.execute(WALK_INDEXES);
    const count = async (filter: TicketFilter, extra = 'true'): Promise<number> => {
      const sql = cappedCount(who, filter, COUNTED_TO, extra);
      const [row] = await tx.query<{ count: number }>(sql.text, sql.params);
      return row?.count ?? 0;
    };
    return {
      mine: await count({ view: 'mine' }),
      unassigned: await count({ view: 'unassigned' }),
      all: await count({ view: 'all' }),
      breached: await count({ view: 'all' }, 't.due_at < now()'),
      capped: COUNTED_TO,
    };
  }

  async find(tx: Tx, workspaceId: string, id: string): Promise<TicketView | undefined> {
    // $1 workspace, $2 ticket
    const [row] = await tx.query<TicketView>(
      `${VIEW} FROM tickets t ${JOINS} WHERE t.workspace_id = $1 AND t.id = $2`,
      [workspaceId, id],
      'ticket_view',
    );
    return row && worded(row);
  }

  /** A contact's latest tickets, newest first, of those the caller may see. */
  async ofContact(tx: Tx, who: Principal, contactId: string, limit: number): Promise<TicketView[]> {
    const rule = visibleTickets(who, 't', 4);
    // $1 workspace, $2 contact, $3 how many, then what the rule needs
    const rows = await tx.query<TicketView>(
      `${VIEW} FROM tickets t ${JOINS} WHERE t.workspace_id = $1 AND t.contact_id = $2 AND ${rule.sql}
       ORDER BY t.created_at DESC, t.id DESC LIMIT $3`,
      [who.workspaceId, contactId, limit, ...rule.params],
    );
    return rows.map(worded);
  }

  /** A ticket's threads: its own first, then those that joined. */
  async threads(tx: Tx, workspaceId: string, conversationId: string, ticketId: string): Promise<TicketThread[]> {
    // $1 workspace, $2 the ticket's own conversation, $3 ticket
    const rows = await tx.query<Omit<TicketThread, 'holds'> & { standing: ChannelStanding }>(
      `SELECT c.id, c.handler, c.kind, c.id <> $2 AS joined,
         CASE WHEN i.unreachable_at >= coalesce(c.last_inbound_at, i.unreachable_at) THEN i.unreachable_at END AS "unreachableSince",
         jsonb_build_object('id', ch.id, 'kind', ch.kind, 'name', ch.name) AS channel,
         jsonb_build_object('id', k.id, 'name', coalesce(k.name, i.name)) AS contact,
         jsonb_build_object('now', now(), 'channelState', ch.state, 'channelReason', ch.state_reason,
           'pausedUntil', b.paused_until, 'pauseReason', b.reason) AS standing
       FROM (SELECT $2::uuid AS id UNION SELECT id FROM conversations WHERE workspace_id = $1 AND joined_ticket_id = $3) own
       JOIN conversations c ON c.workspace_id = $1 AND c.id = own.id
       JOIN contact_identities i ON i.workspace_id = $1 AND i.id = c.identity_id
       JOIN contacts k ON k.workspace_id = $1 AND k.id = c.contact_id
       JOIN channels ch ON ch.workspace_id = $1 AND ch.id = c.channel_id
       LEFT JOIN channel_budgets b ON b.workspace_id = $1 AND b.channel_id = c.channel_id
       ORDER BY c.id <> $2, c.id`,
      [workspaceId, conversationId, ticketId],
      'ticket_conversations',
    );
    return rows.map(({ standing, ...thread }) => ({ ...thread, holds: channelWait(standing) }));
  }

  /** What happened to a ticket, oldest first, after position `after`. */
  async timeline(tx: Tx, workspaceId: string, ticketId: string, after: number, limit: number): Promise<TimelineRow[]> {
    // $1 workspace, $2 ticket, $3 position, $4 how many
    const rows = await tx.query<
      Omit<TimelineRow, 'position' | 'actor'> & { position: string; actor: Actor; name: string | null }
    >(
      `SELECT e.position, e.at, e.type, e.actor, e.data,
         CASE e.actor->>'kind' WHEN 'agent' THEN a.name WHEN 'contact' THEN k.name END AS name
       FROM domain_events e
       LEFT JOIN agents a ON a.workspace_id = e.workspace_id
         AND a.id = CASE e.actor->>'kind' WHEN 'agent' THEN (e.actor->>'id')::uuid END
       LEFT JOIN contacts k ON k.workspace_id = e.workspace_id AND k.id = e.contact_id
       WHERE e.workspace_id = $1 AND e.ticket_id = $2 AND e.position > $3 ORDER BY e.position LIMIT $4`,
      [workspaceId, ticketId, after, limit],
      'ticket_timeline',
    );
    return rows.map(({ name, actor, ...row }) => ({
      ...row,
      position: Number(row.position),
      actor: { kind: actor.kind, id: actor.id ?? null, name },
    }));
  }
}
