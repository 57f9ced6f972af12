import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Faults, type FaultRule, seededRandom } from '../meta/faults';
import { json } from '../meta/http';
import { XActions } from './actions';
import {
  type ApiCall,
  type ApiContext,
  invalid,
  problem,
  rateLimited,
  recordOf,
  unauthorized,
  usageCapped,
  XRefusal,
} from './api-call';
import { subscriptions, token, uploadMedia, webhooks } from './api-app';
import { readMessages, readPost, readUsers, searchRecent } from './api-reads';
import { createMessage, createPost, deleteMessage, deletePost, hidePost, likePost } from './api-writes';
import { X_APP, XAppSide, type XAppSettings } from './app-side';
import { X_DELIVERY, XDeliveries, type XDeliverySettings } from './deliveries';
import { publicPage } from './page';
import { type XEvent } from './payloads';
import { SEED, seedWorld, XWorld } from './world';

const EVERYTHING = [
  'post.mention.create',
  'post.reply.create',
  'post.quote.create',
  'post.create',
  'post.delete',
  'like.create',
  'dm.received',
  'dm.sent',
  'dm.read',
  'dm.indicate_typing',
  'chat.received',
  'oauth.revoke',
];

export interface XOptions {
  /** 0 (the default) takes a free port. */
  port?: number;
  /** Loopback unless told otherwise. */
  host?: string;
  app?: Partial<XAppSettings>;
  delivery?: Partial<XDeliverySettings>;
  /** A webhook known, valid and subscribed from the start, for worlds that skip connecting. */
  callbackUrl?: string;
  seed?: number;
}

export async function startX(options: XOptions = {}): Promise<XSimulator> {
  const simulator = new XSimulator(options);
  await simulator.listen();
  return simulator;
}

/** X's API v2, its Activity API and its public, on loopback. It knows nothing of the app under test but its webhooks. */
export class XSimulator {
  readonly world: XWorld;
  readonly app: XAppSide;
  readonly deliveries: XDeliveries;
  readonly act: XActions;
  readonly faults: Faults;
  readonly calls: { method: string; path: string; status: number }[] = [];
  url = '';
  private readonly server: Server;
  private readonly context: ApiContext;

  constructor(private readonly options: XOptions) {
    const random = seededRandom(options.seed ?? 1);
    this.world = new XWorld();
    seedWorld(this.world);
    this.app = new XAppSide(this.world, { ...X_APP, ...options.app });
    this.deliveries = new XDeliveries({ ...X_DELIVERY, ...options.delivery }, this.app, random);
    this.faults = new Faults(random);
    const emit = (events: readonly XEvent[]) => this.deliveries.send(events);
    this.act = new XActions(this.world, emit);
    this.context = { world: this.world, app: this.app, deliveries: this.deliveries, uploads: new Map(), emit };
    if (options.callbackUrl !== undefined) this.connect(options.callbackUrl);
    this.server = createServer((request, response) => void this.handle(request, response));
  }

  /** As if an admin had set the webhook up: valid, with every event type of the seeded account. */
  connect(url: string): void {
    const { id } = this.app.addWebhook(url, true);
    for (const event_type of EVERYTHING)
      this.app.subscribe({ event_type, filter: { user_id: SEED.brandId }, tag: 'care-inbox', webhook_id: id });
  }

