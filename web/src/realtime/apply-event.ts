import type { InfiniteData, QueryClient, QueryKey } from '@tanstack/react-query';
import { keys } from '../api/keys';
import { holdsUnsettled } from '../api/messages';
import type {
  Agent,
  ClientEvent,
  DeliveryState,
  Message,
  Page,
  Priority,
  Ticket,
  TicketDetail,
  TicketStatus,
} from '../api/types';

/** What an event means for the query cache: a fact small enough to write in, or something to read again. */
export type Effect =
  | { kind: 'refetch'; key: QueryKey }
  | { kind: 'ticket'; id: string; change: Partial<Pick<Ticket, 'status' | 'priority' | 'dueAt'>> }
  | { kind: 'delivery'; conversationId: string; messageId: string; delivery: NonNullable<Message['delivery']> }
  /** Read again where something of ours is on its way, and the open tickets of the channel. */
  | { kind: 'channel'; id: string | null }
  | { kind: 'presence'; agentId: string; state: Agent['presence'] };

const refetch = (key: QueryKey): Effect => ({ kind: 'refetch', key });
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Lists are ordered and filtered by the server: whatever may move a row asks for them again. */
const lists: readonly Effect[] = [refetch(keys.ticketLists), refetch(keys.counts)];

/** Pure: the effects of one event. An event of a kind we do not know has none. */
export function effectsOf(event: ClientEvent): Effect[] {
  const { type, data, ticketId, conversationId, contactId, messageId } = event;
  const messages = conversationId ? [refetch(keys.messages(conversationId))] : [];
  const timeline = ticketId ? [refetch(keys.timeline(ticketId))] : [];
  const ticket = ticketId ? [refetch(keys.ticket(ticketId))] : [];
  const contact = contactId ? [refetch(keys.contact(contactId))] : [];
  const whose = ticketId ? [refetch(keys.assignments(ticketId))] : [];
  const change = (values: Partial<Ticket>): Effect[] =>
    ticketId ? [{ kind: 'ticket', id: ticketId, change: values }] : [];

  switch (type) {
    case 'message.received':
    case 'message.sent':
    case 'message.deleted':
      return [...messages, ...ticket, ...timeline, ...lists];
    case 'message.noted':
    case 'message.edited':
      return [...messages, refetch(keys.ticketLists)];
    case 'message.hidden':
    case 'message.unhidden':
      return [...messages, ...timeline];
    case 'message.liked':
    case 'message.unliked':
    case 'message.attachments_changed':
    case 'message.edit_refused':
    case 'message.reacted':
    case 'bot.suggested':
    case 'bot.suggestion_settled':
      return messages;
    case 'bot.answered':
      return [...messages, ...timeline];
    case 'message.delivery_changed': {
      if (!conversationId || !messageId) return messages;
      // Why comes with its words, which only the message has.
      const delivery = { state: text(data.to) as DeliveryState, reason: null, code: text(data.code) };
      // Back in the queue: the whole channel may wait, which its ticket tells.
      const held = delivery.state === 'queued' ? ticket : [];
      return [
        { kind: 'delivery', conversationId, messageId, delivery },
        ...(text(data.reason) ? messages : []),
        ...held,
      ];
    }
    case 'conversation.opened':
      return [...lists];
    case 'conversation.post_described':
      return [...ticket, refetch(keys.ticketLists)];
    case 'conversation.handler_changed':
    case 'conversation.handoff_requested':
    case 'conversation.handoff_expired':
      return [...ticket, ...timeline, refetch(keys.handoffs)];
    case 'ticket.opened':
      return [...lists, ...contact];
    case 'ticket.status_changed':
      return [...change({ status: text(data.to) as TicketStatus }), ...ticket, ...timeline, ...lists, ...contact];
    case 'ticket.priority_changed':
      return [...change({ priority: text(data.to) as Priority }), ...timeline, refetch(keys.ticketLists)];
    case 'ticket.assigned':
      return [...ticket, ...timeline, ...lists, ...whose, refetch(keys.agents), refetch(keys.offers)];
    case 'ticket.moved':
    case 'ticket.queued':
      return [...ticket, ...timeline, ...lists, ...whose];
    case 'ticket.offered':
    case 'ticket.offer_ended':
      return [refetch(keys.offers), ...whose, ...lists];
    case 'ticket.changed':
    case 'ticket.tags_changed':
    case 'ticket.followers_changed':
    case 'ticket.resolution_changed':
    case 'ticket.linked':
    case 'ticket.unlinked':
      return [...ticket, ...timeline, refetch(keys.ticketLists)];
    case 'ticket.repeated':
      return [...ticket, ...messages];
    case 'ticket.snoozed':
    case 'ticket.woken':
      return [...ticket, ...timeline, ...lists];
    case 'ticket.merged':
    case 'ticket.unmerged':
    case 'ticket.split':
    case 'conversation.joined':
    case 'conversation.merged':
    case 'conversation.continued':
      return [...ticket, ...timeline, ...messages, ...contact, ...lists, refetch(keys.handoffs)];
    case 'ticket.bulk_progress': {
      const id = text(data.batchId);
      return id ? [refetch(keys.ticketBatch(id))] : [];
    }
    case 'call.promised':
    case 'call.rescheduled':
    case 'call.claimed':
    case 'call.started':
    case 'call.ended':
    case 'call.missed':
    case 'call.cancelled':
    case 'call.released':
    case 'call.failed':
    case 'call.updated':
      return [refetch(keys.calls), ...messages, ...timeline];
    case 'identity.checked':
      return [refetch(keys.identityChecks), refetch(keys.handoffs), refetch(keys.calls), ...timeline];
    case 'survey.asked':
    case 'survey.answered':
      return [...(ticketId ? [refetch(keys.survey(ticketId))] : []), ...messages, ...timeline];
    case 'agent.notified':
    case 'agent.notice_settled':
      return [refetch(keys.notifications)];
    case 'rule.ran':
      return timeline;
    case 'ticket.sla_changed':
      return [
        ...change({ dueAt: text(data.dueAt) }),
        ...(ticketId ? [refetch(keys.sla(ticketId))] : []),
        refetch(keys.ticketLists),
      ];
    case 'sla.warned':
    case 'sla.escalated':
      return [...(ticketId ? [refetch(keys.sla(ticketId))] : []), ...timeline];
    case 'sla.breached':
      return [...(ticketId ? [refetch(keys.sla(ticketId))] : []), ...timeline, refetch(keys.counts)];
    case 'contact.changed':
      return [...contact, refetch(keys.ticketLists), ...ticket];
    case 'contact.told_apart':
    case 'contact.verdict_lifted':
      return [refetch(keys.contacts)];
    case 'contact.merged':
    case 'contact.unmerged':
      return [refetch(keys.contacts), refetch(keys.everyTicket), refetch(keys.ticketLists)];
    case 'crm.linked':
    case 'crm.synced':
    case 'crm.trouble':
      return [...(contactId ? contact : [refetch(keys.contacts)]), refetch(keys.crm)];
    case 'channel.state_changed':
      return [{ kind: 'channel', id: text(data.channelId) }, ...effectsOf({ ...event, type: 'channel.connected' })];
    case 'channel.connected':
    case 'channel.alarm_raised':
    case 'channel.alarm_cleared': {
      const id = text(data.channelId);
      return [refetch(keys.channels), ...(id ? [refetch(keys.channelHealth(id))] : [])];
    }
    case 'notice.queued':
    case 'notice.delivery_changed': {
      const id = text(data.channelId);
      return id ? [refetch(keys.notices(id))] : [];
    }
    case 'moderation.progress': {
      const id = text(data.batchId);
      return id ? [refetch(keys.batch(id))] : [];
    }
    case 'presence.changed': {
      const agentId = text(data.agentId);
      return agentId
        ? [{ kind: 'presence', agentId, state: text(data.to) as Agent['presence'] }, refetch(keys.presence)]
        : [];
    }
    case 'job.parked':
      return [refetch(keys.jobs)];
    default:
      return [];
  }
}

