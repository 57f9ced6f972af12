import type { Words } from '../../../text/words';
import type { CredentialField, SettingField } from '../../credentials';
import { REPLY_LINE } from './visible-text';

export const POLL_MS = 60_000;
export const TIMEOUT_MS = 30_000;
export const IDLE_MS = 5 * 60_000; // an idle connection dies unseen (postalsys/imapflow#13, #98, #210)

export const CREDENTIAL_FIELDS: readonly CredentialField[] = [
  {
    name: 'password',
    required: false,
    help: {
      fa: 'گذرواژهٔ صندوق (یا گذرواژهٔ برنامه)، برای IMAP و SMTP.',
      en: 'Password (or app password) of the mailbox, for IMAP and SMTP.',
    },
  },
  {
    name: 'smtpPassword',
    required: false,
    help: { fa: 'گذرواژهٔ ارسال، اگر جداست.', en: 'Password for sending, if it is another one.' },
  },
  {
    name: 'accessToken',
    required: false,
    help: {
      fa: 'توکن دسترسی OAuth (XOAUTH2) به جای گذرواژه.',
      en: 'OAuth access token (XOAUTH2), instead of a password.',
    },
  },
  {
    name: 'refreshToken',
    required: false,
    help: {
      fa: 'توکن تازه‌سازی OAuth: توکن دسترسی را پیش از پایان تازه می‌کند.',
      en: 'OAuth refresh token: renews the access token before it ends.',
    },
  },
  {
    name: 'accessTokenExpiresAt',
    required: false,
    help: { fa: 'زمان پایان توکن دسترسی، به شکل ISO.', en: 'When the access token ends, as an ISO instant.' },
  },
  {
    name: 'clientId',
    required: false,
    help: { fa: 'کلاینت OAuth که توکن‌ها از آن اوست.', en: 'OAuth client that the tokens belong to.' },
  },
  { name: 'clientSecret', required: false, help: { fa: 'رمز همان کلاینت OAuth.', en: 'Secret of that OAuth client.' } },
  {
    name: 'appSecret',
    required: false,
    generated: true,
    help: { fa: 'آنچه را هوک ورودی می‌آورد امضا می‌کند.', en: 'Signs what the inbound hook delivers.' },
  },
  {
    name: 'threadKey',
    required: false,
    generated: true,
    help: {
      fa: 'نشانی‌های پاسخ را که گفتگو را پیدا می‌کنند امضا می‌کند.',
      en: 'Signs the reply addresses that find a conversation.',
    },
  },
];

const text = (name: SettingField['name'], help: Words, given?: string): SettingField => ({
  name,
  type: 'text',
  help,
  ...(given === undefined ? {} : { default: given }),
});

