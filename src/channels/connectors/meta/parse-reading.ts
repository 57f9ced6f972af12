import type { InboundEvent } from '../../../inbox/conversations/inbound-event';
import type { ParseContext } from '../../door';
import { compact, id, instant, key, list, milliseconds, record, string, type JsonRecord } from '../json';
import { unsupported } from './parse-entry-facts';
import { readComment } from './parse-read-comment';
import { readConversation } from './parse-read-conversation';
import { parsePageChange } from './parse-page-change';

/** What a change of a comment was, as a reading noticed it. */
export interface NoticedChange {
  /** Counts the changes of this comment that readings noticed: the same after a step was repeated. */
  number: number;
  text: boolean;
  hidden: boolean;
}

/** A body as `meta.pull` makes it: Graph's own answer, with what it answers. */
export type Reading =
  | { metaReading: 'posts'; readAt: string; page: JsonRecord }
  | {
      metaReading: 'comments';
      readAt: string;
      post: JsonRecord;
      /** By comment id. */
      changes: Readonly<Record<string, NoticedChange>>;
      page: JsonRecord;
    }
  | { metaReading: 'gone'; readAt: string; ids: readonly string[] }
  | { metaReading: 'messages'; readAt: string; page: JsonRecord };

/** The account a reading was made for. */
export interface ReadFor {
  accountId: string;
  /** The account's own name on Instagram, where ids are withheld. */
  username: string | undefined;
  /** ISO instant of the reading. */
  readAt: string | undefined;
}

/** A stored body as a reading; undefined when it is none. */
export function readingOf(body: unknown): JsonRecord | undefined {
  const reading = record(body);
  return reading && typeof reading['metaReading'] === 'string' ? reading : undefined;
}

/** Oldest first, as it happened; total, like the parser of webhooks. */
export function parseReading(reading: JsonRecord, channel: NonNullable<ParseContext['channel']>): InboundEvent[] {
  const facts: ReadFor = {
    accountId: channel.externalId,
    username: string(channel.settings['username']),
    readAt: instant(reading['readAt']),
  };
  const items = list(record(reading['page'])?.['data']);
  switch (reading['metaReading']) {
    case 'posts':
      return items.flatMap((item) => visitorPost(facts, item)).toReversed();
    case 'comments': {
      const post = record(reading['post']) ?? {};
      const changes = record(reading['changes']) ?? {};
      return byTime(items.flatMap((item) => readComment(facts, post, changes, item)));
    }
    case 'gone':
      return list(reading['ids']).flatMap((value) => gone(facts, value));
    case 'messages':
      return byTime(items.flatMap((item) => readConversation(facts, item)));
    default:
      return [unsupported({ accountId: facts.accountId, sentAt: facts.readAt }, 'reading', reading)];
  }
}

const byTime = (events: InboundEvent[]): InboundEvent[] => events.toSorted((a, b) => timeOf(a) - timeOf(b));

const timeOf = ({ occurredAt }: InboundEvent) => milliseconds(occurredAt) ?? 0;

/** A post on the Page by somebody else, told in the words of its webhook. */
function visitorPost(facts: ReadFor, value: unknown): InboundEvent[] {
  const post = record(value);
  const webhook = {
    item: 'post',
    verb: 'add',
    post_id: post?.['id'],
    from: post?.['from'],
    message: post?.['message'],
    photo: post?.['full_picture'],
    created_time: post?.['created_time'],
    post: { permalink_url: post?.['permalink_url'], status_type: post?.['status_type'] },
  };
  const entry = { object: 'page' as const, accountId: facts.accountId, sentAt: facts.readAt };
  return parsePageChange(entry, 'feed', webhook);
}

/** Nobody says when it was deleted, nor by whom; only that it is not there any more. */
function gone(facts: ReadFor, value: unknown): InboundEvent[] {
  const externalId = id(value);
  if (externalId === undefined) return [];
  return [
    compact({
      type: 'delete' as const,
      accountId: facts.accountId,
      eventKey: key('comment', externalId, 'remove'),
      threadKey: key('message', externalId),
      threadKind: 'comment' as const,
      occurredAt: facts.readAt,
      externalId,
      by: 'unknown' as const,
    }),
  ];
}
