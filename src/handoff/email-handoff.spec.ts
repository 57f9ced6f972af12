import {
  type Choosable,
  firstMail,
  type FirstMailFacts,
  isOver,
  localeOf,
  problemWith,
  wasAskedIn,
} from './email-handoff';
import { composeFirstMail, localTime } from './first-mail';
import { allTexts, HANDOFF_TEXTS, textOf } from './texts';

const open: FirstMailFacts = {
  confirmed: true,
  hasText: true,
  hasSubject: false,
  includesPrivate: false,
  includesAny: false,
  identity: { required: false, checked: false },
};

describe('what the first mail may be', () => {
  it.each<[string, Partial<FirstMailFacts>, string]>([
    ['a text to a confirmed address', {}, 'whole'],
    ['history to a confirmed address', { hasText: false, includesAny: true, includesPrivate: true }, 'whole'],
    ['nothing at all to a confirmed address', { hasText: false }, 'empty'],
    ['nothing private to an unconfirmed address', { confirmed: false, hasText: false }, 'confirmation'],
    ['a text to an unconfirmed address', { confirmed: false }, 'address_unconfirmed'],
    [
      'a subject to an unconfirmed address',
      { confirmed: false, hasText: false, hasSubject: true },
      'address_unconfirmed',
    ],
    [
      'history to an unconfirmed address',
      { confirmed: false, hasText: false, includesAny: true, includesPrivate: true },
      'address_unconfirmed',
    ],
    [
      'public words to an unconfirmed address',
      { confirmed: false, hasText: false, includesAny: true },
      'address_unconfirmed',
    ],
    [
      'private history without the check that is required',
      { includesAny: true, includesPrivate: true, identity: { required: true, checked: false } },
      'identity_unverified',
    ],
    [
      'private history after the check',
      { includesAny: true, includesPrivate: true, identity: { required: true, checked: true } },
      'whole',
    ],
    [
      'public history where a check is required',
      { includesAny: true, identity: { required: true, checked: false } },
      'whole',
    ],
  ])('%s: %s', (_, facts, outcome) => {
    const mail = firstMail({ ...open, ...facts });
    expect('refusal' in mail ? mail.refusal.reason : mail.mail).toBe(outcome);
  });
});

describe('whose yes it is', () => {
  it.each([
    ['in the thread in which they were asked', 'offered', 'dm1', 'dm1', 'dm', true],
    ['in another private thread of theirs', 'offered', 'dm1', 'dm2', 'dm', false],
    ['under a post', 'offered', null, 'c1', 'comment', false],
    ['where nobody asked them', 'offered', null, 'dm1', 'dm', false],
    ['before there is an address', 'asked', null, 'dm1', 'dm', false],
  ] as const)('%s', (_, addressState, askedInConversationId, id, kind, asked) => {
    expect(wasAskedIn({ addressState, askedInConversationId }, { id, kind })).toBe(asked);
  });

  it.each([
    ['in time', '09:59:59', false],
    ['in the very moment', '10:00:00', true],
    ['late', '10:00:01', true],
  ])('what is said %s', (_, at, over) => {
    const expiresAt = new Date('2026-05-01T10:00:00Z');
    expect(isOver({ expiresAt }, new Date(`2026-05-01T${at}Z`))).toBe(over);
    expect(isOver({ expiresAt: null }, new Date(`2026-05-01T${at}Z`))).toBe(false);
  });
});

describe('what may be quoted', () => {
  const theirs: Choosable = {
    id: 'm',
    direction: 'in',
    visibility: 'private',
    authorKind: 'contact',
    authorId: 'omar',
    deleted: false,
  };
  it.each<[string, Choosable | undefined, string | null]>([
    ['the customer’s word', theirs, null],
    ['our answer', { ...theirs, direction: 'out', authorKind: 'agent', authorId: 'ada' }, null],
    ['a public answer', { ...theirs, direction: 'out', visibility: 'public', authorKind: 'bot' }, null],
    ['a note', { ...theirs, direction: 'note', visibility: 'internal', authorKind: 'agent' }, 'is a note'],
    ['another person’s comment', { ...theirs, authorId: 'sara' }, 'is another person’s word'],
    ['a deleted word', { ...theirs, deleted: true }, 'was deleted'],
    ['what is not there', undefined, 'is not a message of this ticket'],
  ])('%s: %s', (_, message, problem) => expect(problemWith(message, 'omar')).toBe(problem));
});

describe('the words of the first mail', () => {
  const at = new Date('2026-03-21T08:30:00Z');

  it('tells times by the customer’s calendar', () => {
    expect(localTime(at, 'fa', 'Asia/Tehran')).toBe('۱ فروردین ۱۴۰۵ ساعت ۱۲:۰۰');
    expect(localTime(at, 'en', 'Asia/Tehran')).toBe('21 March 2026 at 12:00');
  });

  it('quotes what was chosen in the order in which it was said', () => {
    const later = new Date(at.getTime() + 60_000);
    const words = composeFirstMail({
      greeting: 'Dear Omar,',
      text: 'Here is what we found.\n',
      history: [
        { direction: 'out', authorName: 'Ada', at: later, text: 'We look.', attachments: [] },
        { direction: 'in', authorName: null, at, text: 'Where is it?\nIt is late.', attachments: ['image'] },
      ],
      locale: 'en',
      timeZone: 'UTC',
    });
    expect(words).toBe(
      [
        'Dear Omar,',
        '',
        'Here is what we found.',
        '',
        'From the conversation before:',
        '',
        '> You — 21 March 2026 at 08:30',
        '> Where is it?',
        '> It is late.',
        '> [image]',
        '',
        '> Ada — 21 March 2026 at 08:31',
        '> We look.',
      ].join('\n'),
    );
  });
});

describe('prepared texts', () => {
  it('are there in both languages, and an address never stands in what is public', () => {
    for (const name of HANDOFF_TEXTS) for (const text of Object.values(allTexts({})[name])) expect(text).not.toBe('');
    for (const name of ['askPublic', 'publicClosing'] as const)
      for (const text of Object.values(allTexts({})[name])) expect(text).not.toContain('{address}');
  });

  it('are the workspace’s own where it has some', () => {
    expect(textOf({ greeting: { fa: '{name} جان' } }, 'greeting', 'fa', { name: 'نگار' })).toBe('نگار جان');
    expect(textOf({ greeting: { fa: '' } }, 'greeting', 'fa', { name: 'نگار' })).toBe('نگار عزیز، سلام.');
    expect(textOf({}, 'greeting', 'en')).toBe('Hello,');
    expect(textOf({}, 'confirmAddress', 'en', { address: '$&x@y.example' })).toContain('$&x@y.example');
  });
});

describe('the customer’s language', () => {
  it.each([
    [{ lastText: 'fingilish' as const, ticket: 'en', contact: 'en', workspace: 'en' }, 'fa'],
    [{ lastText: null, ticket: 'en', contact: 'fa', workspace: 'fa' }, 'en'],
    [{ lastText: null, ticket: null, contact: null, workspace: 'fa' }, 'fa'],
    [{ lastText: 'en' as const, ticket: 'fa', contact: 'fa', workspace: 'fa' }, 'en'],
  ])('%j is written to in %s', (known, locale) => expect(localeOf(known)).toBe(locale));
});
