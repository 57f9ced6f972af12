import { type JsonObject, type WebhookEvent } from '../meta/events';
import { accountChange, change, echo, history, inbound, status } from './events';
import { digest, type Message, type Person, type Thread, type World } from './world';

interface By {
  /** The person's key. */
  by: string;
  /** The number written to; the first one when left out. */
  number?: string;
}
interface Said extends By {
  replyTo?: string;
}

const UNKNOWN_TYPE = {
  code: 131051,
  title: 'Message type unknown',
  message: 'Message type unknown',
  error_data: { details: 'Message type is currently not supported.' },
};

/** What people do, each a method of one plain JSON argument; each tells the app by webhook. */
export class CustomerActions {
  constructor(
    private readonly world: World,
    private readonly emit: (events: readonly WebhookEvent[]) => void,
  ) {}

  dm(action: Said & { text: string; forwarded?: boolean; referral?: JsonObject }): { id: string } {
    return this.say(action, action.text, {
      type: 'text',
      text: { body: action.text },
      ...(action.referral ? { referral: action.referral } : {}),
      ...(action.forwarded ? { context: { forwarded: true } } : {}),
    });
  }

  /** `kind`: image, video, audio, document or sticker; `bytes` in base64. */
  file(action: Said & { kind: string; bytes?: string; mimeType?: string; caption?: string; name?: string }): {
    id: string;
    mediaId: string;
  } {
    const { kind, caption, name = null } = action;
    const bytes = Buffer.from(action.bytes ?? 'bXk=', 'base64');
    const media = this.world.addMedia(action.mimeType ?? 'image/jpeg', bytes, name);
    const body = {
      id: media.id,
      mime_type: media.mimeType,
      sha256: digest(bytes, 'base64'),
      ...(caption === undefined ? {} : { caption }),
      ...(name === null ? {} : { filename: name }),
    };
    return { ...this.say(action, caption ?? `(${kind})`, { type: kind, [kind]: body }), mediaId: media.id };
  }

  /** Several files at once: separate messages of nearly one instant, as WhatsApp has no albums. */
  album(action: By & { count: number; caption?: string }): { ids: string[] } {
    const ids = Array.from({ length: action.count }, (_, at) =>
      this.file({ ...action, kind: 'image', caption: at === 0 ? action.caption : undefined }),
    );
    return { ids: ids.map(({ id }) => id) };
  }

  place(action: Said & { latitude: number; longitude: number; name?: string }): { id: string } {
    const { latitude, longitude, name } = action;
    return this.say(action, name ?? '(location)', {
      type: 'location',
      location: { latitude, longitude, ...(name === undefined ? {} : { name }) },
    });
  }

  choose(action: Said & { id: string; title: string; list?: boolean }): { id: string } {
    const type = action.list ? 'list_reply' : 'button_reply';
    const interactive = { type, [type]: { id: action.id, title: action.title } };
    return this.say(action, action.title, { type: 'interactive', interactive });
  }

  /** Without an emoji the reaction is taken back. */
  react({ by, messageId, emoji }: { by: string; messageId: string; emoji?: string }): void {
    const { thread } = this.world.message(messageId);
    const reaction = { message_id: messageId, ...(emoji === undefined ? {} : { emoji }) };
    const number = thread.numberId;
    this.tell({ by, number }, { type: 'reaction', reaction });
  }

  /** The person edits something: WhatsApp says only that. */
  edit(action: By): void {
    this.tell(action, { type: 'unsupported', unsupported: { type: 'edit' }, errors: [UNKNOWN_TYPE] });
  }

  /** A kind the Cloud API does not know: a poll, a game, … */
  strange(action: By): void {
    this.tell(action, { type: 'unsupported', errors: [UNKNOWN_TYPE] });
  }

  /** The person's phone shows everything sent so far. */
  read({ by, number }: By): void {
    const thread = this.threadOf({ by, number });
    const unread = thread.messages.filter((message) => message.fromAccount && message.state === 'delivered');
    for (const message of unread) message.state = 'read';
    this.emit(unread.map((message) => status(this.world, thread, message, 'read')));
  }

