import type { NewCalendar } from '../calendars/calendars.service';
import type { CallSettings } from '../calls/call';
import type { TicketField } from '../inbox/tickets/ticket-fields';
import type { TicketSettings } from '../inbox/tickets/ticket-settings';
import type { GivenCannedReply } from '../macros/canned-replies.service';
import type { GivenMacro } from '../macros/macros.service';
import type { QueueConditions } from '../routing/queue';
import type { WorkspaceRouting } from '../routing/settings';
import type { SkillLevels } from '../routing/work';
import type { GivenRule } from '../rules/rules.service';
import type { PolicyContent } from '../sla/policies.service';
import type { Targets } from '../sla/policy';
import type { SurveySettings } from '../surveys/survey';
import { COMMENTS, MESSAGES } from './sample-shop';

/** How the sample shop works: its hours, its promises, who does what, and what happens by itself. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY_SHIFT = [{ from: 540, to: 1_050 }]; // 09:00 to 17:30
const HALF_DAY = [{ from: 540, to: 780 }];
const TIERS = ['vip', 'gold'];

export const SAMPLE_CALENDARS: readonly NewCalendar[] = [
  {
    name: 'ساعت کاری فروشگاه',
    template: 'iran',
    hours: { sat: DAY_SHIFT, sun: DAY_SHIFT, mon: DAY_SHIFT, tue: DAY_SHIFT, wed: DAY_SHIFT, thu: HALF_DAY },
    isDefault: true,
  },
  { name: 'تلفن، شبانه‌روزی', template: 'always', timeZone: 'Asia/Tehran' },
];
export const [SHOP_HOURS, PHONE_HOURS] = SAMPLE_CALENDARS.map(({ name }) => name) as [string, string];

const targets = (urgent: number, high: number, normal: number, low: number): Targets => ({ urgent, high, normal, low });

/** Whoever hears when a promise is in danger, and when it is broken. */
const ALARMS: Pick<PolicyContent, 'warnings' | 'escalations' | 'pauses' | 'botCounts' | 'calendarId'> = {
  calendarId: null,
  pauses: ['pending'],
  botCounts: 'first_response',
  warnings: [
    { percent: 60, to: { assignee: true } },
    { percent: 85, to: { assignee: true, team: true } },
  ],
  escalations: [
    { afterMs: 0, to: { leads: true, assignee: true }, setPriority: 'high', quietHours: 'ring' },
    { afterMs: 30 * MINUTE, to: { leads: true, team: true }, setPriority: 'urgent', quietHours: 'wait' },
  ],
};

export const SAMPLE_POLICIES: readonly PolicyContent[] = [
  {
    ...ALARMS,
    name: 'مشتریان ویژه، شبانه‌روزی',
    rank: 10,
    conditions: { tiers: TIERS },
    hours: 'wall',
    firstResponseMs: targets(10 * MINUTE, 15 * MINUTE, 20 * MINUTE, 30 * MINUTE),
    nextResponseMs: targets(15 * MINUTE, 20 * MINUTE, 30 * MINUTE, HOUR),
    resolutionMs: targets(4 * HOUR, 8 * HOUR, 12 * HOUR, 24 * HOUR),
  },
  {
    ...ALARMS,
    name: 'شکایت و بازگشت وجه',
    rank: 20,
    conditions: { tags: ['refund', 'complaint'] },
    hours: 'wall',
    botCounts: 'no',
    firstResponseMs: targets(20 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR),
    nextResponseMs: targets(30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR),
    resolutionMs: targets(8 * HOUR, 24 * HOUR, 48 * HOUR, 72 * HOUR),
  },
  {
    ...ALARMS,
    name: 'کامنت‌ها',
    rank: 30,
    conditions: { threadKinds: ['comment'] },
    hours: 'business',
    firstResponseMs: targets(10 * MINUTE, 20 * MINUTE, 30 * MINUTE, 2 * HOUR),
    nextResponseMs: targets(20 * MINUTE, 30 * MINUTE, HOUR, 4 * HOUR),
    resolutionMs: targets(4 * HOUR, 8 * HOUR, 16 * HOUR, 24 * HOUR),
  },
  {
    ...ALARMS,
    name: 'نامه‌ها',
    rank: 40,
    conditions: { channelKinds: ['email'] },
    hours: 'business',
    firstResponseMs: targets(HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR),
    nextResponseMs: targets(2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR),
    resolutionMs: targets(8 * HOUR, 16 * HOUR, 24 * HOUR, 40 * HOUR),
  },
  {
    ...ALARMS,
    name: 'پیام‌های خصوصی',
    rank: 50,
    conditions: { threadKinds: ['dm'] },
    hours: 'business',
    firstResponseMs: targets(15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR),
    nextResponseMs: targets(20 * MINUTE, 45 * MINUTE, 90 * MINUTE, 4 * HOUR),
    resolutionMs: targets(4 * HOUR, 8 * HOUR, 16 * HOUR, 24 * HOUR),
  },
];

