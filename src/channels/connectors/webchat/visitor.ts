import type { Profile, VouchedUser } from './webchat.identity';

/**
 * Whoever sits at a browser. `visitorId` is the browser's own and stays for as long as its session line does;
 * `identifiedAs` is the site's user, once vouched for. Ids carry a prefix, so that a site's user id can never be taken
 * for a browser's.
 */
export interface VisitorSession {
  id: string;
  workspaceId: string;
  channelId: string;
  visitorId: string;
  identifiedAs: string | null;
  profile: KnownProfile | null;
}

export type KnownProfile = Profile & { trusted: boolean };

export const anonymousId = (random: string) => `visitor:${random}`;
export const userId = (user: VouchedUser) => `user:${user.identifier}`;

/** The person as the inbox knows them: their identity on the channel, and with it their thread. */
export const personOf = (session: VisitorSession): string => session.identifiedAs ?? session.visitorId;
export const threadKeyOf = (person: string) => `dm:${person}`;

/**
 * The id of a visitor's message by the id its browser gave it. It follows the browser, not the person: a message sent
 * again after signing in is still the same message.
 */
export const inboundId = (session: VisitorSession, clientId: string) => `webchat:in:${session.visitorId}:${clientId}`;
const CLIENT_ID = /^webchat:in:.*:([0-9a-f-]{36})$/;

/** A message as its visitor may see it. */
export interface VisitorMessage {
  id: string;
  /** Grows along the conversation; not every number is the visitor's to see. */
  seq: number;
  /** The id its browser gave it, on the visitor's own messages. */
  clientId: string | null;
  author: { type: 'visitor' | 'agent' | 'bot'; name: string | null };
  /** Empty when deleted. */
  text: string;
  createdAt: Date;
  version: number;
  editedAt: Date | null;
  deleted: boolean;
}

export interface MessageRow {
  id: string;
  conversation_id: string;
  seq: number;
  external_id: string | null;
  author_kind: 'contact' | 'agent' | 'bot' | 'rule' | 'account' | 'system';
  author_name: string | null;
  text: string;
  received_at: Date;
  version: number;
  edited_at: Date | null;
  deleted_at: Date | null;
}

export function visitorMessage(row: MessageRow): VisitorMessage {
  const own = row.author_kind === 'contact';
  const machine = row.author_kind === 'bot' || row.author_kind === 'rule';
  return {
    id: row.id,
    seq: row.seq,
    clientId: own ? (CLIENT_ID.exec(row.external_id ?? '')?.[1] ?? null) : null,
    // what a rule is called here is no customer's business
    author: {
      type: own ? 'visitor' : machine ? 'bot' : 'agent',
      name: own || row.author_kind === 'rule' ? null : row.author_name,
    },
    text: row.deleted_at ? '' : row.text,
    createdAt: row.received_at,
    version: row.version,
    editedAt: row.edited_at,
    deleted: row.deleted_at !== null,
  };
}

/** Milliseconds until one more is allowed, or null when it is: at most `limit` within `windowMs`. `latest` is newest first. */
export function waitFor(latest: readonly Date[], limit: number, windowMs: number, now: Date): number | null {
  const oldest = latest[limit - 1];
  if (!oldest) return null;
  const wait = oldest.getTime() + windowMs - now.getTime();
  return wait > 0 ? wait : null;
}
