import type { PullOutcome } from '../../pulling';
import { list, milliseconds, record, type JsonRecord } from '../json';
import type { Reading } from './parse-reading';
import { ask, goOn, isDue, nextPage, notRead, sinceMs, type Step } from './pull-step';

const PAGE_SIZE = 25;

/** One page of conversations, with about the newest twenty messages of each: more Graph does not detail. */
export async function readConversations(step: Step): Promise<PullOutcome> {
  const reply = await ask(step, 'messages', { limit: PAGE_SIZE });
  if (reply.kind !== 'ok') return notRead(step, 'messages', reply);
  const all = list(reply.body['data']).map(record);
  const items = all.flatMap((conversation) => withDue(step, conversation));
  const bodies: Reading[] =
    items.length > 0
      ? [{ metaReading: 'messages', readAt: new Date(step.now).toISOString(), page: { data: items } }]
      : [];
  // Newest first: once one was last moved before the beginning, so were all after it.
  const reached = all.some((item) => (milliseconds(item?.['updated_time']) ?? Infinity) < sinceMs(step));
  const after = reached ? undefined : nextPage(reply.body);
  return goOn(step, bodies, after === undefined ? 'next_stage' : { after });
}

function withDue(step: Step, conversation: JsonRecord | undefined): JsonRecord[] {
  const data = list(record(conversation?.['messages'])?.['data']).filter((message) =>
    isDue(step, milliseconds(record(message)?.['created_time']) ?? 0),
  );
  return conversation && data.length > 0 ? [{ ...conversation, messages: { data } }] : [];
}
