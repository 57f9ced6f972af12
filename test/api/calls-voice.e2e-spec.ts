import { VoiceDialling } from '../../src/calls/voice/voice-dialling';
import { eventually } from '../harness';
import { type Person } from '../simulators/voice/phone-line';
import { startVoice, type VoiceSimulator } from '../simulators/voice/server';
import { voiceSignature } from '../simulators/voice/wire';
import { asE164, type CallJson, type CallsWorld, inHand, PUBLIC, promised, startCallsWorld } from './calls-world';

const OFFICE = '+982191001234';
const DESK = '+982188776655';

let world: CallsWorld;
let voice: VoiceSimulator;
let account: string;
let made: Record<string, unknown>;

beforeAll(async () => {
  world = await startCallsWorld();
  voice = await startVoice({ reach: { public: PUBLIC, actual: world.t.url }, numbers: [OFFICE], callsPerSecond: 0 });
  made = await world.t.owner.post<Record<string, unknown>>('/voice-accounts', {
    provider: 'twilio',
    name: 'Office line',
    externalId: voice.accountSid,
    phone: OFFICE,
    credentials: { authToken: voice.authToken },
    settings: { apiBaseUrl: voice.url },
  });
  account = String(made['id']);
  await world.ada.api.ok('PUT', '/call-desk', { phone: DESK });
});
afterAll(async () => {
  await voice?.close();
  await world?.close();
});

beforeEach(() => {
  voice.people.clear();
  voice.people.set(DESK, { does: 'answers', presses: '1' });
  Object.assign(voice.line.options, { copies: 1, shuffled: false, loses: () => false });
});
afterEach(async () => {
  await voice.quiet();
  const mine = await world.ada.api.get<{ items: CallJson[] }>('/calls?view=mine');
  for (const { id, state } of mine.items) {
    if (state === 'dialing') await world.ada.api.post(`/calls/${id}/outcome`, { outcome: 'cancelled_by_customer' });
    else await world.ada.api.post(`/calls/${id}/release`);
  }
});

const look = (id: string) => world.ada.api.get<CallJson>(`/calls/${id}`);

/** Ada clicks; what happens at the customer's is as told. */
async function click(customer: Person) {
  const made = await inHand(world, world.ada);
  voice.people.set(asE164(made.phone), customer);
  await world.ada.api.post(`/calls/${made.call.id}/start`, { via: account });
  return made;
}

const settled = (id: string) =>
  eventually(async () => {
    const call = await look(id);
    return call.attempts.at(-1)!.stage === 'ended' && call;
  });

describe('an account', () => {
  it('takes its secret and never shows it', async () => {
    expect(JSON.stringify(made)).not.toContain(voice.authToken);
    expect(made).toMatchObject({ credentialsSet: ['authToken'], webhookUrl: `${PUBLIC}/webhooks/voice/${account}` });
    expect(await world.t.owner.get(`/voice-accounts/${account}`)).toEqual(made);
  });

  it('is refused by field', async () => {
    const body = { provider: 'twilio', name: 'x', externalId: 'AC1', phone: OFFICE, credentials: { authToken: 't' } };
    for (const [change, path] of [
      [{}, 'externalId'],
      [{ externalId: voice.accountSid, credentials: {} }, 'credentials.authToken'],
      [{ externalId: voice.accountSid, phone: '12' }, 'phone'],
      [{ settings: { apiBaseUrl: 'ftp://x' } }, 'settings.apiBaseUrl'],
    ] as const)
      expect(await world.t.owner.request('POST', '/voice-accounts', { ...body, ...change })).toMatchObject({
        status: 422,
        body: { error: { details: { fields: [{ path }] } } },
      });
  });
});

