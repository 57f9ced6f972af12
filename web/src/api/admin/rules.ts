import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { queryString, request, requestAll } from '../client';
import type { Page, Priority, Words } from '../types';
import { useChange } from './use-change';

export type Trigger = { on: string } | { on: 'idle'; minutes: number; side: 'customer' | 'agent' | 'any' };

export interface Question {
  field: string;
  op: string;
  value?: unknown;
}
export type Condition = { all: Condition[] } | { any: Condition[] } | { not: Condition } | Question;

/** What is done; `do` names it, the rest is as that asks. */
export interface Action {
  do: string;
  [more: string]: unknown;
}

export interface RuleInput {
  name: string;
  enabled: boolean;
  when: Trigger[];
  conditions: Condition;
  actions: Action[];
}

export interface Rule extends RuleInput {
  id: string;
  rank: number;
  version: number;
}

export interface OpenRule extends Rule {
  versions: { version: number; changedBy: { name: string } | null; changedAt: string }[];
  suspensions: { ticket: TicketName; since: string }[];
}

interface TicketName {
  id: string;
  number: number;
  subject: string;
}

export interface Answer extends Question {
  seen: unknown;
  holds: boolean;
}

export interface Receipt {
  id: string;
  event: { type: string; at: string };
  ticket: TicketName;
  outcome: 'ran' | 'stopped';
  stopped: string | null;
  matched: Answer[];
  changed: { do: string }[];
  refused: { do: string; code: string; message: string; words?: Words }[];
  at: string;
}

export interface RuleDryRun {
  from: string;
  to: string;
  events: number;
  looked: number;
  every: number;
  matched: number;
  tickets: number;
  examples: { event: { type: string; at: string }; ticket: TicketName; answers: Answer[] }[];
  asOfNow: string[];
  notCovered: string[];
}

export const APPROVAL_STATES = ['pending', 'approved', 'refused'] as const;
export type ApprovalState = (typeof APPROVAL_STATES)[number];

export interface Approval {
  id: string;
  rule: { id: string; name: string };
  event: { type: string; at: string };
  ticket: TicketName;
  text: string | null;
  actions: Action[];
  state: ApprovalState;
  requestedAt: string;
  settledAt: string | null;
  settledBy: { id: string; name: string } | null;
  reason: string | null;
  refused: { do: string; code: string; message: string; words?: Words }[];
}

export const PRIORITIES: readonly Priority[] = ['low', 'normal', 'high', 'urgent'];

const rulesKey = ['rules'] as const;
const approvalsKey = ['approvals'] as const;

export const rulesQuery = queryOptions({
  queryKey: [...rulesKey, 'list'] as const,
  queryFn: ({ signal }) => requestAll<Rule>('/rules', signal),
});

export const ruleQuery = (id: string) =>
  queryOptions({
    queryKey: [...rulesKey, id] as const,
    queryFn: ({ signal }) => request<OpenRule>(`/rules/${id}`, { signal }),
  });

export const useSaveRule = () =>
  useChange(
    ({ id, version, ...body }: RuleInput & { id?: string; version?: number }) =>
      id
        ? request<Rule>(`/rules/${id}`, { method: 'PUT', body: { ...body, version } })
        : request<Rule>('/rules', { method: 'POST', body }),
    rulesKey,
  );

export const useRemoveRule = () =>
  useChange((id: string) => request<null>(`/rules/${id}`, { method: 'DELETE' }), rulesKey);

export const useOrderRules = () =>
  useChange((ids: string[]) => request<unknown>('/rules/order', { method: 'PUT', body: { ids } }), rulesKey);

export const useTryRule = () =>
  useChange((body: RuleInput) => request<RuleDryRun>('/rules/dry-run', { method: 'POST', body }));

export const useLiftSuspension = (id: string) =>
  useChange(
    (ticketId: string) => request<null>(`/rules/${id}/suspensions/${ticketId}`, { method: 'DELETE' }),
    rulesKey,
  );

export const receiptsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: [...rulesKey, id, 'receipts'] as const,
    queryFn: ({ pageParam, signal }) =>
      request<Page<Receipt>>(`/rules/${id}/receipts${queryString({ cursor: pageParam, limit: 20 })}`, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });

export const approvalsQuery = (state: ApprovalState) =>
  infiniteQueryOptions({
    queryKey: [...approvalsKey, state] as const,
    queryFn: ({ pageParam, signal }) =>
      request<Page<Approval>>(`/approvals${queryString({ state, cursor: pageParam })}`, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });

export const useSettleApproval = () =>
  useChange(
    ({ id, ...body }: { id: string; decision: 'approve' | 'refuse'; reason?: string }) =>
      request<Approval>(`/approvals/${id}`, { method: 'PUT', body }),
    approvalsKey,
  );
