import type { Description, PersonFacts, PostFacts } from '../../describing';
import type { HttpAnswer } from '../../egress';
import { compact, instant, list, record, string } from '../json';
import type { LinkedInCall } from './linkedin.client';
import { outcomeOf } from './linkedin.errors';
import { encoded, urnParts } from './linkedin.urns';
import { nameOf, postPage } from './parse-facts';
import { commentaryText } from './parse-notification';

export const postCall = (postUrn: string): LinkedInCall => ({ method: 'GET', path: `/posts/${encoded(postUrn)}` });

/** A post by its share or ugcPost URN. Comments name their activity, which the posts API may not know: its page is known. */
export function describedPost(postUrn: string, answer: HttpAnswer, now: number): Description<PostFacts> {
  const known = { permalink: postPage(postUrn) };
  if (answer.kind === 'answer' && answer.ok) {
    const post = record(answer.json);
    const facts = {
      ...known,
      text: commentaryText(post?.['commentary']),
      publishedAt: instant(post?.['publishedAt'], post?.['createdAt']),
    };
    return { status: 'found', facts: compact(facts) };
  }
  const activity = urnParts(postUrn)?.kind === 'activity';
  if (activity && answer.kind === 'answer' && (answer.status === 400 || answer.status === 404))
    return { status: 'found', facts: known };
  return refused(answer, now);
}

/** People need a permission few apps have; pages are open. Undefined for what is neither. */
export function personCall(personUrn: string): LinkedInCall | undefined {
  const parts = urnParts(personUrn);
  if (parts?.kind === 'person') return { method: 'GET', path: `/people/(id:${encoded(parts.id)})` };
  return parts?.kind === 'organization' ? { method: 'GET', path: `/organizations/${encoded(parts.id)}` } : undefined;
}

export function describedPerson(answer: HttpAnswer, now: number): Description<PersonFacts> {
  if (answer.kind !== 'answer' || !answer.ok) {
    // Not shown to this app: asking again gives nothing, and no admin can change it for one member.
    if (answer.kind === 'answer' && answer.status === 403) return { status: 'absent' };
    return refused(answer, now);
  }
  const person = record(answer.json);
  const facts = compact({
    name: nameOf(person),
    handle: string(person?.['vanityName']),
    avatarUrl: pictureOf(person?.['profilePicture']),
  });
  return Object.keys(facts).length > 0 ? { status: 'found', facts } : { status: 'absent' };
}

function pictureOf(value: unknown): string | undefined {
  const shown = record(record(value)?.['displayImage~']);
  const largest = record(list(shown?.['elements']).at(-1));
  return string(record(list(largest?.['identifiers'])[0])?.['identifier']);
}

function refused<Facts>(answer: HttpAnswer, now: number): Description<Facts> {
  const outcome = outcomeOf(answer, now);
  switch (outcome.status) {
    case 'unknown':
      return { status: 'retry', reason: outcome.reason };
    case 'retry':
      return { status: 'retry', reason: outcome.reason, ...(outcome.afterMs ? { afterMs: outcome.afterMs } : {}) };
    case 'reconnect':
      return { status: 'refused', reason: outcome.reason };
    case 'failed':
      return outcome.code === 'object_gone' || outcome.code === 'bad_request'
        ? { status: 'absent' }
        : { status: 'refused', reason: outcome.reason };
  }
}
