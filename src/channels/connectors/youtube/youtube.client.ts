import type { ChannelSettings, Credentials } from '../../channel';
import { call, type HttpAnswer, type HttpRequest } from '../../egress';
import { integer, list, record, type JsonRecord } from '../json';

const API_HOST = 'https://www.googleapis.com';
const TOKEN_HOST = 'https://oauth2.googleapis.com';
const CONSENT_HOST = 'https://accounts.google.com';
const TIMEOUT_MS = 15_000;

export interface YouTubeCall {
  method: HttpRequest['method'];
  /** Resource under `/youtube/v3`. */
  path: string;
  query: Readonly<Record<string, string>>;
  body?: Readonly<Record<string, unknown>>;
  /** Saves the bytes of an answer that has not changed (304), not its quota. */
  etag?: string;
}

/** Speaks the YouTube Data API v3 as one channel's owner. */
export class YouTubeClient {
  private readonly timeoutMs: number;

  constructor(
    private readonly settings: ChannelSettings,
    private readonly credentials: Credentials,
  ) {
    this.timeoutMs = integer(settings['timeoutMs']) ?? TIMEOUT_MS;
  }

  /** Never throws: a failed call is an answer too. */
  call({ method, path, query, body, etag }: YouTubeCall, signal?: AbortSignal): Promise<HttpAnswer> {
    return call(this.credentials, {
      method,
      url: `${host(this.settings.apiBaseUrl, API_HOST)}/youtube/v3/${path}?${new URLSearchParams(query).toString()}`,
      headers: {
        authorization: `Bearer ${this.credentials['accessToken'] ?? ''}`,
        ...(etag === undefined ? {} : { 'if-none-match': etag }),
      },
      ...(body ? { body } : {}),
      timeoutMs: this.timeoutMs,
      ...(signal ? { signal } : {}),
    });
  }

  /** A call of Google's token server, as a form: what is secret stays out of the address. */
  login(path: '/token' | '/tokeninfo', form: Readonly<Record<string, string>>): Promise<HttpAnswer> {
    return call(this.credentials, {
      method: 'POST',
      url: `${host(this.settings.apiBaseUrl, TOKEN_HOST)}${path}`,
      body: new URLSearchParams(form),
      timeoutMs: this.timeoutMs,
    });
  }
}

export const consentPage = (apiBaseUrl: string | undefined) => `${host(apiBaseUrl, CONSENT_HOST)}/o/oauth2/v2/auth`;

const host = (given: string | undefined, otherwise: string) => (given ?? otherwise).replace(/\/+$/, '');

/** The records of a listing's `items`. */
export const itemsIn = (answer: unknown): JsonRecord[] =>
  list(record(answer)?.['items'])
    .map(record)
    .filter((item) => item !== undefined);
