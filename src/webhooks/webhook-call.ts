import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import { Agent, request } from 'undici';
import { isPublicAddress } from '../media/public-address';
import { publicLookup } from '../media/safe-fetch';
import { Config } from '../platform/config';
import type { Answer } from './retry-plan';

const TIMEOUT_MS = 15_000; // what Standard Webhooks advises; a receiver that needs longer answers first and works then
const KEPT_ANSWER = 1_000;
const LARGEST_ANSWER = 64 * 1024;

const toPublic = new Agent({ connect: { lookup: publicLookup(), timeout: 10_000 } });
const toPrivate = new Agent({ connect: { timeout: 10_000 } });

export interface Called {
  answer: Answer;
  status: number | null;
  error: string | null;
  /** The beginning of what was answered. */
  text: string | null;
  ms: number;
}

/** Posts to addresses that admins entered: the public internet only, but for hosts the operator allows. */
@Injectable()
export class WebhookCall {
  private readonly allowed: ReadonlySet<string>;

  constructor(config: Config) {
    this.allowed = new Set((config.WEBHOOK_PRIVATE_HOSTS ?? '').split(',').filter(Boolean));
  }

  /** What is wrong with an address; null when it may be called. Names are judged again when they are resolved. */
  problemOf(address: string): string | null {
    if (!URL.canParse(address)) return 'must be a whole URL, such as https://example.com/hooks';
    const url = new URL(address);
    if (this.allowed.has(url.hostname))
      return url.protocol === 'https:' || url.protocol === 'http:' ? null : 'must begin with https:// or http://';
    if (url.protocol !== 'https:') return 'must begin with https://';
    if (url.username !== '' || url.password !== '') return 'must not carry a name or a password';
    const bare = url.hostname.replaceAll(/^\[|\]$/g, '');
    const inside =
      isIP(bare) !== 0 ? !isPublicAddress(bare) : !bare.includes('.') || /\.(localhost|internal|local)$/.test(bare);
    return inside ? 'must be on the public internet; an operator can allow a host in WEBHOOK_PRIVATE_HOSTS' : null;
  }

  /** Never throws. Redirects are not followed: the address that was entered is the one that is told. */
  async post(address: string, headers: Readonly<Record<string, string>>, body: string): Promise<Called> {
    const started = performance.now();
    const took = () => Math.round(performance.now() - started);
    const problem = this.problemOf(address);
    if (problem) return { answer: { kind: 'none' }, status: null, error: `The address ${problem}.`, text: null, ms: 0 };
    try {
      const response = await request(address, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'Pasokh', ...headers },
        body,
        dispatcher: this.allowed.has(new URL(address).hostname) ? toPrivate : toPublic,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = await beginningOf(response.body);
      const status = response.statusCode;
      const seconds = Number(response.headers['retry-after']);
      const retryAfterMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
      return { answer: { kind: 'status', status, retryAfterMs }, status, error: null, text, ms: took() };
    } catch (error) {
      const reason = reasonOf(error);
      return { answer: { kind: 'none' }, status: null, error: reason.slice(0, KEPT_ANSWER), text: null, ms: took() };
    }
  }
}

/** Read by shape: of a host with several addresses each has an error of its own, and the whole says nothing. */
function reasonOf(error: unknown): string {
  const { errors, message, name } = Object(error) as { errors?: unknown; message?: unknown; name?: unknown };
  const [first] = Array.isArray(errors) ? (errors as unknown[]) : [];
  const said = [message, name].find((one): one is string => typeof one === 'string' && one !== '');
  return first === undefined ? (said ?? 'The call broke off.') : reasonOf(first);
}

async function beginningOf(body: AsyncIterable<Buffer> & { destroy(): unknown }): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > LARGEST_ANSWER) break; // leaving the loop ends the stream
  }
  return Buffer.concat(chunks).toString('utf8').slice(0, KEPT_ANSWER).replaceAll('\u0000', '');
}
