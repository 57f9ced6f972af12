import type { ChannelSettings, Credentials } from '../../channel';
import { call, type HttpAnswer, type HttpRequest } from '../../egress';
import { integer } from '../json';
import { linkedInSettings } from './linkedin.settings';

const API_HOST = 'https://api.linkedin.com';
const LOGIN_HOST = 'https://www.linkedin.com';
const TIMEOUT_MS = 15_000;

export interface LinkedInCall {
  method: HttpRequest['method'];
  /** Path under `/rest`, its values encoded already. */
  path: string;
  /** Query without `?`, its values encoded already: Rest.li's own punctuation must stay as it is. */
  query?: string;
  body?: Readonly<Record<string, unknown>>;
  /** Rest.li method where it is not the HTTP method's own. */
  restliMethod?: 'PARTIAL_UPDATE';
}

/** Speaks LinkedIn's versioned REST API as one channel. */
export class LinkedInClient {
  private readonly base: string;
  private readonly version: string;
  private readonly timeoutMs: number;

  constructor(
    private readonly settings: ChannelSettings,
    private readonly credentials: Credentials,
  ) {
    this.base = host(settings.apiBaseUrl, API_HOST);
    this.version = linkedInSettings(settings).version;
    this.timeoutMs = integer(settings['timeoutMs']) ?? TIMEOUT_MS;
  }

  /** Never throws: a failed call is an answer too. */
  call({ method, path, query, body, restliMethod }: LinkedInCall, signal?: AbortSignal): Promise<HttpAnswer> {
    return call(this.credentials, {
      method,
      url: `${this.base}/rest${path}${query === undefined ? '' : `?${query}`}`,
      headers: {
        authorization: `Bearer ${this.credentials['accessToken'] ?? ''}`,
        'linkedin-version': this.version,
        'x-restli-protocol-version': '2.0.0',
        ...(restliMethod ? { 'x-restli-method': restliMethod } : {}),
      },
      ...(body ? { body } : {}),
      timeoutMs: this.timeoutMs,
      ...(signal ? { signal } : {}),
    });
  }

  /** A call of the login server: tokens and what they allow. Takes forms, wants no version. */
  login(path: string, form: Readonly<Record<string, string>>): Promise<HttpAnswer> {
    return call(this.credentials, {
      method: 'POST',
      url: `${host(this.settings.apiBaseUrl, LOGIN_HOST)}${path}`,
      body: new URLSearchParams(form),
      timeoutMs: this.timeoutMs,
    });
  }
}

export const authorizationPage = (apiBaseUrl: string | undefined) =>
  `${host(apiBaseUrl, LOGIN_HOST)}/oauth/v2/authorization`;

const host = (given: string | undefined, otherwise: string) => (given ?? otherwise).replace(/\/+$/, '');
