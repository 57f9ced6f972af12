import type { InboundAttachment } from '../../../inbox/conversations/inbound-event';
import { compact, id, list, record, string, type JsonRecord } from '../json';

/** What a message says, whatever its kind. */
export interface MessageContent {
  text: string;
  attachments: InboundAttachment[];
  subtype?: string;
  meta?: Record<string, unknown>;
}

const MEDIA: Record<string, InboundAttachment['kind']> = {
  image: 'image',
  video: 'video',
  audio: 'audio',
  document: 'file',
  sticker: 'sticker',
};

const READERS: Record<string, (item: JsonRecord) => MessageContent | undefined> = {
  text,
  location,
  contacts,
  interactive,
  button,
  order,
};

/** @returns undefined when this kind is unknown, or the message does not hold what its kind promises */
export function messageContent(type: string, item: JsonRecord): MessageContent | undefined {
  if (Object.hasOwn(MEDIA, type)) return media(MEDIA[type]!, record(item[type]));
  return Object.hasOwn(READERS, type) ? READERS[type]!(item) : undefined;
}

function text(item: JsonRecord): MessageContent | undefined {
  const body = string(record(item['text'])?.['body']);
  return body === undefined ? undefined : { text: body, attachments: [] };
}

/**
 * The bytes are asked for by id; the short-lived `url` of newer deliveries opens only with the channel's token, so it is
 * of no use to anybody who reads the message.
 */
function media(kind: InboundAttachment['kind'], body: JsonRecord | undefined): MessageContent | undefined {
  const mediaId = id(body?.['id']);
  if (!body || mediaId === undefined) return undefined;
  const flag = (name: string) => (body[name] === true ? true : undefined);
  const attachment = compact({
    kind,
    name: string(body['filename']),
    mimeType: string(body['mime_type']),
    meta: compact({
      mediaId,
      sha256: hexDigest(string(body['sha256'])),
      voice: flag('voice'),
      animated: flag('animated'),
    }),
  });
  return { text: string(body['caption']) ?? '', attachments: [attachment] };
}

/** SHA-256 as lower-case hex; webhooks write it in base64, the media look-up in hex. */
export function hexDigest(digest: string | undefined): string | undefined {
  if (digest === undefined) return undefined;
  if (/^[0-9a-f]{64}$/i.test(digest)) return digest.toLowerCase();
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(digest)) return undefined;
  return Buffer.from(digest, 'base64').toString('hex');
}

const degrees = (value: unknown) => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
};

function location(item: JsonRecord): MessageContent | undefined {
  const body = record(item['location']);
  const [latitude, longitude] = [degrees(body?.['latitude']), degrees(body?.['longitude'])];
  if (!body || latitude === undefined || longitude === undefined) return undefined;
  const [name, address, url] = [string(body['name']), string(body['address']), string(body['url'])];
  const said = lines([name, address]);
  const attachment = compact({
    kind: 'location' as const,
    name,
    url: url !== undefined && /^https?:\/\//.test(url) ? url : undefined,
    meta: compact({ latitude, longitude, address }),
  });
  return { text: said === '' ? `${latitude}, ${longitude}` : said, attachments: [attachment] };
}

function contacts(item: JsonRecord): MessageContent | undefined {
  const cards = list(item['contacts'])
    .map(record)
    .filter((card) => card !== undefined);
  if (cards.length === 0) return undefined;
  const attachments = cards.map((card) => {
    const phones = texts(card['phones'], 'phone');
    const emails = texts(card['emails'], 'email');
    return compact({
      kind: 'contact' as const,
      name: string(record(card['name'])?.['formatted_name']),
      meta: compact({
        phones: phones.length > 0 ? phones : undefined,
        emails: emails.length > 0 ? emails : undefined,
        company: string(record(card['org'])?.['company']),
        waIds: ids(card['phones'], 'wa_id'),
      }),
    });
  });
  const said = attachments.map(({ name, meta }) => [name, ...(meta.phones ?? []), ...(meta.emails ?? [])].join(' '));
  return { text: lines(said.map((line) => line.trim())), attachments };
}

const texts = (value: unknown, name: string): string[] =>
  list(value)
    .map((item) => string(record(item)?.[name]))
    .filter((found) => found !== undefined);

function ids(value: unknown, name: string): string[] | undefined {
  const found = list(value)
    .map((item) => id(record(item)?.[name]))
    .filter((item) => item !== undefined);
  return found.length > 0 ? found : undefined;
}

/** A pressed button, a chosen row or a filled form: the words are what the person saw themselves say. */
function interactive(item: JsonRecord): MessageContent | undefined {
  const body = record(item['interactive']);
  const type = string(body?.['type']);
  const choice = type === 'button_reply' || type === 'list_reply' ? record(body?.[type]) : undefined;
  if (choice) {
    const [title, payload] = [string(choice['title']), id(choice['id'])];
    if (title === undefined && payload === undefined) return undefined;
    const meta = compact({ payload, description: string(choice['description']) });
    return { text: title ?? payload ?? '', attachments: [], subtype: 'postback', meta };
  }
  return type === 'nfm_reply' ? form(record(body?.[type])) : undefined;
}

function form(body: JsonRecord | undefined): MessageContent | undefined {
  const response = string(body?.['response_json']);
  const answers = Object.entries(record(parsed(response)) ?? {})
    .filter(([name]) => name !== 'flow_token')
    .map(([name, value]) => [name, plainAnswer(value)] as const)
    .filter(([, value]) => value !== '');
  const said = lines([
    string(body?.['body']) ?? string(body?.['name']),
    ...answers.map(([name, value]) => `${string(name)}: ${value}`),
  ]);
  if (said === '') return undefined;
  return {
    text: said,
    attachments: [],
    subtype: 'postback',
    meta: compact({ form: string(body?.['name']), response }),
  };
}

function plainAnswer(value: unknown): string {
  const parts = Array.isArray(value) ? (value as unknown[]) : [value];
  const plain = parts.map((part) =>
    typeof part === 'number' || typeof part === 'boolean' ? String(part) : (string(part) ?? ''),
  );
  return plain.filter((part) => part !== '').join(', ');
}

function parsed(json: string | undefined): unknown {
  try {
    return json === undefined ? undefined : (JSON.parse(json) as unknown);
  } catch {
    return undefined;
  }
}

/** The quick reply of a template. */
function button(item: JsonRecord): MessageContent | undefined {
  const body = record(item['button']);
  const [words, payload] = [string(body?.['text']), string(body?.['payload'])];
  if (words === undefined && payload === undefined) return undefined;
  return { text: words ?? payload ?? '', attachments: [], subtype: 'postback', meta: compact({ payload }) };
}

function order(item: JsonRecord): MessageContent | undefined {
  const body = record(item['order']);
  if (!body) return undefined;
  const items = list(body['product_items']).map((value) => {
    const product = record(value);
    return compact({
      productId: id(product?.['product_retailer_id']),
      quantity: degrees(product?.['quantity']),
      price: degrees(product?.['item_price']),
      currency: string(product?.['currency']),
    });
  });
  const rows = items.map(({ productId, quantity, price, currency }) => {
    const what = `${quantity ?? 1} × ${productId ?? '?'}`;
    return price === undefined ? what : `${what}: ${[price, currency].filter(Boolean).join(' ')}`;
  });
  const said = lines([string(body['text']), ...rows]);
  if (said === '') return undefined;
  return { text: said, attachments: [], subtype: 'order', meta: compact({ catalogId: id(body['catalog_id']), items }) };
}

const lines = (parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== '').join('\n');
