import { Agent, type Dispatcher, fetch as undiciFetch, type RequestInit, type Response } from 'undici';
import type { Credentials } from './channel';
import { proxyDispatcher } from './proxies';

const REMEMBERED = 200; // proxies in use at once; far beyond any installation
const direct = new Agent({ connect: { timeout: 10_000 }, keepAliveTimeout: 10_000 });
const proxies = new Map<string, Dispatcher>();

/** The way out for a channel's calls: direct, or through its own proxy. */
export function dispatcherFor(credentials: Credentials): Dispatcher {
  const proxy = credentials['proxyUrl'];
  if (!proxy) return direct;
  let agent = proxies.get(proxy);
  if (!agent) {
    if (proxies.size >= REMEMBERED) proxies.delete(proxies.keys().next().value!);
    agent = proxyDispatcher(proxy);
    proxies.set(proxy, agent);
  }
  return agent;
}

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  url: string | URL;
  headers?: Readonly<Record<string, string>>;
  /** A record is sent as JSON; bytes, text and forms as they are. */
  body?: RequestInit['body'] | Readonly<Record<string, unknown>>;
  timeoutMs: number;
  signal?: AbortSignal;
}

export type HttpAnswer =
  /** `json` is undefined when the body is not JSON. */
  | { kind: 'answer'; status: number; ok: boolean; headers: Response['headers']; text: string; json: unknown }
  /** `reached: false`: the connection was never made, so nothing happened there. */
  | { kind: 'no_answer'; reached: boolean; reason: string };

const LARGEST_ANSWER = 16 * 1024 * 1024;

/**
 * One call of a channel to its network. Never throws: a failed call is an answer too, and the difference between "never
 * reached" and "broke off" decides whether a message may be sent again. Redirects are not followed.
 */
export async function call(credentials: Credentials, request: HttpRequest): Promise<HttpAnswer> {
  const { method, url, timeoutMs } = request;
  if (!URL.canParse(String(url))) return { kind: 'no_answer', reached: false, reason: 'The address is not a URL.' };
  const [body, type] = bodyOf(request.body);
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await undiciFetch(url, {
      method,
      headers: { ...(type ? { 'content-type': type } : {}), ...request.headers },
      body,
      redirect: 'error',
      dispatcher: dispatcherFor(credentials),
      signal: request.signal ? AbortSignal.any([timeout, request.signal]) : timeout,
    });
    if (Number(response.headers.get('content-length') ?? 0) > LARGEST_ANSWER) {
      await response.body?.cancel();
      return { kind: 'no_answer', reached: true, reason: 'The answer is too large.' };
    }
    const text = await response.text();
    const { status, ok, headers } = response;
    return { kind: 'answer', status, ok, headers, text, json: parsed(text) };
  } catch (error) {
    return unanswered(error, String(new URL(url).host));
  }
}

function bodyOf(body: HttpRequest['body']): [RequestInit['body'] | undefined, string | undefined] {
  if (body === undefined || body === null) return [undefined, undefined];
  const plain = typeof body === 'object' && Object.getPrototypeOf(body) === Object.prototype;
  return plain ? [JSON.stringify(body), 'application/json'] : [body as RequestInit['body'], undefined];
}

const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'EPROXY',
  // a stranger in the network's place, as where it is blocked: the handshake ends before anything is said
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_HAS_EXPIRED',
]);
/** Node's words for a connection that was cut before it was safe; its code is that of any cut. */
const CUT_IN_HANDSHAKE = 'Client network socket disconnected before secure TLS connection was established';

/** Why `fetch` gave no answer; read by shape, as its errors may come from another realm than ours. */
function unanswered(error: unknown, host: string): HttpAnswer {
  const code = codeOf(error);
  const cut = field(field(error, 'cause'), 'message') === CUT_IN_HANDSHAKE;
  if (code !== undefined && (cut || NEVER_CONNECTED.has(code)))
    return { kind: 'no_answer', reached: false, reason: `${host} cannot be reached (${code}).` };
  if (field(field(error, 'cause'), 'message') === 'bad port')
    return { kind: 'no_answer', reached: false, reason: `${host} is on a port that is not called (Fetch standard).` };
  const name = field(error, 'name');
  const reason =
    name === 'TimeoutError'
      ? `${host} did not answer in time.`
      : name === 'AbortError'
        ? 'The call was ended here.'
        : `The connection to ${host} broke (${code ?? 'unknown'}).`;
  return { kind: 'no_answer', reached: true, reason };
}

function codeOf(error: unknown): string | undefined {
  const cause = field(error, 'cause');
  const code = field(cause, 'code') ?? field(error, 'code');
  return typeof code === 'string' ? code : undefined;
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
