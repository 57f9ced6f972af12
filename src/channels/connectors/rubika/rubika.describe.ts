import type { Description, PersonFacts, PostFacts } from '../../describing';
import { compact, type JsonRecord, record, string } from '../json';
import type { RubikaClient } from './rubika.client';
import { verdictOf } from './rubika.errors';

/** `getChat`: what a private chat is called is the person's name. */
export async function chatOf<Facts extends object>(
  client: RubikaClient,
  chatId: string,
  factsOf: (chat: JsonRecord) => Facts,
): Promise<Description<Facts>> {
  const reply = await client.call('getChat', { chat_id: chatId });
  if (reply.kind === 'no_answer') return { status: 'retry', reason: reply.reason };
  if (reply.kind === 'ok') {
    const chat = record(reply.data['chat']);
    return chat ? { status: 'found', facts: factsOf(chat) } : { status: 'absent' };
  }
  const verdict = verdictOf(reply, 0);
  if (verdict.is === 'retry') return { status: 'retry', reason: verdict.what, afterMs: verdict.afterMs || undefined };
  if (verdict.is === 'unknown') return { status: 'retry', reason: verdict.what };
  return verdict.is === 'failed' ? { status: 'absent' } : { status: 'refused', reason: verdict.what };
}

const word = (value: unknown) => string(value)?.trim() || undefined;

export function personFacts(chat: JsonRecord): PersonFacts {
  const name = [word(chat['first_name']), word(chat['last_name'])].filter(Boolean).join(' ');
  return compact({ name: name === '' ? word(chat['title']) : name, handle: word(chat['username']) });
}

export function postFacts(chat: JsonRecord): PostFacts {
  return compact({ text: word(chat['title']), kind: 'group' });
}
