import { DEFAULT_BRAKE } from './answer-brake';
import {
  botSettings,
  confidentMatch,
  DEFAULT_SETTINGS,
  mayAnswerAlone,
  openQuestion,
  type SendFacts,
  type ThreadMessage,
  usesAnswer,
} from './bot-decision';
import type { FaqMatch } from './matcher';

let seq = 0;
const says = (
  author: ThreadMessage['author'],
  text = 'پس کی میرسه',
  more: Partial<ThreadMessage> = {},
): ThreadMessage => {
  seq += 1;
  return { id: `m${seq}`, seq, author, text, networkAt: seq * 1_000, deleted: false, ...more };
};

describe('the open question', () => {
  it.each<[string, () => ThreadMessage[], string | null]>([
    ['the first message', () => [says('contact', 'a')], 'a'],
    ['the newest of several', () => [says('contact', 'a'), says('contact', 'b')], 'b'],
    ['in whatever order they come', () => [says('contact', 'a'), says('contact', 'b')].toReversed(), 'b'],
    ['none after an agent', () => [says('contact', 'a'), says('agent')], null],
    ['none after someone answered in the network’s own app', () => [says('contact', 'a'), says('account')], null],
    ['a new one after an agent', () => [says('agent'), says('contact', 'b')], 'b'],
    ['still open after the bot', () => [says('contact', 'a'), says('bot')], 'a'],
    ['not one taken back', () => [says('contact', 'a'), says('contact', 'b', { deleted: true })], 'a'],
    ['not a sticker', () => [says('contact', 'a'), says('contact', '❤️')], 'a'],
    [
      'not one that came late, after its answer',
      () => [says('agent', 'x', { networkAt: 1e9 }), says('contact', 'a')],
      null,
    ],
    ['none in an empty thread', () => [], null],
  ])('%s', (_, thread, text) => expect(openQuestion(thread())?.message.text ?? null).toBe(text));

  it('knows that the customer asks again', () => {
    expect(openQuestion([says('contact'), says('bot'), says('contact')])?.askedAgain).toBe(true);
    expect(openQuestion([says('bot'), says('agent'), says('contact')])?.askedAgain).toBe(false);
    expect(openQuestion([says('contact')])?.askedAgain).toBe(false);
  });
});

describe('settings', () => {
  it('are the defaults for whatever is not a number from 0 to 1', () => {
    for (const stored of [undefined, null, 'x', [], {}, { suggestThreshold: '0.1', sendThreshold: 7, margin: NaN }]) {
      expect(botSettings(stored)).toEqual(DEFAULT_SETTINGS);
    }
  });
  it('are the workspace’s own, and sending is never easier than suggesting', () => {
    expect(botSettings({ suggestThreshold: 0.9, sendThreshold: 0.2, margin: 0 })).toEqual({
      suggestThreshold: 0.9,
      sendThreshold: 0.9,
      margin: 0,
    });
  });
});

const match = (score: number, margin: number): FaqMatch => ({ articleId: 'a', score, margin, locale: 'fa' });

describe('confidence', () => {
  it.each([
    ['sure', 'کی میرسه', [match(0.6, 0.2)], true],
    ['just enough', 'کی میرسه', [match(0.4, 0.1)], true],
    ['too unlike', 'کی میرسه', [match(0.39, 0.3)], false],
    ['two alike', 'کی میرسه', [match(0.9, 0.05)], false],
    ['a story', 'الف '.repeat(101), [match(0.9, 0.9)], false],
    ['no article', 'کی میرسه', [], false],
  ])('%s', (_, text, matches, sure) => expect(confidentMatch(text, matches, DEFAULT_SETTINGS) !== null).toBe(sure));
});

const HOUR = 3_600_000;
const NOW = HOUR / 2;

describe('answering alone', () => {
  const asked = (networkAt: number) => ({ message: { ...says('contact', 'کی میرسه'), networkAt }, askedAgain: false });
  const facts = (change: Partial<SendFacts> = {}, text = 'کی میرسه'): SendFacts => ({
    question: { message: says('contact', text), askedAgain: false },
    match: match(0.8, 0.2),
    article: { autoSend: true, answer: 'سه روزه' },
    allowance: { mayReply: true, amongMachines: false, textLimit: { max: 13, unit: 'utf8_bytes' } },
    settings: DEFAULT_SETTINGS,
    brake: DEFAULT_BRAKE,
    answeredAt: [],
    ...change,
  });
  const allowance = facts().allowance;
  const letters = { ...allowance, amongMachines: true };

  it.each<[string, SendFacts, boolean]>([
    ['all speaks for it', facts(), true],
    ['Persian in Latin letters', facts({}, 'key mirese be dastam'), true],
    ['the article is not to be sent', facts({ article: { autoSend: false, answer: 'سه روزه' } }), false],
    ['the channel does not let it', facts({ allowance: { ...allowance, mayReply: false } }), false],
    ['sure enough to suggest only', facts({ match: match(0.69, 0.3) }), false],
    ['the customer asks again', facts({ question: { message: says('contact'), askedAgain: true } }), false],
    ['the customer wants a person', facts({}, 'لطفا کارشناس جواب بده'), false],
    [
      'the customer wants a person, in English',
      facts({ match: { ...match(0.8, 0.2), locale: 'en' } }, 'A human please'),
      false,
    ],
    ['asked hours ago', facts({ question: asked(NOW - 20 * HOUR) }), false],
    ['asked an hour ago', facts({ question: asked(NOW - HOUR) }), true],
    ['another answer this hour', facts({ answeredAt: [NOW - HOUR + 1], allowance: letters }), false],
    ['another answer this hour, in a chat', facts({ answeredAt: [NOW - HOUR + 1] }), true],
    ['another answer before that', facts({ answeredAt: [NOW - HOUR], allowance: letters }), true],
    ['asked in the other language', facts({}, 'when will it arrive'), false],
    ['one byte too long', facts({ allowance: { ...allowance, textLimit: { max: 12, unit: 'utf8_bytes' } } }), false],
  ])('%s', (_, given, alone) => expect(mayAnswerAlone(given, NOW)).toBe(alone));
});

describe('whether a reply uses the answer', () => {
  const answer = 'هزینه ارسال ۴۵ تا ۹۰ هزار تومان است.';
  it.each([
    ['word for word', answer, true],
    ['another keyboard and digits', 'هزينه ارسال 45 تا 90 هزار تومان است', true],
    ['with a greeting and a wish', `سلام مریم جان 🌸 ${answer} روز خوبی داشته باشید`, true],
    ['only a part', 'هزینه ارسال ۴۵', false],
    ['something else', 'الان بررسی می‌کنم', false],
    ['a longer word at its end', 'هزینه ارسال ۴۵ تا ۹۰ هزار تومان استان', false],
  ])('%s', (_, reply, used) => expect(usesAnswer(reply, answer)).toBe(used));

  it('wants a short answer to be the whole reply', () => {
    expect(usesAnswer('بله.', 'بله')).toBe(true);
    expect(usesAnswer('بله ولی بررسی می‌کنم', 'بله')).toBe(false);
    expect(usesAnswer('hello', '؟')).toBe(false);
  });
});
