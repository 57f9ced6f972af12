import { type Pace, playScenario } from './runner';
import { actOf, readScenario, type ScenarioNetwork, type Step } from './scenario';

/** A small network: people say things, and the shop has answered some of them. */
class Chat {
  readonly said: unknown[] = [];

  say(argument: { by: string; text: string }): { id: string; copy: { id: number } } {
    this.said.push(argument);
    return { id: `m${this.said.length}`, copy: { id: this.said.length } };
  }

  async react(argument: object): Promise<void> {
    await Promise.resolve();
    this.said.push(argument);
  }

  fail(): void {
    throw new Error('The network fell over.');
  }
}

function chat() {
  const act = new Chat();
  const rules: unknown[] = [];
  const answers = new Map<string, { id: string }[]>();
  const network: ScenarioNetwork = {
    act,
    faults: { add: (rule) => rules.push(rule) },
    answers: (by) => answers.get(by) ?? [],
  };
  return { networks: { chat: network, mail: { act: { send: () => null } } }, said: act.said, rules, answers };
}

/** Time that passes as soon as somebody waits for it, in the right order. */
class Hours implements Pace {
  now = 0;
  private readonly alarms: { at: number; ring: () => void }[] = [];
  private winding = false;

  /** @param wake what else happens at which second */
  constructor(private readonly wake: Readonly<Record<number, () => void>> = {}) {
    for (const [at, happens] of Object.entries(this.wake)) this.alarms.push({ at: Number(at), ring: happens });
  }

  wait(seconds: number): Promise<void> {
    const rung = new Promise<void>((ring) => this.alarms.push({ at: this.now + seconds, ring }));
    this.wind();
    return rung;
  }

  async until(look: () => boolean): Promise<void> {
    for (let second = 0; second < 20 && !look(); second++) await this.wait(1);
  }

  private wind(): void {
    if (this.winding) return;
    this.winding = true;
    setImmediate(() => {
      this.winding = false;
      this.alarms.sort((a, b) => a.at - b.at);
      const next = this.alarms.shift();
      if (!next) return;
      this.now = next.at;
      next.ring();
      if (this.alarms.length > 0) this.wind();
    });
  }
}

const say = (at: number, text: string, more: object = {}) => ({
  at,
  network: 'chat',
  act: 'say',
  by: 'negar',
  text,
  ...more,
});

describe('reading a scenario', () => {
  const problemsOf = (...steps: unknown[]) => {
    try {
      readScenario(steps, chat().networks);
      return [];
    } catch (error) {
      return (error as Error).message.split('\n  ').slice(1);
    }
  };

  it('takes steps as they are written, and what is not a field of a step is the argument', () => {
    expect(readScenario([say(3, 'سلام', { as: 'hello', once: true })], chat().networks)).toEqual<Step[]>([
      {
        at: 3,
        network: 'chat',
        does: { act: 'say', argument: { by: 'negar', text: 'سلام' } },
        as: 'hello',
        onceAnswered: false,
        once: true,
      },
    ]);
  });

  it.each<[string, unknown, string]>([
    ['no object', 'dm', 'Step 1: it must be an object.'],
    ['no time', { ...say(0, 'x'), at: '5' }, 'Step 1: "at" must be a number of seconds, 0 or more.'],
    ['a time before the beginning', say(-1, 'x'), 'Step 1: "at" must be a number of seconds, 0 or more.'],
    ['an unknown network', { ...say(0, 'x'), network: 'pigeon' }, 'Step 1: "network" must be one of chat, mail.'],
    ['what every object has', { ...say(0, 'x'), network: 'toString' }, 'Step 1: "network" must be one of chat, mail.'],
    ['an unknown act', { ...say(0, 'x'), act: 'sing' }, 'Step 1: chat has no act "sing".'],
    ['an act every object has', { ...say(0, 'x'), act: 'valueOf' }, 'Step 1: chat has no act "valueOf".'],
    ['the constructor', { ...say(0, 'x'), act: 'constructor' }, 'Step 1: chat has no act "constructor".'],
    ['neither act nor fault', { at: 0, network: 'chat' }, 'Step 1: it needs either "act" or "fault".'],
    ['both', { ...say(0, 'x'), fault: { when: 'before' } }, 'Step 1: it needs either "act" or "fault".'],
    [
      'a fault without its time',
      { at: 0, network: 'chat', fault: {} },
      'Step 1: a fault says "when": "before" or "after" the call took effect.',
    ],
    [
      'a fault of a network without any',
      { at: 0, network: 'mail', fault: { when: 'after' } },
      'Step 1: mail takes no such "fault".',
    ],
    [
      'a fault with an argument',
      { at: 0, network: 'chat', fault: { when: 'after' }, by: 'a' },
      'Step 1: "by" is no field of a fault\'s step.',
    ],
    ['an unknown name', say(0, '$nobody.id'), 'Step 1: no earlier step is called "nobody".'],
    ['an answer nobody waits for', say(0, '$answer.id'), 'Step 1: "$answer" needs "onceAnswered".'],
    [
      'a wrong name',
      say(0, 'x', { as: 'a b' }),
      'Step 1: "as" must be a name of letters, digits and underscores, and not "answer".',
    ],
    ['a flag that is none', say(0, 'x', { once: 'yes' }), 'Step 1: "once" must be true or false.'],
    [
      'waiting where nobody tells of answers',
      { at: 0, network: 'mail', act: 'send', by: 'a', onceAnswered: true },
      'Step 1: "onceAnswered" needs "by", and a network that tells who was answered.',
    ],
  ])('refuses %s', (_, step, problem) => expect(problemsOf(step)).toEqual([problem]));

  it('names every wrong step, and a name given twice', () => {
    const steps = [say(0, 'x', { as: 'a' }), say(1, 'y', { as: 'a' }), { ...say(2, 'z'), act: 'sing' }];
    expect(problemsOf(...steps)).toEqual([
      'Step 2: an earlier step is called "a" already.',
      'Step 3: chat has no act "sing".',
    ]);
  });

  it('refuses what is no list', () => expect(() => readScenario({}, {})).toThrow('A scenario is a list of steps.'));

  it('calls an act as its owner, wherever that has it from', () => {
    const act = new Chat();
    expect(actOf({ act }, 'say')!({ by: 'a', text: 'b' })).toEqual({ id: 'm1', copy: { id: 1 } });
    expect(act.said).toHaveLength(1);
  });
});

