import { type Condition, conditionProblems, contained, judge } from './conditions';

const FACTS = {
  status: 'open',
  priority: 'high',
  tags: ['refund', 'vip'],
  teamId: null,
  language: 'fa',
  text: 'سلام، كی مي‌رسه؟ سفارش ۱۲۳۴ 😡 Two gifts please',
  hasAttachments: false,
  insideBusinessHours: true,
  'fields.size': 42,
  'fields.colours': ['red', 'blue'],
  'event.to': 'open',
};

const lookFor = (many: number) => ({
  field: 'text',
  op: 'contains_any',
  value: Array.from({ length: many }, (_, i) => `word ${i}`),
});

const holds = (condition: Condition) => judge(condition, FACTS).holds;

it.each<[string, Condition, boolean]>([
  ['nothing asked', { all: [] }, true],
  ['is', { field: 'status', op: 'is', value: 'open' }, true],
  ['is, whatever the case', { field: 'status', op: 'is', value: 'OPEN' }, true],
  ['is not', { field: 'status', op: 'is_not', value: 'open' }, false],
  ['in', { field: 'status', op: 'in', value: ['new', 'open'] }, true],
  ['not in', { field: 'status', op: 'not_in', value: ['new', 'open'] }, false],
  ['nobody', { field: 'teamId', op: 'is', value: null }, true],
  ['nobody, as empty', { field: 'teamId', op: 'is_empty' }, true],
  ['a field nobody set is empty', { field: 'fields.unset', op: 'is_empty' }, true],
  ['at least a priority', { field: 'priority', op: 'at_least', value: 'high' }, true],
  ['at least a higher one', { field: 'priority', op: 'at_least', value: 'urgent' }, false],
  ['at most a priority', { field: 'priority', op: 'at_most', value: 'normal' }, false],
  ['any tag', { field: 'tags', op: 'contains_any', value: ['vip', 'spam'] }, true],
  ['all tags', { field: 'tags', op: 'contains_all', value: ['vip', 'spam'] }, false],
  ['none of the tags', { field: 'tags', op: 'contains_none', value: ['spam'] }, true],
  ['a number at least', { field: 'fields.size', op: 'at_least', value: 40 }, true],
  ['a number at most', { field: 'fields.size', op: 'at_most', value: 40 }, false],
  ['a choice among several', { field: 'fields.colours', op: 'contains_any', value: ['blue'] }, true],
  ['a flag', { field: 'insideBusinessHours', op: 'is', value: false }, false],
  ['what the event says', { field: 'event.to', op: 'is', value: 'open' }, true],
  [
    'both',
    {
      all: [
        { field: 'status', op: 'is', value: 'open' },
        { field: 'language', op: 'is', value: 'en' },
      ],
    },
    false,
  ],
  [
    'one of both',
    {
      any: [
        { field: 'status', op: 'is', value: 'open' },
        { field: 'language', op: 'is', value: 'en' },
      ],
    },
    true,
  ],
  [
    'neither',
    {
      not: {
        any: [
          { field: 'status', op: 'is', value: 'new' },
          { field: 'language', op: 'is', value: 'en' },
        ],
      },
    },
    true,
  ],
  ['a size that is compared with a word', { field: 'status', op: 'at_least', value: 3 }, false],
])('%s', (_, condition, expected) => expect(holds(condition)).toBe(expected));

it.each([
  ['Arabic letters for Persian ones', 'کی می رسه', true],
  ['digits of another keyboard', '1234', true],
  ['a half space for a space', 'می‌رسه', true],
  ['a word, not a part of one', 'gift', false],
  ['the beginning of a word', 'gift*', true],
  ['whatever the case', 'PLEASE', true],
  ['an emoji', '😡', true],
  ['another emoji', '😀', false],
  ['a phrase over a full stop', 'رسه سفارش', true],
  ['nothing', '', false],
  ['a pattern is only text', '.*', false],
])('the text contains: %s', (_, term, found) => expect(contained([term], FACTS.text)).toEqual(found ? [term] : []));

