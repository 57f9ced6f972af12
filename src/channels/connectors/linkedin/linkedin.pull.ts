import type { ConnectedChannel } from '../../channel';
import type { PullOutcome, PullRequest } from '../../pulling';
import { contentHash, id, integer, list, milliseconds, record, string, type JsonRecord } from '../json';
import type { LinkedInClient } from './linkedin.client';
import { pullOutcomeOf } from './linkedin.errors';
import type { PulledBody, PulledItem } from './linkedin.parser';
import { commentCall } from './linkedin.send';
import { linkedInSettings } from './linkedin.settings';
import { encoded, organizationId, organizationUrn } from './linkedin.urns';
import { actorOf, wordsOf } from './parse-facts';
import { commentOf, shareOf } from './parse-notification';

const PAGE_SIZE = 25; // at most as many comments are read back in one step
const OVERLAP_MS = 10 * 60_000; // a notification may be listed a while after the moment it carries
const RETENTION_MS = 60 * 86_400_000; // linkedin.md §7
const REMEMBERED = 500; // notifications whose comment was read, so that the overlap does not read it again
const SOON_MS = 60_000; // a comment that could not be read yet

export const BACKFILL_MS = RETENTION_MS;

interface Cursor {
  /** Newest `lastModifiedAt` of a finished sweep, ms. */
  seen: number;
  /** A sweep under way: how many were read of it, since when (ms), the newest in it so far, the first of its last page. */
  sweep?: { start: number; from: number; newest: number; first: string };
  read: string[];
}

/**
 * One page of the page's notifications, and beside each that leaves its text out the comment itself. The next sweep
 * begins a little before where the last one ended; event keys make the overlap harmless.
 */
export async function pullNotifications(
  client: LinkedInClient,
  channel: ConnectedChannel,
  { reason, cursor: stored, since, signal }: PullRequest,
  now: number,
): Promise<PullOutcome> {
  const { actions, lookBackMs } = linkedInSettings(channel.settings);
  const cursor = readCursor(stored);
  const oldest =
    reason === 'reconcile'
      ? Math.min(since.getTime(), now - lookBackMs)
      : (cursor?.seen ?? since.getTime()) - OVERLAP_MS;
  const from = Math.max(oldest, now - RETENTION_MS);
  const sweep = cursor?.sweep ?? { start: 0, from, newest: cursor?.seen ?? from, first: '' };
  const answer = await client.call(
    {
      method: 'GET',
      path: '/organizationalEntityNotifications',
      query: [
        'q=criteria',
        `actions=List(${actions.join(',')})`,
        `organizationalEntity=${encoded(organizationUrn(channel.externalId))}`,
        `timeRange=(start:${sweep.from})`,
        `start=${sweep.start}&count=${PAGE_SIZE}`,
      ].join('&'),
    },
    signal,
  );
  if (answer.kind !== 'answer' || !answer.ok) return pullOutcomeOf(answer, now);

  const notifications = recordsIn(answer.json);
  const read = new Set(cursor?.read);
  const items: PulledItem[] = [];
  let unread = false;
  let newest = sweep.newest;
  for (const notification of notifications) {
    const name = id(notification['notificationId']) ?? contentHash(notification);
    newest = Math.max(newest, Math.min(now, milliseconds(notification['lastModifiedAt']) ?? 0));
    const beside = read.has(name) ? 'known' : await readBeside(client, notification, signal, now);
    if (beside === 'known') continue;
    if ('stop' in beside) return beside.stop;
    items.push({ notification, ...beside.item });
    if (beside.complete) read.add(name);
    else unread = true;
  }
  // A page that begins like the one before it: the paging is overlooked, so there is no next page to ask for.
  const first = id(notifications[0]?.['notificationId']) ?? '';
  const more = notifications.length >= PAGE_SIZE && first !== sweep.first;
  const next: Cursor = {
    seen: more ? (cursor?.seen ?? sweep.from) : newest,
    ...(more ? { sweep: { ...sweep, start: sweep.start + notifications.length, newest, first } } : {}),
    read: [...read].slice(-REMEMBERED),
  };
  const body: PulledBody = {
    kind: 'linkedin.pulled',
    organization: organizationId(channel.externalId) ?? channel.externalId,
    items,
  };
  return {
    status: 'pulled',
    bodies: items.length > 0 ? [body] : [],
    cursor: next,
    more,
    ...(unread && !more ? { nextMs: SOON_MS } : {}),
    cost: { amount: 1 + items.filter(({ comment, post }) => comment ?? post).length, unit: 'calls' },
  };
}

type Beside = { item: Pick<PulledItem, 'comment' | 'post'>; complete: boolean } | { stop: PullOutcome };

/**
 * Reads what a notification leaves out. Where LinkedIn shows it to nobody the notification is told as it is: a comment
 * that is gone has its own notification, and one without words is better than none.
 */
async function readBeside(
  client: LinkedInClient,
  notification: JsonRecord,
  signal: AbortSignal,
  now: number,
): Promise<Beside> {
  const wanted = wantedCall(notification);
  if (!wanted) return { item: {}, complete: true };
  const answer = await client.call(wanted.call, signal);
  const content = answer.kind === 'answer' && answer.ok ? record(answer.json) : undefined;
  if (content) return { item: { [wanted.as]: content }, complete: true };
  const outcome = pullOutcomeOf(answer, now);
  if (outcome.status !== 'refused') return { stop: outcome };
  // A comment seconds old may not be readable yet; one still missing later is gone.
  const young = now - (milliseconds(notification['lastModifiedAt']) ?? 0) < OVERLAP_MS;
  return { item: {}, complete: !(young && outcome.code === 'object_gone') };
}

/** The records of a listing's `elements`. */
export const recordsIn = (answer: unknown): JsonRecord[] =>
  list(record(answer)?.['elements'])
    .map(record)
    .filter((item) => item !== undefined);

function wantedCall(notification: JsonRecord) {
  const decorated = record(notification['decoratedGeneratedActivity']);
  // without words a picture may be all there is to it, and only the comment itself shows it
  const told = (content: JsonRecord | undefined) => wordsOf(content) && actorOf(content);
  switch (string(notification['action'])) {
    case 'COMMENT':
    case 'COMMENT_EDIT': {
      const comment = commentOf(notification);
      if (!comment || told(record(decorated?.['comment']))) return undefined;
      return { call: commentCall('GET', comment), as: 'comment' };
    }
    case 'ADMIN_COMMENT': {
      const comment = commentOf(notification); // always: only the comment names what it answers
      return comment && { call: commentCall('GET', comment), as: 'comment' };
    }
    case 'SHARE_MENTION': {
      const share = shareOf(notification);
      if (share === undefined || told(record(decorated?.['share']))) return undefined;
      return { call: { method: 'GET', path: `/posts/${encoded(share)}` } as const, as: 'post' };
    }
    default:
      return undefined;
  }
}

function readCursor(value: unknown): Cursor | undefined {
  const stored = record(value);
  const seen = integer(stored?.['seen']);
  if (seen === undefined) return undefined;
  const sweep = record(stored?.['sweep']);
  const [start, from, newest] = ['start', 'from', 'newest'].map((name) => integer(sweep?.[name]));
  const first = string(sweep?.['first']) ?? '';
  const under =
    start !== undefined && from !== undefined && newest !== undefined ? { sweep: { start, from, newest, first } } : {};
  return { seen, ...under, read: list(stored?.['read']).flatMap((name) => string(name) ?? []) };
}
