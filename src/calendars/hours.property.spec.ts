import fc from 'fast-check';
import { dueAt } from '../sla/clock';
import { type BusinessCalendar, type DayHours, type Holiday, type HolidayRule, WEEKDAYS } from './calendar';
import { closures, openHours, openMs } from './hours';

/**
 * Business time against a counter that walks minute by minute: it reads the wall clock, the weekday and the dates of all
 * calendars off Intl for every minute and looks up whether the shop is open, and knows nothing of intervals.
 */
const MINUTE = 60_000;
const CASES = 10_000;
const ZONES = [
  'Asia/Tehran',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'America/St_Johns',
  'Africa/Casablanca',
  'Pacific/Apia',
  'UTC',
];

/** What Intl says the clocks of a zone show; a quarter of an hour at a time, since no zone changes within one. */
const clocks = new Map<string, { format: Intl.DateTimeFormat; ahead: Map<number, number> }>();
function aheadOfUtc(zone: string, quarter: number): number {
  let known = clocks.get(zone);
  if (!known) {
    const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
    clocks.set(zone, (known = { format, ahead: new Map() }));
  }
  let ahead = known.ahead.get(quarter);
  if (ahead === undefined) {
    const start = quarter * 15 * MINUTE;
    ahead = Date.parse(`${known.format.format(start).replace(' ', 'T')}Z`) - start;
    known.ahead.set(quarter, ahead);
  }
  return ahead;
}

const calendarDates = ['gregory', 'persian'].map(
  (name) =>
    new Intl.DateTimeFormat(`en-US-u-ca-${name}-nu-latn`, { timeZone: 'UTC', month: 'numeric', day: 'numeric' }),
);
const dates = new Map<number, { iso: string; weekday: number; gregorian: string; jalali: string }>();
function dateOf(day: number) {
  let date = dates.get(day);
  if (!date) {
    const noon = day * 1_440 * MINUTE + 720 * MINUTE;
    const [gregorian, jalali] = calendarDates.map((format) => {
      const parts = Object.fromEntries(format.formatToParts(noon).map(({ type, value }) => [type, value]));
      return `${parts['month']}/${parts['day']}`;
    });
    const iso = new Date(noon).toISOString().slice(0, 10);
    dates.set(
      day,
      (date = { iso, weekday: (new Date(noon).getUTCDay() + 1) % 7, gregorian: gregorian!, jalali: jalali! }),
    );
  }
  return date;
}

/** The lunar holidays of these cases fall on known dates: 1 Shawwal as published, years 1436 to 1448. */
const FITR = [
  '2019-06-05',
  '2020-05-24',
  '2021-05-13',
  '2022-05-03',
  '2023-04-22',
  '2024-04-10',
  '2025-03-31',
  '2026-03-21',
  '2027-03-10',
];

function falls(holiday: Holiday, day: number): boolean {
  const date = dateOf(day);
  if (holiday.moved[date.iso] !== undefined) return false;
  if (Object.values(holiday.moved).includes(date.iso)) return true;
  const { rule } = holiday;
  switch (rule.on) {
    case 'date':
      return date.iso >= rule.date && date.iso <= (rule.to ?? rule.date);
    case 'gregorian':
      return date.gregorian === `${rule.month}/${rule.day}`;
    case 'jalali':
      return date.jalali === `${rule.month}/${rule.day}`;
    case 'lunar':
      return FITR.includes(date.iso);
    case 'span':
      return false;
  }
}

function covers(stretches: readonly { from: number; to: number }[], at: number): boolean {
  for (const { from, to } of stretches) if (at >= from && at < to) return true;
  return false;
}

class Counter {
  private quarter = NaN;
  private ahead = NaN;
  private day = NaN;
  private hours: readonly DayHours[] = [];
  private readonly spans: { from: number; to: number }[];
  /** The latest time the clock on the wall has shown: an hour shown twice goes on from where the first ended. */
  private shown = -Infinity;

  constructor(private readonly calendar: BusinessCalendar) {
    this.spans = calendar.holidays.flatMap(({ rule }) =>
      rule.on === 'span' ? [{ from: Date.parse(rule.from), to: Date.parse(rule.to) }] : [],
    );
  }

