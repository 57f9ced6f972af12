import { actOf, ANSWER, filled, labelsIn, type ScenarioNetworks, type Step } from './scenario';

/** How time passes while a scenario is played. */
export interface Pace {
  /** Waits so many seconds of the scenario. */
  wait(seconds: number): Promise<void>;
  /** Waits until `look` sees it, for as long as this world has patience. */
  until(look: () => boolean): Promise<void>;
}

interface Options {
  /** Whether it was played before, so that `once` steps are passed over. */
  again?: boolean;
  /** Who stands in for a person of the script. */
  cast?: (network: string, person: string) => string;
  /** Hears of every step: that it took place, or was left out because what it waits for never came. */
  told?: (step: Step, tookPlace: boolean) => void;
}

interface Playing {
  networks: ScenarioNetworks;
  pace: Pace;
  /** What the steps gave that have a name; a step that was left out gave nothing. */
  results: Map<string, Promise<unknown>>;
  /** Answers each person had seen when they last did something. */
  seen: Map<string, number>;
  cast: (network: string, person: string) => string;
}

const LEFT = Symbol('left out');

/**
 * Plays the steps, each at its time. Steps do not wait for one another unless they name an earlier one's result or an
 * answer. Rejects with the first thing that goes wrong.
 */
export async function playScenario(
  steps: readonly Step[],
  networks: ScenarioNetworks,
  pace: Pace,
  { again = false, cast = (_network, person) => person, told = () => undefined }: Options = {},
): Promise<void> {
  const playing: Playing = { networks, pace, cast, results: new Map(), seen: new Map() };
  await Promise.all(
    steps
      .filter(({ once }) => !(again && once))
      .map(async (step) => {
        const result = play(step, playing);
        if (step.as !== undefined) playing.results.set(step.as, result);
        told(step, (await result) !== LEFT);
      }),
  );
}

async function play(step: Step, playing: Playing): Promise<unknown> {
  const network = playing.networks[step.network]!;
  await playing.pace.wait(step.at);
  if ('fault' in step.does) return network.faults!.add(step.does.fault as never);
  const { act, argument } = step.does;
  const results = new Map<string, unknown>();
  for (const label of labelsIn(argument)) {
    const result = label === ANSWER ? null : await playing.results.get(label);
    if (result === undefined || result === LEFT) return LEFT;
    results.set(label, result);
  }
  const person = argument['by'];
  const by = typeof person === 'string' ? playing.cast(step.network, person) : undefined;
  if (by !== undefined && network.answers) {
    const { seen, pace } = playing;
    const key = `${step.network} ${by}`;
    if (step.onceAnswered) {
      const before = seen.get(key) ?? 0;
      await pace.until(() => network.answers!(by).length > before);
      if (network.answers(by).length <= before) return LEFT;
    }
    const answers = network.answers(by);
    results.set(ANSWER, answers.at(-1));
    seen.set(key, answers.length);
  }
  const given = filled(argument, results) as Record<string, unknown>;
  return (await actOf(network, act)!(by === undefined ? given : { ...given, by })) ?? null;
}
