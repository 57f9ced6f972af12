import { queryOptions } from '@tanstack/react-query';
import { queryString, request, requestAll } from '../client';
import { useChange } from './use-change';

interface Words {
  ask?: string;
  thanks?: string;
}

export interface SurveyInput {
  /** Null: all brands without settings of their own. */
  brandId: string | null;
  enabled: boolean;
  kind: 'csat' | 'nps';
  delayMinutes: number;
  /** Empty: every kind. */
  channelKinds: string[];
  threadKinds: ('dm' | 'comment')[];
  notAgainDays: number;
  calendarId: string | null;
  texts: { fa?: Words; en?: Words };
  version: number;
}

/** As kept: `texts` are those that are sent, `ownTexts` those written here. */
export interface SurveySettings extends SurveyInput {
  ownTexts: { fa?: Words; en?: Words };
}

interface Result {
  id: string | null;
  name: string | null;
  asked: number;
  answers: number;
}
/** `satisfied`: of a hundred. */
export type CsatResult = Result & { average: number | null; satisfied: number | null };
/** `nps`: promoters less detractors, of a hundred. */
export type NpsResult = Result & { nps: number | null };

interface By<Of> {
  byAgent: Of[];
  byChannel: Of[];
  byBrand: Of[];
}

export interface SurveyResults {
  csat: CsatResult & By<CsatResult>;
  nps: NpsResult & By<NpsResult>;
  notAsked: { reason: string; count: number }[];
}

const settingsKey = ['survey-settings'] as const;

export const surveySettingsQuery = queryOptions({
  queryKey: settingsKey,
  queryFn: ({ signal }) => requestAll<SurveySettings>('/surveys/settings', signal),
});

export const useSaveSurveySettings = () =>
  useChange((body: SurveyInput) => request<SurveySettings>('/surveys/settings', { method: 'PUT', body }), settingsKey);

export const surveyResultsQuery = (from: string, to: string) =>
  queryOptions({
    queryKey: ['survey-results', from, to] as const,
    queryFn: ({ signal }) => request<SurveyResults>(`/surveys${queryString({ from, to })}`, { signal }),
  });
