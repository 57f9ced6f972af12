import type { Words } from '../../../text/words';
import type { ChannelKind, ChannelSettings } from '../../channel';
import type { CredentialField, SettingField } from '../../credentials';

/** What a Page reports to the app (Page `subscribed_apps`, SDK field enum). */
const PAGE_FIELDS = [
  'feed',
  'mention',
  'messages',
  'message_echoes',
  'message_edits',
  'message_reactions',
  'message_reads',
  'message_deliveries',
  'messaging_postbacks',
  'messaging_referrals',
  'messaging_handovers',
  'standby',
];

/** What an Instagram account reports to the app (Instagram Platform webhooks, "Webhook fields"). */
const INSTAGRAM_FIELDS = [
  'comments',
  'live_comments',
  'mentions',
  'messages',
  'message_edits',
  'message_reactions',
  'messaging_seen',
  'messaging_postbacks',
  'messaging_referral',
  'messaging_handover',
  'standby',
];

const FIELDS = [
  {
    name: 'graphVersion',
    type: 'text',
    default: 'v26.0',
    help: {
      fa: 'نسخهٔ Graph API؛ تماس بدون نسخه قدیمی‌ترین نسخهٔ برنامه را می‌گیرد.',
      en: 'Version of the Graph API; a call without one takes the app’s oldest.',
    },
  },
  {
    name: 'webhookFields',
    type: 'list',
    default: PAGE_FIELDS,
    help: {
      fa: 'آنچه از حساب خواسته می‌شود گزارش دهد؛ بدون هر کدام، رویدادهایش تنها با خواندن پیدا می‌شوند.',
      en: 'What the account is asked to report; without one of them its events are found by reading only.',
    },
  },
  {
    name: 'reconcileMinutes',
    type: 'number',
    default: 15,
    help: {
      fa: 'دقیقه‌های میان دو خواندن که دنبال نیاورده‌های وب‌هوک می‌گردند.',
      en: 'Minutes between two readings that look for what the webhook did not bring.',
    },
  },
  {
    name: 'backfillDays',
    type: 'number',
    default: 30,
    help: { fa: 'نخستین خواندن تا چند روز پیش برود.', en: 'How many days back a first reading may go.' },
  },
  {
    name: 'postDays',
    type: 'number',
    default: 30,
    help: {
      fa: 'دیدگاه‌های پست‌های تازه‌تر از این تعداد روز خوانده می‌شوند.',
      en: 'Posts younger than so many days are read for comments.',
    },
  },
  {
    name: 'watchedPosts',
    type: 'number',
    default: 25,
    help: {
      fa: 'هر مقایسه چند پست تازه را بخواند، حداکثر ۱۰۰.',
      en: 'How many of the newest posts each comparison reads, at most 100.',
    },
  },
  {
    name: 'watchedComments',
    type: 'number',
    default: 30,
    help: {
      fa: 'چند دیدگاه تازهٔ هر پست از نظر ویرایش، پنهان شدن و حذف مقایسه شود، حداکثر ۱۰۰.',
      en: 'How many newest comments of a post are compared for edits, hiding and deletion, at most 100.',
    },
  },
  {
    name: 'readComments',
    type: 'boolean',
    default: true,
    help: { fa: 'در مقایسه دیدگاه‌ها هم خوانده شوند.', en: 'Read comments when comparing.' },
  },
  {
    name: 'readMessages',
    type: 'boolean',
    default: true,
    help: {
      fa: 'در مقایسه گفتگوها هم خوانده شوند. اگر پیامی دو بار دیده شد خاموشش کنید: یعنی دو شناسه‌اش یکی نیست.',
      en: 'Read conversations when comparing. Switch it off should a message appear twice: then its two ids differ.',
    },
  },
  {
    name: 'settleSeconds',
    type: 'number',
    default: 60,
    help: {
      fa: 'وب‌هوک چند ثانیه فرصت دارد تا خواندن همان را نگوید؛ وب‌هوک بیش از خواندن می‌گوید.',
      en: 'Seconds a webhook has before a reading tells the same; it tells more than a reading can.',
    },
  },
  {
    name: 'mediaHosts',
    type: 'list',
    default: ['.fbcdn.net', '.fbsbx.com', '.cdninstagram.com'],
    help: {
      fa: 'نام میزبان‌های پرونده‌های متا؛ نقطهٔ آغازین یعنی همهٔ زیرمجموعه‌ها.',
      en: 'Host names of Meta’s files, a leading dot for everything below.',
    },
  },
  {
    name: 'storyHours',
    type: 'number',
    default: 24,
    help: {
      fa: 'پروندهٔ استوری چند ساعت پس از پیامش نگه داشته شود؛ متا بیش از ۲۴ ساعت را روا نمی‌داند.',
      en: 'Hours after its message for which a story’s media is kept; Meta allows no more than 24.',
    },
  },
  {
    name: 'uploadFiles',
    type: 'boolean',
    default: true,
    help: {
      fa: 'پرونده‌های پیام خصوصی را ما به متا ببریم؛ وگرنه متا از نشانی عمومی ما برمی‌دارد.',
      en: 'Bring files of direct messages to Meta; otherwise it fetches them from our public address.',
    },
  },
  {
    name: 'timeoutMs',
    type: 'number',
    default: 15_000,
    help: { fa: 'مهلت پاسخ متا به میلی‌ثانیه.', en: 'Milliseconds Meta has for an answer.' },
  },
] as const satisfies readonly SettingField[];

