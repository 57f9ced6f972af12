import type {
  InboundDelete,
  InboundEdit,
  InboundEvent,
  InboundReaction,
  InboundVisibility,
} from '../src/inbox/conversations/inbound-event';
import { uuidv7 } from '../src/platform/ids';
import { answered, at, type IntakeWorld, published, receipt, said, told } from './intake-world';

/** What may be told of one thing, each under a name of its own. */
export type Words = Record<string, InboundEvent>;

/** What is told of one thing, where some of it is known. */
export interface Situation {
  known: readonly InboundEvent[];
  words: Words;
  /** Whether a message of ours is on its way, of which `SEND` is the id. */
  sending?: true;
}

type Over = Parameters<typeof said>[3];

type Happening =
  | Pick<InboundEdit, 'type' | 'text' | 'version' | 'author' | 'direction' | 'attachments'>
  | Pick<InboundDelete, 'type' | 'by'>
  | Pick<InboundVisibility, 'type' | 'hidden'>
  | Pick<InboundReaction, 'type' | 'actorExternalId' | 'action' | 'reaction'>;

/** What happens to a message. */
function happens(externalId: string, minute: number, event: Happening): InboundEvent {
  const { accountId, eventKey, threadKey, threadKind } = said(externalId, 'u1', '');
  return { accountId, eventKey, threadKey, threadKind, externalId, occurredAt: at(minute), ...event };
}
const by = { author: { externalId: 'u1' }, direction: 'in' as const };

const ofMessage = (minute: number, event: Happening) => happens('m1', minute, event);
const asked = (text: string, over: Over) => said('m1', 'u1', text, { occurredAt: at(2), ...over });
const MESSAGE: Words = {
  plain: asked('do you ship?', { meta: { language: 'en' } }),
  richer: asked('do you ship? 🚚', {
    form: 1,
    meta: { mayReply: true },
    subtype: 'mention',
    occurredAt: at(5),
    attachments: [{ kind: 'image', url: 'https://cdn.test/1.jpg' }],
  }),
  poorer: asked('do you…', { form: -1, meta: { raw: true }, occurredAt: at(4) }),
  edit: ofMessage(9, { type: 'edit', text: 'ships to Qom?', version: 3, ...by }),
  later: ofMessage(10, { type: 'edit', text: 'ships to Karaj?', version: 4, ...by }),
  bareEdit: ofMessage(11, { type: 'edit', text: 'ships to Yazd?', version: 5 }),
  delete: ofMessage(20, { type: 'delete', by: 'contact' }),
  hide: ofMessage(12, { type: 'visibility', hidden: true }),
  unhide: ofMessage(13, { type: 'visibility', hidden: false }),
  like: ofMessage(14, { type: 'reaction', actorExternalId: 'u1', action: 'add', reaction: 'like' }),
  unlike: ofMessage(15, { type: 'reaction', actorExternalId: 'u1', action: 'remove', reaction: 'like' }),
  quote: said('m2', 'u1', 'as I asked', { replyToExternalId: 'm1', occurredAt: at(16) }),
  answer: answered('s1', 'u1', 'we do', { parentExternalId: 'm1', occurredAt: at(17) }),
  bareAnswer: answered('s2', 'u1', 'everywhere', {
    parentExternalId: 'm1',
    contact: undefined,
    threadKey: 'message:m1',
    occurredAt: at(18),
  }),
};

const part = (n: number, caption = '') =>
  said(`7:${n}`, 'u1', caption, {
    groupKey: 'album:1',
    attachments: [{ kind: 'image', url: `https://files.test/${n}` }],
    occurredAt: at(n),
  });
