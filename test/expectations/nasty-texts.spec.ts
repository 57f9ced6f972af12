import { featuresOf } from '../../src/bot/features';
import { messageIdsIn } from '../../src/channels/connectors/email/message-id';
import { withoutMarks } from '../../src/channels/connectors/email/thread-token';
import { cleanHtml, fullTextOfHtml, textOfHtml } from '../../src/channels/connectors/email/visible-html';
import { visibleText } from '../../src/channels/connectors/email/visible-text';
import { scoreIn } from '../../src/inbox/conversations/survey-score';
import { fingerprintOf } from '../../src/inbox/repeats/fingerprint';
import { noticeOf } from '../../src/refusals/refusal-words';
import { contained } from '../../src/rules/conditions';
import { cleanText } from '../../src/text/clean';
import { cutText, lengthIn, type TextUnit } from '../../src/text/graphemes';
import { guessLanguage } from '../../src/text/language';
import { isTagOnly, withoutNames } from '../../src/text/noise';
import { normalise, wordsOf } from '../../src/text/normalise';

/** Everything that reads what a customer wrote, before anybody has looked at it. */
const READERS: Record<string, (text: string) => unknown> = {
  'is cleaned': cleanText,
  'is brought into search form': normalise,
  'is cut into words': wordsOf,
  'is looked at for its language': guessLanguage,
  'is looked at for names only': isTagOnly,
  'is freed of names': withoutNames,
  'is compared with the articles': featuresOf,
  'is recognised when it is said again': fingerprintOf,
  'is looked through for the words of a rule': (text) => contained(['gift', 'بازگشت*', '😀'], text),
  'is read as a score of CSAT': (text) => scoreIn(text, 'csat'),
  'is read as a score of NPS': (text) => scoreIn(text, 'nps'),
  'is looked for among notices': noticeOf,
  'is parted from what it quotes': (text) => visibleText(text),
  'is freed of our marks': withoutMarks,
  'is read as references': messageIdsIn,
  'is read as HTML': textOfHtml,
  'is read as HTML in full': fullTextOfHtml,
  'is made safe to show': (text) => cleanHtml(text, []),
  ...Object.fromEntries(
    (['utf8_bytes', 'utf16_units', 'characters'] as TextUnit[]).flatMap((unit) => [
      [`is measured in ${unit}`, (text: string) => lengthIn(text, unit)],
      [`is cut in ${unit}`, (text: string) => cutText(text, 1_000, unit)],
    ]),
  ),
};

const LENGTH = 100_000;
const UNITS = [
  ' ',
  ' \n',
  'a',
  'a ',
  'a.',
  '1/',
  '@a ',
  '#',
  'http://',
  'a.b/',
  '<',
  '> ',
  '<a href="',
  '<!--',
  '&',
  '--',
  '=?',
];
const OTHERS = [
  '"',
  '](',
  'On a wrote:',
  'From: a\n',
  '\u200c',
  '\u202e',
  'ا\u064b',
  '\u0300',
  '👨‍👩‍👧‍👦',
  '🇮🇷',
  '⭐',
  '\ud800',
  'ﷺ',
];
/** Each repeated, with an end that lets no pattern succeed that almost has. */
const TEXTS = [...UNITS, ...OTHERS].map((unit) => `x${unit.repeat(Math.ceil(LENGTH / unit.length))}\u0001`);

it.each(Object.entries(READERS))('a hundred thousand characters of anything: %s', (_, read) => {
  expect(TEXTS.map(read)).toHaveLength(TEXTS.length);
});
