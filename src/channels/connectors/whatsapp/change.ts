import type { InboundUnsupported } from '../../../inbox/conversations/inbound-event';
import { compact, contentHash, instant, key, record, string, type JsonRecord } from '../json';

/** One change of a delivery: what all events inside it share. */
export interface Change {
  /** Phone number id, or the business account's id where the change is about no single number. */
  accountId: string;
  /** The webhook field, `messages`, `smb_message_echoes`, … */
  field: string;
  value: JsonRecord;
}

/** An event that is kept because we cannot read it; its key is its content, so a redelivery falls on the same row. */
export function unsupported(
  { accountId }: Pick<Change, 'accountId'>,
  kind: string,
  content: unknown,
  thread?: { threadKey: string; threadAliases?: string[] },
): InboundUnsupported {
  const hash = contentHash(content);
  const name = (string(kind) ?? '').slice(0, 120);
  return compact({
    type: 'unsupported' as const,
    accountId,
    eventKey: key('unsupported', name, hash),
    threadKey: thread?.threadKey ?? key('unsupported', hash),
    threadKind: 'dm' as const,
    threadAliases: thread?.threadAliases,
    occurredAt: instant(record(content)?.['timestamp']),
    kind: name,
  });
}