type Pages<T> = InfiniteData<Page<T>>;

const mapPages = <T>(data: Pages<T>, change: (item: T) => T): Pages<T> => ({
  ...data,
  pages: data.pages.map((page) => ({ ...page, items: page.items.map(change) })),
});

/** Writes a small change of one ticket wherever the cache shows it. */
export function patchTicket(client: QueryClient, id: string, change: Partial<Ticket>): void {
  client.setQueriesData<Pages<Ticket>>(
    { queryKey: keys.ticketLists },
    (data) => data && mapPages(data, (ticket) => (ticket.id === id ? { ...ticket, ...change } : ticket)),
  );
  client.setQueryData<TicketDetail>(keys.ticket(id), (ticket) => ticket && { ...ticket, ...change });
}

/** Writes a change of one message into its conversation. */
export function patchMessage(client: QueryClient, conversationId: string, id: string, change: Partial<Message>): void {
  client.setQueryData<Pages<Message>>(
    keys.messages(conversationId),
    (data) => data && mapPages(data, (message) => (message.id === id ? { ...message, ...change } : message)),
  );
}

/** Writes who is there into the list of agents. */
export function patchPresence(client: QueryClient, agentId: string, presence: Agent['presence']): void {
  client.setQueryData<Agent[]>(keys.agents, (agents) =>
    agents?.map((agent) => (agent.id === agentId ? { ...agent, presence } : agent)),
  );
}

