import { generateKeyPairSync } from 'node:crypto';
import { CRM_USER, INTEGRATION_USER } from './org';
import type { SalesforceEmulator } from './server';
import { assertion, CLIENT_ID, CLIENT_SECRET, goodClaims, login, privateKey, startTestOrg } from './spec-support';

const otherKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const NOW = Date.parse('2026-01-31T10:00:00Z');

describe('OAuth', () => {
  let org: SalesforceEmulator;

  beforeEach(async () => {
    org = await startTestOrg({ tokenIdleMs: 3_600_000 });
    org.setClockMs(NOW);
  });
  afterEach(() => org.close());

  async function postToken(form: Record<string, string>) {
    const response = await fetch(`${org.url}/services/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    return { status: response.status, body: await response.json() };
  }

  const jwt = (claims: object, key = privateKey) =>
    postToken({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: assertion({ ...goodClaims(org), ...claims }, key),
    });

  it('lets a signed assertion in, and jsforce works with the token', async () => {
    const connection = await login(org);
    expect(connection.userInfo?.organizationId).toBe(org.org.id);
    await expect(connection.sobject('Contact').create({ LastName: 'Rahimi' })).resolves.toMatchObject({
      success: true,
    });
  });

  it('answers with exactly the documented fields', async () => {
    const { status, body } = await jwt({});
    expect(status).toBe(200);
    expect(Object.keys(Object(body)).toSorted()).toEqual(['access_token', 'id', 'instance_url', 'scope', 'token_type']);
  });

  it.each([
    ['unknown consumer', { iss: 'nobody' }, privateKey, 'invalid_client_id', 'client identifier invalid'],
    ['foreign key', {}, otherKey, 'invalid_grant', 'invalid assertion'],
    ['foreign audience', { aud: 'https://elsewhere.test' }, privateKey, 'invalid_grant', 'audience is invalid'],
    ['user not approved', { sub: CRM_USER }, privateKey, 'invalid_grant', "user hasn't approved this consumer"],
    ['expired beyond the skew', { exp: NOW / 1000 - 181 }, privateKey, 'invalid_grant', 'expired authorization code'],
    ['expiry in milliseconds', { exp: NOW + 60_000 }, privateKey, 'invalid_grant', 'expired authorization code'],
    ['no expiry', { exp: undefined }, privateKey, 'invalid_grant', 'expired authorization code'],
  ])('refuses: %s', async (_, claims, key, error, description) => {
    await expect(jwt(claims, key)).resolves.toEqual({ status: 400, body: { error, error_description: description } });
  });

  it.each([
    ['expired within the skew', () => ({ exp: NOW / 1000 - 179 })],
    ['the public login host as audience', () => ({ aud: 'https://login.salesforce.com' })],
  ])('accepts: %s', async (_, claims) => {
    expect((await jwt(claims())).status).toBe(200);
  });

  it('refuses a tampered payload and the none algorithm', async () => {
    const [header, , signature] = assertion(goodClaims(org)).split('.');
    const forged = Buffer.from(JSON.stringify({ ...goodClaims(org), exp: NOW / 1000 + 100 })).toString('base64url');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const text of [`${header}.${forged}.${signature}`, `${none}.${forged}.`, 'nonsense']) {
      const answer = await postToken({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: text });
      expect(answer).toMatchObject({
        status: 400,
        body: { error: 'invalid_grant', error_description: 'invalid assertion' },
      });
    }
  });

  it('refuses an inactive user', async () => {
    const user = org.find('User', { Username: INTEGRATION_USER })[0];
    const users = org.org.object('User');
    if (!user || !users) throw new Error('no integration user');
    org.org.records.update(users, String(user.Id), { IsActive: false }, org.org.crmScope());
    expect(await jwt({})).toMatchObject({ status: 400, body: { error: 'inactive_user' } });
  });

  it('gives client credentials their token, with signature and issue time', async () => {
    const form = { grant_type: 'client_credentials', client_id: CLIENT_ID, client_secret: CLIENT_SECRET };
    const { body } = await postToken(form);
    expect(body).toMatchObject({ token_format: 'opaque', issued_at: String(NOW), token_type: 'Bearer' });
    expect(await postToken({ ...form, client_secret: 'wrong' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_client' },
    });
    expect(await postToken({ grant_type: 'password' })).toMatchObject({ body: { error: 'unsupported_grant_type' } });
  });

  it('ends a session when it is idle too long, and keeps one in use', async () => {
    const connection = await login(org);
    for (let use = 1; use <= 3; use += 1) {
      org.setClockMs(NOW + use * 3_000_000);
      await connection.query('SELECT Id FROM Contact');
    }
    org.setClockMs(NOW + 9_000_000 + 3_600_001);
    await expect(connection.query('SELECT Id FROM Contact')).rejects.toMatchObject({ errorCode: 'INVALID_SESSION_ID' });
  });

  it('ends a session that is revoked, without touching another', async () => {
    const [first, second] = [await login(org), await login(org)];
    const body = new URLSearchParams({ token: first.accessToken ?? '' });
    expect((await fetch(`${org.url}/services/oauth2/revoke`, { method: 'POST', body })).status).toBe(200);
    await expect(first.limits()).rejects.toMatchObject({ errorCode: 'INVALID_SESSION_ID' });
    await expect(second.limits()).resolves.toHaveProperty('DailyApiRequests');
  });

  it('tells who is logged in, by header', async () => {
    const { accessToken } = await login(org);
    const url = `${org.url}/services/oauth2/userinfo`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${accessToken}` } });
    expect(await response.json()).toMatchObject({ preferred_username: INTEGRATION_USER, organization_id: org.org.id });
    expect((await fetch(url)).status).toBe(403);
  });

  it('keeps no secret of a token request in the journal', async () => {
    await login(org);
    const kept = JSON.stringify(org.journal.list());
    expect(kept).toContain('jwt-bearer');
    expect(kept).not.toContain('assertion=');
  });
});
