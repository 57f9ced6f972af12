import { useQuery } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useSyncExternalStore } from 'react';
import { keys } from '../api/keys';
import type { Viewer } from '../api/types';
import type { ConnectionState, Realtime } from './socket';

export const RealtimeContext = createContext<Realtime | null>(null);

/** The live line; null before the first connection was asked for. */
export const useRealtime = (): Realtime | null => useContext(RealtimeContext);

const nothing = () => () => {};

export function useConnection(): ConnectionState {
  const realtime = useRealtime();
  return useSyncExternalStore(realtime?.onState ?? nothing, realtime?.getState ?? (() => 'connecting' as const));
}

/** Tells others that this ticket is open here, and listens to who else has it open. */
export function useTicketRoom(ticketId: string): void {
  const realtime = useRealtime();
  useEffect(() => {
    if (!realtime) return;
    const leave = realtime.subscribe(ticketId);
    realtime.setViewing(ticketId);
    return () => {
      realtime.setViewing(null);
      leave();
    };
  }, [realtime, ticketId]);
}

const nobody: Viewer[] = [];

/** Agents looking at a ticket or writing in it, without oneself. */
export function useViewers(ticketId: string, ownId: string): Viewer[] {
  const { data = nobody } = useQuery({ queryKey: keys.viewers(ticketId), queryFn: () => nobody, enabled: false });
  return data.some(({ id }) => id === ownId) ? data.filter(({ id }) => id !== ownId) : data;
}
