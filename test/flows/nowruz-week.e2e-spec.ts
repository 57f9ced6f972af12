import pg from 'pg';
import { Clock } from '../../src/platform/clock';
import { cloneDatabase } from '../database';
import { ApiClient, eventually, startApp, TEST_KEYS, type TestApp } from '../harness';
import { MetaWorld } from '../meta-world';
import { SEED } from '../simulators/meta/seed';
import { type MetaSimulator, startMeta } from '../simulators/meta/server';
import type { ClockJson } from '../sla-node';
import { WorkspaceSeeder } from '../support/seed-workspace';
import { TimeTravel } from '../support/time-travel';

/*
 * The end of 1405 and the beginning of 1406 at a shop in Tehran, counted by hand. Open 09:00 to 18:00, Thursdays to
 * 13:00, and from Saturday 22:00 a night shift to Sunday 06:00.
 *
 *   Tue  9 March  18 Esfand
 *   Wed 10 March  19 Esfand     Eid al-Fitr by the computed moon; kept on Thursday 11 and Friday 12, once it is seen late
 *   Sat 13 March  22 Esfand     night shift
 *   Mon 15 March  24 Esfand     the power is out from 14:00 to 16:00
 *   Wed 17 March  26 Esfand
 *   Thu 18 March  27 Esfand     half a day
 *   Sat 20 March  29 Esfand     oil; the night shift ends in Nowruz, which closes it
 *   Sun 21 to Wed 24 March      1 to 4 Farvardin, Nowruz
 *   Thu 25 March  5 Farvardin   half a day
 *   Fri  2 April  13 Farvardin  nature
 *   Sat  3 April  14 Farvardin  Imam Sadiq; of its night shift only Sunday's part, 00:00 to 06:00, is left
 */
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const every = (ms: number | null) => ({ urgent: ms, high: ms, normal: ms, low: ms });
const DAY = [{ from: 540, to: 1_080 }];
const HOURS = {
  sat: [...DAY, { from: 1_320, to: 1_800 }],
  sun: DAY,
  mon: DAY,
  tue: DAY,
  wed: DAY,
  thu: [{ from: 540, to: 780 }],
};
/** `03-17T17:50`, with seconds or without. */
const tehran = (text: string) => `2027-${text.length === 11 ? `${text}:00` : text}+03:30`;
const local = (instant: string | null | undefined) =>
  instant &&
  new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Tehran', dateStyle: 'short', timeStyle: 'short' })
    .format(new Date(instant))
    .slice(5);

interface Notice {
  kind: string;
  ticket: { id: string } | null;
  ringAt: string;
  data: Record<string, unknown>;
}
interface FactJson {
  kind: string;
  ticketId: string;
  wallMs: number | null;
  businessMs: number | null;
  detail: Record<string, unknown>;
}
interface DayJson {
  key: string;
  firstAnswerWallMs: { median: number | null };
  firstAnswerBusinessMs: { median: number | null };
}
interface Place {
  ticketId: string;
  conversationId: string;
}

let drop: () => Promise<void>;
let time: TimeTravel;
let t: TestApp;
let sim: MetaSimulator;
let w: MetaWorld;
let client: pg.Client;
let owner: ApiClient;
let lead: ApiClient;
let calendarId: string;

beforeAll(async () => {
  const clone = await cloneDatabase();
  drop = clone.drop;
  time = await TimeTravel.prepare(clone.url);
  t = await startApp({ databaseUrl: clone.url });
  time.steer(t.app.get(Clock));
  sim = await startMeta({ requireProof: true });
  sim.deliveries.settings.callbackUrl = `${t.url}/webhooks/meta`;
  client = new pg.Client(clone.url);
  await client.connect();
  const seeder = new WorkspaceSeeder(client, TEST_KEYS);
  const workspaceId = await seeder.firstWorkspace();
  const signedIn = async (role: 'owner' | 'lead') =>
    ApiClient.withToken(t.url, (await seeder.agent(workspaceId, role)).token);
  [owner, lead] = [await signedIn('owner'), await signedIn('lead')];
  w = new MetaWorld({ ...t, owner }, sim);
  await goTo('03-06T10:00');
  for (const key of ['shirin', 'omid']) sim.world.addPerson(key, key, key);
  // what is not read back is not compared, however many days pass at once
  const quiet = { readComments: false, readMessages: false };
  w.page = await w.connect(w.api, 'facebook', SEED.pageId, { accessToken: SEED.pageToken }, quiet);
  w.instagram = await w.connect(w.api, 'instagram', SEED.instagramId, { accessToken: SEED.instagramToken }, quiet);
});

