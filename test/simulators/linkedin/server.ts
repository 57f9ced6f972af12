import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type FaultRule, Faults, seededRandom } from '../meta/faults';
import { json, readBody } from '../meta/http';
import { Actions } from './actions';
import { answerApi, type ApiAnswer, type Effect } from './api';
import { Deliveries, type DeliverySettings } from './deliveries';
import { World } from './world';

export const SEED = {
  organization: '96072893',
  memberId: 'zLqTygBP8S',
  applicationId: '78245611',
  clientId: '86invented',
  clientSecret: 'linkedin_client_secret_0123456789',
  accessToken: 'AQXInventedAccessToken',
  refreshToken: 'AQXInventedRefreshToken',
} as const;

export interface LinkedInOptions {
  port?: number;
  seed?: number;
  delivery?: Partial<DeliverySettings>;
  /** Listed notifications carry no text and no author. */
  bareLists?: boolean;
}

const TOKEN_MS = 60 * 86_400_000;

export async function startLinkedIn(options: LinkedInOptions = {}): Promise<LinkedInSimulator> {
  const simulator = new LinkedInSimulator(options);
  await simulator.listen();
  return simulator;
}

/**
 * LinkedIn's API for one organization page, its login server and its webhook, on loopback. It knows nothing of the app
 * beyond the address that is subscribed; what became visible to people is in `effects`.
 */
export class LinkedInSimulator {
  readonly world = new World(SEED.organization, SEED.memberId);
  readonly effects: Effect[] = [];
  readonly calls: { method: string; path: string; status: number }[] = [];
  readonly faults: Faults;
  readonly deliveries: Deliveries;
  readonly act: Actions;
  /** Calls left until midnight UTC; null when nothing is limited. */
  callsLeft: number | null = null;
  retryAfterSeconds: number | null = null;
  bareLists: boolean;
  ignorePaging = false;
  url = '';
  private readonly server: Server;

