import { mustBeSkills, mustBeWeights } from './skills';

const paths = (work: () => void): string[] => {
  try {
    work();
    return [];
  } catch (error) {
    return (error as { details: { fields: { path: string }[] } }).details.fields.map(({ path }) => path);
  }
};

describe('skills', () => {
  it.each<[string, object, string[]]>([
    ['languages and subjects', { 'lang:fa': 5, 'پشتیبانی فنی': 1 }, []],
    [
      'a level too high, too low, or none',
      { a: 6, b: 0, c: 'x', d: 1.5 },
      ['needs.a', 'needs.b', 'needs.c', 'needs.d'],
    ],
    ['signs that spell lanes', { 'a|b': 1, 'a=b': 1, '': 1 }, ['needs.a|b', 'needs.a=b', 'needs.']],
  ])('%s', (_, skills, wrong) => expect(paths(() => mustBeSkills(skills as never, 'needs'))).toEqual(wrong));
});

describe('weights', () => {
  it.each<[string, object, string[]]>([
    ['numbers and all', { comment: 0.5, call: 'all', letter: 2 }, []],
    [
      'none, negative, too fine, words',
      { a: 0, b: -1, c: 0.01, d: 'some' },
      ['weights.a', 'weights.b', 'weights.c', 'weights.d'],
    ],
    ['no type of work', { 'My Work': 1 }, ['weights.My Work']],
  ])('%s', (_, weights, wrong) => expect(paths(() => mustBeWeights(weights as never))).toEqual(wrong));
});
