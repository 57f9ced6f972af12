export const DELIVERY_STATES = ['queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'unknown'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** How much is known of a message's way: a state is never replaced by one that says less. */
const KNOWN: Record<DeliveryState, number> = {
  queued: 0,
  sending: 1,
  unknown: 2,
  failed: 3,
  sent: 4,
  delivered: 5,
  read: 6,
};

/** Whether a receipt says more than we know. A failure after `sent` counts: the network took it and then gave it up. */
export function isForward(from: string | null, to: DeliveryState): boolean {
  if (from === null || !(from in KNOWN)) return false;
  if (to === 'failed') return from === 'queued' || from === 'sending' || from === 'unknown' || from === 'sent';
  return KNOWN[to] > KNOWN[from as DeliveryState];
}
