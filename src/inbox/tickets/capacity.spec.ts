import { hasRoom, isFull, loadWith, USUAL_WEIGHTS, type Weights } from './capacity';

const hands = (load: number, capacity: number, weights: Weights = USUAL_WEIGHTS) => ({ load, capacity, weights });

describe('room', () => {
  it.each<[string, ReturnType<typeof hands>, string, boolean]>([
    ['for one more conversation', hands(4, 5), 'dm', true],
    ['not beyond capacity', hands(5, 5), 'dm', false],
    ['a conversation does not fit where a comment does', hands(4.5, 5), 'dm', false],
    ['a comment does', hands(4.5, 5), 'comment', true],
    ['a call needs empty hands', hands(0.5, 5), 'call', false],
    ['and finds them', hands(0, 5), 'call', true],
    ['nobody without capacity is called', hands(0, 0), 'call', false],
    ['beside a call there is room for nothing', hands(5, 5), 'comment', false],
    ['work of no known type weighs one', hands(4, 5), 'fax', true],
    ['ten tenths are one', hands(0.1 + 0.2 + 0.6, 1, { dm: 0.1 }), 'dm', true],
  ])('%s', (_, agent, workType, expected) => expect(hasRoom(agent, { workType })).toBe(expected));

  it('fills', () => {
    expect(loadWith(hands(2, 5), { workType: 'comment' })).toBe(2.5);
    expect(loadWith(hands(0, 5), { workType: 'call' })).toBe(5);
    expect(isFull(hands(0.1 * 3 + 0.7, 1))).toBe(true);
    expect(isFull(hands(4.5, 5))).toBe(false);
  });
});
