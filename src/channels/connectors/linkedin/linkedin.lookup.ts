import type { ConnectedChannel } from '../../channel';
import type { LookupOutcome, OutboundMessage } from '../../sending';
import { list, milliseconds, record } from '../json';
import type { LinkedInClient } from './linkedin.client';
import { outcomeOf } from './linkedin.errors';
import { targetOf } from './linkedin.send';
import { encoded, organizationUrn } from './linkedin.urns';
import { urnOfRead } from './parse-comment';
import { actorOf, wordsOf } from './parse-facts';

const CLOCK_SLACK_MS = 5_000; // LinkedIn's clock is not ours
const PAGE_SIZE = 100;
const MAX_PAGES = 5;

/** Networks fold white space at the ends and compose letters; inside the text they keep what was written. */
const plain = (text: string) => text.normalize('NFC').trim();

/** Looks for a comment in doubt where it would stand had it been published. */
export async function lookUp(
  client: LinkedInClient,
  channel: ConnectedChannel,
  message: OutboundMessage,
  sentAfter: Date,
  now: number,
): Promise<LookupOutcome> {
  const found = await targetOf(client, message, now);
  if ('refusal' in found) return { status: 'cannot_tell', reason: found.refusal.reason };
  const under = 'post' in found.target ? found.target.post : found.target.top.urn;
  const own = organizationUrn(channel.externalId);
  const notBefore = sentAfter.getTime() - CLOCK_SLACK_MS;
  const externalIds: string[] = [];
  for (let page = 0; page < MAX_PAGES; page++) {
    // each page begins where the one before it ended
    const answer = await client.call({
      method: 'GET',
      path: `/socialActions/${encoded(under)}/comments`,
      query: `start=${page * PAGE_SIZE}&count=${PAGE_SIZE}`,
    });
    if (answer.kind !== 'answer' || !answer.ok) return { status: 'cannot_tell', reason: outcomeOf(answer, now).reason };
    const elements = list(record(answer.json)?.['elements']);
    for (const value of elements) {
      const item = record(value);
      const comment = item && urnOfRead(item);
      const created = milliseconds(record(item?.['created'])?.['time']) ?? 0;
      if (!comment || actorOf(item) !== own || created < notBefore) continue;
      if (plain(wordsOf(item) ?? '') === plain(message.text)) externalIds.push(comment.urn);
    }
    if (elements.length < PAGE_SIZE)
      return externalIds.length > 0 ? { status: 'found', externalIds } : { status: 'absent' };
  }
  if (externalIds.length > 0) return { status: 'found', externalIds };
  return { status: 'cannot_tell', reason: 'There are too many comments to read all of them back.' };
}
