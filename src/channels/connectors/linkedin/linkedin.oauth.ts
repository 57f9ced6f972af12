import type { Credentials } from '../../channel';
import type { RefreshOutcome } from '../../credentials';
import type { HttpAnswer } from '../../egress';
import type { ConnectableAccount, OAuthApp, OAuthExchange, OAuthGrant, OAuthNetwork } from '../../oauth-network';
import { compact, integer, record, string } from '../json';
import { authorizationPage, LinkedInClient } from './linkedin.client';
import { outcomeOf } from './linkedin.errors';
import { recordsIn } from './linkedin.pull';
import { encoded, organizationId, urn, urnParts } from './linkedin.urns';
import { nameOf } from './parse-facts';

/** linkedin.md §1. The `_social_feed` twins of the first two give the same rights under newer approvals. */
export const LINKEDIN_SCOPES: OAuthNetwork['scopes'] = [
  { scope: 'r_organization_social', why: { fa: 'خواندن دیدگاه‌های صفحه', en: 'Read the page’s comments' } },
  { scope: 'w_organization_social', why: { fa: 'پاسخ دادن به نام صفحه', en: 'Answer as the page' } },
  {
    scope: 'rw_organization_admin',
    why: { fa: 'فهرست صفحه‌ها و دریافت آنی دیدگاه‌ها', en: 'List your pages and receive comments at once' },
  },
];

/** A scope counts as granted under either of its two names (linkedin.md §8). */
export function missingScopes(granted: readonly string[]): string[] {
  const has = new Set(granted);
  return LINKEDIN_SCOPES.map(({ scope }) => scope).filter((scope) => !has.has(scope) && !has.has(`${scope}_feed`));
}

const ROLES = new Set(['ADMINISTRATOR']);
const MOST_PAGES = 50;

export function linkedInOAuth(now: () => number): OAuthNetwork {
  const clientOf = ({ apiBaseUrl, proxyUrl }: OAuthApp, accessToken = '') =>
    new LinkedInClient(
      apiBaseUrl === undefined ? {} : { apiBaseUrl },
      proxyUrl === undefined ? { accessToken } : { accessToken, proxyUrl },
    );
  return {
    name: 'linkedin',
    kinds: ['linkedin'],
    scopes: LINKEDIN_SCOPES,
    pkce: false,
    authorizeUrl({ clientId, apiBaseUrl }, { redirectUri, state }) {
      const url = new URL(authorizationPage(apiBaseUrl));
      const scope = LINKEDIN_SCOPES.map((one) => one.scope).join(' ');
      const query = { response_type: 'code', client_id: clientId, redirect_uri: redirectUri, state, scope };
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
      return url.toString();
    },
    async exchange(app, { code, redirectUri }): Promise<OAuthExchange> {
      const answer = await clientOf(app).login('/oauth/v2/accessToken', {
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        client_id: app.clientId,
        client_secret: app.clientSecret,
      });
      const grant = grantOf(answer, now());
      return grant ? { status: 'granted', grant } : { status: 'refused', reason: tokenRefusal(answer) };
    },
    async accounts(app, grant) {
      const client = clientOf(app, grant.accessToken);
      const roles = await client.call({
        method: 'GET',
        path: '/organizationAcls',
        query: `q=roleAssignee&state=APPROVED&count=${MOST_PAGES}`,
      });
      if (roles.kind !== 'answer' || !roles.ok) return { status: 'refused', reason: outcomeOf(roles, now()).reason };
      const accounts: ConnectableAccount[] = [];
      for (const role of recordsIn(roles.json)) {
        const externalId = organizationId(role['organization'] ?? role['organizationTarget']);
        if (externalId === undefined || accounts.some((account) => account.externalId === externalId)) continue;
        // few pages, and each name is a call of its own
        const page = await client.call({ method: 'GET', path: `/organizations/${encoded(externalId)}` });
        const facts = page.kind === 'answer' && page.ok ? record(page.json) : undefined;
        const member = urnParts(urn(role['roleAssignee']) ?? '')?.id;
        const allowed = ROLES.has(string(role['role']) ?? '');
        accounts.push(
          compact({
            kind: 'linkedin' as const,
            externalId,
            name: nameOf(facts) ?? `LinkedIn ${externalId}`,
            handle: string(facts?.['vanityName']),
            credentials: credentialsOf(app, grant),
            settings: member === undefined ? undefined : { memberId: member },
            missingScopes: grant.scopes === undefined ? [] : missingScopes(grant.scopes),
            problem: allowed ? undefined : 'You are not an administrator of this page.',
          }),
        );
      }
      return { status: 'found', accounts };
    },
  };
}

