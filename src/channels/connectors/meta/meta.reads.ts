import type { ConnectedChannel } from '../../channel';
import type { MetaCall } from './meta.client';
import type { Stage } from './meta.cursor';

const FACEBOOK_MESSAGE = ['id,message,created_time,from,to,attachments', 'id,message,created_time,from'];
const messages = (fields: string) => `id,updated_time,participants,messages.limit(20){${fields}}`;
const replies = (fields: string) => `${fields},replies.limit(50){${fields}}`;

/**
 * What is asked for, the richest first: one field that Graph refuses fails the whole call, and then the next set is
 * tried. Sources: Graph reference of Comment, IG Comment, Post, IG Media and Conversation; integrators report that
 * `from` and `replies` are the first to be refused.
 */
const FIELDS: Readonly<Record<'facebook' | 'instagram', Readonly<Record<Stage, readonly string[]>>>> = {
  facebook: {
    posts: ['id,from,message,created_time,permalink_url,full_picture,status_type', 'id,from,message,created_time'],
    comments: [
      'id,from,message,created_time,parent{id,from},is_hidden,attachment,permalink_url',
      'id,from,message,created_time,parent{id},is_hidden',
      'id,from,message,created_time',
    ],
    messages: [`${FACEBOOK_MESSAGE[0]},sticker,shares{link,name}`, ...FACEBOOK_MESSAGE].map(messages),
  },
  instagram: {
    posts: ['id,timestamp,permalink,media_product_type', 'id,timestamp'],
    comments: [
      replies('id,text,timestamp,username,from{id,username},hidden'),
      replies('id,text,timestamp,username,hidden'),
      'id,text,timestamp,username',
    ],
    messages: [`${FACEBOOK_MESSAGE[0]},shares{link},story,reply_to,is_unsupported`, ...FACEBOOK_MESSAGE].map(messages),
  },
};

const networkOf = ({ kind }: ConnectedChannel) => (kind === 'instagram' ? 'instagram' : 'facebook');

export const plainest = (channel: ConnectedChannel, stage: Stage): number =>
  FIELDS[networkOf(channel)][stage].length - 1;

/** How to ask for a page. @param plainer how many of the richer sets of fields were refused */
export interface PageWanted {
  stage: Stage;
  plainer: number;
  after: string | undefined;
  limit: number;
  /** Whose comments, in the stage `comments`. */
  postId?: string;
  /** Seconds since 1970: posts from then on. */
  since?: number;
}

export function pageCall(channel: ConnectedChannel, wanted: PageWanted): MetaCall {
  const { stage, after } = wanted;
  const facebook = channel.kind === 'facebook';
  const sets = FIELDS[networkOf(channel)][stage];
  const query: Record<string, string> = {
    fields: sets[Math.min(wanted.plainer, sets.length - 1)] ?? 'id',
    limit: String(wanted.limit),
    ...(after === undefined ? {} : { after }),
  };
  switch (stage) {
    case 'posts':
      if (facebook && wanted.since !== undefined) query['since'] = String(wanted.since);
      return { method: 'GET', path: [channel.externalId, facebook ? 'feed' : 'media'], query };
    case 'comments':
      if (facebook) Object.assign(query, { filter: 'stream', order: 'reverse_chronological' });
      return { method: 'GET', path: [wanted.postId ?? '', 'comments'], query };
    case 'messages':
      query['platform'] = facebook ? 'messenger' : 'instagram';
      return { method: 'GET', path: [conversationsNode(channel), 'conversations'], query };
  }
}

/**
 * Whose `conversations` are an account's. Instagram's direct messages stand at its Page, which a Page token calls `me`; by
 * Instagram Login the account itself is `me`.
 */
export function conversationsNode({ kind, externalId, settings }: ConnectedChannel): string {
  if (kind !== 'instagram') return externalId;
  const { login, pageId } = settings;
  return login !== 'instagram' && typeof pageId === 'string' && pageId !== '' ? pageId : 'me';
}
