import pg from 'pg';
import type { CalendarView, HoursView, ImportView, OccurrenceListView } from '../../src/calendars/calendar-views';
import { Calendars } from '../../src/calendars/calendars';
import { openMs } from '../../src/calendars/hours';
import type { Database } from '../../src/platform/database';
import { uuidv7 } from '../../src/platform/ids';
import { ApiClient, startApp, TEST_KEYS, type TestApp } from '../harness';
import { WorkspaceSeeder } from '../support/seed-workspace';

type Refusal = { error: { code: string; details: { fields?: { path: string }[]; version?: number; usedBy?: string } } };

const HOUR = 3_600_000;
let t: TestApp;
let client: pg.Client;
let seeder: WorkspaceSeeder;

beforeAll(async () => {
  t = await startApp();
  client = new pg.Client(t.databaseUrl);
  await client.connect();
  seeder = new WorkspaceSeeder(client, TEST_KEYS);
});

afterAll(async () => {
  await client?.end();
  await t?.close();
});

/** A workspace of its own: a lead, who keeps the calendars, and an agent, who reads them. */
async function shop(name: string) {
  const workspaceId = await seeder.workspace(name);
  const [lead, agent] = [await seeder.agent(workspaceId, 'lead'), await seeder.agent(workspaceId, 'agent')];
  const api = ApiClient.withToken(t.url, lead.token);
  return {
    workspaceId,
    lead,
    api,
    agent: ApiClient.withToken(t.url, agent.token),
    calendar: (body: object) => api.post<CalendarView>('/calendars', body),
    get: (id: string) => api.get<CalendarView>(`/calendars/${id}`),
    refused: async (method: string, path: string, body?: object) => {
      const answer = await api.request<Refusal>(method, path, body);
      const { code, details } = answer.body.error;
      return { status: answer.status, code, fields: details.fields?.map(({ path: field }) => field), details };
    },
    events: async () => {
      const { rows } = await client.query<{ data: { calendarId: string; version: number }; audience: string[] }>(
        `SELECT data, audience FROM domain_events WHERE workspace_id = $1 AND type = 'calendar.changed' ORDER BY position`,
        [workspaceId],
      );
      return rows;
    },
    audited: async () => {
      const { rows } = await client.query<{ action: string; subject: string; changes: Record<string, unknown> }>(
        'SELECT action, subject, changes FROM audit_log WHERE workspace_id = $1 ORDER BY id',
        [workspaceId],
      );
      return rows;
    },
  };
}

const holidayOf = (calendar: CalendarView, name: string) => calendar.holidays.find((h) => h.name.en === name)!;

