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
   * hands. It does not silence the bot.
   */
  reply(tx: Tx, reply: BotReply): Promise<{ messageId: string }>;
}

export interface BotAllowance {
  mayReply: boolean;
  textLimit: { max: number; unit: TextUnit };
}

export interface BotReply {
  workspaceId: string;
  conversationId: string;
  text: string;
  /** The row in `bot_answers`. */
  answerId: string;
  questionMessageId: string;
}

export const BOT_REPLIES = Symbol('bot-replies');
