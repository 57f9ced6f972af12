import type { InboundEvent } from '../../inbox/conversations/inbound-event';

/** What a pull brought, as it is stored: the network's words, and from when on its messages are work. */
export interface Pulled {
  pulled: unknown;
  /** Messages older than this are filed as history; null: everything is work, as if it had been pushed. */
  workSince: Date | null;
}

export function sealPulled(pulled: unknown, workSince: Date | null): Buffer {
  return Buffer.from(JSON.stringify({ pulled, workSince: workSince?.toISOString() ?? null }));
}

/** @throws SyntaxError on bytes that `sealPulled` did not make */
export function openPulled(body: Buffer): Pulled {
  const { pulled, workSince } = JSON.parse(body.toString('utf8')) as { pulled: unknown; workSince: string | null };
  return { pulled, workSince: workSince === null ? null : new Date(workSince) };
}

/**
 * Takes the work out of what is history: messages from before `workSince`, and messages that an answer of ours follows in
 * the same reading. Everything is still filed; nobody is asked to answer what was answered or is long past.
 */
export function asHistory(events: readonly InboundEvent[], workSince: Date | null): InboundEvent[] {
  if (workSince === null) return [...events];
  const answeredAt = new Map<string, number>();
  for (const e of events) {
    if (e.type !== 'message' || e.direction !== 'out') continue;
    answeredAt.set(e.threadKey, Math.max(answeredAt.get(e.threadKey) ?? -Infinity, instant(e)));
  }
  return events.map((e) => {
    if (e.type !== 'message') return e;
    const at = instant(e);
    const answered = e.direction === 'in' && at <= (answeredAt.get(e.threadKey) ?? -Infinity);
    const past = at < workSince.getTime() || answered;
    return past ? { ...e, opensWork: false } : e;
  });
}

/** A message without a time is as new as it can be. */
const instant = ({ occurredAt }: InboundEvent): number => {
  const at = occurredAt === undefined ? NaN : Date.parse(occurredAt);
  return Number.isNaN(at) ? Infinity : at;
};
