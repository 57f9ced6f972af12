import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { request, requestAll } from './client';
import { keys } from './keys';
import type { FaqArticle } from './types';

export const faqQuery = queryOptions({
  queryKey: keys.faq,
  queryFn: ({ signal }) => requestAll<FaqArticle>('/faq-articles', signal),
});

/** Adds an article, or changes the one with the given id. */
export function useSaveArticle() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...article }: Partial<FaqArticle>) =>
      id
        ? request<FaqArticle>(`/faq-articles/${id}`, { method: 'PATCH', body: article })
        : request<FaqArticle>('/faq-articles', { method: 'POST', body: article }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.faq }),
  });
}
