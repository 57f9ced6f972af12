import type { Remedy } from '../../../outbox/domain-event';
import type { SendOutcome } from '../../sending';
import { integer, record, string } from '../json';
import { type MetaError, readMetaError } from '../meta/meta.errors';

/** A refusal of the Cloud API: Graph's error with what WhatsApp adds to it. */
export interface WhatsappError extends MetaError {
  /** `error_data.details`: which parameter, which limit. For people; decisions are made on the code. */
  details: string | undefined;
  /** A code was given, even if it is 0. */
  coded: boolean;
}

type Verdict =
  | { is: 'unknown'; what: string }
  | { is: 'retry'; what: string; code: string; afterMs?: number; scope?: 'channel' }
  | { is: 'failed'; what: string; code: string; fix: 'agent' | 'admin' | 'none' }
  | { is: 'reconnect'; what: string; code: string };

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;

const failed = (code: string, fix: 'agent' | 'admin' | 'none', what: string): Verdict => ({
  is: 'failed',
  code,
  fix,
  what,
});
/** The whole number must wait, not only this message. */
const slowDown = (what: string, afterMs: number): Verdict => ({
  is: 'retry',
  what,
  code: 'rate_limited',
  afterMs,
  scope: 'channel',
});

const TOKEN: Verdict = {
  is: 'reconnect',
  what: 'WhatsApp refuses the access token. Reconnect the channel.',
  code: 'token_invalid',
};
const PERMISSION = failed(
  'permission_missing',
  'admin',
  'The token lacks a permission for this. Grant whatsapp_business_messaging and whatsapp_business_management, then reconnect the channel.',
);
const GONE = failed(
  'number_gone',
  'admin',
  'The phone number is not at WhatsApp any more, or this token may not see it.',
);
const BAD = failed('bad_request', 'agent', 'WhatsApp refuses the content or a parameter.');
const LOCKED: Verdict = {
  is: 'reconnect',
  what: 'Meta has restricted or locked the WhatsApp account. Look at Business Support Home, then reconnect the channel.',
  code: 'account_restricted',
};
const CALLS = slowDown('WhatsApp limits the rate of calls.', 60 * SECOND_MS);
const DOUBT: Verdict = { is: 'unknown', what: 'WhatsApp failed in a way that leaves open whether it was sent.' };
/** Without a time: the sender waits longer after each try. */
const TEMPORARY: Verdict = { is: 'retry', what: 'WhatsApp is out of order for the moment.', code: 'unavailable' };
const TEMPLATE = (what: string, fix: 'agent' | 'admin') => failed('template_refused', fix, what);
const WINDOW = failed(
  'window_closed',
  'agent',
  'More than 24 hours have passed since the customer last wrote. Send an approved template, or wait for a new message.',
);

/**
 * By code. Source: WhatsApp error codes (developers.facebook.com, state of September 2026). The same code may come as the
 * answer of a call or, later, in a status. 1 and 2 leave open whether the message went out, and nothing can be read back.
 */
const VERDICTS: Readonly<Record<number, Verdict>> = {
  1: DOUBT,
  2: DOUBT,
  3: PERMISSION,
  4: CALLS,
  10: PERMISSION,
  33: GONE,
  100: BAD,
  190: TOKEN,
  368: LOCKED,
  80007: CALLS,
  130403: failed('blocked_by_us', 'agent', 'This person is blocked here. Unblock them before writing.'),
  130429: slowDown('The number sends faster than WhatsApp allows.', 10 * SECOND_MS),
  130472: failed(
    'held_back',
    'none',
    'WhatsApp leaves this person out of marketing messages (an experiment of theirs).',
  ),
  130497: failed('country_restricted', 'none', 'This number may not send to the person’s country.'),
  131000: TEMPORARY,
  131005: PERMISSION,
  131008: BAD,
  131009: BAD,
  131016: TEMPORARY,
  131021: failed('same_number', 'agent', 'Sender and recipient are the same number.'),
  131026: failed(
    'undeliverable',
    'none',
    'WhatsApp cannot deliver to this person: no account, an old app, or they blocked the number.',
  ),
  131031: LOCKED,
  131037: failed(
    'display_name',
    'admin',
    'The number’s display name is not approved yet. Request it in WhatsApp Manager.',
  ),
  131042: failed(
    'payment',
    'admin',
    'WhatsApp cannot charge the account. Repair the payment method in Business Manager.',
  ),
  131045: failed('not_registered', 'admin', 'The number is not registered for the Cloud API. Register it again.'),
  131047: WINDOW,
  131048: slowDown('Too many people blocked or reported this number; WhatsApp lets it rest.', 3 * HOUR_MS),
  131049: failed(
    'held_back',
    'agent',
    'WhatsApp holds marketing back from this person for now. Try again after a day at the earliest.',
  ),
  131050: failed('opted_out', 'none', 'This person does not want marketing messages from this number.'),
  131051: failed('unsupported_type', 'agent', 'WhatsApp does not take this kind of message.'),
  131052: failed('attachment_refused', 'agent', 'WhatsApp could not read the attachment. Attach it again.'),
  131053: failed('attachment_refused', 'agent', 'WhatsApp could not take the attachment: look at its type and size.'),
  // Also after each try the next waits longer: the pair's allowance grows back by one message in six seconds.
  131056: { is: 'retry', what: 'Too many messages to this person in a short time.', code: 'pair_rate_limited' },
  131057: TEMPORARY,
  131064: slowDown('WhatsApp limits this number for a while.', 60 * SECOND_MS),
  132000: TEMPLATE('The template has another number of blanks than values were given.', 'agent'),
  132001: TEMPLATE('There is no approved template of this name in this language.', 'admin'),
  132005: TEMPLATE('With these values the template’s text is too long.', 'agent'),
  132007: TEMPLATE('The template breaks a policy of WhatsApp.', 'admin'),
  132012: TEMPLATE('A value does not fit its blank in the template.', 'agent'),
  132015: TEMPLATE('WhatsApp has paused this template for poor ratings.', 'admin'),
  132016: TEMPLATE('WhatsApp has disabled this template for good.', 'admin'),
  132068: failed('flow_blocked', 'admin', 'The form in this message is blocked. Repair it in WhatsApp Manager.'),
  132069: slowDown('The form in this message is limited for a while.', 60 * SECOND_MS),
  133010: failed('not_registered', 'admin', 'The number is not registered for the Cloud API. Register it again.'),
  133016: slowDown('The number was registered too often; WhatsApp asks to wait.', HOUR_MS),
  2494100: TEMPORARY,
};

