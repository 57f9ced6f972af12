import type { ConnectedChannel, Credentials } from '../../channel';
import type { Description, PersonFacts, PostFacts } from '../../describing';
import type { MediaSource, MediaWanted } from '../../media';
import type { JsonRecord } from '../json';
import { apiBase, type XClient } from './x.client';
import { dmUrl, frameOf, ownRecord, personOf, postUrl } from './x.fields';
import { postFactsOf } from './parse-post';
import { readPost } from './x.post';
import { POST_QUERY } from './x.reads';
import { flag } from './x.settings';

export async function describePost(client: XClient, postId: string): Promise<Description<PostFacts>> {
  return described(client, ['tweets', postId], POST_QUERY, (body) => {
    const data = ownRecord(body, 'data');
    const post = data && readPost(data, frameOf('', ownRecord(body, 'includes')));
    if (!post) return undefined;
    const { externalId: _, ...facts } = postFactsOf(post);
    return facts;
  });
}

export async function describePerson(client: XClient, personId: string): Promise<Description<PersonFacts>> {
  return described(client, ['users', personId], { 'user.fields': 'name,username,profile_image_url' }, (body) => {
    const person = personOf(ownRecord(body, 'data'));
    if (!person) return undefined;
    const { externalId: _, ...facts } = person;
    return facts;
  });
}

async function described<Facts>(
  client: XClient,
  path: string[],
  query: Record<string, string>,
  factsOf: (body: JsonRecord) => Facts | undefined,
): Promise<Description<Facts>> {
  const reply = await client.call({ method: 'GET', path, query });
  if (reply.kind === 'ok') {
    const facts = factsOf(reply.body);
    return facts === undefined ? { status: 'absent' } : { status: 'found', facts };
  }
  const outcome = client.repeatable(reply, 'read');
  switch (outcome.status) {
    case 'retry':
      return {
        status: 'retry',
        reason: outcome.reason,
        ...(outcome.afterMs === undefined ? {} : { afterMs: outcome.afterMs }),
      };
    case 'failed':
      return outcome.fix === 'none' ? { status: 'absent' } : { status: 'refused', reason: outcome.reason };
    case 'reconnect':
      return { status: 'refused', reason: outcome.reason };
  }
}

/** Where a person sees it at X. An encrypted message and a conversation are seen in the list of messages. */
export function permalinkOf(
  { externalId }: Pick<ConnectedChannel, 'externalId'>,
  target: {
    threadKind: 'comment' | 'dm';
    messageExternalId?: string;
    postExternalId?: string;
    recipientExternalId?: string;
  },
): string | undefined {
  if (target.threadKind === 'dm')
    return target.recipientExternalId ? dmUrl(externalId, target.recipientExternalId) : 'https://x.com/messages';
  const id = target.messageExternalId ?? target.postExternalId;
  return id === undefined ? undefined : postUrl(id);
}

const PRIVATE_HOSTS = ['ton.twitter.com', 'ton.x.com'];
const PUBLIC_HOSTS = ['.twimg.com'];

/**
 * Pictures of direct messages are private. X's API gives them by message, media and file name
 * (`GET /2/dm_conversations/media/{dm}/{media}/{file}`, OpenAPI 2.167); the address in the event takes the same token. The
 * token goes to X's own hosts and nowhere else.
 */
export function mediaSource(
  { settings }: Pick<ConnectedChannel, 'settings'>,
  { url, kind }: MediaWanted,
  credentials: Credentials,
): MediaSource {
  if (url === undefined || !URL.canParse(url)) return { status: 'absent', reason: 'X told no address for this file.' };
  if (kind === 'share') return { status: 'absent', reason: 'It is a post, not a file.' };
  const address = new URL(url);
  if (!PRIVATE_HOSTS.includes(address.hostname)) return { status: 'found', url, hosts: PUBLIC_HOSTS };
  const headers = { authorization: `Bearer ${credentials['accessToken'] ?? ''}` };
  const parts = /\/dm\/(\w+)\/(\w+)\/([\w.:-]+)$/.exec(address.pathname);
  if (!parts || !flag(settings, 'dmMediaByApi')) return { status: 'found', url, headers, hosts: PRIVATE_HOSTS };
  const [, dm = '', media = '', file = ''] = parts;
  const api = `${apiBase(settings)}/2/dm_conversations/media/${[dm, media, file].map(encodeURIComponent).join('/')}`;
  return { status: 'found', url: api, headers, hosts: [new URL(api).hostname] };
}
