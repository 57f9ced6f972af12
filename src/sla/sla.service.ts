import { Injectable } from '@nestjs/common';
import type { BusinessCalendar } from '../calendars/calendar';
import { Calendars } from '../calendars/calendars';
import type { Principal } from '../identity/principal';
import { TicketsService } from '../inbox/tickets/tickets.service';
import { Clock as Time } from '../platform/clock';
import { Database } from '../platform/database';
import { countedMs, type Explained, explain, isBreached, openTime, without } from './clock';
import { type Sentences, explainText } from './explain-text';
import { type Clock, endOf, type EndWhy, isPaused, isRunning, restsOf } from './facts';
import { PoliciesRepository } from './policies.repository';
import type { ClockKind, Hours } from './policy';
import { SlaRepository } from './sla.repository';
import type { Move } from './ticket-clocks';

export interface ExplainedRow extends Omit<Explained, 'from' | 'to'> {
  from: Date;
  to: Date;
}

export interface ExplainedClock {
  id: string;
  kind: ClockKind;
  policy: { id: string; name: string | null };
  hours: Hours;
  calendar: { id: string; name: string; timeZone: string } | null;
  startedAt: Date;
  targetMs: number | null;
  dueAt: Date | null;
  metAt: Date | null;
  breached: boolean;
  cancelledAt: Date | null;
  endedWhy: EndWhy | null;
  pausedSince: Date | null;
  /** Of its target, in time that counts; never below nothing. Null when it is over. */
  remainingMs: number | null;
  explanation: ExplainedRow[];
  /** Rows after those given. */
  explanationLeftOut: number;
  moves: Move[];
  text: Sentences;
}

const MOST_ROWS = 400; // half a year of days and nights

@Injectable()
export class SlaService {
  constructor(
    private readonly database: Database,
    private readonly sla: SlaRepository,
    private readonly policies: PoliciesRepository,
    private readonly calendars: Calendars,
    private readonly tickets: TicketsService,
    private readonly time: Time,
  ) {}

  /** A ticket's clocks from the first on, each with the time that counted: up to its end, or to its due time while it runs. */
  clocks(who: Principal, ticketId: string): Promise<ExplainedClock[]> {
    return this.database.lean(who, async (tx) => {
      await this.tickets.see(tx, who, ticketId);
      const { workspaceId } = who;
      const clocks = (await this.sla.clocksOf(tx, workspaceId, [ticketId])).get(ticketId) ?? [];
      const moves = await this.sla.movesOf(tx, workspaceId, ticketId);
      const names = new Map((await this.policies.list(tx, workspaceId)).map((policy) => [policy.id, policy.name]));
      const book = await this.calendars.book(tx, workspaceId);
      const zone = book.default?.timeZone ?? (await this.policies.workspaceZone(tx, workspaceId));
      const now = this.time.now();
      return clocks
        .filter(({ targetMs }) => targetMs !== null) // a wait without a target is nobody's clock
        .map((clock) => {
          const calendar = clock.calendar && book.find(clock.calendar.id);
          return explained(clock, {
            policyName: names.get(clock.policyId) ?? null,
            calendar,
            moves: moves.get(clock.id) ?? [],
            zone: calendar?.timeZone ?? zone,
            now,
          });
        });
    });
  }
}

interface Around {
  policyName: string | null;
  calendar: BusinessCalendar | null;
  moves: Move[];
  zone: string;
  now: Date;
}

/** A clock with what there is to say of it. */
export function explained(clock: Clock, { policyName, calendar, moves, zone, now }: Around): ExplainedClock {
  const { id, kind, policyId, startedAt, targetMs, dueAt, metAt, cancelledAt, endedWhy } = clock;
  const start = startedAt.getTime();
  const ended = endOf(clock);
  const until = (ended ?? (dueAt && dueAt > now ? dueAt : now)).getTime();
  const rests = restsOf(clock);
  const rows = explain(start, until, calendar, rests);
  const breached = isBreached(dueAt, ended, now);
  const counted = countedMs(start, now.getTime(), without(openTime(calendar, start), rests));
  return {
    id,
    kind,
    policy: { id: policyId, name: policyName },
    hours: clock.calendar ? 'business' : 'wall',
    calendar: calendar && { id: calendar.id, name: calendar.name, timeZone: calendar.timeZone },
    startedAt,
    targetMs,
    dueAt,
    metAt,
    breached,
    cancelledAt,
    endedWhy,
    pausedSince: isPaused(clock) ? (clock.pauses.find(({ to }) => to === null)?.from ?? null) : null,
    remainingMs: isRunning(clock) && targetMs !== null ? Math.max(0, targetMs - counted) : null,
    explanation: rows
      .slice(0, MOST_ROWS)
      .map(({ from, to, ...row }) => ({ ...row, from: new Date(from), to: new Date(to) })),
    explanationLeftOut: Math.max(0, rows.length - MOST_ROWS),
    moves,
    text: explainText({
      kind,
      startedAt: start,
      targetMs,
      dueAt: dueAt?.getTime() ?? null,
      rows,
      paused: isPaused(clock),
      ended: ended && { at: ended.getTime(), how: metAt ? 'met' : 'cancelled' },
      breached,
      moves: moves.map(({ why, from, to }) => ({ why, from: from?.getTime() ?? null, to: to?.getTime() ?? null })),
      timeZone: zone,
    }),
  };
}