describe('click to call', () => {
  it('rings the agent, then the customer, and tells how long it was', async () => {
    const { call, phone } = await click({ does: 'answers', talksSeconds: 75 });
    const over = await settled(call.id);
    expect(over).toMatchObject({
      state: 'dialing',
      attempts: [{ provider: 'twilio', outcome: null, durationMs: 75_000 }],
    });
    const [agentLeg, customerLeg] = voice.line.calls.slice(-2);
    expect([agentLeg!.to, customerLeg!.to, customerLeg!.parentSid]).toEqual([DESK, asE164(phone), agentLeg!.sid]);
    const steps = voice.line.delivered.map(({ step, status }) => `${step} ${status}`);
    expect(steps.slice(0, 5)).toEqual(['status 204', 'status 204', 'status 204', 'answer 200', 'press 200']);
    await world.ada.api.post(`/calls/${call.id}/outcome`, { outcome: 'answered_resolved', note: 'All well.' });
    expect(await look(call.id)).toMatchObject({ state: 'completed', attempts: [{ outcome: 'answered_resolved' }] });
    const [note] = await world.rows<{ meta: Record<string, unknown>; text: string }>(
      'SELECT meta, text FROM messages WHERE id = $1',
      [over.attempts[0]!.messageId],
    );
    expect(note).toMatchObject({
      text: 'All well.',
      meta: { durationMs: 75_000, provider: 'twilio', providerCallId: agentLeg!.sid },
    });
  });

  it('is one call however often and in whatever order it is told', async () => {
    Object.assign(voice.line.options, { copies: 2, shuffled: true });
    const { call } = await click({ does: 'answers', talksSeconds: 30 });
    const over = await settled(call.id);
    await voice.quiet();
    expect(over.attempts).toMatchObject([{ stage: 'ended', durationMs: 30_000 }]);
    expect(await look(call.id)).toMatchObject({ attempts: [{ stage: 'ended', durationMs: 30_000 }] });
    const kept = await world.rows<{ n: number; keys: number }>(
      'SELECT count(*)::int AS n, count(DISTINCT key)::int AS keys FROM voice_events WHERE attempt_id = $1',
      [over.attempts[0]!.id],
    );
    expect(kept[0]!.n).toBe(kept[0]!.keys);
    await world.ada.api.post(`/calls/${call.id}/outcome`, { outcome: 'answered_resolved', note: 'Fine.' });
    expect(await world.told('call.ended', call.id)).toHaveLength(1);
  });

  it.each([
    ['engaged', { does: 'busy' }, 'busy', 'scheduled', 1],
    ['nobody answers', { does: 'no-answer' }, 'no_answer', 'scheduled', 1],
    ['cannot be connected', { does: 'failed' }, 'unreachable', 'scheduled', 1],
  ] as const)('%s: says so itself, and tries again later', async (_, customer, outcome, state, tries) => {
    const { call } = await click(customer);
    const over = await settled(call.id);
    expect(over).toMatchObject({ state, tries, claimedBy: null, attempts: [{ outcome }] });
    expect(await world.told('call.ended', call.id)).toMatchObject([{ outcome, reached: false }]);
  });

  it('a number that does not exist is marked', async () => {
    const { call } = await click({ does: 'failed', errorCode: '13224' });
    expect(await settled(call.id)).toMatchObject({
      contact: { phoneBad: true },
      attempts: [{ outcome: 'unreachable' }],
    });
  });

  it.each([
    ['the agent does not pick up', { does: 'no-answer' }],
    ['the agent’s voicemail does', { does: 'answers', presses: null }],
    ['the agent presses another key', { does: 'answers', presses: '5' }],
  ] as const)('%s: the customer’s phone never rings', async (_, agent) => {
    voice.people.set(DESK, agent);
    const before = voice.line.calls.length;
    const { call } = await click({ does: 'answers' });
    expect(await settled(call.id)).toMatchObject({
      state: 'scheduled',
      tries: 0,
      attempts: [{ outcome: 'agent_unavailable' }],
    });
    expect(voice.line.calls).toHaveLength(before + 1);
  });

  it('records nothing that was not announced, and keeps the link of what was', async () => {
    const settings = { apiBaseUrl: voice.url, recording: { announcementText: 'This call is recorded.' } };
    await world.t.owner.ok('PATCH', `/voice-accounts/${account}`, { settings });
    const { call } = await click({ does: 'answers' });
    const over = await settled(call.id);
    expect(over.attempts[0]!.recordingUrl).toMatch(/^https:\/\/recordings\.invalid\/RE/);
    const heard = voice.line.delivered.find(
      ({ step, body }) => step === 'whisper' && body.includes('This call is recorded.'),
    );
    expect(heard?.status).toBe(200);
    await world.t.owner.ok('PATCH', `/voice-accounts/${account}`, { settings: { apiBaseUrl: voice.url } });
  });

  it('asks for a desk phone, and for an account of this workspace', async () => {
    const { call } = await promised(world);
    await world.bob.api.post(`/calls/${call.id}/claim`);
    for (const via of [account, world.workspaceId])
      expect(await world.bob.api.request('POST', `/calls/${call.id}/start`, { via })).toMatchObject({
        status: 422,
        body: { error: { details: { fields: [{ path: 'via' }] } } },
      });
    expect((await look(call.id)).state).toBe('claimed');
    await world.bob.api.post(`/calls/${call.id}/release`);
  });
});

