import { type JsonObject, type WebhookEvent } from '../meta/events';
import { cloudError, NAMED_ERRORS } from './errors';
import { status } from './events';
import {
  authenticate,
  needScope,
  numberOf,
  object,
  text,
  type GraphAnswer,
  type GraphCall,
  type GraphContext,
} from './graph-call';
import { type Message, type PhoneNumber, type Template, type Thread } from './world';

const DAY_MS = 86_400_000;
const MEDIA_KINDS = ['image', 'video', 'audio', 'document', 'sticker'];

/**
 * `POST /{phone-number-id}/messages`. What is wrong with the call is refused at once; what is wrong with the person or the
 * window is accepted, and a `failed` status follows.
 */
export function sendMessage(context: GraphContext, call: GraphCall): GraphAnswer {
  const token = authenticate(context, call);
  needScope(token, 'whatsapp_business_messaging');
  const number = numberOf(context, token, call.node);
  const { params } = call;
  if (text(params, 'messaging_product') !== 'whatsapp')
    throw cloudError(100, 'The parameter messaging_product is required.');
  if (number.status !== 'CONNECTED') throw cloudError(133010, 'Phone number not registered');
  const input = text(params, 'recipient') ?? text(params, 'to');
  const person = input === undefined ? undefined : context.world.personBy(input);
  if (input === undefined) throw cloudError(131008, 'Required parameter is missing', "Parameter 'to' is mandatory");
  if (input === number.display) throw cloudError(131021, 'Recipient cannot be sender');
  const reaction = text(params, 'type') === 'reaction' ? readReaction(params) : undefined;
  const shown = reaction ? { text: '', template: false } : readContent(context, number, params);
  const callbackData = text(params, 'biz_opaque_callback_data') ?? null;
  if (!person) return accepted(input, context.world.wamid());
  const thread = context.world.thread(number.id, person.key);
  if (number.blocked.has(person.phone) || number.blocked.has(person.userId))
    throw cloudError(130403, 'User is blocked by the business');
  if (!context.world.takePair(thread)) throw NAMED_ERRORS.pair_rate_limit();
  const quotes = text(object(params, 'context') ?? {}, 'message_id') ?? null;
  if (quotes !== null && !thread.messages.some(({ id }) => id === quotes))
    throw cloudError(131009, 'Parameter value is not valid', 'The quoted message is unknown.');
  if (reaction) return react(context, thread, input, { ...reaction, callbackData });
  const over = { fromAccount: true, text: shown.text, callbackData, quotes };
  const failure = failureOf(context, number, thread, shown.template);
  const message = context.world.addMessage(thread, { ...over, state: failure ? 'failed' : 'delivered' });
  if (failure) return { ...accepted(input, message.id), events: [failedStatus(context, thread, message, failure)] };
  const effect = { kind: 'direct_message' as const, accountId: number.id, id: message.id, target: person.userId };
  context.effects.record({ ...effect, at: message.createdMs, text: shown.text, metadata: callbackData });
  const events = ['sent', 'delivered'].map((state) => status(context.world, thread, message, state));
  return { ...accepted(input, message.id), events };
}

interface Reaction {
  messageId: string;
  /** Empty takes it back. */
  emoji: string;
}

function readReaction(params: JsonObject): Reaction {
  const body = object(params, 'reaction') ?? {};
  const [messageId, emoji] = [text(body, 'message_id'), body['emoji']];
  if (messageId === undefined || typeof emoji !== 'string')
    throw cloudError(131008, 'Required parameter is missing', 'reaction.message_id and reaction.emoji are mandatory');
  if (emoji !== '' && !/^\p{Extended_Pictographic}/u.test(emoji))
    throw cloudError(131009, 'Parameter value is not valid', 'reaction.emoji must be an emoji');
  return { messageId, emoji };
}

/** Accepted like a message; the window, or a message that is not there, only shows in the status. */
function react(
  context: GraphContext,
  thread: Thread,
  input: string,
  { messageId, emoji, callbackData }: Reaction & { callbackData: string | null },
): GraphAnswer {
  const { world, effects } = context;
  const number = world.number(thread.numberId);
  const target = thread.messages.find(({ id }) => id === messageId);
  const failure = failureOf(context, number, thread, false) ?? (target ? undefined : 'reaction_target');
  const rest = { fromAccount: true, text: '', quotes: null, createdMs: world.now(), callbackData };
  const made: Message = { ...rest, id: world.wamid(), state: failure ? 'failed' : 'sent' };
  if (failure || !target)
    return { ...accepted(input, made.id), events: [failedStatus(context, thread, made, failure ?? 'reaction_target')] };
  if (emoji === '') delete target.reaction;
  else target.reaction = emoji;
  const kind = emoji === '' ? ('unlike' as const) : ('like' as const);
  const to = { accountId: number.id, id: messageId, target: world.person(thread.personKey).userId };
  effects.record({ ...to, kind, at: world.now(), text: null, metadata: emoji });
  return { ...accepted(input, made.id), events: [status(world, thread, made, 'sent')] };
}

const accepted = (input: string, id: string): GraphAnswer => ({
  body: {
    messaging_product: 'whatsapp',
    contacts: [{ input, wa_id: input }],
    messages: [{ id, message_status: 'accepted' }],
  },
});