describe('a calendar', () => {
  it('begins from a template, the first one as the default, and is told and logged', async () => {
    const s = await shop('begins');
    const iran = await s.calendar({ name: 'Support', template: 'iran' });
    expect(iran).toMatchObject({ timeZone: 'Asia/Tehran', isDefault: true, version: 1 });
    expect(iran.holidays).toHaveLength(27);
    expect(Object.keys(iran.hours)).not.toContain('fri');
    const always = await s.calendar({ name: 'Emergency', template: 'always', timeZone: 'Europe/Berlin' });
    expect(always).toMatchObject({ timeZone: 'Europe/Berlin', isDefault: false, openNow: true });
    const empty = await s.calendar({ name: 'Later', hours: { sat: [{ from: 540, to: 1_080 }] } });
    expect(empty).toMatchObject({ timeZone: 'Asia/Tehran', holidays: [], hours: { sat: [{ from: 540, to: 1_080 }] } });

    const list = await s.agent.get<{ items: CalendarView[] }>('/calendars');
    expect(list.items.map(({ name }) => name)).toEqual(['Support', 'Emergency', 'Later']);
    expect(await s.agent.get(`/calendars/${iran.id}`)).toEqual(await s.get(iran.id));
    expect(await s.events()).toEqual(
      [iran, always, empty].map(({ id }) => ({ data: { calendarId: id, version: 1 }, audience: ['leads'] })),
    );
    expect((await s.audited()).map(({ action, subject }) => [action, subject])).toEqual(
      [iran, always, empty].map(({ id }) => ['calendar.created', `calendar:${id}`]),
    );
  });

  it('counts the week of Nowruz to the minute', async () => {
    const s = await shop('nowruz');
    const { id } = await s.calendar({ name: 'Support', template: 'iran' });
    const [from, to] = ['2027-03-17T17:00:00+03:30', '2027-03-27T12:00:00+03:30']; // 26 Esfand 1405 to 7 Farvardin 1406
    const hours = await s.api.get<HoursView>(
      `/calendars/${id}/hours?from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}`,
    );
    // Wednesday's last hour, Thursday's morning, Thursday 5 Farvardin's morning, Saturday 7 Farvardin from nine
    expect(hours.openMs).toBe((1 + 4 + 4 + 3) * HOUR);
    expect(hours.open.map((stretch) => stretch.from)).toEqual([
      '2027-03-17T13:30:00.000Z',
      '2027-03-18T05:30:00.000Z',
      '2027-03-25T05:30:00.000Z',
      '2027-03-27T05:30:00.000Z',
    ]);
    const named = hours.closed.flatMap((row) => (row.holiday ? [row.holiday.name.fa] : []));
    expect(named).toEqual(['ملی شدن صنعت نفت', 'نوروز', 'نوروز', 'نوروز', 'نوروز']);

    const { items } = await s.agent.get<OccurrenceListView>(
      `/calendars/${id}/occurrences?from=2027-03-20&to=2027-03-21`,
    );
    expect(items.map(({ date, jalali, weekday, name }) => [date, jalali, weekday, name.en])).toEqual([
      ['2027-03-20', '1405-12-29', 'sat', 'Oil Nationalisation Day'],
      ['2027-03-21', '1406-01-01', 'sun', 'Nowruz'],
    ]);
  });

  it('changes all that is named at once, or nothing', async () => {
    const s = await shop('changes');
    const before = await s.calendar({ name: 'Support', template: 'iran' });
    const nature = holidayOf(before, 'Nature Day');
    const change = {
      name: 'Care',
      hours: {
        sat: [
          { from: 480, to: 720 },
          { from: 960, to: 1_200 },
        ],
        thu: [{ from: 1_320, to: 1_800 }],
      },
      removeHolidays: [nature.id],
      changeHolidays: [{ id: holidayOf(before, 'Islamic Republic Day').id, hours: [{ from: 600, to: 720 }] }],
      addHolidays: [{ name: { fa: 'سالگرد' }, rule: { on: 'gregorian', month: 9, day: 1 } }],
    };
    const wrong = await s.refused('PATCH', `/calendars/${before.id}`, { ...change, timeZone: 'Asia/Atlantis' });
    expect(wrong).toMatchObject({ status: 422, fields: ['timeZone'] });
    expect(await s.get(before.id)).toMatchObject({ name: 'Support', version: 1, hours: before.hours });

    const after = await s.api.ok<CalendarView>('PATCH', `/calendars/${before.id}`, { ...change, version: 1 });
    expect(after).toMatchObject({ name: 'Care', version: 2, hours: change.hours });
    expect(holidayOf(after, 'Nature Day')).toBeUndefined();
    expect(holidayOf(after, 'Islamic Republic Day').hours).toEqual([{ from: 600, to: 720 }]);
    expect(holidayOf(after, 'سالگرد').name).toEqual({ fa: 'سالگرد', en: 'سالگرد' });
    const [, entry] = await s.audited();
    expect(Object.keys(entry!.changes)).toEqual(expect.arrayContaining(['name', 'hours', `holidays.${nature.id}`]));
    expect((await s.events()).map(({ data }) => data.version)).toEqual([1, 2]);

    const same = await s.api.ok<CalendarView>('PATCH', `/calendars/${before.id}`, {
      name: 'Care',
      hours: change.hours,
    });
    expect(same.version).toBe(2);
    expect(await s.events()).toHaveLength(2);
  });

  it('refuses who edited an older state, also when two save at once', async () => {
    const s = await shop('stale');
    const { id } = await s.calendar({ name: 'Support', template: 'always' });
    const save = (name: string) => s.api.request<Refusal>('PATCH', `/calendars/${id}`, { name, version: 1 });
    const answers = await Promise.all(['One', 'Two', 'Three'].map(save));
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409, 409]);
    expect(await s.refused('DELETE', `/calendars/${id}?version=1`)).toMatchObject({
      code: 'conflict',
      details: { version: 2 },
    });
    expect(await s.get(id)).toMatchObject({ version: 2 });
  });

  it('is the only default, and tells of both when another becomes it', async () => {
    const s = await shop('default');
    const first = await s.calendar({ name: 'First', template: 'iran' });
    const second = await s.calendar({ name: 'Second', template: 'always' });
    const third = await s.calendar({ name: 'Third', template: 'always' });
    await Promise.all([second, third].map(({ id }) => s.api.ok('PATCH', `/calendars/${id}`, { isDefault: true })));
    const { items } = await s.api.get<{ items: CalendarView[] }>('/calendars');
    expect(items.filter(({ isDefault }) => isDefault)).toHaveLength(1);
    const told = new Set((await s.events()).filter(({ data }) => data.version > 1).map(({ data }) => data.calendarId));
    expect(told).toEqual(new Set([first.id, second.id, third.id]));
    expect(await s.refused('DELETE', `/calendars/${items[0]!.id}`)).toMatchObject({
      status: 409,
      details: { usedBy: 'workspace' },
    });
  });

  it('stays while something works by it, and says what', async () => {
    const s = await shop('in-use');
    await s.calendar({ name: 'Default', template: 'iran' });
    const used = await s.calendar({ name: 'Used', template: 'always' });
    await client.query(
      `CREATE TABLE opening_desks (workspace_id uuid, calendar_id uuid, CONSTRAINT opening_desks_calendar_fk
         FOREIGN KEY (workspace_id, calendar_id) REFERENCES business_calendars)`,
    );
    await client.query('INSERT INTO opening_desks VALUES ($1, $2)', [s.workspaceId, used.id]);
    const path = `/calendars/${used.id}`;
    expect(await s.refused('DELETE', path)).toMatchObject({ code: 'conflict', details: { usedBy: 'opening_desks' } });
    await client.query('DROP TABLE opening_desks');
    expect((await s.api.request('DELETE', path)).status).toBe(204);
    expect(await s.refused('GET', path)).toMatchObject({ status: 404 });
    expect((await s.audited()).at(-1)).toMatchObject({ action: 'calendar.deleted', subject: `calendar:${used.id}` });
  });

  it('has a name of its own', async () => {
    const s = await shop('names');
    await s.calendar({ name: 'Support' });
    expect(await s.refused('POST', '/calendars', { name: 'SUPPORT' })).toMatchObject({ code: 'conflict' });
  });

  it.each<[string, object, string]>([
    ['no name', {}, 'name'],
    ['an unknown template', { name: 'x', template: 'mars' }, 'template'],
    ['a zone that is none', { name: 'x', timeZone: 'Mars/Base' }, 'timeZone'],
    ['hours that run backwards', { name: 'x', hours: { sat: [{ from: 600, to: 540 }] } }, 'hours.sat'],
    ['hours of three days', { name: 'x', hours: { sat: [{ from: 0, to: 4_000 }] } }, 'hours.sat.0.to'],
    ['a day that is none', { name: 'x', hours: { someday: [] } }, 'hours.someday'],
    ['hours that are null', { name: 'x', hours: null }, 'hours'],
  ])('is not made with %s', async (_, body, path) => {
    const answer = await t.owner.request<Refusal>('POST', '/calendars', body);
    expect(answer.status).toBe(422);
    expect(answer.body.error.details.fields!.map((field) => field.path)).toContain(path);
  });
});

