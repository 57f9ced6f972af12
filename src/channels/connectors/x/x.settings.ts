import type { ChannelSettings } from '../../channel';
import type { CredentialField, SettingField } from '../../credentials';

/** The event types a channel needs (X Activity API). Likes are left out by default: each is billed like a read. */
export const EVENT_TYPES: readonly string[] = [
  'post.mention.create',
  'post.reply.create',
  'post.quote.create',
  'post.create',
  'post.delete',
  'dm.received',
  'dm.sent',
  'dm.read',
  'chat.received',
  'oauth.revoke',
];

const FIELDS = [
  {
    name: 'mode',
    type: 'text',
    default: 'webhook',
    help: {
      fa: '`webhook`: ایکس می‌فرستد و خواندنی آرام مقایسه می‌کند. `poll`: ایکس پی‌درپی خوانده می‌شود، بی وب‌هوک.',
      en: '`webhook`: X pushes, and a slow reading compares. `poll`: X is read again and again, without a webhook.',
    },
  },
  {
    name: 'enterprise',
    type: 'boolean',
    default: false,
    help: {
      fa: 'برنامه طرح سازمانی دارد: ایکس می‌گذارد به همه پاسخ دهد و بپسندد، پس چیزی از پیش بررسی نمی‌شود.',
      en: 'The app has an enterprise plan: X lets it answer everybody and like posts, so nothing is checked before.',
    },
  },
  {
    name: 'countImplicitMentions',
    type: 'boolean',
    default: true,
    help: {
      fa: 'آیا پاسخ به پست شما، بی بردن نامتان، بس است تا ایکس اجازهٔ پاسخ به برنامه بدهد.',
      en: 'Whether answering your post, without writing your name, is enough for X to let the app reply.',
    },
  },
  {
    name: 'eventTypes',
    type: 'list',
    default: EVENT_TYPES,
    help: { fa: 'گونه‌های رویدادی که مشترک آنها می‌شویم.', en: 'The event types subscribed to.' },
  },
  {
    name: 'subscribeAs',
    type: 'text',
    default: 'user',
    help: {
      fa: 'اشتراک با توکن چه کسی ساخته شود: `user` (حساب) یا `app` (تنها برنامه).',
      en: 'Whose token makes subscriptions: `user` (the account’s) or `app` (the app-only one).',
    },
  },
  {
    name: 'replay',
    type: 'boolean',
    default: true,
    help: {
      fa: 'پس از وقفه تا یک روز، از ایکس خواسته شود رویدادهای ازدست‌رفته را دوباره بفرستد.',
      en: 'Ask X to push missed events again after a gap of up to a day.',
    },
  },
  {
    name: 'pollSeconds',
    type: 'number',
    default: 300,
    help: {
      fa: 'ثانیه‌های میان دو خواندن در حالت `poll`؛ ۶۰ یا بیشتر.',
      en: 'Seconds between two readings in `poll` mode; 60 or more.',
    },
  },
  {
    name: 'reconcileMinutes',
    type: 'number',
    default: 60,
    help: {
      fa: 'دقیقه‌های میان دو مقایسه در حالت `webhook`.',
      en: 'Minutes between two comparisons in `webhook` mode.',
    },
  },
  {
    name: 'watchedPosts',
    type: 'number',
    default: 12,
    help: {
      fa: 'پاسخ‌های چند پست تازهٔ شما جستجو شود، حداکثر ۱۲؛ ۰ یعنی جستجو نشود.',
      en: 'How many of your newest posts are searched for replies, at most 12; 0 leaves the search out.',
    },
  },
  {
    name: 'overlapSeconds',
    type: 'number',
    default: 30,
    help: {
      fa: 'هر خواندن چند ثانیه پیش‌تر از قبلی آغاز شود، برای پست‌هایی که ایکس دیر فهرست می‌کند؛ دو بار خواندن دو بار هزینه دارد.',
      en: 'Seconds each reading goes back behind the last, for posts that X lists late; read twice is billed twice.',
    },
  },
  {
    name: 'readMessages',
    type: 'boolean',
    default: true,
    help: {
      fa: 'پیام‌های خصوصی هم خوانده شوند؛ دسترسی dm.read می‌خواهد.',
      en: 'Read direct messages too; needs the scope dm.read.',
    },
  },
  {
    name: 'dmFirstPage',
    type: 'number',
    default: 5,
    help: {
      fa: 'هر خواندن نخست چند پیام بخواهد؛ بیشتر تنها وقتی همه تازه بودند.',
      en: 'How many messages a reading asks for first; more only when all were new.',
    },
  },
  {
    name: 'dailyBudgetUsd',
    type: 'number',
    default: 10,
    help: {
      fa: 'هزینهٔ روزانهٔ خواندن به دلار؛ پس از آن می‌ایستد.',
      en: 'US dollars a day that reading may cost; then it rests.',
    },
  },
  {
    name: 'postReadUsd',
    type: 'number',
    default: 0.005,
    help: { fa: 'بهای خواندن یک پست به دلار.', en: 'Price of reading one post, in US dollars.' },
  },
  {
    name: 'dmReadUsd',
    type: 'number',
    default: 0.01,
    help: { fa: 'بهای خواندن یک پیام خصوصی به دلار.', en: 'Price of reading one direct message, in US dollars.' },
  },
  {
    name: 'dmMediaByApi',
    type: 'boolean',
    default: true,
    help: {
      fa: 'عکس‌های پیام خصوصی از راه API گرفته شود، نه از نشانی درون رویداد.',
      en: 'Fetch pictures of direct messages through the API rather than from the address in the event.',
    },
  },
  {
    name: 'timeoutMs',
    type: 'number',
    default: 15_000,
    help: { fa: 'مهلت پاسخ ایکس به میلی‌ثانیه.', en: 'Milliseconds X has for an answer.' },
  },
] as const satisfies readonly SettingField[];

