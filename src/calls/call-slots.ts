import { Injectable } from '@nestjs/common';
import { always, type BusinessCalendar, type Interval } from '../calendars/calendar';
import { Calendars } from '../calendars/calendars';
import { openHours } from '../calendars/hours';
import type { Principal } from '../identity/principal';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import type { CallSettings } from './call';
import type { Window } from './call-life';
import { CallSettingsStore, invalid } from './call-settings';
import { CallsRepository } from './calls.repository';
import { freeSlots, type FreeSlot, room, slotsIn, windowProblem } from './slots';

const DAY_MS = 86_400_000;
const SHOWN_INSTEAD = 5; // free slots a refusal names
const LOOK_AHEAD_DAYS = 14; // how far a retry, or a refusal, looks for a free slot

/** Which times may be promised: opening hours, in slots, each for so many calls. */
@Injectable()
export class CallSlots {
  constructor(
    private readonly database: Database,
    private readonly calendars: Calendars,
    private readonly settings: CallSettingsStore,
    private readonly calls: CallsRepository,
    private readonly clock: Clock,
  ) {}

  /** Free slots of some days from then (null: now) on, and the zone they are to be read in. */
  list(who: Principal, given: Date | null, days: number) {
    return this.database.lean(who, async (tx) => {
      const settings = await this.settings.read(tx, who.workspaceId);
      const from = given ?? this.clock.now();
      const calendar = await this.calendarOf(tx, who.workspaceId, settings);
      const start = Math.max(from.getTime(), this.clock.now().getTime());
      const until = from.getTime() + days * DAY_MS;
      const items = [...(await this.free(tx, who.workspaceId, settings, start, until, null))];
      return {
        items: items.map(({ start, end, left }) => ({ start: new Date(start), end: new Date(end), left })),
        timeZone: calendar?.timeZone ?? (await this.zoneOf(tx, who.workspaceId)),
        slotMinutes: settings.slotMinutes,
      };
    });
  }

  /**
   * Refuses a window that cannot be promised, naming the field and what is free instead.
   * @param settings as locked, so that nobody gives the same place away meanwhile
   * @param except a promise that is being moved: the place it has is free
   */
  async check(
    tx: Tx,
    workspaceId: string,
    settings: CallSettings,
    window: Window,
    except: string | null,
  ): Promise<void> {
    const now = this.clock.now().getTime();
    const calendar = await this.calendarOf(tx, workspaceId, settings);
    const slotMs = settings.slotMinutes * 60_000;
    const open = hoursOf(calendar, Math.min(window.start, now));
    const problem =
      windowProblem(window, now, slotMs, open) ??
      ((await this.hasRoom(tx, workspaceId, settings, window, except))
        ? null
        : { path: 'windowStart' as const, problem: 'is full' });
    if (!problem) return;
    const from = Math.max(now, Math.min(window.start, now + 60 * DAY_MS));
    const nextFree: { start: string; end: string }[] = [];
    for (const { start, end } of await this.free(
      tx,
      workspaceId,
      settings,
      from,
      from + LOOK_AHEAD_DAYS * DAY_MS,
      except,
    )) {
      nextFree.push({ start: new Date(start).toISOString(), end: new Date(end).toISOString() });
      if (nextFree.length === SHOWN_INSTEAD) break;
    }
    throw invalid(problem.path, problem.problem, { nextFree });
  }

  /** Free slots of the coming days, for trying again. */
  coming(tx: Tx, workspaceId: string, settings: CallSettings, except: string): Promise<Iterable<FreeSlot>> {
    const now = this.clock.now().getTime();
    return this.free(tx, workspaceId, settings, now, now + LOOK_AHEAD_DAYS * DAY_MS, except);
  }

  /** The zone a promise is told in. */
  async timeZone(tx: Tx, workspaceId: string, settings: CallSettings): Promise<string> {
    return (await this.calendarOf(tx, workspaceId, settings))?.timeZone ?? this.zoneOf(tx, workspaceId);
  }

  private async hasRoom(
    tx: Tx,
    workspaceId: string,
    settings: CallSettings,
    window: Window,
    except: string | null,
  ): Promise<boolean> {
    const [from, to] = [window.start - DAY_MS, window.end + DAY_MS]; // no promise is wider than a day
    const slots = await this.slots(tx, workspaceId, settings, from, to);
    const promised = await this.calls.promisedBetween(tx, workspaceId, new Date(from), new Date(to), except);
    return room(window, promised, slots, await this.settings.capacity(tx, workspaceId, settings)) > 0;
  }

  private async free(
    tx: Tx,
    workspaceId: string,
    settings: CallSettings,
    from: number,
    to: number,
    except: string | null,
  ): Promise<Iterable<FreeSlot>> {
    const slots = await this.slots(tx, workspaceId, settings, from - DAY_MS, to);
    const [since, until] = [new Date(from - DAY_MS), new Date(to)];
    const promised = await this.calls.promisedBetween(tx, workspaceId, since, until, except);
    const capacity = await this.settings.capacity(tx, workspaceId, settings);
    return freeSlots(slots, from, promised, capacity);
  }

  private async slots(
    tx: Tx,
    workspaceId: string,
    settings: CallSettings,
    from: number,
    to: number,
  ): Promise<Window[]> {
    const calendar = await this.calendarOf(tx, workspaceId, settings);
    return [...slotsIn(hoursOf(calendar, from), from, to, settings.slotMinutes * 60_000)];
  }

  private async calendarOf(tx: Tx, workspaceId: string, settings: CallSettings): Promise<BusinessCalendar | null> {
    return (await this.calendars.book(tx, workspaceId)).find(settings.calendarId);
  }

  private async zoneOf(tx: Tx, workspaceId: string): Promise<string> {
    const [row] = await tx.query<{ time_zone: string }>('SELECT time_zone FROM workspaces WHERE id = $1', [
      workspaceId,
    ]);
    return row?.time_zone ?? 'UTC';
  }
}

const hoursOf = (calendar: BusinessCalendar | null, from: number): Iterable<Interval> =>
  calendar ? openHours(calendar, from) : always(from);
