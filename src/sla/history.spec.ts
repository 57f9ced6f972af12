import type { Clock, ClockContext, Fact } from './facts';
import { inTurn, isOutOfTurn } from './history';
import { defaultPolicy } from './policy';
import { advance } from './ticket-clocks';

const T0 = Date.parse('2026-03-21T10:00:00Z');
const minute = (n: number) => new Date(T0 + n * 60_000);
const policy = defaultPolicy('01900000-0000-7000-8000-000000000001');
let made = 0;
const context: ClockContext = {
  described: {
    channelKind: 'instagram',
    threadKind: 'dm',
    brandId: 'harbour',
    tier: null,
    language: 'fa',
    priority: 'normal',
    tags: [],
    teamId: null,
  },
  policyFor: () => policy,
  policyById: () => policy,
  calendarOf: () => null,
  calendarById: () => null,
  newId: () => `clock-${++made}`,
};

const wrote = (position: number, at: number, messageId = `c${at}`): Fact => ({
  position,
  type: 'customer_wrote',
  startedAt: minute(at),
  messageId,
});
const elsewhere = (position: number, at: number): Fact => ({
  position,
  type: 'answered',
  by: 'agent',
  at: minute(at),
  elsewhere: true,
});
const replied = (position: number, at: number): Fact => ({ position, type: 'answered', by: 'agent', at: minute(at) });
const solved = (position: number, at: number): Fact => ({
  position,
  type: 'status_changed',
  from: 'open',
  to: 'solved',
  byAgent: true,
  at: minute(at),
});
const gone = (position: number, at: number, messageId: string): Fact => ({
  position,
  type: 'taken_back',
  messageId,
  at: minute(at),
});

const since = (date: Date | null) => (date === null ? null : (date.getTime() - T0) / 60_000);
const endOf = ({ metAt, cancelledAt }: Clock) => since(metAt ?? cancelledAt) ?? Infinity;
/** Kind, start, due, end and why, by end. */
const show = (clocks: readonly Clock[]) =>
  clocks
    .filter(({ endedWhy }) => endedWhy !== 'taken_back')
    .toSorted((a, b) => endOf(a) - endOf(b))
    .map((c) => [c.kind, since(c.startedAt), since(c.dueAt), since(c.metAt ?? c.cancelledAt), c.endedWhy]);

/** As the subscriber does: new facts at the end where that is their place, everything again where it is not. */
function lead(clocks: readonly Clock[], facts: readonly Fact[], known: readonly Fact[], late: boolean): Clock[] {
  return advance(clocks, facts, context, late || isOutOfTurn(clocks, facts) ? known : undefined);
}
const whole = (facts: Fact[]) => advance([], facts, context, facts);

