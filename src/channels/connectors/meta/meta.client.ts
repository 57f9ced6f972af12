import type { ChannelSettings, Credentials } from '../../connector';
import { readMetaError, type MetaError } from './meta.errors';
import { integer, list, record, string, type JsonRecord } from './meta.fields';
import { appSecretProof } from './meta.signature';

/** Newest on 29 Jul 2026; `settings.graphVersion` overrides it. An unversioned call would take the app's oldest. */
const GRAPH_VERSION = 'v26.0';
const FACEBOOK_HOST = 'https://graph.facebook.com';
const INSTAGRAM_HOST = 'https://graph.instagram.com';
const TIMEOUT_MS = 15_000; // a send with an attachment makes Meta fetch it first

/** How much of the app's or the account's allowance is used. */
export interface MetaUsage {
  /** The highest of all shares in the headers, in percent. */
  percent: number;
  /** Until the account may call again, when Meta says so. */
  regainMs: number | undefined;
}

export type MetaReply =
  | { kind: 'ok'; body: JsonRecord; usage: MetaUsage }
  | { kind: 'refused'; error: MetaError; usage: MetaUsage }
  /** `reached: false`: the connection was never made, so nothing happened. */
  | { kind: 'no_answer'; reached: boolean; reason: string };

export interface MetaCall {
  method: 'GET' | 'POST' | 'DELETE';
  /** Ids and edge; each part is encoded. */
  path: readonly string[];
  query?: Readonly<Record<string, string>>;
  body?: Readonly<Record<string, unknown>>;
}

/** Where and as whom to call: hosts and version from the channel's settings, the token from its credentials. */
export class MetaClient {
  private readonly base: string;
  private readonly token: string;
  private readonly proof: string | undefined;
  private readonly timeoutMs: number;

  /** `settings.login: 'instagram'` is an account connected by Instagram Login, which has its own host. */
  constructor(settings: ChannelSettings, credentials: Credentials) {
    const host = settings['login'] === 'instagram' ? INSTAGRAM_HOST : FACEBOOK_HOST;
    const version = string(settings['graphVersion']) ?? GRAPH_VERSION;
    this.base = `${(settings.apiBaseUrl ?? host).replace(/\/+$/, '')}/${version}`;
    this.token = credentials['accessToken'] ?? '';
    const secret = credentials['appSecret'] ?? '';
    this.proof = secret === '' ? undefined : appSecretProof(secret, this.token);
    this.timeoutMs = integer(settings['timeoutMs']) ?? TIMEOUT_MS;
  }

  /** Never throws: a failed call is an answer too. */
  async call({ method, path, query = {}, body }: MetaCall): Promise<MetaReply> {
    if (!URL.canParse(this.base))
      return { kind: 'no_answer', reached: false, reason: 'The channel’s apiBaseUrl is not a URL.' };
    const url = new URL(`${this.base}/${path.map(encodeURIComponent).join('/')}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    // In the query even for POST: in some bodies Meta overlooks it.
    if (this.proof !== undefined) url.searchParams.set('appsecret_proof', this.proof);
    try {
      const response = await fetch(url, {
        method,
        headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body),
        redirect: 'error',
        signal: AbortSignal.timeout(this.timeoutMs),
      });
      const answer = parseJson(await response.text());
      const usage = readUsage(response.headers);
      const facts = record(answer);
      // Some refusals travel under 200.
      if (response.ok && facts && !('error' in facts)) return { kind: 'ok', body: facts, usage };
      return { kind: 'refused', error: readMetaError(answer, response.status), usage };
    } catch (error) {
      return unanswered(error);
    }
  }
}

const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Why `fetch` gave no answer; read by shape, as its errors may come from another realm than ours. */
function unanswered(error: unknown): MetaReply {
  const facts = record(error);
  const code = string(record(facts?.['cause'])?.['code']);
  if (code !== undefined && NEVER_CONNECTED.has(code)) {
    return { kind: 'no_answer', reached: false, reason: `Meta cannot be reached (${code}).` };
  }
  const timedOut = facts?.['name'] === 'TimeoutError';
  const reason = timedOut ? 'Meta did not answer in time.' : `The connection to Meta broke (${code ?? 'unknown'}).`;
  return { kind: 'no_answer', reached: true, reason };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** `X-App-Usage` and `X-Business-Use-Case-Usage`: shares in percent and, once blocked, minutes until calls work again. */
export function readUsage(headers: Headers): MetaUsage {
  const app = record(parseJson(headers.get('x-app-usage') ?? ''));
  const business = record(parseJson(headers.get('x-business-use-case-usage') ?? ''));
  const blocks = [
    app,
    ...Object.values(business ?? {})
      .flatMap(list)
      .map(record),
  ];
  let percent = 0;
  let minutes = 0;
  for (const block of blocks) {
    for (const name of ['call_count', 'total_cputime', 'total_time'])
      percent = Math.max(percent, integer(block?.[name]) ?? 0);
    minutes = Math.max(minutes, integer(block?.['estimated_time_to_regain_access']) ?? 0);
  }
  return { percent, regainMs: minutes > 0 ? minutes * 60_000 : undefined };
}