export interface SampleQueue {
  team: string;
  name: string;
  rank: number;
  conditions: QueueConditions;
  needs: SkillLevels;
}

export const SAMPLE_QUEUES: readonly SampleQueue[] = [
  {
    team: MESSAGES,
    name: 'شکایت‌ها',
    rank: 10,
    conditions: { tags: ['complaint', 'refund'] },
    needs: { complaints: 2 },
  },
  { team: MESSAGES, name: 'English', rank: 20, conditions: { languages: ['en'] }, needs: { 'lang:en': 3 } },
  { team: MESSAGES, name: 'سفارش‌ها', rank: 30, conditions: { tags: ['order'] }, needs: { orders: 1 } },
  {
    team: COMMENTS,
    name: 'شکایت زیر پست‌ها',
    rank: 10,
    conditions: { tags: ['complaint', 'refund'] },
    needs: { complaints: 2 },
  },
];

/** What everybody can do, by the name before the @ of their address. */
export const SAMPLE_SKILLS: Readonly<Record<string, SkillLevels>> = {
  sara: { 'lang:fa': 5, 'lang:en': 3, complaints: 5, orders: 3 },
  ada: { 'lang:en': 5, 'lang:fa': 2, complaints: 3, orders: 2 },
  reza: { 'lang:fa': 5, 'lang:en': 3, complaints: 2, orders: 4 },
  mina: { 'lang:fa': 5, 'lang:en': 2, complaints: 2 },
  kian: { 'lang:fa': 5, 'lang:en': 4, complaints: 4, orders: 3, phone: 5 },
};

export const SAMPLE_ROUTING: Partial<WorkspaceRouting> = {
  vipTiers: TIERS,
  weights: { comment: 0.5, dm: 1 },
};

export const SAMPLE_FIELDS: readonly Omit<TicketField, 'id'>[] = [
  {
    key: 'order_number',
    labelFa: 'شمارهٔ سفارش',
    labelEn: 'Order number',
    kind: 'text',
    options: [],
    requiredToSolve: false,
    position: 1,
  },
  {
    key: 'fault',
    labelFa: 'مشکل از',
    labelEn: 'What went wrong',
    kind: 'select',
    options: [
      { value: 'courier', labelFa: 'پیک', labelEn: 'Courier' },
      { value: 'packing', labelFa: 'بسته‌بندی', labelEn: 'Packing' },
      { value: 'fruit', labelFa: 'خود میوه', labelEn: 'The fruit' },
      { value: 'site', labelFa: 'سایت و پرداخت', labelEn: 'Site or payment' },
    ],
    requiredToSolve: false,
    position: 2,
  },
];

export const SAMPLE_TICKETS: TicketSettings = {
  reopenDays: 7,
  closeAfterDays: 28,
  types: ['question', 'order', 'problem', 'refund', 'praise'],
  typeLabels: {
    question: { fa: 'پرسش', en: 'Question' },
    order: { fa: 'سفارش', en: 'Order' },
    problem: { fa: 'مشکل', en: 'Problem' },
    refund: { fa: 'بازگشت پول', en: 'Refund' },
    praise: { fa: 'قدردانی', en: 'Praise' },
  },
};

