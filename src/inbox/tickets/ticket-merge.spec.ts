import { DomainError } from '../../platform/errors';
import type { Ticket, TicketStatus } from './ticket';
import { earlierOf, mustBeMergeable, statusAfterMerge } from './ticket-merge';

const ticket = (id: string, over: Partial<Ticket> = {}) =>
  ({ id, number: 1, status: 'open', contactId: 'omar', mergedIntoId: null, ...over }) as unknown as Ticket;

function isRefused(work: () => void): boolean {
  try {
    work();
    return false;
  } catch (error) {
    return error instanceof DomainError && error.code === 'conflict';
  }
}

it.each<[string, Partial<Ticket>, Partial<Ticket>, boolean]>([
  ['two of one person', {}, {}, true],
  ['a solved one into one under work', { status: 'solved' }, {}, true],
  ['one under work into a solved one', {}, { status: 'solved' }, true],
  ['a closed one', { status: 'closed' }, {}, false],
  ['into a closed one', {}, { status: 'closed' }, false],
  ['one that is merged', { mergedIntoId: 'c' }, {}, false],
  ['into one that is merged', {}, { mergedIntoId: 'c' }, false],
  ['of different people', { contactId: 'sara' }, {}, false],
])('%s', (_, from, into, fits) => {
  expect(isRefused(() => mustBeMergeable(ticket('b', from), ticket('a', into), false))).toBe(!fits);
});

it('lets different people be merged when that is meant, and nothing into itself', () => {
  expect(() => mustBeMergeable(ticket('b', { contactId: 'sara' }), ticket('a'), true)).not.toThrow();
  expect(() => mustBeMergeable(ticket('a'), ticket('a'), true)).toThrow(expect.objectContaining({ code: 'conflict' }));
});

it.each<[TicketStatus, TicketStatus, TicketStatus]>([
  ['pending', 'open', 'open'],
  ['on_hold', 'new', 'open'],
  ['new', 'open', 'new'],
  ['open', 'pending', 'open'],
  ['pending', 'on_hold', 'pending'],
  ['pending', 'solved', 'pending'],
  ['solved', 'solved', 'solved'],
  ['solved', 'open', 'open'],
  ['solved', 'new', 'open'],
  ['solved', 'pending', 'pending'],
])('%s, with one that is %s, is %s', (into, from, after) => expect(statusAfterMerge(into, from)).toBe(after));

it.each([
  [null, null, null],
  [new Date(1), null, new Date(1)],
  [null, new Date(2), new Date(2)],
  [new Date(1), new Date(2), new Date(1)],
  [new Date(3), new Date(2), new Date(2)],
])('of %j and %j waits since %j', (a, b, first) => expect(earlierOf(a, b)).toEqual(first));