describe('holidays', () => {
  it('are added once for a key, changed and removed', async () => {
    const s = await shop('holidays');
    const { id } = await s.calendar({ name: 'Support', template: 'always' });
    const body = { name: { fa: 'روز ما', en: 'Our day' }, rule: { on: 'jalali', month: 9, day: 1 } };
    const add = () => s.api.post<{ holidayId: string }>(`/calendars/${id}/holidays`, body, { 'idempotency-key': 'a' });
    const added = await Promise.all([add(), add()]);
    expect(added[1]).toEqual(added[0]);
    const path = `/calendars/${id}/holidays/${added[0].holidayId}`;
    expect((await s.get(id)).holidays).toMatchObject([{ ...body, next: { jalali: expect.stringMatching(/-09-01$/) } }]);
    const changed = await s.api.ok<CalendarView>('PATCH', path, {
      rule: { on: 'date', date: '2026-12-01', to: '2026-12-02' },
    });
    expect(changed.holidays).toMatchObject([{ rule: { on: 'date', date: '2026-12-01', to: '2026-12-02' } }]);
    expect(await s.refused('PATCH', path, { hours: [], version: 1 })).toMatchObject({ code: 'conflict' });
    const removed = await s.api.ok<CalendarView>('DELETE', path);
    expect(removed).toMatchObject({ holidays: [], version: 4 });
    expect(await s.refused('DELETE', path)).toMatchObject({ status: 404 });
  });

  it.each<[string, object, string]>([
    ['31 Mehr', { on: 'jalali', month: 7, day: 31 }, 'rule'],
    ['a rule without a day', { on: 'lunar', month: 7 }, 'rule.day'],
    ['a date of another calendar', { on: 'date', date: '1405/09/01' }, 'rule.date'],
    ['a closure without an end', { on: 'span', from: '2026-12-01T10:00:00Z' }, 'rule.to'],
    ['a rule of no kind', { on: 'whenever' }, 'rule.on'],
  ])('are not %s', async (_, rule, path) => {
    const s = await shop(`not-${uuidv7()}`);
    const { id } = await s.calendar({ name: 'Support' });
    const answer = await s.refused('POST', `/calendars/${id}/holidays`, { name: { en: 'x' }, rule });
    expect(answer.fields).toContain(path);
    expect(await s.get(id)).toMatchObject({ version: 1, holidays: [] });
  });

  it('by the moon are moved by a day, and back', async () => {
    const s = await shop('moon');
    const calendar = await s.calendar({ name: 'Support', template: 'iran' });
    const path = `/calendars/${calendar.id}/holidays/${holidayOf(calendar, 'Eid al-Fitr').id}/moved`;
    const kept = async () =>
      (await s.api.get<OccurrenceListView>(`/calendars/${calendar.id}/occurrences?from=2027-03-01&to=2027-03-31`)).items
        .filter(({ name }) => name.en === 'Eid al-Fitr')
        .map(({ date, computed, moved, uncertain }) => ({ date, computed, moved, uncertain }));
    expect(await kept()).toEqual([{ date: '2027-03-10', computed: '2027-03-10', moved: false, uncertain: true }]);
    await s.api.ok('PUT', path, { date: '2027-03-10', observed: '2027-03-11' });
    await s.api.ok('PUT', path, { date: '2027-03-10', observed: '2027-03-11' });
    expect(await kept()).toEqual([{ date: '2027-03-11', computed: '2027-03-10', moved: true, uncertain: false }]);
    expect(await s.get(calendar.id)).toMatchObject({ version: 2 });
    expect(await s.refused('PUT', path, { date: '2027-03-12', observed: '2027-03-13' })).toMatchObject({
      fields: ['date'],
    });
    await s.api.ok('PUT', path, { date: '2027-03-10', observed: '2027-03-10' });
    expect(await kept()).toMatchObject([{ date: '2027-03-10', moved: false }]);
  });
});

