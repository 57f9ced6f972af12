import type { InboundEvent } from '../../../inbox/conversations/inbound-event';
import type { ParseContext } from '../../door';
import { compact, key, list, record, type JsonRecord } from '../json';
import { deletion, likeEvent, parseActivity, revocation } from './parse-activity';
import { DM_LISTS, isListedDm, parseDirectMessageLists, parseListedDm } from './parse-dm';
import { parsePost } from './parse-post';
import {
  type Frame,
  frameOf,
  instantOf,
  own,
  ownList,
  ownRecord,
  ownString,
  personOf,
  restKey,
  unsupported,
  xid,
} from './x.fields';

/**
 * Everything X says, as inbound events: activities (`data.event_type`), the older product (`for_user_id` and lists),
 * pages of posts or messages that were read (`data[]`), or a list of such bodies. Total: any JSON value gives events.
 */
export function parseX(body: unknown, context: ParseContext): InboundEvent[] {
  const bodies = Array.isArray(body) ? (body as unknown[]) : [body];
  const reading = { account: context.channel?.externalId ?? '', known: context.filedUnder ?? context.channel };
  return bodies.flatMap((item) => parseBody(item, reading));
}

/** Whom a body is read for. */
interface Reading {
  /** The channel's account, where the address says it. */
  account: string;
  /** The channel whose events are wanted; the body may tell of other accounts. */
  known: ParseContext['filedUnder'];
}

const settingsOf = ({ known }: Reading, accountId: string) =>
  known?.externalId === accountId ? known.settings : undefined;

function parseBody(value: unknown, reading: Reading): InboundEvent[] {
  const channelAccount = reading.account;
  const body = record(value);
  if (!body) return [unsupported({ accountId: channelAccount }, 'malformed', value)];
  const job = ownRecord(body, 'replay_job_status');
  if (job) return [replayEnded(channelAccount, job)];
  if (own(body, 'for_user_id') !== undefined || own(body, 'user_event') !== undefined)
    return parseAccountActivity(body, reading);
  const items = list(own(body, 'data'));
  const includes = ownRecord(body, 'includes');
  if (items.length > 0) return items.flatMap((item) => parseItem(item, includes, reading));
  const page = ownRecord(body, 'meta');
  return page ? [] : [unsupported({ accountId: channelAccount }, 'malformed', value)];
}

function parseItem(value: unknown, includes: JsonRecord | undefined, reading: Reading): InboundEvent[] {
  const channelAccount = reading.account;
  const item = record(value);
  const type = ownString(item, 'event_type');
  const payload = ownRecord(item, 'payload');
  if (item && type !== undefined && payload) {
    // A customer's deletion may be watched by a filter on the customer: the channel that asked is the one it is for.
    const filtered = xid(ownRecord(item, 'filter'), 'user_id');
    const accountId =
      (type === 'post.delete'
        ? channelAccount || filtered
        : (filtered ?? (channelAccount || xid(payload, 'user_id')))) ?? '';
    const frame = frameOf(accountId, ownRecord(item, 'includes') ?? includes, xid(item, 'event_uuid'));
    return parseActivity({ ...frame, settings: settingsOf(reading, accountId) }, type, payload);
  }
  const frame = { ...frameOf(channelAccount, includes), settings: settingsOf(reading, channelAccount) };
  if (item && payload === undefined && isListedDm(item)) return [parseListedDm(frame, item)];
  if (item && own(item, 'author_id') !== undefined) return [parsePost(frame, item)];
  return [unsupported({ ...frame, uuid: xid(item, 'event_uuid') }, type ?? 'malformed', value)];
}

const HANDLED = new Set(['for_user_id', 'user_has_blocked', 'users', 'apps', 'tweet_create_events', ...DM_LISTS]);

/** Account Activity API v2, deprecated: everything of one account in lists by kind. */
function parseAccountActivity(body: JsonRecord, reading: Reading): InboundEvent[] {
  const revoke = ownRecord(ownRecord(body, 'user_event'), 'revoke');
  const accountId = xid(body, 'for_user_id') ?? xid(ownRecord(revoke, 'source'), 'user_id') ?? reading.account;
  const settings = settingsOf(reading, accountId);
  const frame: Frame = { ...frameOf(accountId, { users: own(body, 'users') }), settings, older: true };
  const blocked = own(body, 'user_has_blocked') === true;
  const events = [
    ...ownList(body, 'tweet_create_events').map((item) => tweet(frame, item, blocked)),
    ...parseDirectMessageLists(frame, body),
    ...Object.keys(body)
      .filter((name) => !HANDLED.has(name))
      .flatMap((name) => parseList(frame, name, body)),
  ];
  return events.length > 0 ? events : [unsupported(frame, 'empty', body)];
}

/** A post of v1.1; the posts it quotes travel inside it. */
function tweet(frame: Frame, value: unknown, blocked: boolean): InboundEvent {
  const content = record(value);
  if (!content) return unsupported(frame, 'tweet_create_events', value);
  const quoted = ownRecord(content, 'quoted_status');
  const posts = new Map(quoted ? [[xid(quoted, 'id') ?? '', quoted]] : []);
  return parsePost({ ...frame, posts }, blocked ? { ...content, user_has_blocked: true } : content);
}

function parseList(frame: Frame, name: string, body: JsonRecord): InboundEvent[] {
  if (name === 'tweet_delete_events') return ownList(body, name).map((item) => deleted(frame, record(item)));
  if (name === 'favorite_events') return ownList(body, name).map((item) => favorite(frame, item));
  const revoke = name === 'user_event' ? ownRecord(ownRecord(body, name), 'revoke') : undefined;
  if (revoke) return [revocation(frame, { user_id: frame.accountId, date_time: own(revoke, 'date_time') })];
  const items = ownList(body, name);
  return (items.length > 0 ? items : [own(body, name)]).map((item) => unsupported(frame, name, { [name]: item }));
}

function deleted(frame: Frame, item: JsonRecord | undefined): InboundEvent {
  const status = ownRecord(item, 'status');
  return deletion(frame, status, xid(status, 'user_id'), instantOf(own(item, 'timestamp_ms')));
}

function favorite(frame: Frame, value: unknown): InboundEvent {
  const item = record(value);
  const id = xid(item, 'id');
  const postId = xid(ownRecord(item, 'favorited_status'), 'id');
  const actor = personOf(own(item, 'user'))?.externalId;
  if (id === undefined || postId === undefined || actor === undefined)
    return unsupported(frame, 'favorite_events', value);
  return likeEvent(frame, {
    id,
    postId,
    actor,
    occurredAt: instantOf(own(item, 'timestamp_ms'), own(item, 'created_at')),
  });
}

/** What was asked for again has all been sent; the events themselves came as ordinary deliveries. */
function replayEnded(accountId: string, job: JsonRecord): InboundEvent {
  const id = xid(job, 'job_id');
  const eventKey = id === undefined ? restKey({}, job) : key('replay', id, ownString(job, 'job_state'));
  const reason = `A replay of missed events ended: ${ownString(job, 'job_state') ?? 'unknown'}.`;
  return compact({
    type: 'ignored' as const,
    accountId,
    eventKey,
    threadKey: eventKey,
    threadKind: 'comment' as const,
    reason,
  });
}
