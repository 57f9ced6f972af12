import { credentialsOf, originAllowed, sessionCookie } from './credentials';

describe('credentials', () => {
  it.each([
    ['a cookie among others', { cookie: 'a=b; pasokh_session=abc; c=d' }, { session: 'abc' }],
    ['no cookie', {}, { session: undefined }],
    ['a cookie whose name only ends alike', { cookie: 'xpasokh_session=abc' }, { session: undefined }],
    ['a bearer token', { authorization: 'Bearer pk_1' }, { token: 'pk_1' }],
    [
      'a bearer token before a cookie',
      { authorization: 'bearer pk_1', cookie: 'pasokh_session=abc' },
      { token: 'pk_1' },
    ],
    [
      'another scheme is no token, and no way round to the cookie',
      { authorization: 'Basic x', cookie: 'pasokh_session=abc' },
      { token: '' },
    ],
  ])('%s', (_, headers, expected) => expect(credentialsOf(headers)).toEqual(expected));

  it('puts the session out of reach of scripts and of other sites’ posts', () => {
    expect(sessionCookie('abc', 60, true)).toBe(
      'pasokh_session=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure',
    );
    expect(sessionCookie('abc', 60, false)).not.toContain('Secure');
  });
});

describe('an origin', () => {
  it.each([
    ['none: a script', undefined, 'care.example', undefined, true],
    ['the host itself', 'https://care.example', 'care.example', undefined, true],
    ['the host with its scheme’s own port', 'https://care.example', 'care.example:443', undefined, true],
    ['the host on its port', 'http://127.0.0.1:3000', '127.0.0.1:3000', undefined, true],
    ['another port of the host', 'http://127.0.0.1:4000', '127.0.0.1:3000', undefined, false],
    ['PUBLIC_URL behind a proxy', 'https://care.example', '10.0.0.7:3000', 'https://care.example/inbox', true],
    ['PUBLIC_URL over plain http', 'http://care.example', '10.0.0.7:3000', 'https://care.example', false],
    ['another site', 'https://evil.example', 'care.example', undefined, false],
    ['another site that starts alike', 'https://care.example.evil.example', 'care.example', undefined, false],
    ['a sandboxed frame', 'null', 'care.example', undefined, false],
    ['an extension', 'chrome-extension://care.example', 'care.example', undefined, false],
    ['no host to compare with', 'https://care.example', undefined, undefined, false],
  ])('%s', (_, origin, host, publicUrl, expected) => expect(originAllowed(origin, host, publicUrl)).toBe(expected));
});
