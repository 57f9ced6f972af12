import { hashKey } from '../platform/ids';
import type { Holiday, HolidayRule } from './calendar';
import { parseDay, showDay } from './days';
import { isTimeZone, timeZone } from './time-zone';

/** Something in a feed that could not be taken over, and why. */
export interface NotUnderstood {
  /** Where the event begins, from 1. */
  line: number;
  summary: string | null;
  why: string;
}

export interface Feed {
  holidays: Holiday[];
  notUnderstood: NotUnderstood[];
}

interface Property {
  line: number;
  name: string;
  params: Readonly<Record<string, string>>;
  value: string;
}

/** Thrown while reading one event; becomes a row of `notUnderstood`. */
class Unclear extends Error {}

const YEARLY_PARTS = new Set(['FREQ', 'INTERVAL', 'BYMONTH', 'BYMONTHDAY', 'UNTIL', 'COUNT', 'WKST']);
const LONGEST_RUN = 100; // years that a yearly event with an end is written out for
const DAY_MS = 86_400_000;
const LONGEST_DAYS = 366;

/**
 * Reads the events of an iCalendar feed (RFC 5545) as closed time: all-day events as dates, timed ones as stretches,
 * yearly ones as holidays of the Gregorian calendar. An event keeps its id from import to import, so a feed read again
 * changes what it changed. What this does not understand is said, and never guessed.
 * @param calendarId goes into the ids
 * @param zoneName for times without a zone
 */
export function readFeed(text: string, calendarId: string, zoneName: string): Feed {
  const feed: Feed = { holidays: [], notUnderstood: [] };
  const lines = unfold(text);
  if (lines[0]?.name !== 'BEGIN' || lines[0].value.toUpperCase() !== 'VCALENDAR') {
    feed.notUnderstood.push({
      line: 1,
      summary: null,
      why: 'this is no iCalendar file: it must begin with BEGIN:VCALENDAR',
    });
    return feed;
  }
  for (const event of components(lines, 'VEVENT')) {
    const [begin] = event;
    const summary = one(event, 'SUMMARY');
    try {
      feed.holidays.push(...holidaysOf(event, calendarId, zoneName));
    } catch (error) {
      if (!(error instanceof Unclear)) throw error;
      feed.notUnderstood.push({
        line: begin!.line,
        summary: summary ? unescape(summary.value) : null,
        why: error.message,
      });
    }
  }
  return feed;
}

/** A line that begins with a space or a tab goes on from the one before. */
function unfold(text: string): Property[] {
  const lines: { line: number; text: string }[] = [];
  text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .forEach((raw, i) => {
      const last = lines.at(-1);
      if (/^[ \t]/.test(raw) && last) last.text += raw.slice(1);
      else if (raw.trim() !== '') lines.push({ line: i + 1, text: raw });
    });
  return lines.map(({ line, text: content }) => property(line, content));
}

const CONTENT = /^([\w-]+)((?:;[\w-]+=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)*):(.*)$/s;

function property(line: number, content: string): Property {
  const [, name = '', given = '', value = ''] = CONTENT.exec(content) ?? [];
  const params: Record<string, string> = {};
  for (const [, key, quoted, plain] of given.matchAll(/;([\w-]+)=(?:"([^"]*)"|([^";]*))/g)) {
    params[key!.toUpperCase()] = quoted ?? plain ?? '';
  }
  return { line, name: name.toUpperCase(), params, value };
}

/** The properties of each component of a kind, its BEGIN first; those of components inside it are left out. */
function components(lines: readonly Property[], kind: string): Property[][] {
  const found: Property[][] = [];
  let depth = 0;
  for (const line of lines) {
    const opens = line.name === 'BEGIN';
    if (depth === 0 && opens && line.value.toUpperCase() === kind) {
      found.push([line]);
      depth = 1;
    } else if (depth > 0) {
      if (opens) depth++;
      else if (line.name === 'END') depth--;
      else if (depth === 1) found.at(-1)!.push(line);
    }
  }
  return found;
}

const one = (event: readonly Property[], name: string): Property | undefined => event.find((p) => p.name === name);

const unescape = (text: string): string =>
  text.replace(/\\([nN;,\\])/g, (_, c: string) => (c.toLowerCase() === 'n' ? ' ' : c)).trim();

function holidaysOf(event: readonly Property[], calendarId: string, zoneName: string): Holiday[] {
  if (one(event, 'STATUS')?.value.toUpperCase() === 'CANCELLED') return [];
  const start = one(event, 'DTSTART');
  if (!start) throw new Unclear('it has no DTSTART');
  const strange = event.find(({ name }) => ['RDATE', 'EXDATE', 'EXRULE', 'RECURRENCE-ID'].includes(name));
  if (strange) throw new Unclear(`${strange.name} is not supported: enter its dates by hand`);
  const rules = /^\d{8}$/.test(start.value) ? dayRules(event, start) : timedRules(event, start, zoneName);
  const title = unescape(one(event, 'SUMMARY')?.value ?? '').slice(0, 200) || 'Closed';
  const name = { fa: title, en: title };
  const uid = one(event, 'UID')?.value ?? `${title}/${start.value}`;
  return rules.map((rule, i) => ({
    id: hashKey(`${calendarId}/${uid}/${i}`),
    name,
    rule,
    moved: {},
    hours: [],
  }));
}