describe('a closure', () => {
  it('closes from this moment on, from a phone that sends it twice', async () => {
    const s = await shop('closure');
    const { id } = await s.calendar({ name: 'Support', template: 'always' });
    const until = new Date(Date.now() + 2 * HOUR).toISOString();
    const close = () =>
      s.api.post<{ holidayId: string }>(
        `/calendars/${id}/closures`,
        { name: { fa: 'قطع برق' }, to: until },
        {
          'idempotency-key': 'power',
        },
      );
    const [before, once, twice, after] = [Date.now(), await close(), await close(), Date.now()];
    expect(twice).toEqual(once);
    const calendar = await s.get(id);
    expect(calendar).toMatchObject({ openNow: false, version: 2, holidays: [{ name: { fa: 'قطع برق' } }] });
    const { rule } = calendar.holidays[0]!;
    expect(rule).toMatchObject({ on: 'span', to: until });
    const from = Date.parse((rule as { from: string }).from);
    expect(from >= before && from <= after).toBe(true);
    expect(await s.refused('POST', `/calendars/${id}/closures`, { to: '2020-01-01' })).toMatchObject({
      fields: ['to'],
    });
  });
});

describe('an iCalendar file', () => {
  const event = (uid: number, summary: string, ...lines: string[]) =>
    ['BEGIN:VEVENT', `UID:${uid}`, `SUMMARY:${summary}`, ...lines, 'END:VEVENT'].join('\r\n');
  const feed = (summary: string) =>
    [
      'BEGIN:VCALENDAR',
      event(1, summary, 'DTSTART;VALUE=DATE:20261225', 'RRULE:FREQ=YEARLY'),
      event(2, 'Move', 'DTSTART;VALUE=DATE:20261201'),
      event(3, 'Stand-up', 'DTSTART:20261201T100000Z', 'RRULE:FREQ=DAILY'),
      'END:VCALENDAR',
    ].join('\r\n');

  it('is taken over once, followed when it changes, and questioned where it is strange', async () => {
    const s = await shop('ical');
    const { id } = await s.calendar({ name: 'Support', template: 'always' });
    const send = (ics: string, dryRun = false) => s.api.post<ImportView>(`/calendars/${id}/import`, { ics, dryRun });
    expect(await send(feed('Christmas'), true)).toMatchObject({ added: 2, changed: 0, same: 0 });
    expect(await s.get(id)).toMatchObject({ version: 1, holidays: [] });
    expect(await send(feed('Christmas'))).toMatchObject({
      added: 2,
      notUnderstood: [{ summary: 'Stand-up', why: expect.stringContaining('cannot repeat') }],
      calendar: { version: 2, holidays: [{ name: { en: 'Christmas' } }, { name: { en: 'Move' } }] },
    });
    expect(await send(feed('Christmas'))).toMatchObject({ added: 0, changed: 0, same: 2, calendar: { version: 2 } });
    expect(await send(feed('Yalda'))).toMatchObject({ added: 0, changed: 1, same: 1, calendar: { version: 3 } });
    expect((await s.get(id)).holidays.map(({ name }) => name.en)).toEqual(['Yalda', 'Move']);
    expect(await send('nonsense')).toMatchObject({ added: 0, notUnderstood: [{ line: 1 }] });
    expect((await s.audited()).map(({ action }) => action)).toEqual([
      'calendar.created',
      'calendar.imported',
      'calendar.imported',
    ]);
  });
});

