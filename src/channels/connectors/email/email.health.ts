import type { Credentials, HealthCheck, HealthReport } from '../../connector';
import type { EmailSettings } from './email.settings';
import { withMailbox } from './imap.client';
import { verifySmtp } from './smtp.client';
import { outcomeOf } from './smtp.errors';

/** Whether mail can be read and sent, asked of both servers as the real work would. */
export async function healthOf(settings: EmailSettings, credentials: Credentials): Promise<HealthReport> {
  const [reading, sending] = await Promise.all([
    readingChecks(settings, credentials),
    sendingCheck(settings, credentials),
  ]);
  const tokenExpiresAt = credentials['accessToken'] ? credentials['accessTokenExpiresAt'] : undefined;
  return { checks: [...reading, sending, addressCheck(settings)], ...(tokenExpiresAt ? { tokenExpiresAt } : {}) };
}

async function readingChecks(settings: EmailSettings, credentials: Credentials): Promise<HealthCheck[]> {
  if (!settings.imap)
    return [{ name: 'mailbox', state: 'ok', message: 'No IMAP server is set: mail comes by the inbound hook.' }];
  const checks: HealthCheck[] = [];
  const folders = [settings.mailbox, ...(settings.sentFolder === undefined ? [] : [settings.sentFolder])];
  for (const folder of folders) {
    const answer = await withMailbox(settings, credentials, folder, ({ client }) =>
      Promise.resolve(client.mailbox ? client.mailbox.exists : 0),
    );
    if (answer.ok) {
      checks.push({
        name: 'mailbox',
        state: 'ok',
        message: `The folder ${folder} can be read; it holds ${answer.value} mails.`,
      });
      continue;
    }
    const { failure } = answer;
    checks.push({
      name: failure.status === 'reconnect' ? 'token' : 'mailbox',
      state: failure.status === 'retry' ? 'unknown' : 'problem',
      message: `${folder}: ${failure.reason}`,
      ...(failure.status === 'reconnect'
        ? { fix: 'Enter the mailbox’s password (or app password) again, or reconnect.', serious: true }
        : {}),
      ...(failure.status === 'refused' ? { fix: failure.fix, serious: true } : {}),
    });
    if (failure.status === 'reconnect') break;
  }
  return checks;
}

async function sendingCheck(settings: EmailSettings, credentials: Credentials): Promise<HealthCheck> {
  const name = 'sending';
  if (!settings.smtp)
    return {
      name,
      state: 'problem',
      message: 'No SMTP server is set, so nothing can be sent.',
      fix: 'Set smtpHost in the channel’s settings.',
    };
  const submission = await verifySmtp(settings, credentials);
  if (submission.status === 'accepted') return { name, state: 'ok', message: 'The mail server lets us send.' };
  const outcome = outcomeOf(submission);
  const message = 'reason' in outcome ? outcome.reason : 'The mail server refuses us.';
  if (outcome.status === 'retry' && outcome.code !== 'tls_failed') return { name, state: 'unknown', message };
  const fix =
    outcome.status === 'reconnect'
      ? 'Enter the password for sending (smtpPassword) again, or reconnect.'
      : 'Correct smtpHost, smtpPort and smtpSecure in the channel’s settings.';
  return { name, state: 'problem', message, fix, serious: true };
}

const addressCheck = ({ address }: EmailSettings): HealthCheck =>
  address === undefined
    ? {
        name: 'account',
        state: 'problem',
        message: 'The channel has no e-mail address.',
        fix: 'Set address.',
        serious: true,
      }
    : { name: 'account', state: 'ok', message: `The channel writes as ${address}.` };
