import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { DEFAULT_DELIVERY, Deliveries, type DeliverySettings } from '../meta/deliveries';
import { EffectLog } from '../meta/effects';
import { type JsonObject, type WebhookEvent } from '../meta/events';
import { type FaultRule, Faults, seededRandom } from '../meta/faults';
import { json } from '../meta/http';
import { CustomerActions } from './actions';
import { handleControl } from './control';
import { CloudError, NAMED_ERRORS, type NamedError } from './errors';
import { answerGraph } from './graph';
import { type GraphCall, type GraphContext, type GraphSettings } from './graph-call';
import { threadsPage } from './page';
import { SEED, seedWorld } from './seed';
import { World } from './world';

export interface WhatsappOptions {
  /** 0 (the default) takes a free port. */
  port?: number;
  appId?: string;
  appSecret?: string;
  requireProof?: boolean;
  /** Seeds shuffles and probabilities. */
  seed?: number;
  /** Part of every id; the start time by default, so that a restarted simulator does not repeat itself. */
  idBase?: string;
  delivery?: Partial<DeliverySettings>;
  /** When the statuses of a send go out, measured against the send's own answer; both happen in life. */
  statuses?: 'before' | 'after';
  /** Start without the seeded account and people. */
  empty?: boolean;
}

export interface ApiCall {
  at: number;
  method: string;
  path: string;
  params: JsonObject;
  /** 0 when the simulator did not answer. */
  status: number;
}

export async function startWhatsapp(options: WhatsappOptions = {}): Promise<WhatsappSimulator> {
  const simulator = new WhatsappSimulator(options);
  await simulator.listen();
  return simulator;
}

/**
 * The Cloud API, its webhooks and the people on the other side, on loopback. It knows nothing of the app under test beyond
 * a callback URL; people act through `act`, and what became visible to them is in `effects`.
 */
export class WhatsappSimulator {
  readonly world: World;
  readonly effects = new EffectLog();
  readonly faults: Faults<NamedError>;
  readonly deliveries: Deliveries;
  readonly act: CustomerActions;
  readonly calls: ApiCall[] = [];
  /** Headers of every answer, e.g. `x-business-use-case-usage`. */
  headers: Record<string, string> = {};
  url = '';
  private readonly settings: GraphSettings;
  private readonly server: Server;

