import { createHmac } from 'node:crypto';
import { linkedInHandshake, verifyLinkedInSignature } from './linkedin.signature';

const SECRET = 'linkedin_client_secret_0123456789';
const BODY = Buffer.from('{"type":"ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS","text":"می‌خواستم 🍎"}');
/** Made with `openssl dgst -sha256 -hmac` over `hmacsha256=` and the body. */
const GOOD = 'b5321b41c04c014e703177ae374e0aafced6b6b96aa6a37e6c91be6931e98c75';

const verify = (header: string | string[] | undefined, secret = SECRET, body = BODY) =>
  verifyLinkedInSignature({ headers: { 'x-li-signature': header }, body }, secret);

it('believes the digest over prefix and body', () => expect(verify(GOOD)).toBe(true));
it('tolerates the prefix in the header', () => expect(verify(`hmacsha256=${GOOD}`)).toBe(true));

it.each<[string, string | string[] | undefined, string]>([
  ['no header', undefined, SECRET],
  ['an empty header', '', SECRET],
  ['two headers', [GOOD, GOOD], SECRET],
  ['two headers joined by Node', `${GOOD}, ${GOOD}`, SECRET],
  ['upper-case hex', GOOD.toUpperCase(), SECRET],
  ['another prefix', `sha256=${GOOD}`, SECRET],
  ['one digit short', GOOD.slice(0, -1), SECRET],
  ['a line break behind it', `${GOOD}\n`, SECRET],
  ['a digest without the prefix in the signed text', createHmac('sha256', SECRET).update(BODY).digest('hex'), SECRET],
  ['another secret', GOOD, 'another'],
  ['an empty secret', createHmac('sha256', '').update('hmacsha256=').update(BODY).digest('hex'), ''],
])('%s is refused', (_, header, secret) => expect(verify(header, secret)).toBe(false));

it('one changed byte is refused', () => {
  const changed = Buffer.from(BODY);
  changed[3] = (changed[3] ?? 0) ^ 1;
  expect(verify(GOOD, SECRET, changed)).toBe(false);
});

describe('challenge', () => {
  const CODE = '890e4665-4dfe-4ab1-b689-ed553bceeed0';
  const ask = (query: string, secret = SECRET) => linkedInHandshake(new URLSearchParams(query), { appSecret: secret });

  it('answers a UUID with its digest', () =>
    expect(ask(`challengeCode=${CODE}&applicationId=78245611`)).toEqual({
      challengeCode: CODE,
      challengeResponse: 'd74cc76687b907d29b847ff632ce438a7ec4f59624a897ac29b1b5731abb94ca',
    }));

  it.each([
    ['an event in disguise', `challengeCode=${encodeURIComponent('hmacsha256={"type":"x"}')}`],
    ['a UUID with more behind it', `challengeCode=${CODE}0`],
    ['a UUID and a line break', `challengeCode=${CODE}%0A`],
    ['two codes', `challengeCode=${CODE}&challengeCode=${CODE}`],
    ['nothing', ''],
  ])('%s is never signed', (_, query) => expect(ask(query)).toMatchObject({ malformed: true }));

  it('without a secret nothing is answered', () => expect(ask(`challengeCode=${CODE}`, '')).toBeNull());
});