export const SAMPLE_SURVEY: Pick<
  SurveySettings,
  'enabled' | 'kind' | 'delayMinutes' | 'channelKinds' | 'threadKinds' | 'notAgainDays' | 'texts'
> = {
  enabled: true,
  kind: 'csat',
  delayMinutes: 10,
  channelKinds: [],
  threadKinds: ['dm'],
  notAgainDays: 30,
  texts: {
    fa: {
      ask: 'از پاسخ‌گویی {brand} چقدر راضی بودید؟ از ۱ (ناراضی) تا ۵ (خیلی راضی) یک عدد بفرستید. 🍎',
      thanks: 'ممنون که وقت گذاشتید؛ نظر شما را خواندیم. 🍎',
    },
    en: {
      ask: 'How satisfied were you with the help of {brand}? Please send a number from 1 (not at all) to 5 (very). 🍎',
      thanks: 'Thank you for taking the time. We read every answer. 🍎',
    },
  },
};

/** The calendar is the one of the phone. */
export const SAMPLE_CALLS: Partial<CallSettings> = { slotMinutes: 30, maxAttempts: 3, country: 'IR' };

export const SAMPLE_RULES: readonly GivenRule[] = [
  {
    name: 'بازگشت وجه: برچسب و اولویت بالا',
    when: [{ on: 'message.received' }],
    conditions: {
      all: [
        {
          field: 'text',
          op: 'contains_any',
          value: ['refund*', 'money back', 'بازگشت وجه', 'پولم', 'پول من', 'مرجوع*', 'پس بدهید', 'پس بدید'],
        },
        { field: 'tags', op: 'contains_none', value: ['refund'] },
      ],
    },
    actions: [
      { do: 'tag', add: ['refund'] },
      { do: 'type', type: 'refund' },
      { do: 'priority', priority: 'high' },
    ],
  },
  {
    name: 'شکایت: برچسب و نوع',
    when: [{ on: 'message.received' }],
    conditions: {
      all: [
        {
          field: 'text',
          op: 'contains_any',
          value: ['نرسید', 'نرسیده', 'خراب', 'له شده', 'افتضاح', 'not arrived', 'rotten', 'bruised', '😡', '😠'],
        },
        { field: 'tags', op: 'contains_none', value: ['complaint'] },
      ],
    },
    actions: [
      { do: 'tag', add: ['complaint'] },
      { do: 'type', type: 'problem' },
    ],
  },
  {
    name: 'سفارش: برچسب',
    when: [{ on: 'message.received' }],
    conditions: {
      all: [
        { field: 'text', op: 'contains_any', value: ['سفارش*', 'order*'] },
        { field: 'tags', op: 'contains_none', value: ['order'] },
      ],
    },
    actions: [{ do: 'tag', add: ['order'] }],
  },
  {
    name: 'مشتری ویژه: فوری',
    when: [{ on: 'message.received' }, { on: 'ticket.opened' }],
    conditions: {
      all: [
        { field: 'tier', op: 'in', value: TIERS },
        { field: 'priority', op: 'is_not', value: 'urgent' },
      ],
    },
    actions: [
      { do: 'priority', priority: 'urgent' },
      { do: 'notify', leads: true, text: 'مشتری ویژه نوشت.' },
    ],
  },
  {
    name: 'بیرون از ساعت کاری: یادداشت',
    when: [{ on: 'ticket.opened' }],
    conditions: {
      all: [
        { field: 'insideBusinessHours', op: 'is', value: false },
        { field: 'threadKind', op: 'is', value: 'dm' },
      ],
    },
    actions: [
      { do: 'note', text: 'بیرون از ساعت کاری رسید؛ پاسخش برای آغاز روز کاری بعد است. | Arrived out of hours.' },
    ],
  },
  {
    name: 'دیر شد: سرپرست بداند',
    when: [{ on: 'sla.breached' }],
    conditions: { all: [{ field: 'tags', op: 'contains_none', value: ['late'] }] },
    actions: [
      { do: 'tag', add: ['late'] },
      { do: 'notify', leads: true, text: 'پاسخ این تیکت دیر شد.' },
    ],
  },
  {
    name: 'نمرهٔ پایین: سرپرست بخواند',
    when: [{ on: 'survey.answered' }],
    conditions: { all: [{ field: 'event.score', op: 'at_most', value: 2 }] },
    actions: [
      { do: 'tag', add: ['unhappy'] },
      { do: 'notify', leads: true, text: 'مشتری راضی نبود.' },
    ],
  },
];

