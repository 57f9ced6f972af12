import { type JsonObject } from '../meta/events';
import { cloudError, gone } from './errors';
import {
  authenticate,
  authenticateApp,
  needScope,
  numberOf,
  text,
  wabaOf,
  type GraphAnswer,
  type GraphCall,
  type GraphContext,
} from './graph-call';
import { blockUsers, sendMessage } from './graph-messages';
import { digest } from './world';

type Handler = (context: GraphContext, call: GraphCall) => GraphAnswer | Promise<GraphAnswer>;

/** Every call the simulator knows: method, a blank, and the edge (empty for the node itself). */
const ROUTES: Record<string, Handler> = {
  'POST messages': sendMessage,
  'POST media': uploadMedia,
  'POST register': register,
  'POST block_users': blockUsers,
  'DELETE block_users': blockUsers,
  'GET message_templates': listTemplates,
  'GET phone_numbers': listNumbers,
  'GET subscribed_apps': accountSubscription,
  'POST subscribed_apps': accountSubscription,
  'DELETE subscribed_apps': accountSubscription,
  'GET subscriptions': appSubscription,
  'POST subscriptions': appSubscription,
  'GET businesses': listBusinesses,
  'GET access_token': exchangeToken,
  'GET ': readNode,
};

export function answerGraph(context: GraphContext, call: GraphCall): GraphAnswer | Promise<GraphAnswer> {
  if (call.node === 'debug_token') return debugToken(context, call);
  const handler = ROUTES[`${call.method} ${call.edge}`];
  if (!handler) throw cloudError(2500, 'Unknown path components');
  return handler(context, call);
}

function uploadMedia(context: GraphContext, call: GraphCall): GraphAnswer {
  numberOf(context, authenticate(context, call), call.node);
  const { file, params } = call;
  if (!file || text(params, 'messaging_product') !== 'whatsapp')
    throw cloudError(131008, 'Required parameter is missing', 'file and messaging_product are mandatory');
  return { body: { id: context.world.addMedia(text(params, 'type') ?? file.mimeType, file.bytes, file.name).id } };
}

function register(context: GraphContext, call: GraphCall): GraphAnswer {
  const number = numberOf(context, authenticate(context, call), call.node);
  if (text(call.params, 'pin') !== number.pin) throw cloudError(133005, 'Two step verification PIN Mismatch');
  number.status = 'CONNECTED';
  return { body: { success: true } };
}

/** A number, or a file of one of its threads: ids do not tell which. */
function readNode(context: GraphContext, call: GraphCall): GraphAnswer {
  const token = authenticate(context, call);
  const media = context.world.media.get(call.node);
  if (media) {
    return {
      body: {
        messaging_product: 'whatsapp',
        url: `${context.origin}/lookaside/${media.id}?ext=${Math.floor(context.world.now() / 1000) + 300}`,
        mime_type: media.mimeType,
        sha256: digest(media.bytes, 'hex'),
        file_size: String(media.bytes.length),
        id: media.id,
      },
    };
  }
  const number = numberOf(context, token, call.node);
  const entities = [
    { entity_type: 'PHONE_NUMBER', id: number.id, can_send_message: number.canSend },
    { entity_type: 'WABA', id: number.wabaId, can_send_message: 'AVAILABLE' },
  ];
  const facts: JsonObject = {
    id: number.id,
    display_phone_number: number.display,
    verified_name: number.name,
    quality_rating: number.quality,
    name_status: 'APPROVED',
    status: number.status,
    health_status: { can_send_message: number.canSend, entities },
  };
  const asked = text(call.params, 'fields')?.split(',') ?? ['display_phone_number', 'verified_name', 'quality_rating'];
  const unknown = asked.find((name) => !(name in facts) || context.world.unknownFields.has(name));
  if (unknown !== undefined) throw cloudError(100, `Tried accessing nonexisting field (${unknown})`);
  return { body: Object.fromEntries([...asked, 'id'].map((name) => [name, facts[name]])) };
}

/** One page after the other; cursors are offsets in disguise. */
function page(items: readonly JsonObject[], { params }: GraphCall): JsonObject {
  const limit = Math.max(1, Number(text(params, 'limit') ?? 25));
  const start = Number(text(params, 'after') ?? 0);
  const end = Math.min(items.length, start + limit);
  const next = end < items.length ? { next: 'https://graph.invalid/next' } : {};
  return { data: items.slice(start, end), paging: { cursors: { before: String(start), after: String(end) }, ...next } };
}

