import type { XClient, XReply } from './x.client';
import type { JsonRecord } from '../json';
import { own, ownRecord, ownString, records, xid } from './x.fields';

/** A webhook of the app, as X lists it. */
export interface XWebhook {
  id: string;
  url: string;
  valid: boolean;
}

/** An activity subscription, as X lists it. */
export interface XSubscription {
  id: string;
  eventType: string;
  userId: string | undefined;
  tag: string | undefined;
  webhookId: string | undefined;
}

export type Listed<T> =
  { status: 'listed'; items: T[] } | { status: 'not_listed'; reply: Exclude<XReply, { kind: 'ok' }> };

export async function listWebhooks(client: XClient): Promise<Listed<XWebhook>> {
  const reply = await client.call({ method: 'GET', path: ['webhooks'], as: 'app' });
  if (reply.kind !== 'ok') return { status: 'not_listed', reply };
  return { status: 'listed', items: records(reply.body, 'data').flatMap(webhookOf) };
}

export function webhookOf(item: JsonRecord | undefined): XWebhook[] {
  const id = xid(item, 'id');
  const url = ownString(item, 'url');
  return id === undefined || url === undefined ? [] : [{ id, url, valid: own(item, 'valid') === true }];
}

const MAX_PAGES = 20; // 1,500 subscriptions is the self-serve limit

export async function listSubscriptions(client: XClient): Promise<Listed<XSubscription>> {
  const items: XSubscription[] = [];
  let token: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const reply = await client.call({
      method: 'GET',
      path: ['activity', 'subscriptions'],
      query: { pagination_token: token },
      as: 'app',
    });
    if (reply.kind !== 'ok') return { status: 'not_listed', reply };
    items.push(...records(reply.body, 'data').flatMap(subscriptionOf));
    token = ownString(ownRecord(reply.body, 'meta'), 'next_token');
    if (token === undefined) break;
  }
  return { status: 'listed', items };
}

function subscriptionOf(item: JsonRecord): XSubscription[] {
  const id = xid(item, 'subscription_id') ?? xid(item, 'id');
  const eventType = ownString(item, 'event_type');
  if (id === undefined || eventType === undefined) return [];
  const userId = xid(ownRecord(item, 'filter'), 'user_id');
  return [{ id, eventType, userId, tag: ownString(item, 'tag'), webhookId: xid(item, 'webhook_id') }];
}
