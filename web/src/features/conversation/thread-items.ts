import type { Message, TimelineEntry } from '../../api/types';

export type ThreadItem =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'events'; key: string; entries: TimelineEntry[] }
  /** `again`: the same said again right after it, in this order. */
  | { kind: 'message'; key: string; message: Message; continued: boolean; again: Message[] };

// What a bubble already shows (a ticket opens with its first message), and what only machines care for.
const NOT_TOLD =
  /^(message\.|bot\.|ticket\.(opened|sla_changed|queued|idled|repeated|bulk_progress)$|crm\.synced$|conversation\.opened$|presence\.|job\.|agent\.|call\.updated$|survey\.asked$)/;
const SAME_BREATH_MS = 5 * 60_000;

const sameVoice = (a: Message, b: Message) =>
  a.direction === b.direction &&
  a.visibility === b.visibility &&
  a.author.kind === b.author.kind &&
  a.author.id === b.author.id &&
  Date.parse(b.networkAt) - Date.parse(a.networkAt) < SAME_BREATH_MS;

const saysAgain = (a: Message, b: Message) =>
  a.direction === 'in' && b.direction === 'in' && !!a.repeats && a.repeats.firstMessageId === b.repeats?.firstMessageId;

/**
 * The thread as drawn: messages in their order, a separator for each calendar day, what happened to the ticket between
 * them. `dayOf` names the calendar day of an instant. `complete` says that the conversation is loaded from its start;
 * otherwise events older than the first message are left for when it is.
 */
export function threadItems(
  messages: readonly Message[],
  timeline: readonly TimelineEntry[],
  complete: boolean,
  dayOf: (at: string) => string,
): ThreadItem[] {
  const first = messages[0];
  const told = timeline
    .filter((entry) => !NOT_TOLD.test(entry.type) && (complete || !first || entry.at >= first.receivedAt))
    .toSorted((a, b) => a.position - b.position);
  const items: ThreadItem[] = [];
  let day = '';
  let next = 0;

  const eventsUntil = (instant: string | null) => {
    const from = next;
    while (next < told.length && (instant === null || (told[next]?.at ?? '') < instant)) next += 1;
    const entries = told.slice(from, next);
    if (entries[0]) items.push({ kind: 'events', key: `events-${entries[0].position}`, entries });
  };

  messages.forEach((message, index) => {
    const today = dayOf(message.networkAt);
    if (today !== day) items.push({ kind: 'day', key: `day-${today}-${message.id}`, at: message.networkAt });
    const before = items.length;
    eventsUntil(message.receivedAt);
    const previous = messages[index - 1];
    const continued =
      previous !== undefined && items.length === before && today === day && sameVoice(previous, message);
    day = today;
    const last = items.at(-1);
    if (last?.kind === 'message' && saysAgain(last.message, message)) last.again.push(message);
    else items.push({ kind: 'message', key: message.id, message, continued, again: [] });
  });
  eventsUntil(null);
  return items;
}

/** Place of the last answer one of us gave; 0 before the first. What failed to go out answers nobody. */
export const lastAnswerSeq = (messages: readonly Message[]): number =>
  messages.findLast(
    ({ direction, author, delivery }) => direction === 'out' && author.kind === 'agent' && delivery?.state !== 'failed',
  )?.seq ?? 0;
