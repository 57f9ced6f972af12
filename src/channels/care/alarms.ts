import { wordsOf } from '../../refusals/refusal-words';
import { inPersian, type Words } from '../../text/words';
import type { HealthReport } from '../health';

/** What an admin has to know of a channel, with what to do about it. */
export interface Alarm {
  name: string;
  message: Words;
  fix: Words | null;
  /** When it was found, where that is not now. */
  seenAt?: Date;
}

export interface ChannelFacts {
  state: 'active' | 'needs_reconnect' | 'disabled';
  stateReason: string | null;
  report: HealthReport | null;
  /** The report of the round before. */
  before: HealthReport | null;
  /** What stands by now. */
  open: readonly Alarm[];
  /** Readings that failed, with how often in a row. */
  pulls: readonly { reason: string; failures: number; error: string | null; code: string | null; fix: Words | null }[];
  /** What sending found out. */
  sending: readonly Alarm[];
  silence: { expected: number; unlike: boolean } | null;
  lastEventAt: Date | null;
  /** Hours without an event after which to warn, whatever the rhythm; null: only the rhythm. */
  silenceHours: number | null;
}

const READING_FAILS: Words = { fa: 'خواندن کانال ناموفق است.', en: 'Reading the channel fails.' };
const BUDGET_SPENT: Words = {
  fa: 'بودجهٔ خواندن امروز تمام شده است؛ فردا (UTC) ادامه می‌یابد.',
  en: 'What a day of reading may cost is used up; it goes on tomorrow (UTC).',
};
const RAISE_BUDGET: Words = {
  fa: 'بودجهٔ روز را بیشتر کنید، یا تا فردا صبر کنید.',
  en: 'Raise the day’s budget, or wait until tomorrow.',
};
const FAILURES_TOLD = 3; // one or two are the weather, unless it is known what an admin must change
const FOUND_ELSEWHERE = /^(reconnect|unreachable|silence|sending_paused|pull_.*|(edit_|moderation_)?refused_.*)$/; // not by a report
const TOKEN_WARNING_MS = 7 * 24 * 3_600_000;

/** The alarms a channel's facts amount to. One name each, so that a standing one is told once. */
export function alarmsOf(facts: ChannelFacts, now: Date): Alarm[] {
  const alarms: Alarm[] = [];
  const add = (name: string, message: Words, fix: Words | null) => alarms.push({ name, message, fix });
  if (facts.state === 'disabled') return alarms;
  if (facts.state === 'needs_reconnect')
    add(
      'reconnect',
      facts.stateReason === null
        ? { fa: 'شبکه اطلاعات ورود ما را نمی‌پذیرد.', en: 'The network refuses our credentials.' }
        : wordsOf(facts.stateReason),
      {
        fa: 'کانال را دوباره وصل کنید؛ آنچه در این میان نوشته شده پس از آن فرستاده می‌شود.',
        en: 'Connect the channel again; what was written meanwhile goes out after that.',
      },
    );
  for (const check of facts.report?.checks ?? [])
    if (check.state === 'problem') add(check.name, check.message, check.fix ?? null);
  alarms.push(...unanswered(facts));
  if (unreachable(facts.report) && unreachable(facts.before))
    add('unreachable', facts.report!.checks.find(({ state }) => state === 'unknown')!.message, {
      fa: 'ببینید این سرور به شبکه دسترسی دارد یا نه؛ اگر مسدود است برای کانال پراکسی بگذارید.',
      en: 'Look whether this machine reaches the network; where it is blocked, give the channel a proxy.',
    });
  const { missingScopes = [], tokenExpiresAt } = facts.report ?? {};
  if (missingScopes.length > 0 && !alarms.some(({ name }) => name === 'scopes'))
    add(
      'scopes',
      {
        fa: `این دسترسی‌ها داده نشده است: ${missingScopes.join('، ')}.`,
        en: `These permissions are missing: ${missingScopes.join(', ')}.`,
      },
      {
        fa: 'کانال را دوباره وصل کنید و همهٔ دسترسی‌ها را روشن بگذارید.',
        en: 'Connect the channel again and leave every permission on.',
      },
    );
  if (tokenExpiresAt && Date.parse(tokenExpiresAt) - now.getTime() < TOKEN_WARNING_MS && facts.state === 'active')
    add(
      'token_expiry',
      { fa: `توکن در ${tokenExpiresAt} پایان می‌یابد.`, en: `The token ends on ${tokenExpiresAt}.` },
      { fa: 'پیش از آن روز کانال را دوباره وصل کنید.', en: 'Connect the channel again before that day.' },
    );
  for (const pull of facts.pulls)
    if (pull.code === 'budget_spent') add(`pull_${pull.reason}`, BUDGET_SPENT, RAISE_BUDGET);
    else if (pull.fix || pull.failures >= FAILURES_TOLD)
      add(`pull_${pull.reason}`, pull.error === null ? READING_FAILS : wordsOf(pull.error), pull.fix);
  alarms.push(...facts.sending);
  const quiet = silent(facts, now);
  if (quiet)
    add('silence', quiet, {
      fa: 'ببینید شبکه هنوز تحویل می‌دهد یا نه: کانال را بررسی کنید و سپس راه‌اندازی در شبکه را بزنید.',
      en: 'Look whether the network still delivers: check the channel, then its subscription.',
    });
  return eachOnce(alarms);
}

