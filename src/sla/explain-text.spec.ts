import type { BusinessCalendar } from '../calendars/calendar';
import { explain, type Paused } from './clock';
import { explainText, type Story } from './explain-text';

/** Tehran: 09:00 to 18:00 from Saturday to Wednesday; Tasu'a on Saturday 4 Tir 1405 as an example. */
const workday = [{ from: 540, to: 1_080 }];
const tehran: BusinessCalendar = {
  workspaceId: 'w',
  id: 'c',
  name: 'Tehran',
  timeZone: 'Asia/Tehran',
  hours: { sat: workday, sun: workday, mon: workday, tue: workday, wed: workday },
  holidays: [
    { id: 't', name: { fa: 'تاسوعا', en: 'Tasu’a' }, rule: { on: 'date', date: '2026-06-27' }, moved: {}, hours: [] },
  ],
  version: 1,
};
const at = (text: string) => Date.parse(`2026-06-${text}:00+03:30`);
const MINUTE = 60_000;

function story(
  from: string,
  to: string,
  more: Partial<Story> = {},
  calendar: BusinessCalendar | null = tehran,
  pauses: Paused[] = [],
): Story {
  return {
    kind: 'first_response',
    startedAt: at(from),
    targetMs: 30 * MINUTE,
    dueAt: at(to),
    rows: explain(at(from), at(to), calendar, pauses),
    paused: false,
    ended: null,
    breached: false,
    moves: [],
    timeZone: 'Asia/Tehran',
    ...more,
  };
}

it.each<[string, Story, string, string]>([
  [
    'a weekend and a holiday',
    story('24T17:50', '28T09:20'),
    'Due Sunday 28 June 09:20 because the customer wrote Wednesday 24 June 17:50 with a target of 30 minutes: ' +
      '10 minutes counted from Wednesday 17:50 to 18:00; closed from Wednesday 18:00 to Saturday 00:00, Thursday and Friday all day; ' +
      'Saturday closed for Tasu’a; closed from Sunday 00:00 to 09:00; 20 minutes counted from Sunday 09:00 to 09:20.',
    'سررسید یکشنبه ۷ تیر ۰۹:۲۰ است، چون مشتری پیام داد چهارشنبه ۳ تیر ۱۷:۵۰ و مهلت آن ۳۰ دقیقه است: ' +
      '۱۰ دقیقه از چهارشنبه ۱۷:۵۰ تا ۱۸:۰۰ حساب شد؛ از چهارشنبه ۱۸:۰۰ تا شنبه ۰۰:۰۰ بسته، پنجشنبه و جمعه تمام روز؛ ' +
      'شنبه تعطیل به مناسبت تاسوعا؛ از یکشنبه ۰۰:۰۰ تا ۰۹:۰۰ بسته؛ ۲۰ دقیقه از یکشنبه ۰۹:۰۰ تا ۰۹:۲۰ حساب شد.',
  ],
  [
    'wall time, missed',
    story('24T17:50', '24T18:20', { breached: true }, null),
    'Was due Wednesday 24 June 18:20 because the customer wrote Wednesday 24 June 17:50 with a target of 30 minutes: ' +
      'every minute counted, 30 minutes from Wednesday 17:50 to 18:20.',
    'سررسید چهارشنبه ۳ تیر ۱۸:۲۰ بود، چون مشتری پیام داد چهارشنبه ۳ تیر ۱۷:۵۰ و مهلت آن ۳۰ دقیقه است: ' +
      'همهٔ دقیقه‌ها حساب شد، ۳۰ دقیقه از چهارشنبه ۱۷:۵۰ تا ۱۸:۲۰.',
  ],
  [
    'paused, after the priority changed',
    story(
      '22T10:00',
      '22T11:00',
      {
        kind: 'resolution',
        targetMs: 90 * MINUTE,
        dueAt: null,
        paused: true,
        moves: [{ why: 'priority_changed', from: at('22T14:00'), to: at('22T11:30') }],
      },
      tehran,
      [{ start: at('22T10:20'), end: Infinity, why: 'pending' }],
    ),
    'Paused with 1 hour 10 minutes left because the work began Monday 22 June 10:00 with a target of 1 hour 30 minutes: ' +
      '20 minutes counted from Monday 10:00 to 10:20; paused from Monday 10:20 to 11:00 while waiting for the customer. ' +
      'The priority changed; before that it was due Monday 22 June 14:00.',
    'متوقف، با ۱ ساعت و ۱۰ دقیقه مانده، چون کار آغاز شد دوشنبه ۱ تیر ۱۰:۰۰ و مهلت آن ۱ ساعت و ۳۰ دقیقه است: ' +
      '۲۰ دقیقه از دوشنبه ۱۰:۰۰ تا ۱۰:۲۰ حساب شد؛ از دوشنبه ۱۰:۲۰ تا ۱۱:۰۰ متوقف، در انتظار مشتری. ' +
      'اولویت تغییر کرد؛ پیش از آن سررسید دوشنبه ۱ تیر ۱۴:۰۰ بود.',
  ],
  [
    'met',
    story('22T10:00', '22T10:05', { dueAt: at('22T10:30'), ended: { at: at('22T10:05'), how: 'met' } }),
    'Met Monday 22 June 10:05; it was due Monday 22 June 10:30 because the customer wrote Monday 22 June 10:00 ' +
      'with a target of 30 minutes: 5 minutes counted from Monday 10:00 to 10:05.',
    'انجام‌شده در دوشنبه ۱ تیر ۱۰:۰۵؛ سررسید دوشنبه ۱ تیر ۱۰:۳۰ بود، چون مشتری پیام داد دوشنبه ۱ تیر ۱۰:۰۰ ' +
      'و مهلت آن ۳۰ دقیقه است: ۵ دقیقه از دوشنبه ۱۰:۰۰ تا ۱۰:۰۵ حساب شد.',
  ],
  [
    'a calendar that never opens',
    story('22T10:00', '22T10:00', { dueAt: null, rows: [] }),
    'Never due: the calendar does not open long enough; the customer wrote Monday 22 June 10:00 with a target of 30 minutes.',
    'هیچ‌گاه سر نمی‌رسد، چون تقویم به اندازهٔ کافی باز نیست؛ مشتری پیام داد دوشنبه ۱ تیر ۱۰:۰۰ و مهلت آن ۳۰ دقیقه است.',
  ],
])('%s', (_, told, en, fa) => {
  expect(explainText(told)).toEqual({ en, fa });
});

it('tells the beginning and the end of a long one, with dates where a day’s name comes twice', () => {
  const { en, fa } = explainText(story('01T10:00', '30T10:00', { targetMs: 9_000 * MINUTE }));
  expect(en).toContain('Monday 1 June 10:00 to 18:00');
  expect(en).toMatch(/and \d+ more stretches/);
  expect(fa).toMatch(/و [۰-۹]+ بازهٔ دیگر/);
  expect(en.length).toBeLessThan(2_000);
});
