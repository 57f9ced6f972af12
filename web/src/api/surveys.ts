import { queryOptions } from '@tanstack/react-query';
import { request } from './client';
import { keys } from './keys';

export interface Survey {
  id: string;
  kind: 'csat' | 'nps';
  state: string;
  askedAt: string | null;
  score: number | null;
  comment: string | null;
  answeredAt: string | null;
}

/** What the customer was asked about a ticket, and said; null when nothing. */
export const surveyQuery = (ticketId: string) =>
  queryOptions({
    queryKey: keys.survey(ticketId),
    queryFn: async ({ signal }) =>
      (await request<{ survey: Survey | null }>(`/tickets/${ticketId}/survey`, { signal })).survey,
  });
