import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { appSecretProof, metaHandshakeAnswer, verifyMetaSignature } from './meta.signature';

const SECRET = 'meta_app_secret_0123456789abcdef';
const wire = (name: string) => readFileSync(join(__dirname, '__fixtures__', `${name}.wire.txt`));

const VECTORS = [
  ['page_comment_added', 'sha256=5f0a841021a90fb65f51f8ba0cccafe8c68f69c232e3a3ee277fd0aecee0cbdb'],
  ['messenger_text', 'sha256=a52f7ba925ba0b0cf085d193534a51ea16148f20dc6b5711f572e2671a352762'],
  ['ig_comment_added', 'sha256=d91d6dac6a0e033b1e4e3db4435849d4c1696c661026819b24d17acd32803028'],
] as const;

const verify = (body: Buffer, header: string | string[] | undefined, secret = SECRET) =>
  verifyMetaSignature({ body, headers: { 'x-hub-signature-256': header } }, secret);

describe('webhook signature', () => {
  it.each(VECTORS)('%s is believed', (name, header) => expect(verify(wire(name), header)).toBe(true));

  it.each(VECTORS)('%s re-serialised is not the signed body', (name, header) => {
    const reserialised = Buffer.from(JSON.stringify(JSON.parse(wire(name).toString('utf8'))));
    expect(verify(reserialised, header)).toBe(false);
  });

  const [[name, good]] = VECTORS;
  it.each<[string, string | string[] | undefined, string]>([
    ['no header', undefined, SECRET],
    ['an empty header', '', SECRET],
    ['two headers', [good, good], SECRET],
    ['two headers joined by Node', `${good}, ${good}`, SECRET],
    ['upper-case hex', `sha256=${good.slice('sha256='.length).toUpperCase()}`, SECRET],
    ['no prefix', good.slice('sha256='.length), SECRET],
    ['the old SHA-1 form', `sha1=${good.slice('sha256='.length, 47)}`, SECRET],
    ['one digit short', good.slice(0, -1), SECRET],
    ['one digit more', `${good}0`, SECRET],
    ['a line break behind it', `${good}\n`, SECRET],
    ['one digit changed', `${good.slice(0, -1)}${good.endsWith('0') ? '1' : '0'}`, SECRET],
    ['another secret', good, 'another'],
    ['an empty secret', good, ''],
  ])('%s is refused', (_, header, secret) => expect(verify(wire(name), header, secret)).toBe(false));

  it('one changed byte is refused', () => {
    const body = wire(name);
    body[10] = (body[10] ?? 0) ^ 1;
    expect(verify(body, good)).toBe(false);
  });

  it('a signature for an empty body under an empty secret is refused', () =>
    expect(verify(Buffer.alloc(0), 'sha256=b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad', '')).toBe(
      false,
    ));
});

describe('handshake', () => {
  const TOKEN = 'verify-me';
  const ask = (over: Record<string, string>, token: string) =>
    metaHandshakeAnswer(
      new URLSearchParams({
        'hub.mode': 'subscribe',
        'hub.challenge': '1158201444',
        'hub.verify_token': TOKEN,
        ...over,
      }),
      token,
    );

  it.each<[string, Record<string, string>, string | null, string]>([
    ['the right token gets its challenge', {}, '1158201444', TOKEN],
    ['a wrong token', { 'hub.verify_token': 'guess' }, null, TOKEN],
    ['an unset token', { 'hub.verify_token': '' }, null, ''],
    ['another mode', { 'hub.mode': 'unsubscribe' }, null, TOKEN],
    ['a challenge that is not a number', { 'hub.challenge': '<script>' }, null, TOKEN],
  ])('%s', (_, over, answer, token) => expect(ask(over, token)).toBe(answer));
});

it('proves calls with the app secret', () =>
  expect(appSecretProof(SECRET, 'EAAInventedPageTokenForTests')).toBe(
    'db1313a4eb0c31f4fcd9ec92888923d53d6b996849e98f11dbda7be14f85830b',
  ));