const ALBUM: Words = {
  one: part(1, 'first'),
  two: part(2),
  three: part(3, 'third'),
  caption: happens('7:1', 11, { type: 'edit', text: 'FIRST', version: 1 }),
  makes: happens('7:2', 12, { type: 'edit', text: 'SECOND', version: 2, attachments: part(2).attachments, ...by }),
  gone: happens('7:1', 13, { type: 'delete', by: 'contact' }),
  like: happens('7:2', 15, { type: 'reaction', actorExternalId: 'u1', action: 'add', reaction: 'like' }),
  quote: said('m2', 'u1', 'these', { replyToExternalId: '7:2', occurredAt: at(16) }),
};

const quoting = (over: Over) => said('m2', 'u1', 'as I asked', { occurredAt: at(3), ...over });
/** A message and one that quotes it, which not every telling says. */
const QUOTE: Words = {
  plain: MESSAGE['plain']!,
  bare: quoting({}),
  quoting: quoting({ replyToExternalId: 'm1' }),
  richer: quoting({ form: 1, replyToExternalId: 'm1', text: 'as I asked: do you?' }),
  poorer: quoting({ form: -1, replyToExternalId: 'm1', parentExternalId: 'm1', text: 'as I…' }),
};

const SEND = '00000000-0000-7000-8000-000000000000';
const SENT: Words = {
  echo: answered('o1', 'u1', 'ours', { outboundMessageId: SEND, occurredAt: at(6) }),
  bareEcho: answered('o1', 'u1', 'ours', { occurredAt: at(6) }),
  twin: answered('o2', 'u1', 'ours', { outboundMessageId: SEND, occurredAt: at(7) }),
  sent: receipt('sent', ['o1'], { outboundMessageId: SEND, occurredAt: at(6) }),
  read: receipt('read', ['o1'], { outboundMessageId: SEND, occurredAt: at(8) }),
  delivered: receipt('delivered', ['o1'], { occurredAt: at(7) }),
  failed: receipt('failed', ['o1'], { occurredAt: at(9), error: { code: '1', message: 'no' } }),
  delete: happens('o1', 20, { type: 'delete', by: 'account' }),
  quote: said('m2', 'u1', 'thanks', { replyToExternalId: 'o1', occurredAt: at(16) }),
};

const ali = { externalId: 'ali', aliases: ['+98912'], name: 'Ali' };
const comment = (id: string, person: string, postId: string, minute: number, over: Over = {}) =>
  said(id, person, id, {
    threadKind: 'comment',
    threadKey: `comment:${postId}:${person}`,
    post: { externalId: postId },
    occurredAt: at(minute),
    ...over,
  });
const PERSON: Words = {
  byNumber: said('m1', '+98912', 'one', { occurredAt: at(1) }),
  byName: said('m2', 'ali', 'two', { occurredAt: at(2), author: { externalId: 'ali', name: 'Ali' } }),
  both: said('m3', 'ali', 'three', { author: ali, threadAliases: ['dm:+98912'], occurredAt: at(3) }),
  comment: comment('c1', 'ali', 'p1', 4),
  numberComment: comment('c2', '+98912', 'p1', 5),
  changed: told('ali', { formerExternalId: '+98912', threadAliases: ['dm:+98912'], occurredAt: at(10) }),
  phone: told('ali', { person: { externalId: 'ali', phone: '+98935111111' }, occurredAt: at(11) }),
  left: told('ali', { reachable: false, occurredAt: at(12) }),
};
/** The network gave the number to somebody else, who writes. */
const NUMBER: Words = {
  changed: PERSON['changed']!,
  byNumber: PERSON['byNumber']!,
  stranger: said('m9', '+98912', 'nine', { occurredAt: at(20) }),
};

const POST: Words = {
  post: published('chan:5', {
    post: { externalId: 'chan:5', text: 'first words', permalink: 'https://t.test/5' },
    aliases: ['group:77'],
    occurredAt: at(1),
  }),
  changed: published('chan:5', { post: { externalId: 'chan:5', text: 'other words' }, occurredAt: at(9) }),
  onCopy: comment('c1', 'u1', 'group:77', 2),
  onPost: comment('c2', 'u1', 'chan:5', 3),
  ours: comment('s1', 'u1', 'group:77', 6, {
    direction: 'out',
    author: { externalId: 'shop' },
    contact: undefined,
    parentExternalId: 'c1',
    threadKey: 'comment:group:77:shop',
  }),
};

