let offsetMs = 0;

/** Learns how far the server's clock is ahead of ours, from an answer that named its time. */
export function measureOffset(serverTime: string, askedAt: number, answeredAt: number): void {
  const server = Date.parse(serverTime);
  if (Number.isFinite(server)) offsetMs = server - (askedAt + answeredAt) / 2;
}

/** Now, by the server's clock, in epoch milliseconds. */
export const serverNow = (): number => Date.now() + offsetMs;

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One tick a second for the whole page. Subscribers should derive a string or a number: only a changed one repaints. */
export function onTick(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => listeners.forEach((tick) => tick()), 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}
