import type { Description, PostFacts } from '../../describing';
import type { HttpAnswer } from '../../egress';
import { compact, instant, record, string } from '../json';
import { itemsIn, type YouTubeCall } from './youtube.client';
import { outcomeOf } from './youtube.errors';
import { channelPage, videoPage } from './youtube.parser';

/** What comments hang under: a video, or the channel itself (its id begins with `UC` and is 24 characters long). */
const isChannel = (postId: string) => /^UC[\w-]{22}$/.test(postId);

export const postCall = (postId: string): YouTubeCall => ({
  method: 'GET',
  path: isChannel(postId) ? 'channels' : 'videos',
  query: { part: 'snippet', id: postId },
});

export function describedPost(postId: string, answer: HttpAnswer, now: number): Description<PostFacts> {
  if (answer.kind === 'answer' && answer.ok) {
    const snippet = record(itemsIn(answer.json)[0]?.['snippet']);
    if (!snippet) return { status: 'absent' };
    const pictures = record(snippet['thumbnails']);
    const [picture] = ['high', 'medium', 'default'].flatMap((size) => string(record(pictures?.[size])?.['url']) ?? []);
    const facts = {
      text: string(snippet['title']),
      permalink: isChannel(postId) ? channelPage(postId) : videoPage(postId),
      mediaUrl: picture,
      kind: isChannel(postId) ? 'channel' : 'video',
      publishedAt: instant(snippet['publishedAt']),
    };
    return { status: 'found', facts: compact(facts) };
  }
  const outcome = outcomeOf(answer, now);
  switch (outcome.status) {
    case 'unknown':
      return { status: 'retry', reason: outcome.reason };
    case 'retry':
      return {
        status: 'retry',
        reason: outcome.reason,
        ...(outcome.afterMs === undefined ? {} : { afterMs: outcome.afterMs }),
      };
    case 'failed':
      return outcome.code === 'object_gone' ? { status: 'absent' } : { status: 'refused', reason: outcome.reason };
    case 'reconnect':
      return { status: 'refused', reason: outcome.reason };
  }
}
