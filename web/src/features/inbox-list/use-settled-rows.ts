import { useState } from 'react';
import type { Ticket } from '../../api/types';
import { settleOrder } from '../../lib/settle-order';

export interface Row {
  ticket: Ticket;
  /** It no longer belongs to this view, but stays in its place until the pointer is gone. */
  left: boolean;
}

interface Shown {
  incoming: readonly Ticket[];
  hold: boolean;
  rows: readonly Row[];
  held: number;
}

function settle(shown: readonly Row[], incoming: readonly Ticket[], hold: boolean): Shown {
  const fresh = new Map(incoming.map((ticket) => [ticket.id, ticket]));
  const known = new Map(shown.map(({ ticket }) => [ticket.id, ticket]));
  const { order, held } = settleOrder([...known.keys()], [...fresh.keys()], hold);
  const rows = order.flatMap((id) => {
    const ticket = fresh.get(id) ?? known.get(id);
    return ticket ? [{ ticket, left: !fresh.has(id) }] : [];
  });
  return { incoming, hold, rows, held };
}

/** Rows to draw: the server's, except that nothing moves while `hold` is on. `release` lets everything in at once. */
export function useSettledRows(incoming: readonly Ticket[], hold: boolean) {
  const [shown, setShown] = useState<Shown>(() => settle([], incoming, hold));
  if (shown.incoming !== incoming || shown.hold !== hold) setShown(settle(shown.rows, incoming, hold));
  return { rows: shown.rows, held: shown.held, release: () => setShown(settle([], incoming, hold)) };
}