const everybody = { scope: 'everybody' as const };

export const SAMPLE_MACROS: readonly GivenMacro[] = [
  {
    ...everybody,
    name: 'میوهٔ خراب: جایگزین',
    actions: [
      { do: 'tag', add: ['complaint', 'replace'] },
      { do: 'type', type: 'problem' },
      { do: 'fields', fields: { fault: 'fruit' } },
      { do: 'status', status: 'pending' },
    ],
    texts: {
      fa: '{{contact.firstName|دوست عزیز}}، بابت این اتفاق عذر می‌خواهیم. همین امروز سبد جایگزین برایتان می‌فرستیم. — {{agent.firstName}}',
      en: 'We are sorry about this, {{contact.firstName|dear customer}}. A new basket leaves today. — {{agent.firstName}}',
    },
  },
  {
    ...everybody,
    name: 'دیرکرد پیک: پیگیری',
    actions: [
      { do: 'tag', add: ['complaint'] },
      { do: 'fields', fields: { fault: 'courier' } },
      { do: 'priority', priority: 'high' },
      { do: 'take' },
    ],
    texts: {
      fa: 'پیگیر سفارشتان هستیم {{contact.firstName|دوست عزیز}}؛ تا یک ساعت دیگر همین‌جا خبر می‌دهیم.',
      en: 'We are after your order, {{contact.firstName|dear customer}}, and will tell you here within the hour.',
    },
  },
  {
    ...everybody,
    name: 'تشکر: تمام',
    actions: [
      { do: 'type', type: 'praise' },
      { do: 'status', status: 'solved' },
    ],
    texts: { fa: 'ممنون از مهرتان! 🍎', en: 'Thank you! 🍎' },
  },
];

export const SAMPLE_REPLIES: readonly GivenCannedReply[] = [
  {
    ...everybody,
    shortcut: 'salam',
    title: 'سلام و معرفی',
    texts: {
      fa: 'سلام {{contact.firstName|دوست عزیز}}، {{agent.firstName}} هستم از {{brand.name}}؛ چه کمکی از من برمی‌آید؟',
      en: 'Hello {{contact.firstName|there}}, this is {{agent.firstName}} of {{brand.name}}. How can I help?',
    },
  },
  {
    ...everybody,
    shortcut: 'order-number',
    title: 'شمارهٔ سفارش را بفرستید',
    texts: {
      fa: 'لطفاً شمارهٔ سفارش را بفرستید تا همین حالا پیگیری کنم. شمارهٔ تیکت شما {{ticket.number}} است.',
      en: 'Please send me the order number and I will check at once. Your ticket is {{ticket.number}}.',
    },
  },
  {
    ...everybody,
    shortcut: 'refund',
    title: 'بازگشت وجه',
    texts: {
      fa: 'مبلغ سفارش امروز {{now.weekday}} {{now.date}} برگردانده می‌شود و تا ۷۲ ساعت به حساب شما می‌نشیند.',
      en: 'We return the amount today, {{now.weekday}} {{now.date}}; it reaches your account within 72 hours.',
    },
  },
  {
    ...everybody,
    shortcut: 'hours',
    title: 'ساعت کاری پشتیبانی',
    texts: {
      fa: 'پشتیبانی شنبه تا چهارشنبه ۹ تا ۱۷:۳۰ و پنج‌شنبه تا ۱۳ پاسخ‌گوست؛ فروشگاه هر روز باز است.',
      en: 'Support answers Saturday to Wednesday 9:00 to 17:30 and Thursday until 13:00; the shop is open every day.',
    },
  },
];