describe('trouble at the provider', () => {
  it('an answer that was lost: the list is asked before anybody is rung again', async () => {
    const before = voice.line.calls.length;
    voice.faults.push({ kind: 'lost_answer', status: 503 });
    Object.assign(voice.line.options, { loses: () => true });
    const { call } = await click({ does: 'answers', talksSeconds: 20 });
    await eventually(async () => {
      const [row] = await world.rows<{ agent_call_id: string | null }>(
        'SELECT agent_call_id FROM call_attempts WHERE promise_id = $1',
        [call.id],
      );
      return row?.agent_call_id;
    });
    await voice.quiet();
    expect(voice.line.calls).toHaveLength(before + 2); // the agent's leg and the customer's
  });

  it('a pause it asks for is kept, and nobody is rung twice', async () => {
    const before = voice.line.calls.length;
    voice.faults.push({ kind: 'error', status: 429, code: 20429, message: 'Too Many Requests' });
    const { call } = await click({ does: 'busy' });
    expect(await settled(call.id)).toMatchObject({ attempts: [{ outcome: 'busy' }] });
    expect(voice.line.calls).toHaveLength(before + 2);
  });

  it('a refusal is shown, and the call is back in the queue', async () => {
    voice.faults.push({
      kind: 'error',
      status: 400,
      code: 21215,
      message: 'Account not authorized to call this country.',
    });
    const { call } = await click({ does: 'answers' });
    const over = await settled(call.id);
    expect(over).toMatchObject({
      state: 'scheduled',
      tries: 0,
      attempts: [{ outcome: 'agent_unavailable', error: { code: '21215' } }],
    });
  });

  it('callbacks that never came are made up for by asking', async () => {
    Object.assign(voice.line.options, { loses: (step: string) => step === 'status' || step === 'leg' });
    const { call } = await click({ does: 'answers', talksSeconds: 40 });
    await eventually(async () => (await look(call.id)).attempts[0]!.durationMs === 40_000);
    await voice.quiet();
    expect((await look(call.id)).attempts[0]!.stage).not.toBe('ended');
    await world.rows(`UPDATE call_attempts SET look_at = now() WHERE promise_id = $1`, [call.id]);
    await world.t.app.get(VoiceDialling).lookAround();
    expect(await settled(call.id)).toMatchObject({ attempts: [{ outcome: null, durationMs: 40_000 }] });
  });

  it('credentials that are refused stop the account, until an admin enters new ones', async () => {
    await world.t.owner.ok('PATCH', `/voice-accounts/${account}`, { credentials: { authToken: 'wrong' } });
    const { call } = await click({ does: 'answers' });
    expect(await settled(call.id)).toMatchObject({
      attempts: [{ outcome: 'agent_unavailable', error: { code: '20003' } }],
    });
    const state = () => world.t.owner.get<{ state: string; stateReason: string | null }>(`/voice-accounts/${account}`);
    expect(await state()).toMatchObject({ state: 'needs_attention', stateReason: '20003' });
    await world.t.owner.ok('PATCH', `/voice-accounts/${account}`, { credentials: { authToken: voice.authToken } });
    expect(await state()).toMatchObject({ state: 'active', stateReason: null });
    const checked = await world.t.owner.post<{ checks: { state: string }[] }>(`/voice-accounts/${account}/check`);
    expect(checked.checks).toMatchObject([{ name: 'account', state: 'ok' }]);
  });
});

describe('the door', () => {
  const fields = { CallSid: 'CA_forged', CallStatus: 'completed', Digits: '1' };
  const knock = (url: string, sent: Record<string, string>, signature: string) =>
    fetch(url.replace(PUBLIC, world.t.url), {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature },
      body: new URLSearchParams(sent).toString(),
    }).then(async (answer) => ({ status: answer.status, body: await answer.text() }));
  const count = async () => (await world.rows<{ n: number }>('SELECT count(*)::int AS n FROM voice_events'))[0]!.n;

  it('believes nothing unsigned, and keeps nothing of it', async () => {
    const { call } = await click({ does: 'answers' });
    const over = await settled(call.id);
    await voice.quiet();
    const url = `${PUBLIC}/webhooks/voice/${account}?step=press&attempt=${over.attempts[0]!.id}`;
    const good = voiceSignature(voice.authToken, url, fields);
    const before = await count();
    const other = `${PUBLIC}/webhooks/voice/${over.attempts[0]!.id}?step=press&attempt=${over.attempts[0]!.id}`;
    const tries: [string, Record<string, string>, string][] = [
      [url, fields, ''],
      [url, fields, voiceSignature('another token', url, fields)],
      [url, { ...fields, Digits: '2' }, good],
      [url.replace('press', 'dialed'), fields, good],
      [other, fields, voiceSignature(voice.authToken, other, fields)],
    ];
    for (const each of tries) expect((await knock(...each)).status).toBe(401);
    expect((await knock(`${PUBLIC}/webhooks/voice/nobody?step=press`, fields, good)).status).toBe(404);
    expect(await count()).toBe(before);
    expect((await look(call.id)).attempts).toEqual(over.attempts);
  });

  it('connects nobody once the call is over, whoever is on the line', async () => {
    const { call } = await click({ does: 'busy' });
    const over = await settled(call.id);
    const url = `${PUBLIC}/webhooks/voice/${account}?step=press&attempt=${over.attempts[0]!.id}`;
    const late = { ...fields, CallSid: voice.line.calls.at(-2)!.sid };
    const answer = await knock(url, late, voiceSignature(voice.authToken, url, late));
    expect(answer).toMatchObject({ status: 200, body: expect.stringContaining('<Hangup/>') });
    expect(answer.body).not.toContain('Dial');
    expect(await look(call.id)).toMatchObject({ state: over.state, tries: over.tries });
  });

  it('is closed to the neighbours', async () => {
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['PATCH', '', { name: 'mine' }],
      ['POST', '/check', undefined],
    ] as const)
      expect((await world.neighbour.api.request(method, `/voice-accounts/${account}${path}`, body)).status).toBe(404);
    expect(await world.neighbour.api.get('/voice-accounts')).toEqual({ items: [], nextCursor: null });
  });
});
