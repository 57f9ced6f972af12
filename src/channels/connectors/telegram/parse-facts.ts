import type { InboundAuthor, InboundUnsupported, ThreadKind } from '../../../inbox/conversations/inbound-event';
import type { ParseContext } from '../../door';
import { compact, contentHash, id, instant, key, list, record, string, type JsonRecord } from '../json';
import { numericId } from './telegram.addresses';
import { type Flavour, flavourOf } from './telegram.flavours';

/** What holds for everything one bot is told. */
export interface BotFacts {
  /** The bot's id. */
  accountId: string;
  flavour: Flavour;
  /** Channels, groups and people whose word is the account's own. */
  ownIds: ReadonlySet<string>;
}

export function factsOf({ channel }: ParseContext): BotFacts {
  return {
    accountId: channel?.externalId ?? '',
    flavour: flavourOf(channel?.kind),
    ownIds: new Set(
      list(channel?.settings['ownIds'])
        .map(id)
        .filter((chat) => chat !== undefined),
    ),
  };
}

/** A user, or a chat that speaks: both have an id, a name and perhaps a username. */
export function personOf(value: unknown): InboundAuthor | undefined {
  const person = record(value);
  const externalId = numericId(person?.['id']);
  if (!person || externalId === undefined) return undefined;
  const names = [string(person['first_name']), string(person['last_name'])].filter((name) => name !== undefined);
  return compact({
    externalId,
    name: names.join(' ').trim() || string(person['title']) || undefined,
    handle: string(person['username']) || undefined,
    locale: string(person['language_code']) || undefined,
  });
}

/** An event that is kept because we cannot read it; its key is its content, so a redelivery falls on the same row. */
export function unsupported(
  facts: Pick<BotFacts, 'accountId'>,
  kind: string,
  content: unknown,
  threadKind: ThreadKind = 'dm',
): InboundUnsupported {
  const hash = contentHash(content);
  const name = (string(kind) ?? '').slice(0, 120);
  return compact({
    type: 'unsupported' as const,
    accountId: facts.accountId,
    eventKey: key('unsupported', name, hash),
    threadKey: key('unsupported', hash),
    threadKind,
    occurredAt: instant(record(content)?.['date']),
    kind: name,
  });
}

/** Where a channel's post came from, on its copy in a discussion group; servers of old say it in two fields. */
export function originOf(
  copy: JsonRecord,
): { chat: JsonRecord; id: string; message: string; date: unknown } | undefined {
  const told = record(copy['forward_origin']);
  const chat = record(told?.['chat']) ?? record(copy['forward_from_chat']);
  const chatId = numericId(chat?.['id']);
  const message = numericId(told?.['message_id']) ?? numericId(copy['forward_from_message_id']);
  if (!chat || chatId === undefined || message === undefined) return undefined;
  return { chat, id: chatId, message, date: told?.['date'] ?? copy['forward_date'] };
}
