import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { type AddressInfo, connect, createServer as createLine } from 'node:net';
import { join } from 'node:path';
import { startSocks } from '../../test/support/socks-proxy';
import { call } from './egress';
import { isProxyUrl } from './proxies';

let network: Server;
let proxy: Server;
let proxied: string[];
const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeEach(async () => {
  proxied = [];
  network = createServer((request, response) => {
    if (request.url === '/hang') return;
    if (request.url === '/cut') request.socket.destroy();
    else if (request.url === '/moved') response.writeHead(302, { location: '/elsewhere' }).end();
    else {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ type: request.headers['content-type'], body: Buffer.concat(chunks).toString() }));
      });
    }
  });
  proxy = createServer();
  proxy.on('connect', (request, socket) => {
    proxied.push(`${request.headers['proxy-authorization'] ?? ''} ${request.url}`);
    const [host, port] = request.url!.split(':');
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  for (const server of [network, proxy]) await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});

afterEach(async () => {
  for (const server of [network, proxy]) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

const get = (path: string, credentials = {}, timeoutMs = 2_000) =>
  call(credentials, { method: 'GET', url: `${urlOf(network)}${path}`, timeoutMs });

it('sends a record as JSON, text and bytes as they are', async () => {
  const send = (body: Parameters<typeof call>[1]['body'], headers = {}) =>
    call({}, { method: 'POST', url: urlOf(network), body, headers, timeoutMs: 2_000 });
  expect(await send({ text: 'سلام' })).toMatchObject({ json: { type: 'application/json', body: '{"text":"سلام"}' } });
  expect(await send('raw', { 'content-type': 'text/x' })).toMatchObject({ json: { type: 'text/x', body: 'raw' } });
  expect(await send(Buffer.from('bytes'))).toMatchObject({ json: { body: 'bytes' } });
});

it('tells never reached from broken off: only the first may be repeated blindly', async () => {
  const nobody = await call({}, { method: 'POST', url: 'http://127.0.0.1:2/', timeoutMs: 2_000 });
  expect(nobody).toMatchObject({ kind: 'no_answer', reached: false });
  expect(await call({}, { method: 'GET', url: 'http://127.0.0.1:1/', timeoutMs: 2_000 })).toMatchObject({
    reached: false,
  });
  expect(await call({}, { method: 'GET', url: 'not a url', timeoutMs: 2_000 })).toMatchObject({ reached: false });
  expect(await get('/cut')).toMatchObject({ kind: 'no_answer', reached: true });
  expect(await get('/hang', {}, 200)).toMatchObject({ kind: 'no_answer', reached: true });
});

it('follows no redirect: a token is not carried to where somebody points', async () => {
  expect(await get('/moved')).toMatchObject({ kind: 'no_answer' });
});

it('goes through the channel’s own proxy, with its name and password', async () => {
  const proxyUrl = urlOf(proxy).replace('http://', 'http://user:pass@');
  expect(await get('/', { proxyUrl })).toMatchObject({ kind: 'answer', status: 200 });
  expect(proxied).toEqual([
    `Basic ${Buffer.from('user:pass').toString('base64')} 127.0.0.1:${(network.address() as AddressInfo).port}`,
  ]);
  expect(await get('/')).toMatchObject({ kind: 'answer' });
  expect(proxied).toHaveLength(1);
});

describe('a SOCKS 5 proxy', () => {
  it('takes the channel’s calls, with its name and password, and learns the host’s name, not its address', async () => {
    const socks = await startSocks({ user: 'shop', password: 'p@ss:word' });
    const proxyUrl = socks.url.replace('//', `//shop:${encodeURIComponent('p@ss:word')}@`);
    const port = (network.address() as AddressInfo).port;
    const url = `http://localhost:${port}/`;
    const answers = [1, 2].map(() => call({ proxyUrl }, { method: 'GET', url, timeoutMs: 2_000 }));
    for (const answer of await Promise.all(answers)) expect(answer).toMatchObject({ kind: 'answer', status: 200 });
    expect(new Set(socks.asked)).toEqual(new Set([`localhost:${port}`]));
    await socks.close();
  });

  it('a secure call is as secure through it: whom nobody vouches for is told nothing', async () => {
    const read = (name: string) => readFileSync(join(process.cwd(), 'test/simulators/mail/certificates', name));
    let told = 0;
    const secure = createSecure({ key: read('mail.key'), cert: read('mail.pem') }, (_request, response) => {
      told += 1;
      response.end();
    });
    await new Promise<void>((done) => secure.listen(0, '127.0.0.1', done));
    const socks = await startSocks();
    const { port } = secure.address() as AddressInfo;
    const url = `https://localhost:${port}/`;
    const answer = await call({ proxyUrl: socks.url }, { method: 'GET', url, timeoutMs: 5_000 });
    expect(answer).toMatchObject({
      kind: 'no_answer',
      reached: false,
      reason: expect.stringContaining('VERIFY') as unknown,
    });
    expect([socks.asked, told]).toEqual([[`localhost:${port}`], 0]);
    await socks.close();
    secure.closeAllConnections();
    await new Promise((done) => secure.close(done));
  });

  it.each([
    ['that is away', {}, 'socks5://127.0.0.1:2'],
    ['that refuses the password', { user: 'shop', password: 'right' }, undefined],
    ['that reaches nobody', { refuses: true }, undefined],
  ])('%s was never a call: it may be made again', async (_, options, away) => {
    const socks = await startSocks(options);
    const proxyUrl = away ?? socks.url.replace('//', '//shop:wrong@');
    const answer = await get('/', { proxyUrl });
    expect(answer).toMatchObject({ kind: 'no_answer', reached: false });
    expect(JSON.stringify(answer)).not.toContain('wrong');
    await socks.close();
  });
});

it.each([
  ['http://proxy.example:3128', true],
  ['https://user:pass@proxy.example', true],
  ['socks5://user:pass@10.0.0.1:1080', true],
  ['socks5://[::1]:1080', true],
  ['socks4://proxy.example', false],
  ['ftp://proxy.example', false],
  ['proxy.example:3128', false],
  ['socks5://', false],
])('%s is a proxy’s address: %s', (text, expected) => expect(isProxyUrl(text)).toBe(expected));

it('a proxy that is away is a network that cannot be reached', async () => {
  expect(await get('/', { proxyUrl: 'http://127.0.0.1:2' })).toMatchObject({ kind: 'no_answer', reached: false });
});

it('a line that is cut before it is safe, as where a network is blocked, carried nothing', async () => {
  const censor = createLine((line) => line.once('data', () => line.end()));
  await new Promise<void>((done) => censor.listen(0, '127.0.0.1', done));
  const url = `https://localhost:${(censor.address() as AddressInfo).port}/`;
  expect(await call({}, { method: 'POST', url, timeoutMs: 5_000 })).toMatchObject({
    kind: 'no_answer',
    reached: false,
  });
  await new Promise((done) => censor.close(done));
});
