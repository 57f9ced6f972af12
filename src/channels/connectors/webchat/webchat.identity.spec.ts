import { createHmac } from 'node:crypto';
import { DomainError } from '../../../platform/errors';
import { identifierHash, vouchedByHash, vouchedByToken } from './webchat.identity';

const SECRET = 'inbox_identity_secret_invented';
const INBOX = '7c1e4a5e-4a0b-4a55-9d0e-0d7a3a0f6f10';
const NOW = new Date('2026-11-21T10:00:00Z');
const seconds = NOW.getTime() / 1_000;

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
function tokenOf(
  claims: object,
  { header = { alg: 'HS256', typ: 'JWT' } as object, secret = SECRET, hash = 'sha256' } = {},
) {
  const body = `${part(header)}.${part(claims)}`;
  return `${body}.${createHmac(hash, secret).update(body).digest('base64url')}`;
}
const claims = { external_user_id: 'user-8841', aud: INBOX, iat: seconds - 10, exp: seconds + 600 };

function reasonOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    if (error instanceof DomainError && error.code === 'unauthenticated') return error.details['reason'];
    throw error;
  }
  return 'accepted';
}

describe('the identifier hash', () => {
  // shared vector "Web chat identity hash (Chatwoot-style)"
  const vector = 'cac4369ef25909e61070f0e7e417cc5975708eadd04fafff84d9a8a714374668';

  it('is the one other implementations compute', () => {
    expect(identifierHash(SECRET, 'user-8841')).toBe(vector);
    expect(vouchedByHash(SECRET, 'user-8841', vector, { name: 'Omar' })).toEqual({
      identifier: 'user-8841',
      profile: { name: 'Omar' },
      trusted: false,
    });
  });

  it('does not take key and message for each other', () => {
    expect(reasonOf(() => vouchedByHash('user-8841', SECRET, vector, {}))).toBe('identifier_hash');
  });

  it.each([
    ['another user’s', 'user-8842', vector],
    ['upper case', 'user-8841', vector.toUpperCase()],
    ['cut short', 'user-8841', vector.slice(0, 62)],
    ['empty', 'user-8841', ''],
  ])('refuses one that is %s', (_, identifier, hash) => {
    expect(reasonOf(() => vouchedByHash(SECRET, identifier, hash, {}))).toBe('identifier_hash');
  });

  it('refuses everything while the inbox has no secret', () => {
    expect(reasonOf(() => vouchedByHash('', 'user-8841', identifierHash('', 'user-8841'), {}))).toBe('identifier_hash');
  });
});

describe('the identity token', () => {
  it('names the user and what the site knows of them', () => {
    const token = tokenOf({
      ...claims,
      email: 'omar@example.com',
      first_name: 'Omar',
      last_name: 'Khayyam',
      phone_number: '+989121234567',
    });
    expect(vouchedByToken(SECRET, token, INBOX, NOW)).toEqual({
      identifier: 'user-8841',
      profile: { name: 'Omar Khayyam', email: 'omar@example.com', phone: '+989121234567' },
      trusted: true,
    });
  });

  it.each<[string, string, string]>([
    ['is signed with another secret', tokenOf(claims, { secret: 'someone else' }), 'signature'],
    ['claims another algorithm', tokenOf(claims, { header: { alg: 'HS512' }, hash: 'sha512' }), 'alg'],
    ['claims none', `${part({ alg: 'none' })}.${part(claims)}.`, 'malformed'],
    ['claims none with a signature', tokenOf(claims, { header: { alg: 'none' } }), 'alg'],
    ['has critical extensions', tokenOf(claims, { header: { alg: 'HS256', crit: ['b64'], b64: false } }), 'alg'],
    ['is for another inbox', tokenOf({ ...claims, aud: 'another' }), 'aud'],
    ['is for nobody', tokenOf({ ...claims, aud: undefined }), 'aud'],
    ['has run out', tokenOf({ ...claims, iat: seconds - 900, exp: seconds - 61 }), 'exp'],
    ['never runs out', tokenOf({ ...claims, exp: undefined }), 'exp'],
    ['runs for two hours', tokenOf({ ...claims, exp: seconds + 7_200 }), 'life'],
    ['does not say when it was issued', tokenOf({ ...claims, iat: undefined }), 'iat'],
    ['comes from the future', tokenOf({ ...claims, iat: seconds + 300 }), 'iat'],
    ['is not valid yet', tokenOf({ ...claims, nbf: seconds + 300 }), 'nbf'],
    ['names no user', tokenOf({ ...claims, external_user_id: undefined }), 'external_user_id'],
    ['names a user with a line break', tokenOf({ ...claims, external_user_id: 'a\nb' }), 'external_user_id'],
    ['holds no object', tokenOf([1]), 'malformed'],
    ['is not a token', 'hello', 'malformed'],
    ['is enormous', `${'a'.repeat(5_000)}.b.c`, 'malformed'],
  ])('is refused when it %s', (_, token, reason) => {
    expect(reasonOf(() => vouchedByToken(SECRET, token, INBOX, NOW))).toBe(reason);
  });

  it('is refused when a claim was changed after signing', () => {
    const [header, , signature] = tokenOf(claims).split('.');
    const forged = `${header}.${part({ ...claims, external_user_id: 'admin' })}.${signature}`;
    expect(reasonOf(() => vouchedByToken(SECRET, forged, INBOX, NOW))).toBe('signature');
  });

  it('takes a list of audiences and a numeric user id', () => {
    const token = tokenOf({ ...claims, external_user_id: 8841, aud: ['other', INBOX] });
    expect(vouchedByToken(SECRET, token, INBOX, NOW).identifier).toBe('8841');
  });
});
