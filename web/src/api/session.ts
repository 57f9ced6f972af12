import { queryOptions, useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { measureOffset } from '../lib/clock';
import { ApiError, request, setCsrfToken } from './client';
import { keys } from './keys';
import type { Session } from './types';

let lastKnown: Session | null = null;

function adopt(session: Session): Session {
  lastKnown = session;
  setCsrfToken(session.csrfToken);
  return session;
}

/** Who is signed in; null when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: keys.session,
  queryFn: async (): Promise<Session | null> => {
    const askedAt = Date.now();
    try {
      const session = await request<Session>('/auth/session');
      if (session.serverTime) measureOffset(session.serverTime, askedAt, Date.now());
      return adopt(session);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: Infinity,
  retry: 2,
});

/**
 * The session inside the signed-in part of the console, where the router has made sure there is one. Between its end and
 * the way to the login the screen goes on with the one it had.
 */
export function useSession(): Session {
  const { data } = useSuspenseQuery(sessionQuery);
  const session = data ?? lastKnown;
  if (!session) throw new ApiError(401, 'unauthenticated', 'The session has ended.');
  return session;
}

export function useCan(): (permission: string) => boolean {
  const { permissions } = useSession();
  return (permission) => permissions.includes(permission);
}

export interface Credentials {
  email: string;
  password: string;
  workspace?: string;
}

export function useLogin() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (credentials: Credentials) => request<Session>('/auth/login', { method: 'POST', body: credentials }),
    onSuccess: (session) => {
      client.clear();
      client.setQueryData(keys.session, adopt(session));
    },
  });
}

export const logout = () => request<null>('/auth/logout', { method: 'POST' });

/** Keeps the agent's own language, for the first sign-in on another machine and for what is sent to them. */
export const saveLocale = (locale: 'fa' | 'en') =>
  request<Session>('/auth/profile', { method: 'PATCH', body: { locale } });
