import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type FaultRule, Faults, seededRandom } from '../meta/faults';
import { json, readBody } from '../meta/http';
import { Actions } from './actions';
import { answerApi, type ApiAnswer, type ApiRequest, costOf, type Effect, type Quirks, refusal } from './api';
import { World } from './world';

export const SEED = {
  channelId: 'UCinventedSibsorkh000000',
  video: 'dQinvented0',
  clientId: '815530072214.apps.googleusercontent.com',
  clientSecret: 'GOCSPX-invented',
  accessToken: 'ya29.InventedAccessToken',
  refreshToken: '1//InventedRefreshToken',
} as const;

export interface YouTubeOptions {
  port?: number;
  seed?: number;
  quirks?: Partial<Quirks>;
  /** Units a day. */
  quota?: number;
}

const TOKEN_MS = 3_600_000;
const SCOPE = 'https://www.googleapis.com/auth/youtube.force-ssl';

export async function startYouTube(options: YouTubeOptions = {}): Promise<YouTubeSimulator> {
  const simulator = new YouTubeSimulator(options);
  await simulator.listen();
  return simulator;
}

/** The Data API for one channel's comments and Google's token server, on loopback, with quota and the API's known quirks. */
export class YouTubeSimulator {
  readonly world = new World(SEED.channelId);
  readonly effects: Effect[] = [];
  readonly calls: { method: string; resource: string; query: string; status: number }[] = [];
  readonly tokens = new Map<string, number>();
  readonly refreshTokens = new Set<string>([SEED.refreshToken]);
  /** How long a consent lasts that ends, as of an app in testing. */
  refreshTokenSeconds?: number;
  readonly act = new Actions(this.world, this.tokens);
  readonly faults: Faults;
  readonly quirks: Quirks;
  /** Units left today; a new day sets it back by hand. */
  unitsLeft: number;
  scope = SCOPE;
  url = '';
  private readonly codes = new Map<string, string>();
  private readonly random: () => number;
  private readonly server: Server;

  constructor(private readonly options: YouTubeOptions) {
    this.random = seededRandom(options.seed ?? 1);
    this.faults = new Faults(this.random);
    this.quirks = {
      pageSize: 20,
      embedded: 5,
      ignorePageToken: false,
      forgetPages: false,
      spamFilter: false,
      processingFailures: 0,
      ...options.quirks,
    };
    this.unitsLeft = options.quota ?? 10_000;
    this.tokens.set(SEED.accessToken, Date.now() + TOKEN_MS);
    this.world.addVideo(SEED.video, 'طرز تهیهٔ رب انار 🍎');
    for (const [key, name] of [
      ['negar', '@negar-rostami'],
      ['amir', '@amir_tvk'],
      ['parisa', '@پریسا'],
    ] as const)
      this.world.people.set(key, { key, name, channelId: `UCinvented${key.padEnd(14, '0')}` });
    this.server = createServer((request, response) => void this.handle(request, response));
  }

