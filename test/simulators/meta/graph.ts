import { type GraphAnswer, type GraphCall, type GraphContext, actingAccount, text } from './graph-call';
import {
  answerMention,
  deleteComment,
  likeComment,
  replyOnFacebook,
  replyOnInstagram,
  updateComment,
} from './graph-comments';
import { graphError, recordedError } from './graph-errors';
import { type JsonObject } from './events';
import { sendMessage, uploadAttachment } from './graph-messages';
import { listAccounts, listComments, listConversations, listPermissions, listPosts, readNode } from './graph-reads';
import { answerOAuth } from './graph-oauth';
import { appSecretProof } from './wire';
import { ALL_FIELDS, type Token, type World } from './world';

type Handler = (context: GraphContext, call: GraphCall) => GraphAnswer;

/** Every call the simulator knows: method, a blank, and the edge (empty for the node itself). */
const ROUTES: Record<string, Handler> = {
  'POST messages': sendMessage,
  'POST message_attachments': uploadAttachment,
  'POST comments': replyOnFacebook,
  'POST replies': replyOnInstagram,
  'POST mentions': answerMention,
  'POST likes': likeComment,
  'DELETE likes': likeComment,
  'POST ': updateComment,
  'DELETE ': deleteComment,
  'GET comments': listComments,
  'GET replies': listComments,
  'GET feed': listPosts,
  'GET posts': listPosts,
  'GET media': listPosts,
  'GET conversations': listConversations,
  'GET accounts': listAccounts,
  'GET permissions': listPermissions,
  'GET ': readNode,
  'GET subscribed_apps': subscription,
  'POST subscribed_apps': subscription,
  'DELETE subscribed_apps': subscription,
};

export interface GraphRequest {
  method: string;
  /** Path with or without the leading version. */
  path: string;
  params: JsonObject;
  authorization: string | undefined;
  origin: string;
}

export interface GraphRules {
  appSecret: string;
  /** Whether every call must carry `appsecret_proof`. */
  requireProof: boolean;
}

export function answerGraph(context: GraphContext, rules: GraphRules, request: GraphRequest): GraphAnswer {
  const [node = '', edge = '', ...more] = withoutVersion(request.path)
    .split('/')
    .filter(Boolean)
    .map(decodeURIComponent);
  if (node === 'debug_token') return debugToken(context, rules, request.params);
  const login = answerOAuth(context, rules, request, [node, edge].filter(Boolean).join('/'));
  if (login) return login;
  if (node === context.appId && edge === 'subscriptions') return appSubscriptions(context, rules, request);
  const token = authenticate(context.world, rules, request);
  const handler = ROUTES[`${request.method} ${edge}`];
  if (!handler || more.length > 0 || node === '') throw graphError(2500, 'Unknown path components', undefined, 400);
  const self = node === 'me' ? (token.accountIds[0] ?? '') : node;
  const address = request.origin + request.path;
  return handler(context, { method: request.method, node: self, edge, params: request.params, token, address });
}

export function withoutVersion(path: string): string {
  return path.replace(/^\/v\d+\.\d+(?=\/)/, '');
}

function authenticate(world: World, rules: GraphRules, { params, authorization }: GraphRequest): Token {
  const bearer = authorization?.startsWith('Bearer ') ? authorization.slice(7) : undefined;
  const value = bearer ?? text(params, 'access_token');
  if (value === undefined)
    throw graphError(104, 'An access token is required to request this resource.', undefined, 401);
  const token = world.tokens.get(value);
  if (!token) throw graphError(190, 'Invalid OAuth access token - Cannot parse access token', undefined, 401);
  if (token.state === 'expired' || (token.endsMs !== null && token.endsMs <= world.now()))
    throw recordedError('token_expired');
  if (token.state === 'password_changed') throw recordedError('token_password_changed');
  const proof = text(params, 'appsecret_proof');
  if (proof === undefined) {
    if (rules.requireProof) throw graphError(100, 'API calls from the server require an appsecret_proof argument');
  } else if (proof !== appSecretProof(rules.appSecret, value, text(params, 'appsecret_time'))) {
    throw graphError(100, 'Invalid appsecret_proof provided in the API argument');
  }
  return token;
}

function requireAppToken(context: GraphContext, rules: GraphRules, params: JsonObject): void {
  if (text(params, 'access_token') !== `${context.appId}|${rules.appSecret}`) throw recordedError('token_expired');
}

function debugToken(context: GraphContext, rules: GraphRules, params: JsonObject): GraphAnswer {
  requireAppToken(context, rules, params);
  const token = context.world.tokens.get(text(params, 'input_token') ?? '');
  if (!token)
    return { body: { data: { is_valid: false, error: { code: 190, message: 'Invalid OAuth access token.' } } } };
  const valid = token.state === 'valid';
  const facts = {
    app_id: context.appId,
    type: token.kind.toUpperCase(),
    profile_id: token.accountIds[0],
    expires_at: token.endsMs === null ? 0 : Math.floor(token.endsMs / 1000),
    data_access_expires_at: Math.floor(context.world.now() / 1000) + 90 * 86_400,
  };
  const error = valid
    ? {}
    : { error: { code: 190, subcode: token.state === 'expired' ? 463 : 460, message: 'Expired' } };
  return { body: { data: { ...facts, is_valid: valid, scopes: token.scopes, ...error } } };
}

/** `/{app}/subscriptions` with the app's own token: where webhooks go, by object. */
function appSubscriptions(context: GraphContext, rules: GraphRules, { method, params }: GraphRequest): GraphAnswer {
  requireAppToken(context, rules, params);
  const { appWebhooks } = context.world;
  if (method === 'GET') {
    const data = [...appWebhooks].map(([object, { callbackUrl, fields, active }]) => ({
      object,
      callback_url: callbackUrl,
      active,
      fields: fields.map((name) => ({ name, version: 'v26.0' })),
    }));
    return { body: { data } };
  }
  const object = text(params, 'object') ?? '';
  const callbackUrl = text(params, 'callback_url');
  if (!['page', 'instagram', 'permissions', 'whatsapp_business_account'].includes(object) || callbackUrl === undefined)
    throw graphError(100, 'The parameters object and callback_url are required');
  if (text(params, 'verify_token') === undefined) throw graphError(100, 'The parameter verify_token is required');
  const fields = (text(params, 'fields') ?? '').split(',').filter(Boolean);
  appWebhooks.set(object, { callbackUrl, fields, active: true });
  return { body: { success: true } };
}

/** `/{account}/subscribed_apps`. A field of Instagram's on the Page edge is refused, as integrators have found. */
function subscription(context: GraphContext, call: GraphCall): GraphAnswer {
  const account = actingAccount(context, call, call.node);
  if (call.method === 'GET') {
    if (account.subscribed.size === 0) return { body: { data: [] } };
    return { body: { data: [{ id: context.appId, name: 'Care', subscribed_fields: [...account.subscribed] }] } };
  }
  if (call.method === 'DELETE') {
    account.subscribed.clear();
    return { body: { success: true } };
  }
  const fields = (text(call.params, 'subscribed_fields') ?? '').split(',').filter(Boolean);
  if (fields.length === 0) throw graphError(100, 'The parameter subscribed_fields is required');
  const allowed = ALL_FIELDS[account.platform];
  const wrong = fields.find((field) => !allowed.includes(field));
  if (wrong !== undefined) throw graphError(100, `Param subscribed_fields[0] must be one of {${allowed.join(', ')}}`);
  account.subscribed = new Set(fields);
  return { body: { success: true } };
}
