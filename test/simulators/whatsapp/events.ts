import { type JsonObject, type WebhookEvent } from '../meta/events';
import { type Message, type Person, type PhoneNumber, type Thread, type World } from './world';

const seconds = (ms: number) => String(Math.floor(ms / 1000));

export function change(number: PhoneNumber, field: string, value: JsonObject): WebhookEvent {
  const metadata = { display_phone_number: number.display, phone_number_id: number.id };
  const content = { value: { messaging_product: 'whatsapp', metadata, ...value }, field };
  return { object: 'whatsapp_business_account', accountId: number.wabaId, part: 'changes', field, content };
}

/** A change of the whole account, which names no number. */
export function accountChange(wabaId: string, field: string, value: JsonObject): WebhookEvent {
  return { object: 'whatsapp_business_account', accountId: wabaId, part: 'changes', field, content: { value, field } };
}

const contact = ({ name, username, phone, userId, hidesPhone }: Person): JsonObject => ({
  profile: { name, ...(username === null ? {} : { username }) },
  ...(hidesPhone ? {} : { wa_id: phone }),
  user_id: userId,
});

/** A customer's message: `content` is `{ type, <type>: … }` and whatever else it carries. */
export function inbound(world: World, thread: Thread, message: Message, content: JsonObject): WebhookEvent {
  const person = world.person(thread.personKey);
  const item = {
    ...(message.quotes === null
      ? {}
      : { context: { from: world.number(thread.numberId).display, id: message.quotes } }),
    ...(person.hidesPhone ? {} : { from: person.phone }),
    from_user_id: person.userId,
    id: message.id,
    timestamp: seconds(message.createdMs),
    ...content,
  };
  return change(world.number(thread.numberId), 'messages', { contacts: [contact(person)], messages: [item] });
}

export function status(
  world: World,
  thread: Thread,
  message: Message,
  state: string,
  errors?: readonly JsonObject[],
): WebhookEvent {
  const person = world.person(thread.personKey);
  const item = {
    id: message.id,
    status: state,
    timestamp: seconds(world.now()),
    ...(person.hidesPhone ? {} : { recipient_id: person.phone }),
    recipient_user_id: person.userId,
    ...(message.callbackData === null ? {} : { biz_opaque_callback_data: message.callbackData }),
    ...(errors ? { errors } : {}),
  };
  return change(world.number(thread.numberId), 'messages', { statuses: [item] });
}

/** What a colleague does in the phone app. */
export function echo(world: World, thread: Thread, message: Message, content: JsonObject): WebhookEvent {
  const number = world.number(thread.numberId);
  const person = world.person(thread.personKey);
  const item = {
    from: number.display,
    to: person.phone,
    id: message.id,
    timestamp: seconds(message.createdMs),
    ...content,
  };
  return change(number, 'smb_message_echoes', { message_echoes: [item] });
}

/** The one-time history of a number that also lives in the phone app. */
export function history(world: World, thread: Thread): WebhookEvent {
  const number = world.number(thread.numberId);
  const person = world.person(thread.personKey);
  const messages = thread.messages.map(({ id, fromAccount, text, createdMs }) => ({
    from: fromAccount ? number.display : person.phone,
    ...(fromAccount ? { to: person.phone } : {}),
    id,
    timestamp: seconds(createdMs),
    type: 'text',
    text: { body: text },
    history_context: { status: 'READ' },
  }));
  const chunk = { metadata: { phase: 0, chunk_order: 1, progress: 100 }, threads: [{ id: person.phone, messages }] };
  return change(number, 'history', { history: [chunk] });
}
