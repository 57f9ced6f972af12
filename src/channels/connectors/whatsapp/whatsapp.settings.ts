import type { ChannelSettings } from '../../channel';
import type { CredentialField, SettingField } from '../../credentials';
import { integer, string } from '../json';

export const CREDENTIAL_FIELDS: readonly CredentialField[] = [
  {
    name: 'accessToken',
    required: true,
    help: {
      fa: 'توکن کاربر سیستمی که اجازهٔ پیام دادن و مدیریت حساب را دارد.',
      en: 'Token of a system user that may message with and manage the account.',
    },
  },
  {
    name: 'appSecret',
    required: true,
    help: {
      fa: 'رمز برنامهٔ متا: وب‌هوک‌ها را امضا و تماس‌ها را اثبات می‌کند.',
      en: 'Secret of the Meta app: signs webhooks and proves calls.',
    },
  },
  {
    name: 'verifyToken',
    required: false,
    generated: true,
    help: {
      fa: 'توکنی که هنگام اشتراک وب‌هوک در متا وارد می‌کنید.',
      en: 'The token you enter in Meta when you subscribe the webhook.',
    },
  },
  {
    name: 'appId',
    required: false,
    help: {
      fa: 'شمارهٔ برنامهٔ متا: با آن توکن و وب‌هوک بررسی می‌شود.',
      en: 'Number of the Meta app: with it the token and the webhook can be checked.',
    },
  },
  {
    name: 'pin',
    required: false,
    help: {
      fa: 'پین شش‌رقمی تأیید دومرحله‌ای شماره، برای ثبت شماره.',
      en: 'Six-digit PIN of the number’s two-step verification, to register the number.',
    },
  },
  {
    name: 'accessTokenExpiresAt',
    required: false,
    help: {
      fa: 'زمان پایان توکن (ISO)؛ خالی یعنی پایان ندارد.',
      en: 'When the token ends (ISO instant); empty when it does not.',
    },
  },
];

/** Sent by WhatsApp only where the app asks for them; `messages` holds statuses too. */
const WEBHOOK_FIELDS = [
  'messages',
  'smb_message_echoes',
  'history',
  'message_template_status_update',
  'phone_number_quality_update',
  'account_update',
  'account_alerts',
  'user_preferences',
];

/** Host names of WhatsApp's files, a leading dot for everything below. */
const MEDIA_HOSTS = ['.fbsbx.com', '.fbcdn.net', '.whatsapp.net'];

const LIKE = '👍';

export const SETTING_FIELDS: readonly SettingField[] = [
  {
    name: 'wabaId',
    type: 'text',
    help: {
      fa: 'شناسهٔ حساب واتساپ بیزنس: برای قالب‌ها، اشتراک و بررسی.',
      en: 'Id of the WhatsApp Business account: for templates, subscription and health.',
    },
  },
  {
    name: 'graphVersion',
    type: 'text',
    default: 'v26.0',
    help: { fa: 'نسخهٔ Graph API در تماس‌ها.', en: 'Version of the Graph API in calls.' },
  },
  {
    name: 'timeoutMs',
    type: 'number',
    default: 15_000,
    help: { fa: 'زمان مجاز هر تماس به میلی‌ثانیه.', en: 'How long a call may take, in milliseconds.' },
  },
  {
    name: 'uploadTimeoutMs',
    type: 'number',
    default: 50_000,
    help: { fa: 'زمان مجاز هر بارگذاری به میلی‌ثانیه.', en: 'How long an upload may take, in milliseconds.' },
  },
  {
    name: 'textLimit',
    type: 'number',
    default: 4096,
    help: { fa: 'بلندترین متن پیام به نویسه.', en: 'Longest text of a message, in characters.' },
  },
  {
    name: 'captionLimit',
    type: 'number',
    default: 1024,
    help: { fa: 'بلندترین متن کنار پرونده به نویسه.', en: 'Longest text beside a file, in characters.' },
  },
  {
    name: 'previewLinks',
    type: 'boolean',
    default: true,
    help: { fa: 'پیش‌نمایش نخستین پیوند متن نشان داده شود.', en: 'Show a preview of the first link of a text.' },
  },
  {
    name: 'likeEmoji',
    type: 'text',
    default: LIKE,
    help: { fa: 'واکنشی که «پسندیدن» می‌گذارد.', en: 'The reaction a "like" leaves.' },
  },
  {
    name: 'imageTypes',
    type: 'list',
    default: ['image/jpeg', 'image/png'],
    help: {
      fa: 'گونه‌های عکسی که واتساپ نشان می‌دهد؛ بقیه به شکل سند می‌روند.',
      en: 'Types of pictures WhatsApp shows; others are sent as documents.',
    },
  },
  {
    name: 'mediaHosts',
    type: 'list',
    default: MEDIA_HOSTS,
    help: {
      fa: 'میزبان‌هایی که پرونده‌های مشتری از آنها گرفته می‌شود.',
      en: 'Hosts that customers’ files may be fetched from.',
    },
  },
  {
    name: 'mediaUserAgent',
    type: 'text',
    default: 'Pasokh/1.0',
    help: {
      fa: 'User agent این دریافت؛ واتساپ برخی را که نامی نمی‌گویند رد می‌کند.',
      en: 'User agent of such a fetch; WhatsApp turns some away that name none.',
    },
  },
  {
    name: 'webhookFields',
    type: 'list',
    default: WEBHOOK_FIELDS,
    help: {
      fa: 'هنگام راه‌اندازی وب‌هوک، برنامه چه گزارش‌هایی از واتساپ می‌خواهد.',
      en: 'What the app asks WhatsApp to report when the webhook is set up.',
    },
  },
  {
    name: 'overrideWebhook',
    type: 'boolean',
    default: true,
    help: {
      fa: 'اگر وب‌هوک برنامه از آن برنامهٔ دیگری است: پیام‌های این حساب به اینجا فرستاده شود.',
      en: 'Where the app’s webhook belongs to another program: have this account’s messages sent here instead.',
    },
  },
];

