import { lateAtLeast } from './bound';
import { type Day, drawDay, MINUTE, type Work } from './day';
import { Desk } from './desk';
import { type ScenarioResult, simulate } from './measure';
import { POLICIES } from './policies';
import { scenarioOf, shipped } from './scenario';

const SEEDS = [1];

describe('the shipped days', () => {
  let results: ScenarioResult[];
  beforeAll(() => {
    results = shipped().map((scenario) => simulate(scenario, SEEDS));
  });

  it('see fewer late than in turn, and no more than given to the least busy', () => {
    for (const { scenario, policies } of results) {
      const [ours, turns, busy] = ['pasokh', 'round robin', 'least busy'].map((name) => policies[name]!);
      expect({ scenario, fewer: ours!.lateShare <= turns!.lateShare }).toEqual({ scenario, fewer: true });
      expect({ scenario, fewer: ours!.vipLateShare <= turns!.vipLateShare }).toEqual({ scenario, fewer: true });
      expect({ scenario, fewer: ours!.lateShare <= busy!.lateShare }).toEqual({ scenario, fewer: true });
    }
  });

  it('have at most 70 % of the late tickets when there is too much to do', () => {
    expect(results.find(({ scenario }) => scenario === 'overload-110')!.ofRoundRobin).toBeLessThanOrEqual(0.7);
  });

  it('have nobody below what cannot be avoided', () => {
    for (const { policies, bound } of results) {
      for (const { lateShare, vipLateShare } of Object.values(policies)) {
        expect(lateShare).toBeGreaterThanOrEqual(bound.lateShare);
        expect(vipLateShare).toBeGreaterThanOrEqual(bound.vipLateShare);
      }
    }
  });
});

describe('a day', () => {
  const [calm] = shipped();

  it('is the same for the same seed and another for another', () => {
    expect(drawDay(calm!, 7)).toEqual(drawDay(calm!, 7));
    expect(drawDay(calm!, 8).work).not.toEqual(drawDay(calm!, 7).work);
  });

  it.each(Object.keys(POLICIES))('loses nothing and does no more work than there is under %s', (name) => {
    for (const scenario of shipped()) {
      const day = drawDay(scenario, 3);
      const { outcomes, shifts } = new Desk(day, POLICIES[name]!()).run();
      expect(outcomes.map(({ work }) => work)).toEqual(day.work);
      const answered = outcomes.filter(({ answeredAt }) => answeredAt !== null);
      expect(answered.every(({ work, answeredAt }) => answeredAt! >= work.at + work.workMs - 1)).toBe(true);
      const offered = outcomes.reduce((sum, { work }) => sum + work.workMs, 0);
      const done = answered.reduce((sum, { work }) => sum + work.workMs, 0);
      const worked = shifts.reduce((sum, { workedMs }) => sum + workedMs, 0);
      expect(worked).toBeGreaterThanOrEqual(done - 1);
      expect(worked).toBeLessThanOrEqual(offered + 1);
    }
  });
});

describe('what cannot be avoided', () => {
  const work = (id: string, at: number, due: number, minutes: number): Work => ({
    id,
    at: at * MINUTE,
    dueAt: due * MINUTE,
    workMs: minutes * MINUTE,
    workType: 'dm',
    weight: 1,
    needs: {},
    priority: 'normal',
    vip: false,
    knownBy: null,
  });
  const day = (...of: Work[]): Day => ({
    opens: 0,
    closes: 120 * MINUTE,
    work: of,
    people: [{ id: 'ada', skills: {}, capacity: 1, takes: null, here: [{ from: 0, to: 120 * MINUTE }], silent: [] }],
    expectedMs: { dm: MINUTE },
    concurrencyGain: 0,
  });
  it.each<[string, Day, number]>([
    ['nothing when all fits', day(work('a', 0, 30, 15), work('b', 0, 30, 15)), 0],
    ['one when two want the same half hour', day(work('a', 0, 30, 20), work('b', 0, 30, 20)), 1],
    ['the fewest: the long one gives way', day(work('a', 0, 30, 29), work('b', 0, 30, 10), work('c', 0, 30, 10)), 1],
    ['what takes longer than it may', day(work('a', 0, 30, 31)), 1],
    [
      'stretches add up',
      day(work('a', 0, 30, 20), work('b', 0, 30, 20), work('c', 60, 90, 20), work('d', 60, 90, 20)),
      2,
    ],
    ['nothing that is due after the day', day(work('a', 110, 130, 60)), 0],
  ])('is %s', (_, lived, expected) => {
    expect(lateAtLeast(lived)).toBe(expected);
  });
});

it('says what is wrong with a scenario', () => {
  expect(() => scenarioOf({ name: 'x', opens: '8:00' }, 'mine.json')).toThrow(
    /mine\.json is no scenario: .*opens.*kinds/,
  );
});
