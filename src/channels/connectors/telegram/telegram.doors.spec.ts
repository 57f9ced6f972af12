import { doorOf } from './telegram.doors';
import { flavourOf } from './telegram.flavours';

const SECRET = 'tg_inv-Secret_0001';
const request = (headers: Record<string, string | string[] | undefined>, url = '/webhooks/telegram/c1') => ({
  method: 'POST',
  url,
  headers,
  body: Buffer.from('{}'),
});
const telegram = doorOf(flavourOf('telegram'));
const bale = doorOf(flavourOf('bale'));
const header = (value: string | string[] | undefined) => request({ 'x-telegram-bot-api-secret-token': value });

it('the configured secret in the header is believed', () => {
  expect(telegram).toMatchObject({ path: 'telegram', address: 'channel', secret: 'appSecret' });
  expect(telegram.verify(header(SECRET), SECRET)).toBe(true);
});

it.each<[string, string | string[] | undefined, string]>([
  ['no header', undefined, SECRET],
  ['an empty header', '', SECRET],
  ['another secret', 'tg_inv-Secret_0002', SECRET],
  ['the beginning of it', SECRET.slice(0, -1), SECRET],
  ['more than it', `${SECRET}0`, SECRET],
  ['other letters', SECRET.toUpperCase(), SECRET],
  ['two headers', [SECRET, SECRET], SECRET],
  ['two headers joined by Node', `${SECRET}, ${SECRET}`, SECRET],
  ['an empty secret', SECRET, ''],
  ['nothing for nothing', '', ''],
])('%s is refused', (_, value, secret) => expect(telegram.verify(header(value), secret)).toBe(false));

it('Bale’s secret is the last segment of the address', () => {
  expect(bale).toMatchObject({ path: 'bale', address: 'channel', secret: 'appSecret' });
  expect(bale.verify(request({}, `/webhooks/bale/c1/${SECRET}`), SECRET)).toBe(true);
  expect(bale.verify(request({}, `/webhooks/bale/c1/${SECRET}?again=1`), SECRET)).toBe(true);
});

it.each([
  ['no secret', '/webhooks/bale/c1'],
  ['an empty one', '/webhooks/bale/c1/'],
  ['another one', '/webhooks/bale/c1/tg_inv-Secret_0002'],
  ['it as the channel', `/webhooks/bale/${SECRET}`],
  ['something behind it', `/webhooks/bale/c1/${SECRET}/x`],
  ['it in the query', `/webhooks/bale/c1?secret=${SECRET}`],
])('%s in the address is refused, whatever the header says', (_, url) => {
  expect(bale.verify(request({ 'x-telegram-bot-api-secret-token': SECRET }, url), SECRET)).toBe(false);
  expect(bale.verify(request({}, `/webhooks/bale/c1/${SECRET}`), '')).toBe(false);
});
