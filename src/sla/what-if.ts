import { Injectable } from '@nestjs/common';
import type { BusinessCalendar } from '../calendars/calendar';
import { type CalendarBook, Calendars } from '../calendars/calendars';
import { applyChange, type CalendarChange } from '../calendars/change';
import type { Principal } from '../identity/principal';
import { Clock as Time } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { DomainError, notFound } from '../platform/errors';
import { ClockContexts, type What } from './clock-contexts';
import { type Clock, type ClockContext, newClock } from './facts';
import type { PolicyContent } from './policies.service';
import { PoliciesRepository } from './policies.repository';
import {
  choosePolicy,
  type ClockKind,
  defaultPolicy,
  inOrder,
  type PolicyConditions,
  type PolicyFacts,
  type SlaPolicy,
  unmet,
} from './policy';
import { restate } from './recompute';
import { SlaRepository, type Stale } from './sla.repository';
import { type ExplainedClock, explained } from './sla.service';
import { type Step, stepsOf } from './ticket-clocks';

export type Change =
  | { calendarId: string; calendar: CalendarChange }
  | { policyId: string; policy: Partial<PolicyContent> }
  | { queueId: string; queue: { calendarId: string | null } };

export interface Preview {
  /** Open clocks that were looked at. */
  clocks: number;
  /** False when there are more than are looked at in one go: the counts are of the oldest. */
  complete: boolean;
  moved: number;
  newlyBreached: number;
  noLongerBreached: number;
  examples: { ticketId: string; number: number; clock: ClockKind; dueAt: Date | null; newDueAt: Date | null }[];
}

/** A comment or message that might come. */
export interface Arrival extends PolicyFacts {
  arrivedAt: Date;
}

export interface Draft {
  /** Looked at as if it were saved, in its rank; `id`: instead of that one. */
  policy?: PolicyContent & { id?: string };
  calendar?: { id: string; change: CalendarChange };
}

export interface DryRun {
  policy: { id: string | null; name: string; rank: number };
  /** Those looked at before it, with what does not hold; those after it were not asked. */
  others: { id: string | null; name: string; rank: number; unmet: (keyof PolicyConditions)[]; asked: boolean }[];
  clocks: (ExplainedClock & { steps: Step[] })[];
}

const PAGE = 1_000;
const MOST_CLOCKS = 20_000; // two seconds or so; beyond that a sample says enough
const EXAMPLES = 20;
const DRAFT_ID = '00000000-0000-0000-0000-000000000000';

/** What changes would do, and what would be due when: nothing here is saved. */
@Injectable()
export class WhatIf {
  constructor(
    private readonly database: Database,
    private readonly sla: SlaRepository,
    private readonly policies: PoliciesRepository,
    private readonly calendars: Calendars,
    private readonly contexts: ClockContexts,
    private readonly time: Time,
  ) {}

  /** @throws DomainError `not_found`, and whatever the change itself would be refused for */
  preview(who: Principal, change: Change): Promise<Preview> {
    return this.database.lean(who, async (tx) => {
      const { what, stale } = await this.changed(tx, who.workspaceId, change);
      const now = this.time.now();
      const seen: Preview = {
        clocks: 0,
        complete: true,
        moved: 0,
        newlyBreached: 0,
        noLongerBreached: 0,
        examples: [],
      };
      for (let after: string | null = null; ;) {
        const open = await this.sla.openClocks(tx, who.workspaceId, stale, after, PAGE);
        const world = await this.contexts.read(tx, who.workspaceId, open, what);
        for (const { ticketId, number, clock, ...ticket } of open) {
          const { dueAt: newDueAt } = restate(clock, stale, world.contextOf(ticket));
          const { dueAt, kind } = clock;
          seen.clocks++;
          if (dueAt?.getTime() === newDueAt?.getTime()) continue;
          seen.moved++;
          if (isPast(newDueAt, now) && !isPast(dueAt, now)) seen.newlyBreached++;
          if (isPast(dueAt, now) && !isPast(newDueAt, now)) seen.noLongerBreached++;
          if (seen.examples.length < EXAMPLES) seen.examples.push({ ticketId, number, clock: kind, dueAt, newDueAt });
        }
        if (open.length < PAGE) return seen;
        if (seen.clocks >= MOST_CLOCKS) return { ...seen, complete: false };
        after = open.at(-1)!.clock.id;
      }
    });
  }

