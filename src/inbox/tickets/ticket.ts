import { DomainError } from '../../platform/errors';

export const TICKET_STATUSES = ['new', 'open', 'pending', 'on_hold', 'solved', 'closed'] as const;
export type TicketStatus = (typeof TICKET_STATUSES)[number];

/** Under work: a conversation has at most one such ticket (`tickets_one_active`). */
export const ACTIVE_STATUSES = ['new', 'open', 'pending', 'on_hold'] as const satisfies readonly TicketStatus[];

/** Our turn: these tickets wait in queues and fill an agent's capacity. */
export const OWED_STATUSES = ['new', 'open'] as const satisfies readonly TicketStatus[];

export const TICKET_PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;
export type TicketPriority = (typeof TICKET_PRIORITIES)[number];

export type ThreadKind = 'comment' | 'dm';

/** The unit of work, as its rules see it. */
export interface Ticket {
  workspaceId: string;
  id: string;
  number: number;
  /** 1 for the conversation's first ticket, 2 for the next … */
  position: number;
  conversationId: string;
  contactId: string;
  channelId: string;
  brandId: string;
  teamId: string | null;
  /** Which of the team's queues it waits in; null: the team's own. */
  queueId: string | null;
  assigneeId: string | null;
  assignedAt: Date | null;
  /** Whose screen asks for it; counts only while nobody holds it and it is our turn. */
  offeredTo: string | null;
  kind: ThreadKind;
  /** What answering it is like (`comment`, `dm`, `letter`, `call` …), for capacity and handling times. */
  workType: string;
  status: TicketStatus;
  priority: TicketPriority;
  waitingSince: Date | null;
  dueAt: Date | null;
  firstRespondedAt: Date | null;
  lastMessageAt: Date;
  solvedAt: Date | null;
  closedAt: Date | null;
  subject: string;
  /** `fa`, `en` … as far as it is known. */
  language: string | null;
  type: string | null;
  tags: readonly string[];
  /** Custom fields by key. */
  fields: Readonly<Record<string, unknown>>;
  /** How it ended, where that is more than solved. */
  resolution: string | null;
  snoozedUntil: Date | null;
  /** What wakes it besides its time, while it is snoozed: `reply` always, `crm`. Empty: it is not. */
  wakeOn: readonly string[];
  /** The ticket in which its work is done. */
  mergedIntoId: string | null;
  /** The incident it belongs to. */
  parentId: string | null;
  /** How long such work usually takes an agent, milliseconds. */
  handlingMs: number;
  version: number;
  createdAt: Date;
}

/** What may follow what. A closed ticket is history: the customer's next message opens a new one. */
export const LIFE: Record<TicketStatus, readonly TicketStatus[]> = {
  new: ['open', 'pending', 'on_hold', 'solved'],
  open: ['pending', 'on_hold', 'solved'],
  pending: ['open', 'on_hold', 'solved'],
  on_hold: ['open', 'pending', 'solved'],
  solved: ['open', 'closed'],
  closed: [],
};

const includes = (statuses: readonly TicketStatus[], status: TicketStatus) => statuses.includes(status);

export const isActive = (status: TicketStatus): boolean => includes(ACTIVE_STATUSES, status);

export const isOwed = (status: TicketStatus): boolean => includes(OWED_STATUSES, status);

/** On somebody's screen, to be accepted or passed on. */
export const isOffered = (ticket: Pick<Ticket, 'offeredTo' | 'assigneeId' | 'status'>): boolean =>
  ticket.offeredTo !== null && ticket.assigneeId === null && isOwed(ticket.status);

/**
 * The ticket in its next status; the same object when it is already there.
 * @throws DomainError `invalid_transition`
 */
export function moveTicket<T extends Pick<Ticket, 'status' | 'solvedAt' | 'closedAt'>>(
  ticket: T,
  to: TicketStatus,
  now: Date,
): T {
  if (ticket.status === to) return ticket;
  if (!includes(LIFE[ticket.status], to)) {
    throw new DomainError('invalid_transition', refusal(ticket.status, to), {
      from: ticket.status,
      to,
      allowed: LIFE[ticket.status],
    });
  }
  if (to === 'solved') return { ...ticket, status: to, solvedAt: now };
  if (to === 'closed') return { ...ticket, status: to, closedAt: now };
  return { ...ticket, status: to, solvedAt: null };
}

function refusal(from: TicketStatus, to: TicketStatus): string {
  if (from === 'closed')
    return 'A closed ticket cannot be reopened; the next message of the customer starts a new one.';
  if (to === 'closed') return 'Only a solved ticket can be closed; solve it first.';
  return `A ticket that is ${from} can become ${LIFE[from].join(', ')}, not ${to}.`;
}

/**
 * Where a customer's message leaves the conversation's last ticket, or null when the message starts a new ticket.
 * A ticket nobody has opened yet stays `new`; one that waited for the customer comes back to us.
 * @param reopenWithinMs how long after being solved a ticket takes further messages
 */
export function afterCustomerMessage(
  status: TicketStatus,
  solvedAt: Date | null,
  now: Date,
  reopenWithinMs: number,
): TicketStatus | null {
  switch (status) {
    case 'new':
    case 'open':
      return status;
    case 'pending':
    case 'on_hold':
      return 'open';
    case 'solved':
      return solvedAt !== null && now.getTime() - solvedAt.getTime() <= reopenWithinMs ? 'open' : null;
    case 'closed':
      return null;
  }
}