export const SETTING_FIELDS: readonly SettingField[] = [
  text('address', {
    fa: 'نشانی‌ای که این کانال با آن می‌نویسد. پیش‌فرض: شناسهٔ بیرونی کانال.',
    en: 'The address this channel writes as. Default: the channel’s external id.',
  }),
  {
    name: 'addresses',
    type: 'list',
    help: {
      fa: 'نشانی‌های دیگر خودتان؛ ایمیل رسیده از آنها از مشتری نیست.',
      en: 'Other addresses of yours; mail from them is not a customer’s.',
    },
    default: [],
  },
  text('displayName', { fa: 'نامی که مشتری کنار نشانی می‌بیند.', en: 'The name customers see beside the address.' }),
  text('user', { fa: 'نام کاربری صندوق. پیش‌فرض: خود نشانی.', en: 'Login name of the mailbox. Default: the address.' }),
  text('imapHost', {
    fa: 'سرور IMAP. اگر ایمیل تنها از هوک ورودی می‌رسد خالی بگذارید.',
    en: 'IMAP server. Leave empty when mail comes by the inbound hook only.',
  }),
  { name: 'imapPort', type: 'number', help: { fa: 'درگاه IMAP.', en: 'IMAP port.' }, default: 993 },
  {
    name: 'imapSecure',
    type: 'boolean',
    help: { fa: 'TLS از نخستین بایت؛ خاموش یعنی STARTTLS.', en: 'TLS from the first byte; off means STARTTLS.' },
    default: true,
  },
  text(
    'mailbox',
    { fa: 'پوشه‌ای که ایمیل مشتریان در آن می‌رسد.', en: 'The folder that customers’ mail arrives in.' },
    'INBOX',
  ),
  text('smtpHost', { fa: 'سرور SMTP برای ارسال.', en: 'SMTP server for sending.' }),
  { name: 'smtpPort', type: 'number', help: { fa: 'درگاه SMTP.', en: 'SMTP port.' }, default: 465 },
  {
    name: 'smtpSecure',
    type: 'boolean',
    help: { fa: 'TLS از نخستین بایت؛ خاموش یعنی STARTTLS.', en: 'TLS from the first byte; off means STARTTLS.' },
    default: true,
  },
  text('sentFolder', {
    fa: 'پوشهٔ ایمیل‌های فرستاده؛ ارسال مشکوک در آن جستجو می‌شود.',
    en: 'Folder in which sent mail is kept; lets a sending in doubt be looked up.',
  }),
  {
    name: 'appendSent',
    type: 'boolean',
    help: {
      fa: 'پس از ارسال رونوشتی آنجا گذاشته شود. جایی که سرور خودش این کار را می‌کند (Gmail، Microsoft 365) خاموش بماند.',
      en: 'Put a copy there after sending. Leave off where the server does it itself (Gmail, Microsoft 365).',
    },
    default: false,
  },
  text('authservId', {
    fa: 'نامی که سرور دریافت شما در آغاز Authentication-Results می‌نویسد؛ فرستنده با آن تأیید می‌شود.',
    en: 'Name your receiving server writes first in Authentication-Results; senders are verified by it.',
  }),
  text('importSince', {
    fa: 'ایمیل‌ها از این روز به بعد آورده شوند (2026-11-01).',
    en: 'Import mail from this day on (2026-11-01).',
  }),
  {
    name: 'plusAddressing',
    type: 'boolean',
    help: {
      fa: 'پاسخ‌ها به address+t-…@domain می‌رسند که گفتگو را پیدا می‌کند. اگر سرور چنین نشانی‌ای را نمی‌پذیرد خاموش کنید.',
      en: 'Replies come to address+t-…@domain, which finds the conversation. Off where the server refuses such addresses.',
    },
    default: true,
  },
  {
    name: 'bounceAddresses',
    type: 'boolean',
    help: {
      fa: 'ایمیل‌های بازگشتی به address+b-…@domain می‌رسند که پیام را می‌شناسد. تنها جایی روشن کنید که سرور ارسال با چنین نشانی‌ای را می‌پذیرد.',
      en: 'Mail that bounces comes back to address+b-…@domain, which knows its message. Only where the server lets such addresses send.',
    },
    default: false,
  },
  {
    name: 'bodyMark',
    type: 'boolean',
    help: {
      fa: 'نشانه‌ای پنهان در متن ایمیل‌های ما که نقل‌قول از آن، گفتگو را پیدا می‌کند؛ برای سرورهایی که شناسهٔ ایمیل را عوض می‌کنند.',
      en: 'A hidden mark in our mails; what quotes it finds the conversation, for servers that change a mail’s id.',
    },
    default: true,
  },
  {
    name: 'subjectTag',
    type: 'boolean',
    help: { fa: 'شمارهٔ تیکت در موضوع بیاید.', en: 'Put the ticket number into the subject.' },
    default: true,
  },
  text('signature', { fa: 'زیر هر ایمیل می‌آید.', en: 'Put under each mail.' }),
  text(
    'replyLine',
    {
      fa: 'خطی بالای ایمیل‌های ما؛ پاسخ از آنجا بریده می‌شود. خالی یعنی نباشد.',
      en: 'Line above our mails; a reply is cut there. Empty leaves it out.',
    },
    REPLY_LINE,
  ),
  {
    name: 'allowInsecure',
    type: 'boolean',
    help: { fa: 'بدون TLS، تنها به سروری روی همین دستگاه.', en: 'Without TLS, to a server on this machine only.' },
    default: false,
  },
  text('caCertificate', {
    fa: 'گواهی (PEM) سازمانی که گواهی سرور ایمیل شما را امضا کرده، اگر عمومی نیست.',
    en: 'Certificate (PEM) of the authority that signed your mail server’s, where that is no public one.',
  }),
  {
    name: 'pollMs',
    type: 'number',
    help: { fa: 'میلی‌ثانیه‌های میان دو سر زدن به صندوق.', en: 'Milliseconds between two looks into the mailbox.' },
    default: POLL_MS,
  },
  {
    name: 'idleMs',
    type: 'number',
    help: {
      fa: 'پس از چند میلی‌ثانیه انتظار برای خبر از نو آغاز شود.',
      en: 'Milliseconds after which waiting for news is renewed.',
    },
    default: IDLE_MS,
  },
  {
    name: 'timeoutMs',
    type: 'number',
    help: { fa: 'مهلت پاسخ سرور ایمیل به میلی‌ثانیه.', en: 'Milliseconds a mail server may take to answer.' },
    default: TIMEOUT_MS,
  },
  text('tokenUrl', {
    fa: 'جایی که ارائه‌دهندهٔ OAuth توکن را تازه می‌کند (https://oauth2.googleapis.com/token).',
    en: 'Where the OAuth provider renews tokens (https://oauth2.googleapis.com/token).',
  }),
];
