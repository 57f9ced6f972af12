import { ReceiptBook, type WrittenReceipt } from './receipt-book';

const receipt = (ruleId: string, position: number, changed: number): WrittenReceipt => ({
  id: `${ruleId}${position}`,
  rule: { id: ruleId, version: 1 },
  event: { position, type: 'message.received', at: new Date(0) },
  ticketId: 't',
  matched: [],
  at: new Date(0),
  stopped: null,
  chain: [],
  changed: Array.from({ length: changed }, (_, action) => ({ action, do: 'note', did: {} })),
  refused: [],
});

it('knows what was done before it, and what is done in it', () => {
  const book = new ReceiptBook({ answered: [['a', 1]], changes: [['a', 't', 29]], suspended: [['b', 't']] });
  expect(book.historyOf('a', 1, 't')).toBeNull();
  expect(book.historyOf('a', 2, 't')).toEqual({ changesLastHour: 29, suspended: false });
  book.write(receipt('a', 2, 2));
  book.write(receipt('a', 3, 0));
  expect(book.historyOf('a', 2, 't')).toBeNull();
  expect(book.historyOf('a', 4, 't')).toEqual({ changesLastHour: 30, suspended: false });
  expect(book.historyOf('a', 4, 'u')).toEqual({ changesLastHour: 0, suspended: false });
  expect(book.historyOf('b', 1, 't')).toMatchObject({ suspended: true });
  book.suspend('a', 't');
  expect(book.historyOf('a', 5, 't')).toMatchObject({ suspended: true });
  expect(book.receipts.map(({ id }) => id)).toEqual(['a2', 'a3']);
});
