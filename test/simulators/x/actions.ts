import { dmPayload, postEvent, userObject, type XEvent } from './payloads';
import { latestOf, PICTURE, rootOf, SEED, type XPostRow, type XWorld } from './world';

type Person = { by: string };

/**
 * What people do at X. Every method takes one plain JSON object, so that a scenario file can name it; people go by id,
 * handle, or first part of the handle (`negar`). `account` is the brand, the seeded one by default.
 */
export class XActions {
  constructor(
    private readonly world: XWorld,
    private readonly emit: (events: readonly XEvent[]) => void,
  ) {}

  /** Somebody writes to everybody and names the brand. */
  mention({ by, text, account = SEED.brandId }: Person & { text: string; account?: string }) {
    const brand = this.world.user(account);
    const named = text.includes(`@${brand.handle}`) ? text : `@${brand.handle} ${text}`;
    return this.told(this.world.write(this.world.user(by).id, named));
  }

  /** Somebody answers a post; the brand is named only if the text names it. */
  reply({ by, to, text }: Person & { to: string; text: string }) {
    return this.told(this.world.write(this.world.user(by).id, text, { replyTo: to }));
  }

  quote({ by, post, text }: Person & { post: string; text: string }) {
    return this.told(this.world.write(this.world.user(by).id, text, { quoted: post }));
  }

  /** The brand publishes, or answers with another tool. */
  publish({ text, to, account = SEED.brandId }: { text: string; to?: string; account?: string }) {
    return this.told(this.world.write(account, text, { replyTo: to }));
  }

  edit({ post, text }: { post: string; text: string }) {
    const row = this.world.existing(post);
    row.versions.push(this.world.nextId());
    row.text = text;
    return this.told(row);
  }

  delete({ post }: { post: string }) {
    const row = this.world.existing(post);
    row.deleted = true;
    const payload = { id: latestOf(row), author_id: row.authorId, edit_history_tweet_ids: [...row.versions] };
    this.emit([this.event('post.delete', row.authorId, payload)]);
    return { id: rootOf(row) };
  }

  like({ by, post }: Person & { post: string }) {
    const row = this.world.existing(post);
    const person = this.world.user(by);
    row.likedBy.add(person.id);
    const payload = {
      id: `like${this.world.nextId()}`,
      created_at: new Date(this.world.now()).toISOString(),
      timestamp_ms: String(this.world.now()),
      liked_tweet_author_id: row.authorId,
      liked_tweet_id: rootOf(row),
    };
    const includes = { users: [userObject(person), userObject(this.world.user(row.authorId))] };
    this.emit([{ ...this.event('like.create', row.authorId, payload), includes }]);
    return { id: payload.id };
  }

  dm({
    by,
    text,
    photo = false,
    account = SEED.brandId,
  }: Person & { text: string; photo?: boolean; account?: string }) {
    const media = photo ? { id: this.world.nextId(), type: 'photo', file: 'inv.jpg', bytes: PICTURE } : undefined;
    const dm = this.world.message(this.world.user(by).id, account, text, media);
    this.emit([this.event('dm.received', account, dmPayload(this.world, [dm]), dm.id)]);
    return { id: dm.id };
  }

  /** Several messages of one person that X tells in one delivery. */
  dms({ by, texts, account = SEED.brandId }: Person & { texts: readonly string[]; account?: string }) {
    const rows = texts.map((text) => this.world.message(this.world.user(by).id, account, text));
    this.emit([this.event('dm.received', account, dmPayload(this.world, rows), rows[0]?.id)]);
    return { ids: rows.map(({ id }) => id) };
  }

  /** The brand writes with another tool. */
  dmElsewhere({ to, text, account = SEED.brandId }: { to: string; text: string; account?: string }) {
    const dm = this.world.message(account, this.world.user(to).id, text);
    this.emit([this.event('dm.sent', account, dmPayload(this.world, [dm]), dm.id)]);
    return { id: dm.id };
  }

  read({ by, upTo, account = SEED.brandId }: Person & { upTo: string; account?: string }) {
    const gesture = { ...this.gesture(by, account), last_read_event_id: upTo };
    this.emit([this.event('dm.read', account, { direct_message_mark_read_events: [gesture], users: {} })]);
  }

  typing({ by, account = SEED.brandId }: Person & { account?: string }) {
    const payload = { direct_message_indicate_typing_events: [this.gesture(by, account)], users: {} };
    this.emit([this.event('dm.indicate_typing', account, payload)]);
  }

  /** A message through XChat: only its envelope is told. */
  encrypted({ by, account = SEED.brandId }: Person & { account?: string }) {
    const sender = this.world.user(by).id;
    const id = `e4f4d3fc-8bbf-4928-92eb-${this.world.nextId().slice(-12)}`;
    const payload = {
      id,
      created_at_msec: String(this.world.now()),
      sender_id: sender,
      conversation_id: `${sender}:${account}`,
      encoded_event: 'CwABinventedThriftBase64',
    };
    this.emit([this.event('chat.received', account, payload)]);
    return { id };
  }

  private gesture(by: string, account: string) {
    return {
      created_timestamp: String(this.world.now()),
      sender_id: this.world.user(by).id,
      target: { recipient_id: account },
    };
  }

  private event(type: string, userId: string, payload: object, uuid?: string): XEvent {
    return { type, userId, uuid: uuid ?? `-${this.world.nextId()}`, payload, at: this.world.now() };
  }

  private told(post: XPostRow) {
    this.emit(eventsOfPost(this.world, post));
    return { id: rootOf(post), latest: latestOf(post) };
  }
}

/** Every event a new or edited post gives: one for each person named, answered or quoted, and one for its author. */
export function eventsOfPost(world: XWorld, post: XPostRow): XEvent[] {
  const events = [postEvent(world, 'post.create', post.authorId, post)];
  for (const { id, handle } of world.users.values())
    if (id !== post.authorId && new RegExp(`@${handle}(?!\\w)`).test(post.text))
      events.push(postEvent(world, 'post.mention.create', id, post));
  const quotedAuthor = post.quoted === undefined ? undefined : world.post(post.quoted)?.authorId;
  if (post.replyTo && post.replyTo.authorId !== post.authorId)
    events.push(postEvent(world, 'post.reply.create', post.replyTo.authorId, post));
  if (quotedAuthor !== undefined && quotedAuthor !== post.authorId)
    events.push(postEvent(world, 'post.quote.create', quotedAuthor, post));
  return events;
}