describe('access', () => {
  it('to change is for leads, to read for agents', async () => {
    const s = await shop('access');
    const calendar = await s.calendar({ name: 'Support', template: 'iran' });
    const path = `/calendars/${calendar.id}`;
    const holiday = `${path}/holidays/${calendar.holidays[0]!.id}`;
    const tried: [string, string, object?][] = [
      ['POST', '/calendars', { name: 'Mine' }],
      ['PATCH', path, { name: 'Mine' }],
      ['DELETE', path],
      ['POST', `${path}/holidays`, { name: { en: 'x' }, rule: { on: 'date', date: '2026-12-01' } }],
      ['PATCH', holiday, { hours: [] }],
      ['DELETE', holiday],
      ['PUT', `${holiday}/moved`, { date: '2027-03-21', observed: '2027-03-22' }],
      ['POST', `${path}/closures`, {}],
      ['POST', `${path}/import`, { ics: 'x' }],
    ];
    const statuses = await Promise.all(
      tried.map(async ([method, url, body]) => (await s.agent.request(method, url, body)).status),
    );
    expect(new Set(statuses)).toEqual(new Set([403]));
    expect(await s.get(calendar.id)).toMatchObject({ version: 1, name: 'Support' });
  });

  it('to another workspace’s calendar is the same 404 as to none', async () => {
    const [ours, theirs] = [await shop('ours'), await shop('theirs')];
    const calendar = await theirs.calendar({ name: 'Support', template: 'iran' });
    const mine = await ours.calendar({ name: 'Support', template: 'iran' });
    const [there, nowhere] = [calendar.id, uuidv7()];
    const holiday = calendar.holidays[0]!.id;
    const tried = (id: string): [string, string, object?][] => [
      ['GET', `/calendars/${id}`],
      ['GET', `/calendars/${id}/occurrences?from=2026-12-01&to=2026-12-02`],
      ['GET', `/calendars/${id}/hours?from=2026-12-01T00:00:00Z&to=2026-12-02T00:00:00Z`],
      ['PATCH', `/calendars/${id}`, { name: 'Mine' }],
      ['DELETE', `/calendars/${id}`],
      ['POST', `/calendars/${id}/holidays`, { name: { en: 'x' }, rule: { on: 'date', date: '2026-12-01' } }],
      ['PATCH', `/calendars/${id}/holidays/${holiday}`, { hours: [] }],
      ['DELETE', `/calendars/${id}/holidays/${holiday}`],
      ['PUT', `/calendars/${id}/holidays/${holiday}/moved`, { date: '2027-03-21', observed: '2027-03-22' }],
      ['POST', `/calendars/${id}/closures`, {}],
      ['POST', `/calendars/${id}/import`, { ics: 'x' }],
    ];
    for (const [i, [method, path, body]] of tried(there).entries()) {
      const [, otherPath] = tried(nowhere)[i]!;
      const answer = await ours.api.request(method, path, body);
      expect([method, path, answer.status]).toEqual([method, path, 404]);
      expect(answer.body).toEqual((await ours.api.request(method, otherPath, body)).body);
    }
    expect(await ours.refused('DELETE', `/calendars/${mine.id}/holidays/${holiday}`)).toMatchObject({ status: 404 });
    expect(await theirs.get(there)).toMatchObject({ version: 1 });
  });
});