  /** Minutes are asked for one after the other. */
  isOpen(instant: number): boolean {
    const quarter = Math.floor(instant / (15 * MINUTE));
    if (quarter !== this.quarter) this.ahead = aheadOfUtc(this.calendar.timeZone, quarter);
    this.quarter = quarter;
    this.shown = Math.max(this.shown, instant + this.ahead);
    if (covers(this.spans, instant)) return false;
    const day = Math.floor(this.shown / (1_440 * MINUTE));
    if (day !== this.day) this.hours = this.open(day);
    this.day = day;
    return covers(this.hours, this.shown / MINUTE - day * 1_440);
  }

  private open(day: number): readonly DayHours[] {
    const week = (at: number) => this.calendar.hours[WEEKDAYS[dateOf(at).weekday]!] ?? [];
    const yesterday = [...week(day - 1), ...(this.held(day - 1) ?? [])];
    const late = yesterday.map(({ from, to }) => ({ from: from - 1_440, to: to - 1_440 }));
    return this.held(day) ?? [...week(day), ...late];
  }

  /** The hours of a holiday; null on an ordinary day. */
  private held(day: number): readonly DayHours[] | null {
    const all = this.calendar.holidays.filter((holiday) => falls(holiday, day));
    const once = all.filter(({ rule }) => rule.on === 'date');
    const [first, ...others] = once.length > 0 ? once : all;
    const within = (hours: readonly DayHours[], other: Holiday) =>
      hours.flatMap((a) => other.hours.map((b) => ({ from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) })));
    return first ? others.reduce(within, first.hours) : null;
  }
}

const hoursArb = fc
  .tuple(fc.integer({ min: 0, max: 1_439 }), fc.integer({ min: 1, max: 1_440 }))
  .map(([from, length]): DayHours => ({ from, to: from + length }));
const dayArb = fc.oneof(
  { weight: 1, arbitrary: fc.constant<DayHours[]>([]) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<DayHours[]>(
      [{ from: 540, to: 1_080 }],
      [{ from: 540, to: 780 }],
      [{ from: 0, to: 1_440 }],
    ),
  },
  { weight: 4, arbitrary: fc.array(hoursArb, { minLength: 1, maxLength: 3 }) },
);
const weekArb = fc
  .tuple(...WEEKDAYS.map(() => dayArb))
  .map((days) => Object.fromEntries(WEEKDAYS.map((day, i) => [day, days[i]!])));

const iso = (instant: number) => new Date(instant).toISOString();
/** Changes of clocks draw cases to them: half of all begin within two days of one. */
const CHANGES = [
  '2022-03-21',
  '2022-09-21',
  '2020-09-20',
  '2026-03-29',
  '2026-10-25',
  '2025-11-02',
  '2027-03-14',
  '2026-04-05',
  '2026-10-04',
  '2030-03-20',
  '2024-02-29',
];
const startArb = fc
  .oneof(
    fc.integer({ min: Date.UTC(2015, 0, 1) / MINUTE, max: Date.UTC(2035, 0, 1) / MINUTE }),
    fc
      .tuple(fc.constantFrom(...CHANGES), fc.integer({ min: -2_880, max: 1_440 }))
      .map(([date, minutes]) => Date.parse(date) / MINUTE + minutes),
  )
  .map((minutes) => minutes * MINUTE);

function rulesNear(start: number): fc.Arbitrary<HolidayRule> {
  const nearby = fc.integer({ min: -1, max: 4 }).map((days) => start + days * 1_440 * MINUTE);
  const date =
    (name: 'gregorian' | 'jalali') =>
    (instant: number): HolidayRule => {
      const [month, day] = dateOf(Math.floor(instant / (1_440 * MINUTE)))
        [name].split('/')
        .map(Number);
      return { on: name, month: month!, day: day! };
    };
  return fc.oneof(
    nearby.map(date('gregorian')),
    nearby.map(date('jalali')),
    fc.tuple(nearby, fc.option(fc.integer({ min: 0, max: 3 }))).map(([instant, days]): HolidayRule => ({
      on: 'date',
      date: iso(instant).slice(0, 10),
      ...(days === null ? {} : { to: iso(instant + days * 1_440 * MINUTE).slice(0, 10) }),
    })),
    fc.tuple(nearby, fc.integer({ min: 1, max: 3_000 })).map(([instant, length]): HolidayRule => ({
      on: 'span',
      from: iso(instant),
      to: iso(instant + length * MINUTE),
    })),
    fc.constant<HolidayRule>({ on: 'lunar', month: 10, day: 1 }),
  );
}

