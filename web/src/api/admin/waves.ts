import { queryOptions } from '@tanstack/react-query';
import { request } from '../client';

/** One text of many people. */
export interface Wave {
  /** Names the text; narrows a list of tickets to it. */
  id: string;
  people: number;
  messages: number;
  /** Its tickets under work that the reader may see. */
  openTickets: number;
  since: string;
  lastAt: string;
  sample: { messageId: string; conversationId: string; ticketId: string | null; text: string };
}

const LOOK_AGAIN_MS = 60_000; // a wave grows while it is looked at

export const wavesQuery = (hours: number) =>
  queryOptions({
    queryKey: ['waves', hours] as const,
    queryFn: async ({ signal }) =>
      (await request<{ items: Wave[] }>(`/repeats/waves?hours=${hours}`, { signal })).items,
    refetchInterval: LOOK_AGAIN_MS,
  });
