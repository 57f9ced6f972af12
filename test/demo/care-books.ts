import type { ApiClient } from '../support/api-client';
import type { CareDesk } from './care-desk';
import { SURVEY_WORDS } from './chat-visitor';
import type { Played } from './day';
import type { Scores } from './scores';
import type { Message, Page, PromisedCall, Ticket } from './shapes';

const SPAN_MS = 86_400_000;
const ROUTED = 'push';
const A_SCORE = /^[1-5۱-۵]$/;

/** One step of work as reports count it. */
export interface Fact {
  kind: string;
  ticketId: string | null;
  actor: string;
  value: number | null;
  detail: Record<string, unknown>;
}

interface Notification {
  id: string;
  kind: string;
}

interface Assignment {
  what: string;
  how: string;
  why: Record<string, unknown>;
}

interface Receipt {
  outcome: string;
}

/** What the product says of the work itself, each read from another place. */
export interface CareBooks {
  facts: readonly Fact[];
  surveys: { asked: number; answers: number };
  calls: readonly PromisedCall[];
  alarms: readonly Notification[];
  /** The tickets somebody was told of as late; one notification tells of many in a storm. */
  escalated: ReadonlySet<string>;
  /** What the router gave to somebody. */
  given: readonly Assignment[];
  /** Times a rule did something. */
  ruleRuns: number;
}

type Every = <T>(owner: ApiClient, path: string, cursorName: string, first?: string | null) => Promise<T[]>;

export async function readCare(owner: ApiClient, care: CareDesk, every: Every): Promise<CareBooks> {
  const { csat } = await owner.get<{ csat: { asked: number; answers: number } }>('/surveys');
  const { items: rules } = await owner.get<Page<{ id: string }>>('/rules');
  const receipts = await Promise.all(rules.map(({ id }) => every<Receipt>(owner, `/rules/${id}/receipts`, 'cursor')));
  const facts = await every<Fact>(owner, factsPath(), 'cursor');
  const routed = facts.filter(({ kind, detail }) => kind === 'assigned' && detail['how'] === ROUTED);
  const tickets = [...new Set(routed.map(({ ticketId }) => ticketId))];
  const assignments = await Promise.all(
    tickets.map((id) => owner.get<Page<Assignment>>(`/tickets/${id}/assignments?limit=200`)),
  );
  const alarms = await every<Notification>(owner, '/notifications', 'cursor');
  const late = alarms.filter(({ kind }) => kind === 'sla.escalated');
  const told = await Promise.all(late.map(({ id }) => every<Ticket>(owner, `/tickets?notice=${id}`, 'cursor')));
  return {
    facts,
    given: assignments.flatMap(({ items }) => items.filter(({ what, how }) => what === 'assigned' && how === ROUTED)),
    surveys: csat,
    calls: await Promise.all(care.promised.map((id) => owner.get<PromisedCall>(`/calls/${id}`))),
    alarms,
    escalated: new Set(told.flat().map(({ id }) => id)),
    ruleRuns: receipts.flat().filter(({ outcome }) => outcome === 'ran').length,
  };
}

const factsPath = () => {
  const [from, to] = [-SPAN_MS, SPAN_MS].map((ms) => new Date(Date.now() + ms).toISOString());
  return `/reports/facts?from=${from}&to=${to}`;
};