describe('playing a scenario', () => {
  const read = (steps: object[], world: ReturnType<typeof chat>) => readScenario(steps, world.networks);

  it('lets things happen in their order in time, with what earlier steps gave', async () => {
    const world = chat();
    const steps = [
      say(5, 'second'),
      say(1, 'first', { as: 'first' }),
      {
        at: 6,
        network: 'chat',
        act: 'react',
        by: 'amir',
        on: { message: '$first.id', copy: '$first.copy', list: ['$first.copy.id'] },
      },
    ];
    const hours = new Hours();
    const order: number[] = [];
    await playScenario(read(steps, world), world.networks, hours, { told: ({ at }) => order.push(at) });
    expect(order).toEqual([1, 5, 6]);
    expect(hours.now).toBe(6);
    expect(world.said).toEqual([
      { by: 'negar', text: 'first' },
      { by: 'negar', text: 'second' },
      { by: 'amir', on: { message: 'm1', copy: { id: 1 }, list: [1] } },
    ]);
  });

  it('waits for an answer to what the person said last, and hands it on', async () => {
    const world = chat();
    world.answers.set('negar', [{ id: 'to an older question' }]);
    const steps = [
      say(1, 'how much?'),
      { at: 2, network: 'chat', act: 'react', by: 'negar', to: '$answer.id', onceAnswered: true },
    ];
    const hours = new Hours({ 9: () => world.answers.get('negar')!.push({ id: '480' }) });
    await playScenario(read(steps, world), world.networks, hours);
    expect(world.said.at(-1)).toEqual({ by: 'negar', to: '480' });
    expect(hours.now).toBeGreaterThanOrEqual(9);
  });

  it('leaves out what waits in vain, and what needed it', async () => {
    const world = chat();
    const steps = [
      say(1, 'how much?'),
      say(2, 'thanks', { onceAnswered: true, as: 'thanks' }),
      { at: 3, network: 'chat', act: 'react', by: 'amir', to: '$thanks.id' },
      say(4, 'bye'),
    ];
    const heard: [number, boolean][] = [];
    const told = ({ at }: Step, tookPlace: boolean) => void heard.push([at, tookPlace]);
    await playScenario(read(steps, world), world.networks, new Hours(), { told });
    expect(heard.toSorted(([a], [b]) => a - b)).toEqual([
      [1, true],
      [2, false],
      [3, false],
      [4, true],
    ]);
    expect(world.said).toHaveLength(2);
  });

  it('adds faults, and plays again without what happens once, by other people', async () => {
    const world = chat();
    const fault = { path: '/messages$', when: 'before', answer: 503 };
    const steps = read(
      [{ at: 0, network: 'chat', fault }, say(1, 'hello'), say(2, 'my number changed', { once: true })],
      world,
    );
    await playScenario(steps, world.networks, new Hours());
    const cast = (network: string, person: string) => `${network}:${person}-2`;
    await playScenario(steps, world.networks, new Hours(), { again: true, cast });
    expect(world.rules).toEqual([fault, fault]);
    expect(world.said.slice(2)).toEqual([{ by: 'chat:negar-2', text: 'hello' }]);
  });

  it('ends with the first thing that goes wrong', async () => {
    const world = chat();
    const failing = read([{ at: 1, network: 'chat', act: 'fail' }, say(9, 'too late')], world);
    await expect(playScenario(failing, world.networks, new Hours())).rejects.toThrow('fell over');
    const astray = read([say(1, 'x', { as: 'x' }), { at: 2, network: 'chat', act: 'react', to: '$x.nothing' }], world);
    await expect(playScenario(astray, world.networks, new Hours())).rejects.toThrow('"$x.nothing" stands for nothing');
  });
});
