import { createHash, createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { metaBytes, metaSignature } from '../simulators/meta/wire';

export interface Doors {
  /** Base URL of the app. */
  url: string;
  /** The page the forger wants to speak for, and the secret that signs for it. */
  account: string;
  secret: string;
  /** What signed for it before the secret was changed. */
  oldSecret: string;
  /** Another workspace's secret, good for that workspace's own page. */
  otherSecret: string;
  telegramChannelId: string;
  telegramSecret: string;
  xSecret: string;
}

export interface Forgery {
  name: string;
  /** Answers that are right; 0 is a connection that was cut without an answer. */
  allowed: readonly number[];
  send(): Promise<number>;
}

const REFUSED = [401];
const MALFORMED = [400, 401, 408, 0];
const SIGNATURE = 'x-hub-signature-256';
const ENDS_EARLY = 'a body that ends early';
const hmac = (algorithm: string, secret: string, body: Buffer) => createHmac(algorithm, secret).update(body);

/** Everything a stranger, or a neighbour with a secret of his own, might try at the webhook's door. */
export function forgeries(doors: Doors, tag: string): Forgery[] {
  const { secret, oldSecret, otherSecret, account } = doors;
  let count = 0;
  const body = () => comment(account, `${tag}${(count += 1)}`);
  const meta = '/webhooks/meta';
  const post = (path: string, bytes: Buffer, headers: Record<string, string>) => send(doors.url, path, bytes, headers);
  const header = (name: string, value: (bytes: Buffer) => string | undefined): Forgery => ({
    name,
    allowed: REFUSED,
    send: () => {
      const bytes = body();
      const signature = value(bytes);
      return post(meta, bytes, signature === undefined ? {} : { [SIGNATURE]: signature });
    },
  });
  const changed = (name: string, change: (bytes: Buffer) => Buffer): Forgery => ({
    name,
    allowed: REFUSED,
    send: () => {
      const bytes = body();
      return post(meta, change(bytes), { [SIGNATURE]: metaSignature(secret, bytes) });
    },
  });
  const raw = (
    name: string,
    allowed: readonly number[],
    request: (bytes: Buffer, signature: string) => string,
  ): Forgery => ({
    name,
    allowed,
    send: () => {
      const bytes = body();
      return sendRaw(doors.url, request(bytes, metaSignature(secret, bytes)), name === ENDS_EARLY);
    },
  });
  return [
    header('no signature', () => undefined),
    header('an empty signature', () => ''),
    header('a signature one digit short', (b) => metaSignature(secret, b).slice(0, -1)),
    header('a signature one digit long', (b) => `${metaSignature(secret, b)}0`),
    header('half a signature', (b) => metaSignature(secret, b).slice(0, 39)),
    header('the digits without their algorithm', (b) => metaSignature(secret, b).slice(7)),
    header('another algorithm named', (b) => metaSignature(secret, b).replace('sha256', 'sha1')),
    header('SHA-1 in the SHA-256 header', (b) => `sha1=${hmac('sha1', secret, b).digest('hex')}`),
    header('SHA-512', (b) => `sha256=${hmac('sha512', secret, b).digest('hex')}`),
    header('algorithm none', () => 'none='),
    header('base64 instead of hex', (b) => `sha256=${hmac('sha256', secret, b).digest('base64')}`),
    header('upper case', (b) => `sha256=${hmac('sha256', secret, b).digest('hex').toUpperCase()}`),
    header('zeros', () => `sha256=${'0'.repeat(64)}`),
    header(
      'a hash of secret and body, not an HMAC',
      (b) => `sha256=${createHash('sha256').update(secret).update(b).digest('hex')}`,
    ),
    header('the empty secret', (b) => metaSignature('', b)),
    header('the old secret', (b) => metaSignature(oldSecret, b)),
    header("another network's secret", (b) => metaSignature(doors.xSecret, b)),
    header('a signature of another body', () => metaSignature(secret, body())),
    header('a signature of the empty body', () => metaSignature(secret, Buffer.alloc(0))),
    header('two signatures in one', (b) => `${metaSignature('wrong', b)}, ${metaSignature(secret, b)}`),
    header('a signature of 4,000 digits', () => `sha256=${'a'.repeat(4_000)}`),
    {
      name: 'a signature of 20,000 digits',
      allowed: [401, 431, 0],
      send: () => post(meta, body(), { [SIGNATURE]: `sha256=${'a'.repeat(20_000)}` }),
    },
    {
      name: 'the SHA-1 header alone',
      allowed: REFUSED,
      send: () => {
        const bytes = body();
        return post(meta, bytes, { 'x-hub-signature': `sha1=${hmac('sha1', secret, bytes).digest('hex')}` });
      },
    },
    {
      // signed by somebody who may sign, for an account that is not his: believed to be his, and of nobody's account
      name: "another workspace's secret",
      allowed: [200, 401],
      send: () => {
        const bytes = body();
        return post(meta, bytes, { [SIGNATURE]: metaSignature(otherSecret, bytes) });
      },
    },
    changed('one byte changed', (b) => Buffer.from(b.map((byte, i) => (i === b.length - 4 ? byte ^ 1 : byte)))),
    changed('one byte more', (b) => Buffer.concat([b, Buffer.from(' ')])),
    changed('one byte less', (b) => b.subarray(0, -1)),
    changed('encoded anew', (b) => Buffer.from(JSON.stringify(JSON.parse(b.toString('ascii'))))),
    changed('a byte order mark before it', (b) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), b])),
    changed('twice the body', (b) => Buffer.concat([b, b])),
    {
      name: 'compressed under a signature of the plain body',
      allowed: [401, 415],
      send: () => {
        const bytes = body();
        return post(meta, bytes, { [SIGNATURE]: metaSignature(secret, bytes), 'content-encoding': 'gzip' });
      },
    },
    {
      name: 'a body over the limit',
      allowed: [413, 0],
      send: () => post(meta, Buffer.alloc(5 * 1024 * 1024, 32), { [SIGNATURE]: `sha256=${'0'.repeat(64)}` }),
    },
    raw('a second, unsigned chunk', REFUSED, (b, s) => chunked(s, [b.toString('ascii'), ' '])),
    raw(
      'the signature in a trailer',
      REFUSED,
      (b, s) =>
        `${head(['transfer-encoding: chunked', `trailer: ${SIGNATURE}`])}${chunk(b.toString('ascii'))}0\r\n${SIGNATURE}: ${s}\r\n\r\n`,
    ),
    raw(
      'length and chunks at once',
      MALFORMED,
      (b, s) =>
        `${head(['transfer-encoding: chunked', 'content-length: 3', `${SIGNATURE}: ${s}`])}${chunk(b.toString('ascii'))}0\r\n\r\n`,
    ),
    raw(
      'two lengths',
      MALFORMED,
      (b, s) =>
        `${head([`content-length: ${b.length}`, 'content-length: 3', `${SIGNATURE}: ${s}`])}${b.toString('ascii')}`,
    ),
    raw(
      'a chunk length that is no number',
      MALFORMED,
      (b, s) =>
        `${head(['transfer-encoding: chunked', `${SIGNATURE}: ${s}`])}zz\r\n${b.toString('ascii')}\r\n0\r\n\r\n`,
    ),
    raw(
      ENDS_EARLY,
      MALFORMED,
      (b, s) => `${head([`content-length: ${b.length + 10}`, `${SIGNATURE}: ${s}`])}${b.toString('ascii')}`,
    ),
    raw(
      'two signature headers, the right one last',
      REFUSED,
      (b, s) =>
        `${head([`content-length: ${b.length}`, `${SIGNATURE}: sha256=${'0'.repeat(64)}`, `${SIGNATURE}: ${s}`])}${b.toString('ascii')}`,
    ),
    {
      name: "Meta's signature at X's door",
      allowed: REFUSED,
      send: () => {
        const bytes = body();
        return post('/webhooks/x', bytes, { 'x-twitter-webhooks-signature': metaSignature(doors.xSecret, bytes) });
      },
    },
    {
      name: "X's signature without padding",
      allowed: REFUSED,
      send: () => {
        const bytes = body();
        const signature = hmac('sha256', doors.xSecret, bytes).digest('base64').slice(0, -1);
        return post('/webhooks/x', bytes, { 'x-twitter-webhooks-signature': `sha256=${signature}` });
      },
    },
    {
      name: "Telegram's token missing",
      allowed: REFUSED,
      send: () => post(`/webhooks/telegram/${doors.telegramChannelId}`, body(), {}),
    },
    {
      name: "half of Telegram's token",
      allowed: REFUSED,
      send: () =>
        post(`/webhooks/telegram/${doors.telegramChannelId}`, body(), {
          'x-telegram-bot-api-secret-token': doors.telegramSecret.slice(0, 8),
        }),
    },
    {
      name: "Telegram's token at a channel that is not there",
      allowed: [401, 404],
      send: () =>
        post('/webhooks/telegram/00000000-0000-7000-8000-000000000000', body(), {
          'x-telegram-bot-api-secret-token': doors.telegramSecret,
        }),
    },
    {
      name: 'an address that is not there',
      allowed: [401, 404],
      send: () => {
        const bytes = body();
        return post('/webhooks/nowhere', bytes, { [SIGNATURE]: metaSignature(secret, bytes) });
      },
    },
    { name: 'a guessed verify token', allowed: [403], send: () => handshake(doors.url, 'guess') },
  ];
}