/** Compares what reports count with what was done, and each promise with how it ended. @returns lines for the reader */
export function tallyCare(
  { facts, given, surveys, calls, alarms, escalated, ruleRuns }: CareBooks,
  done: { tickets: readonly Ticket[]; messages: readonly Message[]; played: Played; care: CareDesk; scores: Scores },
  check: (holds: boolean, problem: string) => void,
): string[] {
  const { tickets, messages, played, care, scores } = done;
  const counted = (kind: string) => facts.filter((fact) => fact.kind === kind);
  const agrees = (kind: string, count: number, what: string) =>
    check(counted(kind).length === count, `${count} ${what}, and ${counted(kind).length} facts of ${kind}`);

  const isAnswer = ({ direction, author }: Message) =>
    direction === 'out' && author.kind !== 'system' && author.kind !== 'rule';
  agrees('customer_message', messages.filter(({ direction }) => direction === 'in').length, 'messages of customers');
  agrees('answer', messages.filter(isAnswer).length, 'answers');
  agrees('ticket_opened', tickets.length, 'tickets');
  agrees('rule_ran', ruleRuns, 'receipts of rules that ran');
  agrees('merged', care.merged, 'merges');
  agrees('call_promised', care.promised.length, 'promised calls');

  const asks = messages.filter(({ author, text }) => author.kind === 'system' && SURVEY_WORDS.test(text));
  agrees('survey_asked', asks.length, 'surveys that customers saw or wait for');
  check(surveys.asked === asks.length, `${asks.length} surveys were sent, ${surveys.asked} are in the results`);
  const contactOf = new Map(tickets.map(({ conversationId, contact }) => [conversationId, contact.id]));
  const askedTwice = asks.length - new Set(asks.map((ask) => contactOf.get(ask.conversationId))).size;
  check(askedTwice === 0, `${askedTwice} customers were asked twice how it was`);
  agrees('survey_answered', surveys.answers, 'answers to surveys');
  // a number is a score only as the very next word after the question: by then they may be talking of something else
  const afterwards = (ask: Message) =>
    messages
      .filter((m) => m.conversationId === ask.conversationId && m.seq > ask.seq && m.direction !== 'note')
      .reduce<Message | undefined>((first, m) => (first && first.seq < m.seq ? first : m), undefined);
  const said = asks.filter((ask) => {
    const next = afterwards(ask);
    return next?.direction === 'in' && A_SCORE.test(next.text);
  }).length;
  check(surveys.answers === said, `${said} customers said how it was, ${surveys.answers} are kept`);
  check(said <= scores.given, `${scores.given} scores were written, ${said} were found`);

  const routed = counted('assigned').filter(({ detail }) => detail['how'] === ROUTED).length;
  check(given.length === routed, `the router gave ${given.length} tickets, ${routed} are counted`);
  const unexplained = given.filter(({ why }) => Object.keys(why).length === 0).length;
  check(unexplained === 0, `${unexplained} tickets were given without a reason`);

  const ofState = (state: string) => calls.filter((call) => call.state === state).length;
  const kept = counted('call_ended').filter(({ value }) => value === 1).length;
  check(kept === ofState('completed'), `${ofState('completed')} calls were made, ${kept} are counted as kept`);
  const missed = counted('call_missed').map(({ ticketId }) => ticketId);
  check(missed.length === new Set(missed).size, 'a promise was missed twice');

  const late = counted('sla_breached');
  const unheard = new Set(late.map(({ ticketId }) => ticketId).filter((id) => id !== null && !escalated.has(id)));
  check(
    late.length >= played.lateLetters,
    `${played.lateLetters} letters came too late, ${late.length} breaches stand`,
  );
  check(unheard.size === 0, `nobody was told of ${unheard.size} late tickets`);

  const asleep = tickets.filter(({ snoozedUntil }) => snoozedUntil !== null).length;
  return [
    `given by the router     ${given.length}, each with its reason`,
    `rules ran               ${ruleRuns} times`,
    `went on by e-mail       ${care.mailThreads.length}`,
    `calls promised          ${care.promised.length}, of them kept ${kept}, missed ${missed.length}`,
    `asked how it was        ${asks.length}, of them answered ${surveys.answers}`,
    `late                    ${late.length} clocks, told to ${alarms.length} notifications`,
    `merged                  ${care.merged}, laid aside ${care.snoozed}, of them asleep ${asleep}`,
    `facts                   ${facts.length}`,
  ];
}
