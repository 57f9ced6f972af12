const REMEMBERED = 10_000; // chats under a limit at once; each is a hint only

/**
 * Limits the network has spoken of. It limits each chat and the bot as a whole but does not say which it meant: a second
 * chat limited while the first still is, means the bot. Lost on restart, learnt again at once.
 */
export class FloodHints {
  private readonly until = new Map<string, number>();

  constructor(private readonly now: () => number) {}

  /** @returns who has to wait */
  limited(channelId: string, chat: string, afterMs: number): 'message' | 'channel' {
    const now = this.now();
    const others = [...this.until].some(
      ([key, until]) => until > now && key !== keyOf(channelId, chat) && key.startsWith(`${channelId}\n`),
    );
    if (this.until.size >= REMEMBERED) this.until.delete(this.until.keys().next().value!);
    this.until.set(keyOf(channelId, chat), now + afterMs);
    return others ? 'channel' : 'message';
  }

  /** Milliseconds this chat still has to wait; 0 when it has not. */
  wait(channelId: string, chat: string): number {
    const key = keyOf(channelId, chat);
    const left = (this.until.get(key) ?? 0) - this.now();
    if (left <= 0) this.until.delete(key);
    return Math.max(0, left);
  }
}

const keyOf = (channelId: string, chat: string) => `${channelId}\n${chat}`;
