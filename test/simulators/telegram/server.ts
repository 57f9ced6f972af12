import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type FaultRule, Faults, seededRandom } from '../meta/faults';
import { json, readBody } from '../meta/http';
import { answerMethod } from './api';
import { EffectLog } from './effects';
import { publicPage } from './page';
import { readParams } from './params';
import { PeopleActions } from './people-actions';
import { SEED, seedWorld } from './seed';
import { DEFAULT_UPDATES, Updates, type UpdateSettings } from './updates';
import { ApiError, type FlavourName, type JsonObject, World } from './world';

export interface TelegramOptions {
  /** Which network it plays; Bale has no secret header, no reactions and no news of blocking. */
  flavour?: FlavourName;
  /** 0 (the default) takes a free port. */
  port?: number;
  /** Loopback unless told otherwise. */
  host?: string;
  token?: string;
  /** Seeds shuffles and probabilities. */
  seed?: number;
  /** First message id; the start time by default, so that a restarted simulator does not repeat itself. */
  idBase?: number;
  updates?: Partial<UpdateSettings>;
}

/** What every simulator's rules can do; errors are given as the body the API is to answer with. */
export interface ErrorBody {
  code: number;
  description: string;
  parameters?: JsonObject;
}

export type TelegramFault = FaultRule<ErrorBody>;

export interface ApiCall {
  at: number;
  method: string;
  /** 0 when the simulator did not answer. */
  status: number;
  fault: boolean;
}

export async function startTelegram(options: TelegramOptions = {}): Promise<TelegramSimulator> {
  const simulator = new TelegramSimulator(options);
  await simulator.listen();
  return simulator;
}

/**
 * A bot API server with its people, on loopback. It knows nothing of the app under test beyond the webhook the bot sets
 * or the polls it makes; people act through `act`, and what became visible to them is in `effects`.
 */
export class TelegramSimulator {
  readonly flavour: FlavourName;
  readonly world: World;
  readonly effects = new EffectLog();
  readonly faults: Faults<ErrorBody>;
  readonly updates: Updates;
  readonly act: PeopleActions;
  readonly calls: ApiCall[] = [];
  /** A revoked token is refused from then on. */
  tokenValid = true;
  url = '';
  private readonly server: Server;

  constructor(private readonly options: TelegramOptions) {
    this.flavour = options.flavour ?? 'telegram';
    const random = seededRandom(options.seed ?? 1);
    const idBase = options.idBase ?? Math.floor(Date.now() / 1000) % 1_000_000;
    const bot = {
      id: SEED.botId,
      token: options.token ?? SEED.token,
      firstName: 'پشتیبان سیب‌سرخ',
      username: SEED.username,
    };
    this.world = new World(bot, idBase);
    seedWorld(this.world);
    this.faults = new Faults<ErrorBody>(random);
    const settings = { ...DEFAULT_UPDATES, ...options.updates };
    this.updates = new Updates(settings, this.flavour, 884_000_000 + idBase, () => this.world.now(), random);
    this.act = new PeopleActions(this.world, this.updates);
    this.server = createServer((request, response) => void this.handle(request, response));
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
    this.updates.close();
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  /** From now on the bot must not write to this chat (0: to anyone) for so many seconds. */
  limit(chatId: number, seconds: number): void {
    this.world.limitedUntil.set(chatId, this.world.now() + seconds * 1000);
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    try {
      if (url.pathname === '/') {
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(publicPage(this.world));
      } else if (url.pathname.startsWith('/__sim/')) {
        json(response, 200, await this.control(url.pathname.slice('/__sim/'.length), request));
      } else if (url.pathname.startsWith('/file/bot')) {
        this.file(url.pathname, response);
      } else {
        await this.api(request, response, url);
      }
    } catch (error) {
      // A bug of the simulator's own: loud in the answer, so that a test sees it.
      json(response, 500, { simulator_bug: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }

  /** The same operations the methods offer, for another process. Bodies are trusted: this plane is for tests. */
  private async control(what: string, request: IncomingMessage): Promise<unknown> {
    const body = JSON.parse((await readBody(request)) || '{}') as JsonObject;
    if (what === 'effects') return { effects: this.effects.all, duplicates: this.effects.duplicates() };
    if (what === 'calls') return { calls: this.calls };
    if (what === 'faults') return { id: this.faults.add(body as unknown as TelegramFault) };
    if (what === 'advance') return this.world.advance(Number(body['ms']));
    const acts = this.act as unknown as Record<string, ((body: JsonObject) => unknown) | undefined>;
    const name = /^act\/([a-z][A-Za-z]*)$/.exec(what)?.[1] ?? '';
    if (typeof acts[name] !== 'function') throw new Error(`There is no control called ${what}.`);
    return { result: acts[name]?.(body) ?? null };
  }

  private file(path: string, response: ServerResponse): void {
    const [, token = '', name = ''] = /^\/file\/bot([^/]+)\/(.+)$/.exec(decodeURIComponent(path)) ?? [];
    const found = [...this.world.files.values()].find((file) => file.path === name);
    const good = this.tokenValid && token === this.world.bot.token && found;
    if (good) response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(found.bytes);
    else response.writeHead(404).end();
  }

  private async api(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const [, token = '', method = ''] = /^\/bot([^/]+)\/(\w+)$/.exec(decodeURIComponent(url.pathname)) ?? [];
    const call: ApiCall = { at: this.world.now(), method, status: 0, fault: false };
    this.calls.push(call);
    const fault = this.faults.pick(request.method ?? 'GET', method);
    call.fault = fault !== null;
    if (fault?.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
    const answer = (status: number, body: unknown) => {
      call.status = status;
      json(response, status, body);
    };
    const refuse = ({ code, description, parameters }: ApiError) =>
      answer(code, { ok: false, error_code: code, description, ...(parameters ? { parameters } : {}) });
    const params = await readParams(url, request);
    if (fault?.when === 'before' && fault.answer !== 'none') return misbehave(response, fault.answer, answer);
    try {
      if (!this.tokenValid || token !== this.world.bot.token) throw this.unknownToken();
      const context = { world: this.world, effects: this.effects, flavour: this.flavour };
      const result = await answerMethod(context, this.updates, method, params);
      if (fault?.when === 'after' && fault.answer !== 'none') return misbehave(response, fault.answer, answer);
      answer(200, { ok: true, result });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      refuse(error);
    }
  }

  private unknownToken(): ApiError {
    return this.flavour === 'bale'
      ? new ApiError(400, 'Bad Request: Token not found')
      : new ApiError(401, 'Unauthorized');
  }
}

function misbehave(
  response: ServerResponse,
  fault: Exclude<TelegramFault['answer'], 'none'>,
  answer: (status: number, body: unknown) => void,
): void {
  if (fault === 'hang') return;
  if (fault === 'reset') response.destroy();
  else if (typeof fault === 'number') response.writeHead(fault, { 'content-type': 'text/html' }).end('<h1>Sorry.</h1>');
  else {
    const { code, description, parameters } = fault.error;
    answer(code, { ok: false, error_code: code, description, ...(parameters ? { parameters } : {}) });
  }
}
