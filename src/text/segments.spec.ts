import { graphemesOf } from './segments';

const SEGMENTER = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

describe('graphemes', () => {
  it.each([
    ['nothing', ''],
    ['words', 'سلام، can you می\u200cشود? '.repeat(100)],
    ['flags', '🇮🇷'.repeat(400)],
    ['families', 'a👨‍👩‍👧‍👦👍🏽'.repeat(150)],
    ['one letter of a thousand marks', `e${'\u0301'.repeat(1_300)}x${'\u0300'.repeat(700)}`],
    ['ends of lines', 'a\r\n'.repeat(500)],
    ['halves of pairs', `${'x'.repeat(499)}👍${'\ud800'.repeat(900)}`],
  ])('of %s are those of the whole', (_, text) => {
    for (const before of ['', 'x', 'xy'])
      expect([...graphemesOf(before + text)]).toEqual(
        [...SEGMENTER.segment(before + text)].map(({ segment, index }) => ({ segment, index })),
      );
  });

  it('of a hundred thousand blanks are not counted for a minute', () =>
    expect([...graphemesOf(' '.repeat(100_000))]).toHaveLength(100_000));
});