/** What the network could not be asked about this time stands as it was: no answer is no good news. */
function unanswered({ report, before, open }: ChannelFacts): Alarm[] {
  if (!report || !brokeOff(report, before)) return [];
  const told = new Set(report.checks.flatMap(({ name, state }) => (state === 'unknown' ? [] : [name])));
  if (report.missingScopes) told.add('scopes');
  if (report.tokenExpiresAt) told.add('token_expiry');
  return open.filter(({ name }) => !told.has(name) && !FOUND_ELSEWHERE.test(name));
}

/** What stays unknown while other checks are answered is not to be learnt there; it holds up nothing. */
function brokeOff(report: HealthReport, before: HealthReport | null): boolean {
  const was = new Set(unknownOf(before).map(({ name }) => name));
  return unreachable(report) || unknownOf(report).some(({ name }) => !was.has(name));
}

/** Two findings of one name are one alarm. */
function eachOnce(alarms: readonly Alarm[]): Alarm[] {
  const byName = new Map<string, Alarm>();
  for (const alarm of alarms) {
    const known = byName.get(alarm.name);
    byName.set(alarm.name, known ? { ...known, message: joined(known, alarm), fix: known.fix ?? alarm.fix } : alarm);
  }
  return [...byName.values()];
}

const joined = ({ message: one }: Alarm, { message: other }: Alarm): Words =>
  one.en.includes(other.en) ? one : { fa: `${one.fa} ${other.fa}`, en: `${one.en} ${other.en}` };

function silent({ silence, lastEventAt, silenceHours }: ChannelFacts, now: Date): Words | null {
  if (!lastEventAt) return null;
  const hours = (now.getTime() - lastEventAt.getTime()) / 3_600_000;
  if (silence?.unlike)
    return {
      fa: `‏${inPersian(hours)} ساعت است چیزی نرسیده، درحالی‌که حدود ${inPersian(silence.expected)} رویداد انتظار می‌رفت.`,
      en: `Nothing has come for ${Math.round(hours)} hours, where about ${Math.round(silence.expected)} events were to be expected.`,
    };
  return silenceHours !== null && hours >= silenceHours
    ? { fa: `‏${inPersian(hours)} ساعت است چیزی نرسیده.`, en: `Nothing has come for ${Math.round(hours)} hours.` }
    : null;
}

const unknownOf = (report: HealthReport | null) =>
  (report?.checks ?? []).filter(({ name, state }) => state === 'unknown' && name !== 'public_address');

/** Nothing of it could be asked: the way there, not the account, is in trouble. */
const unreachable = (report: HealthReport | null): boolean => {
  const asked = (report?.checks ?? []).filter(({ name }) => name !== 'public_address');
  return asked.length > 0 && asked.every(({ state }) => state === 'unknown');
};
