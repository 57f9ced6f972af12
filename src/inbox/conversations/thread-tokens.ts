/**
 * Reads the signed tokens in addresses we gave out (`support+t-<token>@…`). Provided by whoever signs them; without a
 * provider no token leads anywhere.
 */
export abstract class ThreadTokens {
  /** @returns the conversation a token names; null when it is not ours, or not of this channel's making */
  abstract conversationOf(channelId: string, token: string): string | null | Promise<string | null>;
}

const TOKEN = 'token:';
const QUOTED = 'quoted:';
const TICKET = /^ticket:(\d{1,15})$/;

/** What a message says of where it belongs: keys of its thread, tokens of ours, a ticket's number. */
export interface ThreadClues {
  names: string[];
  tokens: string[];
  /** Tokens in what it quotes: whoever was forwarded a message of ours has them, so they prove nothing of the sender. */
  quoted: string[];
  ticketNumber: number | null;
}

export function cluesOf(threadKey: string, aliases: readonly string[]): ThreadClues {
  const clues: ThreadClues = { names: [threadKey], tokens: [], quoted: [], ticketNumber: null };
  for (const alias of aliases) {
    const ticket = TICKET.exec(alias)?.[1];
    if (alias.startsWith(TOKEN)) clues.tokens.push(alias.slice(TOKEN.length));
    else if (alias.startsWith(QUOTED)) clues.quoted.push(alias.slice(QUOTED.length));
    else if (ticket) clues.ticketNumber ??= Number(ticket);
    else if (alias !== '') clues.names.push(alias);
  }
  return { ...clues, names: [...new Set(clues.names)] };
}
