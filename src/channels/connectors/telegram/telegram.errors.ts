import type { SendOutcome } from '../../sending';
import type { TelegramError } from './telegram.client';

type Fix = Extract<SendOutcome, { status: 'failed' }>['fix'];

type Verdict =
  | { is: 'unknown'; what: string }
  | { is: 'retry'; what: string; code: string; channel?: boolean }
  | { is: 'failed'; what: string; code: string; fix: Fix }
  | { is: 'reconnect'; what: string; code: string };

const failed = (code: string, fix: Fix, what: string): Verdict => ({ is: 'failed', code, fix, what });

const TOKEN: Verdict = {
  is: 'reconnect',
  code: 'token_invalid',
  what: 'The bot’s token is refused. Take a new one from BotFather and reconnect the channel.',
};
const RATE: Verdict = { is: 'retry', code: 'rate_limited', what: 'Messages go out too fast.' };
const RATE_OF_BOT: Verdict = { ...RATE, channel: true };
const GONE = 'is gone or was never there.';
const ATTACHMENT = 'The file is too large, of a kind that is not taken, or cannot be fetched. Send another one.';
const RIGHTS = 'The bot lacks the right to do this. Make it an administrator of the group with that right.';
const NOT_IN = 'The bot is not in this group any more. Add it again to answer here.';

/**
 * What the descriptions say, by their beginning without the words before the first colon ("Bad Request: …"), lower case.
 * Sources: strings in the server's source (tdlib/telegram-bot-api) and, for the last group, SDKs of Bale.
 */
const VERDICTS: readonly (readonly [beginning: string, verdict: Verdict])[] = [
  ['bot was blocked by the user', failed('blocked', 'none', 'The person has blocked the bot.')],
  ['user is deactivated', failed('person_unavailable', 'none', 'The person’s account does not exist any more.')],
  [
    "bot can't initiate conversation",
    failed('never_started', 'none', 'The person has never started the bot; only they can begin.'),
  ],
  ["bot can't send messages to bots", failed('person_unavailable', 'none', 'Bots cannot write to bots.')],
  ['bot was kicked', failed('not_a_member', 'admin', NOT_IN)],
  ['bot is not a member', failed('not_a_member', 'admin', NOT_IN)],
  ['the group chat was deleted', failed('chat_not_found', 'none', 'The group was deleted.')],
  ['chat not found', failed('chat_not_found', 'none', 'The chat does not exist for this bot: it was never started.')],
  [
    'group chat was upgraded to a supergroup chat',
    { is: 'retry', code: 'chat_moved', what: 'The group has moved to a new id.' },
  ],
  ['message to be replied not found', failed('message_not_found', 'agent', `The message that is answered ${GONE}`)],
  ['message to reply not found', failed('message_not_found', 'agent', `The message that is answered ${GONE}`)],
  ['replied message not found', failed('message_not_found', 'agent', `The message that is answered ${GONE}`)],
  ['message thread not found', failed('thread_gone', 'none', `The topic ${GONE}`)],
  ['topic_closed', failed('thread_gone', 'admin', 'The topic is closed.')],
  ['message to edit not found', failed('object_gone', 'none', `The message ${GONE}`)],
  ['message to delete not found', failed('object_gone', 'none', `The message ${GONE}`)],
  ['message to react not found', failed('object_gone', 'none', `The message ${GONE}`)],
  ['message_id_invalid', failed('object_gone', 'none', `The message ${GONE}`)],
  ['message is not modified', failed('not_modified', 'none', 'The message says that already.')],
  [
    "message can't be deleted",
    failed('too_old', 'agent', 'Only messages younger than 48 hours can be deleted, and only with the right to.'),
  ],
  ["message can't be edited", failed('not_editable', 'agent', 'This message cannot be changed.')],
  ['there is no text in the message to edit', failed('no_text', 'agent', 'The message has no text to change.')],
  ['message is too long', failed('text_too_long', 'agent', 'The text is too long. Shorten it.')],
  [
    'message caption is too long',
    failed('text_too_long', 'agent', 'The text beside the file is too long. Shorten it.'),
  ],
  ['text must be non-empty', failed('empty', 'agent', 'Write a text or attach a file.')],
  ['message text is empty', failed('empty', 'agent', 'Write a text or attach a file.')],
  ["can't parse entities", failed('bad_request', 'agent', 'The network cannot read the text’s formatting.')],
  ['file is too big', failed('attachment_refused', 'agent', ATTACHMENT)],
  ['request entity too large', failed('attachment_refused', 'agent', ATTACHMENT)],
  ['wrong file identifier', failed('attachment_refused', 'agent', ATTACHMENT)],
  ['wrong type of the web page content', failed('attachment_refused', 'agent', ATTACHMENT)],
  ['failed to get http url content', failed('attachment_refused', 'agent', ATTACHMENT)],
  ['wrong remote file identifier', failed('attachment_refused', 'agent', ATTACHMENT)],
  ['photo_invalid_dimensions', failed('attachment_refused', 'agent', ATTACHMENT)],
  ['image_process_failed', failed('attachment_refused', 'agent', ATTACHMENT)],
  ['voice_messages_forbidden', failed('attachment_refused', 'agent', 'The person takes no voice messages.')],
  ['not enough rights', failed('permission_missing', 'admin', RIGHTS)],
  ['have no rights', failed('permission_missing', 'admin', RIGHTS)],
  ['need administrator rights', failed('permission_missing', 'admin', RIGHTS)],
  ['chat_admin_required', failed('permission_missing', 'admin', RIGHTS)],
  ['chat_write_forbidden', failed('permission_missing', 'admin', RIGHTS)],
  ['user is an administrator of the chat', failed('is_admin', 'agent', 'Administrators of a group cannot be blocked.')],
  ["can't remove chat owner", failed('is_admin', 'agent', 'The owner of a group cannot be blocked.')],
  ['user not found', failed('person_unavailable', 'none', `The person ${GONE}`)],
  ['participant_id_invalid', failed('person_unavailable', 'none', `The person ${GONE}`)],
  ['reaction_invalid', failed('reaction_refused', 'admin', 'This reaction is not allowed here. Change "likeEmoji".')],
  [
    'business_peer_usage_missing',
    failed('window_closed', 'agent', 'The person has not written to the business account within the last 24 hours.'),
  ],
  [
    'business connection not found',
    failed('connection_gone', 'admin', 'The business account is not linked to the bot any more. Link it again.'),
  ],
  [
    'business_connection_',
    failed('connection_gone', 'admin', 'The business account does not let the bot answer. Look at its rights.'),
  ],
  ['token not found', TOKEN],
  ['no such group or user', failed('chat_not_found', 'none', 'There is no such group or person for this bot.')],
  ['bot limit exceed', RATE_OF_BOT],
  ['local_rate_limited', RATE_OF_BOT],
  ['permission_denied', failed('permission_missing', 'admin', RIGHTS)],
];

