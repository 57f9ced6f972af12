import { FormData } from 'undici';
import type { Credentials } from '../../channel';
import { call } from '../../egress';
import { integer, record, string, type JsonRecord } from '../json';
import { numericId } from './telegram.addresses';

const TIMEOUT_MS = 20_000; // longer than any call the network answers at all
const UPLOAD_TIMEOUT_MS = 70_000; // 50 MB over a slow line, and still inside the sender's lease

/** `{ok: false, error_code, description, parameters}`. */
export interface TelegramError {
  code: number;
  description: string;
  /** Seconds. */
  retryAfter: number | undefined;
  migrateTo: string | undefined;
}

export type TelegramReply =
  | { kind: 'ok'; result: unknown }
  | { kind: 'refused'; error: TelegramError }
  /** `reached: false`: the connection was never made, so nothing happened. */
  | { kind: 'no_answer'; reached: boolean; reason: string };

export interface Upload {
  /** What the parameters call it: `attach://<name>`, or the parameter itself. */
  name: string;
  bytes: Buffer;
  fileName: string;
  mimeType: string | undefined;
}

export interface TelegramCall {
  method: string;
  params?: JsonRecord;
  uploads?: readonly Upload[];
  /** Instead of the usual time. */
  timeoutMs?: number;
  /** Cuts the usual time short. */
  atMostMs?: number;
  signal?: AbortSignal;
}

/** Where and as whom to call. The token is part of the address: no reason may ever show one. */
export class TelegramClient {
  constructor(
    private readonly base: string,
    private readonly credentials: Credentials,
  ) {}

  /** Never throws: a failed call is an answer too. */
  async call({ method, params = {}, uploads = [], timeoutMs, atMostMs, signal }: TelegramCall): Promise<TelegramReply> {
    const usualMs = uploads.length === 0 ? TIMEOUT_MS : UPLOAD_TIMEOUT_MS;
    const answer = await call(this.credentials, {
      method: 'POST',
      url: `${this.base}/bot${this.token}/${method}`,
      body: uploads.length === 0 ? { ...params } : formOf(params, uploads),
      timeoutMs: timeoutMs ?? Math.max(1, Math.min(usualMs, atMostMs ?? usualMs)),
      ...(signal ? { signal } : {}),
    });
    if (answer.kind === 'no_answer') return answer;
    const body = record(answer.json);
    // Bale's statuses are odd; what the body says counts.
    if (body?.['ok'] === true) return { kind: 'ok', result: body['result'] };
    return { kind: 'refused', error: readError(body, answer.status) };
  }

  /** The address of a file's bytes. It holds the token: for our own use, never to be kept or shown. */
  fileUrl(path: string): string {
    return `${this.base}/file/bot${this.token}/${path.split('/').map(encodeURIComponent).join('/')}`;
  }

  private get token(): string {
    return encodeURIComponent(this.credentials['accessToken'] ?? '').replaceAll('%3A', ':');
  }
}

function formOf(params: JsonRecord, uploads: readonly Upload[]): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(params))
    form.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  for (const { name, bytes, fileName, mimeType } of uploads)
    form.set(name, new Blob([new Uint8Array(bytes)], mimeType === undefined ? {} : { type: mimeType }), fileName);
  return form;
}

/** An answer without a readable body has its status for a code. */
export function readError(body: JsonRecord | undefined, status: number): TelegramError {
  const parameters = record(body?.['parameters']);
  return {
    code: integer(body?.['error_code']) ?? status,
    description: string(body?.['description']) ?? `HTTP ${status}`,
    retryAfter: integer(parameters?.['retry_after']),
    migrateTo: numericId(parameters?.['migrate_to_chat_id']),
  };
}
