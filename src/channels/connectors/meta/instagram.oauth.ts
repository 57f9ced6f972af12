import type { ChannelKind, Credentials } from '../../channel';
import { call as egress } from '../../egress';
import type { OAuthApp, OAuthExchange, OAuthGrant, OAuthNetwork, OAuthScope } from '../../oauth-network';
import { MetaClient } from './meta.client';
import { readMetaError, repeatable } from './meta.errors';
import { compact, id, list, record, string, type JsonRecord } from '../json';
import { endOf, neededScopes } from './meta.tokens';

const CONSENT = 'https://www.instagram.com';
const TOKENS = 'https://api.instagram.com';
const TIMEOUT_MS = 15_000;

/** Source: Instagram API with Instagram Login, "Business login". */
const SCOPES: readonly OAuthScope[] = [
  { scope: 'instagram_business_basic', why: { fa: 'دیدن حساب و پست‌ها', en: 'seeing the account and its posts' } },
  {
    scope: 'instagram_business_manage_comments',
    why: { fa: 'خواندن و پاسخ کامنت‌ها', en: 'reading and answering comments' },
  },
  {
    scope: 'instagram_business_manage_messages',
    why: { fa: 'خواندن و پاسخ دایرکت', en: 'reading and answering direct messages' },
  },
];

/** Instagram Login: a professional account by itself, without a Page; the Instagram app has a secret of its own. */
export class InstagramOAuth implements OAuthNetwork {
  readonly name = 'instagram';
  readonly kinds: readonly ChannelKind[] = ['instagram'];
  readonly scopes = SCOPES;
  readonly pkce = false;

  constructor(private readonly now: () => number = Date.now) {}

  authorizeUrl(app: OAuthApp, { redirectUri, state }: { redirectUri: string; state: string }): string {
    const url = new URL(`${base(app, CONSENT)}/oauth/authorize`);
    const query = {
      client_id: app.clientId,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: SCOPES.map(({ scope }) => scope).join(','),
      state,
    };
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url.toString();
  }

  /** The code gives a token of an hour, which is changed for one of sixty days that `refresh` renews. */
  async exchange(app: OAuthApp, answer: { code: string; redirectUri: string }): Promise<OAuthExchange> {
    const form = new URLSearchParams({
      client_id: app.clientId,
      client_secret: app.clientSecret,
      grant_type: 'authorization_code',
      redirect_uri: answer.redirectUri,
      code: answer.code.replace(/#_$/, ''), // Instagram hangs it on the way back; it is no part of the code
    });
    const given = await egress(proxied(app, {}), {
      method: 'POST',
      url: `${base(app, TOKENS)}/oauth/access_token`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
      timeoutMs: TIMEOUT_MS,
    });
    if (given.kind === 'no_answer') return { status: 'refused', reason: given.reason };
    const short = given.ok ? grantBody(given.json) : undefined;
    const shortToken = string(short?.['access_token']);
    if (!short || shortToken === undefined) {
      const { code, status } = readMetaError(given.json, given.status);
      return { status: 'refused', reason: `Instagram refuses the login (${code}, HTTP ${status}). Begin again.` };
    }
    const query = { grant_type: 'ig_exchange_token', client_secret: app.clientSecret, access_token: shortToken };
    const long = await this.client(app, {}).call({ method: 'GET', path: ['access_token'], query, as: 'nobody' });
    if (long.kind !== 'ok') return { status: 'refused', reason: repeatable(long).reason };
    const accessToken = string(long.body['access_token']);
    if (!accessToken) return { status: 'refused', reason: 'Instagram gave no token for this login. Begin again.' };
    const scopes = scopesOf(short['permissions']);
    const expiresAt = endOf(long.body, this.now());
    return {
      status: 'granted',
      grant: { accessToken, ...(expiresAt === undefined ? {} : { expiresAt }), ...(scopes ? { scopes } : {}) },
    };
  }

  async accounts(app: OAuthApp, grant: OAuthGrant): ReturnType<OAuthNetwork['accounts']> {
    const client = this.client(app, { accessToken: grant.accessToken, appSecret: app.clientSecret });
    const query = { fields: 'user_id,username,name,profile_picture_url' };
    const reply = await client.call({ method: 'GET', path: ['me'], query });
    if (reply.kind !== 'ok') return { status: 'refused', reason: repeatable(reply).reason };
    // `id` is the app's own name of the account; webhooks carry `user_id`.
    const externalId = id(reply.body['user_id']);
    if (externalId === undefined)
      return { status: 'refused', reason: 'Instagram did not say whose account this is. Is it a professional one?' };
    const username = string(reply.body['username']);
    const account = compact({
      kind: 'instagram' as const,
      externalId,
      name: string(reply.body['name']) ?? username ?? externalId,
      handle: username,
      avatarUrl: string(reply.body['profile_picture_url']),
      credentials: {
        accessToken: grant.accessToken,
        appSecret: app.clientSecret,
        appId: app.clientId,
        ...(grant.expiresAt === undefined ? {} : { accessTokenExpiresAt: grant.expiresAt }),
        ...(grant.scopes ? { scopes: grant.scopes.join(' ') } : {}),
      },
      settings: compact({ apiBaseUrl: app.apiBaseUrl, login: 'instagram', username }),
      missingScopes: neededScopes('instagram', true).filter((scope) => grant.scopes?.includes(scope) === false),
    });
    return { status: 'found', accounts: [account] };
  }

  private client(app: OAuthApp, credentials: Credentials): MetaClient {
    const settings = { login: 'instagram', ...(app.apiBaseUrl === undefined ? {} : { apiBaseUrl: app.apiBaseUrl }) };
    return new MetaClient(settings, proxied(app, credentials));
  }
}

const base = ({ apiBaseUrl }: OAuthApp, host: string) => (apiBaseUrl ?? host).replace(/\/+$/, '');

const proxied = ({ proxyUrl }: OAuthApp, credentials: Credentials): Credentials =>
  proxyUrl ? { ...credentials, proxyUrl } : credentials;

/** Bare, or as the only item of `data`: both forms are printed. */
function grantBody(json: unknown): JsonRecord | undefined {
  const body = record(json);
  return record(list(body?.['data'])[0]) ?? body;
}

/** A list, or one text with commas. */
function scopesOf(value: unknown): string[] | undefined {
  if (typeof value === 'string') return value.split(',').filter(Boolean);
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : undefined;
}
