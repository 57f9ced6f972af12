import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { request } from './client';
import { keys } from './keys';
import type { ChannelRef, ChannelKind, Contact } from './types';

export const LIKENESSES = ['phone', 'email', 'account', 'handle', 'name'] as const;
export type Likeness = (typeof LIKENESSES)[number];

/** Somebody who may be the same person, with what they have in common, the surest first. */
export interface Duplicate {
  id: string;
  name: string | null;
  email: string | null;
  phone: string | null;
  identities: { channel: ChannelRef; externalId: string; handle: string | null; name: string | null }[];
  reasons: Likeness[];
}

export const CONTACT_FIELDS = ['name', 'email', 'phone', 'locale', 'tier'] as const;
export type ContactField = (typeof CONTACT_FIELDS)[number];

/** What merging would do. */
export interface MergePreview {
  after: Record<ContactField, string | null>;
  /** What the one that stays gets from the other. */
  filled: ContactField[];
  /** Where the two differ: the one that stays keeps its own. */
  differing: ContactField[];
  moves: { identities: number; conversations: number; tickets: number; openTickets: number };
  /** Somebody said that they are not one person; the merge ends that. */
  toldApart: Said | null;
}

/** When it was said, and by whom. */
export interface Said {
  at: string;
  by: { kind: 'agent' | 'bot' | 'contact' | 'system' | 'crm' | 'rule'; id?: string };
}

/** A contact that is part of another now, or that somebody said is somebody else. */
export interface SaidOfContact extends Said {
  contact: { id: string; name: string | null };
  identities: { handle: string | null; name: string | null; channelKind: ChannelKind }[];
}

export const duplicatesQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.contact(id), 'duplicates'] as const,
    queryFn: async ({ signal }) =>
      (await request<{ items: Duplicate[] }>(`/contacts/${id}/duplicates`, { signal })).items,
  });

export const mergePreviewQuery = (id: string, otherId: string) =>
  queryOptions({
    queryKey: [...keys.contact(id), 'merge-preview', otherId] as const,
    queryFn: ({ signal }) => request<MergePreview>(`/contacts/${id}/merge-preview/${otherId}`, { signal }),
  });

export const contactMergesQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.contact(id), 'merges'] as const,
    queryFn: async ({ signal }) =>
      (await request<{ items: SaidOfContact[] }>(`/contacts/${id}/merges`, { signal })).items,
  });

export interface Pair {
  /** The one that stays. */
  id: string;
  /** The one that becomes part of it, or was. */
  otherId: string;
}

/** Merging and its way back: whose threads and tickets they are changes with it. */
function useMergeStep<Step extends Pair>(send: (pair: Step) => Promise<Contact>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSettled: () => {
      for (const queryKey of [keys.contacts, keys.everyTicket, keys.ticketLists, keys.counts])
        void client.invalidateQueries({ queryKey });
    },
  });
}

/** `evenToldApart`: the reader has seen that somebody said they are not one person. */
export const useMergeContacts = () =>
  useMergeStep(({ id, otherId, evenToldApart }: Pair & { evenToldApart?: boolean }) =>
    request<Contact>(`/contacts/${id}/merge`, { method: 'POST', body: { otherId, evenToldApart } }),
  );

export const useUndoMerge = () =>
  useMergeStep(({ id, otherId }: Pair) => request<Contact>(`/contacts/${id}/merges/${otherId}`, { method: 'DELETE' }));

/** Whom a contact is not the same person as, the latest first. */
export const notSameQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.contact(id), 'not-same'] as const,
    queryFn: async ({ signal }) =>
      (await request<{ items: SaidOfContact[] }>(`/contacts/${id}/not-same`, { signal })).items,
  });

function useVerdict(send: (pair: Pair) => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSettled: () => client.invalidateQueries({ queryKey: keys.contacts }),
  });
}

/** The two are not one person: suggested to nobody any more. */
export const useTellApart = () =>
  useVerdict(({ id, otherId }) => request(`/contacts/${id}/not-same`, { method: 'POST', body: { otherId } }));

/** They may be one person after all. */
export const useLiftVerdict = () =>
  useVerdict(({ id, otherId }) => request(`/contacts/${id}/not-same/${otherId}`, { method: 'DELETE' }));
