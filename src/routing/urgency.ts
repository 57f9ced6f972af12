import type { TicketPriority } from '../inbox/tickets/ticket';
import type { Waiting } from './work';

const MINUTE = 60_000;

/**
 * Some work goes before other work of the same slack, as if it had this much less. A head start, not a class of its own:
 * at overload, when all are answered at the last moment, these are answered that much before it; and a VIP with hours
 * to spare takes nobody's last minute.
 */
const HEAD_START_MS: Record<TicketPriority, number> = { urgent: 30 * MINUTE, high: 10 * MINUTE, normal: 0, low: 0 };
const VIP_HEAD_START_MS = 20 * MINUTE;

/** What was promised nothing goes, among what is late, as if it had come this much later. */
const UNPROMISED_MS = 24 * 60 * MINUTE;

/** Milliseconds to spare if work began now; negative when it cannot be in time; null when nothing is due. */
export const slackMs = (ticket: Waiting, now: Date): number | null =>
  ticket.dueAt === null ? null : ticket.dueAt.getTime() - ticket.handlingMs - now.getTime();

/** The last instant to begin and be in time. */
export const latestStart = (ticket: Waiting): number =>
  ticket.dueAt === null ? Infinity : ticket.dueAt.getTime() - ticket.handlingMs;

/** Work that can be in time goes by this, least first. It does not change while the ticket waits. */
export const inTimeRank = (ticket: Waiting): number =>
  latestStart(ticket) - HEAD_START_MS[ticket.priority] - (ticket.vip ? VIP_HEAD_START_MS : 0);

/** What is late or was promised nothing goes by this, least first: late VIPs and urgent ones, then who waits longest. */
export const behindRank = (ticket: Waiting): readonly [class_: number, since: number] => {
  const since = ticket.waitingSince.getTime();
  if (ticket.dueAt === null) return [1, since + UNPROMISED_MS];
  return [ticket.vip || ticket.priority === 'urgent' ? 0 : 1, since];
};
