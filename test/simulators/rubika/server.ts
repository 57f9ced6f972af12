import { type IncomingMessage, type ServerResponse } from 'node:http';
import { Listener, misbehave, readBytes } from '../api-channel/listener';
import { DEFAULT_POSTS, Posts, type PostSettings } from '../api-channel/posts';
import { Faults, seededRandom } from '../meta/faults';
import { json } from '../meta/http';
import { Chats, type RubikaUpdate } from './chats';
import { formFile } from './form';

export interface RubikaOptions {
  port?: number;
  token?: string;
  seed?: number;
  /** Part of every id; the start time by default, so that a restarted simulator does not repeat itself. */
  idBase?: number;
  posts?: Partial<Omit<PostSettings, 'callbackUrl'>>;
  now?: () => number;
}

export const RUBIKA_TOKEN = 'BFHEAinventedtokeninventedtoken';
export const RUBIKA_BOT = 'b0botinventedbot';

export async function startRubika(options: RubikaOptions = {}): Promise<RubikaSimulator> {
  const simulator = new RubikaSimulator(options);
  await simulator.listen();
  return simulator;
}

type Result = { status: string; data?: Record<string, unknown>; dev_message?: string };
const OK = (data: Record<string, unknown> = {}): Result => ({ status: 'OK', data });
const refused = (status: string, message: string): Result => ({ status, dev_message: message });

/** Rubika's bot API, its webhooks and its people, on loopback. */
export class RubikaSimulator {
  readonly chats: Chats;
  readonly posts: Posts<RubikaUpdate>;
  readonly faults: Faults;
  readonly calls: { method: string; status: string }[] = [];
  /** Where each kind of webhook goes, as `updateBotEndpoints` left it. */
  readonly endpoints = new Map<string, string>();
  /** The token calls must carry. */
  token: string;
  /** Rubika's answer to the next calls instead of the real one, oldest first. */
  readonly refusals: { status: string; message?: string; http?: number; headers?: Record<string, string> }[] = [];
  /** Ids of messages travel as numbers in webhooks, as they did once. */
  numericIds = false;
  /** How many updates `getUpdates` gives again that it gave before. */
  repeat = 0;
  /** Whether `getUpdates` heeds its timeout. */
  waits = true;
  /** Whether `getUpdates` names where to go on. */
  namesNext = true;
  private readonly waiting = new Set<() => void>();
  private readonly askedWaiters: (() => void)[] = [];
  private readonly listener: Listener;

  constructor(private readonly options: RubikaOptions) {
    const now = options.now ?? Date.now;
    const random = seededRandom(options.seed ?? 1);
    this.token = options.token ?? RUBIKA_TOKEN;
    this.faults = new Faults(random);
    this.posts = new Posts({ ...DEFAULT_POSTS, ...options.posts }, (updates) => this.compose(updates[0]!), random);
    this.chats = new Chats(options.idBase ?? Math.floor(now() / 1000), now, (update) => {
      this.posts.send([update]);
      for (const wake of this.waiting) wake();
    });
    this.listener = new Listener((request, response) => this.handle(request, response));
  }

  get act() {
    return this.chats.act;
  }

  get url(): string {
    return this.listener.url;
  }

  listen(): Promise<void> {
    return this.listener.listen(this.options.port);
  }

  async close(): Promise<void> {
    this.posts.close();
    for (const wake of this.waiting) wake();
    await this.listener.close();
  }

  /** Resolves when the next `getUpdates` waits for news. */
  asked(): Promise<void> {
    return new Promise((resolve) => this.askedWaiters.push(resolve));
  }

  /** Rubika forgets where webhooks go. */
  dropEndpoints(): void {
    this.endpoints.clear();
    this.posts.settings.callbackUrl = null;
    this.posts.drop();
  }

  private compose(update: RubikaUpdate) {
    const { type, ...inline } = update;
    const isInline = type === 'InlineMessage';
    const text = JSON.stringify(isInline ? { inline_message: inline } : { update });
    const body = this.numericIds ? text.replaceAll(/"(\w*message_id)":"(\d+)"/g, '"$1":$2') : text;
    const headers = { 'content-type': 'application/json' };
    return { suffix: isInline ? '/receiveInlineMessage' : '/receiveUpdate', headers, body: Buffer.from(body, 'utf8') };
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const bytes = await readBytes(request);
    const [, first = '', token = '', method = ''] = url.pathname.split('/');
    if (first === '') return void response.writeHead(200, { 'content-type': 'text/html' }).end(this.page());
    if (first === '__sim') return this.control(response, bytes);
    if (first === 'files') return this.download(response, token);
    const fault = this.faults.pick(request.method ?? '', first === 'upload' ? '/upload' : `/${method}`);
    for (const [name, value] of Object.entries(fault?.headers ?? {})) response.setHeader(name, value);
    if (fault?.when === 'before' && misbehave(response, fault.answer)) return;
    if (first === 'upload') return json(response, 200, this.take(token, url, request, bytes));
    if (first !== 'v3' || request.method !== 'POST') return void response.writeHead(404).end();
    const result = await this.answer(response, token, method, bytes);
    this.calls.push({ method, status: result.status });
    if (fault?.when === 'after' && misbehave(response, fault.answer)) return;
    json(response, response.statusCode, result);
  }

