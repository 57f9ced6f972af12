import type { Explained } from './clock';
import type { ClockKind } from './policy';
import type { MoveWhy } from './ticket-clocks';

/** The same in both languages. */
export interface Sentences {
  fa: string;
  en: string;
}

/** A clock as it is to be told. Instants are milliseconds since 1970. */
export interface Story {
  kind: ClockKind;
  startedAt: number;
  targetMs: number | null;
  dueAt: number | null;
  /** What counted and what did not, from the start on, joining without gaps. */
  rows: readonly Explained[];
  paused: boolean;
  ended: { at: number; how: 'met' | 'cancelled' } | null;
  breached: boolean;
  moves: readonly { why: MoveWhy; from: number | null; to: number | null }[];
  /** IANA name: the calendar's. */
  timeZone: string;
}

const MOST_PARTS = 16; // of a clock of weeks its beginning, and how it ended
const LAST_PARTS = 4;
const MOST_MOVES = 3;
const MINUTE = 60_000;
const DAYS_BY_NAME = 6 * 24 * 60 * MINUTE; // in a longer time a day's name comes twice

/** Why a clock is due when it is, in sentences: Persian with Jalali dates and Persian digits, and English. */
export function explainText(story: Story): Sentences {
  return { fa: sentences(story, persian(story)), en: sentences(story, english(story)) };
}

interface Language {
  head: () => string;
  row: (row: Explained) => string;
  more: (count: number) => string;
  move: (why: MoveWhy, from: number | null) => string;
  join: string;
}

function sentences({ rows: all, moves }: Story, language: Language): string {
  const rows = all.reduce<Explained[]>(joinHolidays, []);
  const cut = rows.length > MOST_PARTS ? rows.length - MOST_PARTS : 0;
  const head = rows.slice(0, cut > 0 ? MOST_PARTS - LAST_PARTS : rows.length);
  const tail = cut > 0 ? rows.slice(-LAST_PARTS) : [];
  const parts = [...head.map(language.row), ...(cut > 0 ? [language.more(cut)] : []), ...tail.map(language.row)];
  const because = parts.length > 0 ? `: ${parts.join(language.join)}` : '';
  const moved = moves.slice(-MOST_MOVES).map(({ why, from }) => language.move(why, from));
  return [`${language.head()}${because}.`, ...moved.map((sentence) => `${sentence}.`)].join(' ');
}

/** A holiday of several days is one. */
function joinHolidays(rows: Explained[], row: Explained): Explained[] {
  const last = rows.at(-1);
  const goesOn = last?.why === 'holiday' && row.why === 'holiday' && last.holiday?.name.en === row.holiday?.name.en;
  return goesOn ? [...rows.slice(0, -1), { ...last, to: row.to }] : [...rows, row];
}

function english(story: Story): Language {
  const when = moments('en-GB', story);
  const { startedAt, dueAt, targetMs, ended } = story;
  const started = STARTED_EN[story.kind];
  return {
    join: '; ',
    head: () => {
      const since = `${started} ${when.full(startedAt)}`;
      const target = targetMs === null || story.kind === 'callback' ? '' : ` with a target of ${lengthEn(targetMs)}`;
      const due = dueAt === null ? null : when.full(dueAt);
      if (ended?.how === 'cancelled')
        return `Cancelled ${when.full(ended.at)}${due ? `; it was due ${due}` : ''} because ${since}${target}`;
      if (ended) return `Met ${when.full(ended.at)}${due ? `; it was due ${due}` : ''} because ${since}${target}`;
      if (due !== null) return `${story.breached ? 'Was due' : 'Due'} ${due} because ${since}${target}`;
      if (story.paused) return `Paused with ${lengthEn(leftOf(story))} left because ${since}${target}`;
      if (targetMs === null) return `Not due at any time; ${since}`;
      return `Never due: the calendar does not open long enough; ${since}${target}`;
    },
    row: (row) => {
      const span = `from ${when.short(row.from)} to ${when.end(row.from, row.to)}`;
      switch (row.why) {
        case 'open_hours':
          return `${lengthEn(row.to - row.from)} counted ${span}`;
        case 'wall_time':
          return `every minute counted, ${lengthEn(row.to - row.from)} ${span}`;
        case 'closed_hours':
          return when.wholeDays(row).length > 0
            ? `closed ${span}, ${listEn(when.wholeDays(row))} all day`
            : `closed ${span}`;
        case 'holiday':
          return when.isWhole(row)
            ? `${listEn(when.wholeDays(row))} closed for ${row.holiday?.name.en ?? 'a holiday'}`
            : `closed ${span} for ${row.holiday?.name.en ?? 'a holiday'}`;
        case 'paused':
          return `paused ${span} ${PAUSED_EN[row.pausedBy ?? 'pending']}`;
      }
    },
    more: (count) => `and ${count} more stretch${count === 1 ? '' : 'es'}`,
    move: (why, from) => `${MOVED_EN[why]}${from === null ? '' : `; before that it was due ${when.full(from)}`}`,
  };
}

