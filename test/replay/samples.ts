import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

export const NETWORKS = ['meta', 'whatsapp', 'x', 'telegram'] as const;
export type Network = (typeof NETWORKS)[number];

const ROOT = [join(__dirname, '..', '..', '..'), join(__dirname, '..', '..')].find((dir) =>
  existsSync(join(dir, 'package.json')),
)!; // from the build, or from the sources
/** The recordings of this repository: the connectors' fixtures, and what those speak of without showing it. */
export const RECORDINGS = [join(ROOT, 'src', 'channels', 'connectors'), join(ROOT, 'test', 'replay', 'samples')];

/** A recorded webhook, as the bytes its network would put on the wire. */
export interface Sample {
  file: string;
  network: Network;
  bytes: Buffer;
  /** Kind and network id of the accounts it speaks of; Telegram's updates name none. */
  accounts: { kind: string; externalId: string }[];
}

export interface SampleSet {
  samples: Sample[];
  /** Recordings that no network posts: answers of its API, errors, pages of a backfill. */
  leftOut: string[];
}

/**
 * Everything under these folders. The network is the nearest folder of that name; `*.wire.txt` holds exact bytes,
 * `*.json` is laid out for people and is put on one line here, without being parsed: ids of X do not fit a number.
 */
export function readSamples(dirs: readonly string[]): SampleSet {
  const set: SampleSet = { samples: [], leftOut: [] };
  for (const dir of dirs) {
    for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' }).toSorted()) {
      if (!/\.(json|wire\.txt)$/.test(name)) continue;
      const file = join(dir, name);
      const network = networkOf(file);
      const content = readFileSync(file);
      const accounts = network && accountsOf(network, parsed(content));
      if (!network || !accounts) set.leftOut.push(file);
      else
        set.samples.push({ file, network, accounts, bytes: file.endsWith('.txt') ? content : wire(network, content) });
    }
  }
  return set;
}

const networkOf = (file: string): Network | undefined =>
  file
    .split(sep)
    .flatMap((folder) => NETWORKS.find((network) => network === folder) ?? [])
    .at(-1);

function parsed(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch {
    return null;
  }
}

type Json = Record<string, unknown>;
const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @returns null when this is no webhook of the network */
function accountsOf(network: Network, body: unknown): Sample['accounts'] | null {
  if (!isRecord(body)) return null;
  switch (network) {
    case 'meta':
    case 'whatsapp': {
      if (!Array.isArray(body['entry'])) return null;
      const entries = body['entry'].filter(isRecord);
      if (body['object'] === 'whatsapp_business_account') return entries.flatMap(phoneNumbersOf);
      const kind = { page: 'facebook', instagram: 'instagram' }[String(body['object'])];
      return kind ? entries.map((entry) => ({ kind, externalId: String(entry['id']) })) : null;
    }
    case 'x': {
      const data = isRecord(body['data']) ? body['data'] : {};
      const filter = isRecord(data['filter']) ? data['filter'] : {};
      const marked = isRecord(body['user_event']) || isRecord(body['replay_job_status']);
      // a customer's deletion is watched by a filter on the customer, who is no account of ours
      const id = data['event_type'] === 'post.delete' ? undefined : (body['for_user_id'] ?? filter['user_id']);
      if (typeof id === 'string') return [{ kind: 'x', externalId: id }];
      return marked || typeof data['event_type'] === 'string' ? [] : null;
    }
    case 'telegram':
      return typeof body['update_id'] === 'number' ? [] : null;
  }
}

/** WhatsApp's entries are of a business account; its channels are phone numbers. */
function phoneNumbersOf(entry: Json): Sample['accounts'] {
  const changes = Array.isArray(entry['changes']) ? entry['changes'].filter(isRecord) : [];
  return changes.flatMap(({ value }) => {
    const metadata = isRecord(value) && isRecord(value['metadata']) ? value['metadata'] : {};
    const number = metadata['phone_number_id'];
    return typeof number === 'string' ? [{ kind: 'whatsapp', externalId: number }] : [];
  });
}

function wire(network: Network, content: Buffer): Buffer {
  const line = onOneLine(content.toString('utf8'));
  if (network === 'x' || network === 'telegram') return Buffer.from(line, 'utf8');
  const escaped = line
    .replaceAll(/(?<!\\)\//g, String.raw`\/`)
    .replaceAll(/[\u0080-\uffff]/g, (unit) => String.raw`\u` + unit.charCodeAt(0).toString(16).padStart(4, '0'));
  return Buffer.from(escaped, 'ascii');
}

/** Takes the white space between JSON's tokens away and leaves every token as it is written. */
const onOneLine = (json: string): string =>
  json.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/g, (_all, text: string | undefined) => text ?? '');
