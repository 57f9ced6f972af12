import { localeTag, makeFormats, weekDays } from './dates';

const fa = makeFormats({ locale: 'fa', digits: 'persian', timeZone: 'Asia/Tehran' });
const en = makeFormats({ locale: 'en', digits: 'latin', timeZone: 'Asia/Tehran' });
const at = '2026-11-21T10:32:00Z';

it('writes a Persian date the way people do', () => expect(fa.longDate(at)).toBe('شنبه ۳۰ آبان ۱۴۰۵'));
it('writes an English date with the weekday', () => expect(en.longDate(at)).toMatch(/^Saturday,? 21 November 2026$/));
it('joins date and time with the comma of the language', () =>
  expect(fa.dateTime(at)).toBe('شنبه ۳۰ آبان ۱۴۰۵، ۱۴:۰۲'));
it('reads the clock of the workspace, not of the machine', () => expect(en.time(at)).toBe('14:02'));
it('keeps Latin digits when asked', () =>
  expect(makeFormats({ locale: 'fa', digits: 'latin', timeZone: 'Asia/Tehran' }).time(at)).toBe('14:02'));
it('groups Persian numbers', () => expect(fa.number(1234)).toBe('۱٬۲۳۴'));

it.each([
  ['minutes', 12 * 60_000, '۱۲ دقیقه پیش'],
  ['hours', 3 * 3_600_000, '۳ ساعت پیش'],
  ['yesterday', 24 * 3_600_000, 'دیروز'],
])('says how long ago: %s', (_, ms, expected) => expect(fa.ago(at, Date.parse(at) + ms)).toBe(expected));

it('shows the clock today and the date before', () => {
  expect(fa.stamp(at, Date.parse(at) + 60_000)).toBe('۱۴:۰۲');
  expect(fa.stamp(at, Date.parse(at) + 2 * 86_400_000)).toContain('آبان');
});

it('changes the day at midnight in the zone of the workspace', () =>
  expect(fa.day('2026-11-21T20:29:00Z') === fa.day('2026-11-21T20:31:00Z')).toBe(false));

it('starts the Persian week on Saturday', () => expect(weekDays('fa')[0]).toBe(6));
it('names calendar and digits in the tag', () =>
  expect(localeTag({ locale: 'fa', digits: 'persian' })).toBe('fa-IR-u-ca-persian-nu-arabext'));
