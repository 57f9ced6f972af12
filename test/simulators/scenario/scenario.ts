/** Something a scenario lets happen: a person acts, or the network misbehaves. */
export interface Step {
  /** Seconds after the scenario begins. */
  at: number;
  network: string;
  /**
   * What happens, with its argument; strings like `$mention.id` in it stand for what an earlier step gave, `$answer.id`
   * for the answer it waited for.
   */
  does: { act: string; argument: Readonly<Record<string, unknown>> } | { fault: Readonly<Record<string, unknown>> };
  /** The name later steps call this one's result by. */
  as?: string;
  /** Waits until the person (`by`) has been answered since they last did something. */
  onceAnswered: boolean;
  /** Only when the scenario is played for the first time. */
  once: boolean;
}

/** What a scenario needs of a simulator. */
export interface ScenarioNetwork {
  /** Named methods of one plain-JSON argument. */
  act: object;
  faults?: { add(rule: never): unknown };
  /** The answers this person has seen, oldest first; each with its ids. */
  answers?(by: string): readonly object[];
}

export type ScenarioNetworks = Readonly<Record<string, ScenarioNetwork>>;

/** Stands for the answer that a step with `onceAnswered` waited for. */
export const ANSWER = 'answer';
const OWN_FIELDS = new Set(['at', 'network', 'act', 'fault', 'as', 'onceAnswered', 'once']);
const REFERENCE = /^\$([a-z]\w*)((?:\.\w+)*)$/i;

/**
 * Reads `[{"at": 3, "network": "whatsapp", "act": "dm", "by": "negar", "text": "…"}, …]`; what is not a field of a step
 * is the act's argument. A `fault` instead of an `act` is a rule for the simulator's API.
 * @throws Error naming every step that cannot be played, and why
 */
export function readScenario(value: unknown, networks: ScenarioNetworks): Step[] {
  if (!Array.isArray(value)) throw new Error('A scenario is a list of steps.');
  const problems: string[] = [];
  const named = new Set<string>();
  const steps = (value as unknown[]).flatMap((raw, index) => {
    const wrong = (problem: string) => void problems.push(`Step ${index + 1}: ${problem}`);
    const step = readStep(raw, networks, named, wrong);
    if (step?.as !== undefined) {
      if (named.has(step.as)) wrong(`an earlier step is called "${step.as}" already.`);
      named.add(step.as);
    }
    return step ? [step] : [];
  });
  if (problems.length > 0) throw new Error(`The scenario cannot be played.\n  ${problems.join('\n  ')}`);
  return steps;
}

function readStep(
  raw: unknown,
  networks: ScenarioNetworks,
  named: ReadonlySet<string>,
  wrong: (problem: string) => void,
): Step | undefined {
  if (!isRecord(raw)) return wrong('it must be an object.') as undefined;
  const { at, network: name, act, fault, as, onceAnswered = false, once = false } = raw;
  if (typeof at !== 'number' || !(at >= 0)) wrong('"at" must be a number of seconds, 0 or more.');
  if (as !== undefined && (typeof as !== 'string' || !/^[a-z]\w*$/i.test(as) || as === ANSWER))
    wrong(`"as" must be a name of letters, digits and underscores, and not "${ANSWER}".`);
  for (const [field, flag] of Object.entries({ onceAnswered, once }))
    if (typeof flag !== 'boolean') wrong(`"${field}" must be true or false.`);
  const network = typeof name === 'string' && Object.hasOwn(networks, name) ? networks[name] : undefined;
  if (!network) return wrong(`"network" must be one of ${Object.keys(networks).join(', ')}.`) as undefined;
  if ((act === undefined) === (fault === undefined)) return wrong('it needs either "act" or "fault".') as undefined;

  const argument = Object.fromEntries(Object.entries(raw).filter(([field]) => !OWN_FIELDS.has(field)));
  if (fault !== undefined) {
    if (!isRecord(fault) || !network.faults) return wrong(`${String(name)} takes no such "fault".`) as undefined;
    if (fault['when'] !== 'before' && fault['when'] !== 'after')
      wrong('a fault says "when": "before" or "after" the call took effect.');
    for (const field of Object.keys(argument)) wrong(`"${field}" is no field of a fault's step.`);
  } else if (typeof act !== 'string' || !actOf(network, act)) {
    wrong(`${String(name)} has no act "${String(act)}".`);
  }
  if (onceAnswered === true && (!network.answers || typeof argument['by'] !== 'string'))
    wrong('"onceAnswered" needs "by", and a network that tells who was answered.');
  for (const label of labelsIn(argument)) {
    if (label === ANSWER && onceAnswered !== true) wrong(`"$${ANSWER}" needs "onceAnswered".`);
    if (label !== ANSWER && !named.has(label)) wrong(`no earlier step is called "${label}".`);
  }
  return {
    at: Number(at),
    network: String(name),
    does: fault === undefined ? { act: String(act), argument } : { fault: fault as Record<string, unknown> },
    ...(typeof as === 'string' ? { as } : {}),
    onceAnswered: onceAnswered === true,
    once: once === true,
  };
}

/** The method of this name, wherever the simulator's `act` has it from; nothing that every object has. */
export function actOf({ act }: ScenarioNetwork, name: string): ((argument: unknown) => unknown) | undefined {
  if (name === 'constructor') return undefined;
  for (let owner: object | null = act; owner && owner !== Object.prototype; owner = prototypeOf(owner)) {
    const method: unknown = Object.getOwnPropertyDescriptor(owner, name)?.value;
    if (typeof method === 'function') return (argument) => (method as (given: unknown) => unknown).call(act, argument);
  }
  return undefined;
}

const prototypeOf = (value: object) => Object.getPrototypeOf(value) as object | null;

/** The names of earlier steps that an argument speaks of. */
export function labelsIn(value: unknown): string[] {
  if (typeof value === 'string') return REFERENCE.exec(value)?.slice(1, 2) ?? [];
  if (Array.isArray(value)) return value.flatMap(labelsIn);
  return isRecord(value) ? Object.values(value).flatMap(labelsIn) : [];
}

/** The argument with what earlier steps gave in its place. */
export function filled(value: unknown, results: ReadonlyMap<string, unknown>): unknown {
  if (typeof value === 'string') {
    const [, label, path = ''] = REFERENCE.exec(value) ?? [];
    return label === undefined ? value : walk(results.get(label), path.split('.').slice(1), value);
  }
  if (Array.isArray(value)) return value.map((item) => filled(item, results));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, filled(item, results)]));
}

function walk(start: unknown, path: readonly string[], asked: string): unknown {
  let found = start;
  for (const name of path) found = isRecord(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  if (found === undefined) throw new Error(`"${asked}" stands for nothing: the step gave ${JSON.stringify(start)}.`);
  return found;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
