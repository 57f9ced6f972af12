import type { DomainEvent, DomainEventData, DomainEventType } from '../outbox/domain-event';

export const FACT_KINDS = [
  'customer_message',
  'answer',
  'delivery_failed',
  'ticket_opened',
  'assigned',
  'offer_ended',
  'status_changed',
  'solved',
  'reopened',
  'priority_changed',
  'resolution_changed',
  'merged',
  'split',
  'handoff',
  'taken_from_bot',
  'sla_warned',
  'sla_met',
  'sla_breached',
  'moderated',
  'call_promised',
  'call_ended',
  'call_missed',
  'survey_asked',
  'survey_answered',
  'rule_ran',
] as const;
export type FactKind = (typeof FACT_KINDS)[number];

/** Who did it; `account` is our side by another tool. */
export type FactActor = 'agent' | 'bot' | 'contact' | 'account' | 'rule' | 'crm' | 'system';

/** One step of work as it is counted; what the ticket was like then is added when it is written. */
export interface Fact {
  kind: FactKind;
  at: Date;
  position: number;
  actor: FactActor;
  agentId: string | null;
  /** How long it had taken; null where nothing was measured. */
  took: { from: Date; to: Date } | null;
  value: number | null;
  detail: Record<string, unknown>;
}

/** Where a ticket stands: what the next fact is measured from. */
export interface Work {
  openedAt: Date;
  waitingSince: Date | null;
  /** The bot has answered what they wait for: their next word begins a new wait. */
  botAnswered: boolean;
  answeredAt: Date | null;
}

/** When a message was written, by the network and by us. */
export interface MessageTimes {
  networkAt: Date;
  receivedAt: Date;
  appliedAt: Date;
}

interface Counted {
  facts: Fact[];
  work: Work;
}

/** What a step is counted with: where the ticket stands, when the message was written, and a fact to fill in. */
interface Books {
  work: Work;
  times: MessageTimes | undefined;
  fact: (kind: FactKind, over?: Partial<Fact>) => Fact;
}

type Counting = { [T in DomainEventType]?: (event: DomainEvent<T>, books: Books) => Counted };

const only = ({ work }: Books, ...facts: Fact[]): Counted => ({ facts, work });

const COUNTING = {
  'message.received': (event, books) => {
    const { work, times, fact } = books;
    const { direction, opensWork } = event.data;
    if (direction === 'out') return answered(fact('answer', { actor: 'account' }), work, times?.receivedAt ?? event.at);
    const said = fact('customer_message', { actor: 'contact', value: opensWork ? 1 : 0 });
    if (!opensWork) return only(books, said);
    const wrote = times ? earlier(times.networkAt, times.receivedAt) : event.at;
    const since = work.waitingSince && !work.botAnswered ? earlier(work.waitingSince, wrote) : wrote;
    return { facts: [said], work: { ...work, waitingSince: since, botAnswered: false } };
  },
  'message.sent': ({ data, at }, books) =>
    data.author === 'system' || data.author === 'rule'
      ? only(books)
      : answered(books.fact('answer', { actor: data.author }), books.work, books.times?.appliedAt ?? at),
  'message.delivery_changed': ({ data }, books) =>
    data.to === 'failed' ? only(books, books.fact('delivery_failed', { detail: { code: data.code } })) : only(books),
  'message.hidden': (event, books) => moderated(event, books, 'hidden'),
  'message.unhidden': (event, books) => moderated(event, books, 'unhidden'),
  'message.deleted': (event, books) => moderated(event, books, 'deleted'),
  'ticket.opened': ({ data }, books) =>
    only(books, books.fact('ticket_opened', { detail: { position: data.position } })),
  'ticket.assigned': ({ data: { from, to, how }, at }, books) => {
    const since = books.work.waitingSince;
    const took = to && since ? { from: since, to: later(since, at) } : null;
    return only(books, books.fact('assigned', { agentId: to, took, value: to ? 1 : 0, detail: { how, from } }));
  },
  'ticket.offer_ended': ({ data: { agentId, how } }, books) =>
    only(books, books.fact('offer_ended', { agentId, detail: { how } })),
  'ticket.status_changed': ({ data, at }, books) => moved(data, at, books),
  'ticket.priority_changed': ({ data }, books) => only(books, books.fact('priority_changed', { detail: data })),
  'ticket.resolution_changed': ({ data }, books) => only(books, books.fact('resolution_changed', { detail: data })),
  'ticket.merged': (event, books) => merged(event, books, 1),
  'ticket.unmerged': (event, books) => merged(event, books, 0),
  'ticket.split': ({ data, ticketId }, books) =>
    data.from === ticketId ? only(books, books.fact('split', { detail: { into: data.into } })) : only(books),
  'conversation.handoff_requested': ({ data: { to, reason } }, books) =>
    only(books, books.fact('handoff', { detail: { to, reason } })),
  'conversation.handler_changed': ({ data: { to, reason } }, books) =>
    to === 'human' ? only(books, books.fact('taken_from_bot', { detail: { reason } })) : only(books),
  'ticket.sla_changed': ({ data: { why, clock } }, books) =>
    why === 'met' ? only(books, books.fact('sla_met', { detail: { clock } })) : only(books),
  'sla.warned': ({ data: { clock, percent } }, books) =>
    only(books, books.fact('sla_warned', { detail: { clock, percent } })),
  'sla.breached': ({ data: { clock } }, books) => only(books, books.fact('sla_breached', { detail: { clock } })),
  'call.promised': (_, books) => only(books, books.fact('call_promised')),
  'call.missed': (_, books) => only(books, books.fact('call_missed')),
  'call.ended': ({ data: { outcome, reached } }, books) =>
    only(books, books.fact('call_ended', { value: reached ? 1 : 0, detail: { outcome } })),
  'survey.asked': ({ data: { kind } }, books) => only(books, books.fact('survey_asked', { detail: { kind } })),
  'survey.answered': ({ data: { kind, score } }, books) =>
    only(books, books.fact('survey_answered', { value: score, detail: { kind } })),
  'rule.ran': ({ data: { ruleId } }, books) => only(books, books.fact('rule_ran', { detail: { ruleId } })),
} satisfies Counting;

