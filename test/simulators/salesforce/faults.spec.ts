import type { Connection } from 'jsforce';
import type { Fault, RequestEffect } from './faults';
import type { SalesforceEmulator } from './server';
import { login, rawClient, type RawCall, startTestOrg } from './spec-support';

const MESSAGE = 'sobjects/Social_Message__c/Message_Key__c';

describe('faults, limits and the journal', () => {
  let org: SalesforceEmulator;
  let sf: Connection;
  let call: RawCall;

  beforeEach(async () => {
    org = await startTestOrg({ seed: 7 });
    sf = await login(org);
    call = await rawClient(org);
    org.journal.clear();
  });
  afterEach(() => org.close());

  const keys = () => org.find('Social_Message__c').map(({ Message_Key__c }) => Message_Key__c);
  const upsert = (key: string) => call('PATCH', `${MESSAGE}/${key}`, {});

  it.each<[string, RequestEffect, number, string, boolean]>([
    ['a dead session', { kind: 'invalid_session' }, 401, 'INVALID_SESSION_ID', false],
    ['503 before the work', { kind: 'unavailable', commit: 'before' }, 503, 'SERVER_UNAVAILABLE', false],
    ['503 after the work', { kind: 'unavailable', commit: 'after' }, 503, 'SERVER_UNAVAILABLE', true],
    ['a server error', { kind: 'server_error' }, 500, 'UNKNOWN_EXCEPTION', false],
    ['the daily limit', { kind: 'limit', limit: 'total' }, 403, 'REQUEST_LIMIT_EXCEEDED', false],
    ['too many long calls', { kind: 'limit', limit: 'concurrent' }, 403, 'REQUEST_LIMIT_EXCEEDED', false],
  ])('%s', async (_, effect, status, errorCode, written) => {
    org.faults.add({ method: 'PATCH', path: 'Social_Message__c', effect, times: 1 });
    expect(await upsert('m_1')).toMatchObject({ status, body: [{ errorCode }] });
    expect(keys()).toEqual(written ? ['m_1'] : []);
    expect(org.journal.list()).toMatchObject([{ status, executed: written, method: 'PATCH' }]);
    expect(await upsert('m_1')).toMatchObject({ status: written ? 200 : 201, body: { created: !written } });
  });

  it.each(['before', 'after'] as const)('a connection reset %s the work', async (commit) => {
    org.faults.add({ path: 'Social_Message__c', effect: { kind: 'reset', commit }, times: 1 });
    await expect(sf.sobject('Social_Message__c').upsert({ Message_Key__c: 'm_1' }, 'Message_Key__c')).rejects.toThrow(
      /ECONNRESET/,
    );
    expect(keys()).toEqual(commit === 'after' ? ['m_1'] : []);
    expect(org.journal.list()).toMatchObject([
      { status: 0, faults: [`reset:${commit}`], executed: commit === 'after' },
    ]);
  });

  it('can answer 503 with a page of HTML', async () => {
    org.faults.add({ effect: { kind: 'unavailable', commit: 'before', html: true } });
    const answer = await upsert('m_1');
    expect(answer.headers.get('content-type')).toBe('text/html; charset=UTF-8');
    expect(answer.body).toMatch(/^<html>/);
  });

  it('can fail a login', async () => {
    org.faults.add({ path: '/oauth2/token$', effect: { kind: 'unavailable', commit: 'before' }, times: 1 });
    await expect(login(org)).rejects.toBeInstanceOf(Error);
    await login(org);
    expect(org.journal.list().map(({ status }) => status)).toEqual([503, 200]);
  });

  it.each<[string, Partial<Fault>, string]>([
    ['from the third', { from: 3 }, '..xxxxxx'],
    ['the third only', { from: 3, times: 1 }, '..x.....'],
    ['every second', { every: 2 }, 'x.x.x.x.'],
    ['every second from the second, twice', { from: 2, every: 2, times: 2 }, '.x.x....'],
  ])('hits %s', async (_, cadence, pattern) => {
    org.faults.add({ ...cadence, effect: { kind: 'server_error' } });
    expect(await eight()).toBe(pattern);
  });

  it('decides chances by the seed: the same run again, another with another', async () => {
    const run = async (seed: number) => {
      org.faults.reset(seed);
      org.faults.add({ probability: 0.5, effect: { kind: 'server_error' } });
      return `${await eight()}${await eight()}`;
    };
    const first = await run(1);
    expect(await run(1)).toBe(first);
    expect(await run(2)).not.toBe(first);
    expect(first).toMatch(/x/);
    expect(first).toMatch(/\./);
  });

  async function eight(): Promise<string> {
    let pattern = '';
    for (let index = 0; index < 8; index += 1) pattern += (await upsert(`m_${index}`)).status === 500 ? 'x' : '.';
    return pattern;
  }

  it('refuses chosen rows of a batch: a locked one and one an admin forbids', async () => {
    org.faults.add({ object: 'Social_Message__c', where: { Message_Key__c: 'm_2' }, fail: 'lock', times: 1 });
    const fail = { statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'Not today', fields: ['Body__c'] };
    org.faults.add({ where: { Message_Key__c: 'm_3' }, fail });
    const records = ['m_1', 'm_2', 'm_3'].map((Message_Key__c) => ({ Message_Key__c }));
    const send = () => sf.sobject('Social_Message__c').upsert(records, 'Message_Key__c', { allOrNone: false });
    expect(await send()).toMatchObject([
      { success: true },
      {
        success: false,
        errors: [
          {
            statusCode: 'UNABLE_TO_LOCK_ROW',
            message: expect.stringMatching(/^unable to obtain exclusive access to this record or 1 records: a02/),
          },
        ],
      },
      { success: false, errors: [fail] },
    ]);
    expect(await send()).toMatchObject([{ created: false }, { created: true }, { success: false }]);
    expect(keys()).toEqual(['m_1', 'm_2']);
  });

  it('counts calls in the header and in /limits, and stops at the daily limit until the window moves on', async () => {
    const now = Date.parse('2026-01-31T10:00:00Z');
    org.setClockMs(now);
    org.org.usage.reset();
    org.org.usage.dailyLimit = 3;
    expect((await upsert('m_1')).headers.get('sforce-limit-info')).toBe('api-usage=1/3');
    expect((await call('GET', 'limits')).body).toMatchObject({ DailyApiRequests: { Max: 3, Remaining: 1 } });
    await sf.query('SELECT Id FROM Contact');
    expect(sf.limitInfo.apiUsage).toEqual({ used: 3, limit: 3 });
    const refused = await upsert('m_2');
    expect(refused).toMatchObject({
      status: 403,
      body: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }],
    });
    expect(refused.headers.get('sforce-limit-info')).toBe('api-usage=3/3');
    expect(keys()).toEqual(['m_1']);
    org.setClockMs(now + 86_400_000 + 60_000);
    expect((await (await rawClient(org))('PATCH', `${MESSAGE}/m_2`, {})).status).toBe(201);
  });

  describe('overlapping writes', () => {
    const conversation = (key: string) => `sobjects/Social_Conversation__c/Conversation_Key__c/${key}`;
    const child = (key: string) =>
      call('PATCH', `${MESSAGE}/${key}`, { Conversation__r: { Conversation_Key__c: 'c_1' } });

    let parent = '';
    beforeEach(() => {
      [parent = ''] = org.seed('Social_Conversation__c', [{ Conversation_Key__c: 'c_1' }]);
    });

    it('are seen when they touch one parent', async () => {
      org.faults.add({ effect: { kind: 'hold', ms: 30 } });
      await Promise.all([child('m_1'), child('m_2')]);
      const [first, second] = org.journal.list();
      expect(second?.overlaps).toEqual([{ withSeq: first?.seq, touched: [parent] }]);
      expect(org.journal.overlaps()).toHaveLength(1);
    });

    it('are seen when they create under one key', async () => {
      org.faults.add({ effect: { kind: 'hold', ms: 30 } });
      await Promise.all([call('PATCH', conversation('c_2'), {}), call('PATCH', conversation('c_2'), {})]);
      expect(org.journal.overlaps()).toMatchObject([
        { overlaps: [{ touched: ['Social_Conversation__c.Conversation_Key__c=c_2', expect.stringMatching(/^a01/)] }] },
      ]);
    });

    it('are seen even when the earlier answer left before the later work, if both were in flight', async () => {
      org.faults.add({ effect: { kind: 'delay', ms: 30 } });
      await Promise.all([child('m_1'), child('m_2')]);
      expect(org.journal.overlaps()).toHaveLength(1);
    });

    it('are not seen one after the other, side by side on different records, or between reads', async () => {
      await child('m_1');
      await child('m_2');
      org.faults.add({ effect: { kind: 'hold', ms: 30 } });
      await Promise.all([call('PATCH', conversation('c_3'), {}), call('PATCH', conversation('c_4'), {})]);
      await Promise.all([call('GET', conversation('c_1')), call('GET', conversation('c_1'))]);
      expect(org.journal.overlaps()).toEqual([]);
    });

    it('refuse the later row when told to', async () => {
      org.org.refuseOverlaps = true;
      org.faults.add({ effect: { kind: 'hold', ms: 30 }, times: 1 });
      const answers = await Promise.all([child('m_1'), child('m_2')]);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 400]));
      const { body } = answers.find(({ status }) => status === 400) ?? {};
      expect(body).toMatchObject([{ errorCode: 'UNABLE_TO_LOCK_ROW', message: expect.stringContaining(parent) }]);
    });
  });
});
