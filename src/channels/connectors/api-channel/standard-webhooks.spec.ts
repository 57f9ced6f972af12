import type { IncomingHttpHeaders } from 'node:http';
import * as client from './client/pasokh-channel.mjs';
import { signedHeaders, verifyStandardWebhook } from './standard-webhooks';

const SECRET = 'whsec_cGFzb2toLWludmVudGVkLXNlY3JldC0wMDAx';
const OTHER = 'whsec_YW5vdGhlci1pbnZlbnRlZC1zZWNyZXQtMDAwMg==';
const NOW = 1_795_164_122_000;
const BODY = Buffer.from('{"events":[{"text":"سلام می‌رسد 🙏🏽"}]}', 'utf8');
// worked out apart, with openssl: printf 'push_1.1795164122.<body>' | openssl dgst -sha256 -hmac … -binary | base64
const VECTOR = 'v1,N4u+EOwywI3/6ScrOF2HMggnE45JamKw/5YCjn6g9Ic=';

const headersOf = (over: IncomingHttpHeaders = {}): IncomingHttpHeaders => ({
  'webhook-id': 'push_1',
  'webhook-timestamp': '1795164122',
  'webhook-signature': VECTOR,
  ...over,
});
const verify = (over: IncomingHttpHeaders = {}, secret = SECRET, now = NOW, body = BODY) =>
  verifyStandardWebhook({ headers: headersOf(over), body }, secret, now);

it('is the signature of the specification', () => {
  expect(signedHeaders(SECRET, 'push_1', NOW, BODY)).toEqual(headersOf());
  expect(client.signedHeaders(SECRET, 'push_1', BODY, NOW)).toEqual(headersOf());
});

it.each<[string, boolean, () => boolean]>([
  ['the vector', true, () => verify()],
  ['one of several signatures', true, () => verify({ 'webhook-signature': `v1a,xyz v1,${'A'.repeat(43)}= ${VECTOR}` })],
  ['the old of two secrets', true, () => verify({}, `${OTHER} ${SECRET}`)],
  [
    'a sender that still uses the old secret, told both',
    true,
    () => verify({ ...signedHeaders(OTHER, 'a', NOW, BODY) }, `${SECRET} ${OTHER}`),
  ],
  ['a clock four minutes behind', true, () => verify({}, SECRET, NOW + 240_000)],
  ['a clock four minutes ahead', true, () => verify({}, SECRET, NOW - 240_000)],
  ['a replay after six minutes', false, () => verify({}, SECRET, NOW + 360_000)],
  ['a time six minutes ahead', false, () => verify({}, SECRET, NOW - 360_000)],
  ['another secret', false, () => verify({}, OTHER)],
  ['an empty secret', false, () => verify({}, '')],
  ['a secret too short to be one', false, () => verify({ ...signedHeaders('short', 'a', NOW, BODY) }, 'short')],
  ['a secret that is no base64', false, () => verify({}, 'whsec_@@@@@@@@@@@@@@@@@@@@@@@@@@@@')],
  ['another body', false, () => verify({}, SECRET, NOW, Buffer.from(`${BODY.toString()} `))],
  ['another id', false, () => verify({ 'webhook-id': 'push_2' })],
  ['another timestamp', false, () => verify({ 'webhook-timestamp': '1795164123' })],
  ['a timestamp in milliseconds', false, () => verify({ 'webhook-timestamp': '1795164122000' })],
  ['a timestamp with a sign', false, () => verify({ 'webhook-timestamp': '+1795164122' })],
  ['an id that holds a dot', false, () => verify({ 'webhook-id': 'push_1.1795164122' })],
  ['no id', false, () => verify({ 'webhook-id': undefined })],
  ['no timestamp', false, () => verify({ 'webhook-timestamp': undefined })],
  ['no signature', false, () => verify({ 'webhook-signature': undefined })],
  ['a signature without version', false, () => verify({ 'webhook-signature': VECTOR.slice(3) })],
  ['a signature in hex', false, () => verify({ 'webhook-signature': `v1,${'ab'.repeat(32)}` })],
  ['a repeated signature header', false, () => verify({ 'webhook-signature': `${VECTOR}, ${VECTOR}` })],
  ['the right one behind ten others', false, () => verify({ 'webhook-signature': `${'v1,x '.repeat(10)}${VECTOR}` })],
])('%s: %s', (_name, expected, check) => expect(check()).toBe(expected));

it('the client believes what we sign, both secrets while they change, and nothing else', () => {
  const signed = signedHeaders(`${SECRET} ${OTHER}`, 'msg-1', NOW, BODY);
  expect(client.verifyRequest(SECRET, signed, BODY, NOW)).toBe(true);
  expect(client.verifyRequest(OTHER, signed, BODY, NOW)).toBe(true);
  expect(client.verifyRequest('whsec_ZZZZZZZZZZZZZZZZZZZZZZZZ', signed, BODY, NOW)).toBe(false);
  expect(client.verifyRequest(SECRET, signed, BODY, NOW + 360_000)).toBe(false);
  expect(client.verifyRequest(SECRET, {}, BODY, NOW)).toBe(false);
});