const credentialsOf = (app: OAuthApp, grant: OAuthGrant): Credentials =>
  compact({
    accessToken: grant.accessToken,
    appSecret: app.clientSecret,
    clientId: app.clientId,
    ...(grant.refreshToken === undefined ? {} : { refreshToken: grant.refreshToken }),
    ...(grant.expiresAt === undefined ? {} : { accessTokenExpiresAt: grant.expiresAt }),
    ...(grant.refreshExpiresAt === undefined ? {} : { refreshTokenExpiresAt: grant.refreshExpiresAt }),
  });

function grantOf(answer: HttpAnswer, now: number): OAuthGrant | undefined {
  const body = answer.kind === 'answer' && answer.ok ? record(answer.json) : undefined;
  const accessToken = string(body?.['access_token']);
  if (accessToken === undefined) return undefined;
  const scopes = string(body?.['scope'])
    ?.split(/[\s,]+/)
    .filter((scope) => scope !== '');
  return compact({
    accessToken,
    refreshToken: string(body?.['refresh_token']),
    expiresAt: inSeconds(now, body?.['expires_in']),
    refreshExpiresAt: inSeconds(now, body?.['refresh_token_expires_in']),
    scopes,
  });
}

function inSeconds(now: number, value: unknown): string | undefined {
  const seconds = integer(value);
  return seconds === undefined ? undefined : new Date(now + seconds * 1000).toISOString();
}

function tokenRefusal(answer: HttpAnswer): string {
  if (answer.kind === 'no_answer') return answer.reason;
  const error = string(record(answer.json)?.['error']) ?? `HTTP ${answer.status}`;
  return `LinkedIn gives no token (${error.slice(0, 100)}). Start connecting again.`;
}

/**
 * A new access token (60 days) from the refresh token (365 days, which a renewal does not lengthen). Without one the
 * token is used to its end: connecting again is the only way then.
 */
export async function refreshLinkedIn(
  client: LinkedInClient,
  credentials: Credentials,
  until: Date,
  now: number,
): Promise<RefreshOutcome> {
  const endsAt = Date.parse(credentials['accessTokenExpiresAt'] ?? '');
  if (!Number.isNaN(endsAt) && endsAt > until.getTime()) return { status: 'not_needed' };
  const { refreshToken, clientId, appSecret } = credentials;
  if (!refreshToken || !clientId || !appSecret) {
    if (!(endsAt <= now)) return { status: 'not_needed' };
    return {
      status: 'reconnect',
      reason: 'The access token has ended and cannot be renewed. Connect the page again.',
      code: 'token_expired',
    };
  }
  const answer = await client.login('/oauth/v2/accessToken', {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: clientId,
    client_secret: appSecret,
  });
  const grant = grantOf(answer, now);
  if (grant)
    return {
      status: 'refreshed',
      credentials: {
        accessToken: grant.accessToken,
        ...(grant.refreshToken === undefined ? {} : { refreshToken: grant.refreshToken }),
        ...(grant.expiresAt === undefined ? {} : { accessTokenExpiresAt: grant.expiresAt }),
        ...(grant.refreshExpiresAt === undefined ? {} : { refreshTokenExpiresAt: grant.refreshExpiresAt }),
      },
      ...(grant.expiresAt === undefined ? {} : { expiresAt: grant.expiresAt }),
    };
  if (answer.kind === 'no_answer' || answer.status >= 500 || answer.status === 429 || answer.ok)
    return { status: 'retry', reason: tokenRefusal(answer) };
  return { status: 'reconnect', reason: tokenRefusal(answer), code: 'refresh_refused' };
}
