import type { ChannelSettings } from '../../channel';
import type { SettingField } from '../../credentials';
import type { PullPlan } from '../../pulling';
import { string } from '../json';
import { ABILITIES, type Ability } from './api-channel.capabilities';

const TIMEOUT_MS = 15_000;
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export const API_SETTINGS: readonly SettingField[] = [
  {
    name: 'deliveryUrl',
    type: 'text',
    help: {
      fa: 'جایی که پاسخ‌ها با امضا فرستاده می‌شوند؛ هر نشانی http یا https، حتی درون شبکهٔ خودتان.',
      en: 'Where answers are posted, signed. Any http or https address, also inside your own network.',
    },
  },
  {
    name: 'abilities',
    type: 'list',
    help: {
      fa: `سرویس جز گرفتن پاسخ چه می‌تواند: ${ABILITIES.join('، ')}.`,
      en: `What the service can do beyond taking answers: ${ABILITIES.join(', ')}.`,
    },
    default: [],
  },
  {
    name: 'pullUrl',
    type: 'text',
    help: {
      fa: 'جایی که رویدادها پس از وقفه دوباره خوانده می‌شوند. خالی: هیچ‌جا.',
      en: 'Where events can be read again after a gap. Empty: nowhere.',
    },
  },
  {
    name: 'pollSeconds',
    type: 'number',
    help: {
      fa: 'ثانیه‌های میان دو خواندن pullUrl، برای سرویسی که خودش نمی‌فرستد. ۰: خودش می‌فرستد.',
      en: 'Seconds between two readings of pullUrl, for a service that cannot push. 0: it pushes.',
    },
    default: 0,
  },
  {
    name: 'reconcileMinutes',
    type: 'number',
    help: {
      fa: 'دقیقه‌های میان دو مقایسهٔ رسیده‌ها با pullUrl. ۰: هیچ‌گاه.',
      en: 'Minutes between two comparisons of what was pushed with pullUrl. 0: never.',
    },
    default: 60,
  },
  {
    name: 'backfillDays',
    type: 'number',
    help: { fa: 'pullUrl تا چند روز پیش را نشان می‌دهد.', en: 'How many days pullUrl can look back.' },
    default: 7,
  },
  {
    name: 'timeoutMs',
    type: 'number',
    help: { fa: 'مهلت پاسخ سرویس به میلی‌ثانیه.', en: 'Milliseconds the service has to answer.' },
    default: TIMEOUT_MS,
  },
];

export interface ApiChannelSettings {
  deliveryUrl: string | undefined;
  pullUrl: string | undefined;
  abilities: ReadonlySet<Ability>;
  timeoutMs: number;
  pulls: PullPlan | null;
}

const amount = (value: unknown, otherwise: number) =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : otherwise;
const address = (value: unknown) => {
  const text = string(value)?.trim();
  return text === '' ? undefined : text;
};

export function apiSettings(settings: ChannelSettings): ApiChannelSettings {
  const { abilities } = settings;
  const pullUrl = address(settings['pullUrl']);
  const poll = amount(settings['pollSeconds'], 0) * SECOND_MS;
  const reconcile = amount(settings['reconcileMinutes'], 60) * MINUTE_MS;
  return {
    deliveryUrl: address(settings['deliveryUrl']),
    pullUrl,
    abilities: new Set(ABILITIES.filter((ability) => Array.isArray(abilities) && abilities.includes(ability))),
    timeoutMs: amount(settings['timeoutMs'], TIMEOUT_MS) || TIMEOUT_MS,
    pulls:
      pullUrl === undefined
        ? null
        : {
            ...(poll > 0 ? { pollMs: poll } : {}),
            ...(reconcile > 0 ? { reconcileMs: reconcile } : {}),
            backfillMs: amount(settings['backfillDays'], 7) * DAY_MS,
          },
  };
}

const LONGEST_WAIT_MS = 60_000; // a send is looked after for little longer

export function checkApiSettings(settings: ChannelSettings): { path: string; problem: string }[] {
  const problems: { path: string; problem: string }[] = [];
  for (const path of ['deliveryUrl', 'pullUrl']) {
    const value = settings[path];
    if (value === undefined || value === '') continue;
    const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
    if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
      problems.push({ path, problem: 'must be an http or https address' });
    else if (url.username !== '' || url.password !== '')
      problems.push({ path, problem: 'must not hold a name or password: calls are signed instead' });
  }
  const { abilities = [] } = settings;
  if (!Array.isArray(abilities) || abilities.some((ability) => !ABILITIES.includes(ability as Ability)))
    problems.push({ path: 'abilities', problem: `must be a list of ${ABILITIES.join(', ')}` });
  for (const path of ['pollSeconds', 'reconcileMinutes', 'backfillDays', 'timeoutMs']) {
    const value = settings[path];
    if (value !== undefined && amount(value, -1) === -1) problems.push({ path, problem: 'must be a number from 0' });
  }
  if (amount(settings['timeoutMs'], 0) > LONGEST_WAIT_MS)
    problems.push({ path: 'timeoutMs', problem: `must be at most ${LONGEST_WAIT_MS}` });
  return problems;
}
