import { scoreIn, type SurveyKind } from './survey-score';

describe('the score in a message', () => {
  it.each<[string, SurveyKind, string, number | null]>([
    ['a Persian digit', 'csat', '۵', 5],
    ['an Arabic digit', 'csat', ' ٤ ', 4],
    ['a Latin digit with a full stop', 'csat', '3.', 3],
    ['a keycap', 'csat', '4️⃣', 4],
    ['stars', 'csat', '⭐⭐⭐⭐⭐', 5],
    ['stars with variation selectors and spaces', 'csat', '⭐️ ⭐️', 2],
    ['out of five', 'csat', '4/5', 4],
    ['a word before it', 'csat', 'نمره: ۴', 4],
    ['nine of ten in Persian', 'nps', '۹ از ۱۰', 9],
    ['ten of ten', 'nps', '10/10', 10],
    ['the ten keycap', 'nps', '🔟', 10],
    ['nought', 'nps', '۰', 0],
    ['a direction mark around it', 'csat', '\u200F۵\u200E', 5],
    ['nought of stars', 'csat', '0', null],
    ['six stars', 'csat', '⭐⭐⭐⭐⭐⭐', null],
    ['stars for a recommendation', 'nps', '⭐⭐⭐', null],
    ['beyond the scale', 'nps', '11', null],
    ['another scale', 'csat', '9/10', null],
    ['an order number', 'csat', '10425', null],
    ['words beside it', 'csat', '5 تا سفارش دارم', null],
    ['a minus', 'csat', '-5', null],
    ['a heart', 'csat', '❤️', null],
    ['nothing', 'csat', '', null],
  ])('%s', (_, kind, text, score) => expect(scoreIn(text, kind)).toBe(score));
});
