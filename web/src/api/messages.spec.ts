import type { InfiniteData } from '@tanstack/react-query';
import { QueryClient } from '@tanstack/react-query';
import { keys } from './keys';
import { addMessage, inOrder } from './messages';
import type { Message, Page } from './types';

const message = (seq: number) => ({ id: `m${seq}`, conversationId: 'c1', seq }) as Message;
const pages = (...lists: number[][]): InfiniteData<Page<Message>> => ({
  pages: lists.map((list) => ({ items: list.map(message), nextCursor: null })),
  pageParams: lists.map(() => null),
});

it('draws pages that were read from the newest back, oldest first and each message once', () => {
  // A message that arrived between two reads moves the border of the pages.
  expect(inOrder(pages([3, 4, 5], [1, 2, 3])).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  expect(inOrder(undefined)).toEqual([]);
});

it('shows a confirmed message once, whoever tells of it first', () => {
  const client = new QueryClient();
  client.setQueryData(keys.messages('c1'), pages([1, 2]));
  addMessage(client, message(3));
  addMessage(client, message(3));
  expect(inOrder(client.getQueryData(keys.messages('c1'))).map(({ seq }) => seq)).toEqual([1, 2, 3]);
});