/** Bale's own status for "not found". */
const BALE_NOT_FOUND = 440;

export const is = (error: TelegramError, beginning: string): boolean => meaning(error).startsWith(beginning);

/** "Bad Request: chat not found" and "Forbidden: …" without their class, lower case. */
const meaning = ({ description }: TelegramError): string =>
  description
    .replace(/^(bad request|forbidden|unauthorized|conflict|internal server error|not found): /i, '')
    .toLowerCase();

/** What a refused call means. `waitMs` is how long to wait when a limit names no time. */
export function outcomeOf(
  error: TelegramError,
  networkName: string,
  waitMs: number,
): Exclude<SendOutcome, { status: 'sent' }> {
  const verdict = verdictOf(error);
  const reason = `${verdict.what} (${networkName} ${error.code}: ${error.description.slice(0, 200)})`;
  switch (verdict.is) {
    case 'unknown':
      return { status: 'unknown', reason };
    case 'retry': {
      const afterMs = error.retryAfter === undefined ? waitMs : error.retryAfter * 1000;
      return { status: 'retry', reason, code: verdict.code, afterMs, ...(verdict.channel ? { scope: 'channel' } : {}) };
    }
    case 'failed':
      return { status: 'failed', reason, code: verdict.code, fix: verdict.fix };
    case 'reconnect':
      return { status: 'reconnect', reason, code: verdict.code };
  }
}

function verdictOf(error: TelegramError): Verdict {
  if (error.code === 429) return RATE;
  const said = meaning(error);
  const known = VERDICTS.find(([beginning]) => said.startsWith(beginning))?.[1];
  if (known) return known;
  if (error.code === 401 || error.code === 404) return TOKEN;
  if (error.code === BALE_NOT_FOUND) return failed('chat_not_found', 'none', `The chat or message ${GONE}`);
  // No echo of a bot's own messages exists, so doubt stays doubt.
  if (error.code >= 500 || error.code < 400) return { is: 'unknown', what: 'It is open whether it was sent.' };
  if (error.code === 403) return failed('forbidden', 'admin', 'The network forbids this.');
  if (error.code === 409)
    return { is: 'retry', code: 'conflict', what: 'Another program uses the bot in a way that excludes this.' };
  return failed('bad_request', 'admin', 'The network answers with an error we do not know.');
}
