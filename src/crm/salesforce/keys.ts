import { createHash } from 'node:crypto';

/** What makes a native id unique: ids of two networks, or of two accounts on one, may be the same text. */
export interface KeyScope {
  workspaceId: string;
  /** The channel's kind. */
  network: string;
  /** The channel's id at the network. */
  account: string;
}

/**
 * Keys of our records in the CRM: a letter and 40 lower-case hexadecimal digits. Always the same for the same thing, so
 * a repeated write finds its record; right whether the field minds letter case or not; safe in URLs and CSV as it is.
 */
const keyOf = (
  letter: 'p' | 'c' | 'm' | 't',
  { workspaceId, network, account }: KeyScope,
  nativeId: string,
): string => {
  const digest = createHash('sha256').update([workspaceId, network, account, nativeId].join('|')).digest('hex');
  return `${letter}_${digest.slice(0, 40)}`;
};

export const personaKey = (scope: KeyScope, identityExternalId: string) => keyOf('p', scope, identityExternalId);

export const conversationKey = (scope: KeyScope, threadKey: string) => keyOf('c', scope, threadKey);

const WRITTEN_HERE = new Set(['agent', 'bot', 'rule', 'system']);

/**
 * What was written here gets its network id only when it is sent, and a key must not change after that: such messages
 * are keyed by our own id for good.
 */
export function messageKey(
  scope: KeyScope,
  message: { id: string; externalId: string | null; authorKind: string },
): string {
  const ours = WRITTEN_HERE.has(message.authorKind) || message.externalId === null;
  return keyOf('m', scope, ours ? `id:${message.id}` : `at:${message.externalId}`);
}

/** An attempt at a call is ours alone, so its own id makes the key. */
export const callKey = (scope: KeyScope, attemptId: string) => keyOf('t', scope, `call:${attemptId}`);
