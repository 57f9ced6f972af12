import { useCallback, useState } from 'react';

export interface Selection {
  /** The ticked messages; null while nothing is being chosen. */
  ids: ReadonlySet<string> | null;
  /** Ticks a message or takes the tick away; the first one begins choosing. */
  toggle: (messageId: string) => void;
  set: (messageIds: readonly string[]) => void;
  clear: () => void;
}

/** Several messages of one conversation; opening another forgets them. */
export function useSelection(conversationId: string): Selection {
  const [chosen, setChosen] = useState<{ conversationId: string; ids: ReadonlySet<string> } | null>(null);
  const toggle = useCallback(
    (messageId: string) =>
      setChosen((now) => {
        const ids = new Set(now?.conversationId === conversationId ? now.ids : []);
        if (!ids.delete(messageId)) ids.add(messageId);
        return { conversationId, ids };
      }),
    [conversationId],
  );
  const set = useCallback(
    (messageIds: readonly string[]) => setChosen({ conversationId, ids: new Set(messageIds) }),
    [conversationId],
  );
  const clear = useCallback(() => setChosen(null), []);
  return { ids: chosen?.conversationId === conversationId ? chosen.ids : null, toggle, set, clear };
}