describe('what the customer waits for', () => {
  it.each<[string, Fact[], unknown[]]>([
    [
      'is answered by what was written after it, though it came before',
      [elsewhere(1, 5), wrote(2, 0)],
      [['first_response', 0, 60, 5, 'answered']],
    ],
    [
      'within the same instant a question is before its answer',
      [elsewhere(1, 5), wrote(2, 5)],
      [['first_response', 5, 65, 5, 'answered']],
    ],
    [
      'is one wait however its words came',
      [wrote(1, 7), wrote(2, 3), elsewhere(3, 9), wrote(4, 5)],
      [['first_response', 3, 63, 9, 'answered']],
    ],
    [
      'is two waits when an answer between them comes last',
      [wrote(1, 0), wrote(2, 8), elsewhere(3, 5)],
      [
        ['first_response', 0, 60, 5, 'answered'],
        ['next_response', 8, 128, null, null],
      ],
    ],
    [
      'is not answered by a reply that had not seen it',
      [wrote(1, 0), replied(2, 9), wrote(3, 8)],
      [
        ['first_response', 0, 60, 9, 'answered'],
        ['next_response', 8, 128, null, null],
      ],
    ],
    [
      'is answered by another tool’s word after that reply',
      [wrote(1, 0), replied(2, 9), elsewhere(3, 12), wrote(4, 8)],
      [
        ['first_response', 0, 60, 9, 'answered'],
        ['next_response', 8, 128, 12, 'answered'],
      ],
    ],
    [
      'was answered before it was solved, as we learn afterwards',
      [wrote(1, 0), solved(2, 9), elsewhere(3, 5)],
      [['first_response', 0, 60, 5, 'answered']],
    ],
    ['is nothing when it was taken back', [wrote(1, 0, 'a'), gone(2, 4, 'a')], []],
    [
      'is the next word when the first was taken back',
      [wrote(1, 0, 'a'), wrote(2, 3), gone(3, 4, 'a')],
      [['first_response', 3, 63, null, null]],
    ],
    [
      'stays answered when it is taken back after our reply',
      [wrote(1, 0, 'a'), replied(2, 3), gone(3, 4, 'a')],
      [['first_response', 0, 60, 3, 'answered']],
    ],
  ])('%s', (_, facts, expected) => {
    expect(show(whole(facts))).toEqual(expected);
    const oneByOne = facts.reduce<Clock[]>(
      (clocks, fact, i) => lead(clocks, [fact], facts.slice(0, i + 1), isLate(facts.slice(0, i), fact)),
      [],
    );
    expect(show(oneByOne)).toEqual(expected);
  });

  it('keeps a clock’s id, and ends the clock of a word that is gone', () => {
    const first = advance([], [wrote(1, 0, 'a')], context);
    const facts = [wrote(1, 0, 'a'), gone(2, 4, 'a')];
    const after = advance(first, facts.slice(1), context, facts);
    expect(after).toMatchObject([{ id: first[0]!.id, cancelledAt: minute(4), endedWhy: 'taken_back' }]);
    const answered = [wrote(1, 8), elsewhere(2, 9), wrote(3, 0)];
    const before = advance([], answered.slice(0, 2), context);
    expect(advance(before, answered.slice(2), context, answered)).toMatchObject([
      { id: before[0]!.id, startedAt: minute(0), metAt: minute(9) },
    ]);
  });

  it('leaves a wait as it was that nothing changed about, whatever the policy is now', () => {
    const facts = [wrote(1, 0), elsewhere(2, 5), wrote(3, 20), wrote(4, 10)];
    const before = advance([], facts.slice(0, 3), context);
    const slower = { ...policy, version: 2, firstResponseMs: { ...policy.firstResponseMs, normal: 1 } };
    const after = advance(before, facts.slice(3), { ...context, policyFor: () => slower }, facts);
    expect(after.find(({ kind }) => kind === 'first_response')).toMatchObject({ dueAt: minute(60), policyVersion: 1 });
    expect(after.find(({ kind }) => kind === 'next_response')).toMatchObject({ startedAt: minute(10) });
  });
});

it('words stand by their own time, between what was done here before and after they were known', () => {
  const facts = [wrote(1, 0), replied(2, 9), elsewhere(3, 20), wrote(4, 8), elsewhere(5, 4), wrote(6, 21)];
  expect(inTurn(facts).map(({ position }) => position)).toEqual([1, 5, 2, 4, 3, 6]);
});

/** Whether something newer of the thread, or its answer, was known: what intake tells with a word. */
function isLate(known: readonly Fact[], fact: Fact): boolean {
  const at = timeOf(fact);
  const isWord = (f: Fact) => f.type === 'customer_wrote' || f.type === 'answered';
  return (
    isWord(fact) &&
    known.some(
      (f) =>
        isWord(f) && (timeOf(f) > at || (fact.type === 'customer_wrote' && f.type === 'answered' && timeOf(f) >= at)),
    )
  );
}
const timeOf = (fact: Fact): number =>
  fact.type === 'customer_wrote' ? fact.startedAt.getTime() : 'at' in fact ? fact.at.getTime() : 0;

interface Word {
  at: number;
  by: 'customer' | 'elsewhere';
  /** Between which of our acts it became known at the earliest: a question stays there, an answer may be later. */
  slot: number;
  /** Taken back, while the same acts were known. */
  gone: boolean;
}
/** What was written, and what was done here at which minute. */
interface Story {
  words: Word[];
  acts: { at: number; does: 'replied' | 'solved' }[];
}

