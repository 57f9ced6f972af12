import { queryOptions } from '@tanstack/react-query';
import { queryString, request, requestAll } from '../client';
import type { Page } from '../types';
import { useChange } from './use-change';

/** Skills and their level, 1 (gets by) to 5 (knows it best); a language is `lang:fa`. */
export type SkillLevels = Record<string, number>;

export interface QueueConditions {
  channelKinds?: string[];
  threadKinds?: string[];
  brandIds?: string[];
  languages?: string[];
  priorities?: string[];
  tiers?: string[];
  tags?: string[];
  workTypes?: string[];
}

export interface QueueInput {
  name: string;
  rank: number;
  conditions: QueueConditions;
  /** Null: as the team. */
  mode: 'push' | 'pull' | null;
  acceptSeconds: number | null;
  needs: SkillLevels;
  vipFirst: boolean;
  /** Null: always open. */
  calendarId: string | null;
  /** Where its work waits while it is closed; null: here. */
  overflowQueueId: string | null;
}

/** A queue as it stands: `id` is null for a team's own, `teamId` for the lobby. */
export interface QueueLine {
  id: string | null;
  teamId: string | null;
  name: string | null;
  rank: number;
  conditions: QueueConditions;
  mode: 'push' | 'pull';
  ownMode: boolean;
  acceptSeconds: number | null;
  needs: SkillLevels;
  vipFirst: boolean;
  calendarId: string | null;
  overflowQueueId: string | null;
  open: boolean;
  /** When it opens or closes next. */
  turnsAt: string | null;
  waiting: number;
  waitingSince: string | null;
  nobodyCan: SkillLevels[];
}

export interface RoutingSettings {
  weights: Record<string, number | 'all'>;
  continuitySlackMs: number;
  lateShare: number;
  languageFallbackSeconds: number | null;
  vipTiers: string[];
  knownDays: number;
  autoAwayMinutes: number | null;
  awayReturnMinutes: number | null;
  timeoutsToAway: number;
}

export interface Fairness {
  agentId: string;
  name: string;
  assigned: number;
  claimed: number;
  leftOpen: number;
  declined: number;
  timedOut: number;
  answered: number;
  easyShare: number | null;
  meanWaitMs: number | null;
}

const queuesKey = ['queue-settings'] as const;
const settingsKey = ['routing-settings'] as const;
const skillsKey = ['skills'] as const;

export const queuesQuery = queryOptions({
  queryKey: queuesKey,
  queryFn: ({ signal }) => request<Page<QueueLine> & { capped: number }>('/queues', { signal }),
});

/** Adds a queue to a team, or changes the one with the given id. */
export const useSaveQueue = () =>
  useChange(
    ({ id, teamId, ...body }: QueueInput & { id?: string; teamId: string }) =>
      id
        ? request<unknown>(`/queues/${id}`, { method: 'PATCH', body })
        : request<unknown>('/queues', { method: 'POST', body: { teamId, ...body } }),
    queuesKey,
  );

export const useRemoveQueue = () =>
  useChange((id: string) => request<null>(`/queues/${id}`, { method: 'DELETE' }), queuesKey);

export const routingSettingsQuery = queryOptions({
  queryKey: settingsKey,
  queryFn: ({ signal }) => request<RoutingSettings>('/routing/settings', { signal }),
});

export const useSaveRoutingSettings = () =>
  useChange(
    (body: RoutingSettings) => request<RoutingSettings>('/routing/settings', { method: 'PUT', body }),
    settingsKey,
    queuesKey,
  );

export const skillsQuery = (agentId: string) =>
  queryOptions({
    queryKey: [...skillsKey, agentId] as const,
    queryFn: async ({ signal }) =>
      (await request<{ skills: SkillLevels }>(`/agents/${agentId}/skills`, { signal })).skills,
  });

export const useSaveSkills = (agentId: string) =>
  useChange(
    (skills: SkillLevels) => request<unknown>(`/agents/${agentId}/skills`, { method: 'PUT', body: { skills } }),
    skillsKey,
    queuesKey,
  );

export const fairnessQuery = (from: string, to: string) =>
  queryOptions({
    queryKey: ['fairness', from, to] as const,
    queryFn: ({ signal }) => requestAll<Fairness>(`/routing/fairness${queryString({ from, to })}`, signal),
  });
