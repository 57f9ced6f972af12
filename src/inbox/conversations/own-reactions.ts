import type { Tx } from '../../platform/database';

/** Answered by whoever reacts at the networks; the inbox only hears of reactions. */
export abstract class OwnReactions {
  /**
   * Whether a reaction of the account was asked for here: its echo is news of nothing, and while the call is under way
   * what stands on the message is for the caller to write. Null: a colleague reacted at the network itself.
   */
  abstract asked(
    tx: Tx,
    workspaceId: string,
    messageId: string,
    action: 'add' | 'remove',
  ): Promise<'under_way' | 'done' | null>;
}
