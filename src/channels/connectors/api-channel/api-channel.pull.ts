import { randomUUID } from 'node:crypto';
import type { PullOutcome, PullRequest } from '../../pulling';
import { integer, record, string } from '../json';
import type { ServiceClient } from './service-client';
import { retryAfterMs } from './service-outcomes';

const LONGEST_CURSOR = 4_000;

/**
 * One page of `GET pullUrl?reason=&since=&cursor=`. The service answers `{ events, cursor, more }` with events as it
 * pushes them, under the ids it pushed them with. 410 says that it has forgotten the cursor: reading begins again at
 * `since`.
 */
export async function pullEvents(
  client: ServiceClient,
  url: string,
  { reason, cursor, since, signal }: PullRequest,
  nowMs: number,
): Promise<PullOutcome> {
  const position = string(record(cursor)?.['cursor']);
  const query = { reason, since: since.toISOString(), ...(position === undefined ? {} : { cursor: position }) };
  const answer = await client.get(url, query, `pull_${randomUUID()}`, signal);
  if (answer.kind === 'no_answer') return { status: 'retry', reason: answer.reason };
  const { status } = answer;
  if (status === 410 && position !== undefined) return { status: 'pulled', bodies: [], cursor: null, more: true };
  if (status === 401 || status === 403)
    return { status: 'reconnect', code: `http_${status}`, reason: `pullUrl refuses our signature (HTTP ${status}).` };
  const page = record(answer.json);
  const events = page?.['events'];
  if (answer.ok && Array.isArray(events)) {
    const next = string(page?.['cursor'])?.slice(0, LONGEST_CURSOR);
    return {
      status: 'pulled',
      bodies: events.length === 0 ? [] : [{ events: events as unknown[] }],
      cursor: next === undefined ? cursor : { cursor: next },
      // without a new cursor the same page would come for ever
      more: page?.['more'] === true && next !== undefined && next !== position,
      nextMs: integer(page?.['nextMs']),
    };
  }
  if (status === 429 || status === 408 || status >= 500)
    return {
      status: 'retry',
      code: `http_${status}`,
      reason: `pullUrl answers HTTP ${status}.`,
      afterMs: retryAfterMs(answer.headers.get('retry-after'), nowMs),
    };
  return {
    status: 'refused',
    code: `http_${status}`,
    reason: `pullUrl answers HTTP ${status} without a list of events.`,
    fix: {
      fa: '‏pullUrl را بررسی کنید: باید {"events":[…],"cursor":"…","more":false} پاسخ دهد.',
      en: 'Check pullUrl: it must answer {"events":[…],"cursor":"…","more":false}.',
    },
  };
}
