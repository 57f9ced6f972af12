import { CallsSweeper } from '../../src/calls/calls.sweeper';
import { eventually, startApp } from '../harness';
import {
  asE164,
  type CallJson,
  type CallsWorld,
  consent,
  inHand,
  newNumber,
  promised,
  startCallsWorld,
  window,
} from './calls-world';

let world: CallsWorld;
beforeAll(async () => {
  world = await startCallsWorld();
});
afterAll(() => world?.close());

type Refusal = { error: { code: string; details: Record<string, unknown> } };
const callOf = (id: string) => world.ada.api.get<CallJson>(`/calls/${id}`);

describe('a promise', () => {
  it('is made from a comment, with number, window and consent', async () => {
    const { conversationId, ticketId, contactId } = await world.comment();
    const body = {
      to: 'phone',
      phone: '۰۹۱۲ ۹۸۷ ۶۵۴۳',
      ...window(4),
      consent,
      brief: 'Parcel is late.\nCall after lunch.',
    };
    const answer = await world.ada.api.post<{ handler: string; call: CallJson }>(
      `/conversations/${conversationId}/handoff`,
      body,
    );
    expect(answer).toMatchObject({
      handler: 'human',
      call: {
        state: 'scheduled',
        ticketId,
        phone: '+98912•••6543',
        tel: null,
        windowStart: body.windowStart,
        brief: { text: body.brief, lastWords: [expect.any(String)] },
        identity: { state: 'not_checked' },
      },
    });
    expect(await world.told('call.promised', answer.call.id)).toEqual([
      { promiseId: answer.call.id, windowStart: body.windowStart, windowEnd: body.windowEnd },
    ]);
    const [contact] = await world.rows('SELECT phone, phone_verified_at FROM contacts WHERE id = $1', [contactId]);
    expect(contact).toEqual({ phone: '+989129876543', phone_verified_at: null });
    const [thread] = await world.rows('SELECT handler FROM conversations WHERE id = $1', [conversationId]);
    expect(thread).toEqual({ handler: 'human' });
  });

  it('tells whether the customer was checked, for as long as a check holds', async () => {
    const { conversationId, ticketId, contactId } = await world.comment();
    const body = { to: 'phone', phone: newNumber(), ...window(6), consent };
    const { call } = await world.ada.api.post<{ call: CallJson }>(`/conversations/${conversationId}/handoff`, body);
    const checks = `/contacts/${contactId}/identity-checks`;
    const asked = { method: 'questions', ticketId, questions: ['order_number'] };
    const { id } = await world.ada.api.post<{ id: string }>(checks, asked);
    await world.ada.api.ok('POST', `${checks}/${id}/answer`, { passed: true });
    expect(await callOf(call.id)).toMatchObject({ identity: { state: 'passed' } });
    await world.rows(`UPDATE identity_checks SET answered_at = now() - interval '2 days' WHERE id = $1`, [id]);
    expect(await callOf(call.id)).toMatchObject({ identity: { state: 'not_checked' } });
  });

  it('asked for twice, at once and with keys, is one', async () => {
    const { conversationId } = await world.comment();
    const body = { to: 'phone', phone: newNumber(), ...window(2), consent };
    const path = `/conversations/${conversationId}/handoff`;
    const answers = await Promise.all(
      [undefined, undefined, 'k1', 'k1', 'k2'].map((key) =>
        world.ada.api.request<{ call: CallJson }>(
          'POST',
          path,
          body,
          key ? { 'idempotency-key': `${conversationId}${key}` } : {},
        ),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const { call } = answers[0]!.body;
    expect(new Set(answers.map(({ body: answer }) => answer.call.id)).size).toBe(1);
    expect(await world.told('call.promised', call.id)).toHaveLength(1);
    const other = await world.ada.api.request<Refusal>('POST', path, { ...body, ...window(6) });
    expect(other).toMatchObject({ status: 409, body: { error: { code: 'conflict', details: { callId: call.id } } } });
  });

  it.each([
    ['a number that is none', { phone: '12' }, 'phone'],
    ['no number anywhere', {}, 'phone'],
    ['no consent', { phone: '09121112233', consent: { given: false, text: 'no' } }, 'consent.given'],
    ['nothing said of consent', { phone: '09121112233', consent: undefined }, 'consent'],
    [
      'a window off the grid',
      { phone: '09121112233', windowStart: '2030-01-01T10:10:00Z', windowEnd: '2030-01-01T11:00:00Z' },
      'windowStart',
    ],
    [
      'a window long past',
      { phone: '09121112233', windowStart: '2020-01-01T10:00:00Z', windowEnd: '2020-01-01T11:00:00Z' },
      'windowStart',
    ],
    ['half a window', { phone: '09121112233', windowEnd: undefined }, 'windowEnd'],
    ['three lines of brief', { phone: '09121112233', brief: 'a\nb\nc' }, 'brief'],
    ['a field nobody knows', { phone: '09121112233', colour: 'blue' }, 'colour'],
  ])('is refused for %s, by field, and nothing is kept', async (_, body, path) => {
    const { conversationId } = await world.comment();
    const sent = { to: 'phone', ...window(3), consent, ...body };
    const answer = await world.ada.api.request<Refusal>('POST', `/conversations/${conversationId}/handoff`, sent);
    expect(answer.status).toBe(422);
    expect(answer.body.error.details['fields']).toEqual([expect.objectContaining({ path })]);
    const kept = await world.rows('SELECT 1 FROM call_promises WHERE conversation_id = $1', [conversationId]);
    expect(kept).toEqual([]);
  });

  it('gives a slot’s last place away once, and names what is free instead', async () => {
    const there = window(90, 1);
    await world.t.owner.request('PATCH', '/call-settings', { capacity: 1 });
    const places = await Promise.all([world.comment(), world.comment(), world.comment()]);
    const answers = await Promise.all(
      places.map(({ conversationId }) =>
        world.ada.api.request<Refusal>('POST', `/conversations/${conversationId}/handoff`, {
          to: 'phone',
          phone: newNumber(),
          ...there,
          consent,
        }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 422, 422]);
    const full = answers.find(({ status }) => status === 422)!.body.error.details;
    expect(full['fields']).toMatchObject([{ path: 'windowStart', problem: 'is full' }]);
    const free = full['nextFree'] as { start: string }[];
    expect(free.length).toBeGreaterThan(0);
    expect(free.some(({ start }) => start === there.windowStart)).toBe(false);
    const slots = await world.ada.api.get<{ items: { start: string; left: number }[] }>(
      `/call-slots?from=${there.windowStart}&days=1`,
    );
    expect(slots.items.find(({ start }) => start === there.windowStart)).toBeUndefined();
    expect(slots.items[0]!.left).toBe(1);
    await world.t.owner.request('PATCH', '/call-settings', { capacity: 1000 });
  });

  it('is kept to the opening hours of the calendar', async () => {
    const calendar = await world.t.owner.post<{ id: string }>('/calendars', { name: 'Calls', template: 'iran' });
    await world.t.owner.request('PATCH', '/call-settings', { calendarId: calendar.id });
    const friday = new Date(Math.ceil(Date.now() / 86_400_000) * 86_400_000);
    while (friday.getUTCDay() !== 5) friday.setUTCDate(friday.getUTCDate() + 1);
    const noon = new Date(friday.getTime() + 8.5 * 3_600_000); // in Tehran
    const { conversationId } = await world.comment();
    const answer = await world.ada.api.request<Refusal>('POST', `/conversations/${conversationId}/handoff`, {
      to: 'phone',
      phone: newNumber(),
      windowStart: noon.toISOString(),
      windowEnd: new Date(noon.getTime() + 3_600_000).toISOString(),
      consent,
    });
    expect(answer.status).toBe(422);
    const { fields, nextFree } = answer.body.error.details as { fields: unknown; nextFree: { start: string }[] };
    expect(fields).toMatchObject([{ path: 'windowStart', problem: 'is outside the opening hours' }]);
    expect(nextFree).toHaveLength(5);
    expect(nextFree.every(({ start }) => Date.parse(start) > noon.getTime())).toBe(true);
    expect(nextFree.some(({ start }) => new Date(Date.parse(start) + 12_600_000).getUTCDay() === 5)).toBe(false);
    const free = await world.ada.api.get<{ timeZone: string }>('/call-slots');
    expect(free.timeZone).toBe('Asia/Tehran');
    const settings = await world.t.owner.ok('PATCH', '/call-settings', { calendarId: null });
    expect(settings).toMatchObject({ calendarId: null });
    const stranger = await world.t.owner.request('PATCH', '/call-settings', { calendarId: conversationId });
    expect(stranger.status).toBe(422);
  });

  it('without a time waits for one', async () => {
    const { call } = await promised(world, { windowStart: undefined, windowEnd: undefined });
    expect(call.state).toBe('requested');
    expect((await world.ada.api.request('POST', `/calls/${call.id}/claim`)).status).toBe(409);
    const later = await world.ada.api.ok<CallJson>('PATCH', `/calls/${call.id}`, {
      ...window(1),
      reason: 'they said so',
    });
    expect(later.state).toBe('scheduled');
    expect(await world.told('call.promised', call.id)).toHaveLength(1);
  });

  it('moves and ends with a reason', async () => {
    const { call } = await promised(world);
    const moved = await world.ada.api.ok<CallJson>('PATCH', `/calls/${call.id}`, { ...window(8), reason: 'at work' });
    expect(moved.windowStart).toBe(window(8).windowStart);
    expect(await world.told('call.rescheduled', call.id)).toMatchObject([{ reason: 'at work' }]);
    const ended = await world.ada.api.ok<CallJson>('DELETE', `/calls/${call.id}`, { reason: 'wrote instead' });
    expect(ended).toMatchObject({ state: 'cancelled', endReason: 'wrote instead' });
    await world.ada.api.ok('DELETE', `/calls/${call.id}`, { reason: 'wrote instead' });
    expect(await world.told('call.cancelled', call.id)).toHaveLength(1);
    expect((await world.ada.api.request('POST', `/calls/${call.id}/claim`)).status).toBe(409);
  });
});

describe('the queue', () => {
  it('shows what is due now, what comes, and what I have', async () => {
    const now = await promised(world);
    const later = await promised(world, window(10));
    const idsIn = async (view: string) => {
      const ids: string[] = [];
      for (let cursor = ''; ;) {
        const page = await world.bob.api.get<{ items: CallJson[]; nextCursor: string | null }>(
          `/calls?view=${view}&limit=2${cursor}`,
        );
        ids.push(...page.items.map(({ id }) => id));
        expect(page.items.every(({ phone, tel }) => view === 'mine' || (phone.includes('•') && tel === null))).toBe(
          true,
        );
        if (!page.nextCursor) return ids;
        cursor = `&cursor=${page.nextCursor}`;
      }
    };
    const due = await idsIn('due');
    expect(due).toContain(now.call.id);
    expect(due).not.toContain(later.call.id);
    expect(new Set(due).size).toBe(due.length);
    expect(await idsIn('upcoming')).toContain(later.call.id);
    await world.bob.api.post(`/calls/${now.call.id}/claim`);
    expect(await idsIn('mine')).toEqual([now.call.id]);
    expect(await idsIn('due')).not.toContain(now.call.id);
    await world.bob.api.post(`/calls/${now.call.id}/release`);
  });

  it('gives a call to one of many, and the number to that one only', async () => {
    const { call, phone } = await promised(world);
    const takers = [world.ada, world.bob, world.ada, world.bob];
    const answers = await Promise.all(
      takers.map(({ api }) => api.request<CallJson & Refusal>('POST', `/calls/${call.id}/claim`)),
    );
    const [holder] = await world.rows<{ claimed_by: string }>('SELECT claimed_by FROM call_promises WHERE id = $1', [
      call.id,
    ]);
    for (const [i, { status, body }] of answers.entries()) {
      const won = takers[i]!.id === holder!.claimed_by;
      expect(status).toBe(won ? 200 : 409);
      if (won) expect(body).toMatchObject({ state: 'claimed', phone: asE164(phone), tel: `tel:${asE164(phone)}` });
      else expect(body.error.code).toBe('already_claimed');
    }
    expect(await world.told('call.claimed', call.id)).toHaveLength(1);
    const other = holder!.claimed_by === world.ada.id ? world.bob : world.ada;
    expect((await other.api.get<CallJson>(`/calls/${call.id}`)).phone).toContain('•');
    expect((await other.api.request('POST', `/calls/${call.id}/start`, {})).status).toBe(409);
    const mine = holder!.claimed_by === world.ada.id ? world.ada : world.bob;
    await mine.api.post(`/calls/${call.id}/release`);
  });

  it('never has two agents call one person, nor one agent two people', async () => {
    const one = await inHand(world, world.ada);
    const two = await promised(world, { phone: one.phone });
    const three = await promised(world);
    const same = await world.bob.api.request<Refusal>('POST', `/calls/${two.call.id}/claim`);
    expect(same).toMatchObject({ status: 409, body: { error: { code: 'already_claimed' } } });
    const second = await world.ada.api.request<Refusal>('POST', `/calls/${three.call.id}/claim`);
    expect(second).toMatchObject({ status: 409, body: { error: { code: 'capacity_full' } } });
    await world.ada.api.post(`/calls/${one.call.id}/release`);
    await world.bob.api.post(`/calls/${two.call.id}/claim`);
    await world.bob.api.post(`/calls/${two.call.id}/release`);
  });

  it('leaves no room for other work while it is in hand', async () => {
    const { call } = await inHand(world, world.ada);
    const { conversationId } = await promised(world);
    const [ticket] = await world.rows<{ id: string }>('SELECT id FROM tickets WHERE conversation_id = $1', [
      conversationId,
    ]);
    const claim = () => world.ada.api.request<Refusal>('POST', `/tickets/${ticket!.id}/claim`);
    expect(await claim()).toMatchObject({ status: 409, body: { error: { code: 'capacity_full' } } });
    await world.ada.api.post(`/calls/${call.id}/release`);
    expect((await claim()).status).toBe(200);
  });
});

describe('a call with the agent’s own phone', () => {
  it('is one message of the thread, from the click to how it went', async () => {
    const { call, conversationId, phone, contactId } = await inHand(world, world.ada);
    const begun = await Promise.all([1, 2].map(() => world.ada.api.post<CallJson>(`/calls/${call.id}/start`, {})));
    expect(begun[0]).toMatchObject({ state: 'dialing', tel: `tel:${asE164(phone)}` });
    expect(begun[0]!.attempts).toHaveLength(1);
    const bare = await world.ada.api.request<Refusal>('POST', `/calls/${call.id}/outcome`, {
      outcome: 'answered_resolved',
    });
    expect(bare).toMatchObject({ status: 422, body: { error: { details: { fields: [{ path: 'note' }] } } } });
    const said = { outcome: 'answered_resolved', note: 'New parcel goes out today.', durationMs: 95_000 };
    await Promise.all([1, 2].map(() => world.ada.api.post(`/calls/${call.id}/outcome`, said)));
    const done = await callOf(call.id);
    expect(done).toMatchObject({ state: 'completed', contact: { phoneVerified: true }, tries: 1 });
    const { items } = await world.ada.api.get<{ items: Record<string, unknown>[] }>(
      `/conversations/${conversationId}/messages`,
    );
    expect(items.filter(({ subtype }) => subtype === 'call')).toEqual([
      expect.objectContaining({
        direction: 'note',
        visibility: 'internal',
        text: said.note,
        author: expect.objectContaining({ kind: 'agent', id: world.ada.id }),
        call: expect.objectContaining({
          callId: call.id,
          attempt: 1,
          outcome: said.outcome,
          durationMs: 95_000,
          provider: 'tel',
        }),
      }),
    ]);
    expect(await world.told('call.started', call.id)).toHaveLength(1);
    expect(await world.told('call.ended', call.id)).toMatchObject([
      { outcome: said.outcome, reached: true, attempt: 1 },
    ]);
    const [contact] = await world.rows<{ phone_verified_at: Date | null }>(
      'SELECT phone_verified_at FROM contacts WHERE id = $1',
      [contactId],
    );
    expect(contact!.phone_verified_at).not.toBeNull();
    const again = await world.ada.api.request('POST', `/calls/${call.id}/outcome`, { outcome: 'busy' });
    expect(again.status).toBe(409);
  });

  it('wants a reason outside the time that was promised', async () => {
    const { call } = await inHand(world, world.ada, window(20));
    const early = await world.ada.api.request<Refusal>('POST', `/calls/${call.id}/start`, {});
    expect(early).toMatchObject({
      status: 422,
      body: { error: { details: { fields: [{ path: 'overrideReason' }] } } },
    });
    const begun = await world.ada.api.post<CallJson>(`/calls/${call.id}/start`, { overrideReason: 'they wrote: now' });
    expect(begun.attempts[0]).toMatchObject({ overrideReason: 'they wrote: now' });
    await world.ada.api.post(`/calls/${call.id}/outcome`, { outcome: 'cancelled_by_customer' });
    expect((await callOf(call.id)).state).toBe('cancelled');
  });

  it('nobody answers: again in a quarter of an hour, then in other slots, then by message', async () => {
    const { call, conversationId, ticketId } = await inHand(world, world.ada, window(0, 4));
    const fail = async (outcome: string) => {
      await world.ada.api.post(`/calls/${call.id}/claim`);
      await world.ada.api.post(`/calls/${call.id}/start`, { overrideReason: 'test of time' });
      return world.ada.api.post<CallJson>(`/calls/${call.id}/outcome`, { outcome });
    };
    const first = await fail('no_answer');
    expect(first).toMatchObject({ state: 'scheduled', windowStart: call.windowStart, claimedBy: null, tries: 1 });
    const wait = Date.parse(first.nextAttemptAt!) - Date.now();
    expect(wait).toBeGreaterThan(14 * 60_000);
    expect(wait).toBeLessThanOrEqual(15 * 60_000);
    const due = await world.ada.api.get<{ items: CallJson[] }>('/calls?view=due&limit=100');
    expect(due.items.map(({ id }) => id)).not.toContain(call.id);
    const second = await fail('busy');
    expect(Date.parse(second.windowStart)).toBeGreaterThan(Date.now() + 14 * 60_000);
    expect(await world.told('call.rescheduled', call.id)).toMatchObject([{ reason: 'busy' }]);
    const third = await fail('unreachable');
    expect(third).toMatchObject({ state: 'failed', endReason: 'not_reached', tries: 3 });
    expect(await world.told('call.failed', call.id)).toEqual([{ promiseId: call.id, reason: 'not_reached' }]);
    const notes = await world.rows<{ meta: { code?: string; outcome?: string } }>(
      `SELECT meta FROM messages WHERE conversation_id = $1 AND subtype = 'call' ORDER BY seq`,
      [conversationId],
    );
    expect(notes.map(({ meta }) => meta.outcome ?? meta.code)).toEqual([
      'no_answer',
      'busy',
      'unreachable',
      'not_reached_write_instead',
    ]);
    const heard = await world.rows(`SELECT 1 FROM notifications WHERE ticket_id = $1 AND kind = 'call.failed'`, [
      ticketId,
    ]);
    expect(heard.length).toBeGreaterThan(0);
  });

  it('a wrong number is not called again', async () => {
    const { call, conversationId, phone } = await inHand(world, world.ada);
    await world.ada.api.post(`/calls/${call.id}/start`, {});
    const note = 'A bakery; they know nobody of this name.';
    await world.ada.api.post(`/calls/${call.id}/outcome`, { outcome: 'answered_wrong_person', note });
    expect(await callOf(call.id)).toMatchObject({
      state: 'failed',
      endReason: 'wrong_number',
      contact: { phoneBad: true },
    });
    const path = `/conversations/${conversationId}/handoff`;
    const again = await world.ada.api.request<Refusal>('POST', path, { to: 'phone', ...window(3), consent });
    expect(again).toMatchObject({ status: 422, body: { error: { details: { fields: [{ path: 'phone' }] } } } });
    expect(phone).not.toBe('');
  });

  it('whoever refuses is not called, until they agree to it anew', async () => {
    const { call, conversationId, phone } = await inHand(world, world.ada);
    await world.ada.api.post(`/calls/${call.id}/start`, {});
    await world.ada.api.post(`/calls/${call.id}/outcome`, {
      outcome: 'refused',
      note: 'Write only.',
      noMoreCalls: true,
    });
    expect(await callOf(call.id)).toMatchObject({ state: 'cancelled', contact: { noCalls: true } });
    const body = { to: 'phone', phone, ...window(3), consent };
    const anew = await world.ada.api.post<{ call: CallJson }>(`/conversations/${conversationId}/handoff`, body);
    expect(anew.call.contact.noCalls).toBe(false);
  });

  it('goes on with another call where it was agreed', async () => {
    const { call, ticketId } = await inHand(world, world.ada);
    await world.ada.api.post(`/calls/${call.id}/start`, {});
    const followUpAt = window(30).windowStart;
    const note = 'They look for the invoice.';
    await world.ada.api.post(`/calls/${call.id}/outcome`, { outcome: 'answered_follow_up', note, followUpAt });
    const calls = await world.rows<{ state: string; window_start: Date }>(
      'SELECT state, window_start FROM call_promises WHERE ticket_id = $1 ORDER BY id',
      [ticketId],
    );
    expect(calls.map(({ state }) => state)).toEqual(['completed', 'scheduled']);
    expect(calls[1]!.window_start.toISOString()).toBe(followUpAt);
  });

  it('is not moved, given back or called off while it is made', async () => {
    const { call } = await inHand(world, world.ada);
    await world.ada.api.post(`/calls/${call.id}/start`, {});
    for (const [method, path, body] of [
      ['PATCH', '', { ...window(3), reason: 'x' }],
      ['DELETE', '', { reason: 'x' }],
      ['POST', '/release', undefined],
    ] as const)
      expect((await world.ada.api.request(method, `/calls/${call.id}${path}`, body)).status).toBe(409);
    await world.ada.api.post(`/calls/${call.id}/outcome`, { outcome: 'cancelled_by_customer' });
  });

  it('loses nothing when its change breaks in the middle', async () => {
    const { call } = await inHand(world, world.ada);
    await world.ada.api.post(`/calls/${call.id}/start`, {});
    const full = { outcome: 'answered_follow_up', note: 'Later.', followUpAt: '2020-01-01T10:00:00Z' };
    expect((await world.ada.api.request('POST', `/calls/${call.id}/outcome`, full)).status).toBe(422);
    expect(await callOf(call.id)).toMatchObject({ state: 'dialing', attempts: [{ outcome: null }] });
    expect(await world.told('call.ended', call.id)).toEqual([]);
    await world.ada.api.post(`/calls/${call.id}/outcome`, { outcome: 'agent_unavailable' });
    expect(await callOf(call.id)).toMatchObject({ state: 'scheduled', tries: 0 });
  });
});

describe('time', () => {
  const sweepTwice = async () => {
    const other = await startApp({ databaseUrl: world.t.databaseUrl, env: { ROLE: 'web' } });
    const sweepers = [world.t.app.get(CallsSweeper), other.app.get(CallsSweeper)];
    await Promise.all([...sweepers, ...sweepers].map((sweeper) => sweeper.sweep()));
    await other.close();
  };
  const passed = (id: string, hours: number) =>
    world.rows(
      `UPDATE call_promises SET window_start = window_start - $2 * interval '1 hour', window_end = window_end - $2 * interval '1 hour' WHERE id = $1`,
      [id, hours],
    );

  it('tells a missed window once, to whoever leads and whoever has it, however many look', async () => {
    const { call, ticketId } = await inHand(world, world.bob);
    await passed(call.id, 3);
    await sweepTwice();
    expect(await world.told('call.missed', call.id)).toHaveLength(1);
    const heard = await world.rows<{ agent_id: string; n: number }>(
      `SELECT agent_id, count(*)::int AS n FROM notifications WHERE ticket_id = $1 AND kind = 'call.missed' GROUP BY agent_id`,
      [ticketId],
    );
    expect(heard.map(({ agent_id }) => agent_id)).toContain(world.bob.id);
    expect(heard.every(({ n }) => n === 1)).toBe(true);
    expect(heard.length).toBeGreaterThan(1);
    expect((await callOf(call.id)).missedAt).not.toBeNull();
    await world.bob.api.post(`/calls/${call.id}/release`);
    await passed(call.id, 48);
    await sweepTwice();
    expect(await callOf(call.id)).toMatchObject({ state: 'expired' });
    expect(await world.told('call.failed', call.id)).toEqual([{ promiseId: call.id, reason: 'expired' }]);
  });

  it('gives back a call of which nobody said how it went, and frees whoever had it', async () => {
    const { call } = await promised(world);
    await world.bob.api.post(`/calls/${call.id}/claim`);
    await world.bob.api.post(`/calls/${call.id}/start`, { via: 'tel' });
    const begun = (hours: number) =>
      world.rows(`UPDATE call_attempts SET started_at = now() - $2 * interval '1 hour' WHERE promise_id = $1`, [
        call.id,
        hours,
      ]);
    await begun(1);
    await sweepTwice();
    expect(await world.bob.api.get(`/calls/${call.id}`)).toMatchObject({ state: 'dialing' });
    await begun(3);
    await sweepTwice();
    expect(await world.bob.api.get(`/calls/${call.id}`)).toMatchObject({
      state: 'scheduled',
      claimedBy: null,
      tries: 0,
      attempts: [{ stage: 'ended', outcome: 'agent_unavailable', error: { code: 'forgotten' } }],
    });
    expect(await world.told('call.released', call.id)).toEqual([
      { promiseId: call.id, agentId: world.bob.id, why: 'lease' },
    ]);
    const other = await promised(world);
    await world.bob.api.post(`/calls/${other.call.id}/claim`);
    await world.bob.api.post(`/calls/${other.call.id}/release`);
  });

  it('gives back what was claimed and not begun', async () => {
    const { call } = await inHand(world, world.bob);
    await world.rows(`UPDATE call_promises SET lease_until = now() - interval '1 second' WHERE id = $1`, [call.id]);
    await eventually(async () => (await callOf(call.id)).state === 'scheduled');
    await sweepTwice();
    expect(await world.told('call.released', call.id)).toEqual([
      { promiseId: call.id, agentId: world.bob.id, why: 'lease' },
    ]);
    await world.ada.api.post(`/calls/${call.id}/claim`);
    await world.ada.api.post(`/calls/${call.id}/release`);
  });
});

describe('the neighbours', () => {
  it('find nothing here', async () => {
    const { call, conversationId, ticketId } = await promised(world);
    const { api } = world.neighbour;
    const own = await world.ada.api.get<{ items: CallJson[] }>(`/tickets/${ticketId}/calls`);
    expect(own.items.map(({ id }) => id)).toEqual([call.id]);
    const body = { to: 'phone', phone: newNumber(), ...window(), consent };
    for (const [method, path, sent] of [
      ['GET', `/calls/${call.id}`, undefined],
      ['GET', `/tickets/${ticketId}/calls`, undefined],
      ['POST', `/calls/${call.id}/claim`, undefined],
      ['POST', `/calls/${call.id}/release`, undefined],
      ['POST', `/calls/${call.id}/start`, {}],
      ['POST', `/calls/${call.id}/outcome`, { outcome: 'busy' }],
      ['PATCH', `/calls/${call.id}`, { ...window(2), reason: 'x' }],
      ['DELETE', `/calls/${call.id}`, { reason: 'x' }],
      ['POST', `/conversations/${conversationId}/handoff`, body],
    ] as const)
      expect([path, (await api.request(method, path, sent)).status]).toEqual([path, 404]);
    expect((await api.get<{ items: unknown[] }>('/calls?view=due')).items).toEqual([]);
    expect((await callOf(call.id)).state).toBe('scheduled');
  });
});
