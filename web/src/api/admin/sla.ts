import { queryOptions } from '@tanstack/react-query';
import { request, requestAll } from '../client';
import type { Priority } from '../types';
import type { BothNames, CalendarDraft } from './calendars';
import { useChange } from './use-change';

/** Milliseconds by priority; null: no such clock. */
export type Targets = Record<Priority, number | null>;

export interface Conditions {
  channelKinds?: string[];
  threadKinds?: string[];
  brandIds?: string[];
  tiers?: string[];
  languages?: string[];
  priorities?: string[];
  tags?: string[];
  teamIds?: string[];
}

export interface Receivers {
  agentIds?: string[];
  teamIds?: string[];
  leads?: boolean;
  assignee?: boolean;
  team?: boolean;
}

export interface Warning {
  percent: number;
  to: Receivers;
}

export interface Escalation {
  afterMs: number;
  to: Receivers;
  setPriority?: Priority;
  quietHours: 'ring' | 'wait';
}

export interface PolicyInput {
  name: string;
  rank: number;
  conditions: Conditions;
  firstResponseMs: Targets;
  nextResponseMs: Targets;
  resolutionMs: Targets;
  hours: 'business' | 'wall' | 'queue';
  calendarId: string | null;
  pauses: ('pending' | 'on_hold')[];
  botCounts: 'no' | 'first_response' | 'any_response';
  warnings: Warning[];
  escalations: Escalation[];
}

export interface Policy extends PolicyInput {
  id: string;
  version: number;
}

export type ClockKind = 'first_response' | 'next_response' | 'resolution' | 'callback';

/** What a change would do to the clocks that run. */
export interface Preview {
  clocks: number;
  complete: boolean;
  moved: number;
  newlyBreached: number;
  noLongerBreached: number;
  examples: { ticketId: string; number: number; clock: ClockKind; dueAt: string | null; newDueAt: string | null }[];
}

export interface Arrival {
  channelKind: string;
  threadKind: 'comment' | 'dm';
  brandId?: string;
  teamId?: string;
  tier?: string;
  language?: string;
  priority: Priority;
  tags: string[];
  /** With its offset. */
  arrivedAt: string;
  policy?: PolicyInput & { id?: string };
}

export interface DryRun {
  policy: { id: string | null; name: string; rank: number };
  others: { id: string | null; name: string; rank: number; unmet: (keyof Conditions)[]; asked: boolean }[];
  clocks: {
    id: string;
    kind: ClockKind;
    hours: 'business' | 'wall' | 'queue';
    calendar: { name: string; timeZone: string } | null;
    targetMs: number | null;
    dueAt: string | null;
    text: BothNames;
    steps: { step: string; dueAt: string }[];
  }[];
}

const policiesKey = ['sla-policies'] as const;

export const policiesQuery = queryOptions({
  queryKey: policiesKey,
  queryFn: ({ signal }) => requestAll<Policy>('/sla-policies', signal),
});

/** Adds a policy, or changes the one with the given id; `applyToOpen`: also for clocks that run. */
export const useSavePolicy = () =>
  useChange(
    ({ id, applyToOpen, ...body }: PolicyInput & { id?: string; applyToOpen?: boolean }) =>
      id
        ? request<Policy>(`/sla-policies/${id}`, { method: 'PATCH', body: { ...body, applyToOpen } })
        : request<Policy>('/sla-policies', { method: 'POST', body }),
    policiesKey,
  );

export const useRemovePolicy = () =>
  useChange((id: string) => request<null>(`/sla-policies/${id}`, { method: 'DELETE' }), policiesKey);

export type PreviewInput =
  | { calendarId: string; calendar: CalendarDraft }
  | { policyId: string; policy: Partial<PolicyInput> }
  | { queueId: string; queue: { calendarId: string | null } };

export const usePreview = () =>
  useChange((body: PreviewInput) => request<Preview>('/sla/preview', { method: 'POST', body }));

export const useDryRun = () => useChange((body: Arrival) => request<DryRun>('/sla/dry-run', { method: 'POST', body }));
