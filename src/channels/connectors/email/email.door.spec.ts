import { createHmac } from 'node:crypto';
import { decodeHook, verifyHook } from './email.door';

const SECRET = 'hook-secret';
const body = Buffer.from('From: نگار <a@x.example>\r\n\r\nسلام');
const signed = (bytes: Buffer, secret = SECRET) => `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}`;
const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

describe('the hook believes', () => {
  it.each([
    ['a signature over the raw bytes', { 'x-pasokh-signature': signed(body) }],
    ['a password', { authorization: basic(`anybody:${SECRET}`) }],
    ['a password without a user', { authorization: basic(`:${SECRET}`) }],
  ])('%s', (_, headers) => expect(verifyHook({ headers, body }, SECRET)).toBe(true));
});

describe('the hook refuses', () => {
  it.each([
    ['nothing', {}],
    ['another secret', { 'x-pasokh-signature': signed(body, 'other') }],
    ['other bytes', { 'x-pasokh-signature': signed(Buffer.from('x')) }],
    ['capital letters', { 'x-pasokh-signature': signed(body).toUpperCase() }],
    ['a bare digest', { 'x-pasokh-signature': signed(body).slice(7) }],
    ['two signatures', { 'x-pasokh-signature': [signed(body), signed(body)] }],
    [
      'a wrong signature beside a right password',
      { 'x-pasokh-signature': signed(body, 'x'), authorization: basic(`u:${SECRET}`) },
    ],
    ['the secret as user', { authorization: basic(`${SECRET}:`) }],
    ['a longer password', { authorization: basic(`u:${SECRET}1`) }],
    ['no colon', { authorization: basic(SECRET) }],
    ['a bearer', { authorization: `Bearer ${SECRET}` }],
  ])('%s', (_, headers) => expect(verifyHook({ headers, body }, SECRET)).toBe(false));

  it('everything without a secret', () => {
    expect(verifyHook({ headers: { 'x-pasokh-signature': signed(body, '') }, body }, '')).toBe(false);
    expect(verifyHook({ headers: { authorization: basic('u:') }, body }, '')).toBe(false);
  });
});

describe('a delivery is read as', () => {
  const mime = body.toString('base64');
  it.each([
    ['raw MIME', body],
    ['JSON', Buffer.from(JSON.stringify({ mime }))],
    ['JSON with more in it', Buffer.from(`\n {"recipient": "x", "mime": "${mime}"}`)],
  ])('%s', (_, bytes) => expect(decodeHook(bytes)).toEqual({ mime }));

  it.each([
    ['nothing', ''],
    ['prose', 'hello there'],
    ['JSON without a mail', '{"a": 1}'],
    ['JSON with a mail in the clear', '{"mime": "From: \\u0007 <a>"}'],
    ['half a JSON', '{"mime": "QQ=='],
  ])('%s is no mail', (_, text) => expect(() => decodeHook(Buffer.from(text))).toThrow(SyntaxError));
});