export interface WhatsappSettings {
  wabaId: string | undefined;
  graphVersion: string;
  timeoutMs: number;
  uploadTimeoutMs: number;
  textLimit: number;
  captionLimit: number;
  previewLinks: boolean;
  likeEmoji: string;
  imageTypes: readonly string[];
  mediaHosts: readonly string[];
  mediaUserAgent: string;
  webhookFields: readonly string[];
  overrideWebhook: boolean;
}

const filled = (value: unknown): string | undefined => {
  const text = typeof value === 'number' ? String(value) : string(value)?.trim();
  return text === '' ? undefined : text;
};
const flag = (value: unknown, otherwise: boolean): boolean => (typeof value === 'boolean' ? value : otherwise);

function texts(value: unknown, otherwise: readonly string[]): readonly string[] {
  if (!Array.isArray(value)) return otherwise;
  const items = (value as unknown[]).map(filled).filter((item) => item !== undefined);
  return items.length > 0 ? items : otherwise;
}

/** A channel's settings with the defaults filled in; what does not fit counts as not given. */
export function readSettings(settings: ChannelSettings): WhatsappSettings {
  const positive = (name: string, otherwise: number) => {
    const number = integer(settings[name]);
    return number !== undefined && number > 0 ? number : otherwise;
  };
  return {
    wabaId: filled(settings['wabaId']),
    graphVersion: filled(settings['graphVersion']) ?? 'v26.0',
    timeoutMs: positive('timeoutMs', 15_000),
    uploadTimeoutMs: positive('uploadTimeoutMs', 50_000),
    textLimit: positive('textLimit', 4096),
    captionLimit: positive('captionLimit', 1024),
    previewLinks: flag(settings['previewLinks'], true),
    likeEmoji: filled(settings['likeEmoji']) ?? LIKE,
    imageTypes: texts(settings['imageTypes'], ['image/jpeg', 'image/png']),
    mediaHosts: texts(settings['mediaHosts'], MEDIA_HOSTS),
    mediaUserAgent: filled(settings['mediaUserAgent']) ?? 'Pasokh/1.0',
    webhookFields: texts(settings['webhookFields'], WEBHOOK_FIELDS),
    overrideWebhook: flag(settings['overrideWebhook'], true),
  };
}

/** @returns what is wrong, by field */
export function checkSettings(settings: ChannelSettings): { path: string; problem: string }[] {
  const problems: { path: string; problem: string }[] = [];
  const check = (path: string, fits: (value: unknown) => boolean, problem: string) => {
    const value = settings[path];
    if (value !== undefined && value !== null && value !== '' && !fits(value)) problems.push({ path, problem });
  };
  check('wabaId', (value) => /^\d{5,25}$/.test(filled(value) ?? ''), 'The account’s id has digits only.');
  check('graphVersion', (value) => /^v\d+\.\d+$/.test(filled(value) ?? ''), 'Write it as v26.0.');
  for (const name of ['timeoutMs', 'uploadTimeoutMs', 'textLimit', 'captionLimit'])
    check(name, (value) => (integer(value) ?? 0) > 0, 'Enter a whole number above 0.');
  for (const name of ['previewLinks', 'overrideWebhook'])
    check(name, (value) => typeof value === 'boolean', 'Enter true or false.');
  for (const name of ['imageTypes', 'mediaHosts', 'webhookFields'])
    check(
      name,
      (value) => Array.isArray(value) && value.length > 0 && (value as unknown[]).every((item) => filled(item)),
      'Enter a list of texts.',
    );
  return problems;
}