const holidayNear = (start: number): fc.Arbitrary<Holiday> =>
  fc
    .tuple(
      rulesNear(start),
      fc.option(fc.array(hoursArb, { minLength: 1, maxLength: 2 }), { freq: 2 }),
      fc.integer({ min: -3, max: 3 }),
    )
    .map(([rule, hours, shift]): Holiday => {
      const day = Math.floor(start / (1_440 * MINUTE)) + 1;
      const bare: Holiday = { id: '', name: { fa: '', en: '' }, rule, moved: {}, hours: hours ?? [] };
      const movable = (rule.on === 'gregorian' || rule.on === 'jalali') && shift !== 0 && falls(bare, day);
      return movable ? { ...bare, moved: { [dateOf(day).iso]: dateOf(day + shift).iso } } : bare;
    });

const holidaysNear = (start: number): fc.Arbitrary<Holiday[]> =>
  fc
    .array(holidayNear(start), { maxLength: 4 })
    .map((all) => all.map((holiday, i): Holiday => ({ ...holiday, id: `holiday-${i}` })));

const lunarRange = (start: number) => start >= Date.UTC(2019, 0, 1) && start <= Date.UTC(2027, 10, 1);

const caseArb = startArb.chain((start) =>
  fc.record({
    start: fc.constant(start),
    timeZone: fc.constantFrom(...ZONES),
    hours: weekArb,
    holidays: holidaysNear(start).map((all) => all.filter(({ rule }) => rule.on !== 'lunar' || lunarRange(start))),
    span: fc.integer({ min: 1, max: 2_000 }),
    target: fc.integer({ min: 1, max: 1_000 }),
  }),
);

it(`counts as the minutes do, in ${CASES} random calendars`, () => {
  fc.assert(
    fc.property(caseArb, ({ start, span, target, ...parts }) => {
      const calendar: BusinessCalendar = { workspaceId: 'w', id: 'c', name: '', version: 1, ...parts };
      const counter = new Counter(calendar);
      for (let lead = start - 120 * MINUTE; lead < start; lead += MINUTE) counter.isOpen(lead); // into an hour shown twice
      let [open, due] = [0, NaN];
      for (let at = 0; at < span; at++) {
        if (!counter.isOpen(start + at * MINUTE)) continue;
        open++;
        if (open === target) due = start + (at + 1) * MINUTE;
      }
      const end = start + span * MINUTE;
      expect(openMs(calendar, start, end)).toBe(open * MINUTE);
      const reached = Number.isNaN(due) ? NaN : dueAt(start, target * MINUTE, openHours(calendar, start));
      expect(reached).toBe(due);
      const closed = [...closures(calendar, start, end)].reduce((sum, row) => sum + row.end - row.start, 0);
      expect(closed).toBe(end - start - open * MINUTE);
    }),
    { numRuns: CASES, seed: 1405 },
  );
}, 300_000);

it('gives stretches in order that neither touch nor overlap', () => {
  fc.assert(
    fc.property(caseArb, ({ start, timeZone, hours, holidays }) => {
      const calendar: BusinessCalendar = { workspaceId: 'w', id: 'c', name: '', version: 1, timeZone, hours, holidays };
      let [last, count] = [-Infinity, 0];
      for (const stretch of openHours(calendar, start)) {
        expect(stretch.end).toBeGreaterThan(Math.max(start, stretch.start));
        expect(stretch.start).toBeGreaterThan(last);
        last = stretch.end;
        if (++count === 20) break;
      }
    }),
    { numRuns: 500, seed: 1405 },
  );
}, 300_000);
