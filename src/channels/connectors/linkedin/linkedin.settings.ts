import type { ChannelSettings } from '../../channel';
import type { SettingField } from '../../credentials';
import { integer, list, string } from '../json';

/** Newest version named by linkedin.md §1 (Aug 2026); each lives at least twelve months. */
const VERSION = '202607';
const ACTIONS = ['COMMENT', 'ADMIN_COMMENT', 'COMMENT_EDIT', 'COMMENT_DELETE', 'SHARE_MENTION'] as const;
const TEXT_LIMIT = 1250;

export const LINKEDIN_SETTINGS: readonly SettingField[] = [
  {
    name: 'linkedinVersion',
    type: 'text',
    default: VERSION,
    help: {
      fa: 'در هر تماس به نام LinkedIn-Version (YYYYMM) می‌رود. لینکدین پس از بازنشسته کردن این نسخه 426 پاسخ می‌دهد.',
      en: 'Sent as LinkedIn-Version (YYYYMM) with every call. LinkedIn answers 426 when it has retired this version.',
    },
  },
  {
    name: 'developerApplicationId',
    type: 'text',
    help: {
      fa: 'شمارهٔ برنامهٔ شما در پورتال توسعه‌دهندگان لینکدین (نه شناسهٔ کلاینت). برای اشتراک وب‌هوک لازم است.',
      en: 'Number of your app in the LinkedIn developer portal (not the client id). Needed to subscribe the webhook.',
    },
  },
  {
    name: 'memberId',
    type: 'text',
    help: {
      fa: 'مدیری که صفحه را وصل کرد؛ هنگام اتصال پر می‌شود.',
      en: 'The administrator who connected the page; filled in on connecting.',
    },
  },
  {
    name: 'notificationActions',
    type: 'list',
    default: ACTIONS,
    help: {
      fa: 'وقتی اعلان‌ها به جای دریافت خوانده می‌شوند چه چیزهایی پرسیده شود.',
      en: 'What to ask for when notifications are read instead of pushed.',
    },
  },
  {
    name: 'pullFrom',
    type: 'text',
    default: 'notifications',
    help: {
      fa: '`notifications` اعلان‌های صفحه را می‌خواند (۶۰ روز)؛ `posts` دیدگاه‌های آخرین پست‌ها را فهرست می‌کند.',
      en: '`notifications` reads the page’s notifications (60 days); `posts` lists the comments of the latest posts.',
    },
  },
  {
    name: 'recentPosts',
    type: 'number',
    default: 20,
    help: {
      fa: 'با pullFrom `posts` چند پست آخر مرور شود.',
      en: 'How many of the latest posts are looked through with pullFrom `posts`.',
    },
  },
  {
    name: 'pollMinutes',
    type: 'number',
    default: 0,
    help: {
      fa: 'دقیقه‌های میان دو پرسش برای برنامه‌های بی‌تأیید وب‌هوک؛ ۰ به وب‌هوک تکیه می‌کند.',
      en: 'Minutes between polls for apps without webhook approval; 0 relies on the webhook.',
    },
  },
  {
    name: 'reconcileMinutes',
    type: 'number',
    default: 15,
    help: {
      fa: 'دقیقه‌های میان دو مقایسه با آنچه رسیده است.',
      en: 'Minutes between comparisons with what was pushed.',
    },
  },
  {
    name: 'reconcileHours',
    type: 'number',
    default: 24,
    help: { fa: 'هر مقایسه تا چند ساعت پیش را نگاه کند.', en: 'How many hours each comparison looks back.' },
  },
  {
    name: 'replyTarget',
    type: 'text',
    default: 'activity',
    help: {
      fa: 'پاسخ کجا گذاشته شود: `activity` (فعالیت پست) یا `comment` (دیدگاه بالایی).',
      en: 'Where a reply is posted: `activity` (the post’s activity) or `comment` (the comment above).',
    },
  },
  {
    name: 'textLimit',
    type: 'number',
    default: TEXT_LIMIT,
    help: { fa: 'بلندترین دیدگاه به نویسه.', en: 'Longest comment in characters.' },
  },
];

/** The settings of a channel with every gap filled by its default. */
export interface LinkedInSettings {
  version: string;
  applicationId: string | undefined;
  memberId: string | undefined;
  actions: readonly string[];
  pullFrom: 'notifications' | 'posts';
  recentPosts: number;
  pollMs: number | undefined;
  reconcileMs: number;
  lookBackMs: number;
  replyTarget: 'activity' | 'comment';
  textLimit: number;
}

const MINUTE_MS = 60_000;

export function linkedInSettings(settings: ChannelSettings): LinkedInSettings {
  const positive = (name: string, otherwise: number) => {
    const value = integer(settings[name]);
    return value !== undefined && value > 0 ? value : otherwise;
  };
  const text = (name: string) => string(settings[name])?.trim() || undefined;
  const actions = list(settings['notificationActions'])
    .map(string)
    .filter((action) => action !== undefined && /^[A-Z_]+$/.test(action));
  const poll = positive('pollMinutes', 0);
  return {
    version: text('linkedinVersion') ?? VERSION,
    applicationId: text('developerApplicationId'),
    memberId: text('memberId'),
    actions: actions.length > 0 ? actions.filter((action) => action !== undefined) : ACTIONS,
    pullFrom: settings['pullFrom'] === 'posts' ? 'posts' : 'notifications',
    recentPosts: Math.min(positive('recentPosts', 20), 100),
    pollMs: poll === 0 ? undefined : poll * MINUTE_MS,
    reconcileMs: positive('reconcileMinutes', 15) * MINUTE_MS,
    lookBackMs: positive('reconcileHours', 24) * 60 * MINUTE_MS,
    replyTarget: settings['replyTarget'] === 'comment' ? 'comment' : 'activity',
    textLimit: positive('textLimit', TEXT_LIMIT),
  };
}

/** @returns what is wrong, by field */
export function checkLinkedInSettings(settings: ChannelSettings): { path: string; problem: string }[] {
  const problems: { path: string; problem: string }[] = [];
  const wants = (path: string, fits: (value: unknown) => boolean, problem: string) => {
    if (settings[path] !== undefined && settings[path] !== '' && !fits(settings[path]))
      problems.push({ path, problem });
  };
  const number = (value: unknown) => integer(value) !== undefined && Number(value) >= 0;
  wants('linkedinVersion', (v) => /^20\d\d(0[1-9]|1[0-2])$/.test(String(v)), 'Give year and month, like 202607.');
  wants('developerApplicationId', (v) => /^\d+$/.test(String(v)), 'Give the number of the app, digits only.');
  wants('memberId', (v) => /^[\w-]+$/.test(String(v)), 'Give the member’s id without urn:li:person.');
  wants('pullFrom', (v) => v === 'notifications' || v === 'posts', 'Choose notifications or posts.');
  wants('replyTarget', (v) => v === 'activity' || v === 'comment', 'Choose activity or comment.');
  for (const name of ['recentPosts', 'pollMinutes', 'reconcileMinutes', 'reconcileHours', 'textLimit'])
    wants(name, number, 'Give a whole number.');
  return problems;
}
