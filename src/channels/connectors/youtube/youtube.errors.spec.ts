import { Headers } from 'undici';
import { outcomeOf, pullOutcomeOf } from './youtube.errors';

const NOW = Date.UTC(2026, 10, 22, 20, 0, 0);
const answer = (status: number, reason?: string, headers: Record<string, string> = {}) => ({
  kind: 'answer' as const,
  status,
  ok: status < 300,
  headers: new Headers(headers),
  text: '',
  json:
    reason === undefined
      ? undefined
      : { error: { code: status, message: 'their words', errors: [{ domain: 'd', reason }] } },
});

it.each<[number, string | undefined, object]>([
  [403, 'quotaExceeded', { status: 'retry', code: 'quota_exceeded', scope: 'channel', afterMs: 12 * 3_600_000 }],
  [403, 'dailyLimitExceeded', { status: 'retry', code: 'quota_exceeded', scope: 'channel' }],
  [403, 'rateLimitExceeded', { status: 'retry', code: 'rate_limited', afterMs: 60_000 }],
  [403, 'userRateLimitExceeded', { status: 'retry', code: 'rate_limited' }],
  [429, undefined, { status: 'retry', code: 'rate_limited' }],
  [403, 'commentsDisabled', { status: 'failed', code: 'comments_disabled', fix: 'none' }],
  [403, 'forbidden', { status: 'failed', code: 'permission_missing', fix: 'admin' }],
  [403, 'ineligibleAccount', { status: 'failed', code: 'ineligible_account', fix: 'admin' }],
  [403, 'somethingNew', { status: 'failed', code: 'permission_missing', fix: 'admin' }],
  [401, 'authError', { status: 'reconnect', code: 'token_invalid' }],
  [401, undefined, { status: 'reconnect' }],
  [400, 'commentTextRequired', { status: 'failed', fix: 'agent' }],
  [400, 'commentTextTooLong', { status: 'failed', code: 'text_too_long', fix: 'agent' }],
  [400, 'invalidCommentMetadata', { status: 'failed', fix: 'agent' }],
  [400, 'parentCommentIsPrivate', { status: 'failed', code: 'parent_refused', fix: 'none' }],
  [400, 'processingFailure', { status: 'failed', code: 'processing_failure' }],
  [400, 'banWithoutReject', { status: 'failed' }],
  [400, 'operationNotSupported', { status: 'failed', code: 'not_supported' }],
  [400, '__proto__', { status: 'failed', code: 'bad_request', fix: 'admin' }],
  [404, 'parentCommentNotFound', { status: 'failed', code: 'object_gone', fix: 'none' }],
  [404, undefined, { status: 'failed', code: 'object_gone' }],
  [500, 'backendError', { status: 'unknown' }],
  [200, undefined, { status: 'unknown' }],
  [418, undefined, { status: 'failed', code: 'youtube_418' }],
])('%i %s', (status, reason, expected) => expect(outcomeOf(answer(status, reason), NOW)).toMatchObject(expected));

it('waits as long as the header says, and keeps their words out of ours', () => {
  expect(outcomeOf(answer(429, undefined, { 'retry-after': '7' }), NOW)).toMatchObject({ afterMs: 7000 });
  expect(outcomeOf(answer(403, 'forbidden'), NOW).reason).not.toContain('their words');
});

it('reading: doubt is tried again, a refusal says what to do', () => {
  expect(pullOutcomeOf(answer(500, 'backendError'), NOW)).toMatchObject({ status: 'retry' });
  expect(pullOutcomeOf(answer(403, 'quotaExceeded'), NOW)).toMatchObject({ status: 'retry', afterMs: 12 * 3_600_000 });
  expect(pullOutcomeOf(answer(403, 'forbidden'), NOW)).toMatchObject({
    status: 'refused',
    fix: { fa: expect.any(String) as string, en: expect.any(String) as string },
  });
  expect(pullOutcomeOf(answer(401), NOW)).toMatchObject({ status: 'reconnect' });
});