/** An all-day event; DTEND is the day after its last. */
function dayRules(event: readonly Property[], start: Property): HolidayRule[] {
  const first = dayIn(start.value);
  const end = one(event, 'DTEND');
  const days = end ? dayIn(end.value) - first : durationMs(event, DAY_MS) / DAY_MS;
  if (!Number.isInteger(days) || days < 1) throw new Unclear('its end is not after its beginning');
  if (days > LONGEST_DAYS) throw new Unclear('it lasts more than a year');
  const every = one(event, 'RRULE');
  if (!every) return [{ on: 'date', date: showDay(first), ...(days > 1 && { to: showDay(first + days - 1) }) }];
  const years = yearly(every.value, first);
  const run = Array.from({ length: days }, (_, i) => monthAndDay(first + i));
  if (years === 'always') return run.map((date) => ({ on: 'gregorian', ...date }));
  const [year = 0] = showDay(first).split('-').map(Number);
  return Array.from({ length: years }, (_, i) =>
    Date.UTC(year + i, monthAndDay(first).month - 1, monthAndDay(first).day),
  )
    .map((ms) => ms / DAY_MS)
    .filter((day) => monthAndDay(day).day === monthAndDay(first).day)
    .map((day) => ({ on: 'date', date: showDay(day), ...(days > 1 && { to: showDay(day + days - 1) }) }));
}

function monthAndDay(day: number): { month: number; day: number } {
  const [, month = 1, date = 1] = showDay(day).split('-').map(Number);
  return { month, day: date };
}

/** For how many years a yearly rule holds. */
function yearly(rule: string, first: number): 'always' | number {
  const parts = new Map<string, string>();
  for (const [, name, value] of rule.toUpperCase().matchAll(/([^=;]+)=([^;]*)/g)) parts.set(name!, value!);
  const unknown = [...parts.keys()].find((part) => !YEARLY_PARTS.has(part));
  const { month, day } = monthAndDay(first);
  const fits =
    parts.get('FREQ') === 'YEARLY' &&
    !unknown &&
    (parts.get('INTERVAL') ?? '1') === '1' &&
    Number(parts.get('BYMONTH') ?? month) === month &&
    Number(parts.get('BYMONTHDAY') ?? day) === day;
  if (!fits) throw new Unclear(`only yearly repetition on one date is supported, not RRULE:${rule}`);
  const [count, until] = [parts.get('COUNT'), parts.get('UNTIL')];
  if (count === undefined && until === undefined) return 'always';
  const last = until === undefined ? NaN : dayIn(until.slice(0, 8));
  const years =
    count === undefined
      ? Number(showDay(last).slice(0, 4)) - Number(showDay(first).slice(0, 4)) + (before(last, first) ? 0 : 1)
      : Number(count);
  if (!(years >= 1 && years <= LONGEST_RUN)) throw new Unclear(`its repetition has no sensible end: RRULE:${rule}`);
  return years;
}

/** Whether `last` comes earlier in its year than `first` in its own. */
const before = (last: number, first: number): boolean => showDay(last).slice(5) < showDay(first).slice(5);

function timedRules(event: readonly Property[], start: Property, zoneName: string): HolidayRule[] {
  if (one(event, 'RRULE')) throw new Unclear('an event with a time of day cannot repeat: make it an all-day event');
  const from = instantIn(start, zoneName);
  const end = one(event, 'DTEND');
  const to = end ? instantIn(end, zoneName) : from + durationMs(event, 0);
  if (to <= from) throw new Unclear('its end is not after its beginning');
  if (to - from > LONGEST_DAYS * DAY_MS) throw new Unclear('it lasts more than a year');
  return [{ on: 'span', from: new Date(from).toISOString(), to: new Date(to).toISOString() }];
}

function dayIn(value: string): number {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(value) ?? [];
  const parsed = parseDay(`${year}-${month}-${day}`);
  if (Number.isNaN(parsed)) throw new Unclear(`“${value}” is no date`);
  if (Number(year) < 1900 || Number(year) > 2199) throw new Unclear(`the year ${year} is out of reach`);
  return parsed;
}

function instantIn({ value, params }: Property, zoneName: string): number {
  const [, date = '', hour, minute, second, utc] = /^(\d{8})T(\d{2})(\d{2})(\d{2})(Z?)$/.exec(value) ?? [];
  const day = dayIn(date);
  const minutes = Number(hour) * 60 + Number(minute) + Number(second) / 60;
  const zone = utc ? 'UTC' : (params['TZID'] ?? zoneName);
  if (!isTimeZone(zone)) throw new Unclear(`there is no time zone “${zone}”`);
  return timeZone(zone).instantOf(day, minutes);
}

function durationMs(event: readonly Property[], otherwise: number): number {
  const value = one(event, 'DURATION')?.value;
  if (value === undefined) return otherwise;
  const [, weeks, days, hours, minutes, seconds] =
    /^\+?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(value) ?? [];
  const amount = (text: string | undefined, unitMs: number) => Number(text ?? 0) * unitMs;
  const total =
    amount(weeks, 604_800_000) +
    amount(days, DAY_MS) +
    amount(hours, 3_600_000) +
    amount(minutes, 60_000) +
    amount(seconds, 1_000);
  if (total <= 0) throw new Unclear(`“${value}” is no duration`);
  return total;
}
