import { type IncomingMessage, type ServerResponse } from 'node:http';
import type { ApiEvent } from '../../../src/channels/connectors/api-channel/client/pasokh-channel.mjs';
import { Faults, seededRandom } from '../meta/faults';
import { json } from '../meta/http';
import { Listener, misbehave, readBytes } from './listener';
import { DEFAULT_POSTS, Posts, type PostSettings } from './posts';
import { Rooms } from './rooms';
import { isSigned, signed } from './wire';

export interface ApiServiceOptions {
  port?: number;
  secret?: string;
  seed?: number;
  /** Part of every id; the start time by default, so that a restarted simulator does not repeat itself. */
  idBase?: string;
  posts?: Partial<PostSettings>;
  now?: () => number;
}

export const API_SECRET = 'whsec_cGFzb2toLWludmVudGVkLXNlY3JldC0wMDAx';
const PAGE = 3; // small, so that pulls have more than one

export async function startApiService(options: ApiServiceOptions = {}): Promise<ApiServiceSimulator> {
  const simulator = new ApiServiceSimulator(options);
  await simulator.listen();
  return simulator;
}

/** A customer's service behind an API channel, on loopback; it knows a callback URL and a secret. */
export class ApiServiceSimulator {
  readonly rooms: Rooms;
  readonly posts: Posts<ApiEvent>;
  readonly faults: Faults;
  readonly calls: { method: string; type: string; status: number; id: string }[] = [];
  secret: string;
  /** `later`: messages are taken with 202 and named only when `settle` is called. */
  answers: 'at_once' | 'later' = 'at_once';
  /** Refusals to give instead of an answer, oldest first. */
  readonly refusals: { status: number; body?: object; headers?: Record<string, string> }[] = [];
  /** Events before this number are forgotten by the pull address. */
  forgotten = 0;
  private readonly waiting: (() => void)[] = [];
  private readonly pending = new Set<string>();
  private readonly listener: Listener;
  private readonly now: () => number;

  constructor(private readonly options: ApiServiceOptions) {
    this.secret = options.secret ?? API_SECRET;
    this.now = options.now ?? Date.now;
    const random = seededRandom(options.seed ?? 1);
    this.faults = new Faults(random);
    this.posts = new Posts({ ...DEFAULT_POSTS, ...options.posts }, (events) => this.compose(events), random);
    this.rooms = new Rooms(options.idBase ?? String(this.now()), this.now, (events) => this.posts.send(events));
    this.listener = new Listener((request, response) => this.handle(request, response));
  }

  get act() {
    return this.rooms.act;
  }

  get url(): string {
    return this.listener.url;
  }

  listen(): Promise<void> {
    return this.listener.listen(this.options.port);
  }

  async close(): Promise<void> {
    this.posts.close();
    await this.listener.close();
  }

  /** What was taken with 202 is delivered now. */
  settle(): void {
    for (const deliver of this.waiting.splice(0)) deliver();
  }

  private compose(events: readonly ApiEvent[]) {
    const body = Buffer.from(JSON.stringify({ events }), 'utf8');
    const headers = signed(this.secret, `push_${String(events[0]?.id)}`, this.now(), body);
    return { headers: { 'content-type': 'application/json', ...headers }, body };
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const method = request.method ?? 'GET';
    const body = await readBytes(request);
    if (url.pathname === '/') return void response.writeHead(200, { 'content-type': 'text/html' }).end(this.page());
    if (url.pathname === '/__sim/act') return this.control(response, body);
    const fault = this.faults.pick(method, url.pathname);
    if (fault?.when === 'before' && misbehave(response, fault.answer)) return;
    if (!isSigned(this.secret, request.headers, body))
      return this.answer(response, request, 'forgery', 401, { code: 'bad_signature', reason: 'Wrong secret.' });
    const refusal = this.refusals.shift();
    if (refusal) {
      for (const [name, value] of Object.entries(refusal.headers ?? {})) response.setHeader(name, value);
      return this.answer(response, request, 'refused', refusal.status, refusal.body ?? {});
    }
    const order = method === 'POST' ? (JSON.parse(body.toString('utf8')) as Record<string, unknown>) : {};
    const [status, result] = method === 'GET' ? this.question(url, request) : this.obey(order);
    if (fault?.when === 'after' && misbehave(response, fault.answer)) return;
    const type = typeof order['type'] === 'string' ? order['type'] : url.pathname;
    this.answer(response, request, type, status, result);
  }

