import type { ConnectedChannel } from '../../channel';
import type { LookupOutcome, OutboundMessage } from '../../sending';
import type { MetaClient, MetaReply } from './meta.client';
import { id, list, milliseconds, record, string, type JsonRecord } from '../json';
import { conversationsNode } from './meta.reads';
import { publicTarget } from './meta.send';

/** Graph gives whole seconds, and its clock is not ours. */
const CLOCK_SLACK_MS = 5_000;
const PAGE_SIZE = 100;
const MAX_PAGES = 5;
const RECENT_MESSAGES = 20; // Meta details about the newest twenty of a conversation

const cannotTell = (reason: string): LookupOutcome => ({ status: 'cannot_tell', reason });
const noAnswer = (reply: Exclude<MetaReply, { kind: 'ok' }>): LookupOutcome =>
  cannotTell(reply.kind === 'refused' ? `Meta refuses to read it back: ${reply.error.message}` : reply.reason);

interface Sought {
  text: string;
  notBefore: number;
  accountId: string;
}

/** Looks for a message in doubt where it would stand had it been sent. */
export async function lookUp(
  client: MetaClient,
  channel: ConnectedChannel,
  message: OutboundMessage,
  sentAfter: Date,
): Promise<LookupOutcome> {
  if (message.text === '') return cannotTell('An attachment cannot be recognised by reading back.');
  const sought = {
    text: plain(message.text),
    notBefore: sentAfter.getTime() - CLOCK_SLACK_MS,
    accountId: channel.externalId,
  };
  if (message.threadKind === 'dm') return inConversation(client, channel, message.recipientExternalId, sought);
  if (message.visibility === 'public') return underComment(client, channel, message, sought);
  return channel.kind === 'facebook'
    ? inPrivateReply(client, message, sought)
    : inConversation(client, channel, message.recipientExternalId, sought);
}

/** Networks trim and fold white space at the ends; inside the text they keep it. */
const plain = (text: string) => text.normalize('NFC').trim();

type Match = 'yes' | 'no' | 'maybe';

/** Whether a listed message is the sought one; `maybe` when text and time fit but the author is withheld. */
function match(item: JsonRecord, sought: Sought): Match {
  const text = string(item['message']) ?? string(item['text']);
  const created = milliseconds(item['created_time']) ?? milliseconds(item['timestamp']) ?? 0;
  if (text === undefined || plain(text) !== sought.text || created < sought.notBefore) return 'no';
  const from = id(record(item['from'])?.['id']);
  if (from === undefined) return 'maybe';
  return from === sought.accountId ? 'yes' : 'no';
}

function search(items: readonly unknown[], sought: Sought): LookupOutcome | undefined {
  const found: string[] = [];
  let doubtful = false;
  for (const value of items) {
    const item = record(value);
    const externalId = id(item?.['id']);
    if (!item || externalId === undefined) continue;
    const verdict = match(item, sought);
    if (verdict === 'yes') found.push(externalId);
    doubtful ||= verdict === 'maybe';
  }
  if (found.length > 0) return { status: 'found', externalIds: found };
  return doubtful ? cannotTell('The same text stands there, but Meta withholds who wrote it.') : undefined;
}

async function underComment(
  client: MetaClient,
  channel: ConnectedChannel,
  message: OutboundMessage,
  sought: Sought,
): Promise<LookupOutcome> {
  const target = publicTarget(message);
  if (target === undefined || target.startsWith('mention:'))
    return cannotTell('Answers to mentions cannot be read back.');
  const facebook = channel.kind === 'facebook';
  const query: Record<string, string> = {
    fields: facebook ? 'id,from,message,created_time' : 'id,from,text,timestamp',
    limit: String(PAGE_SIZE),
    ...(facebook ? { order: 'reverse_chronological' } : {}),
  };
  for (let page = 0; page < MAX_PAGES; page++) {
    // One page needs the cursor of the one before it.
    const reply = await client.call({ method: 'GET', path: [target, facebook ? 'comments' : 'replies'], query });
    if (reply.kind !== 'ok') return noAnswer(reply);
    const items = list(reply.body['data']);
    const outcome = search(items, sought);
    if (outcome) return outcome;
    const paging = record(reply.body['paging']);
    const after = string(record(paging?.['cursors'])?.['after']);
    if (paging?.['next'] === undefined || after === undefined) return { status: 'absent' };
    query['after'] = after;
  }
  return cannotTell('There are too many comments to read all of them back.');
}

const MESSAGE_FIELDS = `messages.limit(${RECENT_MESSAGES}){id,message,created_time,from}`;

async function inConversation(
  client: MetaClient,
  channel: ConnectedChannel,
  person: string,
  sought: Sought,
): Promise<LookupOutcome> {
  if (person === '') return cannotTell('The person’s id is unknown, so there is no conversation to read.');
  const platform = channel.kind === 'facebook' ? 'messenger' : 'instagram';
  const query = { platform, user_id: person, fields: MESSAGE_FIELDS };
  const reply = await client.call({ method: 'GET', path: [conversationsNode(channel), 'conversations'], query });
  if (reply.kind !== 'ok') return noAnswer(reply);
  const [conversation] = list(reply.body['data']);
  return conversation === undefined ? { status: 'absent' } : inMessages(record(conversation), sought);
}

function inMessages(conversation: JsonRecord | undefined, sought: Sought): LookupOutcome {
  const items = list(record(conversation?.['messages'])?.['data']);
  const outcome = search(items, sought);
  if (outcome) return outcome;
  const oldest = Math.min(...items.map((item) => milliseconds(record(item)?.['created_time']) ?? 0));
  const reachesBack = items.length < RECENT_MESSAGES || oldest < sought.notBefore;
  return reachesBack ? { status: 'absent' } : cannotTell('The conversation has moved on too far to read it all back.');
}

/** A Page comment tells by itself whether its one private reply is used up, and names the conversation. */
async function inPrivateReply(client: MetaClient, message: OutboundMessage, sought: Sought): Promise<LookupOutcome> {
  const comment = message.replyToExternalId;
  if (comment === undefined) return cannotTell('It is not known which comment was answered.');
  const query = { fields: 'can_reply_privately,private_reply_conversation' };
  const reply = await client.call({ method: 'GET', path: [comment], query });
  if (reply.kind !== 'ok') return noAnswer(reply);
  if (reply.body['can_reply_privately'] === true) return { status: 'absent' };
  const conversation = id(record(reply.body['private_reply_conversation'])?.['id']);
  if (conversation === undefined)
    return cannotTell('A private reply is no longer possible, and Meta does not say why.');
  const thread = await client.call({ method: 'GET', path: [conversation], query: { fields: MESSAGE_FIELDS } });
  return thread.kind === 'ok' ? inMessages(thread.body, sought) : noAnswer(thread);
}