function persian(story: Story): Language {
  const when = moments('fa-IR-u-ca-persian-nu-arabext', story);
  const { startedAt, dueAt, targetMs, ended } = story;
  return {
    join: '؛ ',
    head: () => {
      const since = `${STARTED_FA[story.kind]} ${when.full(startedAt)}`;
      const target = targetMs === null || story.kind === 'callback' ? '' : ` و مهلت آن ${lengthFa(targetMs)} است`;
      const due = dueAt === null ? null : when.full(dueAt);
      if (ended)
        return `${ended.how === 'met' ? 'انجام‌شده' : 'لغوشده'} در ${when.full(ended.at)}${due ? `؛ سررسید ${due} بود` : ''}، چون ${since}${target}`;
      if (due !== null) return `سررسید ${due} ${story.breached ? 'بود' : 'است'}، چون ${since}${target}`;
      if (story.paused) return `متوقف، با ${lengthFa(leftOf(story))} مانده، چون ${since}${target}`;
      if (targetMs === null) return `سررسیدی ندارد؛ ${since}`;
      return `هیچ‌گاه سر نمی‌رسد، چون تقویم به اندازهٔ کافی باز نیست؛ ${since}${target}`;
    },
    row: (row) => {
      const span = `از ${when.short(row.from)} تا ${when.end(row.from, row.to)}`;
      switch (row.why) {
        case 'open_hours':
          return `${lengthFa(row.to - row.from)} ${span} حساب شد`;
        case 'wall_time':
          return `همهٔ دقیقه‌ها حساب شد، ${lengthFa(row.to - row.from)} ${span}`;
        case 'closed_hours':
          return when.wholeDays(row).length > 0
            ? `${span} بسته، ${listFa(when.wholeDays(row))} تمام روز`
            : `${span} بسته`;
        case 'holiday':
          return `${when.isWhole(row) ? listFa(when.wholeDays(row)) : span} تعطیل به مناسبت ${row.holiday?.name.fa ?? 'تعطیلی رسمی'}`;
        case 'paused':
          return `${span} متوقف، ${PAUSED_FA[row.pausedBy ?? 'pending']}`;
      }
    },
    more: (count) => `و ${numberFa(count)} بازهٔ دیگر`,
    move: (why, from) => `${MOVED_FA[why]}${from === null ? '' : `؛ پیش از آن سررسید ${when.full(from)} بود`}`,
  };
}

/** How instants are told in a language and zone. Days are told by their name, and by date where the name is not enough. */
function moments(locale: string, { startedAt, rows, dueAt, timeZone }: Story) {
  const format = (options: Intl.DateTimeFormatOptions) => {
    const formatter = new Intl.DateTimeFormat(locale, { timeZone, ...options });
    return (at: number) => formatter.format(at);
  };
  const weekday = format({ weekday: 'long' });
  const date = format({ day: 'numeric', month: 'long' });
  const dayKey = format({ year: 'numeric', month: '2-digit', day: '2-digit' });
  const time = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const isMidnight = isMidnightIn(timeZone);
  const last = Math.max(dueAt ?? startedAt, rows.at(-1)?.to ?? startedAt);
  const day = (at: number) => (last - startedAt >= DAYS_BY_NAME ? `${weekday(at)} ${date(at)}` : weekday(at));
  /** The days of a stretch, each by one of its instants. */
  const days = ({ from, to }: Explained): number[] => {
    const found = new Map<string, number>();
    for (let at = from; at < to; at = Math.min(at + 6 * 60 * MINUTE, to))
      if (!found.has(dayKey(at))) found.set(dayKey(at), at);
    return [...found.values()];
  };
  return {
    full: (at: number) => `${weekday(at)} ${date(at)} ${time(at)}`,
    short: (at: number) => `${day(at)} ${time(at)}`,
    /** The end of a stretch: the time alone when it is on the day it began. */
    end: (from: number, to: number) => (dayKey(from) === dayKey(to) ? time(to) : `${day(to)} ${time(to)}`),
    isWhole: ({ from, to }: Explained) => isMidnight(from) && isMidnight(to),
    /** The days that a stretch holds from midnight to midnight. */
    wholeDays: (row: Explained) =>
      days(row)
        .slice(isMidnight(row.from) ? 0 : 1)
        .slice(0, isMidnight(row.to) ? undefined : -1)
        .map(day),
  };
}

