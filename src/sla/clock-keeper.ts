import { Injectable } from '@nestjs/common';
import type { Ticket } from '../inbox/tickets/ticket';
import { TicketEffects } from '../inbox/tickets/ticket-effects';
import { Outbox } from '../outbox/outbox';
import { Clock as Time } from '../platform/clock';
import type { Tx } from '../platform/database';
import type { ClockWorld } from './clock-contexts';
import { type Clock, endOf, type Fact } from './facts';
import { slaBreached } from './sla.events';
import { SlaRepository } from './sla.repository';
import { changesOf, type Move, stepsOf, timesOf, whyMoved } from './ticket-clocks';

export interface Advanced {
  ticket: Ticket;
  before: readonly Clock[];
  after: readonly Clock[];
  facts: readonly Fact[];
  /** Whether these are all facts of the ticket. */
  whole?: boolean;
}

/** Saves what clocks have become, with all that hangs off it: steps, the ticket's times, breaches that are known already. */
@Injectable()
export class ClockKeeper {
  constructor(
    private readonly sla: SlaRepository,
    private readonly tickets: TicketEffects,
    private readonly outbox: Outbox,
    private readonly time: Time,
  ) {}

  /** @param why told with tickets' new due times, where it is not what happened to the ticket itself */
  async save(tx: Tx, workspaceId: string, world: ClockWorld, all: readonly Advanced[], why?: string): Promise<void> {
    const now = this.time.now();
    const changed: (Clock & { ticketId: string; moves: Move[] })[] = [];
    const times: NonNullable<ReturnType<typeof timesOf>>[] = [];
    for (const { ticket, before, after, facts, whole } of all) {
      for (const clock of changesOf(before, after)) {
        const was = before.find(({ id }) => id === clock.id);
        const moved = whyMoved(was, clock);
        const moves = moved ? [{ at: now, why: moved, from: was?.dueAt ?? null, to: clock.dueAt }] : [];
        changed.push({ ...clock, ticketId: ticket.id, moves });
      }
      const change = timesOf(ticket, after, facts, whole);
      if (change) times.push(why ? { ...change, why } : change);
    }
    await this.sla.saveClocks(tx, workspaceId, changed);
    await this.saveSteps(tx, workspaceId, world, changed);
    await this.tickets.setTimes(tx, workspaceId, times);

    const endedLate = changed.filter(({ dueAt, ...clock }) => dueAt && (endOf({ dueAt, ...clock }) ?? dueAt) > dueAt);
    const breaches = await this.sla.markEndedLate(
      tx,
      workspaceId,
      endedLate.map((clock) => clock.id),
    );
    this.outbox.record(tx, ...breaches.map(slaBreached));
  }

  private async saveSteps(tx: Tx, workspaceId: string, world: ClockWorld, clocks: readonly Clock[]): Promise<void> {
    if (!world.policies.some(({ warnings, escalations }) => warnings.length + escalations.length > 0)) return;
    const steps = clocks.flatMap((clock) => {
      const policy = world.policies.find(({ id }) => id === clock.policyId);
      const calendar = clock.calendar && world.book.find(clock.calendar.id);
      return stepsOf(clock, policy, calendar).map((step) => ({ ...step, clockId: clock.id }));
    });
    await this.sla.saveSteps(
      tx,
      workspaceId,
      clocks.map(({ id }) => id),
      steps,
    );
  }
}
