import type { PullOutcome, PullPlan, PullRequest } from '../../pulling';
import { id, record } from '../json';
import type { RubikaClient } from './rubika.client';
import { verdictOf } from './rubika.errors';
import type { RubikaSettings } from './rubika.settings';

const MINUTE_MS = 60_000;
const AT_ONCE_MS = 1_000;

/** Without a webhook Rubika is asked again and again; with one, on wish, now and then. */
export function rubikaPulls({ mode, reconcileMinutes }: RubikaSettings): PullPlan | null {
  if (mode === 'poll') return { pollMs: 0 };
  return reconcileMinutes > 0 ? { reconcileMs: reconcileMinutes * MINUTE_MS } : null;
}

/**
 * One `getUpdates`. It gives what came after `offset_id`, and repeats itself now and then; event keys make that
 * harmless. The offset moves on only with `next_offset_id`, and is kept by the caller after the updates are stored.
 */
export async function pullUpdates(
  client: RubikaClient,
  settings: RubikaSettings,
  { reason, cursor, signal }: PullRequest,
  now: () => number,
): Promise<PullOutcome> {
  const offset = id(record(cursor)?.['offset']);
  const waitS = reason === 'poll' ? settings.pollTimeoutSeconds : 0;
  const body = {
    limit: settings.pollLimit,
    ...(offset === undefined ? {} : { offset_id: offset }),
    ...(waitS > 0 ? { timeout: waitS } : {}),
  };
  const started = now();
  const reply = await client.call('getUpdates', body, { waitMs: waitS * 1000, signal });
  if (reply.kind === 'no_answer') return { status: 'retry', reason: reply.reason };
  if (reply.kind === 'refused') {
    const verdict = verdictOf(reply, settings.rateLimitWaitMs);
    switch (verdict.is) {
      case 'reconnect':
        return { status: 'reconnect', reason: verdict.what, code: verdict.code };
      case 'access':
        return { status: 'reconnect', reason: verdict.what, code: 'invalid_access' };
      case 'retry':
        return { status: 'retry', reason: verdict.what, code: verdict.code, afterMs: verdict.afterMs };
      case 'unknown':
        return { status: 'retry', reason: verdict.what };
      default:
        return {
          status: 'refused',
          reason: verdict.what,
          code: verdict.code,
          fix: { fa: 'بات را در روبیکا ببینید.', en: 'Look at the bot in Rubika.' },
        };
    }
  }
  const given = reply.data['updates'];
  const updates: readonly unknown[] = Array.isArray(given) ? given : [];
  const next = id(reply.data['next_offset_id']) ?? offset;
  // a server that does not know how to wait would be asked without a pause
  const idle = updates.length === 0 && now() - started < AT_ONCE_MS;
  return {
    status: 'pulled',
    bodies: updates.length === 0 ? [] : [{ updates }],
    cursor: next === undefined ? cursor : { offset: next },
    more: updates.length >= settings.pollLimit && next !== offset,
    ...(idle && reason === 'poll' ? { nextMs: settings.idlePollMs } : {}),
  };
}
