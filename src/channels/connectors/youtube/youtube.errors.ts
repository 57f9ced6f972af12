import type { PullOutcome } from '../../pulling';
import type { SendOutcome } from '../../sending';
import type { HttpAnswer } from '../../egress';
import { list, record, string } from '../json';
import { unanswered } from '../unanswered';
import { untilPacificMidnight } from './youtube.quota';

export type Refusal = Exclude<SendOutcome, { status: 'sent' }>;

type Verdict =
  | { is: 'failed'; what: string; code: string; fix: 'agent' | 'admin' | 'none' }
  | { is: 'quota' | 'rate' | 'token' | 'doubt' };

const failed = (code: string, fix: 'agent' | 'admin' | 'none', what: string): Verdict => ({
  is: 'failed',
  what,
  code,
  fix,
});
const QUOTA: Verdict = { is: 'quota' };
const RATE: Verdict = { is: 'rate' };
const TEXT = failed('bad_request', 'agent', 'YouTube refuses the text.');
const GONE = failed('object_gone', 'none', 'The comment or video is gone.');
const PARENT = failed('parent_refused', 'none', 'The comment above cannot be answered.');
const PERMISSION = failed(
  'permission_missing',
  'admin',
  'The connected account may not do this. Connect the channel again as its owner and allow everything.',
);

const RATE_WAIT_MS = 60_000; // youtube.md §6: backoff [M]

/** `error.errors[0].reason` to what it means, youtube.md §6. */
const VERDICTS: Readonly<Record<string, Verdict>> = {
  quotaExceeded: QUOTA,
  dailyLimitExceeded: QUOTA,
  rateLimitExceeded: RATE,
  userRateLimitExceeded: RATE,
  commentsDisabled: failed('comments_disabled', 'none', 'Comments are turned off for this video.'),
  forbidden: PERMISSION,
  insufficientPermissions: PERMISSION,
  ineligibleAccount: failed(
    'ineligible_account',
    'admin',
    'The account has no YouTube channel set up. Set it up at YouTube.',
  ),
  authError: { is: 'token' },
  commentTextRequired: TEXT,
  commentTextTooLong: failed('text_too_long', 'agent', 'The text is too long for YouTube. Shorten it.'),
  invalidCommentMetadata: TEXT,
  processingFailure: failed('processing_failure', 'agent', 'YouTube could not process the comment. Change the text.'),
  parentCommentIsPrivate: PARENT,
  parentCommentIdMissing: PARENT,
  banWithoutReject: failed('bad_request', 'none', 'Only who is rejected can be blocked.'),
  operationNotSupported: failed('not_supported', 'none', 'YouTube does not allow this for this comment.'),
  commentNotFound: GONE,
  parentCommentNotFound: GONE,
  videoNotFound: GONE,
  channelNotFound: GONE,
};

/** The reason Google gives, or undefined. */
export function reasonOf(answer: HttpAnswer): string | undefined {
  const error = answer.kind === 'answer' ? record(record(answer.json)?.['error']) : undefined;
  return string(record(list(error?.['errors'])[0])?.['reason']);
}

function verdictOf(status: number, reason: string | undefined): Verdict {
  if (reason !== undefined && Object.hasOwn(VERDICTS, reason)) return VERDICTS[reason]!;
  if (status === 401) return { is: 'token' };
  if (status === 429) return RATE;
  if (status === 403) return PERMISSION;
  if (status === 404) return GONE;
  if (status === 400) return failed('bad_request', 'admin', 'YouTube refuses the call.');
  if (status >= 500 || status < 400) return { is: 'doubt' };
  return failed(`youtube_${status}`, 'admin', 'YouTube answers with an error we do not know.');
}

/** What a call that did not succeed means for the message it carried. */
export function outcomeOf(answer: HttpAnswer, now: number): Refusal {
  if (answer.kind === 'no_answer') return unanswered(answer);
  const reason = reasonOf(answer);
  const where = `(YouTube HTTP ${answer.status}${reason === undefined ? '' : `/${reason.slice(0, 60)}`})`;
  const verdict = verdictOf(answer.status, reason);
  switch (verdict.is) {
    case 'failed':
      return { status: 'failed', reason: `${verdict.what} ${where}`, code: verdict.code, fix: verdict.fix };
    case 'token':
      return { status: 'reconnect', reason: `Google refuses the access token. ${where}`, code: 'token_invalid' };
    case 'doubt':
      return { status: 'unknown', reason: `YouTube failed in a way that leaves open whether it was done. ${where}` };
    case 'quota':
      return {
        status: 'retry',
        reason: `The day’s quota is used up. It starts anew at midnight Pacific time. ${where}`,
        code: 'quota_exceeded',
        afterMs: untilPacificMidnight(now),
        scope: 'channel',
      };
    case 'rate': {
      const told = answer.headers.get('retry-after') ?? '';
      const afterMs = /^\d{1,6}$/.test(told) ? Number(told) * 1000 : RATE_WAIT_MS;
      return {
        status: 'retry',
        reason: `YouTube limits the rate of calls. ${where}`,
        code: 'rate_limited',
        afterMs,
        scope: 'channel',
      };
    }
  }
}

/** What a call that did not succeed means for a pull: reading has no doubt, so doubt is tried again. */
export function pullOutcomeOf(answer: HttpAnswer, now: number): Exclude<PullOutcome, { status: 'pulled' }> {
  const outcome = outcomeOf(answer, now);
  switch (outcome.status) {
    case 'unknown':
      return { status: 'retry', reason: outcome.reason };
    case 'retry': {
      const { reason, code, afterMs } = outcome;
      return {
        status: 'retry',
        reason,
        ...(code === undefined ? {} : { code }),
        ...(afterMs === undefined ? {} : { afterMs }),
      };
    }
    case 'reconnect':
      return outcome;
    case 'failed': {
      const fix = {
        fa: 'کانال را با حساب گوگلی که صاحب آن است دوباره وصل کنید.',
        en: 'Connect the channel again with the Google account that owns it.',
      };
      return {
        status: 'refused',
        reason: outcome.reason,
        code: outcome.code,
        ...(outcome.fix === 'admin' ? { fix } : {}),
      };
    }
  }
}