/** Reads `{ error }` of an answer. */
export function readWhatsappError(body: unknown, status: number): WhatsappError {
  const error = record(record(body)?.['error']);
  return {
    ...readMetaError(body, status),
    details: string(record(error?.['error_data'])?.['details']),
    coded: integer(error?.['code']) !== undefined,
  };
}

/** What a refused call means. `regainMs` is how long the rate headers say to wait, in milliseconds. */
export function outcomeOf(error: WhatsappError, regainMs?: number): Exclude<SendOutcome, { status: 'sent' }> {
  const verdict = verdictOf(error);
  const details = error.details === undefined ? '' : `: ${error.details}`;
  const trace = error.trace === undefined ? '' : `, trace ${error.trace}`;
  const reason = `${verdict.what} (WhatsApp ${error.code}, HTTP ${error.status}${trace}${details})`;
  switch (verdict.is) {
    case 'unknown':
      return { status: 'unknown', reason };
    case 'retry': {
      const waits = [verdict.afterMs, regainMs].filter((ms) => ms !== undefined);
      return {
        status: 'retry',
        reason,
        code: verdict.code,
        ...(waits.length > 0 ? { afterMs: Math.max(...waits) } : {}),
        ...(verdict.scope ? { scope: verdict.scope } : {}),
      };
    }
    case 'failed':
      return { status: 'failed', reason, code: verdict.code, fix: verdict.fix };
    case 'reconnect':
      return { status: 'reconnect', reason, code: verdict.code };
  }
}

function verdictOf({ code, subcode, status, coded, transient }: WhatsappError): Verdict {
  if (code === 100 && subcode === 33) return GONE;
  // 0 is WhatsApp's own "AuthException"; 200 is a permission, or with 401 a token of the wrong kind.
  if (status === 401 && (code === 0 || code === 200)) return TOKEN;
  if (code === 0 && coded) return TOKEN;
  const known = Object.hasOwn(VERDICTS, code) ? VERDICTS[code] : undefined;
  if (known) return known;
  if (code >= 200 && code <= 299) return PERMISSION;
  if (code === 0 && status === 429) return CALLS;
  if (transient || status >= 500 || status < 400) return DOUBT;
  return failed(`whatsapp_${code}`, 'admin', 'WhatsApp answers with an error we do not know.');
}

/** One of a failed status's `errors[]`, in the words a refused call would have had. */
export function failureOf(content: unknown): { code: string; message: string; remedy?: Remedy } {
  const error = record(content);
  const code = integer(error?.['code']);
  if (code === undefined) return { code: 'failed', message: 'WhatsApp could not deliver it and does not say why.' };
  const details =
    string(record(error?.['error_data'])?.['details']) ?? string(error?.['message']) ?? string(error?.['title']);
  const verdict = Object.hasOwn(VERDICTS, code) ? VERDICTS[code]! : undefined;
  const name = verdict && verdict.is !== 'unknown' ? verdict.code : `whatsapp_${code}`;
  const what = verdict && verdict.is !== 'unknown' ? verdict.what : 'WhatsApp could not deliver it.';
  const message = `${what} (WhatsApp ${code}${details === undefined ? '' : `: ${details}`})`;
  const remedy = verdict && remedyOf(verdict);
  return { code: name, message, ...(remedy ? { remedy } : {}) };
}

/** What would be a failure in doubt as the answer of a call is a certain one in a status. */
function remedyOf(verdict: Verdict): Remedy | undefined {
  if (verdict.is === 'failed') return undefined;
  if (verdict.is === 'reconnect') return { is: 'reconnect' };
  const { afterMs, scope } = verdict.is === 'retry' ? verdict : {};
  return { is: 'again', ...(afterMs === undefined ? {} : { afterMs }), ...(scope ? { whole: true as const } : {}) };
}
