export const DELIVERY_STATES = ['queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'unknown'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/**
 * An outgoing message's life: what may follow what. Back to `queued` only when it is certainly not out, or a person said
 * so. The network's own word (echo, receipt) may come before our call returned and leave out steps; it ends doubt and
 * corrects a failure, and only a message nobody has confirmed as delivered can still fail.
 */
export const DELIVERY_MOVES: Record<DeliveryState, readonly DeliveryState[]> = {
  queued: ['sending', 'sent', 'delivered', 'read', 'failed'],
  sending: ['queued', 'unknown', 'sent', 'delivered', 'read', 'failed'],
  unknown: ['queued', 'sent', 'delivered', 'read', 'failed'],
  failed: ['queued', 'sent', 'delivered', 'read'],
  sent: ['delivered', 'read', 'failed'],
  delivered: ['read'],
  read: [],
};

/** A message in doubt is looked for so often; then a person decides: the window is written down in README. */
export const LOOKS_AT_MOST = 6;

const RETRY_MS = 5_000;
const RETRY_AT_MOST_MS = 10 * 60_000;

/** How long to leave a message alone that has been tried `times` before, in milliseconds: 5 s, 10 s, … 10 minutes. */
export const patience = (times: number): number => Math.min(RETRY_AT_MOST_MS, RETRY_MS * 2 ** Math.min(times, 20));

const isState = (text: string | null): text is DeliveryState => DELIVERY_STATES.some((state) => state === text);

export function mayMove(from: string | null, to: DeliveryState): boolean {
  return isState(from) && DELIVERY_MOVES[from].includes(to);
}

/** Whether a receipt says more than we know. A failure after `sent` counts: the network took it and then gave it up. */
export function isForward(from: string | null, to: DeliveryState): boolean {
  return to !== 'queued' && mayMove(from, to);
}
