import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { queryString, request } from '../client';
import { keys } from '../keys';
import type { Page, TextLimit, Words } from '../types';
import { useChange } from './use-change';

export type NoticeState = 'queued' | 'sending' | 'sent' | 'unknown' | 'failed' | 'cancelled';
export type NoticeDecision = 'retry' | 'arrived' | 'give_up';

/** What went out, or is to go out, on a channel nobody can answer on; one part of it where it is long. */
export interface Notice {
  id: string;
  author: { id: string; name: string };
  to: string;
  text: string;
  attachments: { uploadId: string; kind: string; name: string | null; sizeBytes: number | null }[];
  part: number;
  parts: number;
  state: NoticeState;
  reason: Words | null;
  heldBy: 'channel' | 'pause' | 'part_before' | null;
  /** It is not tried before, where that is known. */
  notBefore: string | null;
  decisions: NoticeDecision[];
  createdAt: string;
  sentAt: string | null;
}

export interface NoticeRules {
  textLimit: TextLimit;
  attachments: { kind: string; maxBytes: number }[];
  /** Where a notice goes that names nobody; null where each has to. */
  defaultTo: string | null;
  partsTogether: number | null;
  captionLimit: TextLimit | null;
}

export interface NewNotice {
  text: string;
  to?: string;
  attachments?: { uploadId: string }[];
  split?: boolean;
}

const path = (channelId: string) => `/channels/${channelId}/notices`;

export const noticesQuery = (channelId: string) =>
  infiniteQueryOptions({
    queryKey: keys.notices(channelId),
    queryFn: ({ pageParam, signal }) =>
      request<Page<Notice>>(`${path(channelId)}${queryString({ cursor: pageParam, limit: '30' })}`, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });

export const noticeRulesQuery = (channelId: string) =>
  queryOptions({
    queryKey: ['notice-rules', channelId] as const,
    queryFn: ({ signal }) => request<NoticeRules>(`/channels/${channelId}/notice-rules`, { signal }),
  });

/** The same attempt sent twice is one notice: its key travels with it. */
export const useWriteNotice = (channelId: string) =>
  useChange(
    ({ key, body }: { key: string; body: NewNotice }) =>
      request<{ items: Notice[] }>(path(channelId), { method: 'POST', headers: { 'idempotency-key': key }, body }),
    keys.notices(channelId),
  );

export const useDecideNotice = (channelId: string) =>
  useChange(
    ({ id, action }: { id: string; action: NoticeDecision }) =>
      request<Notice>(`${path(channelId)}/${id}/delivery`, { method: 'POST', body: { action } }),
    keys.notices(channelId),
  );
