import type { ChannelSettings } from '../../channel';
import type { CredentialField, SettingField } from '../../credentials';
import { integer, list } from '../json';
import { numericId } from './telegram.addresses';
import type { Flavour } from './telegram.flavours';

/** A channel's settings with the defaults filled in. */
export interface TelegramSettings {
  base: string;
  /** Another server than the network's own: a local one takes plain http and any port. */
  ownServer: boolean;
  poll: boolean;
  pollTimeoutSeconds: number;
  maxConnections: number;
  allowedUpdates: readonly string[] | null;
  pendingAlarm: number;
  /** Channels, groups and people whose word is the account's own. */
  ownIds: readonly string[];
  likeEmoji: string;
  rateWaitMs: number;
  largestDownload: number;
}

const MB = 1_048_576;
const MODE = 'webhook';
const LIKE = '👍';
const DEFAULTS: Readonly<Record<string, number>> = {
  pollTimeoutSeconds: 25,
  maxConnections: 40,
  pendingAlarm: 50,
  rateLimitSeconds: 2,
  largestDownloadMb: 20,
};

export function settingsOf(flavour: Flavour, settings: ChannelSettings): TelegramSettings {
  const number = (name: string) => integer(settings[name]) ?? DEFAULTS[name] ?? 0;
  const asked = texts(settings['allowedUpdates']);
  const emoji = settings['likeEmoji'];
  return {
    base: (settings.apiBaseUrl ?? flavour.host).replace(/\/+$/, ''),
    ownServer: settings.apiBaseUrl !== undefined,
    poll: settings['mode'] === 'poll',
    pollTimeoutSeconds: number('pollTimeoutSeconds'),
    maxConnections: number('maxConnections'),
    allowedUpdates: flavour.allowedUpdates && (asked.length > 0 ? asked : flavour.allowedUpdates),
    pendingAlarm: number('pendingAlarm'),
    ownIds: texts(settings['ownIds']),
    likeEmoji: typeof emoji === 'string' && emoji !== '' ? emoji : LIKE,
    rateWaitMs: number('rateLimitSeconds') * 1000,
    largestDownload: number('largestDownloadMb') * MB,
  };
}

const texts = (value: unknown): string[] =>
  list(value).filter((item): item is string => typeof item === 'string' && item !== '');

export function settingFields(flavour: Flavour): readonly SettingField[] {
  const fields: SettingField[] = [
    {
      name: 'mode',
      type: 'text',
      help: {
        fa: '«webhook»: شبکه ما را صدا می‌زند. «poll»: ما می‌پرسیم، برای سروری که شبکه به آن دسترسی ندارد.',
        en: '"webhook": the network calls us. "poll": we ask it, for servers it cannot reach.',
      },
      default: MODE,
    },
    {
      name: 'pollTimeoutSeconds',
      type: 'number',
      help: {
        fa: 'یک پرسش برای خبر چند ثانیه منتظر بماند، ۱ تا ۵۰.',
        en: 'How long one question for news may wait, 1 to 50.',
      },
      default: DEFAULTS['pollTimeoutSeconds'],
    },
    {
      name: 'pendingAlarm',
      type: 'number',
      help: {
        fa: 'چند به‌روزرسانی تحویل‌نشده در شبکه مشکل به شمار آید.',
        en: 'How many undelivered updates at the network are a problem.',
      },
      default: DEFAULTS['pendingAlarm'],
    },
    {
      name: 'ownIds',
      type: 'list',
      help: {
        fa: 'شناسهٔ کانال‌ها، گروه‌ها و همکاران خودتان: آنچه در گروه می‌نویسند از شماست، نه از مشتری.',
        en: 'Ids of your own channels, groups and colleagues: what they write in a group is yours, not a customer’s.',
      },
      default: [],
    },
    {
      name: 'rateLimitSeconds',
      type: 'number',
      help: {
        fa: 'وقتی شبکه محدودمان می‌کند و زمانی نمی‌گوید چند ثانیه درنگ کنیم.',
        en: 'How long to wait when the network limits us without saying how long.',
      },
      default: DEFAULTS['rateLimitSeconds'],
    },
    {
      name: 'largestDownloadMb',
      type: 'number',
      help: {
        fa: 'بزرگ‌ترین پرونده‌ای که سرور به بات می‌دهد (مگابایت)؛ سرور محلی بیش از ۲۰ می‌دهد.',
        en: 'The largest file the server hands to bots; a local server hands out more than 20.',
      },
      default: DEFAULTS['largestDownloadMb'],
    },
  ];
  if (flavour.allowedUpdates === null) return fields;
  return [
    ...fields,
    {
      name: 'allowedUpdates',
      type: 'list',
      help: {
        fa: 'گونه‌های به‌روزرسانی که خواسته می‌شود. برای هر آنچه می‌خوانیم خالی بگذارید.',
        en: 'Kinds of update to ask for. Leave it out for all that we read.',
      },
      default: flavour.allowedUpdates,
    },
    {
      name: 'maxConnections',
      type: 'number',
      help: {
        fa: 'شبکه هم‌زمان چند تحویل انجام دهد، ۱ تا ۱۰۰.',
        en: 'How many deliveries the network may make at once, 1 to 100.',
      },
      default: DEFAULTS['maxConnections'],
    },
    {
      name: 'likeEmoji',
      type: 'text',
      help: { fa: 'واکنشی که «پسندیدن» می‌گذارد.', en: 'The reaction a "like" leaves.' },
      default: LIKE,
    },
  ];
}