  private answer(response: ServerResponse, token: string, method: string, bytes: Buffer): Result | Promise<Result> {
    const refusal = this.refusals.shift();
    if (refusal) {
      response.statusCode = refusal.http ?? 200;
      for (const [name, value] of Object.entries(refusal.headers ?? {})) response.setHeader(name, value);
      return refused(refusal.status, refusal.message ?? 'refused');
    }
    if (token !== this.token) return refused('INVALID_ACCESS', 'token is invalid');
    const given = JSON.parse(bytes.toString('utf8')) as Record<string, string | number | undefined>;
    const text = (name: string) => String(given[name] ?? '');
    switch (method) {
      case 'getMe':
        return OK({ bot: { bot_id: RUBIKA_BOT, bot_title: 'سیب سرخ', username: 'sibesorkh_bot' } });
      case 'getChat': {
        const person = text('chat_id').replace(/^[bug]0HxSim/, '');
        const group = text('chat_id').startsWith('g0');
        return OK({
          chat: {
            chat_id: text('chat_id'),
            ...(group ? { title: person } : { first_name: person, username: `${person}_r` }),
          },
        });
      }
      case 'updateBotEndpoints':
        this.endpoints.set(text('type'), text('url'));
        this.posts.settings.callbackUrl = this.endpoints.get('ReceiveUpdate') ?? null;
        return OK();
      case 'getUpdates':
        return this.news(Number(given['offset_id'] ?? 0), Number(given['limit'] ?? 100), Number(given['timeout'] ?? 0));
      case 'requestSendFile':
        return OK({ upload_url: `${this.url}/upload/U${this.chats.nextId()}?type=${text('type')}` });
      case 'getFile': {
        const file = text('file_id');
        return this.chats.files.has(file)
          ? OK({ download_url: `${this.url}/files/${file}` })
          : refused('INVALID_INPUT', 'file_id');
      }
      case 'sendMessage':
      case 'sendFile':
        return this.show(method, given);
      case 'editMessageText':
      case 'deleteMessage': {
        const chatId = text('chat_id');
        if (this.chats.messages.get(text('message_id'))?.chatId !== chatId)
          return refused('INVALID_INPUT', 'message_id');
        const kind = method === 'deleteMessage' ? 'delete' : 'edit';
        const shown = { chatId, id: text('message_id'), replyTo: null, file: null };
        this.chats.effects.push({ kind, ...shown, text: kind === 'edit' ? text('text') : null });
        return OK();
      }
      case 'banChatMember':
      case 'unbanChatMember': {
        const kind = method === 'banChatMember' ? 'ban' : 'unban';
        const shown = { chatId: text('chat_id'), id: text('user_id') };
        this.chats.effects.push({ kind, ...shown, text: null, replyTo: null, file: null });
        return OK();
      }
      default:
        return refused('INVALID_METHOD', method);
    }
  }

  private show(method: string, given: Record<string, string | number | undefined>): Result {
    const chatId = String(given['chat_id'] ?? '');
    if (!/^[bg]0HxSim/.test(chatId)) return refused('INVALID_INPUT', 'chat_id');
    if (this.chats.stopped.has(chatId)) return refused('INVALID_ACCESS', 'bot is stopped by the user');
    const file = this.chats.files.get(String(given['file_id'] ?? '')) ?? null;
    if (method === 'sendFile' && !file) return refused('INVALID_INPUT', 'file_id');
    const replyTo = given['reply_to_message_id'] === undefined ? null : String(given['reply_to_message_id']);
    const text = given['text'] === undefined ? null : String(given['text']);
    const id = this.chats.show({ kind: file ? 'file' : 'message', chatId, text, replyTo, file });
    return OK({ message_id: id });
  }

  /** Long polling as libraries use it: the offset is a position, and what was given comes again now and then. */
  private async news(offset: number, limit: number, timeoutS: number): Promise<Result> {
    const { updates } = this.chats;
    if (offset >= updates.length && timeoutS > 0 && this.waits) {
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          this.waiting.delete(done);
          resolve();
        };
        const timer = setTimeout(done, timeoutS * 1000);
        this.waiting.add(done);
        for (const wake of this.askedWaiters.splice(0)) wake();
      });
    }
    const from = Math.max(0, offset - this.repeat);
    const given = updates.slice(from, from + limit);
    const next = String(Math.max(offset, from + given.length));
    return OK({ updates: given, ...(this.namesNext ? { next_offset_id: next } : {}) });
  }

  private take(id: string, url: URL, request: IncomingMessage, bytes: Buffer): Result {
    const file = formFile(request.headers['content-type'] ?? '', bytes);
    if (!file) return refused('INVALID_INPUT', 'file');
    const { name, bytes: content } = file;
    this.chats.files.set(`F${id}`, { name, bytes: content, type: url.searchParams.get('type') ?? '' });
    return OK({ file_id: `F${id}` });
  }

  private download(response: ServerResponse, id: string): void {
    const file = this.chats.files.get(id);
    if (file) response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(file.bytes);
    else response.writeHead(404).end();
  }

  /** `POST /__sim/act {"act":"dm","by":"negar","text":"…"}` */
  private control(response: ServerResponse, body: Buffer): void {
    const { act, ...step } = JSON.parse(body.toString('utf8')) as { act: string };
    if (!Object.hasOwn(this.act, act)) return json(response, 422, { error: `Nobody can ${act} here.` });
    const acts = this.act as unknown as Record<string, (step: object) => unknown>;
    json(response, 200, { id: acts[act]!(step) });
  }

  private page(): string {
    const safe = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    const rows = [...this.chats.messages.values()].map(({ by, text }) => `<li><b>${safe(by)}</b> ${safe(text)}</li>`);
    return `<!doctype html><meta charset="utf-8"><title>Rubika</title><ul dir="rtl">${rows.join('')}</ul>`;
  }
}
