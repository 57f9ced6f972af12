import type { ChannelSettings } from '../../channel';
import type { SettingField } from '../../credentials';
import { integer, string } from '../json';

const LONGEST_CALL_MS = 15_000; // a send with a file is four calls, and has to end within its lease
const HOST = 'https://botapi.rubika.ir';
const ENDPOINT_TYPES = [
  'ReceiveUpdate',
  'ReceiveInlineMessage',
  'ReceiveQuery',
  'GetSelectionItem',
  'SearchSelectionItems',
] as const;
const UPLOAD_TYPES = ['Music', 'Voice', 'File'] as const;
const MODES = ['webhook', 'poll'] as const;

export interface RubikaSettings {
  base: string;
  mode: (typeof MODES)[number];
  pollTimeoutSeconds: number;
  pollLimit: number;
  idlePollMs: number;
  reconcileMinutes: number;
  endpointTypes: readonly string[];
  groupPrefix: string;
  channelPrefix: string;
  audioUploadType: (typeof UPLOAD_TYPES)[number];
  quoteInPrivate: boolean;
  rateLimitWaitMs: number;
  unknownStatusTries: number;
  timeoutMs: number;
}

/** No official page was read: each of these is what libraries do, and may have to be changed. */
export const RUBIKA_SETTINGS: readonly SettingField[] = [
  {
    name: 'apiBaseUrl',
    type: 'text',
    help: {
      fa: 'میزبان API بات. نمونهٔ قدیمی‌تر: https://messengerg2b1.iranlms.ir.',
      en: 'Host of the bot API. An older one is https://messengerg2b1.iranlms.ir.',
    },
    default: HOST,
  },
  {
    name: 'apiVersion',
    type: 'text',
    help: { fa: 'نسخه در نشانی هر تماس.', en: 'Version in the address of each call.' },
    default: 'v3',
  },
  {
    name: 'mode',
    type: 'text',
    help: {
      fa: 'webhook: روبیکا ما را صدا می‌زند. poll: ما از روبیکا می‌پرسیم، برای سروری که به آن دسترسی ندارد.',
      en: 'webhook: Rubika calls us. poll: we ask Rubika, for a server it cannot reach.',
    },
    default: 'webhook',
  },
  {
    name: 'pollTimeoutSeconds',
    type: 'number',
    help: { fa: 'پرسش برای خبر چه مدت می‌تواند منتظر بماند.', en: 'How long a question for news may wait.' },
    default: 25,
  },
  {
    name: 'pollLimit',
    type: 'number',
    help: { fa: 'بیشترین به‌روزرسانی در یک پاسخ، ۱ تا ۱۰۰.', en: 'Most updates in one answer, 1 to 100.' },
    default: 100,
  },
  {
    name: 'idlePollMs',
    type: 'number',
    help: {
      fa: 'میلی‌ثانیه تا پرسش بعدی وقتی پاسخ خالی بی‌درنگ رسید.',
      en: 'Milliseconds until the next question when an empty answer came at once.',
    },
    default: 2000,
  },
  {
    name: 'reconcileMinutes',
    type: 'number',
    help: {
      fa: 'در حالت وب‌هوک، دقیقه‌های میان دو پرسش از تحویل‌نشده‌ها. ۰: هیچ‌گاه.',
      en: 'In webhook mode, minutes between two questions for what was not delivered. 0: never.',
    },
    default: 0,
  },
  {
    name: 'endpointTypes',
    type: 'list',
    help: { fa: 'گونه‌های وب‌هوک که ثبت می‌شوند.', en: 'Kinds of webhook to register.' },
    default: ENDPOINT_TYPES,
  },
  {
    name: 'groupPrefix',
    type: 'text',
    help: { fa: 'شناسهٔ گروه‌ها با چه آغاز می‌شود.', en: 'How ids of group chats begin.' },
    default: 'g0',
  },
  {
    name: 'channelPrefix',
    type: 'text',
    help: { fa: 'شناسهٔ کانال‌ها با چه آغاز می‌شود.', en: 'How ids of channels begin.' },
    default: 'c0',
  },
  {
    name: 'audioUploadType',
    type: 'text',
    help: { fa: 'گونهٔ بارگذاری صداها: Music، Voice یا File.', en: 'Upload type of sounds: Music, Voice or File.' },
    default: 'Music',
  },
  {
    name: 'quoteInPrivate',
    type: 'boolean',
    help: {
      fa: 'پاسخ در گفتگوی خصوصی پیام اصلی را نقل کند یا نه؛ در گروه همیشه نقل می‌کند.',
      en: 'Whether an answer in a private chat quotes the message it answers; in groups it always does.',
    },
    default: false,
  },
  {
    name: 'rateLimitWaitMs',
    type: 'number',
    help: {
      fa: 'میلی‌ثانیه‌های درنگ پس از «درخواست بیش از حد» وقتی روبیکا زمانی نمی‌گوید.',
      en: 'Milliseconds to rest after "too many requests" when Rubika names no time.',
    },
    default: 60_000,
  },
  {
    name: 'unknownStatusTries',
    type: 'number',
    help: {
      fa: 'وقتی روبیکا وضعیتی ناشناخته پاسخ می‌دهد پیام چند بار آزموده شود.',
      en: 'How often a message is tried when Rubika answers with a status we do not know.',
    },
    default: 3,
  },
  {
    name: 'timeoutMs',
    type: 'number',
    help: {
      fa: 'زمان مجاز هر تماس به میلی‌ثانیه، حداکثر ۱۵٬۰۰۰.',
      en: 'Milliseconds a call may take, 15,000 at most.',
    },
    default: LONGEST_CALL_MS,
  },
];

