import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RawRequest } from '../../src/channels/door';
import { appSecretProof } from '../../src/channels/connectors/meta/meta.signature';
import { Connectors } from '../../src/channels/connectors/registry';
import { identifierHash, vouchedByHash } from '../../src/channels/connectors/webchat/webchat.identity';
import { DomainError } from '../../src/platform/errors';
import { RECORDINGS } from '../replay/samples';

interface Vector {
  name: string;
  platform: string;
  secret?: string;
  body?: string;
  body_file?: string;
  body_is?: string;
  header?: string;
  value?: string;
  value_that_would_be_computed?: string;
  must_not_equal?: string;
  crc_token?: string;
  challengeCode?: string;
  response_json?: object;
  expect_http_status?: number;
  message?: string;
  configured_secret_token?: string;
  identifier?: string;
  identifier_hash?: string;
}

const { vectors } = JSON.parse(readFileSync(join(__dirname, 'answers', 'signature-vectors.json'), 'utf8')) as {
  vectors: Vector[];
};
const connectors = new Connectors();
const DOORS: Record<string, string> = { 'meta/whatsapp': 'meta', x: 'x', linkedin: 'linkedin', telegram: 'telegram' };

const doorOf = (platform: string) => connectors.door(DOORS[platform]!)!.door;
const recorded = (file: string) => {
  const [network = '', name = ''] = file.split('/');
  return readFileSync(join(RECORDINGS[0]!, network, '__fixtures__', name));
};
const bodyOf = ({ body, body_file: file }: Vector): Buffer =>
  file ? recorded(file) : Buffer.from(body ?? '{}', 'utf8');
const request = (body: Buffer, headers: RawRequest['headers']): RawRequest => ({
  method: 'POST',
  url: '/webhooks',
  headers,
  body,
});
const secretOf = (vector: Vector) => vector.secret ?? vector.configured_secret_token ?? '';

const signed = vectors.filter((v) => v.header && v.value && v.platform in DOORS);
const reserialised = vectors.filter((v) => v.body_is !== undefined);
const challenges = vectors.filter((v) => v.crc_token !== undefined || v.challengeCode !== undefined);

it('every vector of a network that has a door here is tried', () => {
  const tried = new Set([...signed, ...reserialised, ...challenges]);
  const others = vectors.filter((v) => !tried.has(v)).map(({ name }) => name);
  expect(others).toEqual([
    'appsecret_proof',
    'appsecret_proof with appsecret_time=1795164300',
    'Twilio form webhook',
    'Twilio JSON webhook (bodySHA256 in the query)',
    'Web chat identity hash (Chatwoot-style)',
  ]);
});

describe.each(signed.map((v) => [v.name, v] as const))('%s', (_, vector) => {
  const door = doorOf(vector.platform);
  const header = vector.header!.toLowerCase();
  const value = vector.value!;
  const body = bodyOf(vector);
  const secret = secretOf(vector);
  const isPlainSecret = vector.configured_secret_token !== undefined;
  const verify = (headers: RawRequest['headers'], bytes: Buffer = body, key = secret) =>
    door.verify(request(bytes, headers), key);

  it('is let in', () => expect(verify({ [header]: value })).toBe(true));

  it.each<[string, RawRequest['headers']]>([
    ['no header', {}],
    ['an empty header', { [header]: '' }],
    ['the header twice', { [header]: [value, value] }],
    ['two values in one', { [header]: `${value}, ${value}` }],
    ['one character less', { [header]: value.slice(0, -1) }],
    ['one character more', { [header]: `${value}0` }],
    ['another last character', { [header]: value.slice(0, -2) + (value.endsWith('A=') ? 'B=' : '00') }],
    ['capitals', { [header]: value.toUpperCase() }],
    ['a space before', { [header]: ` ${value}` }],
  ])('is refused with %s', (_name, headers) => expect(verify(headers)).toBe(false));

  it('is refused under another secret, and under none', () => {
    expect(verify({ [header]: value }, body, `${secret}x`)).toBe(false);
    expect(verify({ [header]: value }, body, '')).toBe(false);
    expect(verify({ [header]: '' }, body, '')).toBe(false);
  });

  const others: [string, Buffer][] = isPlainSecret
    ? []
    : [
        ['one byte more', Buffer.concat([body, Buffer.from('\n')])],
        ['one byte less', body.subarray(0, -1)],
        ['no bytes', Buffer.alloc(0)],
        ['another byte in the middle', Buffer.from(body.map((byte, i) => (i === 40 ? byte ^ 1 : byte)))],
      ];
  it.each([['the bytes as they are', body, true] as const, ...others.map(([n, b]) => [n, b, false] as const)])(
    'with %s',
    (_name, bytes, isLetIn) => expect(verify({ [header]: value }, bytes)).toBe(isLetIn),
  );
});

