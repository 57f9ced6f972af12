import { type IncomingMessage, type ServerResponse } from 'node:http';
import { Listener, misbehave, readBytes } from '../api-channel/listener';
import { Faults, seededRandom } from '../meta/faults';
import { json } from '../meta/http';
import { formParts } from '../rubika/form';

export const EITAA_TOKEN = 'bot1234:0e000000-0000-4000-8000-000000invent';

export interface EitaaEffect {
  chat: string;
  id: string;
  text: string;
  /** Fields beside chat and text, as they came. */
  fields: Record<string, string>;
  file: { name: string; bytes: Buffer } | null;
}

export async function startEitaa(options: { port?: number } = {}): Promise<EitaaSimulator> {
  const simulator = new EitaaSimulator();
  await simulator.listen(options.port);
  return simulator;
}

/** Eitaayar: takes messages for channels its account manages, and for users of the mini app. */
export class EitaaSimulator {
  readonly effects: EitaaEffect[] = [];
  readonly faults = new Faults(seededRandom(1));
  readonly calls: string[] = [];
  /** Channels and groups @sender manages. */
  readonly managed = new Set(['sibesorkh']);
  token = EITAA_TOKEN;
  /** Answers to the next calls instead of the real ones, oldest first. */
  readonly refusals: { http: number; body: unknown; headers?: Record<string, string> }[] = [];
  private readonly listener = new Listener((request, response) => this.handle(request, response));
  private count = 100;

  get url(): string {
    return this.listener.url;
  }

  listen(port?: number): Promise<void> {
    return this.listener.listen(port);
  }

  close(): Promise<void> {
    return this.listener.close();
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', this.url);
    const bytes = await readBytes(request);
    const [, , second = '', method = ''] = pathname.split('/').map(decodeURIComponent);
    this.calls.push(method);
    const fault = this.faults.pick(request.method ?? '', pathname);
    if (fault?.when === 'before' && misbehave(response, fault.answer)) return;
    const refusal = this.refusals.shift();
    if (refusal) {
      for (const [name, value] of Object.entries(refusal.headers ?? {})) response.setHeader(name, value);
      return json(response, refusal.http, refusal.body);
    }
    const { fields, file } = read(request.headers['content-type'] ?? '', bytes);
    const [status, body] = this.answer(second, method, fields, file);
    if (fault?.when === 'after' && misbehave(response, fault.answer)) return;
    json(response, status, body);
  }

  private answer(
    second: string,
    method: string,
    { chat_id: chat = '', token = '', text = '', ...fields }: Record<string, string>,
    file: EitaaEffect['file'],
  ): [number, unknown] {
    const app = second === 'app';
    if ((app ? token : second) !== this.token)
      return [401, { ok: false, error_code: 401, description: 'Unauthorized' }];
    if (method === 'getMe') return [200, { ok: true, result: { id: 1234, is_bot: true, username: 'sender' } }];
    if (method !== 'sendMessage' && method !== 'sendFile') return [404, { ok: false, description: 'method' }];
    if (!app && !this.managed.has(chat)) return [200, { ok: false }];
    this.count += 1;
    this.effects.push({ chat, id: String(this.count), text, fields, file });
    return [
      200,
      { ok: true, result: { message_id: this.count, chat: { id: chat, type: 'public' }, date: 1_795_164_122, text } },
    ];
  }
}

function read(contentType: string, body: Buffer): { fields: Record<string, string>; file: EitaaEffect['file'] } {
  if (!contentType.startsWith('multipart/'))
    return { fields: Object.fromEntries(new URLSearchParams(body.toString('utf8'))), file: null };
  const parts = formParts(contentType, body);
  const sent = parts.find(({ name }) => name !== '');
  const plain = parts.filter(({ name }) => name === '');
  return {
    fields: Object.fromEntries(plain.map(({ field, bytes }) => [field, bytes.toString('utf8')])),
    file: sent ? { name: sent.name, bytes: sent.bytes } : null,
  };
}
