import { readFeed } from './icalendar';

const feed = (...lines: string[]) => ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\r\n');
const event = (...lines: string[]) => feed('BEGIN:VEVENT', 'UID:1@harbour', ...lines, 'END:VEVENT');
const read = (text: string) => readFeed(text, 'calendar', 'Asia/Tehran');
const rules = (text: string) => read(text).holidays.map(({ rule }) => rule);
const reasons = (text: string) => read(text).notUnderstood.map(({ why }) => why);

it.each([
  ['an all-day event', ['DTSTART;VALUE=DATE:20261201'], [{ on: 'date', date: '2026-12-01' }]],
  [
    'days up to the one before its end',
    ['DTSTART;VALUE=DATE:20261201', 'DTEND;VALUE=DATE:20261204'],
    [{ on: 'date', date: '2026-12-01', to: '2026-12-03' }],
  ],
  [
    'days by a duration',
    ['DTSTART;VALUE=DATE:20261201', 'DURATION:P1W'],
    [{ on: 'date', date: '2026-12-01', to: '2026-12-07' }],
  ],
  [
    'every year',
    ['DTSTART;VALUE=DATE:20201225', 'DTEND;VALUE=DATE:20201227', 'RRULE:FREQ=YEARLY'],
    [
      { on: 'gregorian', month: 12, day: 25 },
      { on: 'gregorian', month: 12, day: 26 },
    ],
  ],
  [
    'every year, said at length',
    ['DTSTART:20201225', 'RRULE:FREQ=YEARLY;INTERVAL=1;BYMONTH=12;BYMONTHDAY=25;WKST=MO'],
    [{ on: 'gregorian', month: 12, day: 25 }],
  ],
  [
    'a few times',
    ['DTSTART;VALUE=DATE:20261201', 'RRULE:FREQ=YEARLY;COUNT=2'],
    [
      { on: 'date', date: '2026-12-01' },
      { on: 'date', date: '2027-12-01' },
    ],
  ],
  [
    'until a year',
    ['DTSTART;VALUE=DATE:20261201', 'RRULE:FREQ=YEARLY;UNTIL=20281130'],
    [
      { on: 'date', date: '2026-12-01' },
      { on: 'date', date: '2027-12-01' },
    ],
  ],
  [
    'hours in a zone of their own',
    ['DTSTART;TZID=Europe/Berlin:20261201T140000', 'DTEND;TZID="Europe/Berlin":20261201T160000'],
    [{ on: 'span', from: '2026-12-01T13:00:00.000Z', to: '2026-12-01T15:00:00.000Z' }],
  ],
  [
    'hours in UTC and in the calendar’s zone',
    ['DTSTART:20261201T100000Z', 'DTEND:20261201T153000'],
    [{ on: 'span', from: '2026-12-01T10:00:00.000Z', to: '2026-12-01T12:00:00.000Z' }],
  ],
  [
    'hours by a duration',
    ['DTSTART:20261201T100000Z', 'DURATION:PT1H30M'],
    [{ on: 'span', from: '2026-12-01T10:00:00.000Z', to: '2026-12-01T11:30:00.000Z' }],
  ],
  ['what was called off', ['DTSTART;VALUE=DATE:20261201', 'STATUS:CANCELLED'], []],
])('reads %s', (_, lines, expected) => {
  expect(rules(event(...lines))).toEqual(expected);
  expect(reasons(event(...lines))).toEqual([]);
});

it.each([
  ['weekly meetings', ['DTSTART;VALUE=DATE:20261201', 'RRULE:FREQ=WEEKLY'], /only yearly/],
  ['the third Thursday', ['DTSTART;VALUE=DATE:20261126', 'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=3TH'], /only yearly/],
  ['exceptions', ['DTSTART;VALUE=DATE:20261201', 'RRULE:FREQ=YEARLY', 'EXDATE;VALUE=DATE:20271201'], /EXDATE/],
  ['a repeated hour', ['DTSTART:20261201T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=YEARLY'], /cannot repeat/],
  ['no beginning', ['SUMMARY:Some day'], /no DTSTART/],
  ['an end before the beginning', ['DTSTART;VALUE=DATE:20261201', 'DTEND;VALUE=DATE:20261201'], /not after/],
  ['a moment', ['DTSTART:20261201T100000Z'], /not after/],
  ['an unknown zone', ['DTSTART;TZID=Iran Standard Time:20261201T100000', 'DURATION:PT1H'], /no time zone/],
  ['a date that is none', ['DTSTART;VALUE=DATE:20260230'], /is no date/],
  ['an endless day', ['DTSTART;VALUE=DATE:20260101', 'DTEND;VALUE=DATE:20300101'], /more than a year/],
])('says that it does not understand %s', (_, lines, why) => {
  expect(rules(event(...lines))).toEqual([]);
  expect(reasons(event(...lines))).toEqual([expect.stringMatching(why)]);
});

it('reads folded lines, escapes, quoted parameters and other line ends', () => {
  const text = event(
    'SUMMARY;LANGUAGE=fa:تعطیلی\\, ',
    ' روز ',
    '\tاول\\nدوم',
    'DESCRIPTION;ALTREP="cid:a:b;c":ignored',
    'DTSTART;VALUE=DATE:20261201',
    'BEGIN:VALARM',
    'SUMMARY:an alarm is no event',
    'DTSTART:20200101T000000Z',
    'END:VALARM',
  ).replaceAll('\r\n', '\n');
  expect(read(`\uFEFF${text}`).holidays).toMatchObject([
    { name: { fa: 'تعطیلی, روز اول دوم' }, rule: { on: 'date', date: '2026-12-01' } },
  ]);
});

it('tells where what it did not understand begins, and reads the rest', () => {
  const text = feed(
    'BEGIN:VEVENT',
    'UID:a',
    'SUMMARY:Stand-up',
    'DTSTART:20261201T100000Z',
    'RRULE:FREQ=DAILY',
    'END:VEVENT',
    'BEGIN:VEVENT',
    'UID:b',
    'DTSTART;VALUE=DATE:20261202',
    'END:VEVENT',
  );
  expect(read(text)).toMatchObject({
    holidays: [{ name: { en: 'Closed' } }],
    notUnderstood: [{ line: 3, summary: 'Stand-up' }],
  });
});

it('knows an event again by its UID, and only in the same calendar', () => {
  const id = (text: string, calendar = 'calendar') => readFeed(text, calendar, 'UTC').holidays[0]!.id;
  const [first, renamed] = ['One', 'Two'].map((name) => event(`SUMMARY:${name}`, 'DTSTART;VALUE=DATE:20261201'));
  expect(id(renamed!)).toBe(id(first!));
  expect(id(first!, 'another')).not.toBe(id(first!));
});

it.each(['', 'hello', '<html></html>', 'BEGIN:VCARD\nEND:VCARD'])('refuses what is no feed: %j', (text) => {
  expect(read(text)).toMatchObject({
    holidays: [],
    notUnderstood: [{ line: 1, why: expect.stringMatching(/no iCalendar/) }],
  });
});