/** As one product tells it, which names what is answered in the post's stead … */
const instead = (id: string, person: string, answers: string, minute: number) =>
  comment(id, person, answers, minute, {
    form: -1,
    parentExternalId: answers,
    post: { externalId: answers, comments: [id], stead: true },
  });
/** … and another, which names both. */
const placed = (id: string, person: string, answers: string, minute: number) =>
  comment(id, person, 'p1', minute, {
    parentExternalId: answers,
    post: { externalId: 'p1', comments: [id, answers] },
  });
const COMMENTS: Words = {
  first: comment('c1', 'u1', 'p1', 1, { post: { externalId: 'p1', comments: ['c1'] } }),
  under: instead('c2', 'u1', 'c1', 2),
  underPlaced: placed('c2', 'u1', 'c1', 2),
  deeper: instead('c3', 'u1', 'c2', 3),
  deeperPlaced: placed('c3', 'u1', 'c2', 3),
  another: instead('c4', 'u2', 'c1', 4),
  anotherPlaced: placed('c4', 'u2', 'c1', 4),
};

const some = (words: Words, names: string): Words =>
  Object.fromEntries(names.split(' ').map((name) => [name, words[name]!]));
const knowing = (words: Words, names: string) => Object.values(some(words, names));

export const SITUATIONS: Record<string, Situation> = {
  'a message': { known: [], words: MESSAGE },
  'a message known': {
    known: knowing(MESSAGE, 'poorer'),
    words: some(MESSAGE, 'plain richer edit delete like bareAnswer'),
  },
  'a message known by an edit': {
    known: knowing(MESSAGE, 'edit'),
    words: some(MESSAGE, 'plain richer later delete quote'),
  },
  'a quote': { known: [], words: QUOTE },
  'an album': { known: [], words: ALBUM },
  'an album with a part known by an edit': {
    known: knowing(ALBUM, 'one makes'),
    words: some(ALBUM, 'two three makes like quote'),
  },
  'a message of ours on its way': { known: [said('m1', 'u1', 'hello')], words: SENT, sending: true },
  'a person known by two ids': { known: knowing(PERSON, 'byNumber byName'), words: PERSON },
  'a number that was left': { known: knowing(NUMBER, 'byNumber changed'), words: NUMBER },
  'a post': { known: [], words: POST },
  'a post whose copy is known': { known: knowing(POST, 'onCopy'), words: some(POST, 'post onPost ours') },
  'a comment that stands for a post': { known: knowing(COMMENTS, 'under'), words: COMMENTS },
};

/** A channel of its own in which this is known. @returns it, and how a word reads there */
export async function begin(w: IntakeWorld, { known, sending }: Situation) {
  const world = await w.aside();
  await world.tell(...known);
  const id = uuidv7();
  if (sending) {
    await world.rows(
      `WITH c AS (UPDATE conversations SET last_seq = 2 WHERE channel_id = $1 RETURNING *)
       INSERT INTO messages (workspace_id, id, conversation_id, channel_id, seq, direction, visibility, author_kind, text,
                             network_at, received_at, applied_at, delivery_state, ticket_id)
       SELECT c.workspace_id, $2, c.id, c.channel_id, 2, 'out', 'private', 'agent', 'ours', $3, $3, $3, 'sending', t.id FROM c
       JOIN tickets t ON t.conversation_id = c.id`,
      [id, at(5)],
    );
  }
  const asHere = (e: InboundEvent): InboundEvent =>
    'outboundMessageId' in e && e.outboundMessageId === SEND ? { ...e, outboundMessageId: id } : e;
  return { world, asHere };
}
