import { FormData } from 'undici';
import type { Credentials } from '../../channel';
import type { OutboundAttachment } from '../../sending';
import { call, type HttpAnswer } from '../../egress';
import { id, integer, type JsonRecord, record, string } from '../json';
import type { EitaaSettings } from './eitaa.settings';

export type EitaaReply =
  | { kind: 'ok'; result: JsonRecord }
  | { kind: 'refused'; code: number; description: string; retryAfterS: number | undefined }
  | { kind: 'no_answer'; reached: boolean; reason: string };

const LONGEST_DESCRIPTION = 200;

/** Calls of one Eitaayar account. The token is part of every address, so no address goes into a message. */
export class EitaaClient {
  private readonly token: string;

  constructor(
    private readonly settings: EitaaSettings,
    private readonly credentials: Credentials,
  ) {
    this.token = credentials['accessToken'] ?? '';
  }

  getMe(): Promise<EitaaReply> {
    return this.post(`${this.settings.base}/${encodeURIComponent(this.token)}/getMe`, {});
  }

  sendMessage(chatId: string, fields: Readonly<Record<string, string>>): Promise<EitaaReply> {
    const { base, target } = this.settings;
    // a mini app's users are written to at an address of its own, with the token in the body
    return target === 'app'
      ? this.post(`${base}/app/sendMessage`, { token: this.token, chat_id: chatId, text: fields['text'] ?? '' })
      : this.post(`${base}/${encodeURIComponent(this.token)}/sendMessage`, { chat_id: chatId, ...fields });
  }

  sendFile(
    chatId: string,
    fields: Readonly<Record<string, string>>,
    { name, mimeType }: OutboundAttachment,
    bytes: Buffer,
  ): Promise<EitaaReply> {
    const form = new FormData();
    for (const [field, value] of Object.entries({ chat_id: chatId, ...fields })) form.append(field, value);
    const type = mimeType ?? 'application/octet-stream';
    form.append('file', new Blob([new Uint8Array(bytes)], { type }), name ?? 'file.bin');
    return this.post(`${this.settings.base}/${encodeURIComponent(this.token)}/sendFile`, form);
  }

  private async post(url: string, body: FormData | Readonly<Record<string, string>>): Promise<EitaaReply> {
    const form = body instanceof FormData ? body : new URLSearchParams(body);
    const { timeoutMs } = this.settings;
    const answer = await call(this.credentials, { method: 'POST', url, body: form, timeoutMs });
    return answer.kind === 'no_answer' ? answer : this.read(answer);
  }

  private read(answer: Extract<HttpAnswer, { kind: 'answer' }>): EitaaReply {
    const facts = record(answer.json);
    if (answer.ok && facts?.['ok'] === true) return { kind: 'ok', result: record(facts['result']) ?? {} };
    const told = string(facts?.['description']) ?? '';
    const description = (this.token === '' ? told : told.replaceAll(this.token, '…')).slice(0, LONGEST_DESCRIPTION);
    const code = integer(facts?.['error_code']) ?? answer.status;
    // refusals travel under 200 too, often with nothing but `ok: false`
    const readable = facts?.['ok'] === false || !answer.ok;
    const header = answer.headers.get('retry-after');
    const retryAfterS = integer(record(facts?.['parameters'])?.['retry_after']) ?? integer(header);
    return { kind: 'refused', code: readable ? code : 0, description, retryAfterS };
  }
}

/** What the sent message is called, within all chats. */
export function sentId(chatId: string, result: JsonRecord): string | undefined {
  const message = id(result['message_id']);
  return message === undefined ? undefined : `${chatId}:${message}`;
}
