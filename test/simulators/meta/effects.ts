export type EffectKind =
  | 'public_reply'
  | 'top_level_comment'
  | 'private_reply'
  | 'direct_message'
  | 'hide'
  | 'unhide'
  | 'delete'
  | 'like'
  | 'unlike'
  | 'edit'
  | 'block'
  | 'unblock'
  | 'sender_action';

/** One thing the business did that a customer or the public could see. */
export interface Effect {
  seq: number;
  /** Simulator time, ms since 1970. */
  at: number;
  kind: EffectKind;
  accountId: string;
  /** Id of what came into being, or of what was changed. */
  id: string;
  /** What it was aimed at: a comment, a post, or a person's scoped id. */
  target: string;
  text: string | null;
  metadata: string | null;
}

/** What became visible, in order. A checker reads it beside the database: it does not pass through the app at all. */
export class EffectLog {
  readonly all: Effect[] = [];

  record(effect: Omit<Effect, 'seq'>): void {
    this.all.push({ seq: this.all.length + 1, ...effect });
  }

  /**
   * Groups of texts the customer saw more than once: the same outbox id in `metadata`, or, where the call carries none,
   * the same text under the same target.
   */
  duplicates(): Effect[][] {
    const groups = new Map<string, Effect[]>();
    for (const effect of this.all) {
      if (effect.text === null) continue;
      const key = effect.metadata ?? `${effect.kind}|${effect.accountId}|${effect.target}|${effect.text}`;
      const group = groups.get(key);
      if (group) group.push(effect);
      else groups.set(key, [effect]);
    }
    return [...groups.values()].filter((group) => group.length > 1);
  }
}