  /** A new phone number brings a new user id. */
  changeNumber({ by, number, phone, userId }: By & { phone: string; userId: string }): void {
    const person = this.world.person(by);
    const before = { ...person };
    Object.assign(person, { phone, userId });
    const system = {
      body: `User ${person.name} changed from ${before.phone} to ${phone}`,
      type: 'user_changed_number',
      wa_id: phone,
      user_id: userId,
      previous_user_id: before.userId,
    };
    this.system({ by, number }, { ...(before.hidesPhone ? {} : { from: before.phone }), system });
  }

  changeUserId({ by, number, userId }: By & { userId: string }): void {
    const person = this.world.person(by);
    const before = person.userId;
    person.userId = userId;
    const body = `User changed from ${before} to ${userId}`;
    this.system({ by, number }, { system: { body, user_id: userId, type: 'user_changed_user_id' } });
  }

  block({ by, number, blocked }: By & { blocked: boolean }): void {
    const { blocked: numbers } = this.world.person(by);
    const { id } = this.world.number(number);
    if (blocked) numbers.add(id);
    else numbers.delete(id);
  }

  /** A colleague answers in the phone app. */
  answerFromPhone({ text, ...to }: By & { text: string }): { id: string } {
    const thread = this.threadOf(to);
    const message = this.world.addMessage(thread, { fromAccount: true, text, state: 'delivered' });
    this.emit([echo(this.world, thread, message, { type: 'text', text: { body: text } })]);
    return { id: message.id };
  }

  editFromPhone({ messageId, text }: { messageId: string; text: string }): void {
    const { thread, message } = this.world.message(messageId);
    message.text = text;
    const edit = { original_message_id: messageId, message: { type: 'text', text: { body: text } } };
    const marker = { ...message, id: this.world.wamid(), createdMs: this.world.now() };
    this.emit([echo(this.world, thread, marker, { type: 'edit', edit })]);
  }

  revokeFromPhone({ messageId }: { messageId: string }): void {
    const { thread, message } = this.world.message(messageId);
    const marker = { ...message, id: this.world.wamid(), createdMs: this.world.now() };
    this.emit([echo(this.world, thread, marker, { type: 'revoke', revoke: { original_message_id: messageId } })]);
  }

  /** WhatsApp hands over what the phone app has of this thread. */
  shareHistory(action: By): void {
    this.emit([history(this.world, this.threadOf(action))]);
  }

  reviewTemplate({ name, event, number }: { name: string; event: string; number?: string }): void {
    const waba = this.world.waba(this.world.number(number).wabaId);
    const template = waba.templates.find((one) => one.name === name);
    if (template) template.status = event;
    const value = { event, message_template_name: name, message_template_language: template?.language ?? 'fa' };
    this.emit([accountChange(waba.id, 'message_template_status_update', value)]);
  }

  private say(action: Said, text: string, content: JsonObject): { id: string } {
    const thread = this.threadOf(action);
    const message = this.world.addMessage(thread, { fromAccount: false, text, quotes: action.replyTo ?? null });
    this.deliver(thread, message, content);
    return { id: message.id };
  }

  /** Something that is an event of its own, and no message of the thread. */
  private tell(action: By, content: JsonObject): void {
    const thread = this.threadOf(action);
    thread.lastInboundMs = this.world.now();
    this.deliver(thread, this.marker(), content);
  }

  private deliver(thread: Thread, message: Message, content: JsonObject): void {
    const blocked = this.world.number(thread.numberId).blocked;
    const { phone, userId }: Person = this.world.person(thread.personKey);
    if (blocked.has(phone) || blocked.has(userId)) return;
    this.emit([inbound(this.world, thread, message, content)]);
  }

  private system({ number }: By, item: JsonObject): void {
    const { id, createdMs } = this.marker();
    const timestamp = String(Math.floor(createdMs / 1000));
    const message = { id, timestamp, type: 'system', ...item };
    this.emit([change(this.world.number(number), 'messages', { messages: [message] })]);
  }

  private marker(): Message {
    const rest = { callbackData: null, quotes: null, state: 'sent' as const, fromAccount: false, text: '' };
    return { id: this.world.wamid(), createdMs: this.world.now(), ...rest };
  }

  private threadOf({ by, number }: By): Thread {
    return this.world.thread(this.world.number(number).id, by);
  }
}
