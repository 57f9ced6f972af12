import type { ConnectedChannel, Credentials } from '../../channel';
import type { RefreshOutcome } from '../../credentials';
import { call, type HttpAnswer } from '../../egress';
import type { OAuthApp, OAuthExchange, OAuthGrant, OAuthNetwork, OAuthScope } from '../../oauth-network';
import { integer, record } from '../json';
import { apiBase, XClient } from './x.client';
import { own, ownRecord, ownString, personOf } from './x.fields';

const TIMEOUT_MS = 15_000;
const CONSENT = 'https://x.com';

/** What the channel needs of the account (docs.x.com, OAuth 2.0 scopes). */
export const SCOPES: readonly OAuthScope[] = [
  { scope: 'tweet.read', why: { fa: 'خواندن منشن‌ها و پاسخ‌ها', en: 'reading mentions and replies' } },
  { scope: 'tweet.write', why: { fa: 'پاسخ دادن به‌صورت عمومی', en: 'answering in public' } },
  { scope: 'users.read', why: { fa: 'نام و نشان مشتری', en: 'the customer’s name' } },
  { scope: 'dm.read', why: { fa: 'خواندن پیام‌های خصوصی', en: 'reading direct messages' } },
  { scope: 'dm.write', why: { fa: 'پاسخ به پیام‌های خصوصی', en: 'answering direct messages' } },
  { scope: 'media.write', why: { fa: 'فرستادن عکس و ویدئو', en: 'sending pictures and films' } },
  { scope: 'offline.access', why: { fa: 'ماندن در اتصال بیش از دو ساعت', en: 'staying connected beyond two hours' } },
  { scope: 'tweet.moderate.write', why: { fa: 'پنهان کردن پاسخ‌ها', en: 'hiding replies' }, required: false },
  {
    scope: 'like.write',
    why: { fa: 'پسندیدن (فقط طرح سازمانی)', en: 'liking (enterprise plan only)' },
    required: false,
  },
];

export class XOAuth implements OAuthNetwork {
  readonly name = 'x';
  readonly kinds = ['x'] as const;
  readonly scopes = SCOPES;
  readonly pkce = true;

  constructor(private readonly now: () => number) {}

  authorizeUrl(
    app: OAuthApp,
    { redirectUri, state, codeChallenge }: { redirectUri: string; state: string; codeChallenge?: string },
  ): string {
    const url = new URL(`${(app.apiBaseUrl ?? CONSENT).replace(/\/+$/, '')}/i/oauth2/authorize`);
    const query = {
      response_type: 'code',
      client_id: app.clientId,
      redirect_uri: redirectUri,
      scope: SCOPES.map(({ scope }) => scope).join(' '),
      state,
      ...(codeChallenge === undefined ? {} : { code_challenge: codeChallenge, code_challenge_method: 'S256' }),
    };
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url.toString();
  }

  async exchange(
    app: OAuthApp,
    { code, redirectUri, codeVerifier }: { code: string; redirectUri: string; codeVerifier?: string },
  ): Promise<OAuthExchange> {
    const form = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      ...(codeVerifier === undefined ? {} : { code_verifier: codeVerifier }),
    };
    const answer = await askToken(app, form);
    const grant = answer.kind === 'answer' && answer.ok ? grantOf(answer.json, this.now()) : undefined;
    return grant ? { status: 'granted', grant } : { status: 'refused', reason: refusalOf(answer) };
  }

  async accounts(app: OAuthApp, grant: OAuthGrant): ReturnType<OAuthNetwork['accounts']> {
    const credentials = credentialsOf(app, grant);
    const settings = app.apiBaseUrl === undefined ? {} : { apiBaseUrl: app.apiBaseUrl };
    const proxied = app.proxyUrl === undefined ? credentials : { ...credentials, proxyUrl: app.proxyUrl };
    const client = new XClient(settings, proxied, this.now);
    const query = { 'user.fields': 'name,username,profile_image_url' };
    const reply = await client.call({ method: 'GET', path: ['users', 'me'], query });
    if (reply.kind !== 'ok') return { status: 'refused', reason: client.repeatable(reply, 'app').reason };
    const person = personOf(ownRecord(reply.body, 'data'));
    if (!person) return { status: 'refused', reason: 'X did not say whose account this is. Try again.' };
    const missing = SCOPES.filter(
      ({ scope, required }) => required !== false && grant.scopes?.includes(scope) === false,
    );
    const { externalId, handle, avatarUrl, name = handle ?? externalId } = person;
    const account = {
      kind: 'x' as const,
      externalId,
      name,
      ...(handle === undefined ? {} : { handle }),
      ...(avatarUrl === undefined ? {} : { avatarUrl }),
      credentials,
      // Consent brings neither the consumer secret nor the bearer token that a webhook needs.
      settings: { mode: 'poll' },
      missingScopes: missing.map(({ scope }) => scope),
    };
    return { status: 'found', accounts: [account] };
  }
}

