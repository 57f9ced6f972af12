import type { ConnectedChannel } from '../../channel';
import type { Description, MessageFacts, PersonFacts, PostFacts } from '../../describing';
import type { MetaCall, MetaReply } from './meta.client';
import { repeatable } from './meta.errors';
import { compact, instant, record, string, type JsonRecord } from '../json';

/** One field Graph does not know fails the whole call, so each network is asked only for its own. */
const POST_FIELDS = {
  facebook: 'message,permalink_url,full_picture,status_type,created_time',
  instagram: 'caption,permalink,media_url,thumbnail_url,media_type,media_product_type,timestamp',
};
const PERSON_FIELDS = { facebook: 'name,profile_pic', instagram: 'name,username,profile_pic' };

const network = ({ kind }: ConnectedChannel) => (kind === 'instagram' ? 'instagram' : 'facebook');

export const postCall = (channel: ConnectedChannel, postId: string): MetaCall => ({
  method: 'GET',
  path: [postId],
  query: { fields: POST_FIELDS[network(channel)] },
});

/**
 * Somebody else's media can be read only by way of a mention of us in it.
 * Source: Instagram Platform, "Mentioned media", `GET /{ig-user-id}?fields=mentioned_media.media_id(…)`.
 */
export const mentionedMediaCall = (channel: ConnectedChannel, mediaId: string): MetaCall => ({
  method: 'GET',
  path: [channel.externalId],
  query: { fields: `mentioned_media.media_id(${mediaId}){caption,media_type,media_url,timestamp,username}` },
});

export const mentionedMediaFacts = (body: JsonRecord): PostFacts => postFacts(record(body['mentioned_media']) ?? {});

/**
 * The words of a mention: `mention:<media>` stands in a caption, `mention:<media>:<comment>` in a comment.
 * Source: Instagram Platform, "Mentioned comment", `GET /{ig-user-id}?fields=mentioned_comment.comment_id(…)`.
 * @returns undefined for what is no mention
 */
export function mentionCall(channel: ConnectedChannel, messageExternalId: string): MetaCall | undefined {
  const [prefix, mediaId, commentId] = messageExternalId.split(':');
  if (channel.kind !== 'instagram' || prefix !== 'mention' || !mediaId) return undefined;
  if (!commentId) return mentionedMediaCall(channel, mediaId);
  const fields = `mentioned_comment.comment_id(${commentId}){text,timestamp}`;
  return { method: 'GET', path: [channel.externalId], query: { fields } };
}

/** Nothing where Meta answers without the words. */
export function mentionFacts(body: JsonRecord): MessageFacts | Record<string, never> {
  const media = record(body['mentioned_media']);
  const text = words(record(body['mentioned_comment'])?.['text'], media?.['caption']);
  if (text === undefined) return {};
  const handle = words(media?.['username']);
  return compact({ text, author: handle === undefined ? undefined : { handle } });
}

/** Messenger and Instagram user profile: a person has one only for accounts they have written to. */
export const personCall = (channel: ConnectedChannel, personId: string): MetaCall => ({
  method: 'GET',
  path: [personId],
  query: { fields: PERSON_FIELDS[network(channel)] },
});

/** A video's `media_url` is the film; its `thumbnail_url` is what can be shown beside the comments. */
export function postFacts(body: JsonRecord): PostFacts {
  return compact({
    text: words(body['message'], body['caption']),
    permalink: words(body['permalink_url'], body['permalink']),
    mediaUrl: words(body['full_picture'], body['thumbnail_url'], body['media_url']),
    kind: words(body['status_type'], body['media_product_type'], body['media_type']),
    publishedAt: instant(body['created_time'], body['timestamp']),
  });
}

export function personFacts(body: JsonRecord): PersonFacts {
  return compact({
    name: words(body['name']),
    handle: words(body['username']),
    avatarUrl: words(body['profile_pic']),
  });
}

/** The first of these values with something in it. */
function words(...values: readonly unknown[]): string | undefined {
  return values.map((value) => string(value)?.trim()).find((value) => value !== undefined && value !== '');
}

const isEmpty = (facts: object): facts is Record<string, never> => Object.keys(facts).length === 0;

const NO_PROFILE = 2018218; // comes as a code and as a subcode

/** A read changes nothing, so what would be doubt for a send is only another try. */
export function descriptionOf<Facts extends object>(
  reply: MetaReply,
  factsOf: (body: JsonRecord) => Facts | Record<string, never>,
): Description<Facts> {
  if (reply.kind === 'ok') {
    const facts = factsOf(reply.body);
    // Where the profile is withheld Meta answers with nothing but the id.
    return isEmpty(facts) ? { status: 'absent' } : { status: 'found', facts };
  }
  if (reply.kind === 'refused' && reply.error.subcode === NO_PROFILE) return { status: 'absent' };
  const outcome = repeatable(reply);
  switch (outcome.status) {
    case 'failed':
      return outcome.fix === 'none' ? { status: 'absent' } : { status: 'refused', reason: outcome.reason };
    case 'reconnect':
      return { status: 'refused', reason: outcome.reason };
    case 'retry':
      return { status: 'retry', reason: outcome.reason, afterMs: outcome.afterMs };
  }
}