/** A body that would make a ticket if it were believed. */
export function comment(account: string, id: string): Buffer {
  const now = Math.floor(Date.now() / 1000);
  const value = {
    item: 'comment',
    verb: 'add',
    comment_id: `900_${id}`,
    post_id: `${account}_900`,
    parent_id: `${account}_900`,
    from: { id: '66001', name: 'نگار' },
    message: `forged ${id} سلام`,
    created_time: now,
  };
  const entry = { id: account, time: now, changes: [{ field: 'feed', value }] };
  return metaBytes({ object: 'page', entry: [entry] });
}

export async function send(url: string, path: string, bytes: Buffer, headers: Record<string, string>): Promise<number> {
  try {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: new Uint8Array(bytes),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}

async function handshake(url: string, token: string): Promise<number> {
  const query = `hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=12345`;
  return (await fetch(`${url}/webhooks/meta?${query}`)).status;
}

const head = (headers: readonly string[]) =>
  `POST /webhooks/meta HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-type: application/json\r\n${headers.join('\r\n')}\r\n\r\n`;
const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const chunked = (signature: string, parts: readonly string[]) =>
  `${head(['transfer-encoding: chunked', `${SIGNATURE}: ${signature}`])}${parts.map(chunk).join('')}0\r\n\r\n`;

/** Writes a request as it stands. @returns the status, 0 when the connection closed without one */
function sendRaw(url: string, request: string, endsEarly: boolean): Promise<number> {
  return new Promise((resolve) => {
    const { port, hostname } = new URL(url);
    let answer = '';
    const socket = connect(Number(port), hostname, () => (endsEarly ? socket.end(request) : socket.write(request)));
    socket.on('data', (data) => (answer += data.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0)));
    socket.setTimeout(10_000, () => socket.destroy());
  });
}
