import { RUBIKA_DOOR } from './rubika.door';

const SECRET = 'inventedSecretOfTheAddress0123456789';
const BASE = '/webhooks/rubika/0192f0c0-0000-7000-8000-000000000001';
const opens = (url: string, secret = SECRET) =>
  RUBIKA_DOOR.verify({ method: 'POST', url, headers: {}, body: Buffer.alloc(0) }, secret);

it.each([
  `${BASE}/${SECRET}`,
  `${BASE}/${SECRET}/`,
  `${BASE}/${SECRET}/receiveUpdate`,
  `${BASE}/${SECRET}/ReceiveInlineMessage`,
  `${BASE}/${SECRET}/RECEIVEQUERY/`,
  `${BASE}/${SECRET}/getSelectionItem?x=1`,
])('%s is Rubika', (url) => expect(opens(url)).toBe(true));

it('a secret with letters that an address must escape is known both ways', () => {
  const odd = 'one two+three=four@five';
  expect(opens(`${BASE}/${encodeURIComponent(odd)}`, odd)).toBe(true);
  expect(opens(`${BASE}/${odd.replaceAll(' ', '_')}`, odd)).toBe(false);
});

it.each<[string, string, string]>([
  ['no secret', BASE, SECRET],
  ['an empty secret', `${BASE}/`, ''],
  ['another secret', `${BASE}/${SECRET.toLowerCase()}`, SECRET],
  ['half of it', `${BASE}/${SECRET.slice(0, 20)}`, SECRET],
  ['more than it', `${BASE}/${SECRET}0`, SECRET],
  ['it in the query', `${BASE}?secret=${SECRET}`, SECRET],
  ['it a step too late', `${BASE}/x/${SECRET}`, SECRET],
  ['something odd behind it', `${BASE}/${SECRET}/../../etc`, SECRET],
  ['another network’s address', `/webhooks/bale/1/${SECRET}`, SECRET],
  ['a secret too short to be one', `${BASE}/short`, 'short'],
])('refuses %s', (_name, url, secret) => expect(opens(url, secret)).toBe(false));

it('reads bytes without losing digits', () => {
  expect(RUBIKA_DOOR.decode!(Buffer.from('{"message_id":204215121115944301}'))).toEqual({
    message_id: '204215121115944301',
  });
  expect(() => RUBIKA_DOOR.decode!(Buffer.from('<html>'))).toThrow(SyntaxError);
});