function listTemplates(context: GraphContext, call: GraphCall): GraphAnswer {
  const token = authenticate(context, call);
  needScope(token, 'whatsapp_business_management');
  const [status, name] = [text(call.params, 'status'), text(call.params, 'name')];
  const found = wabaOf(context, token, call.node).templates.filter(
    (template) =>
      (status === undefined || template.status === status) && (name === undefined || template.name.includes(name)),
  );
  return {
    body: page(
      found.map((template) => ({ ...template, parameter_format: 'POSITIONAL' })),
      call,
    ),
  };
}

function listNumbers(context: GraphContext, call: GraphCall): GraphAnswer {
  const waba = wabaOf(context, authenticate(context, call), call.node);
  const numbers = [...context.world.numbers.values()].filter(({ wabaId }) => wabaId === waba.id);
  const facts = numbers.map(({ id, display, name, status }) => ({
    id,
    display_phone_number: display,
    verified_name: name,
    status,
  }));
  return { body: page(facts, call) };
}

function listBusinesses(context: GraphContext, call: GraphCall): GraphAnswer {
  const token = authenticate(context, call);
  const owned = token.wabaIds.map((id) => ({ id, name: context.world.waba(id).name }));
  return { body: page([{ id: 'b1', owned_whatsapp_business_accounts: { data: owned } }], call) };
}

async function accountSubscription(context: GraphContext, call: GraphCall): Promise<GraphAnswer> {
  const token = authenticate(context, call);
  needScope(token, 'whatsapp_business_management');
  const waba = wabaOf(context, token, call.node);
  if (call.method === 'GET') {
    const app = { whatsapp_business_api_data: { id: context.appId, name: 'Care', link: 'https://example.com' } };
    const override = waba.override === null ? {} : { override_callback_uri: waba.override };
    return { body: { data: waba.subscribed ? [{ ...app, ...override }] : [] } };
  }
  waba.subscribed = call.method === 'POST';
  const override = text(call.params, 'override_callback_uri') ?? null;
  if (override !== null) await verify(context, override, text(call.params, 'verify_token') ?? '');
  waba.override = call.method === 'POST' ? override : null;
  if (override !== null) context.redirect(override);
  return { body: { success: true } };
}

async function appSubscription(context: GraphContext, call: GraphCall): Promise<GraphAnswer> {
  authenticateApp(context, call);
  if (call.node !== context.appId) throw gone(call.node);
  const { webhook } = context.world;
  if (call.method === 'GET') {
    const fields = webhook?.fields.map((name) => ({ name, version: 'v26.0' })) ?? [];
    const item = { object: 'whatsapp_business_account', callback_url: webhook?.url, active: true, fields };
    return { body: { data: webhook === null ? [] : [item] } };
  }
  const [url, verifyToken] = [text(call.params, 'callback_url') ?? '', text(call.params, 'verify_token') ?? ''];
  await verify(context, url, verifyToken);
  context.world.webhook = { url, verifyToken, fields: (text(call.params, 'fields') ?? '').split(',').filter(Boolean) };
  context.redirect(url);
  return { body: { success: true } };
}

async function verify(context: GraphContext, url: string, verifyToken: string): Promise<void> {
  if (!(await context.handshake(url, verifyToken)))
    throw cloudError(2200, 'Callback verification failed with the following errors: HTTP Status Code = 403');
}

function debugToken(context: GraphContext, call: GraphCall): GraphAnswer {
  authenticateApp(context, call);
  const token = context.world.tokens.get(text(call.params, 'input_token') ?? '');
  if (!token) return { body: { data: { is_valid: false, scopes: [], error: { code: 190, message: 'Invalid' } } } };
  const ended = token.expiresAt !== 0 && token.expiresAt * 1000 <= context.world.now();
  const data = {
    app_id: context.appId,
    type: 'SYSTEM_USER',
    is_valid: token.valid && !ended,
    expires_at: token.expiresAt,
    scopes: token.scopes,
    granular_scopes: token.scopes.map((scope) => ({ scope, target_ids: token.wabaIds })),
  };
  return { body: { data } };
}

/** A token of 60 days for one that still holds. */
function exchangeToken(context: GraphContext, { params }: GraphCall): GraphAnswer {
  const { world, appId, appSecret } = context;
  if (text(params, 'client_id') !== appId || text(params, 'client_secret') !== appSecret)
    throw cloudError(101, 'Error validating application. Cannot get application info.', undefined, 401);
  const old = world.tokens.get(text(params, 'fb_exchange_token') ?? '');
  if (!old?.valid || (old.expiresAt !== 0 && old.expiresAt * 1000 <= world.now()))
    throw cloudError(190, 'Session has expired', undefined, 401, 463);
  const seconds = 60 * 86_400;
  const value = `EAAInvented${world.nextId()}`;
  world.tokens.set(value, { ...old, value, expiresAt: Math.floor(world.now() / 1000) + seconds });
  return { body: { access_token: value, token_type: 'bearer', expires_in: seconds } };
}