  private async changed(tx: Tx, workspaceId: string, change: Change): Promise<{ what: What; stale: Stale }> {
    if ('calendarId' in change) {
      const { calendarId } = change;
      const before = (await this.calendars.book(tx, workspaceId)).find(calendarId);
      if (!before) throw notFound('calendar');
      const calendar = { ...applyChange(before, change.calendar), version: before.version + 1 };
      return {
        what: (parts) => ({ ...parts, book: withCalendar(parts.book, calendar) }),
        stale: { calendarId, version: calendar.version },
      };
    }
    if ('queueId' in change) {
      const { queueId, queue } = change;
      const version = await this.policies.queueVersion(tx, workspaceId, queueId);
      if (version === null) throw notFound('queue');
      const book = await this.calendars.book(tx, workspaceId);
      if (queue.calendarId !== null && !book.find(queue.calendarId)) throw notFound('calendar');
      return {
        what: (parts) => ({ ...parts, queue: { id: queueId, ...queue } }),
        stale: { queueId, version: version + 1 },
      };
    }
    const before = (await this.policies.list(tx, workspaceId)).find(({ id }) => id === change.policyId);
    if (!before) throw notFound('SLA policy');
    const policy = { ...before, ...change.policy, version: before.version + 1 };
    return {
      what: (parts) => ({ ...parts, policies: parts.policies.map((each) => (each.id === policy.id ? policy : each)) }),
      stale: { policyId: policy.id, version: policy.version },
    };
  }

  /** When something that arrives then would be due, by which policy, and why not by another. */
  dryRun(who: Principal, arrival: Arrival, draft: Draft): Promise<DryRun> {
    return this.database.lean(who, async (tx) => {
      const { workspaceId } = who;
      const book = await this.bookWith(tx, workspaceId, draft.calendar);
      const saved = await this.policies.list(tx, workspaceId);
      const drafted: SlaPolicy[] = draft.policy
        ? [{ ...draft.policy, id: draft.policy.id ?? DRAFT_ID, version: 1 }]
        : [];
      if (draft.policy?.id && !saved.some(({ id }) => id === draft.policy!.id)) throw notFound('SLA policy');
      const policies = inOrder([...saved.filter(({ id }) => !drafted.some((each) => each.id === id)), ...drafted]);
      const chosen = choosePolicy(policies, arrival) ?? defaultPolicy(workspaceId);
      const zone = book.default?.timeZone ?? (await this.policies.workspaceZone(tx, workspaceId));
      const nameOf = ({ id, name, rank }: SlaPolicy) => ({ id: id === DRAFT_ID ? null : id, name, rank });
      const at = policies.findIndex(({ id }) => id === chosen.id);
      return {
        policy: nameOf(chosen),
        others: policies.flatMap((policy, i) =>
          policy.id === chosen.id
            ? []
            : [{ ...nameOf(policy), unmet: unmet(policy.conditions, arrival), asked: at === -1 || i < at }],
        ),
        clocks: clocksFor(chosen, arrival, book, zone),
      };
    });
  }

  private async bookWith(tx: Tx, workspaceId: string, draft: Draft['calendar']): Promise<CalendarBook> {
    const book = await this.calendars.book(tx, workspaceId);
    if (!draft) return book;
    const calendar = book.find(draft.id);
    if (!calendar) throw notFound('calendar');
    return withCalendar(book, applyChange(calendar, draft.change));
  }
}

const isPast = (due: Date | null, now: Date): boolean => due !== null && due <= now;

const withCalendar = (book: CalendarBook, calendar: BusinessCalendar): CalendarBook => {
  const standard = book.default?.id === calendar.id ? calendar : book.default;
  return {
    default: standard,
    find: (id) => (id === null ? standard : id === calendar.id ? calendar : book.find(id)),
  };
};

/** Its clocks as they would start: a first and a further response, and the resolution. */
function clocksFor(policy: SlaPolicy, arrival: Arrival, book: CalendarBook, zone: string): DryRun['clocks'] {
  const { arrivedAt, ...described } = arrival;
  let made = 0;
  const context: ClockContext = {
    described,
    policyFor: () => policy,
    policyById: () => policy,
    calendarOf: ({ calendarId }) => book.find(calendarId),
    calendarById: (id) => book.find(id),
    newId: () => `00000000-0000-0000-0000-${String(++made).padStart(12, '0')}`,
  };
  const kinds: ClockKind[] = ['first_response', 'next_response', 'resolution'];
  return kinds
    .map((kind) => newClock(kind, arrivedAt, 1, [], context))
    .filter((clock) => clock.targetMs !== null)
    .map((clock: Clock) => {
      if (clock.dueAt === null) {
        throw new DomainError('misconfigured', 'This calendar never opens long enough; give it more hours.');
      }
      const calendar = clock.calendar && book.find(clock.calendar.id);
      const around = { policyName: policy.name, calendar, moves: [], zone: calendar?.timeZone ?? zone, now: arrivedAt };
      return { ...explained(clock, around), steps: stepsOf(clock, policy, calendar) };
    });
}