describe.each(reserialised.map((v) => [v.name, v] as const))('%s', (_, vector) => {
  const original = signed.find((v) => v.value === vector.must_not_equal)!;
  const written = Buffer.from(JSON.stringify(JSON.parse(bodyOf(original).toString('utf8'))), 'utf8');
  const header = original.header!.toLowerCase();
  const door = doorOf(vector.platform);
  const secret = secretOf(vector);

  it('the right signature does not fit the rewritten body, nor the other one the right body', () => {
    expect(door.verify(request(written, { [header]: vector.must_not_equal! }), secret)).toBe(false);
    const computed = vector.value_that_would_be_computed!;
    expect(door.verify(request(bodyOf(original), { [header]: computed }), secret)).toBe(false);
    expect(door.verify(request(written, { [header]: computed }), secret)).toBe(true);
  });
});

it.each(challenges.map((v) => [v.name, v] as const))('%s', (_, vector) => {
  const asked = new URLSearchParams();
  if (vector.crc_token !== undefined) asked.set('crc_token', vector.crc_token);
  if (vector.challengeCode !== undefined) asked.set('challengeCode', vector.challengeCode);
  const answer = doorOf(vector.platform).handshake!(asked, {
    appSecret: vector.secret ?? 'any secret',
    verifyToken: 'v',
  });
  const refused = { malformed: true, why: expect.any(String) as string };
  expect(answer).toEqual(vector.expect_http_status === 400 ? refused : vector.response_json);
});

it('Meta’s handshake echoes digits to who knows the token, and signs nothing', () => {
  const ask = (over: Record<string, string>, verifyToken = 'token of the admin') => {
    const query = { 'hub.mode': 'subscribe', 'hub.challenge': '1158201444', 'hub.verify_token': 'token of the admin' };
    return doorOf('meta/whatsapp').handshake!(new URLSearchParams({ ...query, ...over }), {
      appSecret: 's',
      verifyToken,
    });
  };
  expect(ask({})).toBe('1158201444');
  expect(ask({ 'hub.verify_token': 'another' })).toBeNull();
  expect(ask({ 'hub.verify_token': '' }, '')).toBeNull();
  expect(ask({ 'hub.mode': 'unsubscribe' })).toBeNull();
  expect(ask({ 'hub.challenge': '<script>' })).not.toBe('<script>');
});

it('the proof of the app’s secret', () => {
  const vector = vectors.find(({ name }) => name === 'appsecret_proof')!;
  expect(appSecretProof(vector.secret!, vector.message!)).toBe(vector.value);
});

it('the web chat’s identity hash', () => {
  const { secret = '', identifier = '', identifier_hash: hash = '' } = vectors.find((v) => v.platform === 'webchat')!;
  expect(identifierHash(secret, identifier)).toBe(hash);
  expect(vouchedByHash(secret, identifier, hash, {})).toMatchObject({ identifier });
  expect(() => vouchedByHash(secret, `${identifier}0`, hash, {})).toThrow(DomainError);
  expect(() => vouchedByHash('', identifier, hash, {})).toThrow(DomainError);
});
