import type { ChannelSettings } from '../../channel';
import type { SettingField } from '../../credentials';
import { integer, string } from '../json';

const HOST = 'https://eitaayar.ir';
const TARGETS = ['chat', 'app'] as const;
const LONGEST_CALL_MS = 20_000; // with a file; two calls have to end within the send's lease

export interface EitaaSettings {
  base: string;
  target: (typeof TARGETS)[number];
  title: string | undefined;
  silent: boolean;
  pin: boolean;
  viewCountForDelete: number | undefined;
  paceMs: number;
  rateLimitWaitMs: number;
  textLimit: number;
  timeoutMs: number;
}

/** Eitaayar's own page was not read: all of this is what programs that use it do. */
export const EITAA_SETTINGS: readonly SettingField[] = [
  { name: 'apiBaseUrl', type: 'text', help: { fa: 'میزبان ایتایار.', en: 'Host of Eitaayar.' }, default: HOST },
  {
    name: 'target',
    type: 'text',
    help: {
      fa: 'chat: کانال یا گروهی که حساب @sender ایتایار مدیر آن است. app: کاربران مینی‌اپ شما.',
      en: 'chat: a channel or group that Eitaayar’s account @sender manages. app: users of your mini app.',
    },
    default: 'chat',
  },
  {
    name: 'title',
    type: 'text',
    help: {
      fa: 'عنوان پیام در پنل ایتایار؛ مردم آن را نمی‌بینند.',
      en: 'Title of the message in Eitaayar’s panel; people do not see it.',
    },
  },
  { name: 'silent', type: 'boolean', help: { fa: 'ارسال بی‌صدا.', en: 'Send without a sound.' }, default: false },
  { name: 'pin', type: 'boolean', help: { fa: 'سنجاق کردن هر پیام.', en: 'Pin each message.' }, default: false },
  {
    name: 'viewCountForDelete',
    type: 'number',
    help: { fa: 'حذف پیام پس از این تعداد بازدید. ۰: هیچ‌گاه.', en: 'Delete a message after so many views. 0: never.' },
    default: 0,
  },
  {
    name: 'paceMs',
    type: 'number',
    help: {
      fa: 'میلی‌ثانیه‌های میان دو پیام؛ ایتایار سقفی اعلام نمی‌کند.',
      en: 'Milliseconds between two messages; Eitaayar tells no limits.',
    },
    default: 3000,
  },
  {
    name: 'rateLimitWaitMs',
    type: 'number',
    help: {
      fa: 'میلی‌ثانیه‌های درنگ پس از «درخواست بیش از حد» وقتی زمانی گفته نشده است.',
      en: 'Milliseconds to rest after "too many requests" when no time is named.',
    },
    default: 60_000,
  },
  {
    name: 'textLimit',
    type: 'number',
    help: { fa: 'بیشترین تعداد نویسه در یک پیام.', en: 'Most characters in a message.' },
    default: 4096,
  },
  {
    name: 'timeoutMs',
    type: 'number',
    help: {
      fa: 'زمان مجاز هر تماس به میلی‌ثانیه، حداکثر ۲۰٬۰۰۰.',
      en: 'Milliseconds a call may take, 20,000 at most.',
    },
    default: LONGEST_CALL_MS,
  },
];

const amount = (value: unknown, otherwise: number) => Math.max(0, integer(value) ?? otherwise);

export function eitaaSettings(settings: ChannelSettings): EitaaSettings {
  return {
    base: `${(settings.apiBaseUrl ?? HOST).replace(/\/+$/, '')}/api`,
    target: settings['target'] === 'app' ? 'app' : 'chat',
    title: string(settings['title']) || undefined,
    silent: settings['silent'] === true,
    pin: settings['pin'] === true,
    viewCountForDelete: amount(settings['viewCountForDelete'], 0) || undefined,
    paceMs: amount(settings['paceMs'], 3000),
    rateLimitWaitMs: amount(settings['rateLimitWaitMs'], 60_000),
    textLimit: amount(settings['textLimit'], 4096) || 4096,
    timeoutMs: Math.min(LONGEST_CALL_MS, amount(settings['timeoutMs'], LONGEST_CALL_MS) || LONGEST_CALL_MS),
  };
}

const TYPES: Record<SettingField['type'], [must: string, holds: (value: unknown) => boolean]> = {
  text: ['must be a text', (value) => typeof value === 'string'],
  number: ['must be a whole number from 0', (value) => (integer(value) ?? -1) >= 0],
  boolean: ['must be true or false', (value) => typeof value === 'boolean'],
  list: ['must be a list', Array.isArray],
};

export function checkEitaaSettings(settings: ChannelSettings): { path: string; problem: string }[] {
  const problems = EITAA_SETTINGS.flatMap(({ name, type }) => {
    const [problem, holds] = TYPES[type];
    return settings[name] === undefined || holds(settings[name]) ? [] : [{ path: name, problem }];
  });
  const { apiBaseUrl, target } = settings;
  if (typeof apiBaseUrl === 'string' && !(/^https?:/.test(apiBaseUrl) && URL.canParse(apiBaseUrl)))
    problems.push({ path: 'apiBaseUrl', problem: 'must be an http address' });
  if (typeof target === 'string' && !TARGETS.includes(target as 'app'))
    problems.push({ path: 'target', problem: `must be ${TARGETS.join(' or ')}` });
  return problems;
}
