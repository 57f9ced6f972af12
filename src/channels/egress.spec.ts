import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { call } from './egress';

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

it('a proxy that is away is a network that cannot be reached', async () => {
  expect(await get('/', { proxyUrl: 'http://127.0.0.1:2' })).toMatchObject({ kind: 'no_answer', reached: false });
});