describe('the book of calendars', () => {
  const from = Date.parse('2026-11-28T00:00:00+03:30');
  const saturday = (database: Database, calendars: Calendars, workspaceId: string, id: string | null) =>
    database.lean({ workspaceId }, async (tx) => {
      const calendar = (await calendars.book(tx, workspaceId)).find(id);
      return calendar && openMs(calendar, from, from + 24 * HOUR) / HOUR;
    });

  it('holds what is current: the default, by id, nothing of another workspace', async () => {
    const [s, other] = [await shop('book'), await shop('other-book')];
    const calendars = t.app.get(Calendars);
    const open = (id: string | null, workspaceId = s.workspaceId) => saturday(t.database, calendars, workspaceId, id);
    expect(await open(null)).toBeNull();
    const first = await s.calendar({ name: 'First', hours: { sat: [{ from: 540, to: 1_080 }] } });
    const second = await s.calendar({ name: 'Second', template: 'always' });
    expect([await open(null), await open(first.id), await open(second.id), await open(uuidv7())]).toEqual([
      9,
      9,
      24,
      null,
    ]);
    await s.api.ok('PATCH', `/calendars/${first.id}`, { hours: { sat: [{ from: 540, to: 600 }] } });
    expect(await open(null)).toBe(1);
    await s.api.ok('PATCH', `/calendars/${second.id}`, { isDefault: true });
    expect(await open(null)).toBe(24);
    expect(await open(first.id, other.workspaceId)).toBeNull();
  });

  it('forgets a change that came to nothing, though its version was seen', async () => {
    const s = await shop('undone');
    const { id } = await s.calendar({ name: 'Support', hours: { sat: [{ from: 540, to: 1_080 }] } });
    const calendars = t.app.get(Calendars);
    const undone = t.database.lean({ workspaceId: s.workspaceId }, async (tx) => {
      await tx.execute(`UPDATE business_calendars SET hours = '{}', version = 2, revision = $2 WHERE id = $1`, [
        id,
        uuidv7(),
      ]);
      expect((await calendars.book(tx, s.workspaceId)).find(id)).toMatchObject({ version: 2, hours: {} });
      throw new Error('killed in the middle');
    });
    await expect(undone).rejects.toThrow('killed in the middle');
    await s.api.ok('PATCH', `/calendars/${id}`, { hours: { sat: [{ from: 540, to: 660 }] } });
    expect(await s.get(id)).toMatchObject({ version: 2 });
    expect(await saturday(t.database, calendars, s.workspaceId, id)).toBe(2);
  });
});
