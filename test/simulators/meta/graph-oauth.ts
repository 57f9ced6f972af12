import { type GraphAnswer, type GraphContext, text } from './graph-call';
import { graphError } from './graph-errors';
import type { GraphRequest, GraphRules } from './graph';
import type { Token } from './world';

const HOUR_MS = 3_600_000;
const LONG_MS = 60 * 24 * HOUR_MS;

/** The token endpoints of both logins; undefined when the call is about something else. */
export function answerOAuth(
  context: GraphContext,
  rules: GraphRules,
  { method, params }: GraphRequest,
  path: string,
): GraphAnswer | undefined {
  const grant = text(params, 'grant_type');
  if (path === 'oauth/access_token' && grant === 'fb_exchange_token') {
    requireApp(context, rules, text(params, 'client_id'), text(params, 'client_secret'));
    return { body: renewed(context, text(params, 'fb_exchange_token'), 'user') };
  }
  if (path === 'oauth/access_token') {
    requireApp(context, rules, text(params, 'client_id'), text(params, 'client_secret'));
    return { body: redeemed(context, params, method === 'POST' ? 'instagram' : 'facebook') };
  }
  if (path === 'access_token' && grant === 'ig_exchange_token') {
    requireApp(context, rules, context.appId, text(params, 'client_secret'));
    return { body: renewed(context, text(params, 'access_token'), 'instagram') };
  }
  if (path === 'refresh_access_token' && grant === 'ig_refresh_token')
    return { body: renewed(context, text(params, 'access_token'), 'instagram') };
  return undefined;
}

function requireApp(
  context: GraphContext,
  rules: GraphRules,
  clientId: string | undefined,
  secret: string | undefined,
): void {
  if (clientId !== context.appId || secret !== rules.appSecret)
    throw graphError(101, 'Error validating client secret.', undefined, 400);
}

/** A code serves once, for the address it was asked for. */
function redeemed({ world }: GraphContext, params: GraphRequest['params'], network: 'facebook' | 'instagram'): unknown {
  const code = text(params, 'code') ?? '';
  const consent = world.consents.get(code);
  world.consents.delete(code);
  if (!consent || consent.network !== network || consent.redirectUri !== text(params, 'redirect_uri'))
    throw graphError(100, 'This authorization code has been used or is invalid.', 36009);
  const { accountIds, scopes } = consent;
  const value = world.ids.digits(network === 'instagram' ? 'IGAAShort' : 'EAAShort');
  const kind = network === 'instagram' ? 'instagram' : 'user';
  world.addToken(value, kind, accountIds, { scopes, endsMs: world.now() + HOUR_MS });
  if (network === 'facebook') return { access_token: value, token_type: 'bearer', expires_in: 3600 };
  return { data: [{ access_token: value, user_id: accountIds[0], permissions: scopes.join(',') }] };
}

function renewed({ world }: GraphContext, value: string | undefined, kind: Token['kind']): unknown {
  const old = world.tokens.get(value ?? '');
  if (!old || old.kind !== kind || old.state !== 'valid' || (old.endsMs ?? Infinity) <= world.now())
    throw graphError(190, 'The access token could not be decrypted', undefined, 400);
  const token = world.ids.digits(kind === 'instagram' ? 'IGAALong' : 'EAALong');
  world.addToken(token, kind, old.accountIds, { scopes: old.scopes, endsMs: world.now() + LONG_MS });
  return { access_token: token, token_type: 'bearer', expires_in: LONG_MS / 1000 };
}
