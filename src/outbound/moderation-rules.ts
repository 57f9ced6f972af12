import type { ModerationAction, ThreadCapabilities } from '../channels/capabilities';

export const MODERATION_ACTIONS = [
  'hide',
  'unhide',
  'delete',
  'like',
  'unlike',
  'block',
  'unblock',
] as const satisfies readonly ModerationAction[];

/** What takes an action back. What is deleted at a network stays deleted. */
export const UNDONE_BY: Readonly<Record<ModerationAction, ModerationAction | null>> = {
  hide: 'unhide',
  unhide: 'hide',
  like: 'unlike',
  unlike: 'like',
  block: 'unblock',
  unblock: 'block',
  delete: null,
};

export type ModerationCapabilities = Pick<
  ThreadCapabilities,
  'moderation' | 'moderationInWindow' | 'moderationOwnOnly' | 'replyWindowMs'
>;

export interface ModerationFacts {
  kind: 'comment' | 'dm';
  direction: string;
  visibility: string;
  externalId: string | null;
  deleted: boolean;
  /** The customer's last action in the thread: opens the window. */
  lastInboundAt: Date | null;
  /** What the network lets us do in such a thread; undefined when the channel is disabled. */
  capabilities: ModerationCapabilities | undefined;
}

export interface ModerationRefusal {
  code: 'capability_missing' | 'already_deleted' | 'window_closed';
  reason: string;
  closedAt?: Date;
}

/** Our own words are ours to delete; hiding them, liking them or blocking their author makes no sense. */
const OWN_TOO: readonly ModerationAction[] = ['delete'];

export function refuseModeration(
  action: ModerationAction,
  facts: ModerationFacts,
  now: Date,
): ModerationRefusal | null {
  const { capabilities } = facts;
  if (!capabilities?.moderation.includes(action) || !facts.externalId || !suits(action, facts))
    return { code: 'capability_missing', reason: `"${action}" is not possible for this message.` };
  if (facts.direction === 'in' && capabilities.moderationOwnOnly?.includes(action))
    return {
      code: 'capability_missing',
      reason: `The network allows "${action}" only for what this account wrote itself.`,
    };
  // who wrote it can be blocked all the same
  if (facts.deleted && action !== 'block' && action !== 'unblock')
    return { code: 'already_deleted', reason: 'This message is deleted already.' };
  if (!isInTime(action, capabilities, facts.lastInboundAt, now))
    return {
      code: 'window_closed',
      reason: 'The time for this is over; the customer has to write again.',
      ...(facts.lastInboundAt && { closedAt: windowEnd(capabilities, facts.lastInboundAt) }),
    };
  return null;
}

/** A private reply to a comment is a message elsewhere, which what is possible with comments says nothing of. */
function suits(action: ModerationAction, { kind, direction, visibility }: ModerationFacts): boolean {
  if (direction !== 'out') return true;
  return OWN_TOO.includes(action) && (kind === 'dm' || visibility === 'public');
}

/** What can be done at this moment, for the console to offer. */
export const actionsNow = (
  capabilities: ModerationCapabilities,
  lastInboundAt: Date | null,
  now: Date,
): ModerationAction[] => capabilities.moderation.filter((action) => isInTime(action, capabilities, lastInboundAt, now));

function isInTime(
  action: ModerationAction,
  capabilities: ModerationCapabilities,
  lastInboundAt: Date | null,
  now: Date,
): boolean {
  if (!capabilities.moderationInWindow?.includes(action) || capabilities.replyWindowMs === null) return true;
  return lastInboundAt !== null && now < windowEnd(capabilities, lastInboundAt);
}

const windowEnd = ({ replyWindowMs }: ModerationCapabilities, lastInboundAt: Date): Date =>
  new Date(lastInboundAt.getTime() + (replyWindowMs ?? 0));

/** For so long after we did something the network's word of it is news of nothing, in milliseconds. */
export const ECHO_MS = 10 * 60_000;

/** How often a batch tells how far it is: about twenty times, and when it ends. */
export function isWorthTelling({ total, done, failed }: { total: number; done: number; failed: number }): boolean {
  const settled = done + failed;
  return settled >= total || settled % Math.max(1, Math.ceil(total / 20)) === 0;
}
