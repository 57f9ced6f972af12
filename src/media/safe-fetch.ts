import { createHash } from 'node:crypto';
import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, type Dispatcher, request } from 'undici';
import { isPublicAddress } from './public-address';

export interface MediaRequest {
  url: string;
  headers?: Readonly<Record<string, string>>;
  /** Hosts the address and every redirect must belong to; a leading dot allows subdomains. Absent: any public host. */
  hosts?: readonly string[];
  /** An origin allowed although it is not public: the channel's own server, as its admin entered it. */
  trustedOrigin?: string;
  maxBytes: number;
  timeoutMs: number;
  sha256?: string;
  /** The channel's proxy, when it has one. Names are then resolved there, so only their spelling is checked here. */
  proxy?: Dispatcher;
}

export type MediaAnswer =
  | { status: 'fetched'; bytes: Buffer; sha256: string; mimeType: string | null }
  /** Not there any more (404, 410), or the link has expired (401, 403): a fresh one may exist. */
  | { status: 'gone'; reason: string }
  | { status: 'retry'; reason: string; afterMs?: number }
  /** Never to be fetched: too large, not public, not the file that was announced. */
  | { status: 'refused'; reason: string };

const REDIRECTS = 3;
const REDIRECTING = new Set([301, 302, 303, 307, 308]);

class NotPublic extends Error {}

/** Resolves once and connects to what was resolved: a name that changes its mind between check and call gains nothing. */
export function publicLookup(resolve: typeof systemLookup = systemLookup): LookupFunction {
  return (hostname, options, done) => {
    resolve(
      hostname,
      { all: true, family: options.family === 4 || options.family === 6 ? options.family : 0 },
      (error, found) => {
        if (error) return done(error, '', 0);
        const bad = found.find(({ address }) => !isPublicAddress(address));
        if (bad || found.length === 0)
          return done(new NotPublic(`${hostname} does not lead to the public internet.`), '', 0);
        if (options.all) return (done as unknown as (e: null, all: typeof found) => void)(null, found);
        return done(null, found[0]!.address, found[0]!.family);
      },
    );
  };
}

const toPublic = new Agent({
  connect: { lookup: publicLookup(), timeout: 10_000 },
  headersTimeout: 15_000,
  bodyTimeout: 15_000,
});
const toTrusted = new Agent({ connect: { timeout: 10_000 }, headersTimeout: 15_000, bodyTimeout: 15_000 });

/** Fetches a file a stranger pointed us to. Never throws. @param agent for tests: how public hosts are reached */
export async function fetchMedia(wanted: MediaRequest, agent: Dispatcher = toPublic): Promise<MediaAnswer> {
  const deadline = AbortSignal.timeout(wanted.timeoutMs);
  let address = wanted.url;
  let { headers } = wanted;
  try {
    for (let hop = 0; hop <= REDIRECTS; hop++) {
      const url = allowed(address, wanted);
      if (typeof url === 'string') return { status: 'refused', reason: url };
      const trusted = url.origin === wanted.trustedOrigin;
      const response = await request(url.href, {
        method: 'GET',
        headers: { accept: '*/*', 'user-agent': 'Pasokh', ...headers },
        dispatcher: wanted.proxy ?? (trusted ? toTrusted : agent),
        signal: deadline,
      });
      const location = response.headers['location'];
      if (REDIRECTING.has(response.statusCode) && typeof location === 'string') {
        await response.body.dump();
        if (!URL.canParse(location, url.href))
          return { status: 'refused', reason: 'It leads to an address that is none.' };
        const next = new URL(location, url);
        if (next.origin !== url.origin) headers = undefined; // a token is for the host it was given for
        address = next.href;
        continue;
      }
      return await read(response, wanted);
    }
    return { status: 'refused', reason: 'It leads on and on.' };
  } catch (error) {
    const cause = error instanceof Error ? error : new Error('The call broke off.');
    if (cause instanceof NotPublic) return { status: 'refused', reason: cause.message };
    return { status: 'retry', reason: deadline.aborted ? 'The file did not come in time.' : cause.message };
  }
}

function allowed(address: string, { hosts, trustedOrigin, proxy }: MediaRequest): URL | string {
  if (!URL.canParse(address)) return 'The address is not a URL.';
  const url = new URL(address);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return `Files are not fetched by ${url.protocol}`;
  if (url.username !== '' || url.password !== '') return 'The address carries a name and a password.';
  if (url.origin === trustedOrigin) return url;
  const host = url.hostname.toLowerCase();
  const fits = (allowedHost: string) =>
    allowedHost.startsWith('.') ? host.endsWith(allowedHost) || host === allowedHost.slice(1) : host === allowedHost;
  if (hosts && !hosts.some(fits)) return `${host} is not a host of this network.`;
  if (isIP(host.replace(/^\[|\]$/g, '')) !== 0 && !isPublicAddress(host))
    return 'The address is not on the public internet.';
  if (
    proxy &&
    (host === 'localhost' || host.endsWith('.localhost') || host.endsWith('.internal') || !host.includes('.'))
  )
    return 'The address is not on the public internet.';
  return url;
}

async function read(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  { maxBytes, sha256 }: MediaRequest,
): Promise<MediaAnswer> {
  if (statusCode !== 200) {
    await body.dump();
    const reason = `The network answered ${statusCode}.`;
    if ([401, 403, 404, 410].includes(statusCode)) return { status: 'gone', reason };
    if (statusCode === 429 || statusCode >= 500)
      return { status: 'retry', reason, afterMs: retryAfter(headers['retry-after']) };
    return { status: 'refused', reason };
  }
  const tooLarge = { status: 'refused' as const, reason: `The file is larger than ${maxBytes} bytes.` };
  if (Number(headers['content-length'] ?? 0) > maxBytes) {
    body.on('error', () => undefined).destroy();
    return tooLarge;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) {
      body.destroy();
      return tooLarge;
    }
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  const hash = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== undefined && sha256.toLowerCase() !== hash && Buffer.from(sha256, 'base64').toString('hex') !== hash)
    return { status: 'refused', reason: 'The bytes are not those the network announced.' };
  const type = headers['content-type'];
  return {
    status: 'fetched',
    bytes,
    sha256: hash,
    mimeType: typeof type === 'string' ? type.split(';')[0]!.trim() : null,
  };
}

function retryAfter(header: string | string[] | undefined): number | undefined {
  const seconds = Number(header);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 3_600) * 1000 : undefined;
}