type Fact = Exclude<Effect, { kind: 'refetch' | 'channel' }>;

/** What shows how a channel stands to somebody who answers there. */
function shownOf(client: QueryClient, channelId: string | null): QueryKey[] {
  const threads = client.getQueriesData<Pages<Message>>({ queryKey: keys.everyMessage });
  const tickets = client.getQueriesData<TicketDetail>({ queryKey: keys.everyTicket });
  return [
    ...threads.filter(([, data]) => holdsUnsettled(data)),
    ...tickets.filter(([, ticket]) => ticket?.conversations?.some(({ channel }) => channel.id === channelId)),
  ].map(([key]) => key);
}

function write(client: QueryClient, effect: Fact): void {
  if (effect.kind === 'ticket') patchTicket(client, effect.id, effect.change);
  else if (effect.kind === 'delivery')
    patchMessage(client, effect.conversationId, effect.messageId, { delivery: effect.delivery });
  else patchPresence(client, effect.agentId, effect.state);
}

/** Where a small fact is written. */
function keysOf(effect: Fact): QueryKey[] {
  if (effect.kind === 'ticket') return [keys.ticketLists, keys.ticket(effect.id)];
  return effect.kind === 'delivery' ? [keys.messages(effect.conversationId)] : [keys.agents];
}

export interface Scheduler {
  /** Runs once, at the next frame or soon when the page is hidden. */
  soon(run: () => void): void;
  later(run: () => void, ms: number): void;
}

// Under a storm the same list is asked for at most this often; a person cannot read faster.
const REFETCH_EVERY_MS = 400;

/**
 * Applies events to the cache. Facts are written at once; re-reads are gathered, made unique and asked for once a frame.
 * A query that is being fetched is asked again after it has come back, since its answer may be older than the event:
 * restarting it on each event would starve it.
 */
export class EventApplier {
  private readonly pending = new Map<string, QueryKey>();
  private scheduled = false;

  constructor(
    private readonly client: QueryClient,
    private readonly scheduler: Scheduler,
  ) {}

  apply(events: readonly ClientEvent[]): void {
    for (const event of events) {
      for (const effect of effectsOf(event)) {
        if (effect.kind === 'refetch') this.pending.set(JSON.stringify(effect.key), effect.key);
        else if (effect.kind === 'channel')
          for (const key of shownOf(this.client, effect.id)) this.pending.set(JSON.stringify(key), key);
        else {
          write(this.client, effect);
          // An answer on its way may have been given before the event, and would undo what was just written.
          for (const key of keysOf(effect))
            if (this.client.isFetching({ queryKey: key }) > 0) this.pending.set(JSON.stringify(key), key);
        }
      }
    }
    if (this.pending.size > 0 && !this.scheduled) {
      this.scheduled = true;
      this.scheduler.soon(this.flush);
    }
  }

  /** After a resync nothing in the cache can be trusted to be new. */
  forgetEverything(): void {
    this.pending.clear();
    void this.client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== keys.session[0] });
  }

  private readonly flush = (): void => {
    for (const [name, queryKey] of this.pending) {
      if (this.client.isFetching({ queryKey }) > 0) continue;
      this.pending.delete(name);
      void this.client.invalidateQueries({ queryKey });
    }
    // Stay scheduled for a while even when empty: the next burst is gathered instead of asked for one by one.
    this.scheduler.later(() => {
      if (this.pending.size > 0) this.flush();
      else this.scheduled = false;
    }, REFETCH_EVERY_MS);
  };
}
