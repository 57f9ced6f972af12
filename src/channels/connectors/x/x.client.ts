import type { ChannelSettings, Credentials } from '../../channel';
import { call, type HttpAnswer, type HttpRequest } from '../../egress';
import { integer, list, record, type JsonRecord } from '../json';
import { unanswered } from '../unanswered';
import { outcomeOf, readProblem, type CallKind, type Refused, type XProblem } from './x.errors';
import { own } from './x.fields';
import { amount } from './x.settings';

const X_API = 'https://api.x.com';

export type XReply =
  | { kind: 'ok'; body: JsonRecord; exhaustedMs?: number }
  | { kind: 'refused'; problem: XProblem }
  /** `reached: false`: the connection was never made, so nothing happened. */
  | { kind: 'no_answer'; reached: boolean; reason: string };

export interface XCall {
  method: HttpRequest['method'];
  /** Each part is encoded. */
  path: readonly string[];
  query?: Readonly<Record<string, string | undefined>>;
  body?: HttpRequest['body'];
  headers?: Readonly<Record<string, string>>;
  /** Whose token: the account's, or the app's own. Default the account's. */
  as?: 'user' | 'app';
  signal?: AbortSignal;
}

export const apiBase = (settings: { apiBaseUrl?: string }): string =>
  (settings.apiBaseUrl ?? X_API).replace(/\/+$/, '');

/** Calls of one channel to X's API v2. */
export class XClient {
  constructor(
    private readonly settings: ChannelSettings,
    private readonly credentials: Credentials,
    private readonly now: () => number,
  ) {}

  /** Milliseconds since 1970, by the connector's clock. */
  time(): number {
    return this.now();
  }

  /** Never throws: a refusal is an answer too. */
  async call({ method, path, query = {}, body, headers, as = 'user', signal }: XCall): Promise<XReply> {
    const base = `${apiBase(this.settings)}/2/${path.map(encodeURIComponent).join('/')}`;
    if (!URL.canParse(base))
      return { kind: 'no_answer', reached: false, reason: 'The channel’s apiBaseUrl is not a URL.' };
    const url = new URL(base);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
    const token = this.credentials[as === 'app' ? 'bearerToken' : 'accessToken'] ?? '';
    const authorization = `Bearer ${token}`;
    const timeoutMs = amount(this.settings, 'timeoutMs');
    return this.read(
      await call(this.credentials, { method, url, headers: { authorization, ...headers }, body, timeoutMs, signal }),
    );
  }

  private read(answer: HttpAnswer): XReply {
    if (answer.kind === 'no_answer') return answer;
    const { status, ok, json } = answer;
    const body = record(json);
    const untilMs = resetIn(answer, this.now());
    const errors = list(own(body, 'errors'));
    // A single thing that is not there comes as 200 with `errors` and no `data`.
    const nothing = errors.length > 0 && own(body, 'data') === undefined && own(body, 'meta') === undefined;
    if (!ok || nothing) return { kind: 'refused', problem: readProblem(json, status, untilMs) };
    const exhausted = answer.headers.get('x-rate-limit-remaining') === '0';
    return { kind: 'ok', body: body ?? {}, ...(exhausted && untilMs !== undefined ? { exhaustedMs: untilMs } : {}) };
  }

  /** What a call that was refused or got no answer means for a message that was to be sent by it. */
  outcome(reply: Exclude<XReply, { kind: 'ok' }>, kind: CallKind): Refused {
    if (reply.kind === 'no_answer') return unanswered(reply);
    const outcome = outcomeOf(reply.problem, kind);
    return outcome.status === 'reconnect' && this.renewable() ? RENEWING : outcome;
  }

  /** As `outcome`, for calls that change nothing a customer sees: doubt is only another try. */
  repeatable(reply: Exclude<XReply, { kind: 'ok' }>, kind: CallKind): Exclude<Refused, { status: 'unknown' }> {
    const outcome = this.outcome(reply, kind);
    return outcome.status === 'unknown' ? { status: 'retry', reason: outcome.reason } : outcome;
  }

  /** The token is refused because its two hours are over, and there is one to renew it with. */
  private renewable(): boolean {
    const { refreshToken, accessTokenExpiresAt } = this.credentials;
    return !!refreshToken && Date.parse(accessTokenExpiresAt ?? '') <= this.now();
  }
}

const RENEWING: Refused = {
  status: 'retry',
  reason: 'The access token has ended and is being renewed.',
  code: 'token_expired',
  afterMs: 15_000,
  scope: 'channel',
};

/** `x-rate-limit-reset` is in seconds since 1970. */
function resetIn(answer: Extract<HttpAnswer, { kind: 'answer' }>, now: number): number | undefined {
  const reset = integer(answer.headers.get('x-rate-limit-reset') ?? undefined);
  return reset === undefined ? undefined : Math.max(1000, reset * 1000 - now);
}