  constructor(private readonly options: LinkedInOptions) {
    const random = seededRandom(options.seed ?? 1);
    this.faults = new Faults(random);
    this.bareLists = options.bareLists ?? false;
    const delivery = {
      hold: false,
      decorated: true,
      shuffle: false,
      copies: 1,
      delayMs: 0,
      maxAttempts: 3,
      retryMs: 20,
    };
    this.deliveries = new Deliveries({ ...delivery, ...options.delivery }, this.world, SEED.clientSecret, random);
    this.act = new Actions(this.world, (notification) => this.deliveries.send(notification));
    this.world.tokens.set(SEED.accessToken, Date.now() + TOKEN_MS);
    this.world.refreshTokens.add(SEED.refreshToken);
    for (const [key, firstName, lastName] of [
      ['negar', 'نگار', 'رستمی'],
      ['amir', 'Amir', 'Tavakoli'],
    ] as const)
      this.world.people.set(key, { key, id: `${key}P8S`, firstName, lastName });
    this.world.addPost('انار ساوه، همین هفته 🍎 | Fresh this week');
    this.server = createServer((request, response) => void this.handle(request, response));
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(this.options.port ?? 0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await this.deliveries.close();
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  /** Asks an address for proof of the secret, as LinkedIn does every two hours. */
  async challenge(url: string): Promise<boolean> {
    const challengeCode = randomUUID();
    const answer = await fetch(`${url}?challengeCode=${challengeCode}`);
    const { challengeResponse } = (await answer.json()) as { challengeResponse?: string };
    const expected = createHmac('sha256', SEED.clientSecret).update(challengeCode).digest('hex');
    return answer.status === 200 && challengeResponse === expected;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const url = new URL(request.url ?? '/', this.url);
    const method = request.method ?? 'GET';
    if (url.pathname.startsWith('/__sim/')) return this.control(url.pathname.slice(7), body, response);
    const call = { method, path: url.pathname, status: 0 };
    this.calls.push(call);
    const fault = this.faults.pick(method, url.pathname);
    if (fault?.when === 'before') return misbehave(response, fault.answer);
    const answer = this.answer(request, url, body);
    if (fault?.when === 'after') return misbehave(response, fault.answer);
    call.status = answer.status;
    for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
    if (answer.body === undefined) response.writeHead(answer.status).end();
    else json(response, answer.status, answer.body);
  }

  private answer(request: IncomingMessage, url: URL, body: string): ApiAnswer {
    const method = request.method ?? 'GET';
    if (url.pathname.startsWith('/oauth/')) return this.login(method, url, new URLSearchParams(body));
    if (this.callsLeft === 0) {
      const headers: Record<string, string> = {};
      if (this.retryAfterSeconds !== null) headers['retry-after'] = String(this.retryAfterSeconds);
      return {
        status: 429,
        headers,
        body: { status: 429, message: 'Resource level throttle limit reached', serviceErrorCode: 101 },
      };
    }
    if (this.callsLeft !== null) this.callsLeft -= 1;
    return answerApi(this.world, this.effects, this.act, {
      method,
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: body === '' ? {} : (JSON.parse(body) as unknown),
      bareLists: this.bareLists,
      ignorePaging: this.ignorePaging,
    });
  }

  private login(method: string, url: URL, form: URLSearchParams): ApiAnswer {
    if (url.pathname === '/oauth/v2/authorization') {
      const code = randomUUID();
      this.world.codes.add(code);
      const back = new URL(url.searchParams.get('redirect_uri') ?? '');
      back.searchParams.set('code', code);
      back.searchParams.set('state', url.searchParams.get('state') ?? '');
      return { status: 302, headers: { location: back.toString() } };
    }
    const known = form.get('client_id') === SEED.clientId && form.get('client_secret') === SEED.clientSecret;
    if (method !== 'POST' || !known) return { status: 401, body: { error: 'invalid_client' } };
    if (url.pathname === '/oauth/v2/introspectToken') {
      const endsAt = this.world.tokens.get(form.get('token') ?? '') ?? 0;
      const active = endsAt > this.world.now();
      const expires = Math.floor(endsAt / 1000);
      return { status: 200, body: { active, ...(active ? { expires_at: expires, scope: this.world.scopes } : {}) } };
    }
    const granted =
      form.get('grant_type') === 'refresh_token'
        ? this.world.refreshTokens.has(form.get('refresh_token') ?? '')
        : this.world.codes.delete(form.get('code') ?? '');
    if (!granted) return { status: 400, body: { error: 'invalid_grant', error_description: 'The token is not valid' } };
    const token = `AQX${randomUUID()}`;
    this.world.tokens.set(token, this.world.now() + TOKEN_MS);
    const scope = this.world.scopes;
    const refresh = { refresh_token: SEED.refreshToken, refresh_token_expires_in: 365 * 86_400 };
    return { status: 200, body: { access_token: token, expires_in: TOKEN_MS / 1000, scope, ...refresh } };
  }

  /** `POST /__sim/<action>` with the action's argument, for another process; trusted, on loopback only. */
  private control(name: string, body: string, response: ServerResponse): void {
    const act = Object.getOwnPropertyDescriptor(Actions.prototype, name)?.value as unknown;
    if (typeof act !== 'function') return json(response, 404, { error: `unknown action ${name}` });
    try {
      const argument = body === '' ? {} : (JSON.parse(body) as unknown);
      json(response, 200, (act as (argument: unknown) => unknown).call(this.act, argument) ?? {});
    } catch (error) {
      json(response, 400, { error: error instanceof Error ? error.message : String(error) });
    }
  }
}

function misbehave(response: ServerResponse, answer: FaultRule['answer']): void {
  if (answer === 'hang') return;
  if (typeof answer !== 'number') return void response.destroy();
  json(response, answer, { status: answer, message: 'Sorry, something went wrong.' });
}
