/**
 * How many calls to each channel this process has under way. Without a bound one network that answers nothing would hold
 * every slot until its calls time out, and all others would wait for it.
 */
export class CallsUnderWay {
  private readonly counts = new Map<string, number>();

  constructor(private readonly atMost: number) {}

  /** @returns false when the channel has its share; nothing is taken then */
  take(channelId: string): boolean {
    const count = this.counts.get(channelId) ?? 0;
    if (count >= this.atMost) return false;
    this.counts.set(channelId, count + 1);
    return true;
  }

  release(channelId: string): void {
    const count = (this.counts.get(channelId) ?? 0) - 1;
    if (count > 0) this.counts.set(channelId, count);
    else this.counts.delete(channelId);
  }
}
