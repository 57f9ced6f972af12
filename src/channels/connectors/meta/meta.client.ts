import type { FormData } from 'undici';
import type { ChannelSettings, Credentials } from '../../channel';
import { call as egress } from '../../egress';
import { readMetaError, type MetaError } from './meta.errors';
import { integer, list, record, type JsonRecord } from '../json';
import { amount, graphVersion } from './meta.settings';
import { appSecretProof } from './meta.signature';

const FACEBOOK_HOST = 'https://graph.facebook.com';
const INSTAGRAM_HOST = 'https://graph.instagram.com';

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

export type MetaRefusal = Exclude<MetaReply, { kind: 'ok' }>;

export interface MetaCall {
  method: 'GET' | 'POST' | 'DELETE';
  /** Ids and edge; each part is encoded. */
  path: readonly string[];
  query?: Readonly<Record<string, string>>;
  body?: Readonly<Record<string, unknown>> | FormData;
  /**
   * `app`: with the app's own token, for questions about tokens and the app's webhook. `nobody`: the query carries what
   * proves the call, at an address without version.
   */
  as?: 'app' | 'nobody';
  signal?: AbortSignal;
  /** Instead of the channel's. */
  timeoutMs?: number;
}

/** Calls Meta; the connector's own remembers the allowance on the way. */
export type CallMeta = (call: MetaCall) => Promise<MetaReply>;

/** Where and as whom to call: hosts and version from the channel's settings, the token from its credentials. */
export class MetaClient {
  private readonly root: string;
  private readonly version: string;
  private readonly timeoutMs: number;

  /** `settings.login: 'instagram'` is an account connected by Instagram Login, which has its own host. */
  constructor(
    settings: ChannelSettings,
    private readonly credentials: Credentials,
  ) {
    const host = settings['login'] === 'instagram' ? INSTAGRAM_HOST : FACEBOOK_HOST;
    this.root = (settings.apiBaseUrl ?? host).replace(/\/+$/, '');
    this.version = graphVersion(settings);
    this.timeoutMs = amount(settings, 'timeoutMs');
  }

  /** Never throws: a failed call is an answer too. */
  async call({ method, path, query = {}, body, as, signal, timeoutMs = this.timeoutMs }: MetaCall): Promise<MetaReply> {
    const base = as === 'nobody' ? this.root : `${this.root}/${this.version}`;
    if (!URL.canParse(base))
      return { kind: 'no_answer', reached: false, reason: 'The channel’s apiBaseUrl is not a URL.' };
    const url = new URL(`${base}/${path.map(encodeURIComponent).join('/')}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const headers = this.authorize(url, as);
    const answer = await egress(this.credentials, { method, url, headers, body, timeoutMs, signal });
    if (answer.kind === 'no_answer') return answer;
    const usage = readUsage(answer.headers);
    const facts = record(answer.json);
    // Some refusals travel under 200.
    if (answer.ok && facts && !('error' in facts)) return { kind: 'ok', body: facts, usage };
    return { kind: 'refused', error: readMetaError(answer.json, answer.status), usage };
  }

  private authorize(url: URL, as: MetaCall['as']): Record<string, string> {
    const { accessToken = '', appSecret = '', appId = '' } = this.credentials;
    if (as === 'nobody') return {};
    if (as === 'app') {
      url.searchParams.set('access_token', `${appId}|${appSecret}`);
      return {};
    }
    // In the query even for POST: in some bodies Meta overlooks it.
    if (appSecret !== '') url.searchParams.set('appsecret_proof', appSecretProof(appSecret, accessToken));
    return { authorization: `Bearer ${accessToken}` };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** `X-App-Usage` and `X-Business-Use-Case-Usage`: shares in percent and, once blocked, minutes until calls work again. */
export function readUsage(headers: { get(name: string): string | null }): MetaUsage {
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
