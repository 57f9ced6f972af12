import { Injectable } from '@nestjs/common';
import { Audit, type Changes, changesBetween } from '../audit/audit';
import type { Principal } from '../identity/principal';
import { room } from '../outbox/audience';
import { event } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { DomainError } from '../platform/errors';
import { Idempotency } from '../platform/idempotency';
import { uuidv7 } from '../platform/ids';
import type { BusinessCalendar, Holiday } from './calendar';
import { CalendarsRepository, type StoredCalendar } from './calendars.repository';
import { applyChange, type CalendarChange } from './change';
import { type Closing, closingRule } from './closing';
import { type Feed, readFeed } from './icalendar';
import { begin, type Template } from './templates';

export interface NewCalendar {
  name: string;
  template?: Template;
  timeZone?: string;
  hours?: BusinessCalendar['hours'];
  isDefault?: boolean;
}

export interface Asked {
  change: CalendarChange;
  /** Makes it the workspace's default. */
  isDefault?: true;
  /** The version that was edited; a newer one is a conflict. */
  version?: number;
}

export interface Import extends Feed {
  calendar: StoredCalendar;
  added: number;
  changed: number;
  same: number;
}

const FIELDS = ['name', 'timeZone', 'hours', 'isDefault'] as const;

/** What people do with business hours. Clocks are computed anew by whoever hears `calendar.changed`. */
@Injectable()
export class CalendarsService {
  constructor(
    private readonly database: Database,
    private readonly calendars: CalendarsRepository,
    private readonly idempotency: Idempotency,
    private readonly outbox: Outbox,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  list(who: Principal): Promise<StoredCalendar[]> {
    return this.inside(who, (tx) => this.calendars.list(tx, who.workspaceId));
  }

  get(who: Principal, id: string): Promise<StoredCalendar> {
    return this.inside(who, (tx) => this.calendars.get(tx, who.workspaceId, id));
  }

  create(
    who: Principal,
    { name, template = 'empty', timeZone, hours, isDefault }: NewCalendar,
  ): Promise<StoredCalendar> {
    return this.inside(who, async (tx) => {
      await this.calendars.takeTurn(tx, who.workspaceId);
      const others = await this.calendars.list(tx, who.workspaceId);
      const now = this.clock.now();
      const { timeZone: usual, ...content } = begin(template, uuidv7);
      const blank: StoredCalendar = {
        workspaceId: who.workspaceId,
        id: uuidv7(),
        name,
        timeZone: usual ?? (await this.calendars.workspaceZone(tx, who.workspaceId)),
        ...content,
        isDefault: isDefault === true || others.length === 0,
        version: 1,
        createdAt: now,
        updatedAt: now,
      };
      const calendar = applyChange(blank, { timeZone, hours });
      if (calendar.isDefault) await this.unsetDefault(tx, who, others);
      await this.calendars.insert(tx, calendar);
      const first = Object.fromEntries(FIELDS.map((field) => [field, { from: null, to: calendar[field] }]));
      await this.log(tx, who, 'calendar.created', calendar.id, first);
      this.tell(tx, who, calendar);
      return calendar;
    });
  }

  /** @throws DomainError `not_found`, `validation_failed`, `conflict` when `version` is not the current one */
  change(who: Principal, id: string, asked: Asked): Promise<StoredCalendar> {
    return this.inside(who, (tx) => this.changeIn(tx, who, id, () => asked));
  }

  /** Adds one holiday; the same key adds it once. */
  addHoliday(who: Principal, id: string, holiday: Holiday, version?: number, key?: string) {
    const { id: _, ...content } = holiday;
    return this.addOnce(who, id, key, { id, ...content }, () => holiday, version);
  }

  /** Closes for a stretch, from now on unless said otherwise; the same key closes once. */
  close(who: Principal, id: string, name: Holiday['name'], closing: Closing, key?: string) {
    return this.addOnce(who, id, key, { id, name, closing }, ({ timeZone }) => ({
      id: uuidv7(),
      name,
      rule: closingRule(timeZone, closing, this.clock.now().getTime()),
      moved: {},
      hours: [],
    }));
  }

  /** Takes over a feed's events as holidays; what the feed said before in other words is changed, the rest stays. */
  importFeed(who: Principal, id: string, ics: string, dryRun: boolean): Promise<Import> {
    return this.inside(who, async (tx) => {
      await this.calendars.takeTurn(tx, who.workspaceId);
      const before = await this.calendars.get(tx, who.workspaceId, id);
      const feed = readFeed(ics, id, before.timeZone);
      const known = new Map(before.holidays.map((holiday) => [holiday.id, contentOf(holiday)]));
      const news = feed.holidays.filter((holiday) => known.get(holiday.id) !== contentOf(holiday));
      const change: CalendarChange = { addHolidays: news };
      const calendar = dryRun
        ? applyChange(before, change)
        : await this.changeIn(tx, who, id, () => ({ change }), 'calendar.imported');
      const added = news.filter((holiday) => !known.has(holiday.id)).length;
      return { ...feed, calendar, added, changed: news.length - added, same: feed.holidays.length - news.length };
    });
  }

  /** @throws DomainError `conflict` while it is the default or something works by it */
  remove(who: Principal, id: string, version?: number): Promise<void> {
    return this.inside(who, async (tx) => {
      await this.calendars.takeTurn(tx, who.workspaceId);
      const calendar = await this.calendars.get(tx, who.workspaceId, id);
      refuseStale(calendar, version);
      if (calendar.isDefault) {
        const message = 'This is the workspace’s default calendar; make another one the default first.';
        throw new DomainError('conflict', message, { usedBy: 'workspace' });
      }
      await this.calendars.delete(tx, who.workspaceId, id);
      await this.log(tx, who, 'calendar.deleted', id, { name: { from: calendar.name, to: null } });
      this.tell(tx, who, { id, version: calendar.version + 1 });
    });
  }

  private addOnce(
    who: Principal,
    id: string,
    key: string | undefined,
    request: object,
    make: (calendar: StoredCalendar) => Holiday,
    version?: number,
  ): Promise<{ holidayId: string; version: number }> {
    return this.inside(who, (tx) =>
      this.idempotency.once(tx, who.workspaceId, key, request, async () => {
        let holidayId = '';
        const calendar = await this.changeIn(tx, who, id, (before) => {
          const holiday = make(before);
          holidayId = holiday.id;
          return { change: { addHolidays: [holiday] }, version };
        });
        return { holidayId, version: calendar.version };
      }),
    );
  }

  private async changeIn(
    tx: Tx,
    who: Principal,
    id: string,
    ask: (calendar: StoredCalendar) => Asked,
    action = 'calendar.changed',
  ): Promise<StoredCalendar> {
    await this.calendars.takeTurn(tx, who.workspaceId);
    const before = await this.calendars.get(tx, who.workspaceId, id);
    const { change, isDefault, version } = ask(before);
    refuseStale(before, version);
    const wanted = { ...applyChange(before, change), isDefault: before.isDefault || isDefault === true };
    const changes = { ...changesBetween<StoredCalendar>(before, wanted, FIELDS), ...holidayChanges(before, wanted) };
    if (Object.keys(changes).length === 0) return before;
    if (changes['isDefault']) await this.unsetDefault(tx, who, await this.calendars.list(tx, who.workspaceId));
    const after: StoredCalendar = { ...wanted, version: before.version + 1, updatedAt: this.clock.now() };
    await this.calendars.save(tx, after);
    await this.log(tx, who, action, id, changes);
    this.tell(tx, who, after);
    return after;
  }

  /** What went by the default before goes by another calendar now, so its clocks are computed anew as well. */
  private async unsetDefault(tx: Tx, who: Principal, calendars: readonly StoredCalendar[]): Promise<void> {
    const former = calendars.find((calendar) => calendar.isDefault);
    if (!former) return;
    const after = { ...former, isDefault: false, version: former.version + 1, updatedAt: this.clock.now() };
    await this.calendars.save(tx, after);
    await this.log(tx, who, 'calendar.changed', former.id, { isDefault: { from: true, to: false } });
    this.tell(tx, who, after);
  }

  private tell(tx: Tx, who: Principal, { id, version }: Pick<StoredCalendar, 'id' | 'version'>): void {
    const actor = { kind: 'agent' as const, id: who.agentId };
    const data = { calendarId: id, version };
    this.outbox.record(tx, event(who.workspaceId, 'calendar.changed', actor, {}, [room.leads], data));
  }

  private log(tx: Tx, who: Principal, action: string, id: string, changes: Changes): Promise<void> {
    const actor = { kind: 'agent' as const, id: who.agentId };
    return this.audit.record(tx, { workspaceId: who.workspaceId, actor, action, subject: `calendar:${id}`, changes });
  }

  private inside<T>({ workspaceId }: Principal, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction({ workspaceId }, work);
  }
}

function refuseStale({ version: current }: StoredCalendar, version: number | undefined): void {
  if (version === undefined || version === current) return;
  throw new DomainError('conflict', 'Someone changed this calendar meanwhile; load it again.', { version: current });
}

const contentOf = ({ name, rule, hours }: Holiday): string => JSON.stringify([name, rule, hours]);

/** Holiday by holiday: a line of the log with a hundred untouched ones in it tells nothing. */
function holidayChanges(before: BusinessCalendar, after: BusinessCalendar): Changes {
  const changes: Changes = {};
  const was = new Map(before.holidays.map((holiday) => [holiday.id, holiday]));
  for (const holiday of after.holidays) {
    const from = was.get(holiday.id) ?? null;
    was.delete(holiday.id);
    if (contentAndMoves(from) !== contentAndMoves(holiday)) changes[`holidays.${holiday.id}`] = { from, to: holiday };
  }
  for (const [id, holiday] of was) changes[`holidays.${id}`] = { from: holiday, to: null };
  return changes;
}

const contentAndMoves = (holiday: Holiday | null): string =>
  holiday ? JSON.stringify([contentOf(holiday), holiday.moved]) : '';
