import { Config } from './config';
import type { DomainError } from './errors';
import { type Sealed, sameText, Secrets } from './secrets';

const OLD = 'a'.repeat(64);
const NEW = 'b'.repeat(64);
const secrets = (keys: string, session = 's'.repeat(32)) =>
  new Secrets(Object.assign(new Config(), { ENCRYPTION_KEY: keys, SESSION_SECRET: session }));
const flip = (base64: string) => {
  const bytes = Buffer.from(base64, 'base64');
  bytes[0] = bytes[0]! ^ 1;
  return bytes.toString('base64');
};
const refusal = (open: () => unknown): string => {
  try {
    open();
  } catch (error) {
    return (error as DomainError).code;
  }
  return 'it opened';
};

it('opens what it sealed, and never seals twice alike', () => {
  const s = secrets(OLD);
  const [one, two] = [s.seal({ token: 'پاسخ' }, 'channel-1'), s.seal({ token: 'پاسخ' }, 'channel-1')];
  expect(s.open(one, 'channel-1')).toEqual({ token: 'پاسخ' });
  expect(one.data).not.toBe(two.data);
  expect(JSON.stringify(one)).not.toContain('پاسخ');
});

it('rotates: the new key seals, the old one still opens until it is dropped', () => {
  const before = secrets(OLD).seal('token', 'c');
  const both = secrets(`${NEW},${OLD}`);
  expect(both.open(before, 'c')).toBe('token');
  expect(before.keyId).not.toBe(both.currentKeyId); // so it is found and sealed again
  const after = both.seal(both.open(before, 'c'), 'c');
  expect(after.keyId).toBe(both.currentKeyId);
  expect(secrets(NEW).open(after, 'c')).toBe('token');
  expect(refusal(() => secrets(NEW).open(before, 'c'))).toBe('misconfigured');
});

it.each<[string, (sealed: Sealed) => Sealed]>([
  ['its data changed', (s) => ({ ...s, data: flip(s.data) })],
  ['its tag changed', (s) => ({ ...s, tag: flip(s.tag) })],
  ['its tag cut to four bytes', (s) => ({ ...s, tag: Buffer.from(s.tag, 'base64').subarray(0, 4).toString('base64') })],
  ['its nonce changed', (s) => ({ ...s, iv: flip(s.iv) })],
  ['its data cut', (s) => ({ ...s, data: '' })],
  ['nothing in it', () => ({ keyId: secrets(OLD).seal('x', 'c').keyId, iv: '', tag: '', data: '' })],
  ['a key nobody knows', (s) => ({ ...s, keyId: 'ffffffff' })],
])('does not open with %s', (_, tamper) => {
  const s = secrets(OLD);
  expect(refusal(() => s.open(tamper(s.seal('token', 'c')), 'c'))).toBe('misconfigured');
});

it('does not open in another row’s place', () => {
  const s = secrets(OLD);
  expect(refusal(() => s.open(s.seal('token', 'channel-1'), 'channel-2'))).toBe('misconfigured');
});

it('stores of a token what is useless without the session secret', () => {
  expect(secrets(OLD).tokenHash('t')).toEqual(secrets(NEW).tokenHash('t'));
  expect(secrets(OLD).tokenHash('t')).not.toEqual(secrets(OLD, 'another secret of 32 characters!').tokenHash('t'));
});

it('compares texts of any length', () => {
  expect([sameText('a', 'a'), sameText('a', 'b'), sameText('a', 'aa'), sameText('', '')]).toEqual([
    true,
    false,
    false,
    true,
  ]);
});