export function checkSettings(settings: ChannelSettings): { path: string; problem: string }[] {
  const problems: { path: string; problem: string }[] = [];
  const mode = settings['mode'];
  if (mode !== undefined && mode !== 'webhook' && mode !== 'poll')
    problems.push({ path: 'mode', problem: 'must be "webhook" or "poll"' });
  const ranges = {
    pollTimeoutSeconds: [1, 50],
    maxConnections: [1, 100],
    pendingAlarm: [0, 1_000_000],
    rateLimitSeconds: [1, 3600],
    largestDownloadMb: [1, 2000],
  } as const;
  for (const [path, [least, most]] of Object.entries(ranges)) {
    const value = settings[path];
    if (value === undefined) continue;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
      problems.push({ path, problem: `must be a whole number from ${least} to ${most}` });
  }
  for (const path of ['allowedUpdates', 'ownIds']) {
    const value = settings[path];
    if (value === undefined) continue;
    const good = Array.isArray(value) && value.every((item) => typeof item === 'string');
    if (!good) problems.push({ path, problem: 'must be a list of texts' });
    else if (path === 'ownIds' && value.some((item) => numericId(item) === undefined))
      problems.push({ path, problem: 'must be ids, like -1001500000001' });
  }
  return problems;
}

export function credentialFields(flavour: Flavour): readonly CredentialField[] {
  const secret =
    flavour.secretIn === 'header'
      ? {
          fa: 'secret_token که تحویل‌ها را امضا می‌کند: حداکثر ۲۵۶ نویسه از A-Z، a-z، 0-9، _ و -. خودکار ساخته می‌شود.',
          en: 'The secret_token that signs deliveries: up to 256 of A-Z, a-z, 0-9, _ and -. Made for you.',
        }
      : {
          fa: 'پایان پنهان نشانی وب‌هوک: دست‌کم ۳۲ نویسه از A-Z، a-z، 0-9، _ و -. خودکار ساخته می‌شود.',
          en: 'The secret end of the webhook address: at least 32 of A-Z, a-z, 0-9, _ and -. Made for you.',
        };
  return [
    {
      name: 'accessToken',
      required: true,
      help: {
        fa: `توکن بات، از BotFather در ${flavour.name}.`,
        en: `The bot's token, from BotFather in ${flavour.name}.`,
      },
    },
    { name: 'appSecret', required: false, generated: true, help: secret },
  ];
}
