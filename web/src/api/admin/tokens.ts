import { infiniteQueryOptions } from '@tanstack/react-query';
import { queryString, request } from '../client';
import type { Page, Role } from '../types';
import { useChange } from './use-change';

export interface ApiToken {
  id: string;
  name: string;
  /** Its first characters. */
  hint: string;
  createdAt: string;
  lastUsedAt: string | null;
  expiresAt: string | null;
  revokedAt: string | null;
  /** Whose it is; told only where everybody's are listed. */
  agent?: { id: string; name: string; role: Role };
}

export type TokensOf = 'mine' | 'everybody';

const PATHS: Record<TokensOf, string> = { mine: '/auth/tokens', everybody: '/workspace/tokens' };
const tokensKey = ['api-tokens'] as const;

export const tokensQuery = (of: TokensOf) =>
  infiniteQueryOptions({
    queryKey: [...tokensKey, of] as const,
    queryFn: ({ pageParam, signal }) =>
      request<Page<ApiToken>>(`${PATHS[of]}${queryString({ cursor: pageParam })}`, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });

/** Answers the token itself too, this once. */
export const useAddToken = () =>
  useChange(
    (body: { name: string; expiresAt?: string }) =>
      request<ApiToken & { token: string }>('/auth/tokens', { method: 'POST', body }),
    tokensKey,
  );

export const useRevokeToken = (of: TokensOf) =>
  useChange((id: string) => request<null>(`${PATHS[of]}/${id}`, { method: 'DELETE' }), tokensKey);
