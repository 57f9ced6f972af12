import type { ConnectedChannel } from '../../channel';
import type { PullOutcome, PullRequest } from '../../pulling';
import { id, list, record, string } from '../json';
import type { YouTubeClient } from './youtube.client';
import type { PulledBody } from './youtube.parser';
import { QUOTA_UNIT, readMeter, untilPacificMidnight } from './youtube.quota';
import { PullStopped, Reading } from './youtube.reading';
import { youTubeSettings } from './youtube.settings';
import { seenIn } from './youtube.watch';

const THREADS_READ = 20; // whose answers are read in one step

interface Waiting {
  id: string;
  video: string | undefined;
}

/**
 * The past down to `since`: one page of threads a step, then the answers of those that have more than came along. Has a
 * share of the quota of its own, and rests until midnight Pacific when that is used up.
 */
export async function backfillYouTube(
  client: YouTubeClient,
  channel: ConnectedChannel,
  { cursor: stored, since, signal }: PullRequest,
  now: number,
): Promise<PullOutcome> {
  const { backfillBudget } = youTubeSettings(channel.settings);
  const before = record(stored);
  const meter = readMeter(before, now);
  const page = string(before?.['page']);
  const waiting = list(before?.['waiting']).flatMap((value): Waiting[] => {
    const name = id(record(value)?.['id']);
    return name === undefined ? [] : [{ id: name, video: id(record(value)?.['video']) }];
  });
  const started = before?.['started'] === true;
  // More can only follow tomorrow: what was read so far is kept with the cursor.
  if (meter.used >= backfillBudget)
    return {
      status: 'retry',
      reason: 'The share of the day’s quota for reading the past is used up; it goes on after midnight Pacific time.',
      code: 'quota_share_used',
      afterMs: untilPacificMidnight(now),
    };

  const reading = new Reading(client, channel, signal, now);
  const done = (
    bodies: readonly PulledBody[],
    rest: { page?: string | undefined; waiting: Waiting[] },
  ): PullOutcome => {
    const spent = { day: meter.day, used: meter.used + reading.units };
    const more = rest.page !== undefined || rest.waiting.length > 0;
    return {
      status: 'pulled',
      bodies,
      cursor: { started: true, ...rest, ...spent },
      more,
      cost: { amount: reading.units, unit: QUOTA_UNIT },
    };
  };
  try {
    if (waiting.length > 0) {
      const bodies: PulledBody[] = [];
      for (const { id: parentId, video } of waiting.slice(0, THREADS_READ)) {
        // one thread after the other: the quota counts each
        const answer = await reading.replies(parentId);
        const items = answer?.items ?? [];
        if (items.length > 0)
          bodies.push({
            kind: 'youtube.replies',
            channelId: channel.externalId,
            ...(video === undefined ? {} : { videoId: video }),
            parentId,
            items,
          });
      }
      return done(bodies, { page, waiting: waiting.slice(THREADS_READ) });
    }
    if (started && page === undefined) return done([], { waiting: [] });
    const answer = await reading.threads('published', page);
    // A page token that no longer holds: from the top again, where the keys of what was told make it harmless.
    if (typeof answer === 'string') {
      const used = meter.used + reading.units;
      const cost = { amount: reading.units, unit: QUOTA_UNIT };
      return { status: 'pulled', bodies: [], cursor: { day: meter.day, used }, more: true, cost };
    }
    const seen = answer.items.map((item) => seenIn(item, 'published')).filter((one) => one !== undefined);
    const wanted = seen.filter(({ at }) => at >= since.getTime());
    const body: PulledBody = {
      kind: 'youtube.threads',
      channelId: channel.externalId,
      status: 'published',
      items: wanted.map(({ item }) => item),
    };
    const oldest = Math.min(...seen.map(({ publishedAt }) => publishedAt));
    return done(wanted.length > 0 ? [body] : [], {
      page: seen.length > 0 && oldest >= since.getTime() ? answer.next : undefined,
      waiting: wanted
        .filter(({ count, replies }) => count > replies.length)
        .map(({ id: name, video }) => ({ id: name, video })),
    });
  } catch (error) {
    if (error instanceof PullStopped) return error.outcome;
    throw error;
  }
}
