import { type FormData, type Response } from 'undici';
import type { ChannelSettings, Credentials } from '../../channel';
import { call as egress } from '../../egress';
import { integer, list, record, type JsonRecord } from '../json';
import type { Unanswered } from '../unanswered';
import { appSecretProof } from '../meta/meta.signature';
import { readWhatsappError, type WhatsappError } from './whatsapp.errors';
import { readSettings } from './whatsapp.settings';

const GRAPH_HOST = 'https://graph.facebook.com';

export type GraphReply =
  | { kind: 'ok'; body: JsonRecord }
  /** `regainMs`: how long the answer's headers say to wait. */
  | { kind: 'refused'; error: WhatsappError; regainMs: number | undefined }
  | ({ kind: 'no_answer' } & Unanswered);

export interface GraphRequest {
  method: 'GET' | 'POST' | 'DELETE';
  /** Ids and edge; each part is encoded. */
  path: readonly string[];
  query?: Readonly<Record<string, string>>;
  body?: Readonly<Record<string, unknown>> | FormData;
  /**
   * `app`: with the app's own token, for questions about tokens and the app's webhook. `nobody`: the query carries what
   * proves the call.
   */
  as?: 'app' | 'nobody';
  /** Instead of the channel's. */
  timeoutMs?: number;
}

const TOO_SHORT_MS = 1_000; // a call begun with less left could only end in doubt

/** Calls of one channel: hosts and version from its settings, the token from its credentials. Never throws. */
export class GraphClient {
  private readonly base: string;
  private readonly timeoutMs: number;
  private readonly endsAt: number;

  /** @param budgetMs how long all calls of this client may take together, in milliseconds */
  constructor(
    settings: ChannelSettings,
    private readonly credentials: Credentials,
    budgetMs = Infinity,
  ) {
    this.endsAt = performance.now() + budgetMs;
    const { graphVersion, timeoutMs } = readSettings(settings);
    this.base = `${(settings.apiBaseUrl ?? GRAPH_HOST).replace(/\/+$/, '')}/${graphVersion}`;
    this.timeoutMs = timeoutMs;
  }

  async call({ method, path, query = {}, body, as, timeoutMs = this.timeoutMs }: GraphRequest): Promise<GraphReply> {
    const address = `${this.base}/${path.map(encodeURIComponent).join('/')}`;
    if (!URL.canParse(address))
      return { kind: 'no_answer', reached: false, reason: 'The channel’s apiBaseUrl is not a URL.' };
    const leftMs = this.endsAt - performance.now();
    if (leftMs < TOO_SHORT_MS)
      return {
        kind: 'no_answer',
        reached: false,
        late: true,
        reason: 'The calls before this one took all the time there was.',
      };
    const url = new URL(address);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const answer = await egress(this.credentials, {
      method,
      url,
      headers: this.authorize(url, as),
      body,
      timeoutMs: Math.floor(Math.min(timeoutMs, leftMs)),
    });
    if (answer.kind === 'no_answer') return answer;
    const facts = record(answer.json);
    // Some refusals travel under 200.
    if (answer.ok && facts && !('error' in facts)) return { kind: 'ok', body: facts };
    const error = readWhatsappError(answer.json, answer.status);
    return { kind: 'refused', error, regainMs: regainMs(answer.headers) };
  }

  private authorize(url: URL, as: GraphRequest['as']): Record<string, string> {
    const { accessToken = '', appSecret = '', appId = '' } = this.credentials;
    if (as === 'nobody') return {};
    if (as === 'app') {
      url.searchParams.set('access_token', `${appId}|${appSecret}`);
      return {};
    }
    // In the query even for POST: in some bodies Graph overlooks it.
    if (appSecret !== '') url.searchParams.set('appsecret_proof', appSecretProof(appSecret, accessToken));
    return { authorization: `Bearer ${accessToken}` };
  }
}

/** Minutes in `X-Business-Use-Case-Usage`, seconds in `Retry-After`; the longer of both, in milliseconds. */
function regainMs(headers: Response['headers']): number | undefined {
  const usage = record(parsed(headers.get('x-business-use-case-usage')));
  const minutes = Object.values(usage ?? {})
    .flatMap(list)
    .map((block) => integer(record(block)?.['estimated_time_to_regain_access']) ?? 0);
  const seconds = integer(headers.get('retry-after') ?? undefined) ?? 0;
  const wait = Math.max(0, ...minutes) * 60_000;
  return Math.max(wait, seconds * 1000) || undefined;
}

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '') as unknown;
  } catch {
    return undefined;
  }
}