  constructor(private readonly options: WhatsappOptions) {
    this.settings = {
      appId: options.appId ?? SEED.appId,
      appSecret: options.appSecret ?? SEED.appSecret,
      requireProof: options.requireProof ?? false,
    };
    const random = seededRandom(options.seed ?? 1);
    this.world = new World(options.idBase ?? String(Date.now()));
    this.faults = new Faults(random);
    const delivery = { ...DEFAULT_DELIVERY, ...options.delivery };
    if (!options.empty) seedWorld(this.world, delivery.callbackUrl);
    this.deliveries = new Deliveries(
      delivery,
      () => this.settings.appSecret,
      () => this.world.now(),
      random,
    );
    this.act = new CustomerActions(this.world, (events) => this.deliveries.send(this.subscribed(events)));
    this.server = createServer((request, response) => void this.handle(request, response));
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.options.port ?? 0, '127.0.0.1', resolve);
    });
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.deliveries.close();
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    try {
      const body = await readBytes(request);
      if (url.pathname === '/') {
        const page = threadsPage(this.world);
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
      } else if (url.pathname.startsWith('/__sim/')) {
        await handleControl(this, request.method ?? 'GET', url, body.toString('utf8'), response);
      } else if (url.pathname.startsWith('/lookaside/')) {
        this.download(request, response, url);
      } else {
        await this.graph(request, response, url, body);
      }
    } catch (error) {
      // A bug of the simulator's own: loud in the answer, so that a test sees it.
      json(response, 500, { simulator_bug: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }

  private async graph(request: IncomingMessage, response: ServerResponse, url: URL, body: Buffer): Promise<void> {
    const method = request.method ?? 'GET';
    const path = url.pathname.replace(/^\/v\d+\.\d+(?=\/)/, '');
    const fault = this.faults.pick(method, path);
    const { params, file } = await readParams(url, request.headers['content-type'] ?? '', body);
    const record: ApiCall = { at: this.world.now(), method, path, params, status: 0 };
    this.calls.push(record);
    for (const [name, value] of Object.entries({ ...this.headers, ...fault?.headers })) response.setHeader(name, value);
    if (fault?.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
    if (fault?.when === 'before' && fault.answer !== 'none') return misbehave(response, record, fault.answer);
    try {
      const [node = '', edge = ''] = path.split('/').filter(Boolean).map(decodeURIComponent);
      const call: GraphCall = { method, node, edge, params, file, authorization: request.headers.authorization };
      const answer = await answerGraph(this.context(), call);
      const events = this.subscribed(answer.events ?? []);
      if (fault?.when === 'after' && fault.answer !== 'none') {
        this.deliveries.send(events);
        return misbehave(response, record, fault.answer);
      }
      const { callbackUrl, hold } = this.deliveries.settings;
      const first = this.options.statuses === 'before' && callbackUrl !== null && !hold;
      if (first) await this.deliveries.sendNow(events);
      else response.once('finish', () => this.deliveries.send(events));
      record.status = 200;
      json(response, 200, answer.body);
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      record.status = error.status;
      json(response, error.status, { error: error.body });
    }
  }

  private context(): GraphContext {
    return {
      ...this.settings,
      world: this.world,
      effects: this.effects,
      origin: this.url,
      handshake,
      redirect: (url) => (this.deliveries.settings.callbackUrl = url),
    };
  }

  /** Files open with the token only, and for five minutes. */
  private download(request: IncomingMessage, response: ServerResponse, url: URL): void {
    const media = this.world.media.get(url.pathname.split('/').at(-1) ?? '');
    const token = this.world.tokens.get(request.headers.authorization?.slice('Bearer '.length) ?? '');
    const open = Number(url.searchParams.get('ext')) * 1000 > this.world.now();
    if (!media || !open || !token?.valid || !request.headers['user-agent']) {
      response.writeHead(media && open ? 401 : 404).end();
      return;
    }
    response.writeHead(200, { 'content-type': media.mimeType }).end(media.bytes);
  }

  /** An account that is not subscribed, and a field the app has not asked for, reach nobody. */
  private subscribed(events: readonly WebhookEvent[]): WebhookEvent[] {
    return events.filter(({ accountId, field }) => {
      const waba = this.world.waba(accountId);
      return waba.subscribed && (waba.override !== null || this.world.webhook?.fields.includes(field) === true);
    });
  }
}

async function handshake(url: string, verifyToken: string): Promise<boolean> {
  const asked = new URL(url);
  const challenge = '1158201444';
  asked.searchParams.set('hub.mode', 'subscribe');
  asked.searchParams.set('hub.challenge', challenge);
  asked.searchParams.set('hub.verify_token', verifyToken);
  const response = await fetch(asked).catch(() => null);
  return response?.status === 200 && (await response.text()) === challenge;
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function readParams(
  url: URL,
  contentType: string,
  body: Buffer,
): Promise<{ params: JsonObject; file: GraphCall['file'] }> {
  const query = Object.fromEntries(url.searchParams);
  if (body.length === 0) return { params: query, file: null };
  if (contentType.includes('json'))
    return { params: { ...query, ...(JSON.parse(body.toString('utf8')) as JsonObject) }, file: null };
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
  const params: JsonObject = { ...query };
  let file: GraphCall['file'] = null;
  for (const [name, value] of form) {
    if (typeof value === 'string') params[name] = value;
    else file = { bytes: Buffer.from(await value.arrayBuffer()), name: value.name, mimeType: value.type };
  }
  return { params, file };
}

function misbehave(
  response: ServerResponse,
  call: ApiCall,
  answer: Exclude<FaultRule<NamedError>['answer'], 'none'>,
): void {
  if (answer === 'hang') return;
  if (answer === 'reset') {
    response.destroy();
    return;
  }
  if (typeof answer === 'number') {
    call.status = answer;
    response.writeHead(answer, { 'content-type': 'text/html' }).end('<h1>Sorry, something went wrong.</h1>');
    return;
  }
  const error = NAMED_ERRORS[answer.error]();
  call.status = error.status;
  json(response, error.status, { error: error.body });
}