afterAll(async () => {
  await client.end();
  await time.close();
  await t.close();
  await sim.close();
  await drop();
});

/** Everything that happened so far has had its effects: nothing is half done when the day changes. */
const settled = () =>
  eventually(async () => {
    const [row] = await w.rows<{ waiting: number }>(
      `SELECT ((SELECT count(*) FROM inbound_events WHERE state = 'received')
         + (SELECT count(*) FROM event_heads h JOIN event_cursors c USING (workspace_id) WHERE c.position < h.position)
         + (SELECT count(*) FROM jobs WHERE state = 'running' OR (state = 'ready' AND run_at <= now())))::int AS waiting`,
    );
    return row!.waiting === 0;
  }, 20_000);

async function goTo(instant: string): Promise<void> {
  await settled();
  await time.goTo(tehran(instant));
  sim.world.setClock(time.now());
}

async function placeOf(externalId: string): Promise<Place> {
  await settled();
  const { id: conversationId } = await w.thread(externalId);
  const ticketId = (await w.tickets(conversationId)).at(-1)!.id;
  return { conversationId, ticketId };
}
const comments = (person: string, text: string, postId: string = SEED.pagePostId) =>
  placeOf(sim.act.comment({ postId, person, text }).id);
const writes = (person: string, text: string, accountId: string = SEED.pageId) =>
  placeOf(sim.act.directMessage({ accountId, person, text }).id);

async function clockOf({ ticketId }: Place, kind: string): Promise<ClockJson> {
  await settled();
  const { clocks } = await lead.get<{ clocks: ClockJson[] }>(`/tickets/${ticketId}/sla`);
  const found = clocks.filter((clock) => clock.kind === kind);
  if (found.length !== 1) throw new Error(`${found.length} clocks "${kind}" among ${JSON.stringify(clocks)}`);
  return found[0]!;
}
const counted = ({ explanation }: ClockJson) =>
  explanation.filter((row) => row.counted).map(({ from, to }) => `${local(from)} – ${local(to)}`);

async function answers({ conversationId }: Place, text: string, visibility: 'public' | 'private'): Promise<void> {
  const seen = (await w.messages(conversationId)).at(-1)!.id;
  const { id } = await lead.post<{ id: string }>(`/conversations/${conversationId}/replies`, {
    text,
    visibility,
    seenMessageId: seen,
  });
  const state = await eventually(async () => {
    const said = (await w.messages(conversationId)).find((message) => message.id === id);
    return said?.delivery && !['queued', 'sending'].includes(said.delivery.state) && said.delivery.state;
  });
  expect(state).not.toBe('failed');
}
const setStatus = ({ ticketId }: Place, status: string) => lead.ok('PUT', `/tickets/${ticketId}/status`, { status });
const notices = async ({ ticketId }: Place) =>
  (await lead.get<{ items: Notice[] }>('/notifications?limit=100')).items.filter(
    ({ ticket }) => ticket?.id === ticketId,
  );
const tagsOf = async ({ ticketId }: Place) => (await lead.get<{ tags: string[] }>(`/tickets/${ticketId}`)).tags;

