import { createHmac } from 'node:crypto';
import { seededRandom, shuffled } from '../simulators/meta/faults';
import type { ChannelKind } from '../../src/channels/channel';
import { Connectors } from '../../src/channels/connectors/registry';
import { metaSignature } from '../simulators/meta/wire';
import type { ApiClient } from '../support/api-client';
import type { Network, Sample } from './samples';

/** The secrets the recorded samples were invented with. WhatsApp's webhooks are signed by the Meta app. */
export const SAMPLE_SECRETS: Record<Network, string> = {
  meta: 'meta_app_secret_0123456789abcdef',
  whatsapp: 'meta_app_secret_0123456789abcdef',
  x: 'x_consumer_secret_invented_0001',
  telegram: 'telegram_secret_token_invented_0001',
};

/** The bot the samples of Telegram were sent to; updates do not name it. */
const SAMPLE_BOT = '7011223344';

export interface ReplayOptions {
  /** Base URL of the running server, or of several on one database that take turns. */
  url: string | readonly string[];
  samples: readonly Sample[];
  secrets: Record<Network, string>;
  /** Where Telegram's updates go; without it they are not posted. */
  telegramChannelId?: string;
  /** How often each sample is posted in all; 1 by default. */
  times?: number;
  shuffle?: boolean;
  seed?: number;
  /** Requests under way at once; 1 by default, which keeps the order. */
  concurrency?: number;
}

export interface ReplayResult {
  posted: number;
  /** How many requests got each HTTP status; `0` means no answer. */
  statuses: Record<string, number>;
  notAccepted: { file: string; status: number }[];
  /** Samples that had no address to go to. */
  skipped: string[];
}

/** Posts recorded webhooks, signed as their networks sign. Whatever is answered is counted; nothing is tried again. */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  const { times = 1, shuffle = false, seed = 1, concurrency = 1 } = options;
  const result: ReplayResult = { posted: 0, statuses: {}, notAccepted: [], skipped: [] };
  const going = options.samples.filter((sample) => {
    const hasAddress = sample.network !== 'telegram' || options.telegramChannelId !== undefined;
    if (!hasAddress) result.skipped.push(sample.file);
    return hasAddress;
  });
  const repeated = Array.from({ length: times }, () => going).flat();
  const queue = shuffle ? shuffled(repeated, seededRandom(seed)) : repeated;
  const urls = [options.url].flat();
  let next = 0;
  const worker = async () => {
    for (let sample = queue[next++]; sample; sample = queue[next++]) {
      const status = await post(urls[next % urls.length]!, sample, options);
      result.posted += 1;
      result.statuses[status] = (result.statuses[status] ?? 0) + 1;
      if (status !== 200) result.notAccepted.push({ file: sample.file, status });
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return result;
}

async function post(url: string, sample: Sample, options: ReplayOptions): Promise<number> {
  const path = { meta: '/meta', whatsapp: '/meta', x: '/x', telegram: `/telegram/${options.telegramChannelId}` };
  try {
    const response = await fetch(`${url}/webhooks${path[sample.network]}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...signature(sample, options.secrets[sample.network]) },
      body: new Uint8Array(sample.bytes),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}

function signature({ network, bytes }: Sample, secret: string): Record<string, string> {
  switch (network) {
    case 'meta':
    case 'whatsapp':
      return { 'x-hub-signature-256': metaSignature(secret, bytes) };
    case 'x': {
      const hmac = createHmac('sha256', secret).update(bytes).digest('base64');
      return { 'x-twitter-webhooks-signature': `sha256=${hmac}` };
    }
    case 'telegram':
      return { 'x-telegram-bot-api-secret-token': secret };
  }
}

/**
 * Connects every account the samples speak of, through the API; those connected already stay as they are.
 * @returns the channel Telegram's updates go to
 */
export async function connectAccounts(
  api: ApiClient,
  samples: readonly Sample[],
  secrets: Record<Network, string>,
): Promise<{ telegramChannelId?: string }> {
  const wanted = new Map<string, { kind: string; externalId: string }>();
  for (const account of samples.flatMap((s) => s.accounts))
    wanted.set(`${account.kind} ${account.externalId}`, account);
  const telegram = { kind: 'telegram', externalId: SAMPLE_BOT };
  if (samples.some((s) => s.network === 'telegram')) wanted.set('telegram', telegram);
  for (const { kind, externalId } of wanted.values()) {
    const network = kind === 'facebook' || kind === 'instagram' ? 'meta' : (kind as Network);
    const fields = new Connectors().of(kind as ChannelKind).credentialFields(kind as ChannelKind);
    const required = fields.filter((field) => field.required);
    const unused = Object.fromEntries(required.map(({ name }) => [name, 'not used by a replay']));
    const answer = await api.request('POST', '/channels', {
      kind,
      externalId,
      name: `Replay ${kind} ${externalId}`.slice(0, 100),
      credentials: { ...unused, appSecret: secrets[network] },
      settings: { apiBaseUrl: 'http://127.0.0.1:2' }, // nobody listens there: a replay asks no network anything
    });
    if (answer.status !== 201 && answer.status !== 409)
      throw new Error(`Connecting ${kind} ${externalId} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }
  const { items } = await api.get<{ items: { id: string; kind: string; externalId: string }[] }>('/channels?limit=100');
  const bot = items.find((c) => c.kind === telegram.kind && c.externalId === telegram.externalId);
  return { telegramChannelId: bot?.id };
}
