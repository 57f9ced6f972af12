export type EffectKind = 'message' | 'edit' | 'delete' | 'reaction' | 'ban' | 'unban' | 'callback_answer';

/** A file as it reached the network: its bytes when they were uploaded, else where it was fetched from. */
export interface SentFile {
  type: string;
  url: string | null;
  bytes: Buffer | null;
  name: string | null;
}

/** One thing the bot did that somebody could see. */
export interface Effect {
  seq: number;
  /** Simulator time, ms since 1970. */
  at: number;
  kind: EffectKind;
  chatId: number;
  messageId: number | null;
  /** Text, caption, emoji of a reaction, id of who was banned. */
  text: string | null;
  replyTo: number | null;
  threadId: number | null;
  connection: string | null;
  files: readonly SentFile[];
}

/** What became visible, in order. A checker reads it beside the database: it does not pass through the app at all. */
export class EffectLog {
  readonly all: Effect[] = [];

  record(effect: Pick<Effect, 'at' | 'kind' | 'chatId' | 'messageId' | 'text'> & Partial<Effect>): void {
    this.all.push({ replyTo: null, threadId: null, connection: null, files: [], ...effect, seq: this.all.length + 1 });
  }

  /** Texts that somebody saw more than once in one chat, as an answer to the same thing. */
  duplicates(): Effect[][] {
    const groups = new Map<string, Effect[]>();
    for (const effect of this.all) {
      if (effect.kind !== 'message' || effect.text === null) continue;
      const key = [effect.connection, effect.chatId, effect.replyTo, effect.text].join('|');
      const group = groups.get(key);
      if (group) group.push(effect);
      else groups.set(key, [effect]);
    }
    return [...groups.values()].filter((group) => group.length > 1);
  }
}