function randomOf(seed: number) {
  let state = Math.imul(seed, 2_654_435_761) >>> 0;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

function storyOf(seed: number): Story {
  const random = randomOf(seed);
  const acts: Story['acts'] = [];
  const words: Word[] = [];
  const length = 3 + Math.floor(random() * 9);
  for (let i = 0, now = 0; i < length; i++) {
    now += Math.floor(random() * 4);
    const dice = random();
    if (dice < 0.25) acts.push({ at: (now += 1), does: random() < 0.7 ? 'replied' : 'solved' });
    else if (dice < 0.5) words.push({ at: now + 0.5, by: 'elsewhere', slot: acts.length, gone: false });
    else {
      // an act may come between its writing and our knowing it
      const knownLate = random() < 0.3;
      words.push({ at: now + 0.5, by: 'customer', slot: acts.length, gone: random() < 0.2 });
      if (knownLate) {
        acts.push({ at: (now += 1), does: 'replied' });
        words.at(-1)!.slot = acts.length;
      }
    }
  }
  return { words, acts };
}

/** One order in which a story may have become known. */
function arrival({ words, acts }: Story, random: () => number): Fact[] {
  const slots: ((position: number) => Fact)[][] = Array.from({ length: acts.length + 1 }, () => []);
  for (const [i, word] of words.entries()) {
    const { at, by, slot } = word;
    const messageId = `m${i}`;
    if (by === 'elsewhere') {
      const later = slot + Math.floor(random() * (slots.length - slot));
      slots[later]!.push((position) => elsewhere(position, at));
    } else if (!word.gone) slots[slot]!.push((position) => wrote(position, at, messageId));
    else if (random() < 0.5) {
      // gone before it came: it never asks for work; otherwise it is taken back later, before anything else is done
      const here = slots[slot]!;
      here.push((position) => wrote(position, at, messageId));
      here.push((position) => gone(position, at + 1, messageId));
    }
  }
  const makes = slots.flatMap((slot, i) => {
    const mixed = slot.map((make) => ({ make, by: random() })).toSorted((a, b) => a.by - b.by);
    const act = acts[i];
    return [
      ...mixed.map(({ make }) => make),
      ...(act ? [(p: number) => (act.does === 'replied' ? replied(p, act.at) : solved(p, act.at))] : []),
    ];
  });
  const facts = makes.map((make, i) => make(i + 1));
  // a message is there before it is taken back
  return facts
    .map((fact) => {
      if (fact.type !== 'taken_back' && fact.type !== 'customer_wrote') return fact;
      const [first, second] = facts
        .filter((f) => (f.type === 'taken_back' || f.type === 'customer_wrote') && f.messageId === fact.messageId)
        .map(({ position }) => position);
      if (second === undefined) return fact;
      return { ...fact, position: fact.type === 'customer_wrote' ? first! : second };
    })
    .toSorted((a, b) => a.position - b.position);
}

/** By the rule itself, word for word: what answered each, or set it aside; those with one end are one wait. */
function expected({ words, acts }: Story): unknown[] {
  const ends = new Map<number, { start: number; why: string | null }>();
  for (const call of words) {
    if (call.by !== 'customer' || call.gone) continue;
    const answers = words
      .filter((w) => w.by === 'elsewhere' && w.at >= call.at)
      .map(({ at }) => ({ at, why: 'answered' }));
    const here = acts.slice(call.slot).map(({ at, does }) => ({ at, why: does === 'replied' ? 'answered' : 'solved' }));
    const end = [...answers, ...here].toSorted((a, b) => a.at - b.at)[0] ?? { at: Infinity, why: null };
    const start = Math.min(call.at, ends.get(end.at)?.start ?? Infinity);
    ends.set(end.at, { start, why: end.why });
  }
  return [...ends]
    .toSorted(([a], [b]) => a - b)
    .map(([end, { start, why }], i) => [
      i === 0 ? 'first_response' : 'next_response',
      start,
      start + (i === 0 ? 60 : 120),
      end === Infinity ? null : end,
      why,
    ]);
}

describe('in whatever order and batches a story becomes known', () => {
  it.each(Array.from({ length: 400 }, (_, i) => i + 1))('the waits are those of the rule, story %i', (seed) => {
    const story = storyOf(seed);
    for (let order = 1; order <= 12; order++) {
      const random = randomOf(seed * 1_000 + order);
      const facts = arrival(story, random);
      let clocks: Clock[] = [];
      for (let from = 0; from < facts.length;) {
        const to = Math.min(facts.length, from + 1 + Math.floor(random() * 3));
        const ahead = random() < 0.3 ? facts.length : to; // a reader that is behind sees what came since
        const late = facts.slice(from, to).some((fact, i) => isLate(facts.slice(0, from + i), fact));
        clocks = lead(clocks, facts.slice(from, ahead), facts.slice(0, ahead), late);
        expect(clocks.filter(({ metAt, cancelledAt }) => !metAt && !cancelledAt).length).toBeLessThanOrEqual(1);
        from = to;
      }
      expect({ order, waits: show(clocks) }).toEqual({ order, waits: expected(story) });
    }
  });
});
