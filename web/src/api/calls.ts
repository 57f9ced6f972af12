import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { queryString, request, requestAll } from './client';
import { keys } from './keys';
import type { Named, Page, Priority, TicketStatus } from './types';

export const CALL_VIEWS = ['due', 'mine', 'upcoming'] as const;
export type CallView = (typeof CALL_VIEWS)[number];

export type CallState =
  'requested' | 'scheduled' | 'claimed' | 'dialing' | 'completed' | 'failed' | 'cancelled' | 'expired';

export const OUTCOMES = [
  'answered_resolved',
  'answered_follow_up',
  'answered_wrong_person',
  'no_answer',
  'busy',
  'voicemail_left',
  'unreachable',
  'refused',
  'cancelled_by_customer',
  'agent_unavailable',
] as const;
export type CallOutcome = (typeof OUTCOMES)[number];

/** Where words were exchanged, they are written down. */
export const NOTED: readonly CallOutcome[] = [
  'answered_resolved',
  'answered_follow_up',
  'answered_wrong_person',
  'refused',
];

export interface Call {
  id: string;
  state: CallState;
  endReason: string | null;
  ticketId: string;
  conversationId: string;
  /** Whole only for whoever has the call in hand. */
  phone: string;
  /** A link that rings; null while the number is not whole. */
  tel: string | null;
  reason: string | null;
  language: string | null;
  windowStart: string | null;
  windowEnd: string | null;
  timeZone: string;
  nextAttemptAt: string | null;
  tries: number;
  leaseUntil: string | null;
  overdue: boolean;
}

export interface ListedCall extends Call {
  ticketNumber: number;
  subject: string;
  priority: Priority;
  contact: { id: string; name: string | null; tier: string | null };
  claimedBy: Named | null;
}

/** The agent's own phone; anything else is a voice provider's name. */
export const OWN_PHONE = 'tel';

export const STAGES = ['placing', 'agent_ringing', 'agent_answered', 'customer_ringing', 'talking', 'ended'] as const;

export interface CallAttempt {
  id: string;
  n: number;
  provider: string;
  stage: string;
  outcome: string | null;
  note: string | null;
  error: { code: string; message: string | null } | null;
  recordingUrl: string | null;
  durationMs: number | null;
  startedAt: string;
}

export interface CallDetail extends Call {
  consent: { at: string; text: string };
  promisedBy: Named | null;
  claimedBy: Named | null;
  ticket: { id: string; number: number; subject: string; status: TicketStatus; priority: Priority };
  contact: { id: string; name: string | null; tier: string | null; noCalls: boolean };
  identity: { state: 'passed' | 'failed' | 'not_checked'; at: string | null };
  brief: {
    text: string | null;
    subject: string;
    language: string | null;
    tier: string | null;
    lastWords: string[];
    earlier: { outcome: string; at: string; agent: string | null }[];
  };
  attempts: CallAttempt[];
}

/** An account at a voice provider that calls can go through. */
export interface Line extends Named {
  phone: string;
  state: string;
}

export interface Slot {
  start: string;
  end: string;
  /** Calls it still takes. */
  left: number;
}

export const callsQuery = (view: CallView) =>
  infiniteQueryOptions({
    queryKey: keys.callList(view),
    queryFn: ({ pageParam, signal }) =>
      request<Page<ListedCall>>(`/calls${queryString({ view, cursor: pageParam })}`, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    staleTime: 30_000,
  });

export const callQuery = (id: string) =>
  queryOptions({
    queryKey: keys.call(id),
    queryFn: ({ signal }) => request<CallDetail>(`/calls/${id}`, { signal }),
  });

export const callsOfTicketQuery = (ticketId: string) =>
  queryOptions({
    queryKey: keys.callsOfTicket(ticketId),
    queryFn: async ({ signal }) => (await request<{ items: Call[] }>(`/tickets/${ticketId}/calls`, { signal })).items,
  });

export const linesQuery = queryOptions({
  queryKey: keys.lines,
  queryFn: async ({ signal }) =>
    (await requestAll<Line>('/voice-accounts', signal)).filter(({ state }) => state === 'active'),
  staleTime: 60_000,
});

/** The phone on my desk, which a voice provider rings first. */
export const deskPhoneQuery = queryOptions({
  queryKey: keys.deskPhone,
  queryFn: async ({ signal }) => (await request<{ phone: string | null }>('/call-desk', { signal })).phone,
  staleTime: 60_000,
});

export function useDeskPhone() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (phone: string | null) =>
      (await request<{ phone: string | null }>('/call-desk', { method: 'PUT', body: { phone } })).phone,
    onSuccess: (phone) => client.setQueryData(keys.deskPhone, phone),
  });
}

export const slotsQuery = queryOptions({
  queryKey: keys.callSlots,
  queryFn: ({ signal }) =>
    request<{ items: Slot[]; timeZone: string; slotMinutes: number }>('/call-slots?days=7', { signal }),
  staleTime: 0,
});

export interface CallPromiseBody {
  phone?: string;
  windowStart?: string;
  windowEnd?: string;
  brief?: string;
  consent: { given: true; text: string };
}

/** Promises a call; the same attempt sent twice is one promise. */
export function usePromiseCall(conversationId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ key, ...body }: CallPromiseBody & { key: string }) =>
      request<{ call: { id: string } }>(`/conversations/${conversationId}/handoff`, {
        method: 'POST',
        headers: { 'idempotency-key': key },
        body: { to: 'phone', ...body },
      }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.calls }),
  });
}

export type CallStep =
  | { do: 'claim' | 'release' | 'hangup' }
  | { do: 'start'; via: string; overrideReason?: string }
  | { do: 'outcome'; outcome: CallOutcome; note?: string; followUpAt?: string; noMoreCalls?: boolean }
  | { do: 'reschedule'; windowStart: string; windowEnd: string; reason: string }
  | { do: 'cancel'; reason: string };

function send(id: string, { do: what, ...body }: CallStep): Promise<CallDetail> {
  if (what === 'reschedule') return request(`/calls/${id}`, { method: 'PATCH', body });
  if (what === 'cancel') return request(`/calls/${id}`, { method: 'DELETE', body });
  return request(`/calls/${id}/${what}`, { method: 'POST', body });
}

/** What an agent does with a promised call; the answer is the call as it is then. */
export function useCallStep(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (step: CallStep) => send(id, step),
    onSuccess: (call) => client.setQueryData(keys.call(id), call),
    onSettled: () => client.invalidateQueries({ queryKey: keys.calls }),
  });
}