const isMidnightIn = (timeZone: string) => {
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return (at: number) => clock.format(at) === '00:00';
};

/** Of a paused clock: its target less what counted, in whole minutes; with seconds left it is not over. */
const leftOf = ({ targetMs, rows }: Story): number => {
  const counted = rows.reduce((sum, row) => sum + (row.counted ? row.to - row.from : 0), 0);
  return Math.ceil(((targetMs ?? 0) - counted) / MINUTE) * MINUTE;
};

function parts(ms: number): { hours: number; minutes: number } {
  const minutes = Math.round(Math.max(ms, 0) / MINUTE);
  return { hours: Math.floor(minutes / 60), minutes: minutes % 60 };
}

function lengthEn(ms: number): string {
  const { hours, minutes } = parts(ms);
  const unit = (count: number, name: string) => (count > 0 ? [`${count} ${name}${count === 1 ? '' : 's'}`] : []);
  return [...unit(hours, 'hour'), ...unit(minutes, 'minute')].join(' ') || '0 minutes';
}

const numberFa = (count: number): string => new Intl.NumberFormat('fa-IR', { useGrouping: false }).format(count);

function lengthFa(ms: number): string {
  const { hours, minutes } = parts(ms);
  const unit = (count: number, name: string) => (count > 0 ? [`${numberFa(count)} ${name}`] : []);
  return [...unit(hours, 'ساعت'), ...unit(minutes, 'دقیقه')].join(' و ') || '۰ دقیقه';
}

const listEn = (words: string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

const listFa = (words: string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join('، ')} و ${words.at(-1)}`;

const STARTED_EN: Record<ClockKind, string> = {
  first_response: 'the customer wrote',
  next_response: 'the customer wrote',
  resolution: 'the work began',
  callback: 'a call was promised',
};
const STARTED_FA: Record<ClockKind, string> = {
  first_response: 'مشتری پیام داد',
  next_response: 'مشتری پیام داد',
  resolution: 'کار آغاز شد',
  callback: 'قول تماس داده شد',
};
const PAUSED_EN: Record<NonNullable<Explained['pausedBy']>, string> = {
  pending: 'while waiting for the customer',
  on_hold: 'while on hold',
  solved: 'while solved',
  merged: 'while its work was done in another ticket',
};
const PAUSED_FA: Record<NonNullable<Explained['pausedBy']>, string> = {
  pending: 'در انتظار مشتری',
  on_hold: 'در انتظار دیگران',
  solved: 'حل‌شده بود',
  merged: 'کارش در تیکت دیگری انجام می‌شد',
};
const MOVED_EN: Record<MoveWhy, string> = {
  paused: 'It was paused',
  resumed: 'It went on after a pause',
  reopened: 'The ticket was opened again',
  answer_failed: 'The answer did not reach the customer',
  unmerged: 'The merge was undone',
  customer_wrote_earlier: 'The customer had written earlier than we first knew',
  word_taken_back: 'The customer’s first word is gone; the next one counts',
  policy_chosen: 'Another policy applies since the ticket changed',
  priority_changed: 'The priority changed',
  call_rescheduled: 'The call was moved to another time',
  calendar_changed: 'The calendar changed',
  policy_changed: 'The policy changed',
};
const MOVED_FA: Record<MoveWhy, string> = {
  paused: 'متوقف شد',
  resumed: 'پس از توقف ادامه یافت',
  reopened: 'تیکت دوباره باز شد',
  answer_failed: 'پاسخ به مشتری نرسید',
  unmerged: 'ادغام برگردانده شد',
  customer_wrote_earlier: 'مشتری زودتر از آنچه می‌دانستیم پیام داده بود',
  word_taken_back: 'نخستین پیام مشتری دیگر نیست؛ پیام بعدی به حساب می‌آید',
  policy_chosen: 'با تغییر تیکت، سیاست دیگری به کار رفت',
  priority_changed: 'اولویت تغییر کرد',
  call_rescheduled: 'زمان تماس جابه‌جا شد',
  calendar_changed: 'تقویم تغییر کرد',
  policy_changed: 'سیاست تغییر کرد',
};
