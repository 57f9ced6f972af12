import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
  type InfiniteData,
  type QueryClient,
} from '@tanstack/react-query';
import type { Outgoing } from '../lib/outgoing';
import { queryString, request } from './client';
import { keys } from './keys';
import type { Message, ModerationAction, Page } from './types';

const PAGE_SIZE = 50;
// Events tell what becomes of a message; why it waits meanwhile may change without one.
const UNSETTLED_EVERY_MS = 15_000;

const isUnsettled = ({ delivery, edit }: Message): boolean =>
  edit?.state === 'waiting' ||
  delivery?.state === 'queued' ||
  delivery?.state === 'sending' ||
  delivery?.state === 'unknown';

/** Something of ours in these messages is still on its way. */
export const holdsUnsettled = (data: InfiniteData<Page<Message>> | undefined): boolean =>
  data?.pages.some(({ items }) => items.some(isUnsettled)) ?? false;

const readPage = (conversationId: string, before: number | null, signal: AbortSignal) =>
  request<Page<Message>>(`/conversations/${conversationId}/messages${queryString({ before, limit: PAGE_SIZE })}`, {
    signal,
  });

/** Pages run from the newest back: the first page is the end of the conversation, each next one is older. */
export const messagesQuery = (conversationId: string) =>
  infiniteQueryOptions({
    queryKey: keys.messages(conversationId),
    queryFn: ({ pageParam, signal }) => readPage(conversationId, pageParam, signal),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => (page.nextCursor === null ? null : page.items[0]?.seq),
  });

/** The conversation with its end as it is now; what was loaded before that end stays. */
export function withNewest(data: InfiniteData<Page<Message>>, page: Page<Message>): InfiniteData<Page<Message>> {
  const [newest, ...older] = data.pages;
  const [first] = page.items;
  if (!newest || !first) return data;
  const before = newest.items.filter(({ seq }) => seq < first.seq);
  const nextCursor = before.length > 0 ? newest.nextCursor : page.nextCursor;
  return { ...data, pages: [{ ...page, items: [...before, ...page.items], nextCursor }, ...older] };
}

/** Looks again at the end of a conversation while something of ours there is on its way. */
export function useUnsettled(conversationId: string, data: InfiniteData<Page<Message>> | undefined): void {
  const client = useQueryClient();
  const key = keys.messages(conversationId);
  useQuery({
    queryKey: ['unsettled', conversationId] as const,
    queryFn: async ({ signal }) => {
      const before = client.getQueryState(key)?.dataUpdatedAt;
      const page = await readPage(conversationId, null, signal);
      const now = client.getQueryState<InfiniteData<Page<Message>>>(key);
      // what was written meanwhile is news; this is older
      if (now?.data && now.dataUpdatedAt === before && now.fetchStatus === 'idle')
        client.setQueryData(key, withNewest(now.data, page));
      return null;
    },
    initialData: null,
    staleTime: Infinity,
    enabled: holdsUnsettled(data),
    refetchInterval: UNSETTLED_EVERY_MS,
  });
}

/** All loaded messages, oldest first, each once. */
export function inOrder(data: InfiniteData<Page<Message>> | undefined): Message[] {
  const byId = new Map<string, Message>();
  for (const page of data?.pages ?? []) for (const message of page.items) byId.set(message.id, message);
  return [...byId.values()].sort((a, b) => a.seq - b.seq);
}

/** Puts a confirmed message at the end of its conversation without waiting for the event. */
export function addMessage(client: QueryClient, message: Message): void {
  client.setQueryData<InfiniteData<Page<Message>>>(keys.messages(message.conversationId), (data) => {
    const [newest, ...older] = data?.pages ?? [];
    if (!data || !newest || newest.items.some(({ id }) => id === message.id)) return data;
    return { ...data, pages: [{ ...newest, items: [...newest.items, message] }, ...older] };
  });
}

/** Sends a reply or a note. The same attempt sent twice is one message: its key travels with it. */
export function sendOutgoing(outgoing: Outgoing): Promise<Message> {
  const headers = { 'idempotency-key': outgoing.key };
  const path = `/conversations/${outgoing.conversationId}`;
  if (outgoing.mode === 'note')
    return request(`${path}/notes`, { method: 'POST', headers, body: { text: outgoing.text } });
  const { text, mode: visibility, seenMessageId, split, template } = outgoing;
  const statusAfter = outgoing.statusAfter ?? undefined;
  const attachments = outgoing.files?.length ? outgoing.files.map(({ uploadId }) => ({ uploadId })) : undefined;
  return request(`${path}/replies`, {
    method: 'POST',
    headers,
    body: { text, visibility, seenMessageId, statusAfter, attachments, split, template },
  });
}

/** Where the conversation can be seen at the network itself; null where it has no such place. */
export const permalinkQuery = (conversationId: string) =>
  queryOptions({
    queryKey: keys.permalink(conversationId),
    queryFn: async ({ signal }) =>
      (await request<{ url: string | null }>(`/conversations/${conversationId}/permalink`, { signal })).url,
    staleTime: Infinity,
  });

/** The whole of a letter: what it quotes too, and its looks, made safe by the server. */
export const originalQuery = ({ id, conversationId }: Pick<Message, 'id' | 'conversationId'>) =>
  queryOptions({
    queryKey: keys.original(id),
    queryFn: ({ signal }) =>
      request<{ text: string | null; html: string | null }>(
        `/conversations/${conversationId}/messages/${id}/original`,
        { signal },
      ),
    staleTime: Infinity,
  });

function useThreadMutation<Variables>(conversationId: string, mutationFn: (variables: Variables) => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSettled: () => client.invalidateQueries({ queryKey: keys.messages(conversationId) }),
  });
}

export const useModeration = (conversationId: string) =>
  useThreadMutation(
    conversationId,
    ({ messageId, action, reason }: { messageId: string; action: ModerationAction; reason: string }) =>
      request(`/messages/${messageId}/moderation`, { method: 'POST', body: { action, reason } }),
  );

/** Settles a message whose delivery failed or is in doubt. */
export const useDeliveryDecision = (conversationId: string) =>
  useThreadMutation(conversationId, ({ messageId, action }: { messageId: string; action: 'retry' | 'give_up' }) =>
    request(`/messages/${messageId}/delivery`, { method: 'POST', body: { action } }),
  );

/** Changes the text of a message of ours that is out. */
export const useOwnEdit = (conversationId: string) =>
  useThreadMutation(conversationId, ({ messageId, text }: { messageId: string; text: string }) =>
    request(`/messages/${messageId}/text`, { method: 'PUT', body: { text } }),
  );

/** Asks the network for a file once more. */
export const useRefetch = (conversationId: string) =>
  useThreadMutation(conversationId, (attachmentId: string) =>
    request(`/attachments/${attachmentId}/refetch`, { method: 'POST' }),
  );

export const useSuggestionOutcome = (conversationId: string) =>
  useThreadMutation(conversationId, ({ id, outcome }: { id: string; outcome: 'accepted' | 'dismissed' }) =>
    request(`/bot/answers/${id}/outcome`, { method: 'POST', body: { outcome } }),
  );

export const useHandler = (conversationId: string, ticketId: string) => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (handler: 'bot' | 'human') =>
      request(`/conversations/${conversationId}/handler`, { method: 'PUT', body: { handler } }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.ticket(ticketId) }),
  });
};