  private answer(response: ServerResponse, request: IncomingMessage, type: string, status: number, body: object): void {
    this.calls.push({ method: request.method ?? '', type, status, id: String(request.headers['webhook-id']) });
    json(response, status, body);
  }

  private obey(order: Record<string, unknown>): [number, object] {
    switch (order['type']) {
      case 'message.send':
        return this.take(order['message'] as Record<string, unknown>);
      case 'message.edit':
        this.rooms.effects.push(this.effect('edit', order, String(order['text'])));
        return [200, {}];
      case 'message.moderate':
        this.rooms.effects.push(this.effect(order['action'] as 'hide', order, null));
        return [200, {}];
      case 'channel.subscribe':
        this.posts.settings.callbackUrl = String(order['webhookUrl']);
        return [200, { webhookUrl: this.posts.settings.callbackUrl }];
      case 'ping':
        return [200, { webhookUrl: this.posts.settings.callbackUrl ?? '' }];
      default:
        return [422, { code: 'unknown_order', reason: 'This service does not know that.', fix: 'admin' }];
    }
  }

  private effect(kind: 'edit' | 'hide', order: Record<string, unknown>, text: string | null) {
    const id = String(order['messageId']);
    return {
      kind,
      id,
      target: typeof order['authorId'] === 'string' ? order['authorId'] : '',
      text,
      outboundId: null,
      attachments: [],
    };
  }

  private take(message: Record<string, unknown>): [number, object] {
    const id = String(message['id']);
    const known = this.rooms.taken.get(id);
    if (known !== undefined) return [409, { code: 'duplicate', externalId: known }];
    const attachments = (message['attachments'] as { url: string }[]).map(({ url }) => url);
    const deliver = () => this.rooms.deliver(id, String(message['recipientId']), String(message['text']), attachments);
    if (this.answers === 'at_once') return [200, { externalId: deliver() }];
    this.pending.add(id);
    this.waiting.push(deliver);
    return [202, {}];
  }

  private question(url: URL, request: IncomingMessage): [number, object] {
    const messageId = url.searchParams.get('messageId');
    if (messageId === null) return this.pageOfEvents(url);
    if (request.headers['webhook-id'] !== `lookup_${messageId}`) return [401, { code: 'bad_signature' }];
    const externalId = this.rooms.taken.get(messageId);
    if (externalId !== undefined) return [200, { status: 'sent', externalId }];
    return [200, { status: this.pending.has(messageId) ? 'pending' : 'absent' }];
  }

  private pageOfEvents(url: URL): [number, object] {
    const cursor = url.searchParams.get('cursor');
    const since = Date.parse(url.searchParams.get('since') ?? '');
    const from = cursor === null ? this.rooms.events.findIndex(({ at }) => Date.parse(at!) >= since) : Number(cursor);
    if (cursor !== null && from < this.forgotten) return [410, { code: 'cursor_gone' }];
    if (from < 0) return [200, { events: [], cursor: String(this.rooms.events.length), more: false }];
    const events = this.rooms.events.slice(from, from + PAGE);
    const next = from + events.length;
    return [200, { events, cursor: String(next), more: next < this.rooms.events.length }];
  }

  /** `POST /__sim/act {"act":"dm","by":"negar","text":"…"}` */
  private control(response: ServerResponse, body: Buffer): void {
    const { act, ...step } = JSON.parse(body.toString('utf8')) as { act: string };
    if (!Object.hasOwn(this.act, act)) return json(response, 422, { error: `Nobody can ${act} here.` });
    const acts = this.act as unknown as Record<string, (step: object) => unknown>;
    json(response, 200, acts[act]!(step));
  }

  private page(): string {
    const safe = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    const rows = [...this.rooms.messages.values()].map(({ by, text }) => `<li><b>${safe(by)}</b> ${safe(text)}</li>`);
    return `<!doctype html><meta charset="utf-8"><title>Rooms</title><ul dir="auto">${rows.join('')}</ul>`;
  }
}
