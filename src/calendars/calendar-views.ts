import { ApiProperty } from '@nestjs/swagger';
import type { BusinessCalendar, Holiday, Interval } from './calendar';
import { DayHoursBody, RuleBody, WeekBody } from './calendars.dto';
import type { StoredCalendar } from './calendars.repository';
import { type Day, showDay, weekdayOf } from './days';
import { occurrences } from './holiday-dates';
import { closures, isOpenAt, openHours, openMs } from './hours';
import { showJalali } from './jalali';
import { timeZone } from './time-zone';

const NEXT_WITHIN_DAYS = 366 * 4 + 1; // until the next leap day

class BothNames {
  @ApiProperty() fa: string;
  @ApiProperty() en: string;
}

class DateView {
  @ApiProperty({ example: '2027-03-21', description: 'Gregorian' }) date: string;
  @ApiProperty({ example: '1406-01-01', description: 'Solar Hijri' }) jalali: string;
}

class HolidayView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ type: BothNames }) name: BothNames;
  @ApiProperty({ type: RuleBody }) rule: Holiday['rule'];
  @ApiProperty({ type: [DayHoursBody] }) hours: readonly DayHoursBody[];
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, description: 'Computed to observed date' })
  moved: Readonly<Record<string, string>>;
  @ApiProperty({ type: DateView, nullable: true, description: 'The next day it is kept' }) next: DateView | null;
}

export class CalendarView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() name: string;
  @ApiProperty() timeZone: string;
  @ApiProperty({ type: WeekBody }) hours: BusinessCalendar['hours'];
  @ApiProperty({ type: [HolidayView] }) holidays: HolidayView[];
  @ApiProperty() isDefault: boolean;
  @ApiProperty() openNow: boolean;
  @ApiProperty() version: number;
  @ApiProperty({ format: 'date-time' }) createdAt: Date;
  @ApiProperty({ format: 'date-time' }) updatedAt: Date;
}

export class CalendarListView {
  @ApiProperty({ type: [CalendarView] }) items: CalendarView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: null;
}

export class HolidayAddedView {
  @ApiProperty({ format: 'uuid' }) holidayId: string;
  @ApiProperty({ description: 'Of the calendar, from now on' }) version: number;
}

class NotUnderstoodView {
  @ApiProperty() line: number;
  @ApiProperty({ type: String, nullable: true }) summary: string | null;
  @ApiProperty() why: string;
}

export class ImportView {
  @ApiProperty() added: number;
  @ApiProperty() changed: number;
  @ApiProperty() same: number;
  @ApiProperty({ type: [NotUnderstoodView] }) notUnderstood: NotUnderstoodView[];
  @ApiProperty({ type: CalendarView }) calendar: CalendarView;
}

class OccurrenceView extends DateView {
  @ApiProperty({ format: 'uuid' }) holidayId: string;
  @ApiProperty({ type: BothNames }) name: BothNames;
  @ApiProperty({ example: 'sat' }) weekday: string;
  @ApiProperty({ example: '2027-03-20', description: 'The date by the rule' }) computed: string;
  @ApiProperty() moved: boolean;
  @ApiProperty({ description: 'By the moon: may be confirmed a day earlier or later' }) uncertain: boolean;
  @ApiProperty({ type: [DayHoursBody], description: 'Open nevertheless' }) hours: readonly DayHoursBody[];
  @ApiProperty({ nullable: true, type: 'object', additionalProperties: true, description: 'Of a closure of hours' })
  span: { from: string; to: string } | null;
}

export class OccurrenceListView {
  @ApiProperty({ type: [OccurrenceView] }) items: OccurrenceView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor: null;
}

class StretchView {
  @ApiProperty({ format: 'date-time' }) from: Date;
  @ApiProperty({ format: 'date-time' }) to: Date;
}

class ClosureView extends StretchView {
  @ApiProperty({ enum: ['closed_hours', 'holiday'] }) why: 'closed_hours' | 'holiday';
  @ApiProperty({ nullable: true, type: 'object', additionalProperties: true })
  holiday: { id: string; name: BothNames } | null;
}

export class HoursView {
  @ApiProperty() openMs: number;
  @ApiProperty({ type: [StretchView] }) open: StretchView[];
  @ApiProperty({ type: [ClosureView] }) closed: ClosureView[];
}

const bothDates = (day: Day) => ({ date: showDay(day), jalali: showJalali(day) });

export function calendarView(calendar: StoredCalendar, now: number): CalendarView {
  const { id, name, hours, isDefault, version, createdAt, updatedAt } = calendar;
  const today = timeZone(calendar.timeZone).dayAt(now);
  const holidays = calendar.holidays.map((holiday): HolidayView => {
    const [next] = occurrences(holiday, today, today + NEXT_WITHIN_DAYS);
    return { ...holiday, next: next ? bothDates(next.observed) : null };
  });
  const openNow = isOpenAt(calendar, now);
  return { id, name, timeZone: calendar.timeZone, hours, holidays, isDefault, openNow, version, createdAt, updatedAt };
}

/** Every holiday and closure between two dates, both included, in order. */
export function occurrencesView(calendar: BusinessCalendar, first: Day, last: Day): OccurrenceView[] {
  const zone = timeZone(calendar.timeZone);
  const rows = calendar.holidays.flatMap((holiday) => {
    const { id, name, hours, rule } = holiday;
    const row = (observed: Day, computed: Day, span: OccurrenceView['span']) => ({
      day: observed,
      view: {
        holidayId: id,
        name,
        ...bothDates(observed),
        weekday: weekdayOf(observed),
        computed: showDay(computed),
        moved: observed !== computed,
        uncertain: rule.on === 'lunar' && observed === computed,
        hours,
        span,
      },
    });
    if (rule.on !== 'span')
      return occurrences(holiday, first, last).map(({ observed, computed }) => row(observed, computed, null));
    const { from, to } = rule;
    const begins = zone.dayAt(Date.parse(from));
    return begins <= last && zone.dayAt(Date.parse(to) - 1) >= first ? [row(begins, begins, { from, to })] : [];
  });
  return rows.sort((a, b) => a.day - b.day).map(({ view }) => view);
}

/** What is open and what is not between two instants, cut at both ends. */
export function hoursView(calendar: BusinessCalendar, from: number, to: number): HoursView {
  const within = ({ start, end }: Interval) => ({
    from: new Date(Math.max(start, from)),
    to: new Date(Math.min(end, to)),
  });
  const open: StretchView[] = [];
  for (const stretch of openHours(calendar, from)) {
    if (stretch.start >= to) break;
    open.push(within(stretch));
  }
  const closed = [...closures(calendar, from, to)].map((closure) => ({
    ...within(closure),
    why: closure.why,
    holiday: closure.holiday ?? null,
  }));
  return { openMs: openMs(calendar, from, to), open, closed };
}
