import { useCallback, useMemo, useState } from 'react';

export interface TicketSelection {
  /** The chosen tickets; null while nothing is being chosen. */
  ids: ReadonlySet<string> | null;
  /** Begins choosing with nothing chosen. */
  begin: () => void;
  /** Chooses a ticket or lets go of it; the first one begins choosing. */
  toggle: (ticketId: string) => void;
  add: (ticketIds: readonly string[]) => void;
  /** The ticket chosen last, where a range begins. */
  anchor: string | null;
  clear: () => void;
}

const NOBODY: ReadonlySet<string> = new Set();

/** Several tickets of one list; another view or filter forgets them. */
export function useTicketSelection(list: string): TicketSelection {
  const [state, setState] = useState<{ list: string; ids: ReadonlySet<string>; anchor: string | null } | null>(null);
  const now = state?.list === list ? state : null;
  const change = useCallback(
    (anchor: string | null, alter: (ids: Set<string>) => void) =>
      setState((before) => {
        const ids = new Set(before?.list === list ? before.ids : NOBODY);
        alter(ids);
        return { list, ids, anchor };
      }),
    [list],
  );
  return useMemo(
    () => ({
      ids: now?.ids ?? null,
      anchor: now?.anchor ?? null,
      begin: () => change(null, () => undefined),
      toggle: (ticketId) => change(ticketId, (ids) => void (ids.delete(ticketId) || ids.add(ticketId))),
      add: (ticketIds) => change(ticketIds.at(-1) ?? null, (ids) => ticketIds.forEach((id) => ids.add(id))),
      clear: () => setState(null),
    }),
    [now, change],
  );
}
