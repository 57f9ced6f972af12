import type { Tx } from '../platform/database';
import type { TextUnit } from '../text/graphemes';

/** The bot's way out. The bot knows answers; who owns conversations and networks knows whether and how to send one. */
export interface BotReplies {
  /**
   * What the bot may do in this conversation now. `mayReply` is true only where the channel lets a bot reply by itself
   * (`botMayReply`), on the thread where the customer wrote, within the ordinary reply window: never the human one.
   */
  allowance(tx: Tx, where: { workspaceId: string; conversationId: string }): Promise<BotAllowance>;

  /**
   * Queues the bot's reply in this transaction, in which the conversation is already locked and was seen in the bot's
   * hands. It does not silence the bot. A rule's words go by the same rules, never in a window meant for humans, but
   * answer nothing: the ticket stays with whoever has it.
   */
  reply(tx: Tx, reply: BotReply): Promise<{ messageId: string }>;
}

export interface BotAllowance {
  mayReply: boolean;
  /** Machines answer on such threads too. */
  amongMachines: boolean;
  textLimit: { max: number; unit: TextUnit };
}

export interface BotReply {
  workspaceId: string;
  conversationId: string;
  text: string;
  /** The row in `bot_answers`, or a rule's receipt. */
  answerId: string;
  questionMessageId: string;
  /** A rule speaks, not the bot. */
  rule?: RuleAuthor;
}

/** `chain`: the rules that led to these words, itself last. */
export interface RuleAuthor {
  id: string;
  name: string;
  chain: readonly string[];
}

export const BOT_REPLIES = Symbol('bot-replies');
