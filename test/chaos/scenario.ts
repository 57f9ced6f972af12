/** What a scenario is given: everything random comes from `random`, so a seed plays the same run again. */
export interface ScenarioContext {
  seed: number;
  random: () => number;
  /** The size that fits into CI. */
  cut: boolean;
  /** Progress, for people; never on stdout with --json. */
  say: (text: string) => void;
}

export interface ScenarioResult {
  /** Each line names an invariant that did not hold, with the evidence. Empty is good. */
  broken: string[];
  facts: Record<string, number | string>;
}

export interface Scenario {
  name: string;
  /** Number in the test programme (performance-reliability, C.3). */
  test: number;
  about: string;
  /** Too long for CI: runs when it is named, or without `--cut`. */
  long?: true;
  run(context: ScenarioContext): Promise<ScenarioResult>;
}

export const between = (random: () => number, from: number, to: number): number =>
  from + Math.floor(random() * (to - from + 1));

/** At most so many examples of one kind of break: the first say what is wrong. */
export const some = (lines: readonly string[], most = 5): string[] =>
  lines.length <= most ? [...lines] : [...lines.slice(0, most), `… and ${lines.length - most} more like these`];
