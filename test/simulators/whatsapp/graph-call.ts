import { type EffectLog } from '../meta/effects';
import { type JsonObject, type WebhookEvent } from '../meta/events';
import { appSecretProof } from '../meta/wire';
import { cloudError, gone, NAMED_ERRORS } from './errors';
import { type PhoneNumber, type Token, type Waba, type World } from './world';

export interface GraphSettings {
  appId: string;
  appSecret: string;
  /** Refuse calls without `appsecret_proof`. */
  requireProof: boolean;
}

export interface GraphContext extends GraphSettings {
  world: World;
  effects: EffectLog;
  /** Where this server is. */
  origin: string;
  /** Asks a callback address whether it is ours, as Meta does before it takes one. */
  handshake(url: string, verifyToken: string): Promise<boolean>;
  /** Later deliveries go there. */
  redirect(url: string): void;
}

export interface GraphCall {
  method: string;
  node: string;
  edge: string;
  /** Query and body together; the body wins. */
  params: JsonObject;
  /** The file of a multipart body. */
  file: { bytes: Buffer; name: string; mimeType: string } | null;
  authorization: string | undefined;
}

export interface GraphAnswer {
  body: unknown;
  /** Webhooks that follow from the call. */
  events?: WebhookEvent[];
}

export function text(params: JsonObject, name: string): string | undefined {
  const value = params[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

export function object(params: JsonObject, name: string): JsonObject | undefined {
  const value = params[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** Who calls. An ended, unknown or foreign token, and a proof that does not fit, are refused as the real API does. */
export function authenticate(context: GraphContext, { params, authorization }: GraphCall): Token {
  const value = authorization?.startsWith('Bearer ') ? authorization.slice(7) : text(params, 'access_token');
  const token = value === undefined ? undefined : context.world.tokens.get(value);
  if (value === undefined) throw cloudError(104, 'An access token is required', undefined, 401);
  if (!token) throw cloudError(190, 'Invalid OAuth access token', undefined, 401);
  const ended = token.expiresAt !== 0 && token.expiresAt * 1000 <= context.world.now();
  if (!token.valid || ended) throw NAMED_ERRORS.token_expired();
  const proof = text(params, 'appsecret_proof');
  if (proof === undefined && context.requireProof)
    throw cloudError(100, 'API calls from the server require an appsecret_proof argument');
  if (proof !== undefined && proof !== appSecretProof(context.appSecret, value))
    throw cloudError(100, 'Invalid appsecret_proof provided in the API argument');
  return token;
}

/** Calls about tokens and the app's webhook are made with the app's own token. */
export function authenticateApp(context: GraphContext, { params }: GraphCall): void {
  if (text(params, 'access_token') !== `${context.appId}|${context.appSecret}`)
    throw cloudError(190, 'Invalid OAuth access token signature', undefined, 401);
}

export function needScope(token: Token, scope: string): void {
  if (!token.scopes.includes(scope))
    throw cloudError(200, `Requires ${scope} permission to manage the object`, undefined, 403);
}

export function numberOf(context: GraphContext, token: Token, id: string): PhoneNumber {
  const number = context.world.numbers.get(id);
  if (!number || !token.wabaIds.includes(number.wabaId)) throw gone(id);
  return number;
}

export function wabaOf(context: GraphContext, token: Token, id: string): Waba {
  const waba = context.world.wabas.get(id);
  if (!waba || !token.wabaIds.includes(id)) throw gone(id);
  return waba;
}
