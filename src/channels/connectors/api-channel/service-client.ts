import { randomUUID } from 'node:crypto';
import type { Credentials } from '../../channel';
import { call, type HttpAnswer } from '../../egress';
import { signedHeaders } from './standard-webhooks';

/** Signed calls to the service behind the channel. */
export class ServiceClient {
  constructor(
    private readonly credentials: Credentials,
    private readonly timeoutMs: number,
    private readonly now: () => number,
  ) {}

  /** @param id the same for every try of one message, so that the service can tell a repetition; else made up */
  post(url: string, body: Readonly<Record<string, unknown>>, id: string = randomUUID()): Promise<HttpAnswer> {
    const bytes = Buffer.from(JSON.stringify(body), 'utf8');
    const headers = { 'content-type': 'application/json', ...this.signed(id, bytes) };
    return call(this.credentials, { method: 'POST', url, headers, body: bytes, timeoutMs: this.timeoutMs });
  }

  /** The address is not part of what is signed, but `id` is: what matters of the question goes in there too. */
  get(url: string, query: Readonly<Record<string, string>>, id: string, signal?: AbortSignal): Promise<HttpAnswer> {
    if (!URL.canParse(url))
      return Promise.resolve({ kind: 'no_answer', reached: false, reason: 'The address is not a URL.' });
    const address = new URL(url);
    for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
    const headers = this.signed(id, Buffer.alloc(0));
    return call(this.credentials, { method: 'GET', url: address, headers, timeoutMs: this.timeoutMs, signal });
  }

  private signed(id: string, body: Buffer): Record<string, string> {
    return signedHeaders(this.credentials['appSecret'] ?? '', id, this.now(), body);
  }
}