const INSTAGRAM_ONLY = [
  {
    name: 'liveMinutes',
    type: 'number',
    default: 240,
    help: {
      fa: 'پخش زنده چند دقیقه پس از آغاز، پایان‌یافته شمرده شود اگر اینستاگرام پایانش را نگوید؛ پس از آن پاسخ خصوصی به دیدگاه‌هایش داده نمی‌شود.',
      en: 'Minutes after its beginning at which a live broadcast counts as over, should Instagram not tell; its comments take no private reply after that.',
    },
  },
  {
    name: 'login',
    type: 'text',
    default: 'facebook',
    help: {
      fa: '`facebook`: از راه صفحه‌اش وصل شده. `instagram`: با ورود اینستاگرام وصل شده و رمز خودش را دارد.',
      en: '`facebook`: connected through its Page. `instagram`: connected by Instagram Login, with a secret of its own.',
    },
  },
  {
    name: 'pageId',
    type: 'text',
    help: {
      fa: 'صفحه‌ای که حساب زیر آن است؛ پیام‌های خصوصی‌اش آنجا خوانده می‌شوند.',
      en: 'The Page the account hangs under; its direct messages are read there.',
    },
  },
  {
    name: 'username',
    type: 'text',
    help: {
      fa: 'نام حساب: جایی که اینستاگرام نویسنده را نمی‌گوید، دیدگاه خودمان را نشان می‌دهد.',
      en: 'The account’s name: tells own comments where Instagram withholds the author.',
    },
  },
] as const satisfies readonly SettingField[];

type Field = (typeof FIELDS)[number] | (typeof INSTAGRAM_ONLY)[number];
type FieldName = Field['name'];
type Named<Type extends SettingField['type']> = Extract<Field, { type: Type }>['name'];

export function metaSettingFields(kind: ChannelKind): readonly SettingField[] {
  if (kind !== 'instagram') return FIELDS;
  const own = FIELDS.map((field) => {
    if (field.name === 'webhookFields') return { ...field, default: INSTAGRAM_FIELDS };
    // The upload is described for Pages; whether it serves Instagram is not said.
    return field.name === 'uploadFiles' ? { ...field, default: false } : field;
  });
  return [...own, ...INSTAGRAM_ONLY];
}

const PAGE_TOKEN: Words = {
  fa: 'توکن دسترسی صفحه که می‌تواند بخواند و پاسخ دهد.',
  en: 'The Page access token that may read and answer.',
};
const PAGE_OR_INSTAGRAM_TOKEN: Words = {
  fa: 'توکن دسترسی صفحه یا اینستاگرام که می‌تواند بخواند و پاسخ دهد.',
  en: 'The Page or Instagram access token that may read and answer.',
};

