import { DomainError } from '../platform/errors';
import { type BusinessCalendar, type DayHours, type Holiday, type HolidayRule, WEEKDAYS } from './calendar';
import { type Day, parseDay, showDay } from './days';
import { computedDays, MOST_MOVED_DAYS } from './holiday-dates';
import { jalaliMonthLength } from './jalali';
import { isTimeZone } from './time-zone';

/** A holiday kept on another day than computed; both Gregorian `YYYY-MM-DD`. `observed` the same again: not moved. */
export interface HolidayMove {
  holidayId: string;
  date: string;
  observed: string;
}

export type HolidayEdit = Pick<Holiday, 'id'> & Partial<Pick<Holiday, 'name' | 'rule' | 'hours'>>;

/** What is to become of a calendar, all parts at once; what is left out stays. */
export interface CalendarChange {
  name?: string;
  timeZone?: string;
  hours?: BusinessCalendar['hours'];
  /** One with the id of a holiday that is there takes its place and keeps where it was moved. */
  addHolidays?: readonly Holiday[];
  changeHolidays?: readonly HolidayEdit[];
  removeHolidays?: readonly string[];
  moveHolidays?: readonly HolidayMove[];
}

interface Problem {
  path: string;
  problem: string;
}

const MOST_HOLIDAYS = 1_000;
const DAY_MINUTES = 1_440;
const FIRST_DAY = parseDay('1900-01-01');
const LAST_DAY = parseDay('2199-12-31');
const LONGEST_DAYS = 366;
const LEAP = 1403; // a year with a 30 Esfand

/**
 * The calendar as it would be, before or without saving it; its version stays.
 * @throws DomainError `validation_failed` with all problems, `not_found` for a holiday that is not there
 */
export function applyChange<C extends BusinessCalendar>(calendar: C, change: CalendarChange): C {
  const problems = problemsOf(change);
  if (problems.length > 0) throw refused(problems);
  const removed = new Set(change.removeHolidays);
  for (const id of [...removed, ...(change.changeHolidays ?? []).map((edit) => edit.id)]) find(calendar.holidays, id);
  const edits = new Map(change.changeHolidays?.map((edit) => [edit.id, edit]));
  const kept = calendar.holidays
    .filter(({ id }) => !removed.has(id))
    .map((holiday) => edited(holiday, edits.get(holiday.id)));
  const holidays = (change.moveHolidays ?? []).reduce<readonly Holiday[]>(moved, added(kept, change.addHolidays ?? []));
  if (holidays.length > MOST_HOLIDAYS) {
    throw refused([{ path: 'holidays', problem: `a calendar holds ${MOST_HOLIDAYS} holidays; remove old ones first` }]);
  }
  const { name = calendar.name, timeZone = calendar.timeZone, hours = calendar.hours } = change;
  return { ...calendar, name, timeZone, hours, holidays };
}

function added(holidays: readonly Holiday[], more: readonly Holiday[]): readonly Holiday[] {
  const byId = new Map(holidays.map((holiday) => [holiday.id, holiday]));
  for (const holiday of more) byId.set(holiday.id, { ...holiday, moved: byId.get(holiday.id)?.moved ?? holiday.moved });
  return [...byId.values()];
}

/** Another rule has other dates: what was moved of the old ones is forgotten. */
function edited(holiday: Holiday, edit: HolidayEdit | undefined): Holiday {
  if (!edit) return holiday;
  const { name = holiday.name, rule = holiday.rule, hours = holiday.hours } = edit;
  const sameDates = JSON.stringify(rule) === JSON.stringify(holiday.rule);
  const next: Holiday = { ...holiday, name, rule, hours, moved: sameDates ? holiday.moved : {} };
  const problems = holidayProblems('', next);
  if (problems.length > 0) throw refused(problems);
  return next;
}

function moved(holidays: readonly Holiday[], move: HolidayMove): readonly Holiday[] {
  const holiday = find(holidays, move.holidayId);
  const [date, observed] = [parseDay(move.date), parseDay(move.observed)];
  const problem = moveProblem(holiday, date, observed);
  if (problem) throw refused([problem]);
  const { [move.date]: _, ...others } = holiday.moved;
  const next = { ...holiday, moved: date === observed ? others : { ...others, [move.date]: move.observed } };
  return holidays.map((each) => (each === holiday ? next : each));
}

