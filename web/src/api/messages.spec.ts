import type { InfiniteData } from '@tanstack/react-query';
import { QueryClient } from '@tanstack/react-query';
import { keys } from './keys';
import { addMessage, inOrder, withNewest } from './messages';
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

it('takes the end of a conversation as it is now, and loses nothing of what was loaded', () => {
  const now = (...seqs: number[]) => ({
    items: seqs.map((seq) => ({ ...message(seq), text: 'now' })),
    nextCursor: 'x',
  });
  const seqsOf = (data: InfiniteData<Page<Message>>) =>
    inOrder(data).map(({ seq, text }) => (text === 'now' ? `${seq} now` : String(seq)));
  const loaded = pages([4, 5, 6], [1, 2, 3]);
  expect(seqsOf(withNewest(loaded, now(4, 5, 6)))).toEqual(['1', '2', '3', '4 now', '5 now', '6 now']);
  const longer = withNewest(loaded, now(6, 7, 8));
  expect(seqsOf(longer)).toEqual(['1', '2', '3', '4', '5', '6 now', '7 now', '8 now']);
  expect(longer.pages.map(({ nextCursor }) => nextCursor)).toEqual([null, null]);
  expect(withNewest(loaded, now()).pages).toEqual(loaded.pages);
});

it('shows a confirmed message once, whoever tells of it first', () => {
  const client = new QueryClient();
  client.setQueryData(keys.messages('c1'), pages([1, 2]));
  addMessage(client, message(3));
  addMessage(client, message(3));
  expect(inOrder(client.getQueryData(keys.messages('c1'))).map(({ seq }) => seq)).toEqual([1, 2, 3]);
});
