export type RubikaUpdate = Readonly<Record<string, unknown>> & { type: string };

/** One thing the bot did that people could see. */
export interface RubikaEffect {
  kind: 'message' | 'file' | 'edit' | 'delete' | 'ban' | 'unban';
  chatId: string;
  /** Message id, or the person banned. */
  id: string;
  text: string | null;
  replyTo: string | null;
  file: { name: string; type: string; bytes: Buffer } | null;
}

interface Message {
  chatId: string;
  text: string;
  by: string;
}

const CHAT = 'b0HxSim';
const USER = 'u0HxSim';
const GROUP = 'g0HxSim';

/** The people of Rubika, what they write, and what the bot shows them. */
export class Chats {
  /** Everything that happened, in order: what `getUpdates` gives. */
  readonly updates: RubikaUpdate[] = [];
  readonly effects: RubikaEffect[] = [];
  readonly messages = new Map<string, Message>();
  readonly files = new Map<string, { name: string; type: string; bytes: Buffer }>();
  readonly stopped = new Set<string>();
  private count = 0;

  constructor(
    private readonly base: number,
    private readonly now: () => number,
    private readonly tell: (update: RubikaUpdate) => void,
  ) {}

  readonly chatOf = (person: string) => CHAT + person;
  readonly userOf = (person: string) => USER + person;
  readonly groupOf = (group: string) => GROUP + group;

  /** Eighteen digits, more than a number holds. */
  nextId(): string {
    this.count += 1;
    return `2042${String(this.base).padStart(8, '0').slice(-8)}${String(this.count).padStart(6, '0')}`;
  }

  readonly act = {
    start: ({ by }: { by: string }) => this.status(by, 'StartedBot'),
    stop: ({ by }: { by: string }) => this.status(by, 'StoppedBot'),
    dm: ({ by, text, replyTo }: { by: string; text: string; replyTo?: string }) =>
      this.write(this.chatOf(by), by, { text, ...(replyTo === undefined ? {} : { reply_to_message_id: replyTo }) }),
    group: ({ by, group, text }: { by: string; group: string; text: string }) =>
      this.write(this.groupOf(group), by, { text }),
    file: ({ by, name, content, text = '' }: { by: string; name: string; content: string; text?: string }) => {
      const bytes = Buffer.from(content, 'utf8');
      const fileId = `F${this.nextId()}`;
      this.files.set(fileId, { name, type: 'File', bytes });
      const file = { file_id: fileId, file_name: name, size: String(bytes.length) };
      return this.write(this.chatOf(by), by, { text, file });
    },
    edit: ({ message, text }: { message: string; text: string }) => {
      const found = this.find(message);
      found.text = text;
      const told = { message_id: message, text, time: this.seconds(), is_edited: true, ...sender(found.by) };
      return this.happen({ type: 'UpdatedMessage', chat_id: found.chatId, updated_message: told });
    },
    remove: ({ message }: { message: string }) =>
      this.happen({ type: 'RemovedMessage', chat_id: this.find(message).chatId, removed_message_id: message }),
    press: ({ by, message, button, text }: { by: string; message: string; button: string; text: string }) => {
      const chatId = this.find(message).chatId;
      const aux = { start_id: null, button_id: button };
      const told = { sender_id: this.userOf(by), text, message_id: message, chat_id: chatId, aux_data: aux };
      return this.happen({ type: 'InlineMessage', ...told });
    },
  };

  find(id: string): Message {
    const message = this.messages.get(id);
    if (!message) throw new Error(`There is no message ${id}.`);
    return message;
  }

  /** The bot's message becomes visible. @returns its id */
  show(effect: Omit<RubikaEffect, 'id'>): string {
    const id = this.nextId();
    this.messages.set(id, { chatId: effect.chatId, text: effect.text ?? '', by: 'bot' });
    this.effects.push({ ...effect, id });
    return id;
  }

  private status(by: string, type: 'StartedBot' | 'StoppedBot'): string {
    const chatId = this.chatOf(by);
    if (type === 'StoppedBot') this.stopped.add(chatId);
    else this.stopped.delete(chatId);
    return this.happen({ type, chat_id: chatId });
  }

  private write(chatId: string, by: string, over: Record<string, unknown>): string {
    const id = this.nextId();
    this.messages.set(id, { chatId, text: String(over['text']), by });
    const told = { message_id: id, time: this.seconds(), is_edited: false, ...sender(by), ...over };
    return this.happen({ type: 'NewMessage', chat_id: chatId, new_message: told }, id);
  }

  private happen(update: RubikaUpdate, id = ''): string {
    const told = { ...update, update_time: Math.floor(this.now() / 1000) };
    this.updates.push(told);
    this.tell(told);
    return id;
  }

  private seconds(): string {
    return String(Math.floor(this.now() / 1000));
  }
}

const sender = (by: string) => ({ sender_type: 'User', sender_id: USER + by });
