import { createHash } from 'node:crypto';
import type { lookup } from 'node:dns';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { Agent } from 'undici';
import { fetchMedia, type MediaRequest, publicLookup } from './safe-fetch';

let server: Server;
let port: number;
let asked: string[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;

/** Names the tests make up; their addresses pass through the real check, and what passes is served by our loopback server. */
const NAMES: Record<string, string[]> = {
  'cdn.example': ['93.184.216.34'],
  'other.example': ['93.184.216.35'],
  'inside.example': ['10.1.2.3'],
  'half.example': ['93.184.216.34', '192.168.0.1'],
  'metadata.example': ['169.254.169.254'],
  'six.example': ['::ffff:127.0.0.1'],
};
const resolve = ((hostname: string, _options: unknown, done: (error: Error | null, found: unknown[]) => void) => {
  asked.push(hostname);
  done(
    null,
    (NAMES[hostname] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
  );
}) as unknown as typeof lookup;
const checked = publicLookup(resolve);
const toLoopback: LookupFunction = (hostname, options, done) =>
  checked(hostname, options, (error) => {
    if (error) return done(error, '', 0);
    const here = [{ address: '127.0.0.1', family: 4 }];
    return options.all
      ? (done as unknown as (e: null, all: typeof here) => void)(null, here)
      : done(null, '127.0.0.1', 4);
  });
const agent = new Agent({ connect: { lookup: toLoopback }, bodyTimeout: 500 });

beforeEach(async () => {
  asked = [];
  answer = (_request, response) => void response.writeHead(200, { 'content-type': 'image/png; x=1' }).end('bytes');
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  port = (server.address() as AddressInfo).port;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const get = (url: string, over: Partial<MediaRequest> = {}) =>
  fetchMedia({ url, maxBytes: 1_000, timeoutMs: 3_000, ...over }, agent);
const at = (host: string, path = '/file') => `http://${host}:${port}${path}`;

it('fetches from a public host', async () => {
  expect(await get(at('cdn.example'))).toEqual({
    status: 'fetched',
    bytes: Buffer.from('bytes'),
    sha256: createHash('sha256').update('bytes').digest('hex'),
    mimeType: 'image/png',
  });
});

it.each([
  'inside.example',
  'half.example',
  'metadata.example',
  'six.example',
  'nowhere.example',
  '127.0.0.1',
  '[::1]',
  '169.254.169.254',
  '0x7f.1',
  '2130706433',
  '0177.0.0.1',
  '[::ffff:7f00:1]',
])('refuses %s, and nothing is asked of it', async (host) => {
  let touched = 0;
  answer = (_request, response) => {
    touched += 1;
    response.end('secret');
  };
  expect(await get(at(host))).toMatchObject({ status: 'refused' });
  expect(touched).toBe(0);
});

it.each([
  ['file:///etc/passwd', 'refused'],
  ['ftp://cdn.example/x', 'refused'],
  ['gopher://cdn.example/x', 'refused'],
  ['data:text/html,hi', 'refused'],
  ['not a url', 'refused'],
  ['http://user:pass@cdn.example/', 'refused'],
])('refuses %s', async (url, status) => expect(await get(url)).toMatchObject({ status }));

it('keeps to the network’s own hosts when it names them', async () => {
  const hosts = ['.cdn.example', 'exact.example'];
  expect(await get(at('cdn.example'), { hosts })).toMatchObject({ status: 'fetched' });
  expect(await get(at('other.example'), { hosts })).toMatchObject({ status: 'refused' });
  expect(await get(at('evilcdn.example'), { hosts })).toMatchObject({ status: 'refused' });
  expect(await get(at('sub.exact.example'), { hosts })).toMatchObject({ status: 'refused' });
});

it('checks every redirect like the first address', async () => {
  answer = (request, response) => {
    const to = {
      '/a': at('inside.example'),
      '/b': 'http://169.254.169.254/latest',
      '/c': 'file:///etc/passwd',
      '/d': '/file',
    };
    const location = to[request.url as keyof typeof to];
    if (location) response.writeHead(302, { location }).end();
    else response.end('there');
  };
  for (const path of ['/a', '/b', '/c'])
    expect(await get(at('cdn.example', path))).toMatchObject({ status: 'refused' });
  expect(await get(at('cdn.example', '/d'))).toMatchObject({ status: 'fetched' });
});

it('ends a ring of redirects', async () => {
  answer = (_request, response) => void response.writeHead(302, { location: '/again' }).end();
  expect(await get(at('cdn.example'))).toMatchObject({ status: 'refused', reason: 'It leads on and on.' });
});

it('gives a token to the host it is for, and to no other', async () => {
  const seen: Record<string, string | undefined> = {};
  answer = (request, response) => {
    seen[String(request.headers.host).split(':')[0]!] = request.headers.authorization;
    if (request.headers.host?.startsWith('cdn')) response.writeHead(302, { location: at('other.example') }).end();
    else response.end('there');
  };
  await get(at('cdn.example'), { headers: { authorization: 'Bearer secret' } });
  expect(seen).toEqual({ 'cdn.example': 'Bearer secret', 'other.example': undefined });
});

it('a name that changes its mind gains nothing: it is resolved once', async () => {
  await get(at('cdn.example'));
  expect(asked.filter((name) => name === 'cdn.example')).toHaveLength(1);
});

it('stops at the limit, announced or not', async () => {
  answer = (_request, response) => void response.writeHead(200, { 'content-length': '5000' }).end('x'.repeat(5_000));
  expect(await get(at('cdn.example'))).toMatchObject({ status: 'refused' });
  answer = (_request, response) => {
    for (let i = 0; i < 50; i++) response.write('x'.repeat(100));
    response.end();
  };
  expect(await get(at('cdn.example'))).toMatchObject({ status: 'refused' });
});

it('a body that never ends is given up', async () => {
  answer = (_request, response) => void response.write('x');
  expect(await get(at('cdn.example'), { timeoutMs: 400 })).toMatchObject({ status: 'retry' });
});

it('compares the bytes with what was announced, in hex or base64', async () => {
  const hash = createHash('sha256').update('bytes');
  const hex = hash.copy().digest('hex');
  const base64 = hash.digest('base64');
  expect(await get(at('cdn.example'), { sha256: hex })).toMatchObject({ status: 'fetched' });
  expect(await get(at('cdn.example'), { sha256: base64 })).toMatchObject({ status: 'fetched' });
  expect(await get(at('cdn.example'), { sha256: hex.replace(/^./, 'f') })).toMatchObject({ status: 'refused' });
});

it.each([
  [404, 'gone'],
  [410, 'gone'],
  [403, 'gone'],
  [429, 'retry'],
  [500, 'retry'],
  [503, 'retry'],
  [400, 'refused'],
  [204, 'refused'],
])('%d is %s', async (status, outcome) => {
  answer = (_request, response) => void response.writeHead(status).end();
  expect(await get(at('cdn.example'))).toMatchObject({ status: outcome });
});

it('reaches the channel’s own server although it is not public', async () => {
  expect(await get(at('127.0.0.1'), { trustedOrigin: `http://127.0.0.1:${port}` })).toMatchObject({
    status: 'fetched',
  });
  expect(await get(at('127.0.0.1'), { trustedOrigin: `http://127.0.0.1:${port + 1}` })).toMatchObject({
    status: 'refused',
  });
});