  async listen(): Promise<void> {
    const { port = 0, host = '127.0.0.1' } = this.options;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, resolve);
    });
    this.url = `http://${host}:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.deliveries.close();
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    try {
      const raw = await bytesOf(request);
      if (url.pathname === '/')
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(publicPage(this.world));
      else if (url.pathname.startsWith('/__sim/act/') && request.method === 'POST') this.control(url, raw, response);
      else if (url.pathname === '/i/oauth2/authorize') this.consent(url, response);
      else await this.api(request, url, raw, response);
    } catch (error) {
      // A bug of the simulator's own: loud in the answer, so that a test sees it.
      json(response, 500, { simulator_bug: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }

  /** `POST /__sim/act/<name>` with the action's argument. */
  private control(url: URL, raw: Buffer, response: ServerResponse): void {
    const name = url.pathname.split('/').at(-1) ?? '';
    const actions = this.act as unknown as Record<string, ((argument: unknown) => unknown) | undefined>;
    const known = Object.getOwnPropertyNames(XActions.prototype).includes(name) && name !== 'constructor';
    if (!known) return json(response, 404, { error: `There is no action ${name}.` });
    json(response, 200, actions[name]!(JSON.parse(raw.toString('utf8') || '{}')) ?? {});
  }

  /** The owner of the seeded account says yes to everything. */
  private consent(url: URL, response: ServerResponse): void {
    const redirectUri = url.searchParams.get('redirect_uri') ?? '';
    const code = `code-${this.app.codes.size + 1}`;
    this.app.codes.set(code, {
      userId: SEED.brandId,
      challenge: url.searchParams.get('code_challenge') ?? '',
      redirectUri,
    });
    const back = new URL(redirectUri);
    back.searchParams.set('code', code);
    back.searchParams.set('state', url.searchParams.get('state') ?? '');
    response.writeHead(302, { location: back.toString() }).end();
  }

  private async api(request: IncomingMessage, url: URL, raw: Buffer, response: ServerResponse): Promise<void> {
    const method = request.method ?? 'GET';
    const path = url.pathname.split('/').slice(2).map(decodeURIComponent);
    const record = { method, path: `/${path.join('/')}`, status: 0 };
    this.calls.push(record);
    const fault = this.faults.pick(method, record.path);
    if (fault?.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
    if (fault?.when === 'before' && fault.answer !== 'none') return misbehave(response, record, fault.answer);
    if (path[0] === 'dm_conversations' && path[1] === 'media') return this.file(path, request, response);
    const { status, body } = await this.answer(method, path, url, raw, request, response);
    if (fault?.when === 'after' && fault.answer !== 'none') return misbehave(response, record, fault.answer);
    record.status = status;
    json(response, status, body);
  }

  /** `GET /2/dm_conversations/media/{dm}/{media}/{file}`: only for the two who wrote. */
  private file([, , dmId, mediaId, name]: readonly string[], request: IncomingMessage, response: ServerResponse): void {
    const userId = this.app.userOf(request.headers.authorization) ?? '';
    const dm = this.world.dms.find(({ id, media }) => id === dmId && media?.id === mediaId && media?.file === name);
    if (!dm?.media || ![dm.senderId, dm.recipientId].includes(userId)) return json(response, 401, unauthorized().body);
    response.writeHead(200, { 'content-type': 'image/jpeg' }).end(dm.media.bytes);
  }

  private async answer(
    method: string,
    path: readonly string[],
    url: URL,
    raw: Buffer,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<{ status: number; body: object }> {
    try {
      const { authorization } = request.headers;
      const body = parse(raw, request.headers['content-type'] ?? '');
      const userId = this.app.userOf(authorization);
      const call: ApiCall = { method, path, query: url.searchParams, body, raw, authorization, userId };
      if (path[0] === 'oauth2') return { status: 200, body: token(this.context, call) };
      const appOnly = authorization === `Bearer ${this.app.settings.bearerToken}`;
      if (userId === undefined && !appOnly) throw unauthorized();
      this.count(`${method} /${path.join('/')}`, response);
      if (this.app.capped) throw usageCapped();
      return { status: 200, body: await route(this.context, call, appOnly) };
    } catch (error) {
      if (!(error instanceof XRefusal)) throw error;
      return { status: error.status, body: error.body };
    }
  }

  private count(name: string, response: ServerResponse): void {
    for (const allowance of this.app.limits) {
      if (!allowance.pattern.test(name)) continue;
      if (this.world.now() >= allowance.resetAt) continue;
      allowance.remaining -= 1;
      response.setHeader('x-rate-limit-limit', allowance.limit);
      response.setHeader('x-rate-limit-remaining', Math.max(0, allowance.remaining));
      response.setHeader('x-rate-limit-reset', Math.ceil(allowance.resetAt / 1000));
      if (allowance.remaining < 0) throw rateLimited();
    }
  }
}

async function route(context: ApiContext, call: ApiCall, appOnly: boolean): Promise<object> {
  const { method, path } = call;
  const [first, second = '', third] = path;
  if (first === 'webhooks' || (first === 'activity' && method !== 'POST' && !appOnly)) {
    if (!appOnly) throw problem(403, 'Unsupported Authentication', 'unsupported-authentication');
  }
  if (first === 'webhooks') return webhooks(context, call);
  if (first === 'activity') return subscriptions(context, call);
  if (appOnly) throw problem(403, 'Unsupported Authentication', 'unsupported-authentication');
  if (first === 'users') return third === 'likes' ? likePost(context, call) : readUsers(context, call);
  if (first === 'media') return uploadMedia(context, call);
  if (first === 'dm_events') return method === 'DELETE' ? deleteMessage(context, call) : readMessages(context, call);
  if (first === 'dm_conversations')
    return method === 'POST' ? createMessage(context, call) : readMessages(context, call, third);
  if (first === 'tweets' && method === 'POST') return createPost(context, call);
  if (first === 'tweets' && second === 'search') return searchRecent(context, call);
  if (first === 'tweets' && method === 'DELETE') return deletePost(context, call);
  if (first === 'tweets' && third === 'hidden') return hidePost(context, call);
  if (first === 'tweets') return readPost(context, second);
  throw invalid('There is no such address.');
}

function parse(raw: Buffer, type: string): Readonly<Record<string, unknown>> {
  const words = raw.toString('utf8');
  if (type.startsWith('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(words));
  return type.startsWith('application/json') && words !== '' ? recordOf(JSON.parse(words)) : {};
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function misbehave(
  response: ServerResponse,
  record: { status: number },
  answer: Exclude<FaultRule['answer'], 'none'>,
): void {
  if (answer === 'hang') return;
  if (answer === 'reset') {
    response.destroy();
    return;
  }
  record.status = typeof answer === 'number' ? answer : 500;
  const { status } = record;
  json(response, status, {
    title: 'Internal Server Error',
    detail: 'Something went wrong.',
    type: 'about:blank',
    status,
  });
}
