/** How full a workspace's store is, in the steps that are told: percent of its limit. */
export type Fullness = 0 | 80 | 100;

export interface FileUse {
  usedBytes: number;
  /** Null: none. */
  limitBytes: number | null;
}

/** What a file that found no room carries as its error. */
export const NO_ROOM = 'storage_full';

/** Bytes that still fit. */
export const roomIn = ({ usedBytes, limitBytes }: FileUse): number =>
  limitBytes === null ? Infinity : Math.max(0, limitBytes - usedBytes);

/**
 * How full a store counts as, after how full it counted before: what was told is taken back only well below, so that files
 * coming and going at a border ring once.
 * @param refused a file has just found no room
 */
export function fullnessOf(before: Fullness, { usedBytes, limitBytes }: FileUse, refused = false): Fullness {
  if (limitBytes === null) return 0;
  if (refused || usedBytes >= limitBytes) return 100;
  if (usedBytes * 100 < limitBytes * 80) return 0;
  return before === 100 ? 100 : 80;
}
