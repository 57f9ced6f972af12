export interface SettledOrder {
  /** Ids in the order to draw; may name rows that have left the list. */
  order: string[];
  /** Rows waiting to be shown once the pointer is gone. */
  held: number;
}

/**
 * The order to draw after a live update. While `hold` is on, no row that is on the screen moves: rows keep their places,
 * rows that left stay where they were, and newcomers wait, except those that belong below everything shown.
 */
export function settleOrder(shown: readonly string[], incoming: readonly string[], hold: boolean): SettledOrder {
  if (!hold || shown.length === 0) return { order: [...incoming], held: 0 };
  const onScreen = new Set(shown);
  let lastShown = -1;
  incoming.forEach((id, index) => {
    if (onScreen.has(id)) lastShown = index;
  });
  const below = incoming.slice(lastShown + 1);
  const held = incoming.slice(0, lastShown + 1).filter((id) => !onScreen.has(id)).length;
  return { order: [...shown, ...below], held };
}
