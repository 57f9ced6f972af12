import type { ConnectedChannel, Credentials } from '../../channel';
import { whyNot } from '../undone';
import type { XClient } from './x.client';
import { ownRecord } from './x.fields';
import { missingTypes } from './x.health';
import { polls } from './x.settings';
import { listSubscriptions, listWebhooks, webhookOf } from './x.webhooks';

/** Marks the subscriptions made here, so that only they are taken away again. */
const TAG = 'pasokh';

/**
 * Makes the webhook known and valid, and subscribes what is missing. Every step may have been done before; what X refuses
 * is found by the health check that follows.
 */
export async function setUp(
  client: XClient,
  channel: ConnectedChannel,
  credentials: Credentials,
  webhookUrl: string | null,
): Promise<void> {
  if (polls(channel.settings) || webhookUrl === null || !credentials['bearerToken']) return;
  const webhookId = await validWebhook(client, webhookUrl);
  if (webhookId === undefined) return;
  const subscriptions = await listSubscriptions(client);
  if (subscriptions.status !== 'listed') return;
  const as = channel.settings['subscribeAs'] === 'app' ? 'app' : 'user';
  for (const event_type of missingTypes(channel, subscriptions.items, webhookId)) {
    const filter = { user_id: channel.externalId };
    // One after the other: X limits these calls, and the first refusal usually holds for all.
    const reply = await client.call({
      method: 'POST',
      path: ['activity', 'subscriptions'],
      body: { event_type, filter, tag: TAG, webhook_id: webhookId },
      as,
    });
    if (reply.kind !== 'ok' && client.repeatable(reply, 'app').status !== 'failed') return;
  }
}

/** X calls the address back before it answers these calls. */
async function validWebhook(client: XClient, webhookUrl: string): Promise<string | undefined> {
  const webhooks = await listWebhooks(client);
  if (webhooks.status !== 'listed') return undefined;
  const known = webhooks.items.find(({ url }) => url === webhookUrl);
  if (known) {
    if (!known.valid) await client.call({ method: 'PUT', path: ['webhooks', known.id], as: 'app' });
    return known.id;
  }
  const made = await client.call({ method: 'POST', path: ['webhooks'], body: { url: webhookUrl }, as: 'app' });
  return made.kind === 'ok' ? webhookOf(ownRecord(made.body, 'data') ?? made.body)[0]?.id : undefined;
}

/** Takes away what `setUp` subscribed for this account. The webhook stays: other accounts of the app use it. */
export async function takeDown(client: XClient, channel: ConnectedChannel): Promise<string | null> {
  const subscriptions = await listSubscriptions(client);
  if (subscriptions.status !== 'listed') return 'X does not say what is subscribed.';
  for (const { id, tag, userId } of subscriptions.items) {
    if (tag !== TAG || userId !== channel.externalId) continue;
    const problem = whyNot(await client.call({ method: 'DELETE', path: ['activity', 'subscriptions', id], as: 'app' }));
    if (problem) return problem;
  }
  return null;
}
