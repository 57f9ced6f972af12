import type { ConnectedChannel, Description, PersonFacts, PostFacts } from '../../connector';
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

const NO_PROFILE = 2018218; // comes as a code and as a subcode

/** A read changes nothing, so what would be doubt for a send is only another try. */
export function descriptionOf<Facts extends object>(
  reply: MetaReply,
  factsOf: (body: JsonRecord) => Facts,
): Description<Facts> {
  if (reply.kind === 'ok') {
    const facts = factsOf(reply.body);
    // Where the profile is withheld Meta answers with nothing but the id.
    return Object.keys(facts).length > 0 ? { status: 'found', facts } : { status: 'absent' };
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
