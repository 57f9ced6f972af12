/** How long work of a kind takes an agent, as learned from answers. */
export interface Handling {
  handlingMs: number;
  samples: number;
}

/** Where work of no team is learned about. */
export const LOBBY = '00000000-0000-0000-0000-000000000000';

/** Where work is learned about: its queue, else its team, else the lobby. */
export const placeOfWork = (queueId: string | null, teamId: string | null): string => queueId ?? teamId ?? LOBBY;
export const handlingKey = (placeId: string, workType: string): string => `${placeId} ${workType}`;

export const UNKNOWN_HANDLING_MS = 5 * 60_000;

/** A figure that moved by more than this factor since waiting work was last written with it is written again. */
const SPREAD_FACTOR = 1.25;
/** Waiting work is left as it is where its figure is off by less: nobody is chosen by so little. */
export const NEAR_FACTOR = 1.05;

const SHORTEST_MS = 10_000; // quicker is a macro's doing
const LONGEST_MS = 2 * 3_600_000; // longer is no work but a lunch, a night, a holiday
const STEP = 3; // one answer counts as at most so many times longer or shorter than what is known: lunches teach little
const SLOWEST = 0.05; // a change of work is learned within some twenty answers

/**
 * What is known after one more answer: a moving geometric mean, since such times spread by factors, with what lies far
 * off cut to a step.
 */
export function learn(known: Handling | undefined, workedMs: number): Handling {
  const { handlingMs, samples } = known ?? { handlingMs: UNKNOWN_HANDLING_MS, samples: 0 };
  if (workedMs > LONGEST_MS || workedMs < 0) return { handlingMs, samples };
  const factor = Math.max(workedMs, SHORTEST_MS) / handlingMs;
  const cut = Math.min(STEP, Math.max(1 / STEP, factor));
  const pace = Math.max(SLOWEST, 1 / (samples + 2)); // the usual figure counts as one answer
  return { handlingMs: Math.round(handlingMs * cut ** pace), samples: samples + 1 };
}

/** @param spreadMs what waiting work was last written with; null: with what is usual */
export function isToSpread(spreadMs: number | null, handlingMs: number): boolean {
  const factor = handlingMs / (spreadMs ?? UNKNOWN_HANDLING_MS);
  return factor > SPREAD_FACTOR || factor < 1 / SPREAD_FACTOR;
}
