import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newSid, type Person, PhoneLine, type SimulatedCall } from './phone-line';

export interface VoiceOptions {
  /** 0 (the default) takes a free port. */
  port?: number;
  accountSid?: string;
  authToken?: string;
  /** Numbers of the account: calls go out from these only. */
  numbers?: readonly string[];
  reach: { public: string; actual: string };
  /** Calls a second; 0 takes any number. */
  callsPerSecond?: number;
}

/** What befalls the next request for a call: an error instead of the call, or a call whose answer is lost. */
export type VoiceFault =
  { kind: 'error'; status: number; code: number; message: string } | { kind: 'lost_answer'; status: number };

export async function startVoice(options: VoiceOptions): Promise<VoiceSimulator> {
  const simulator = new VoiceSimulator(options);
  await simulator.listen();
  return simulator;
}

/**
 * A voice provider in the manner of Twilio, on loopback: calls are asked for, run by what the app answers, told by
 * signed callbacks and listed. It knows nothing of the app beyond the addresses it is given.
 */
export class VoiceSimulator {
  readonly accountSid: string;
  readonly authToken: string;
  readonly line: PhoneLine;
  readonly people = new Map<string, Person>();
  readonly faults: VoiceFault[] = [];
  readonly requests: { method: string; path: string; status: number }[] = [];
  url = '';
  private readonly server: Server;
  private readonly running = new Set<Promise<void>>();
  private lastCallAt = 0;

  constructor(private readonly options: VoiceOptions) {
    this.accountSid = options.accountSid ?? newSid('AC');
    this.authToken = options.authToken ?? newSid('').slice(0, 32);
    this.line = new PhoneLine({
      accountSid: this.accountSid,
      authToken: this.authToken,
      reach: options.reach,
      people: this.people,
      copies: 1,
      shuffled: false,
      loses: () => false,
    });
    this.server = createServer((request, response) => void this.handle(request, response));
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(this.options.port ?? 0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.running);
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** All calls have run to their end. */
  async quiet(): Promise<void> {
    while (this.running.size > 0) await Promise.allSettled(this.running);
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://voice.local');
    const form = new URLSearchParams(await readText(request));
    const answer = this.answer(request, url, form);
    this.requests.push({ method: request.method ?? '', path: url.pathname, status: answer.status });
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(JSON.stringify(answer.body));
  }

  private answer(request: IncomingMessage, url: URL, form: URLSearchParams): ApiAnswer {
    const basic = Buffer.from(`${this.accountSid}:${this.authToken}`).toString('base64');
    if (request.headers.authorization !== `Basic ${basic}`) return refusal(401, 20003, 'Authenticate');
    const base = `/2010-04-01/Accounts/${this.accountSid}`;
    if (url.pathname === `${base}.json`) return { status: 200, body: { sid: this.accountSid, status: 'active' } };
    if (url.pathname === `${base}/Calls.json`) return request.method === 'POST' ? this.place(form) : this.list(url);
    const sid = new RegExp(`^${base}/Calls/(\\w+)\\.json$`).exec(url.pathname)?.[1];
    const call = this.line.calls.find((each) => each.sid === sid);
    if (!call) return refusal(404, 20404, `The requested resource ${url.pathname} was not found`);
    if (request.method === 'POST') {
      if (['completed', 'busy', 'failed', 'no-answer', 'canceled'].includes(call.status))
        return refusal(400, 21220, 'Call is not in-progress. Cannot redirect.');
      call.status = 'completed';
    }
    return { status: 200, body: shown(call) };
  }

  private place(form: URLSearchParams): ApiAnswer {
    const fault = this.faults.shift();
    if (fault?.kind === 'error') return refusal(fault.status, fault.code, fault.message);
    const [to, from] = [form.get('To') ?? '', form.get('From') ?? ''];
    if (!/^\+[1-9]\d{6,14}$/.test(to)) return refusal(400, 21211, `The 'To' number ${to} is not a valid phone number.`);
    if (this.options.numbers && !this.options.numbers.includes(from))
      return refusal(400, 21210, `The source phone number provided, ${from}, is not yet verified for your account.`);
    if (!form.get('Url')) return refusal(400, 21205, 'Url parameter is required.');
    const { callsPerSecond = 1 } = this.options;
    if (callsPerSecond > 0 && Date.now() - this.lastCallAt < 1_000 / callsPerSecond - 50) {
      return { ...refusal(429, 20429, 'Too Many Requests'), headers: { 'retry-after': '1' } };
    }
    this.lastCallAt = Date.now();
    const call = this.line.create(to, from);
    const run = new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.line.run(call, form))
      .finally(() => this.running.delete(run));
    this.running.add(run);
    if (fault?.kind === 'lost_answer') return refusal(fault.status, 20500, 'Internal Server Error');
    return { status: 201, body: shown(call) };
  }

  private list(url: URL): ApiAnswer {
    const to = url.searchParams.get('To');
    const since = Date.parse(url.searchParams.get('StartTime>') ?? '') || 0;
    const [size, page] = [Number(url.searchParams.get('PageSize') ?? 50), Number(url.searchParams.get('Page') ?? 0)];
    const found = this.line.calls
      .filter((call) => (!to || call.to === to) && call.createdAt.getTime() >= since)
      .toReversed();
    const next = new URL(url);
    next.searchParams.set('Page', String(page + 1));
    const more = found.length > size * (page + 1);
    return {
      status: 200,
      body: {
        calls: found.slice(size * page, size * (page + 1)).map(shown),
        page,
        page_size: size,
        next_page_uri: more ? `${next.pathname}${next.search}` : null,
      },
    };
  }
}

interface ApiAnswer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

const refusal = (status: number, code: number, message: string): ApiAnswer => ({
  status,
  body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
});

const shown = (call: SimulatedCall) => ({
  sid: call.sid,
  parent_call_sid: call.parentSid,
  to: call.to,
  from: call.from,
  status: call.status,
  date_created: call.createdAt.toUTCString(),
  start_time: call.answered ? call.createdAt.toUTCString() : null,
  duration: call.answered ? String(call.durationSeconds) : null,
  direction: call.parentSid ? 'outbound-dial' : 'outbound-api',
});

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
