import type { Credentials } from '../../channel';
import type { RefreshOutcome } from '../../credentials';
import type { HttpAnswer } from '../../egress';
import type { ConnectableAccount, OAuthApp, OAuthExchange, OAuthGrant, OAuthNetwork } from '../../oauth-network';
import { compact, id, integer, record, string } from '../json';
import { consentPage, itemsIn, YouTubeClient } from './youtube.client';
import { outcomeOf } from './youtube.errors';

const SCOPE = 'https://www.googleapis.com/auth/youtube.force-ssl';

export const GOOGLE_SCOPES: OAuthNetwork['scopes'] = [
  {
    scope: SCOPE,
    why: { fa: 'خواندن، پاسخ دادن و مدیریت دیدگاه‌های کانال', en: 'Read, answer and moderate the channel’s comments' },
  },
];

/** `youtube` is the wider scope of the same family and does as well. */
const ENOUGH = new Set([SCOPE, 'https://www.googleapis.com/auth/youtube']);
export const missingScopes = (granted: readonly string[]): string[] =>
  granted.some((scope) => ENOUGH.has(scope)) ? [] : [SCOPE];

export function googleOAuth(now: () => number): OAuthNetwork {
  return {
    name: 'google',
    kinds: ['youtube'],
    scopes: GOOGLE_SCOPES,
    pkce: true,
    authorizeUrl({ clientId, apiBaseUrl }, { redirectUri, state, codeChallenge }) {
      const url = new URL(consentPage(apiBaseUrl));
      const query = {
        response_type: 'code',
        client_id: clientId,
        redirect_uri: redirectUri,
        state,
        scope: SCOPE,
        // Without both there is no refresh token; the choice of account is where brand channels are picked.
        access_type: 'offline',
        prompt: 'consent select_account',
        ...(codeChallenge === undefined ? {} : { code_challenge: codeChallenge, code_challenge_method: 'S256' }),
      };
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
      return url.toString();
    },
    async exchange(app, { code, redirectUri, codeVerifier }): Promise<OAuthExchange> {
      const answer = await clientOf(app).login('/token', {
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        client_id: app.clientId,
        client_secret: app.clientSecret,
        ...(codeVerifier === undefined ? {} : { code_verifier: codeVerifier }),
      });
      const grant = grantOf(answer, now());
      return grant ? { status: 'granted', grant } : { status: 'refused', reason: tokenRefusal(answer) };
    },
    async accounts(app, grant) {
      const call = {
        method: 'GET',
        path: 'channels',
        query: { part: 'snippet', mine: 'true', maxResults: '50' },
      } as const;
      const answer = await clientOf(app, grant.accessToken).call(call);
      if (answer.kind !== 'answer' || !answer.ok) return { status: 'refused', reason: outcomeOf(answer, now()).reason };
      const accounts = itemsIn(answer.json).flatMap((item): ConnectableAccount[] => {
        const externalId = id(item['id']);
        const snippet = record(item['snippet']);
        if (externalId === undefined) return [];
        return [
          compact({
            kind: 'youtube' as const,
            externalId,
            name: string(snippet?.['title']) ?? externalId,
            handle: string(snippet?.['customUrl']),
            avatarUrl: string(record(record(snippet?.['thumbnails'])?.['default'])?.['url']),
            credentials: credentialsOf(app, grant),
            missingScopes: grant.scopes === undefined ? [] : missingScopes(grant.scopes),
            problem:
              grant.refreshToken === undefined
                ? 'Google gave no refresh token. Remove the app’s access in your Google account and connect again.'
                : undefined,
          }),
        ];
      });
      return { status: 'found', accounts };
    },
  };
}

const clientOf = ({ apiBaseUrl, proxyUrl }: OAuthApp, accessToken = '') =>
  new YouTubeClient(
    apiBaseUrl === undefined ? {} : { apiBaseUrl },
    proxyUrl === undefined ? { accessToken } : { accessToken, proxyUrl },
  );

const credentialsOf = (
  app: OAuthApp,
  { accessToken, refreshToken, expiresAt, refreshExpiresAt }: OAuthGrant,
): Credentials => ({
  accessToken,
  clientId: app.clientId,
  clientSecret: app.clientSecret,
  // An end that is not told any more takes away the one that was: the app has been published.
  ...(refreshToken === undefined ? {} : { refreshToken, refreshTokenExpiresAt: refreshExpiresAt ?? '' }),
  ...(expiresAt === undefined ? {} : { accessTokenExpiresAt: expiresAt }),
});

function grantOf(answer: HttpAnswer, now: number): OAuthGrant | undefined {
  const body = answer.kind === 'answer' && answer.ok ? record(answer.json) : undefined;
  const accessToken = string(body?.['access_token']);
  if (accessToken === undefined) return undefined;
  const at = (seconds: number | undefined) =>
    seconds === undefined ? undefined : new Date(now + seconds * 1000).toISOString();
  return compact({
    accessToken,
    refreshToken: string(body?.['refresh_token']),
    expiresAt: at(integer(body?.['expires_in'])),
    // only where consent ends: for a time, or of an app in testing (7 days)
    refreshExpiresAt: at(integer(body?.['refresh_token_expires_in'])),
    scopes: string(body?.['scope'])
      ?.split(' ')
      .filter((scope) => scope !== ''),
  });
}

function tokenRefusal(answer: HttpAnswer): string {
  if (answer.kind === 'no_answer') return answer.reason;
  const error = string(record(answer.json)?.['error']) ?? `HTTP ${answer.status}`;
  const testing =
    error === 'invalid_grant' ? ' Apps still in testing lose their access after 7 days: publish the app.' : '';
  return `Google gives no token (${error.slice(0, 100)}). Connect the channel again.${testing}`;
}

/** A new access token, good for an hour. Google keeps the refresh token the same. */
export async function refreshGoogle(
  client: YouTubeClient,
  { accessTokenExpiresAt, refreshToken, clientId, clientSecret }: Credentials,
  until: Date,
  now: number,
): Promise<RefreshOutcome> {
  const endsAt = Date.parse(accessTokenExpiresAt ?? '');
  if (endsAt > until.getTime()) return { status: 'not_needed' };
  if (!refreshToken || !clientId || !clientSecret) {
    const reason =
      'The access token cannot be renewed without refresh token, client id and client secret. Connect again.';
    return { status: 'reconnect', reason, code: 'refresh_missing' };
  }
  const form = {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: clientId,
    client_secret: clientSecret,
  };
  const answer = await client.login('/token', form);
  const grant = grantOf(answer, now);
  if (grant) {
    const { expiresAt, refreshExpiresAt } = grant;
    const credentials = {
      accessToken: grant.accessToken,
      ...(grant.refreshToken === undefined ? {} : { refreshToken: grant.refreshToken }),
      ...(expiresAt === undefined ? {} : { accessTokenExpiresAt: expiresAt }),
      ...(refreshExpiresAt === undefined ? {} : { refreshTokenExpiresAt: refreshExpiresAt }),
    };
    return { status: 'refreshed', credentials, ...(expiresAt === undefined ? {} : { expiresAt }) };
  }
  if (answer.kind === 'no_answer' || answer.status >= 500 || answer.status === 429 || answer.ok)
    return { status: 'retry', reason: tokenRefusal(answer) };
  return { status: 'reconnect', reason: tokenRefusal(answer), code: 'refresh_refused' };
}
