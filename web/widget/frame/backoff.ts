const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

/**
 * Milliseconds before try number `failures` + 1: doubling from 1 s to 30 s, anywhere in the upper half of that, so that
 * the widgets of a thousand pages do not knock together after a restart.
 */
export function backoffMs(failures: number, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1));
  return Math.round(ceiling / 2 + (random() * ceiling) / 2);
}

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
