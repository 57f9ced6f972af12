import { queryOptions } from '@tanstack/react-query';
import { request } from '../client';
import { useChange } from './use-change';

export interface FileUse {
  /** Bytes of all files kept, each counted once. */
  usedBytes: number;
  /** Null: no limit. */
  limitBytes: number | null;
  /** Files of customers that found no room and wait for some. */
  waiting: number;
}

const key = ['file-use'] as const;

export const fileUseQuery = queryOptions({
  queryKey: [...key, 'now'] as const,
  queryFn: ({ signal }) => request<FileUse>('/workspace/files', { signal }),
  staleTime: 0,
});

export const useLimitFiles = () =>
  useChange(
    (limitBytes: number | null) => request<FileUse>('/workspace/files', { method: 'PUT', body: { limitBytes } }),
    key,
  );