type Failure = keyof typeof NAMED_ERRORS;

function failureOf(context: GraphContext, number: PhoneNumber, thread: Thread, template: boolean): Failure | undefined {
  if (context.world.person(thread.personKey).blocked.has(number.id)) return 'undeliverable';
  const since = context.world.now() - (thread.lastInboundMs ?? -Infinity);
  return !template && since > DAY_MS ? 'window_closed' : undefined;
}

function failedStatus(context: GraphContext, thread: Thread, message: Message, failure: Failure): WebhookEvent {
  const { code, message: title, error_data: data } = NAMED_ERRORS[failure]().body;
  return status(context.world, thread, message, 'failed', [{ code, title, message: title, error_data: data }]);
}

/** What the person will see. */
function readContent(
  context: GraphContext,
  number: PhoneNumber,
  params: JsonObject,
): { text: string; template: boolean } {
  const type = text(params, 'type') ?? 'text';
  const body = object(params, type);
  if (!body) throw cloudError(131008, 'Required parameter is missing', `Parameter '${type}' is mandatory`);
  if (type === 'template') return { text: filledTemplate(context, number, body), template: true };
  if (type === 'text') {
    const words = text(body, 'body') ?? '';
    if (words === '') throw cloudError(131008, 'Required parameter is missing', 'text.body is mandatory');
    if (Array.from(words).length > 4096) throw cloudError(100, 'Param text[body] must be at most 4096 characters long');
    return { text: words, template: false };
  }
  if (!MEDIA_KINDS.includes(type)) throw cloudError(131051, 'Unsupported message type');
  return { text: `(${mediaName(context, type, body)}) ${text(body, 'caption') ?? ''}`.trim(), template: false };
}

function mediaName(context: GraphContext, type: string, body: JsonObject): string {
  const [id, link] = [text(body, 'id'), text(body, 'link')];
  if (id === undefined && link === undefined)
    throw cloudError(131008, 'Required parameter is missing', `${type}.id or ${type}.link is mandatory`);
  if (id === undefined) return `${type} ${link}`;
  const media = context.world.media.get(id);
  if (!media) throw cloudError(131009, 'Parameter value is not valid', 'The media id is unknown.');
  return `${type} ${text(body, 'filename') ?? media.mimeType} ${media.bytes.length}`;
}

function filledTemplate({ world }: GraphContext, number: PhoneNumber, body: JsonObject): string {
  const [name, language] = [text(body, 'name'), text(object(body, 'language') ?? {}, 'code')];
  const template = world.waba(number.wabaId).templates.find((one) => one.name === name && one.language === language);
  if (!template) throw cloudError(132001, 'Template name does not exist in the translation');
  if (template.status === 'PAUSED') throw cloudError(132015, 'Template is paused');
  if (template.status !== 'APPROVED') throw cloudError(132016, 'Template is disabled');
  const given = (body['components'] ?? []) as JsonObject[];
  return ['HEADER', 'BODY']
    .map((type) => filledPart(template, type, given))
    .join('\n')
    .trim();
}

function filledPart(template: Template, type: string, given: readonly JsonObject[]): string {
  const source = text(template.components.find((part) => part['type'] === type) ?? {}, 'text') ?? '';
  const parameters = (given.find((part) => part['type'] === type.toLowerCase())?.['parameters'] ?? []) as JsonObject[];
  const blanks = new Set(source.match(/\{\{\d+\}\}/g) ?? []).size;
  if (blanks !== parameters.length)
    throw cloudError(132000, 'Number of parameters does not match', `expected ${blanks}, got ${parameters.length}`);
  return source.replaceAll(/\{\{(\d+)\}\}/g, (_, at: string) => String(parameters[Number(at) - 1]?.['text']));
}

/** `POST|DELETE /{phone-number-id}/block_users`: only who wrote within a day can be blocked. */
export function blockUsers(context: GraphContext, call: GraphCall): GraphAnswer {
  const { world, effects } = context;
  const number = numberOf(context, authenticate(context, call), call.node);
  const asked = (call.params['block_users'] ?? []) as JsonObject[];
  const done: JsonObject[] = [];
  const refused: JsonObject[] = [];
  for (const item of asked) {
    const input = text(item, 'user') ?? text(item, 'user_id') ?? '';
    const person = world.personBy(input);
    const recent = person && world.now() - (world.thread(number.id, person.key).lastInboundMs ?? 0) < DAY_MS;
    if (!person || (call.method === 'POST' && !recent)) {
      const reason = {
        code: 139_103,
        message: 'Failed to block',
        error_data: { details: 'Has not messaged in 24 hours.' },
      };
      refused.push({ input, errors: [reason] });
      continue;
    }
    for (const known of [person.phone, person.userId])
      if (call.method === 'POST') number.blocked.add(known);
      else number.blocked.delete(known);
    const kind = call.method === 'POST' ? ('block' as const) : ('unblock' as const);
    const rest = { id: person.userId, target: person.userId, text: null, metadata: null };
    effects.record({ at: world.now(), kind, accountId: number.id, ...rest });
    done.push({ input, wa_id: person.phone });
  }
  const name = call.method === 'POST' ? 'added_users' : 'removed_users';
  return { body: { messaging_product: 'whatsapp', block_users: { [name]: done, failed_users: refused } } };
}
