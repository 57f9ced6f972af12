import type { Words } from '../../../text/words';
import type { PullOutcome } from '../../pulling';
import type { SendOutcome } from '../../sending';
import type { HttpAnswer } from '../../egress';
import { integer, record } from '../json';
import { unanswered } from '../unanswered';

type Answer = Extract<HttpAnswer, { kind: 'answer' }>;
export type Refusal = Exclude<SendOutcome, { status: 'sent' }>;

const DAY_MS = 86_400_000;
/** Token refusals inside other statuses, linkedin.md §6 [M]; a 401 counts as one by itself. */
const TOKEN_CODES = new Set([65_600, 65_601, 65_602]);

/** How long LinkedIn asks us to wait: `Retry-After`, else until its daily limits start anew at 00:00 UTC (linkedin.md §6). */
export function waitMs(headers: Answer['headers'], now: number): number {
  const told = headers.get('retry-after') ?? '';
  if (/^\d{1,6}$/.test(told)) return Number(told) * 1000;
  const until = Date.parse(told);
  return until > now ? until - now : DAY_MS - (now % DAY_MS);
}

/** What a call that did not succeed means for the message it carried. Source: the table of linkedin.md §6. */
export function outcomeOf(answer: HttpAnswer, now: number): Refusal {
  if (answer.kind === 'no_answer') return unanswered(answer);
  const { status } = answer;
  const code = integer(record(answer.json)?.['serviceErrorCode']);
  const where = `(LinkedIn HTTP ${status}${code === undefined ? '' : `/${code}`})`;
  const failed = (what: string, name: string, fix: 'agent' | 'admin' | 'none'): Refusal => ({
    status: 'failed',
    reason: `${what} ${where}`,
    code: name,
    fix,
  });
  if (status === 401 || (code !== undefined && TOKEN_CODES.has(code)))
    return {
      status: 'reconnect',
      reason: `LinkedIn refuses the access token. Reconnect the channel. ${where}`,
      code: 'token_invalid',
    };
  switch (status) {
    case 400:
    case 422:
      return failed('LinkedIn refuses the content or a parameter.', 'bad_request', 'agent');
    case 403:
      return failed(
        'The member who connected the page has lost the administrator role or a permission. Restore it in LinkedIn and reconnect.',
        'permission_missing',
        'admin',
      );
    case 404:
      return failed('The comment or post is gone.', 'object_gone', 'none');
    case 409:
      return { status: 'unknown', reason: `LinkedIn says this comment exists already. ${where}` };
    case 426:
      return failed(
        'LinkedIn has retired the API version. Set the channel’s linkedinVersion to a newer one.',
        'version_retired',
        'admin',
      );
    case 429:
      return {
        status: 'retry',
        reason: `LinkedIn’s limit of calls is reached. ${where}`,
        code: 'rate_limited',
        afterMs: waitMs(answer.headers, now),
        scope: 'channel',
      };
  }
  if (status >= 500 || status < 400)
    return { status: 'unknown', reason: `LinkedIn failed in a way that leaves open whether it was done. ${where}` };
  return failed('LinkedIn answers with an error we do not know.', `linkedin_${status}`, 'admin');
}

const FIXES: Readonly<Record<string, Words>> = {
  permission_missing: {
    fa: 'به عضوی که وصل می‌کند نقش مدیر صفحه بدهید، سپس کانال را دوباره وصل کنید.',
    en: 'Give the connecting member the administrator role of the page, then reconnect the channel.',
  },
  version_retired: {
    fa: '‏linkedinVersion را در تنظیمات کانال نسخه‌ای بگذارید که لینکدین هنوز پاسخ می‌دهد.',
    en: 'Set linkedinVersion in the channel’s settings to a version LinkedIn still serves.',
  },
  bad_request: {
    fa: '‏notificationActions و pullFrom را در تنظیمات کانال بررسی کنید.',
    en: 'Check notificationActions and pullFrom in the channel’s settings.',
  },
};

/** What a call that did not succeed means for a pull: reading has no doubt, so doubt is tried again. */
export function pullOutcomeOf(answer: HttpAnswer, now: number): Exclude<PullOutcome, { status: 'pulled' }> {
  const outcome = outcomeOf(answer, now);
  switch (outcome.status) {
    case 'unknown':
      return { status: 'retry', reason: outcome.reason };
    case 'retry':
      return {
        status: 'retry',
        reason: outcome.reason,
        ...(outcome.code === undefined ? {} : { code: outcome.code }),
        ...(outcome.afterMs === undefined ? {} : { afterMs: outcome.afterMs }),
      };
    case 'reconnect':
      return outcome;
    case 'failed': {
      const fix = FIXES[outcome.code];
      return { status: 'refused', reason: outcome.reason, code: outcome.code, ...(fix === undefined ? {} : { fix }) };
    }
  }
}