const atLeast = (least: number, value: unknown, otherwise: number) => Math.max(least, integer(value) ?? otherwise);
const oneOf = <T extends string>(allowed: readonly T[], value: unknown): T =>
  allowed.find((one) => one === value) ?? allowed[0]!;
const words = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((word): word is string => typeof word === 'string' && word !== '') : [];

export function rubikaSettings(settings: ChannelSettings): RubikaSettings {
  const types = words(settings['endpointTypes']);
  const host = (settings.apiBaseUrl ?? HOST).replace(/\/+$/, '');
  return {
    base: `${host}/${string(settings['apiVersion']) ?? 'v3'}`,
    mode: oneOf(MODES, settings['mode']),
    pollTimeoutSeconds: atLeast(0, settings['pollTimeoutSeconds'], 25),
    pollLimit: Math.min(100, atLeast(1, settings['pollLimit'], 100)),
    idlePollMs: atLeast(100, settings['idlePollMs'], 2000),
    reconcileMinutes: atLeast(0, settings['reconcileMinutes'], 0),
    endpointTypes: types.length > 0 ? types : ENDPOINT_TYPES,
    groupPrefix: string(settings['groupPrefix']) || 'g0',
    channelPrefix: string(settings['channelPrefix']) || 'c0',
    audioUploadType: oneOf(UPLOAD_TYPES, settings['audioUploadType']),
    quoteInPrivate: settings['quoteInPrivate'] === true,
    rateLimitWaitMs: atLeast(0, settings['rateLimitWaitMs'], 60_000),
    unknownStatusTries: atLeast(1, settings['unknownStatusTries'], 3),
    timeoutMs: Math.min(LONGEST_CALL_MS, atLeast(1, settings['timeoutMs'], LONGEST_CALL_MS)),
  };
}

export function checkRubikaSettings(settings: ChannelSettings): { path: string; problem: string }[] {
  const problems: { path: string; problem: string }[] = [];
  const must = (path: string, holds: boolean, problem: string) => {
    if (settings[path] !== undefined && !holds) problems.push({ path, problem });
  };
  const url = settings.apiBaseUrl;
  must('apiBaseUrl', typeof url === 'string' && /^https?:/.test(url) && URL.canParse(url), 'must be an http address');
  must('mode', MODES.includes(settings['mode'] as 'poll'), `must be ${MODES.join(' or ')}`);
  must(
    'audioUploadType',
    UPLOAD_TYPES.includes(settings['audioUploadType'] as 'File'),
    `must be ${UPLOAD_TYPES.join(', ')}`,
  );
  must('endpointTypes', words(settings['endpointTypes']).length > 0, 'must be a list of names');
  for (const { name, type } of RUBIKA_SETTINGS) {
    if (type === 'number') must(name, (integer(settings[name]) ?? -1) >= 0, 'must be a whole number from 0');
    if (type === 'text') must(name, typeof settings[name] === 'string', 'must be a text');
  }
  return problems;
}
