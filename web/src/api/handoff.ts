import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { request } from './client';
import { keys } from './keys';

export interface EmailHandoff {
  id: string;
  state: 'asking' | 'queued' | 'continued' | 'bounced' | 'cancelled' | 'expired';
  addressState: 'asked' | 'offered' | 'confirmed';
  address: string | null;
  candidates: string[];
  confirmedBy: string | null;
  /** Until when the customer is waited for; null while nothing is asked of them. */
  expiresAt: string | null;
  subject: string | null;
  createdAt: string;
}

/** What can be done now about going on by e-mail. */
export interface EmailOptions {
  channels: { id: string; name: string; address: string | null }[];
  /** How the customer can be asked for an address; null when nothing reaches them now. */
  asks: 'private' | 'public' | null;
  known: { address: string; verified: boolean } | null;
  asking: EmailHandoff | null;
  identity: { required: boolean; checkedUntil: string | null };
  locale: 'fa' | 'en';
  texts: Record<
    'askPrivate' | 'askPublic' | 'publicClosing' | 'privateClosing' | 'greeting' | 'subject' | 'confirmMail',
    string
  >;
}

export const emailOptionsQuery = (conversationId: string) =>
  queryOptions({
    queryKey: keys.handoff(conversationId),
    queryFn: ({ signal }) => request<EmailOptions>(`/conversations/${conversationId}/email-handoff`, { signal }),
    staleTime: 0,
  });

export interface EmailHandoffBody {
  ask?: boolean;
  address?: string;
  channelId?: string;
  text?: string;
  subject?: string;
  include?: string[];
  /** Null: the old thread is told nothing. */
  closing?: string | null;
}

/** Goes on by e-mail, or asks for an address. The same attempt sent twice is one handoff. */
export function useEmailHandoff(conversationId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ key, ...body }: EmailHandoffBody & { key: string }) =>
      request<EmailHandoff>(`/conversations/${conversationId}/handoff`, {
        method: 'POST',
        headers: { 'idempotency-key': key },
        body: { to: 'email', ...body },
      }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.handoffs }),
  });
}

/** An agent's word that the address is the customer's, with how they know. */
export function useConfirmAddress(conversationId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { address?: string; proof: string }) =>
      request<EmailHandoff>(`/conversations/${conversationId}/email-handoff/address`, { method: 'PUT', body }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.handoffs }),
  });
}

/** Calls a handoff off, while its mail has not left. */
export const useUndoHandoff = (conversationId: string) => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      request<EmailHandoff>(`/conversations/${conversationId}/handoffs/${id}`, { method: 'DELETE' }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.handoffs }),
  });
};

export const QUESTIONS = [
  'order_number',
  'order_amount',
  'order_date',
  'phone',
  'email',
  'postal_code',
  'birth_date',
  'last_digits_of_card',
] as const;
export type Question = (typeof QUESTIONS)[number];

export interface IdentityCheck {
  id: string;
  method: 'email_code' | 'questions';
  state: 'open' | 'passed' | 'failed' | 'undeliverable';
  /** In outline. */
  address: string | null;
  tries: number;
  questions: Question[];
  askedAt: string;
  expiresAt: string;
}

export interface IdentityStanding {
  items: IdentityCheck[];
  required: boolean;
  /** Null while the customer has not been checked for this ticket. */
  checkedUntil: string | null;
}

export const identityQuery = (contactId: string, ticketId: string) =>
  queryOptions({
    queryKey: keys.identity(contactId, ticketId),
    queryFn: ({ signal }) =>
      request<IdentityStanding>(`/contacts/${contactId}/identity-checks?ticketId=${ticketId}`, { signal }),
  });

export type CheckOutcome = 'passed' | 'wrong' | 'failed' | 'expired' | 'over';

export function useIdentityCheck(contactId: string, ticketId: string) {
  const client = useQueryClient();
  const path = `/contacts/${contactId}/identity-checks`;
  const onSettled = () =>
    Promise.all([keys.identityChecks, keys.handoffs].map((queryKey) => client.invalidateQueries({ queryKey })));
  const begin = useMutation({
    mutationFn: (body: { method: 'email_code' } | { method: 'questions'; questions: Question[] }) =>
      request<IdentityCheck>(path, { method: 'POST', body: { ticketId, ...body } }),
    onSettled,
  });
  const answer = useMutation({
    mutationFn: ({ id, ...body }: { id: string; code?: string; passed?: boolean; note?: string }) =>
      request<IdentityCheck & { outcome: CheckOutcome }>(`${path}/${id}/answer`, { method: 'POST', body }),
    onSettled,
  });
  return { begin, answer };
}
