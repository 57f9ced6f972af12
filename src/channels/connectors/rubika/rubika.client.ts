import type { ChannelSettings, Credentials } from '../../channel';
import { call, type HttpAnswer, type HttpRequest } from '../../egress';
import { type JsonRecord, record, string } from '../json';
import { parseExactly } from './exact-json';
import { rubikaSettings } from './rubika.settings';

export type RubikaReply =
  | { kind: 'ok'; data: JsonRecord }
  | {
      kind: 'refused';
      /** Rubika's own word (`INVALID_ACCESS`), or empty when it gave none. */
      status: string;
      message: string;
      http: number;
      retryAfter: string | null;
    }
  /** `reached: false`: the connection was never made, so nothing happened. */
  | { kind: 'no_answer'; reached: boolean; reason: string };

const UPLOAD_MS = 40_000;
const LONGEST_MESSAGE = 200;

/** Calls of one bot. The token is part of every address, so no address goes into a message. */
export class RubikaClient {
  private readonly base: string;
  private readonly token: string;
  private readonly timeoutMs: number;

  constructor(
    settings: ChannelSettings,
    private readonly credentials: Credentials,
  ) {
    const { base, timeoutMs } = rubikaSettings(settings);
    this.base = base;
    this.timeoutMs = timeoutMs;
    this.token = credentials['accessToken'] ?? '';
  }

  /** Everything is a POST with JSON. @param waitMs how much longer than usual the answer may take */
  async call(
    method: string,
    body: Readonly<Record<string, unknown>> = {},
    { waitMs = 0, signal }: { waitMs?: number; signal?: AbortSignal } = {},
  ): Promise<RubikaReply> {
    const url = `${this.base}/${encodeURIComponent(this.token)}/${method}`;
    return this.request({ method: 'POST', url, body, timeoutMs: this.timeoutMs + waitMs, signal });
  }

  /** Puts a file where `requestSendFile` said. */
  upload(url: string, form: HttpRequest['body']): Promise<RubikaReply> {
    return this.request({ method: 'POST', url, body: form, timeoutMs: UPLOAD_MS });
  }

  private async request(request: HttpRequest): Promise<RubikaReply> {
    const answer = await call(this.credentials, request);
    return answer.kind === 'no_answer' ? answer : this.read(answer);
  }

  private read(answer: Extract<HttpAnswer, { kind: 'answer' }>): RubikaReply {
    const facts = record(exactly(answer.text));
    const status = string(facts?.['status']) ?? '';
    if (answer.ok && status === 'OK') return { kind: 'ok', data: record(facts?.['data']) ?? {} };
    const told = string(facts?.['dev_message']) ?? '';
    const message = (this.token === '' ? told : told.replaceAll(this.token, '…')).slice(0, LONGEST_MESSAGE);
    const retryAfter = answer.headers.get('retry-after');
    return { kind: 'refused', status: status.slice(0, 60), message, http: answer.status, retryAfter };
  }
}

function exactly(text: string): unknown {
  try {
    return parseExactly(text);
  } catch {
    return undefined;
  }
}
