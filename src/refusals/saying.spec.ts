import { Sayings } from './saying';

const sayings = new Sayings({
  merged: ['#$number is merged into #$number2 already.', 'تیکت #$number در #$number2 ادغام شده است.'],
  full: ['$name already has $load of $capacity in hand.', '$name هم‌اکنون $load از $capacity در دست دارد.'],
  status: ['This ticket is $status; reopen it.', 'این تیکت «$status» است.'],
  become: ['It can become $status, not $status2.', 'می‌تواند $status شود، نه $status2.'],
  size: ['A file may have $bytes bytes.', 'تا $bytes.'],
  choice: ['must be $choices', 'یکی از این‌ها باشد: $choices.'],
  choices: ['must be one of $choices', 'از این‌ها باشد: $choices.'],
  plain: ['Claim this call first.', 'نخست این تماس را بردارید.', 'Take this call first.'],
  token: ['The network refuses the token.', 'شبکه توکن را نمی‌پذیرد.'],
  reconnect: ['Reconnect the channel. Then try again.', 'کانال را دوباره وصل کنید و سپس باز تلاش کنید.'],
  doubt: ['Nobody knows: $said Look there.', 'معلوم نیست: $said آنجا را ببینید.'],
  code: ['The server said $code.', 'سرور گفت $code.'],
  literal: ['{{$variable}} is (not) known?', 'متغیر $variable شناخته نیست.'],
});

const fa = (sentence: string) => sayings.tell(sentence)?.words.fa;

it.each([
  ['numbers in Persian digits', '#12 is merged into #3 already.', 'تیکت #۱۲ در #۳ ادغام شده است.'],
  [
    'a name kept to itself',
    'Ada B. already has 2.5 of 3 in hand.',
    '\u2068Ada B.\u2069 هم‌اکنون ۲٫۵ از ۳ در دست دارد.',
  ],
  ['our own words translated', 'This ticket is on_hold; reopen it.', 'این تیکت «معلق» است.'],
  ['lists of them too', 'It can become open, solved, not new.', 'می‌تواند باز، حل‌شده شود، نه تازه.'],
  ['a word it does not know as it is', 'This ticket is odd; reopen it.', 'این تیکت «\u2068odd\u2069» است.'],
  ['a code as its network writes it', 'The server said 550.', 'سرور گفت \u2068550\u2069.'],
  ['bytes as people count them', 'A file may have 52428800 bytes.', 'تا ۵۰ مگابایت.'],
  ['the sentence that says more', 'must be one of a, b', 'از این‌ها باشد: \u2068a, b\u2069.'],
  ['the other one where it does not', 'must be a, b', 'یکی از این‌ها باشد: \u2068a, b\u2069.'],
  ['marks of patterns as themselves', '{{order}} is (not) known?', 'متغیر \u2068order\u2069 شناخته نیست.'],
  ['what is said of each entry', 'each value in Claim this call first.', 'هر مورد: نخست این تماس را بردارید.'],
])('tells %s', (_, sentence, told) => expect(fa(sentence)).toBe(told));

it('says in English what the source says, or what a form is told instead', () => {
  expect(sayings.tell('This ticket is closed; reopen it.')?.words.en).toBe('This ticket is closed; reopen it.');
  expect(sayings.tell('Claim this call first.')?.words.en).toBe('Take this call first.');
});

it('names the sentence and what stood in it', () =>
  expect(sayings.tell('#12 is merged into #3 already.')).toMatchObject({
    reason: 'merged',
    values: { number: '12', number2: '3' },
  }));

it.each([
  ['a sentence nobody wrote', 'Ninety-nine.'],
  ['one within another', 'He said: Claim this call first.'],
  ['one longer than any of ours', `must be ${'a'.repeat(5_000)}`],
])('does not know %s', (_, sentence) => expect(sayings.tell(sentence)).toBeUndefined());

it('does not take what stands in a value for an instruction', () =>
  expect(fa('$load already has 1 of 2 in hand.')).toBe('\u2068$load\u2069 هم‌اکنون ۱ از ۲ در دست دارد.'));

it.each([
  [
    'sentences one after the other',
    'Claim this call first. The network refuses the token.',
    'نخست این تماس را بردارید. شبکه توکن را نمی‌پذیرد.',
  ],
  [
    'two that are one entry',
    'The network refuses the token. Reconnect the channel. Then try again.',
    'شبکه توکن را نمی‌پذیرد. کانال را دوباره وصل کنید و سپس باز تلاش کنید.',
  ],
  [
    'what the network put in brackets, as it stands',
    'The network refuses the token. (Net 190: Expired. See (a).) Claim this call first.',
    'شبکه توکن را نمی‌پذیرد. \u2068(Net 190: Expired. See (a).)\u2069 نخست این تماس را بردارید.',
  ],
  [
    'what somebody else said beside it, once and whole',
    'The network refuses the token. Odd words. Odder ones.',
    'شبکه توکن را نمی‌پذیرد. پاسخ دریافتی: \u2068Odd words. Odder ones.\u2069',
  ],
  [
    'a report within a report',
    'Nobody knows: The network refuses the token. Look there.',
    'معلوم نیست: شبکه توکن را نمی‌پذیرد. آنجا را ببینید.',
  ],
  ['a foreign one within', 'Nobody knows: (#100) x Look there.', 'معلوم نیست: \u2068(#100) x\u2069 آنجا را ببینید.'],
  ['what is not ours at all', '550 5.1.1 User unknown', 'پاسخ دریافتی: \u2068550 5.1.1 User unknown\u2069'],
  ['nothing', '', 'پاسخ دریافتی: \u2068\u2069'],
])('reports %s', (_, report, told) => {
  expect(sayings.words(report).fa).toBe(told);
  expect(sayings.words(report).en).toBe(report.replace('Claim', 'Take'));
});

it.each([
  ['too long', 'Claim this call first. '.repeat(200)],
  ['too many sentences', 'A. '.repeat(60).trim()],
  ['brackets that never end', `${'('.repeat(900)} Claim. This.`],
])('quotes a report that is %s', (_, report) => expect(sayings.words(report).fa).toContain('پاسخ دریافتی'));
