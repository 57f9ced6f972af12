import { Injectable } from '@nestjs/common';
import { type CalendarBook, Calendars } from '../calendars/calendars';
import type { Ticket } from '../inbox/tickets/ticket';
import type { Tx } from '../platform/database';
import { uuidv7 } from '../platform/ids';
import type { ClockContext } from './facts';
import { PoliciesRepository } from './policies.repository';
import { choosePolicy, defaultPolicy, type PolicyFacts, type SlaPolicy } from './policy';

/** What policies are chosen by, as far as the ticket carries it. */
export type Describable = Pick<
  Ticket,
  'channelId' | 'contactId' | 'kind' | 'brandId' | 'language' | 'priority' | 'tags' | 'teamId'
> & { queueId?: string | null };

/** What tickets' clocks are computed with: policies, calendars, and what tickets do not carry themselves. */
export interface ClockWorld {
  policies: readonly SlaPolicy[];
  book: CalendarBook;
  contextOf(ticket: Describable): ClockContext;
}

interface Parts {
  policies: readonly SlaPolicy[];
  book: CalendarBook;
  /** A queue whose hours are another calendar's than its row says; null: it is always open. */
  queue?: { id: string; calendarId: string | null };
}

/** Replaces part of the world, to see what would be. */
export type What = (parts: Parts) => Parts;

@Injectable()
export class ClockContexts {
  constructor(
    private readonly policies: PoliciesRepository,
    private readonly calendars: Calendars,
  ) {}

  async read(
    tx: Tx,
    workspaceId: string,
    tickets: readonly Describable[],
    what: What = (parts) => parts,
  ): Promise<ClockWorld> {
    const known = await this.policies.list(tx, workspaceId);
    const { policies, book, queue } = what({ policies: known, book: await this.calendars.book(tx, workspaceId) });
    const channels = [...new Set(tickets.map((ticket) => ticket.channelId))];
    const kinds = await this.policies.channelKinds(tx, workspaceId, channels);
    const contacts = [...new Set(tickets.map((ticket) => ticket.contactId))];
    const askForTiers = policies.some(({ conditions }) => (conditions.tiers?.length ?? 0) > 0);
    const tiers = askForTiers ? await this.policies.tiers(tx, workspaceId, contacts) : new Map<string, string | null>();
    const describe = (ticket: Describable): PolicyFacts => ({
      channelKind: kinds.get(ticket.channelId) ?? '',
      threadKind: ticket.kind,
      brandId: ticket.brandId,
      tier: tiers.get(ticket.contactId) ?? null,
      language: ticket.language,
      priority: ticket.priority,
      tags: ticket.tags,
      teamId: ticket.teamId,
      queueId: ticket.queueId ?? null,
    });
    const byQueue = policies.some(({ hours }) => hours === 'queue');
    const queueCalendars = byQueue ? await this.policies.queueCalendars(tx, workspaceId) : new Map<string, string>();
    if (queue?.calendarId) queueCalendars.set(queue.id, queue.calendarId);
    else if (queue) queueCalendars.delete(queue.id);
    const calendarOf: ClockContext['calendarOf'] = ({ hours, calendarId }, { queueId }) =>
      book.find((hours === 'queue' && queueId ? queueCalendars.get(queueId) : null) ?? calendarId);
    return {
      policies,
      book,
      contextOf: (ticket) => ({
        described: describe(ticket),
        policyFor: (facts) => choosePolicy(policies, facts) ?? defaultPolicy(workspaceId),
        policyById: (id) => policies.find((policy) => policy.id === id),
        calendarOf,
        calendarById: (id) => book.find(id),
        newId: uuidv7,
      }),
    };
  }

  /** Whether any policy counts by the hours of queues. */
  async countByQueue(tx: Tx, workspaceId: string): Promise<boolean> {
    return (await this.policies.list(tx, workspaceId)).some(({ hours }) => hours === 'queue');
  }

  /** The same, with the default policy made where there is none yet. */
  async readOrBegin(tx: Tx, workspaceId: string, tickets: readonly Describable[]): Promise<ClockWorld> {
    const world = await this.read(tx, workspaceId, tickets);
    if (world.policies.length > 0) return world;
    await this.policies.save(tx, workspaceId, defaultPolicy(workspaceId), true);
    return this.read(tx, workspaceId, tickets);
  }
}
