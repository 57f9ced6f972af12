import type { SendOutcome } from '../../sending';
import { certificateProblem } from './mail-tls';
import type { Submission } from './smtp.client';

type NotAccepted = Exclude<Submission, { status: 'accepted' }>;

const PAUSE_MS = 60_000; // a server that closes the door opens it again in minutes
const AUTH_REFUSED = new Set([454, 530, 534, 535, 538]);

const failed = (code: string, fix: 'agent' | 'admin' | 'none', reason: string): SendOutcome => ({
  status: 'failed',
  code,
  fix,
  reason,
});

const POLICY = failed(
  'policy_refused',
  'admin',
  'The mail was refused by policy (spam, SPF, DKIM or DMARC). Check the domain’s records and the server’s reputation.',
);
const NO_PERSON_CODE = 'recipient_not_found';
const NO_PERSON = failed(NO_PERSON_CODE, 'none', 'There is no mailbox of this address.');
const TOO_LARGE = failed(
  'too_large',
  'agent',
  'The mail is too large for the server. Send a link instead of the file.',
);

/** The address or its host (RFC 3463). Whatever else is refused may lie with us, and says nothing of who is there. */
const NOT_THERE = /^5\.(?:0\.0|1\.(?:[1-36]|10)|2\.[01]|4\.[14])$/;

/** Whether the person's own server, at once or in a bounce, said for good that it delivers nothing to them. */
export const nobodyThere = (code: string): boolean => code === NO_PERSON_CODE || NOT_THERE.test(code);

/** What a refusal or a break means for the message (protocols/email.md §8; RFC 3463). */
export function outcomeOf(submission: NotAccepted): SendOutcome {
  return submission.status === 'broke' ? brokenOff(submission) : refused(submission);
}

function brokenOff({ began, code, certificate }: Extract<NotAccepted, { status: 'broke' }>): SendOutcome {
  if (code === 'EAUTH' || code === 'ENOAUTH')
    return { status: 'reconnect', code: 'login_refused', reason: 'The mail server refuses the login.' };
  if (code === 'ECONFIG') return failed('no_smtp', 'admin', 'The channel has no SMTP server. Set smtpHost.');
  if (code === 'EENVELOPE') return failed('recipient_invalid', 'agent', 'The address cannot be written to.');
  if (code === 'EMESSAGE') return TOO_LARGE;
  if (began) return { status: 'unknown', reason: `The mail server did not confirm the mail (${code}).` };
  const tls = code === 'ETLS';
  return {
    status: 'retry',
    code: tls ? 'tls_failed' : 'server_unreachable',
    reason: certificate
      ? certificateProblem(certificate, 'smtpHost').reason
      : tls
        ? `No safe connection to the mail server (${code}).`
        : `The mail server cannot be reached (${code}).`,
    scope: 'channel',
  };
}

function refused({ code, enhanced, command }: Extract<NotAccepted, { status: 'refused' }>): SendOutcome {
  const said = enhanced === undefined ? String(code) : `${code} ${enhanced}`;
  if (AUTH_REFUSED.has(code))
    return { status: 'reconnect', code: 'login_refused', reason: `The mail server refuses the login (${said}).` };
  if (code < 500 || code === 503) return later(code, enhanced, said);
  if (enhanced?.startsWith('5.7.')) return POLICY;
  if (enhanced === '5.2.2') return failed('mailbox_full', 'none', 'The person’s mailbox is full.');
  if (code === 552 || code === 523 || enhanced === '5.3.4' || enhanced === '5.2.3') return TOO_LARGE;
  if (command === 'MAIL FROM')
    return failed('sender_refused', 'admin', `The server does not let this channel write as its address (${said}).`);
  if (enhanced?.startsWith('5.1.') || enhanced === '5.2.1') return NO_PERSON;
  if (enhanced === undefined && (code === 550 || code === 551 || code === 553)) return NO_PERSON;
  return failed(`smtp_${code}`, 'admin', `The mail server refuses the mail (${said}).`);
}

/** 421 and a policy's 4.7 are about us, not about this mail: everything of the channel waits. */
function later(code: number, enhanced: string | undefined, said: string): SendOutcome {
  const whole = code === 421 || (enhanced?.startsWith('4.7.') === true && code !== 450 && code !== 451);
  return {
    status: 'retry',
    code: `smtp_${code}`,
    reason: `The mail server asks to try again later (${said}).`,
    ...(whole ? { scope: 'channel' as const, afterMs: PAUSE_MS } : {}),
  };
}
