const BASE_MS = 5_000;
const FACTOR = 3;
const CAP_MS = 12 * 3_600_000;

/** Most a job may wait after its nth failed try: 5 s, 15 s, 45 s, … 12 h. Eleven waits make at most a day and a half and two hours. */
export function backoffCeilingMs(attempt: number): number {
  return Math.min(CAP_MS, BASE_MS * FACTOR ** (Math.max(1, attempt) - 1));
}

/**
 * Anything from half the ceiling up to it: a thousand jobs that failed together do not come back together, and none uses
 * up its tries in a moment of bad luck.
 * @param random uniform in [0, 1)
 * @returns whole milliseconds
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const ceiling = backoffCeilingMs(attempt);
  return Math.floor(ceiling / 2 + random() * (ceiling / 2));
}
