import { wordsOf } from '../../../refusals/refusal-words';
import { inPersian } from '../../../text/words';
import type { Credentials } from '../../channel';
import type { HealthCheck, HealthReport } from '../../health';
import type { EmailSettings } from './email.settings';
import { withMailbox } from './imap.client';
import { certificateProblem } from './mail-tls';
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
    return [
      {
        name: 'mailbox',
        state: 'ok',
        message: {
          fa: 'سرور IMAP تنظیم نیست: ایمیل از هوک ورودی می‌رسد.',
          en: 'No IMAP server is set: mail comes by the inbound hook.',
        },
      },
    ];
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
        message: {
          fa: `پوشهٔ ${folder} خواندنی است و ${inPersian(answer.value)} ایمیل دارد.`,
          en: `The folder ${folder} can be read; it holds ${answer.value} mails.`,
        },
      });
      continue;
    }
    const { failure } = answer;
    checks.push({
      name: failure.status === 'reconnect' ? 'token' : 'mailbox',
      state: failure.status === 'retry' ? 'unknown' : 'problem',
      message: { fa: `‏${folder}: ${wordsOf(failure.reason).fa}`, en: `${folder}: ${failure.reason}` },
      ...(failure.status === 'reconnect'
        ? {
            fix: {
              fa: 'گذرواژهٔ صندوق (یا گذرواژهٔ برنامه) را دوباره وارد کنید یا از نو وصل شوید.',
              en: 'Enter the mailbox’s password (or app password) again, or reconnect.',
            },
            serious: true,
          }
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
      message: {
        fa: 'سرور SMTP تنظیم نیست، پس چیزی فرستاده نمی‌شود.',
        en: 'No SMTP server is set, so nothing can be sent.',
      },
      fix: { fa: '‏smtpHost را در تنظیمات کانال بگذارید.', en: 'Set smtpHost in the channel’s settings.' },
    };
  const submission = await verifySmtp(settings, credentials);
  if (submission.status === 'accepted')
    return {
      name,
      state: 'ok',
      message: { fa: 'سرور ایمیل اجازهٔ ارسال می‌دهد.', en: 'The mail server lets us send.' },
    };
  const outcome = outcomeOf(submission);
  const message =
    'reason' in outcome
      ? wordsOf(outcome.reason)
      : { fa: 'سرور ایمیل ما را نمی‌پذیرد.', en: 'The mail server refuses us.' };
  if (outcome.status === 'retry' && outcome.code !== 'tls_failed') return { name, state: 'unknown', message };
  const fix =
    outcome.status === 'reconnect'
      ? {
          fa: 'گذرواژهٔ ارسال (smtpPassword) را دوباره وارد کنید یا از نو وصل شوید.',
          en: 'Enter the password for sending (smtpPassword) again, or reconnect.',
        }
      : submission.status === 'broke' && submission.certificate !== undefined
        ? certificateProblem(submission.certificate, 'smtpHost').fix
        : {
            fa: '‏smtpHost، smtpPort و smtpSecure را در تنظیمات کانال درست کنید.',
            en: 'Correct smtpHost, smtpPort and smtpSecure in the channel’s settings.',
          };
  return { name, state: 'problem', message, fix, serious: true };
}

const addressCheck = ({ address }: EmailSettings): HealthCheck =>
  address === undefined
    ? {
        name: 'account',
        state: 'problem',
        message: { fa: 'کانال نشانی ایمیل ندارد.', en: 'The channel has no e-mail address.' },
        fix: { fa: '‏address را تنظیم کنید.', en: 'Set address.' },
        serious: true,
      }
    : {
        name: 'account',
        state: 'ok',
        message: { fa: `کانال با نشانی ${address} می‌نویسد.`, en: `The channel writes as ${address}.` },
      };