describe('a Persian brand’s week, with Nowruz in it', () => {
  let shirin: Place;
  let late: Place;
  let cut: Place;

  it('has a calendar from the template of Iran, with a night shift, and policies by channel, thread and tier', async () => {
    const calendar = await owner.post<{ id: string; hours: object }>('/calendars', {
      name: 'Shop',
      template: 'iran',
      hours: HOURS,
      isDefault: true,
    });
    calendarId = calendar.id;
    expect(calendar).toMatchObject({ hours: HOURS, timeZone: 'Asia/Tehran', isDefault: true });
    const policy = (body: object) =>
      owner.post('/sla-policies', { nextResponseMs: every(null), warnings: [], ...body });
    await policy({
      name: 'VIP',
      rank: 10,
      conditions: { tiers: ['vip'], threadKinds: ['dm'] },
      firstResponseMs: every(HOUR),
      warnings: [{ percent: 75, to: { leads: true } }],
      escalations: [
        { afterMs: 0, to: { leads: true }, setPriority: 'urgent' },
        { afterMs: 30 * MINUTE, to: { leads: true }, quietHours: 'ring' },
      ],
    });
    await policy({
      name: 'Comments',
      rank: 20,
      conditions: { threadKinds: ['comment'], channelKinds: ['facebook', 'instagram'] },
      firstResponseMs: every(HOUR),
      hours: 'business',
      calendarId,
    });
    await policy({
      name: 'Messages',
      rank: 30,
      conditions: { threadKinds: ['dm'] },
      firstResponseMs: every(5 * HOUR),
      resolutionMs: every(10 * HOUR),
      hours: 'business',
    });
    await owner.post('/rules', {
      name: 'Out of hours',
      when: [{ on: 'message.received' }],
      conditions: { all: [{ field: 'insideBusinessHours', op: 'is', value: false }] },
      actions: [{ do: 'tag', add: ['out-of-hours'] }],
    });
    const { items } = await owner.get<{ items: { date: string; name: { en: string } }[] }>(
      `/calendars/${calendarId}/occurrences?from=2027-03-06&to=2027-04-04`,
    );
    expect(items.map(({ date, name }) => `${date.slice(5)} ${name.en}`)).toEqual([
      '03-10 Eid al-Fitr',
      '03-11 Eid al-Fitr, second day',
      '03-20 Oil Nationalisation Day',
      '03-21 Nowruz',
      '03-22 Nowruz',
      '03-23 Nowruz',
      '03-24 Nowruz',
      '04-01 Islamic Republic Day',
      '04-02 Nature Day',
      '04-03 Martyrdom of Imam Sadiq',
    ]);
  });

  it.each([
    ['a comment on Wednesday evening', 'comment', '03-17T17:50', '03-18 09:50'],
    ['a comment on half a Thursday', 'comment', '03-18T12:30', '03-25 09:30'],
    ['a comment the night shift takes up and the morning ends', 'comment', '03-14T05:50', '03-14 09:50'],
    ['a comment in a night that Nowruz closes', 'comment', '03-21T01:00', '03-25 10:00'],
    ['a message on Wednesday evening', 'dm', '03-17T17:50', '03-25 09:50'],
    ['a message to the night shift', 'dm', '03-13T23:30', '03-14 04:30'],
    ['a message on the thirteenth', 'dm', '04-02T12:00', '04-04 05:00'],
  ])('would answer %s in time', async (_, threadKind, arrivedAt, due) => {
    const channelKind = 'instagram';
    const dry = await owner.post<{ clocks: ClockJson[] }>('/sla/dry-run', {
      channelKind,
      threadKind,
      arrivedAt: tehran(arrivedAt),
    });
    expect(local(dry.clocks.find(({ kind }) => kind === 'first_response')!.dueAt)).toBe(due);
  });

  it('keeps Eid al-Fitr a day later once the moon is seen: shown before, then every open clock is computed anew', async () => {
    await goTo('03-09T17:30');
    const place = await comments('amir', 'Do you deliver to Karaj?');
    expect(local((await clockOf(place, 'first_response')).dueAt)).toBe('03-13 09:30');
    const { holidays } = await owner.get<{ holidays: { id: string; name: { en: string } }[] }>(
      `/calendars/${calendarId}`,
    );
    const idOf = (name: string) => holidays.find((holiday) => holiday.name.en === name)!.id;
    const moveHolidays = [
      { holidayId: idOf('Eid al-Fitr'), date: '2027-03-10', observed: '2027-03-11' },
      { holidayId: idOf('Eid al-Fitr, second day'), date: '2027-03-11', observed: '2027-03-12' },
    ];
    const preview = await owner.post<{ moved: number; examples: Record<string, string>[] }>('/sla/preview', {
      calendarId,
      calendar: { moveHolidays },
    });
    expect(preview.moved).toBe(1);
    expect(preview.examples.map(({ ticketId, dueAt, newDueAt }) => [ticketId, local(dueAt), local(newDueAt)])).toEqual([
      [place.ticketId, '03-13 09:30', '03-10 09:30'],
    ]);
    expect(local((await clockOf(place, 'first_response')).dueAt)).toBe('03-13 09:30');

    await owner.ok('PATCH', `/calendars/${calendarId}`, { moveHolidays });
    const clock = await clockOf(place, 'first_response');
    expect(local(clock.dueAt)).toBe('03-10 09:30');
    expect(clock.text).toEqual({
      en:
        'Due Wednesday 10 March 09:30 because the customer wrote Tuesday 9 March 17:30 with a target of 1 hour: ' +
        '30 minutes counted from Tuesday 17:30 to 18:00; closed from Tuesday 18:00 to Wednesday 09:00; ' +
        '30 minutes counted from Wednesday 09:00 to 09:30. ' +
        'The calendar changed; before that it was due Saturday 13 March 09:30.',
      fa:
        'سررسید چهارشنبه ۱۹ اسفند ۰۹:۳۰ است، چون مشتری پیام داد سه‌شنبه ۱۸ اسفند ۱۷:۳۰ و مهلت آن ۱ ساعت است: ' +
        '۳۰ دقیقه از سه‌شنبه ۱۷:۳۰ تا ۱۸:۰۰ حساب شد؛ از سه‌شنبه ۱۸:۰۰ تا چهارشنبه ۰۹:۰۰ بسته؛ ' +
        '۳۰ دقیقه از چهارشنبه ۰۹:۰۰ تا ۰۹:۳۰ حساب شد. ' +
        'تقویم تغییر کرد؛ پیش از آن سررسید شنبه ۲۲ اسفند ۰۹:۳۰ بود.',
    });

    await goTo('03-10T09:10');
    await answers(place, 'Yes, every day.', 'public');
    const met = await clockOf(place, 'first_response');
    expect([local(met.metAt), met.breached]).toEqual(['03-10 09:10', false]);
    shirin = await writes('shirin', 'سلام', SEED.instagramId);
    await answers(shirin, 'سلام شیرین جان', 'private');
    for (const status of ['solved', 'closed']) await setStatus(shirin, status);
    const { contact } = await lead.get<{ contact: { id: string } }>(`/tickets/${shirin.ticketId}`);
    await owner.ok('PATCH', `/contacts/${contact.id}`, { tier: 'vip' });
  });

  it('counts the night shift as open', async () => {
    await goTo('03-13T23:30');
    const place = await writes('omid', 'سفارشم نرسید', SEED.instagramId);
    const first = await clockOf(place, 'first_response');
    expect([local(first.dueAt), counted(first)]).toEqual(['03-14 04:30', ['03-13 23:30 – 03-14 04:30']]);
    const resolution = await clockOf(place, 'resolution');
    expect([local(resolution.dueAt), counted(resolution)]).toEqual([
      '03-14 12:30',
      ['03-13 23:30 – 03-14 06:00', '03-14 09:00 – 03-14 12:30'],
    ]);
    expect(await tagsOf(place)).toEqual([]);
  });

  it('closes once when the power is cut, and rests while it waits for the customer', async () => {
    // ten seconds into the minute: what the pause takes to be set, a moment after 17:00, is made up for
    await goTo('03-15T13:30:10');
    cut = await writes('negar', 'کفشم سوراخ است');
    expect(local((await clockOf(cut, 'first_response')).dueAt)).toBe('03-16 09:30');
    expect(local((await clockOf(cut, 'resolution')).dueAt)).toBe('03-16 14:30');
    await goTo('03-15T14:05');
    await owner.post(`/calendars/${calendarId}/closures`, {
      name: { fa: 'قطع برق', en: 'Power cut' },
      from: tehran('03-15T14:00'),
      to: tehran('03-15T16:00'),
    });
    expect(local((await clockOf(cut, 'first_response')).dueAt)).toBe('03-16 11:30');
    expect(local((await clockOf(cut, 'resolution')).dueAt)).toBe('03-16 16:30');

    await goTo('03-15T16:30');
    await answers(cut, 'عکسش را می‌فرستید؟', 'private');
    await goTo('03-15T17:00');
    await setStatus(cut, 'pending');
    const resting = await clockOf(cut, 'resolution');
    expect([resting.dueAt, local(resting.pausedSince), resting.remainingMs]).toEqual([
      null,
      '03-15 17:00',
      expect.closeTo(8.5 * HOUR, -5),
    ]);
    await goTo('03-16T10:00:10');
    await writes('negar', 'این هم عکس');
    const clock = await clockOf(cut, 'resolution');
    expect([local(clock.dueAt), counted(clock)]).toEqual([
      '03-17 09:30',
      [
        '03-15 13:30 – 03-15 14:00',
        '03-15 16:00 – 03-15 17:00',
        '03-16 10:00 – 03-16 18:00',
        '03-17 09:00 – 03-17 09:30',
      ],
    ]);
    expect(clock.text).toEqual({
      en:
        'Due Wednesday 17 March 09:30 because the work began Monday 15 March 13:30 with a target of 10 hours: ' +
        '30 minutes counted from Monday 13:30 to 14:00; closed from Monday 14:00 to 16:00 for Power cut; ' +
        '1 hour counted from Monday 16:00 to 17:00; ' +
        'paused from Monday 17:00 to Tuesday 10:00 while waiting for the customer; ' +
        '8 hours counted from Tuesday 10:00 to 18:00; closed from Tuesday 18:00 to Wednesday 09:00; ' +
        '30 minutes counted from Wednesday 09:00 to 09:30. ' +
        'The calendar changed; before that it was due Tuesday 16 March 14:30. ' +
        'It was paused; before that it was due Tuesday 16 March 16:30. It went on after a pause.',
      fa:
        'سررسید چهارشنبه ۲۶ اسفند ۰۹:۳۰ است، چون کار آغاز شد دوشنبه ۲۴ اسفند ۱۳:۳۰ و مهلت آن ۱۰ ساعت است: ' +
        '۳۰ دقیقه از دوشنبه ۱۳:۳۰ تا ۱۴:۰۰ حساب شد؛ از دوشنبه ۱۴:۰۰ تا ۱۶:۰۰ تعطیل به مناسبت قطع برق؛ ' +
        '۱ ساعت از دوشنبه ۱۶:۰۰ تا ۱۷:۰۰ حساب شد؛ ' +
        'از دوشنبه ۱۷:۰۰ تا سه‌شنبه ۱۰:۰۰ متوقف، در انتظار مشتری؛ ' +
        '۸ ساعت از سه‌شنبه ۱۰:۰۰ تا ۱۸:۰۰ حساب شد؛ از سه‌شنبه ۱۸:۰۰ تا چهارشنبه ۰۹:۰۰ بسته؛ ' +
        '۳۰ دقیقه از چهارشنبه ۰۹:۰۰ تا ۰۹:۳۰ حساب شد. ' +
        'تقویم تغییر کرد؛ پیش از آن سررسید سه‌شنبه ۲۵ اسفند ۱۴:۳۰ بود. ' +
        'متوقف شد؛ پیش از آن سررسید سه‌شنبه ۲۵ اسفند ۱۶:۳۰ بود. پس از توقف ادامه یافت.',
    });
    await goTo('03-17T09:20');
    await answers(cut, 'فردا کفش نو می‌فرستیم', 'private');
    await setStatus(cut, 'solved');
    const solved = await clockOf(cut, 'resolution');
    expect([local(solved.metAt), solved.breached]).toEqual(['03-17 09:20', false]);
  });

  it('carries what came on Wednesday at 17:50 over the half Thursday, oil and Nowruz', async () => {
    await goTo('03-17T17:50');
    const comment = await comments('parisa', 'انار دارید؟', SEED.mediaId);
    late = await writes('amir', 'Where is my order?');
    const vip = await writes('shirin', 'کسی هست؟', SEED.instagramId);
    expect(vip.ticketId).not.toBe(shirin.ticketId);

    const ofComment = await clockOf(comment, 'first_response');
    expect([local(ofComment.dueAt), counted(ofComment)]).toEqual([
      '03-18 09:50',
      ['03-17 17:50 – 03-17 18:00', '03-18 09:00 – 03-18 09:50'],
    ]);
    const clock = await clockOf(late, 'first_response');
    expect([local(clock.dueAt), counted(clock)]).toEqual([
      '03-25 09:50',
      ['03-17 17:50 – 03-17 18:00', '03-18 09:00 – 03-18 13:00', '03-25 09:00 – 03-25 09:50'],
    ]);
    expect(clock.text).toEqual({
      en:
        'Due Thursday 25 March 09:50 because the customer wrote Wednesday 17 March 17:50 with a target of 5 hours: ' +
        '10 minutes counted from Wednesday 17 March 17:50 to 18:00; ' +
        'closed from Wednesday 17 March 18:00 to Thursday 18 March 09:00; ' +
        '4 hours counted from Thursday 18 March 09:00 to 13:00; ' +
        'closed from Thursday 18 March 13:00 to Saturday 20 March 00:00, Friday 19 March all day; ' +
        'Saturday 20 March closed for Oil Nationalisation Day; ' +
        'Sunday 21 March, Monday 22 March, Tuesday 23 March and Wednesday 24 March closed for Nowruz; ' +
        'closed from Thursday 25 March 00:00 to 09:00; ' +
        '50 minutes counted from Thursday 25 March 09:00 to 09:50.',
      fa:
        'سررسید پنجشنبه ۵ فروردین ۰۹:۵۰ است، چون مشتری پیام داد چهارشنبه ۲۶ اسفند ۱۷:۵۰ و مهلت آن ۵ ساعت است: ' +
        '۱۰ دقیقه از چهارشنبه ۲۶ اسفند ۱۷:۵۰ تا ۱۸:۰۰ حساب شد؛ ' +
        'از چهارشنبه ۲۶ اسفند ۱۸:۰۰ تا پنجشنبه ۲۷ اسفند ۰۹:۰۰ بسته؛ ' +
        '۴ ساعت از پنجشنبه ۲۷ اسفند ۰۹:۰۰ تا ۱۳:۰۰ حساب شد؛ ' +
        'از پنجشنبه ۲۷ اسفند ۱۳:۰۰ تا شنبه ۲۹ اسفند ۰۰:۰۰ بسته، جمعه ۲۸ اسفند تمام روز؛ ' +
        'شنبه ۲۹ اسفند تعطیل به مناسبت ملی شدن صنعت نفت؛ ' +
        'یکشنبه ۱ فروردین، دوشنبه ۲ فروردین، سه‌شنبه ۳ فروردین و چهارشنبه ۴ فروردین تعطیل به مناسبت نوروز؛ ' +
        'از پنجشنبه ۵ فروردین ۰۰:۰۰ تا ۰۹:۰۰ بسته؛ ' +
        '۵۰ دقیقه از پنجشنبه ۵ فروردین ۰۹:۰۰ تا ۰۹:۵۰ حساب شد.',
    });

    expect(local((await clockOf(vip, 'first_response')).dueAt)).toBe('03-17 18:50');
    await goTo('03-17T18:34');
    expect(await notices(vip)).toEqual([]);
    await goTo('03-17T18:36');
    await eventually(async () => (await notices(vip)).some(({ kind }) => kind === 'sla.warned'));
    await goTo('03-17T18:51');
    const [escalated] = await eventually(async () => {
      const found = (await notices(vip)).filter(({ kind }) => kind === 'sla.escalated');
      return found.length > 0 && found;
    });
    expect([local(escalated!.ringAt), local(escalated!.data['dueAt'] as string)]).toEqual([
      '03-18 09:00',
      '03-17 18:50',
    ]);
    await settled();
    expect(await lead.get(`/tickets/${vip.ticketId}`)).toMatchObject({ priority: 'urgent' });
    await goTo('03-17T19:21');
    const all = await eventually(async () => {
      const found = (await notices(vip)).filter(({ kind }) => kind === 'sla.escalated');
      return found.length > 1 && found;
    });
    expect(Object.fromEntries(all.map(({ data, ringAt }) => [data['afterMs'], local(ringAt)!.slice(0, 8)]))).toEqual({
      0: '03-18 09',
      [30 * MINUTE]: '03-17 19',
    });
    expect((await clockOf(vip, 'first_response')).breached).toBe(true);
  });

  it('marks what comes in the holidays, and promises it for after them', async () => {
    await goTo('03-22T11:00');
    const place = await comments('negar', 'باز هستید؟');
    const clock = await clockOf(place, 'first_response');
    expect([local(clock.dueAt), counted(clock)]).toEqual(['03-25 10:00', ['03-25 09:00 – 03-25 10:00']]);
    expect(await tagsOf(place)).toEqual(['out-of-hours']);
    expect(await tagsOf(late)).toEqual([]);
  });

  it('promises a call for Saturday, 16:00 to 17:00, and keeps it', async () => {
    await goTo('03-25T11:00');
    const missed = await clockOf(late, 'first_response');
    expect([missed.breached, missed.text.en.slice(0, 31)]).toEqual([true, 'Was due Thursday 25 March 09:50']);
    expect(missed.text.fa).toContain('سررسید پنجشنبه ۵ فروردین ۰۹:۵۰ بود');
    const place = await comments('parisa', 'کیکم خراب رسید');
    const { call } = await lead.post<{ call: { id: string } }>(`/conversations/${place.conversationId}/handoff`, {
      to: 'phone',
      phone: '09121112233',
      windowStart: tehran('03-27T16:00'),
      windowEnd: tehran('03-27T17:00'),
      consent: { given: true, text: 'بله، شنبه عصر زنگ بزنید.' },
    });
    const clock = await clockOf(place, 'callback');
    expect(local(clock.dueAt)).toBe('03-27 17:00');
    expect(clock.text).toEqual({
      en:
        'Due Saturday 27 March 17:00 because a call was promised Thursday 25 March 11:00: ' +
        'every minute counted, 54 hours from Thursday 11:00 to Saturday 17:00.',
      fa:
        'سررسید شنبه ۷ فروردین ۱۷:۰۰ است، چون قول تماس داده شد پنجشنبه ۵ فروردین ۱۱:۰۰: ' +
        'همهٔ دقیقه‌ها حساب شد، ۵۴ ساعت از پنجشنبه ۱۱:۰۰ تا شنبه ۱۷:۰۰.',
    });
    await goTo('03-27T16:20');
    await lead.ok('POST', `/calls/${call.id}/claim`);
    await lead.ok('POST', `/calls/${call.id}/start`, {});
    await lead.ok('POST', `/calls/${call.id}/outcome`, { outcome: 'answered_resolved', note: 'پول برگشت داده شد.' });
    const kept = await clockOf(place, 'callback');
    expect([local(kept.metAt), kept.breached]).toEqual(['03-27 16:20', false]);
  });

  it('answers the thirteenth in what is left of Saturday’s night shift', async () => {
    await goTo('04-02T12:00');
    const place = await writes('parisa', 'سیزده‌به‌در مبارک! سفارشم؟', SEED.instagramId);
    const clock = await clockOf(place, 'first_response');
    expect(local(clock.dueAt)).toBe('04-04 05:00');
    expect(clock.text).toEqual({
      en:
        'Due Sunday 4 April 05:00 because the customer wrote Friday 2 April 12:00 with a target of 5 hours: ' +
        'closed from Friday 12:00 to Saturday 00:00 for Nature Day; Saturday closed for Martyrdom of Imam Sadiq; ' +
        '5 hours counted from Sunday 00:00 to 05:00.',
      fa:
        'سررسید یکشنبه ۱۵ فروردین ۰۵:۰۰ است، چون مشتری پیام داد جمعه ۱۳ فروردین ۱۲:۰۰ و مهلت آن ۵ ساعت است: ' +
        'از جمعه ۱۲:۰۰ تا شنبه ۰۰:۰۰ تعطیل به مناسبت روز طبیعت؛ شنبه تعطیل به مناسبت شهادت امام صادق؛ ' +
        '۵ ساعت از یکشنبه ۰۰:۰۰ تا ۰۵:۰۰ حساب شد.',
    });
    expect(await tagsOf(place)).toEqual(['out-of-hours']);
  });

  it('has facts of it all with both clocks', async () => {
    await settled();
    const { items } = await lead.get<{ items: FactJson[] }>(
      `/reports/facts?from=2027-03-01T00:00:00Z&to=2027-04-30T00:00:00Z&limit=1000`,
    );
    const minutes = (kind: string, { ticketId }: Place) =>
      items
        .filter((fact) => fact.kind === kind && fact.ticketId === ticketId)
        .map(({ wallMs, businessMs }) => [wallMs, businessMs].map((ms) => ms !== null && Math.round(ms / MINUTE)));
    // Monday 13:30 to Wednesday 09:20 on the wall; 30 minutes, two hours, Tuesday’s nine and twenty minutes in the shop
    expect(minutes('solved', cut)).toEqual([[43 * 60 + 50, 11 * 60 + 50]]);
    expect(minutes('answer', cut)[0]).toEqual([180, 60]);
    const { items: days } = await lead.get<{ items: DayJson[] }>(
      `/reports/summary?by=day&from=2027-03-01T00:00:00Z&to=2027-04-30T00:00:00Z`,
    );
    const ofDay = (key: string) => days.find((day) => day.key === key)!;
    const shown = ({ firstAnswerWallMs, firstAnswerBusinessMs }: DayJson) =>
      [firstAnswerWallMs, firstAnswerBusinessMs].map(({ median }) => median !== null && Math.round(median / MINUTE));
    expect(shown(ofDay('2027-03-15'))).toEqual([180, 60]);
    expect(ofDay('2027-03-17')).toMatchObject({ customerMessages: 3, opened: 3, solved: 1, breached: 1 });
  });

  it('is the same week when the networks tell all of it once more', async () => {
    const state = () =>
      w.rows(
        `SELECT (SELECT count(*) FROM report_facts) AS facts, (SELECT count(*) FROM notifications) AS notices,
           (SELECT count(*) FROM tickets) AS tickets, (SELECT count(*) FROM domain_events) AS events,
           (SELECT jsonb_agg(jsonb_build_array(id, due_at, met_at, cancelled_at) ORDER BY id) FROM sla_clocks) AS clocks`,
      );
    await settled();
    const before = await state();
    sim.deliveries.redeliver();
    await sim.deliveries.idle();
    await settled();
    expect(await state()).toEqual(before);
  });
});
