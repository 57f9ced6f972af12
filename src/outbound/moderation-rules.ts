import type { ModerationAction } from '../channels/capabilities';

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

export interface ModerationFacts {
  direction: string;
  externalId: string | null;
  deleted: boolean;
  /** What the network lets us do in such a thread; undefined when the channel is disabled. */
  possible: readonly ModerationAction[] | undefined;
}

export interface ModerationRefusal {
  code: 'capability_missing' | 'already_deleted';
  reason: string;
}

/** Our own words are ours to delete; hiding them, liking them or blocking their author makes no sense. */
const OWN_TOO: readonly ModerationAction[] = ['delete'];

export function refuseModeration(action: ModerationAction, facts: ModerationFacts): ModerationRefusal | null {
  const own = facts.direction === 'out' && !OWN_TOO.includes(action);
  if (!facts.possible?.includes(action) || !facts.externalId || own)
    return { code: 'capability_missing', reason: `"${action}" is not possible for this message.` };
  // who wrote it can be blocked all the same
  if (facts.deleted && action !== 'block' && action !== 'unblock')
    return { code: 'already_deleted', reason: 'This message is deleted already.' };
  return null;
}

/** How often a batch tells how far it is: about twenty times, and when it ends. */
export function isWorthTelling({ total, done, failed }: { total: number; done: number; failed: number }): boolean {
  const settled = done + failed;
  return settled >= total || settled % Math.max(1, Math.ceil(total / 20)) === 0;
}
