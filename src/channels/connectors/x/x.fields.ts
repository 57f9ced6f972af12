import type { InboundAuthor, InboundEvent } from '../../../inbox/conversations/inbound-event';
import type { ChannelSettings } from '../../channel';
import { compact, contentHash, key, list, milliseconds, record, string, type JsonRecord } from '../json';

/**
 * An id of X: text of digits, letters, hyphens. Ids exceed 2^53, so one that travels as a number has lost its last
 * digits and is no id; its twin `<name>_str` is read first.
 */
export function xid(from: JsonRecord | undefined, name: string): string | undefined {
  if (!from) return undefined;
  return idText(own(from, `${name}_str`)) ?? idText(own(from, name));
}

const ID = /^[\w:.-]{1,200}$/;

export function idText(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value > 0 ? String(value) : undefined;
  return typeof value === 'string' && ID.test(value) ? value : undefined;
}

/** A property the JSON itself has, never an inherited one. */
export function own(from: JsonRecord | undefined, name: string): unknown {
  return from && Object.hasOwn(from, name) ? from[name] : undefined;
}

export const ownRecord = (from: JsonRecord | undefined, name: string) => record(own(from, name));
export const ownList = (from: JsonRecord | undefined, name: string) => list(own(from, name));
export const ownString = (from: JsonRecord | undefined, name: string) => string(own(from, name));

export function records(from: JsonRecord | undefined, name: string): JsonRecord[] {
  return ownList(from, name)
    .map(record)
    .filter((item) => item !== undefined);
}

/** The first of these that is an instant (ISO text, milliseconds as text, or the old `Fri Nov 20 08:42:02 +0000 2026`). */
export function instantOf(...values: readonly unknown[]): string | undefined {
  for (const value of values) {
    const ms = milliseconds(value);
    if (ms !== undefined) return new Date(ms).toISOString();
  }
  return undefined;
}

const ESCAPED: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/** X escapes exactly these three in the text of posts and messages. */
export const unescaped = (text: string) => text.replaceAll(/&(?:amp|lt|gt);/g, (found) => ESCAPED[found] ?? found);

/** People by id, from `includes.users` (flat or wrapped in `data`) or a `users` map. */
export type People = ReadonlyMap<string, InboundAuthor>;

export function peopleIn(...sources: readonly unknown[]): People {
  const people = new Map<string, InboundAuthor>();
  for (const source of sources) {
    const items = Array.isArray(source) ? (source as unknown[]) : Object.values(record(source) ?? {});
    for (const item of items) {
      const person = personOf(item);
      if (person) people.set(person.externalId, { ...people.get(person.externalId), ...person });
    }
  }
  return people;
}

/** A user object of v2, of v1.1, or one wrapped in `data`. */
export function personOf(value: unknown): InboundAuthor | undefined {
  const outer = record(value);
  const user = ownRecord(outer, 'data') ?? outer;
  const externalId = xid(user, 'id');
  if (!user || externalId === undefined) return undefined;
  return compact({
    externalId,
    name: filled(own(user, 'name')),
    handle: filled(own(user, 'username')) ?? filled(own(user, 'screen_name')),
    avatarUrl: filled(own(user, 'profile_image_url')) ?? filled(own(user, 'profile_image_url_https')),
  });
}

const filled = (value: unknown) => string(value)?.trim() || undefined;

export const personWith = (people: People, externalId: string): InboundAuthor =>
  people.get(externalId) ?? { externalId };

export const postUrl = (id: string) => `https://x.com/i/status/${encodeURIComponent(id)}`;
export const dmUrl = (accountId: string, personId: string) =>
  `https://x.com/messages/${[accountId, personId].toSorted(byNumber).map(encodeURIComponent).join('-')}`;

/** Ids as numbers of any length: the longer is the larger. */
export const byNumber = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);

/** Whose delivery is being read. */
export interface Frame {
  accountId: string;
  /** Of the channel it is read for, where that is known. */
  settings?: ChannelSettings;
  people: People;
  /** Posts told beside the one an event is about. */
  posts: ReadonlyMap<string, JsonRecord>;
  media: ReadonlyMap<string, JsonRecord>;
  /** What sends the event: `event_uuid` of an activity; absent in the older product and in pages read. */
  uuid?: string;
  /** Set for the older product, which tells the same posts and messages with less around them. */
  older?: true;
}

/**
 * The key of something both products tell: each tells it under a key of its own, so that neither stands in the other's
 * way, and as messages the older one ranks below.
 */
export const toldKey = (frame: Pick<Frame, 'older'>, ...parts: readonly (string | undefined)[]): string =>
  frame.older ? key(...parts, 'aaa') : key(...parts);
export const formOf = (frame: Pick<Frame, 'older'>): number | undefined => (frame.older ? -1 : undefined);

export const frameOf = (accountId: string, includes: JsonRecord | undefined, uuid?: string): Frame => ({
  accountId,
  people: peopleIn(own(includes, 'users')),
  posts: byId(records(includes, 'tweets'), 'id'),
  media: byId(records(includes, 'media'), 'media_key'),
  uuid,
});

function byId(items: readonly JsonRecord[], name: string): Map<string, JsonRecord> {
  return new Map(items.flatMap((item) => [[xid(item, name) ?? '', item] as const]));
}

/** Key of what has no id of its own: the event's, else a digest of what was said. */
export const restKey = (frame: Pick<Frame, 'uuid'>, content: unknown): string =>
  frame.uuid === undefined ? key('unsupported', contentHash(content)) : key('event', frame.uuid);

export function unsupported(
  frame: Pick<Frame, 'uuid' | 'accountId'>,
  kind: string,
  content: unknown,
  threadKind: 'comment' | 'dm' = 'comment',
): InboundEvent {
  const eventKey = restKey(frame, content);
  return {
    type: 'unsupported',
    kind: kind.slice(0, 100),
    accountId: frame.accountId,
    eventKey,
    threadKey: eventKey,
    threadKind,
  };
}