  /** Units used so far. */
  get unitsUsed(): number {
    return (this.options.quota ?? 10_000) - this.unitsLeft;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(this.options.port ?? 0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const url = new URL(request.url ?? '/', this.url);
    const method = request.method ?? 'GET';
    if (url.pathname.startsWith('/__sim/')) return this.control(url.pathname.slice(7), body, response);
    const resource = url.pathname.replace('/youtube/v3/', '');
    const call = { method, resource, query: url.search, status: 0 };
    this.calls.push(call);
    const fault = this.faults.pick(method, url.pathname);
    if (fault?.when === 'before') return misbehave(response, fault.answer);
    const answer = url.pathname.startsWith('/youtube/v3/')
      ? this.api(request, {
          method,
          resource,
          query: url.searchParams,
          body: parsed(body),
          etag: request.headers['if-none-match'],
        })
      : this.login(method, url, new URLSearchParams(body));
    if (fault?.when === 'after') return misbehave(response, fault.answer);
    call.status = answer.status;
    for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
    if (answer.body === undefined) response.writeHead(answer.status).end();
    else json(response, answer.status, answer.body);
  }

  private api(request: IncomingMessage, call: ApiRequest): ApiAnswer {
    const token = (request.headers.authorization ?? '').replace('Bearer ', '');
    if ((this.tokens.get(token) ?? 0) <= this.world.now()) return refusal(401, 'authError', 'Invalid Credentials');
    const cost = costOf(call);
    if (this.unitsLeft < cost)
      return refusal(403, 'quotaExceeded', 'The request cannot be completed because you have exceeded your quota.');
    this.unitsLeft -= cost;
    const { world, effects, quirks, random } = this;
    return answerApi({ world, effects, quirks, random }, call);
  }

  private login(method: string, url: URL, form: URLSearchParams): ApiAnswer {
    if (url.pathname === '/o/oauth2/v2/auth') {
      const code = randomUUID();
      this.codes.set(code, url.searchParams.get('code_challenge') ?? '');
      const back = new URL(url.searchParams.get('redirect_uri') ?? '');
      back.searchParams.set('code', code);
      back.searchParams.set('state', url.searchParams.get('state') ?? '');
      return { status: 302, headers: { location: back.toString() } };
    }
    if (url.pathname === '/tokeninfo') {
      const endsAt = this.tokens.get(form.get('access_token') ?? '') ?? 0;
      if (endsAt <= this.world.now()) return { status: 400, body: { error: 'invalid_token' } };
      return { status: 200, body: { scope: this.scope, exp: String(Math.floor(endsAt / 1000)) } };
    }
    const known = form.get('client_id') === SEED.clientId && form.get('client_secret') === SEED.clientSecret;
    if (method !== 'POST' || url.pathname !== '/token' || !known)
      return { status: 401, body: { error: 'invalid_client' } };
    const renewing = form.get('grant_type') === 'refresh_token';
    const granted = renewing ? this.refreshTokens.has(form.get('refresh_token') ?? '') : this.redeemed(form);
    if (!granted) return { status: 400, body: { error: 'invalid_grant' } };
    const token = `ya29.${randomUUID()}`;
    this.tokens.set(token, this.world.now() + TOKEN_MS);
    const ends = this.refreshTokenSeconds === undefined ? {} : { refresh_token_expires_in: this.refreshTokenSeconds };
    const refresh = { ...(renewing ? {} : { refresh_token: SEED.refreshToken }), ...ends };
    return {
      status: 200,
      body: { access_token: token, expires_in: TOKEN_MS / 1000, scope: this.scope, token_type: 'Bearer', ...refresh },
    };
  }

  /** A code works once, and only with the verifier its challenge was made of. */
  private redeemed(form: URLSearchParams): boolean {
    const code = form.get('code') ?? '';
    const challenge = this.codes.get(code);
    this.codes.delete(code);
    const verifier = form.get('code_verifier') ?? '';
    return challenge !== undefined && challenge === createHash('sha256').update(verifier).digest('base64url');
  }

  /** `POST /__sim/<action>` with the action's argument, for another process; trusted, on loopback only. */
  private control(name: string, body: string, response: ServerResponse): void {
    const act = Object.getOwnPropertyDescriptor(Actions.prototype, name)?.value as unknown;
    if (typeof act !== 'function') return json(response, 404, { error: `unknown action ${name}` });
    try {
      json(response, 200, (act as (argument: unknown) => unknown).call(this.act, parsed(body)) ?? {});
    } catch (error) {
      json(response, 400, { error: error instanceof Error ? error.message : String(error) });
    }
  }
}

const parsed = (body: string): ApiRequest['body'] => (body === '' ? {} : (JSON.parse(body) as ApiRequest['body']));

function misbehave(response: ServerResponse, answer: FaultRule['answer']): void {
  if (answer === 'hang') return;
  if (typeof answer !== 'number') return void response.destroy();
  json(response, answer, { error: { code: answer, message: 'Backend Error', errors: [{ reason: 'backendError' }] } });
}
