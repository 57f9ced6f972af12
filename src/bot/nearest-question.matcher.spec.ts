import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TrainingArticle } from './matcher';
import { NearestQuestionMatcher } from './nearest-question.matcher';

const article = (id: string, locale: string, title: string, ...phrasings: string[]): TrainingArticle => ({
  id,
  locale,
  title,
  phrasings,
});

const SHOP = [
  article('shipping-cost', 'fa', 'هزینه ارسال چقدر است؟', 'پول پست چند میشه', 'کرایه ارسال با کیه'),
  article('shipping-time', 'fa', 'ارسال سفارش چند روز طول می‌کشد؟', 'کی به دستم میرسه', 'چند روزه میرسه'),
  article('return', 'fa', 'چطور کالا را پس بدهم؟', 'میخوام مرجوع کنم', 'شرایط مرجوعی'),
  article('return-en', 'en', 'How do I return an item?', 'I want to send it back', 'return policy'),
  article('hours', 'en', 'What are your opening hours?', 'when do you open', 'are you open on Friday'),
];

const train = (articles: readonly TrainingArticle[]) => new NearestQuestionMatcher().train(articles);

describe('matching', () => {
  it.each([
    ['another wording', 'کرایه ارسال به تهران چقدره', 'shipping-cost', 'fa'],
    ['an Arabic keyboard, stretched', 'هزينه ارساااال چقدر است', 'shipping-cost', 'fa'],
    ['joined words', 'چندروزه میرسه', 'shipping-time', 'fa'],
    ['without the joiner', 'ارسال سفارش چند روز طول میکشد', 'shipping-time', 'fa'],
    ['a typing error', 'how do i retrun an itme', 'return-en', 'en'],
    ['another form of a word', 'opening hour?', 'hours', 'en'],
  ])('%s', async (_, asked, id, locale) => {
    const [best] = (await train(SHOP)).match(asked);
    expect(best).toMatchObject({ articleId: id, locale });
  });

  it('gives a known question word for word the score 1', async () => {
    for (const known of [SHOP[0]!.title, SHOP[0]!.phrasings[1]!]) {
      const [best] = (await train(SHOP)).match(known);
      expect(best).toMatchObject({ articleId: 'shipping-cost' });
      expect(best!.score).toBeCloseTo(1, 5);
      expect(best!.score).toBeLessThanOrEqual(1);
    }
  });

  it('gives at most three, best first, each with its lead over the next', async () => {
    const matches = (await train(SHOP)).match('ارسال چند روز و هزینه ارسال و مرجوع return');
    expect(matches).toHaveLength(3);
    expect(matches[0]!.margin).toBeCloseTo(matches[0]!.score - matches[1]!.score, 6);
    expect(matches[1]!.margin).toBeCloseTo(matches[1]!.score - matches[2]!.score, 6);
    expect(matches.every((m, i) => m.score <= (matches[i - 1]?.score ?? 1))).toBe(true);
  });

  it('is far from a message mostly about other things', async () => {
    const faq = await train(SHOP);
    const asked = 'return policy';
    const lost = `${asked} ${'my grandmother bakes wonderful bread in winter mornings near the quiet lake'}`;
    expect(faq.match(lost)[0]!.score).toBeLessThan(faq.match(asked)[0]!.score / 2);
  });

  it('cannot choose between two articles that ask the same', async () => {
    const [best] = (await train([...SHOP, article('twin', 'fa', 'هزینه ارسال چقدر است')])).match(
      'هزینه ارسال چقدر است',
    );
    expect(best!.margin).toBeLessThan(0.01);
  });

  it('prefers the article that more of its phrasings speak for', async () => {
    const faq = await train([
      article('one', 'en', 'red apple pie'),
      article('many', 'en', 'red apple tart', 'red apple jam'),
    ]);
    expect(faq.match('red apple')[0]!.articleId).toBe('many');
  });

  it.each([
    ['nothing', ''],
    ['emoji', '❤️🙏🏽'],
    ['nothing in common', 'ШЩЪ'],
  ])('finds nothing in %s', async (_, asked) => expect((await train(SHOP)).match(asked)).toEqual([]));

  it('answers nothing when it knows nothing, or only articles without words', async () => {
    expect((await train([])).match('return')).toEqual([]);
    expect((await train([article('x', 'en', '؟؟؟')])).match('return')).toEqual([]);
  });

  it('takes a wall of text', async () => {
    const wall = `${'return '.repeat(5_000)}${'x'.repeat(50_000)}`;
    expect((await train(SHOP)).match(wall)[0]!.articleId).toBe('return-en');
  });

  it('gives the same answer again, whatever was asked between', async () => {
    const faq = await train(SHOP);
    const first = faq.match('پول پست');
    faq.match('return policy opening hours');
    expect(faq.match('پول پست')).toEqual(first);
  });
});

describe('training', () => {
  it('lets other work run between steps', async () => {
    const many = Array.from({ length: 100 }, (_, i) =>
      article(`a${i}`, 'en', `question number ${i} about thing ${i * 7}`),
    );
    let turns = 0;
    let done = false;
    const others = (async () => {
      for (; !done && turns < 10_000; turns++) await nextTurn();
    })();
    const faq = await new NearestQuestionMatcher(0).train(many);
    done = true;
    await others;
    expect(turns).toBeGreaterThanOrEqual(2 * many.length);
    expect(faq.match('question number 42 about thing 294')[0]!.articleId).toBe('a42');
    expect(faq.bytes).toBeGreaterThan(0);
  });
});