function moveProblem({ rule }: Holiday, date: Day, observed: Day): Problem | undefined {
  if (rule.on === 'date' || rule.on === 'span') {
    return { path: 'date', problem: 'this holiday comes once: change its dates instead' };
  }
  if (computedDays(rule, date, date).length === 0) {
    const near = computedDays(rule, date - 200, date + 200).map(showDay);
    return { path: 'date', problem: `by its rule this holiday is not on that day, but on ${near.join(' or ')}` };
  }
  if (Math.abs(observed - date) > MOST_MOVED_DAYS) {
    return { path: 'observed', problem: `must be within ${MOST_MOVED_DAYS} days of the date` };
  }
  return undefined;
}

function find(holidays: readonly Holiday[], id: string): Holiday {
  const holiday = holidays.find((each) => each.id === id);
  if (!holiday) throw new DomainError('not_found', 'There is no such holiday in this calendar.');
  return holiday;
}

const refused = (fields: Problem[]): DomainError =>
  new DomainError('validation_failed', `Please correct: ${fields.map(({ path }) => path).join(', ')}.`, { fields });

function problemsOf(change: CalendarChange): Problem[] {
  const { timeZone, hours = {}, addHolidays = [], moveHolidays = [] } = change;
  return [
    ...(timeZone === undefined || isTimeZone(timeZone)
      ? []
      : [{ path: 'timeZone', problem: 'must be the name of a time zone, like Asia/Tehran' }]),
    ...WEEKDAYS.flatMap((day) => hoursProblems(`hours.${day}`, hours[day] ?? [])),
    ...addHolidays.flatMap((holiday, i) =>
      holidayProblems(addHolidays.length === 1 ? '' : `addHolidays.${i}.`, holiday),
    ),
    ...moveHolidays.flatMap(({ date, observed }) => [
      ...dayProblems('date', date),
      ...dayProblems('observed', observed),
    ]),
  ];
}

function holidayProblems(prefix: string, { rule, hours }: Holiday): Problem[] {
  const problems = [...ruleProblems(`${prefix}rule`, rule), ...hoursProblems(`${prefix}hours`, hours)];
  if (rule.on === 'span' && hours.length > 0) {
    problems.push({
      path: `${prefix}hours`,
      problem: 'a closure of hours has none of its own; give it other instants',
    });
  }
  return problems;
}

function hoursProblems(path: string, hours: readonly DayHours[]): Problem[] {
  const inOrder = [...hours].sort((a, b) => a.from - b.from);
  if (inOrder.some(({ from, to }) => !(from >= 0 && from < DAY_MINUTES && to > from && to <= 2 * DAY_MINUTES))) {
    return [{ path, problem: 'each stretch begins before midnight (0 to 1439) and ends after it begins (up to 2880)' }];
  }
  if (inOrder.slice(1).some(({ from }, i) => from < inOrder[i]!.to)) {
    return [{ path, problem: 'two stretches of the day overlap; make them one' }];
  }
  return [];
}

function ruleProblems(path: string, rule: HolidayRule): Problem[] {
  switch (rule.on) {
    case 'date':
      return dateProblems(path, rule.date, rule.to ?? rule.date);
    case 'gregorian':
      return dayOfMonth(path, rule.month, rule.day, new Date(Date.UTC(2024, rule.month, 0)).getUTCDate());
    case 'jalali':
      return dayOfMonth(path, rule.month, rule.day, jalaliMonthLength(LEAP, rule.month));
    case 'lunar':
      return dayOfMonth(path, rule.month, rule.day, 30);
    case 'span':
      return spanProblems(path, Date.parse(rule.from), Date.parse(rule.to));
  }
}

function dateProblems(path: string, date: string, to: string): Problem[] {
  const problems = [...dayProblems(`${path}.date`, date), ...dayProblems(`${path}.to`, to)];
  if (problems.length > 0) return problems;
  const days = parseDay(to) - parseDay(date);
  if (days >= 0 && days <= LONGEST_DAYS) return [];
  return [{ path: `${path}.to`, problem: 'must be on or after the date, and within a year of it' }];
}

const dayProblems = (path: string, text: string): Problem[] =>
  parseDay(text) >= FIRST_DAY && parseDay(text) <= LAST_DAY
    ? []
    : [{ path, problem: 'must be a Gregorian date, YYYY-MM-DD, of 1900 to 2199' }];

const dayOfMonth = (path: string, month: number, day: number, longest: number): Problem[] =>
  month >= 1 && month <= 12 && day >= 1 && day <= longest
    ? []
    : [{ path, problem: 'there is no such day in that month' }];

function spanProblems(path: string, from: number, to: number): Problem[] {
  const dayMs = DAY_MINUTES * 60_000;
  if (from >= FIRST_DAY * dayMs && to <= LAST_DAY * dayMs && to > from && to - from <= LONGEST_DAYS * dayMs) return [];
  return [{ path, problem: 'must end after it begins, and within a year' }];
}