function credentialsOf({ clientId, clientSecret }: OAuthApp, grant: OAuthGrant): Credentials {
  return {
    accessToken: grant.accessToken,
    ...(grant.refreshToken === undefined ? {} : { refreshToken: grant.refreshToken }),
    ...(grant.expiresAt === undefined ? {} : { accessTokenExpiresAt: grant.expiresAt }),
    ...(grant.scopes === undefined ? {} : { scopes: grant.scopes.join(' ') }),
    clientId,
    ...(clientSecret === '' ? {} : { clientSecret }),
  };
}

/** `POST /2/oauth2/token`; a confidential client proves itself by Basic, a public one names itself in the form. */
function askToken(
  app: Pick<OAuthApp, 'clientId' | 'clientSecret' | 'apiBaseUrl' | 'proxyUrl'>,
  form: Readonly<Record<string, string>>,
): Promise<HttpAnswer> {
  const { clientId, clientSecret, proxyUrl } = app;
  const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64');
  return call(proxyUrl === undefined ? {} : { proxyUrl }, {
    method: 'POST',
    url: `${apiBase(app)}/2/oauth2/token`,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(clientSecret === '' ? {} : { authorization: `Basic ${basic}` }),
    },
    body: new URLSearchParams({ ...form, client_id: clientId }).toString(),
    timeoutMs: TIMEOUT_MS,
  });
}

function grantOf(json: unknown, now: number): OAuthGrant | undefined {
  const body = record(json);
  const accessToken = ownString(body, 'access_token');
  if (accessToken === undefined) return undefined;
  const refreshToken = ownString(body, 'refresh_token');
  const seconds = integer(own(body, 'expires_in'));
  const scope = ownString(body, 'scope');
  return {
    accessToken,
    ...(refreshToken === undefined ? {} : { refreshToken }),
    ...(seconds === undefined ? {} : { expiresAt: new Date(now + seconds * 1000).toISOString() }),
    ...(scope === undefined ? {} : { scopes: scope.split(/\s+/).filter(Boolean) }),
  };
}

function refusalOf(answer: HttpAnswer): string {
  if (answer.kind === 'no_answer') return answer.reason;
  const error = ownString(record(answer.json), 'error');
  return `X refuses the login (${answer.status}${error === undefined ? '' : `, ${error.slice(0, 60)}`}). Begin again.`;
}

/**
 * Renews the access token. The refresh token is good once: both come new and must be stored together, and two renewals at
 * a time would spend one token twice, so the caller holds a lock.
 */
export async function renew(
  { settings }: Pick<ConnectedChannel, 'settings'>,
  credentials: Credentials,
  until: Date,
  now: number,
): Promise<RefreshOutcome> {
  const { refreshToken, clientId, clientSecret = '', accessTokenExpiresAt, proxyUrl } = credentials;
  if (!refreshToken) return { status: 'not_needed' };
  const ends = Date.parse(accessTokenExpiresAt ?? '');
  if (ends >= until.getTime()) return { status: 'not_needed' };
  if (!clientId)
    return {
      status: 'reconnect',
      reason: 'The token cannot be renewed without the app’s client id.',
      code: 'client_missing',
    };
  const { apiBaseUrl } = settings;
  const answer = await askToken(
    { clientId, clientSecret, apiBaseUrl, proxyUrl },
    { grant_type: 'refresh_token', refresh_token: refreshToken },
  );
  if (answer.kind === 'no_answer') return { status: 'retry', reason: answer.reason };
  if (answer.status === 429 || answer.status >= 500)
    return { status: 'retry', reason: `X cannot renew the token now (${answer.status}).`, afterMs: 60_000 };
  const grant = answer.ok ? grantOf(answer.json, now) : undefined;
  if (!grant) return { status: 'reconnect', reason: refusalOf(answer), code: 'refresh_refused' };
  const expiresAt = grant.expiresAt;
  return {
    status: 'refreshed',
    credentials: {
      accessToken: grant.accessToken,
      ...(grant.refreshToken === undefined ? {} : { refreshToken: grant.refreshToken }),
      ...(expiresAt === undefined ? {} : { accessTokenExpiresAt: expiresAt }),
      ...(grant.scopes === undefined ? {} : { scopes: grant.scopes.join(' ') }),
    },
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}
