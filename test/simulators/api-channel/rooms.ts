import type { ApiEvent } from '../../../src/channels/connectors/api-channel/client/pasokh-channel.mjs';

/** One thing the brand did that people could see. */
export interface RoomEffect {
  kind: 'message' | 'edit' | 'hide' | 'unhide' | 'delete' | 'like' | 'unlike' | 'block' | 'unblock';
  /** Id of what came into being, or of what was changed. */
  id: string;
  /** Whom or what it was aimed at. */
  target: string;
  text: string | null;
  /** The id the sender gave it. */
  outboundId: string | null;
  attachments: readonly string[];
}

interface RoomMessage {
  id: string;
  thread: ApiEvent['thread'];
  by: string;
  text: string;
  version: number;
}

/**
 * A network nobody has heard of: rooms in which people write, and a wall with posts and comments. Everything that happens
 * is an event with a number, so that it can be read again.
 */
export class Rooms {
  readonly events: ApiEvent[] = [];
  readonly effects: RoomEffect[] = [];
  readonly messages = new Map<string, RoomMessage>();
  /** Our id of what it was sent as, by the id the sender gave it. */
  readonly taken = new Map<string, string>();
  private count = 0;

  constructor(
    private readonly idBase: string,
    private readonly now: () => number,
    private readonly tell: (events: readonly ApiEvent[]) => void,
  ) {}

  nextId(prefix: string): string {
    this.count += 1;
    return `${prefix}${this.idBase}${String(this.count).padStart(4, '0')}`;
  }

  happen(event: Omit<ApiEvent, 'id' | 'at'>): ApiEvent {
    const told = { ...event, id: this.nextId('evt-'), at: new Date(this.now()).toISOString() } as ApiEvent;
    this.events.push(told);
    this.tell([told]);
    return told;
  }

  readonly act = {
    dm: ({ by, text, attachments }: { by: string; text: string; attachments?: readonly object[] }) =>
      this.write(by, { id: `room-${by}`, kind: 'dm' }, { text, attachments }),
    comment: ({ by, post, text, under }: { by: string; post: string; text: string; under?: string }) =>
      this.write(by, { id: `${post}-${by}`, kind: 'comment', post: { id: post } }, { text, parentId: under }),
    edit: ({ message, text }: { message: string; text: string }) => {
      const found = this.find(message);
      found.version += 1;
      found.text = text;
      const { thread, version, by } = found;
      return this.happen({ type: 'edit', thread, messageId: message, text, version, author: { id: by } });
    },
    remove: ({ message }: { message: string }) =>
      this.happen({ type: 'delete', thread: this.find(message).thread, messageId: message, by: 'contact' }),
    react: ({ by, message, emoji }: { by: string; message: string; emoji: string }) => {
      const { thread } = this.find(message);
      return this.happen({ type: 'reaction', thread, messageId: message, author: { id: by }, action: 'add', emoji });
    },
    receipt: ({ message, status }: { message: string; status: string }) =>
      this.happen({ type: 'receipt', thread: this.find(message).thread, status, messageIds: [message] }),
    leave: ({ by }: { by: string }) => this.happen({ type: 'identity', person: { id: by }, reachable: false }),
    publish: ({ post, text }: { post: string; text: string }) =>
      this.happen({ type: 'post', post: { id: post, text } }),
  };

  /** The brand's message becomes visible, and comes back as an echo that names it. */
  deliver(outboundId: string, recipient: string, text: string, attachments: readonly string[]): string {
    const id = this.nextId('m-');
    const thread = { id: `room-${recipient}`, kind: 'dm' as const };
    this.taken.set(outboundId, id);
    this.messages.set(id, { id, thread, by: 'brand', text, version: 0 });
    this.effects.push({ kind: 'message', id, target: recipient, text, outboundId, attachments });
    this.happen({
      type: 'message',
      thread,
      messageId: id,
      direction: 'out',
      author: { id: 'brand' },
      contact: { id: recipient },
      text,
      outboundMessageId: outboundId,
      ...(text === '' ? { attachments: [{ kind: 'file' }] } : {}),
    });
    return id;
  }

  private write(by: string, thread: NonNullable<ApiEvent['thread']>, over: Record<string, unknown>): ApiEvent {
    const id = this.nextId('m-');
    this.messages.set(id, { id, thread, by, text: String(over['text']), version: 0 });
    return this.happen({ type: 'message', thread, messageId: id, author: { id: by, name: by }, ...over });
  }

  private find(id: string): RoomMessage {
    const message = this.messages.get(id);
    if (!message) throw new Error(`There is no message ${id} in any room.`);
    return message;
  }
}