export const COUNTED_TYPES = Object.keys(COUNTING) as (keyof typeof COUNTING)[];

/**
 * What an event adds to the books of its ticket.
 * @param times of the event's message, where it has one
 * @returns the facts, and where the ticket stands afterwards
 */
export function count(event: DomainEvent, work: Work, times: MessageTimes | undefined): Counted {
  const fact = (kind: FactKind, over: Partial<Fact> = {}): Fact => ({
    kind,
    at: event.at,
    position: event.position,
    actor: event.actor.kind,
    agentId: event.actor.kind === 'agent' ? (event.actor.id ?? null) : null,
    took: null,
    value: null,
    detail: {},
    ...over,
  });
  const counting = (COUNTING as Counting)[event.type] as ((event: DomainEvent, books: Books) => Counted) | undefined;
  return counting ? counting(event, { work, times, fact }) : { facts: [], work };
}

/** An answer ends the wait it finds; the bot's leaves it open for a person, and begins the next one at the next word. */
function answered(fact: Fact, work: Work, at: Date): Counted {
  const first = work.answeredAt === null;
  const took = work.waitingSince ? { from: work.waitingSince, to: later(work.waitingSince, at) } : null;
  const counted = { ...fact, took, detail: { first } };
  if (fact.actor === 'bot') return { facts: [counted], work: { ...work, botAnswered: work.waitingSince !== null } };
  return {
    facts: [counted],
    work: { ...work, waitingSince: null, botAnswered: false, answeredAt: work.answeredAt ?? at },
  };
}

function moved(
  { from, to, reason }: DomainEventData['ticket.status_changed'],
  at: Date,
  { work, fact }: Books,
): Counted {
  const facts = [fact('status_changed', { detail: { from, to, reason } })];
  const answeredOnce = work.answeredAt !== null;
  if (to === 'solved')
    facts.push(
      fact('solved', {
        took: { from: work.openedAt, to: later(work.openedAt, at) },
        detail: { answered: answeredOnce },
      }),
    );
  if (from === 'solved' && to !== 'closed') facts.push(fact('reopened', { detail: { reason } }));
  const over = to === 'solved' || to === 'closed';
  return { facts, work: over ? { ...work, waitingSince: null, botAnswered: false } : work };
}

/** What a customer takes back of their own is no moderation. */
const moderated = (event: DomainEvent, books: Books, action: string): Counted =>
  event.actor.kind === 'contact' ? only(books) : only(books, books.fact('moderated', { detail: { action } }));

/** Told on both tickets, counted on the one that went away or came back. */
const merged = (
  { data, ticketId }: DomainEvent<'ticket.merged' | 'ticket.unmerged'>,
  books: Books,
  value: number,
): Counted =>
  data.from === ticketId ? only(books, books.fact('merged', { value, detail: { into: data.into } })) : only(books);

const earlier = (a: Date, b: Date): Date => (a <= b ? a : b);
const later = (a: Date, b: Date): Date => (a >= b ? a : b);
