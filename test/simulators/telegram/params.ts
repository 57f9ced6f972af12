import type { IncomingMessage } from 'node:http';
import type { JsonObject } from './world';

export interface ApiParams {
  values: JsonObject;
  files: Map<string, { bytes: Buffer; name: string }>;
}

/** What people read is never taken for JSON. */
const WORDS = new Set(['text', 'caption']);

/** Parameters from the query, JSON, a form or multipart: the API takes them all. */
export async function readParams(url: URL, request: IncomingMessage): Promise<ApiParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const type = request.headers['content-type'] ?? '';
  const values: JsonObject = Object.fromEntries([...url.searchParams].map(([name, text]) => [name, decoded(text)]));
  const files: ApiParams['files'] = new Map();
  if (body.length === 0) return { values, files };
  if (type.startsWith('application/json')) {
    Object.assign(values, JSON.parse(body.toString('utf8')) as JsonObject);
  } else {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
    for (const [name, value] of form) {
      if (typeof value === 'string') values[name] = WORDS.has(name) ? value : decoded(value);
      else files.set(name, { bytes: Buffer.from(await value.arrayBuffer()), name: value.name });
    }
  }
  return { values, files };
}

/** Lists, records, numbers and truth values travel as JSON in a form; other texts as they are. */
function decoded(text: string): unknown {
  if (!/^([[{]|true$|false$|-?\d{1,15}$)/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

export const integer = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
};

export const text = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
