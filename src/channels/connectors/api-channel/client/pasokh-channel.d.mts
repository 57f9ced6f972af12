export interface Problem {
  path: string;
  problem: string;
  serious: boolean;
}

export interface Person {
  id: string | number;
  name?: string;
  handle?: string;
  avatarUrl?: string;
  /** E.164 */
  phone?: string;
  email?: string;
  /** BCP 47 */
  locale?: string;
  aliases?: readonly string[];
}

export interface Post {
  id: string | number;
  url?: string;
  text?: string;
  mediaUrl?: string;
  kind?: string;
  /** ISO 8601 with offset */
  publishedAt?: string;
}

export interface Thread {
  id: string | number;
  kind: 'dm' | 'comment';
  post?: Post;
}

/** See README.md for the fields of each type. `id` counts once, for ever; `at` is ISO 8601 with offset. */
export interface ApiEvent {
  type: 'message' | 'edit' | 'delete' | 'visibility' | 'reaction' | 'receipt' | 'identity' | 'post';
  id: string | number;
  at?: string;
  thread?: Thread;
  author?: Person;
  [field: string]: unknown;
}

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

export const EVENT_FIELDS: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
export function validateApiEvents(body: unknown): Problem[];
export function signedHeaders(
  secret: string,
  id: string,
  body: Buffer | string,
  nowMs?: number,
): Record<string, string>;
export function verifyRequest(secret: string, headers: Headers, body: Buffer | string, nowMs?: number): boolean;

export class ChannelError extends Error {
  readonly problems?: readonly Problem[];
  readonly status?: number;
}

export interface ChannelOptions {
  url: string;
  secret: string;
  tries?: number;
  waitMs?: number;
  timeoutMs?: number;
  fetch?: typeof globalThis.fetch;
  now?: () => number;
}

export class PasokhChannel {
  constructor(options: ChannelOptions);
  send(events: readonly ApiEvent[]): Promise<void>;
  read(headers: Headers, rawBody: Buffer): Record<string, unknown> | undefined;
  asks(headers: Headers): boolean;
}
