import type { ConnectedChannel } from '../../channel';
import type { XClient } from './x.client';
import { flag } from './x.settings';
import { listSubscriptions } from './x.webhooks';

const REACH_MS = 24 * 3_600_000; // X keeps events for a day
const LEAST_MS = 60_000; // dates are given in minutes

/**
 * Asks X to push the events since `since` again (`POST /2/webhooks/replay`). They come as ordinary deliveries with the
 * keys they had, so what did arrive changes nothing.
 * @returns whether X will; otherwise what is missing must be read
 */
export async function replayMissed(
  client: XClient,
  { externalId, settings }: ConnectedChannel,
  since: Date,
  now: number,
): Promise<boolean> {
  const age = now - since.getTime();
  if (!flag(settings, 'replay') || age > REACH_MS || age < LEAST_MS) return false;
  const subscriptions = await listSubscriptions(client);
  if (subscriptions.status !== 'listed') return false;
  const webhook_id = subscriptions.items.find(({ userId, webhookId }) => userId === externalId && webhookId)?.webhookId;
  if (webhook_id === undefined) return false;
  const body = { webhook_id, from_date: minutes(since.getTime()), to_date: minutes(now) };
  const reply = await client.call({ method: 'POST', path: ['webhooks', 'replay'], body, as: 'app' });
  return reply.kind === 'ok';
}

/** UTC as `yyyymmddhhmm`. */
const minutes = (at: number) => new Date(at).toISOString().replaceAll(/[-T:]/g, '').slice(0, 12);