export function metaCredentialFields(kind: ChannelKind): readonly CredentialField[] {
  return [
    { name: 'accessToken', required: true, help: kind === 'facebook' ? PAGE_TOKEN : PAGE_OR_INSTAGRAM_TOKEN },
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
        fa: 'شمارهٔ برنامهٔ متا: با آن توکن، دسترسی‌ها و وب‌هوک برنامه بررسی می‌شود.',
        en: 'Number of the Meta app: with it the token, its permissions and the app’s webhook can be checked.',
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
    {
      name: 'scopes',
      required: false,
      help: {
        fa: 'دسترسی‌های داده‌شده، جدا با فاصله؛ هنگام اتصال پر می‌شود.',
        en: 'The permissions granted, separated by spaces; filled in by connecting.',
      },
    },
  ];
}

const DEFAULTS = new Map<string, SettingField['default']>(
  [...FIELDS, ...INSTAGRAM_ONLY].map((field: SettingField) => [field.name, field.default]),
);

/** A number of zero or more, or the default. */
export function amount(settings: ChannelSettings, name: Named<'number'>): number {
  const value = settings[name];
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : Number(DEFAULTS.get(name));
}

export function flag(settings: ChannelSettings, name: Named<'boolean'>): boolean {
  const value = settings[name];
  return typeof value === 'boolean' ? value : DEFAULTS.get(name) === true;
}

export const uploadsFiles = ({ kind, settings }: { kind: ChannelKind; settings: ChannelSettings }): boolean =>
  settings['uploadFiles'] === undefined ? kind === 'facebook' : flag(settings, 'uploadFiles');

export function graphVersion(settings: ChannelSettings): string {
  const value = settings['graphVersion'];
  return typeof value === 'string' && VERSION.test(value) ? value : String(DEFAULTS.get('graphVersion'));
}

export const mediaHosts = ({ settings }: { settings: ChannelSettings }): string[] =>
  texts(settings['mediaHosts']) ?? texts(DEFAULTS.get('mediaHosts')) ?? [];

export const webhookFields = ({ kind, settings }: { kind: ChannelKind; settings: ChannelSettings }): string[] =>
  texts(settings['webhookFields']) ?? [...(kind === 'instagram' ? INSTAGRAM_FIELDS : PAGE_FIELDS)];

function texts(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : undefined;
}

const VERSION = /^v\d{1,3}\.\d{1,2}$/;
const RANGES: Readonly<Partial<Record<FieldName, readonly [number, number]>>> = {
  reconcileMinutes: [5, 1440],
  backfillDays: [0, 365],
  postDays: [1, 365],
  watchedPosts: [0, 100],
  watchedComments: [0, 100],
  settleSeconds: [0, 3600],
  storyHours: [1, 24],
  liveMinutes: [1, 1440],
  timeoutMs: [1000, 20_000], // a file, its message and a question after it must end within 90 seconds
};

/** @returns what is wrong with these settings, by field */
export function checkMetaSettings(kind: ChannelKind, settings: ChannelSettings): { path: string; problem: string }[] {
  const problems: { path: string; problem: string }[] = [];
  for (const { name, type } of metaSettingFields(kind)) {
    const value = settings[name];
    if (value === undefined) continue;
    const fits = type === 'list' ? Array.isArray(value) : typeof value === (type === 'text' ? 'string' : type);
    const range = RANGES[name as FieldName];
    if (!fits) problems.push({ path: name, problem: `It must be a ${type}.` });
    else if (range && !(Number(value) >= range[0] && Number(value) <= range[1]))
      problems.push({ path: name, problem: `It must lie between ${range.join(' and ')}.` });
  }
  const { login, graphVersion: version } = settings;
  if (typeof version === 'string' && !VERSION.test(version))
    problems.push({ path: 'graphVersion', problem: 'It looks like v26.0.' });
  if (kind === 'instagram' && typeof login === 'string' && login !== 'facebook' && login !== 'instagram')
    problems.push({ path: 'login', problem: 'Choose facebook or instagram.' });
  return problems;
}
