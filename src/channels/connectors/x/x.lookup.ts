import type { ConnectedChannel } from '../../channel';
import type { LookupOutcome, OutboundMessage } from '../../sending';
import type { XClient } from './x.client';
import { idText, instantOf, own, ownList, ownRecord, ownString, records, unescaped, xid } from './x.fields';
import type { JsonRecord } from '../json';
import { DM_QUERY, POST_QUERY } from './x.reads';

const CLOCK_SLACK_MS = 5_000; // X gives whole seconds, and its clock is not ours
const MAX_PAGES = 5;
const PAGE_SIZE = '100';

const LINK = /https?:\/\/\S+/gu;
const NAMES_BEFORE = /^(?:@\w+\s+)+/u;

/**
 * A text in the form in which it can be compared: X puts names before a reply, shortens every link, adds one for a
 * picture, and escapes three characters.
 */
function comparable(text: string, withMedia: boolean): string {
  const plain = unescaped(text).normalize('NFC').trim().replace(NAMES_BEFORE, '').replaceAll(LINK, '<link>');
  return (withMedia ? plain.replace(/\s*<link>$/u, '') : plain).trim();
}

interface Sought {
  text: string;
  withMedia: boolean;
  notBefore: number;
}

type Page = { items: JsonRecord[]; next: string | undefined } | { refused: string };

/** Looks for a message in doubt where it would stand had it been sent: in the account's own posts, or in the conversation. */
export async function lookUp(
  client: XClient,
  channel: ConnectedChannel,
  message: OutboundMessage,
  sentAfter: Date,
): Promise<LookupOutcome> {
  const withMedia = message.attachments.length > 0;
  const notBefore = sentAfter.getTime() - CLOCK_SLACK_MS;
  const sought = { text: comparable(message.text, false), withMedia, notBefore };
  const dm = message.threadKind === 'dm';
  const found: string[] = [];
  let token: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    // One page needs the token of the one before it.
    const read = dm ? await messages(client, message, token) : await ownPosts(client, channel, notBefore, token);
    if ('refused' in read) return { status: 'cannot_tell', reason: read.refused };
    for (const item of read.items) {
      const externalId = dm ? xid(item, 'id') : rootOf(item);
      if (externalId !== undefined && fits(item, sought, dm ? channel.externalId : undefined, message))
        found.push(externalId);
    }
    const past = read.items.some((item) => at(item) < notBefore);
    if (read.next === undefined || past)
      return found.length > 0 ? { status: 'found', externalIds: found } : { status: 'absent' };
    token = read.next;
  }
  return found.length > 0
    ? { status: 'found', externalIds: found }
    : { status: 'cannot_tell', reason: 'Too much was written since to read it all back.' };
}

const at = (item: JsonRecord) => Date.parse(instantOf(own(item, 'created_at')) ?? '');
const rootOf = (item: JsonRecord) => idText(ownList(item, 'edit_history_tweet_ids')[0]) ?? xid(item, 'id');

function fits(item: JsonRecord, sought: Sought, sender: string | undefined, message: OutboundMessage): boolean {
  const text = ownString(ownRecord(item, 'note_tweet'), 'text') ?? ownString(item, 'text');
  if (text === undefined || comparable(text, sought.withMedia) !== sought.text || at(item) < sought.notBefore)
    return false;
  if (sender !== undefined) return xid(item, 'sender_id') === sender;
  const answered = xid(item, 'in_reply_to_user_id');
  return answered !== undefined && (message.recipientExternalId === '' || answered === message.recipientExternalId);
}

async function ownPosts(
  client: XClient,
  channel: ConnectedChannel,
  notBefore: number,
  token: string | undefined,
): Promise<Page> {
  const query = {
    ...POST_QUERY,
    max_results: PAGE_SIZE,
    start_time: new Date(notBefore).toISOString(),
    pagination_token: token,
  };
  return pageOf(client, ['users', channel.externalId, 'tweets'], query);
}

async function messages(client: XClient, message: OutboundMessage, token: string | undefined): Promise<Page> {
  const query = { ...DM_QUERY, max_results: token === undefined ? '20' : PAGE_SIZE, pagination_token: token };
  return pageOf(client, ['dm_conversations', 'with', message.recipientExternalId, 'dm_events'], query);
}

async function pageOf(client: XClient, path: string[], query: Record<string, string | undefined>): Promise<Page> {
  const reply = await client.call({ method: 'GET', path, query });
  if (reply.kind !== 'ok') return { refused: client.repeatable(reply, 'read').reason };
  return { items: records(reply.body, 'data'), next: ownString(ownRecord(reply.body, 'meta'), 'next_token') };
}
