import { generateKeyPairSync } from 'node:crypto';
import { INTEGRATION_USER } from './org';
import { type SalesforceEmulator, startSalesforce } from './server';
import { assertion, at } from './spec-support';

describe('control plane and page', () => {
  let org: SalesforceEmulator;

  beforeEach(async () => {
    org = await startSalesforce();
  });
  afterEach(() => org.close());

  async function control(method: string, path: string, body?: object) {
    const response = await fetch(`${org.url}/__emu/${path}`, { method, body: body && JSON.stringify(body) });
    return { status: response.status, body: await response.json() };
  }

  it('drives a whole run from another process', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    await control('POST', 'apps', { clientId: 'app', publicKeyPem, approvedUsers: [INTEGRATION_USER] });
    const claims = { iss: 'app', sub: INTEGRATION_USER, aud: org.url, exp: Math.floor(Date.now() / 1000) + 60 };
    const form = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: assertion(claims, privateKey),
    });
    const login = await fetch(`${org.url}/services/oauth2/token`, { method: 'POST', body: form });
    const token = String(at(await login.json(), 'access_token'));
    const read = () =>
      fetch(`${org.url}/services/data/v62.0/limits`, { headers: { authorization: `Bearer ${token}` } });

    const planted = await control('POST', 'faults', { path: '/limits$', effect: { kind: 'server_error' } });
    const id = Number(at(planted.body, 'id'));
    expect((await read()).status).toBe(500);
    expect((await control('GET', 'faults')).body).toMatchObject({ faults: [{ id: id, matched: 1, hits: 1 }] });
    await control('DELETE', `faults/${id}`);
    expect((await read()).status).toBe(200);
    const journal = await control('GET', `journal?path=${encodeURIComponent('/limits$')}`);
    expect(journal.body).toMatchObject({ calls: [{ status: 500, faults: ['server_error'] }, { status: 200 }] });
    await control('PUT', 'settings', { dailyLimit: 1 });
    expect((await read()).status).toBe(403);
    await control('POST', 'tokens/revoke');
    expect((await read()).status).toBe(401);
    await control('POST', 'reset');
    expect((await control('GET', 'journal')).body).toEqual({ calls: [] });
  });

  it('edits records as a CRM user', async () => {
    const { body } = await control('POST', 'records', {
      object: 'Contact',
      records: [{ LastName: 'Rahimi', Email: 'a@b.test' }],
    });
    const id = String(at(body, 'ids', 0));
    await control('PATCH', `records/${id}`, { Title: 'Manager' });
    const found = await control('GET', 'records?object=Contact&Email=a@b.test');
    expect(at(found.body, 'records')).toMatchObject([
      { Id: id, Title: 'Manager', LastModifiedById: org.find('User')[1]?.Id },
    ]);
    await control('DELETE', `records/${id}`);
    expect((await control('GET', 'records?object=Contact')).body).toEqual({ records: [] });
    const bin = await control('GET', 'records?object=Contact&IsDeleted=true');
    expect(at(bin.body, 'records')).toHaveLength(1);
  });

  it.each([
    ['POST', 'records', { object: 'Nope', records: [] }, /no object 'Nope'/],
    ['POST', 'faults', { effect: { kind: 'explode' } }, /A fault needs/],
    ['GET', 'records?object=Contact&Foo=1', undefined, /no field 'Foo'/],
  ])('explains what is wrong with %s %s', async (method, path, body, message) => {
    expect(await control(method, path, body)).toEqual({ status: 400, body: { error: expect.stringMatching(message) } });
  });

  it('writes nothing of a seed that is partly wrong', async () => {
    const answer = await control('POST', 'records', { object: 'Contact', records: [{ LastName: 'a' }, {}] });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ statusCode: 'REQUIRED_FIELD_MISSING' }] } });
    expect(org.find('Contact')).toEqual([]);
  });

  it('shows a contact with its conversations in time order, in two scripts, with all text escaped', async () => {
    const [contact = ''] = org.seed('Contact', [{ FirstName: 'سارا', LastName: '<script>alert(1)</script>' }]);
    const [persona] = org.seed('Social_Persona__c', [{ Persona_Key__c: 'p', Handle__c: '@sara', Contact__c: contact }]);
    const [late, early] = org.seed('Social_Conversation__c', [
      { Conversation_Key__c: 'late', Persona__c: persona, First_At__c: '2026-02-01T00:00:00Z' },
      { Conversation_Key__c: 'early', Contact__c: contact, First_At__c: '2026-01-01T00:00:00Z' },
    ]);
    org.seed('Social_Message__c', [
      { Message_Key__c: '3', Conversation__c: late, Sent_At__c: '2026-02-01T00:00:00Z', Body__c: 'سوم' },
      {
        Message_Key__c: '2',
        Conversation__c: early,
        Sent_At__c: '2026-01-01T00:00:00Z',
        Seq__c: 2,
        Body__c: 'second & "two"',
      },
      {
        Message_Key__c: '1',
        Conversation__c: early,
        Sent_At__c: '2026-01-01T00:00:00Z',
        Seq__c: 1,
        Body__c: 'first\nline',
      },
    ]);
    org.seed('Social_Message__c', [{ Message_Key__c: 'other', Body__c: 'of somebody else' }]);
    const response = await fetch(`${org.url}/lightning/r/Contact/${contact}/view`);
    const html = await response.text();
    expect(response.headers.get('content-type')).toBe('text/html; charset=UTF-8');
    const bodies = [...html.matchAll(/<p dir="auto">([^<]*)<\/p>/g)].map(([, text]) => text);
    expect(bodies).toEqual(['first\nline', 'second &amp; &quot;two&quot;', 'سوم']);
    expect(html).toContain('سارا &lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).not.toContain('<script');
    expect(html).toContain('http-equiv="refresh" content="3"');
    expect(await (await fetch(org.url)).text()).toContain(`/lightning/r/Contact/${contact}/view`);
    expect((await fetch(`${org.url}/lightning/r/Contact/003EM0000000zzzAAA/view`)).status).toBe(404);
  });
});