type FieldName = (typeof FIELDS)[number]['name'];

export const X_SETTINGS: readonly SettingField[] = FIELDS;

export const X_CREDENTIALS: readonly CredentialField[] = [
  {
    name: 'accessToken',
    required: true,
    help: {
      fa: 'توکن کاربری OAuth 2.0 حساب؛ برای خواندن، پاسخ و پیام خصوصی.',
      en: 'The account’s OAuth 2.0 user token; reads, replies and direct messages.',
    },
  },
  {
    name: 'refreshToken',
    required: false,
    help: {
      fa: 'توکن دسترسی را که دو ساعت عمر دارد تازه می‌کند؛ با offline.access می‌آید.',
      en: 'Renews the access token, which lives two hours; comes with offline.access.',
    },
  },
  {
    name: 'accessTokenExpiresAt',
    required: false,
    help: {
      fa: 'زمان پایان توکن دسترسی (ISO)؛ بدون آن بی‌درنگ تازه می‌شود.',
      en: 'When the access token ends (ISO); without it, it is renewed at once.',
    },
  },
  {
    name: 'clientId',
    required: false,
    help: {
      fa: 'شناسهٔ کلاینت OAuth 2.0 برنامه؛ برای تازه کردن توکن لازم است.',
      en: 'OAuth 2.0 client id of the app; needed for renewing the token.',
    },
  },
  {
    name: 'clientSecret',
    required: false,
    help: {
      fa: 'رمز کلاینت OAuth 2.0 برنامه؛ کلاینت عمومی آن را ندارد.',
      en: 'OAuth 2.0 client secret of the app; absent for public clients.',
    },
  },
  {
    name: 'scopes',
    required: false,
    help: {
      fa: 'دسترسی‌های داده‌شده، جدا با فاصله؛ با اتصال از راه ایکس پر می‌شود.',
      en: 'The scopes granted, separated by spaces; filled in by connecting through X.',
    },
  },
  {
    name: 'appSecret',
    required: false,
    help: {
      fa: 'رمز مصرف‌کنندهٔ برنامه (API key secret): وب‌هوک‌ها را امضا می‌کند. برای خواندن دوره‌ای لازم نیست.',
      en: 'The app’s consumer secret (API key secret): signs webhooks. Not needed for polling.',
    },
  },
  {
    name: 'bearerToken',
    required: false,
    help: {
      fa: 'توکن bearer برنامه: وب‌هوک را راه می‌اندازد. برای خواندن دوره‌ای لازم نیست.',
      en: 'The app-only bearer token: sets up the webhook. Not needed for polling.',
    },
  },
];

const DEFAULTS = new Map<string, SettingField['default']>(FIELDS.map((field) => [field.name, field.default]));

export function flag(settings: ChannelSettings, name: FieldName): boolean {
  const value = settings[name];
  return typeof value === 'boolean' ? value : DEFAULTS.get(name) === true;
}

/** A number of zero or more, or the default. */
export function amount(settings: ChannelSettings, name: FieldName): number {
  const value = settings[name];
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : Number(DEFAULTS.get(name));
}

export const polls = (settings: ChannelSettings): boolean => settings['mode'] === 'poll';

export function eventTypes(settings: ChannelSettings): readonly string[] {
  const value = settings['eventTypes'];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : EVENT_TYPES;
}

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  mode: ['webhook', 'poll'],
  subscribeAs: ['user', 'app'],
};
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  pollSeconds: [60, 86_400],
  reconcileMinutes: [5, 1440],
  watchedPosts: [0, 12], // what fits into one query of 512 characters
  dmFirstPage: [1, 100],
  overlapSeconds: [0, 3600],
  timeoutMs: [1000, 20_000],
};

export function checkXSettings(settings: ChannelSettings): { path: string; problem: string }[] {
  const problems: { path: string; problem: string }[] = [];
  for (const { name, type } of FIELDS) {
    const value = settings[name];
    if (value === undefined) continue;
    const fits = type === 'list' ? Array.isArray(value) : typeof value === (type === 'text' ? 'string' : type);
    if (!fits) problems.push({ path: name, problem: `It must be a ${type}.` });
    else if (CHOICES[name] && !CHOICES[name].some((choice) => choice === value))
      problems.push({ path: name, problem: `Choose ${CHOICES[name].join(' or ')}.` });
    else if (type === 'number' && !inRange(name, Number(value)))
      problems.push({ path: name, problem: `It must lie between ${(RANGES[name] ?? [0, 'any']).join(' and ')}.` });
  }
  return problems;
}

function inRange(name: string, value: number): boolean {
  const [least, most] = RANGES[name] ?? [0, Infinity];
  return value >= least && value <= most;
}
