import { queryOptions } from '@tanstack/react-query';
import { queryString, request } from '../client';

/** Milliseconds; null: nothing to count. */
export interface Spread {
  median: number | null;
  p90: number | null;
}

export interface SummaryRow {
  /** A local Gregorian day, an hour of the day, an id, a word; null: none. */
  key: string | null;
  customerMessages: number;
  answersByAgents: number;
  answersByBot: number;
  answersElsewhere: number;
  opened: number;
  solved: number;
  reopened: number;
  breached: number;
  met: number;
  firstAnswerWallMs: Spread;
  firstAnswerBusinessMs: Spread;
  anyAnswerBusinessMs: Spread;
  resolutionBusinessMs: Spread;
  csat: { answers: number; mean: number | null };
  nps: { answers: number; score: number | null };
  callsReached: number;
  callsNotReached: number;
}

/** `from` belongs to the span, `to` does not; both instants. */
export const summaryQuery = (from: string, to: string, by: string) =>
  queryOptions({
    queryKey: ['reports', from, to, by] as const,
    queryFn: async ({ signal }) =>
      (await request<{ items: SummaryRow[] }>(`/reports/summary${queryString({ from, to, by })}`, { signal })).items,
    staleTime: 30_000,
  });
