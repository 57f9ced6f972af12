import type { InboundUnsupported } from '../../../inbox/conversations/inbound-event';
import { compact, contentHash, instant, key, record, string } from '../json';

/** What one entry tells about all events inside it. */
export interface EntryFacts {
  object: 'page' | 'instagram';
  /** Page id or Instagram account id. */
  accountId: string;
  /** When the batch was sent. Good as a hint of when, never as part of a key: a redelivery may carry another. */
  sentAt: unknown;
  /** The account's own name on Instagram, where ids are withheld and it is known for whom the entry is read. */
  username?: string | undefined;
}

/** Whether a handle is the account's own name, as a setting may write it. */
export function isOwnName(handle: string | undefined, username: string | undefined): boolean {
  const name = username?.trim().replace(/^@/, '').toLowerCase();
  return name !== undefined && name !== '' && handle?.toLowerCase() === name;
}

/** The thread an unreadable event belongs to, where at least that much is known. */
export type KnownThread = Pick<InboundUnsupported, 'threadKey' | 'threadKind'>;

/** An event that is kept because we cannot read it; its key is its content, so a redelivery falls on the same row. */
export function unsupported(
  facts: Pick<EntryFacts, 'accountId' | 'sentAt'>,
  kind: string,
  content: unknown,
  thread?: KnownThread,
): InboundUnsupported {
  const hash = contentHash(content);
  const name = (string(kind) ?? '').slice(0, 120);
  return compact({
    type: 'unsupported' as const,
    accountId: facts.accountId,
    eventKey: key('unsupported', name, hash),
    threadKey: thread?.threadKey ?? key('unsupported', hash),
    threadKind: thread?.threadKind ?? 'comment',
    occurredAt: instant(record(content)?.['timestamp'], facts.sentAt),
    kind: name,
  });
}
