import type { Words } from '../../../text/words';
import type { ChannelSettings } from '../../channel';
import type { SettingField } from '../../credentials';
import { integer, list, string } from '../json';

/** Comments a moderator has yet to decide on; YouTube shows them to nobody. */
export type HeldStatus = 'heldForReview' | 'likelySpam';
const HELD: readonly HeldStatus[] = ['heldForReview', 'likelySpam'];

const number = (name: SettingField['name'], otherwise: number, help: Words): SettingField => ({
  name,
  type: 'number',
  default: otherwise,
  help,
});

const POLL = 'pollMinutes';
const POLL_RANGE = [0.05, 1440] as const; // from three seconds: a reading is a handful of calls, one after the other

export const YOUTUBE_SETTINGS: readonly SettingField[] = [
  number(POLL, 5, {
    fa: 'دقیقه‌های میان دو خواندن، دست‌کم ۰٫۰۵. اگر سهمیهٔ روز نرسد خودبه‌خود بیشتر می‌شود.',
    en: 'Minutes between polls, 0.05 at least. Stretched by itself when the day’s quota would not last.',
  }),
  number('watchDays', 30, {
    fa: 'رشته‌هایی که در این تعداد روز جنب‌وجوش داشته‌اند برای پاسخ، ویرایش و حذف دوباره دیده می‌شوند.',
    en: 'Threads with activity in this many days are looked at again for answers, edits, deletions.',
  }),
  number('watchThreads', 300, {
    fa: 'حداکثر این تعداد رشته زیر نظر است؛ هر پنجاه رشته در هر نگاه یک واحد هزینه دارد.',
    en: 'At most so many threads are watched; each fifty cost one unit a look.',
  }),
  number('recheckMinutes', 15, {
    fa: 'دقیقه‌های میان دو نگاه به همهٔ رشته‌های زیر نظر؛ پنجاه رشتهٔ پرجنب‌وجوش در هر خواندن هستند.',
    en: 'Minutes between two looks at all watched threads; the fifty liveliest are in each poll.',
  }),
  {
    name: 'heldLists',
    type: 'list',
    default: HELD,
    help: {
      fa: 'کدام دیدگاه‌های نگه‌داشته‌شده هم خوانده شوند: heldForReview، likelySpam. بدون هیچ‌کدام، حذف‌ها هم گفته نمی‌شوند.',
      en: 'Which comments held back are read too: heldForReview, likelySpam. With none, deletions are not told either.',
    },
  },
  number('dailyQuota', 10_000, {
    fa: 'سهمیهٔ روزانه‌ای که گوگل به پروژهٔ شما می‌دهد، برای این کانال.',
    en: 'Quota units Google gives your project a day, for this channel.',
  }),
  number('answerShare', 50, {
    fa: 'درصدی از سهمیه که برای پاسخ و مدیریت دیدگاه‌ها کنار گذاشته می‌شود (هر کدام ۵۰ واحد).',
    en: 'Percent of the quota kept for answering and moderating (50 units each).',
  }),
  number('backfillShare', 20, {
    fa: 'درصدی از سهمیه که خواندن گذشته می‌تواند بردارد.',
    en: 'Percent of the quota that reading the past may use.',
  }),
  number('textLimit', 10_000, { fa: 'بلندترین دیدگاه به نویسه.', en: 'Longest comment in characters.' }),
];

/** Polls may follow each other faster than minutes: whoever has the quota for that is answered sooner. */
function fits(name: string, value: unknown): boolean {
  const given = integer(value) ?? value;
  if (name === POLL) return typeof given === 'number' && given >= POLL_RANGE[0] && given <= POLL_RANGE[1];
  return integer(value) !== undefined && Number(value) > 0;
}

/** The settings of a channel with every gap filled by its default. */
export interface YouTubeSettings {
  pollMs: number;
  watchMs: number;
  watchThreads: number;
  recheckMs: number;
  heldLists: readonly HeldStatus[];
  /** Units a day polling may use, and reading the past. */
  pollBudget: number;
  backfillBudget: number;
  textLimit: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export function youTubeSettings(settings: ChannelSettings): YouTubeSettings {
  const numbers = new Map<string, number>(
    YOUTUBE_SETTINGS.map(({ name, default: otherwise }) => [
      name,
      fits(name, settings[name]) ? Number(settings[name]) : Number(otherwise),
    ]),
  );
  const of = (name: string) => numbers.get(name) ?? 0;
  const held = settings['heldLists'];
  const quota = of('dailyQuota');
  const backfill = Math.min(of('backfillShare'), 100 - Math.min(of('answerShare'), 99));
  const share = (percent: number) => Math.max(1, Math.floor((quota * percent) / 100));
  return {
    pollMs: of('pollMinutes') * MINUTE_MS,
    watchMs: of('watchDays') * DAY_MS,
    watchThreads: Math.min(of('watchThreads'), 2_000),
    recheckMs: of('recheckMinutes') * MINUTE_MS,
    heldLists: held === undefined ? HELD : HELD.filter((status) => list(held).map(string).includes(status)),
    pollBudget: share(100 - of('answerShare') - backfill),
    backfillBudget: share(backfill),
    textLimit: of('textLimit'),
  };
}

/** @returns what is wrong, by field */
export function checkYouTubeSettings(settings: ChannelSettings): { path: string; problem: string }[] {
  const problems = YOUTUBE_SETTINGS.filter(({ type }) => type === 'number').flatMap(({ name }) => {
    if (settings[name] === undefined || fits(name, settings[name])) return [];
    const problem =
      name === POLL ? `It must lie between ${POLL_RANGE.join(' and ')}.` : 'Give a whole number above zero.';
    return [{ path: name, problem }];
  });
  const { heldLists: held } = settings;
  const lists =
    held === undefined || (Array.isArray(held) && held.every((one) => (HELD as readonly unknown[]).includes(one)));
  if (!lists) problems.push({ path: 'heldLists', problem: `Choose among ${HELD.join(', ')}.` });
  if (Number(settings['answerShare'] ?? 50) + Number(settings['backfillShare'] ?? 20) >= 100)
    problems.push({ path: 'answerShare', problem: 'answerShare and backfillShare must leave something for polling.' });
  return problems;
}
