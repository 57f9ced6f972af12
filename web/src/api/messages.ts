import {
  infiniteQueryOptions,
  useMutation,
  useQueryClient,
  type InfiniteData,
  type QueryClient,
} from '@tanstack/react-query';
import type { Outgoing } from '../lib/outgoing';
import { queryString, request } from './client';
import { keys } from './keys';
import type { Message, ModerationAction, Page } from './types';

const PAGE_SIZE = 50;

/** Pages run from the newest back: the first page is the end of the conversation, each next one is older. */
export const messagesQuery = (conversationId: string) =>
  infiniteQueryOptions({
    queryKey: keys.messages(conversationId),
    queryFn: ({ pageParam, signal }) =>
      request<Page<Message>>(
        `/conversations/${conversationId}/messages${queryString({ before: pageParam, limit: PAGE_SIZE })}`,
        {
          signal,
        },
      ),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => (page.nextCursor === null ? null : page.items[0]?.seq),
  });

/** All loaded messages, oldest first, each once. */
export function inOrder(data: InfiniteData<Page<Message>> | undefined): Message[] {
  const bySeq = new Map<number, Message>();
  for (const page of data?.pages ?? []) for (const message of page.items) bySeq.set(message.seq, message);
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
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
  const { text, mode: visibility, seenMessageId } = outgoing;
  const statusAfter = outgoing.statusAfter ?? undefined;
  return request(`${path}/replies`, {
    method: 'POST',
    headers,
    body: { text, visibility, seenMessageId, statusAfter },
  });
}

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