it('shows what it saw, and never the text', () => {
  const { answers } = judge(
    {
      all: [
        { field: 'text', op: 'contains_any', value: ['سفارش', 'refund'] },
        { field: 'status', op: 'is', value: 'new' },
      ],
    },
    FACTS,
  );
  expect(answers).toEqual([
    { field: 'text', op: 'contains_any', value: ['سفارش', 'refund'], seen: ['سفارش'], holds: true },
    { field: 'status', op: 'is', value: 'new', seen: 'open', holds: false },
  ]);
  expect(JSON.stringify(judge({ field: 'text', op: 'is_not_empty' }, FACTS))).not.toContain('سلام');
});

it('reads a very long text in no time worth telling', () => {
  const text = `${'a '.repeat(500_000)}refund`;
  expect(contained(['refund*', 'a b c d'], text)).toEqual(['refund*']);
  expect(judge({ field: 'text', op: 'contains_any', value: ['refund'] }, { text }).holds).toBe(false); // far below the fold
});

const deep = (n: number): unknown => (n === 0 ? { field: 'status', op: 'is', value: 'new' } : { all: [deep(n - 1)] });

it.each<[string, unknown, string | null]>([
  ['a question', { field: 'status', op: 'is', value: 'new' }, null],
  ['a tree', { any: [{ not: { field: 'tags', op: 'is_empty' } }] }, null],
  ['nothing asked', { all: [] }, null],
  ['no object', 'status', 'c'],
  ['a list', [], 'c'],
  ['an unknown field', { field: 'mood', op: 'is', value: 'sad' }, 'c.field'],
  ['a field of every object', { field: 'constructor', op: 'is', value: 'x' }, 'c.field'],
  ['a field key with a path in it', { field: 'fields.a.b', op: 'is', value: 'x' }, 'c.field'],
  ['an operator of another kind of field', { field: 'status', op: 'contains_any', value: ['x'] }, 'c.op'],
  ['an unknown operator', { field: 'text', op: 'matches', value: '(a+)+$' }, 'c.op'],
  ['a list where one is meant', { field: 'status', op: 'is', value: ['new'] }, 'c.value'],
  ['one where a list is meant', { field: 'status', op: 'in', value: 'new' }, 'c.value'],
  ['an empty list', { field: 'text', op: 'contains_any', value: [] }, 'c.value'],
  ['a word of spaces', { field: 'text', op: 'contains_any', value: ['  '] }, 'c.value'],
  ['no id', { field: 'teamId', op: 'is', value: 'support' }, 'c.value'],
  ['nobody', { field: 'assigneeId', op: 'is', value: null }, null],
  ['a flag that is a word', { field: 'firstMessage', op: 'is', value: 'yes' }, 'c.value'],
  ['a value where none belongs', { field: 'tags', op: 'is_empty', value: true }, 'c.value'],
  ['something else in a question', { field: 'status', op: 'is', value: 'new', also: 1 }, 'c.also'],
  ['two joints at once', { all: [], any: [] }, 'c'],
  ['any of nothing', { any: [] }, 'c.any'],
  ['too deep', deep(7), 'c.all.0.all.0.all.0.all.0.all.0.all.0'],
  ['too many', { all: Array.from({ length: 61 }, () => deep(0)) }, 'c.all'],
  ['too much looked for', { all: Array.from({ length: 6 }, () => lookFor(200)) }, 'c'],
  ['much looked for', { all: Array.from({ length: 5 }, () => lookFor(200)) }, null],
  ['a problem far inside', { all: [{ not: { field: 'status', op: 'is' } }] }, 'c.all.0.not.value'],
])('as sent: %s', (_, given, path) => expect(conditionProblems(given, 'c')[0]?.path ?? null).toBe(path));

it('looks for the same words in one text after another', () => {
  const terms = ['سفارش', 'gift*', '😡'];
  const texts = ['سفارش من', 'two gifts', 'سفارش من', '😡 gift', ''];
  expect(texts.map((text) => contained(terms, text))).toEqual([['سفارش'], ['gift*'], ['سفارش'], ['gift*', '😡'], []]);
});
