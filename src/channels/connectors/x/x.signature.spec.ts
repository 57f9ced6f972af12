import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crcAnswer, verifyXSignature } from './x.signature';

const SECRET = 'x_consumer_secret_invented_0001';
const BODY = readFileSync(join(__dirname, '__fixtures__', 'xaa_dm_received.wire.txt'));
const GOOD = 'sha256=HOQa1eHEevtHbrLAkBLga5m4nUmsOJ87unyOmubioyg=';

const verify = (body: Buffer, header: string | string[] | undefined, secret = SECRET) =>
  verifyXSignature({ body, headers: { 'x-twitter-webhooks-signature': header } }, secret);

describe('webhook signature', () => {
  it('the vector is believed', () => expect(verify(BODY, GOOD)).toBe(true));

  it.each<[string, string | string[] | undefined, string]>([
    ['no header', undefined, SECRET],
    ['an empty header', '', SECRET],
    ['two headers', [GOOD, GOOD], SECRET],
    ['two headers joined by Node', `${GOOD}, ${GOOD}`, SECRET],
    ['no prefix', GOOD.slice('sha256='.length), SECRET],
    ['hex instead of base64', `sha256=${createHmac('sha256', SECRET).update(BODY).digest('hex')}`, SECRET],
    ['base64url', GOOD.replace('=y', '-y').replaceAll('+', '-'), 'x'],
    ['no padding', GOOD.slice(0, -1), SECRET],
    ['a line break behind it', `${GOOD}\n`, SECRET],
    ['other unused bits in the last letter', `${GOOD.slice(0, -2)}h=`, SECRET],
    ['another secret', GOOD, 'another'],
    ['an empty secret', `sha256=${createHmac('sha256', '').update(BODY).digest('base64')}`, ''],
  ])('%s is refused', (_, header, secret) => expect(verify(BODY, header, secret)).toBe(false));

  it('one changed byte is refused', () => {
    const body = Buffer.from(BODY);
    body[10] = (body[10] ?? 0) ^ 1;
    expect(verify(body, GOOD)).toBe(false);
  });

  it('the same value written differently is not the signed body', () =>
    expect(verify(Buffer.from(JSON.stringify(JSON.parse(BODY.toString('utf8')), null, 1)), GOOD)).toBe(false));
});

describe('challenge', () => {
  const ask = (query: string, appSecret = SECRET) => crcAnswer(new URLSearchParams(query), { appSecret });
  const TOKEN = 'ZmFrZS1jcmMtdG9rZW4tMDAwMQ==';

  it('the vector is answered', () =>
    expect(ask(`crc_token=${encodeURIComponent(TOKEN)}&nonce=1`)).toEqual({
      response_token: 'sha256=8F7+SXI2bvvYHkvpJTcsh8WLNnbX2YMV6Oq+T/gsHOA=',
    }));

  it('a plus sign that was not escaped is one', () =>
    expect(ask('crc_token=ab+cd+ef+gh+ij+kl')).toEqual(ask('crc_token=ab%2Bcd%2Bef%2Bgh%2Bij%2Bkl')));

  it.each([
    ['an event instead of a token', `crc_token=${encodeURIComponent('{"data":{"event_type":"dm.received"}}')}`],
    ['no token', ''],
    ['an empty token', 'crc_token='],
    ['a short token', 'crc_token=abcdefghijklmno'],
    ['a long token', `crc_token=${'a'.repeat(129)}`],
    ['two tokens', `crc_token=${'a'.repeat(20)}&crc_token=${'b'.repeat(20)}`],
    ['a line break', `crc_token=${'a'.repeat(20)}%0A`],
  ])('%s is never signed', (_, query) => expect(ask(query)).toMatchObject({ malformed: true }));

  it('without a secret there is no answer', () => {
    expect(ask(`crc_token=${'a'.repeat(20)}`, '')).toBeNull();
    expect(crcAnswer(new URLSearchParams(`crc_token=${'a'.repeat(20)}`), {})).toBeNull();
  });
});
