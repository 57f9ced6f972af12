import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { request, requestAll } from './client';
import { keys } from './keys';
import type { Agent, Brand, Contact, Role, Team } from './types';

export const agentsQuery = queryOptions({
  queryKey: keys.agents,
  queryFn: ({ signal }) => requestAll<Agent>('/agents', signal),
});
export const teamsQuery = queryOptions({
  queryKey: keys.teams,
  queryFn: ({ signal }) => requestAll<Team>('/teams', signal),
  staleTime: 60_000,
});
export const brandsQuery = queryOptions({
  queryKey: keys.brands,
  queryFn: ({ signal }) => requestAll<Brand>('/brands', signal),
  staleTime: 60_000,
});

export const contactQuery = (id: string) =>
  queryOptions({
    queryKey: keys.contact(id),
    queryFn: ({ signal }) => request<Contact>(`/contacts/${id}`, { signal }),
  });

export interface NewAgent {
  name: string;
  email: string;
  role: Role;
  password?: string;
  teamIds: string[];
}

/** Answers the agent, with the generated password once when none was given. */
export function useAddAgent() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (agent: NewAgent) => request<Agent & { password?: string }>('/agents', { method: 'POST', body: agent }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.agents }),
  });
}

export interface AgentChange {
  name?: string;
  role?: Role;
  capacity?: number;
  teamIds?: string[];
}

/** Changes an agent, or (with `enabled`) keeps one out or lets one in again. */
export function useChangeAgent(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: AgentChange | { enabled: boolean }) =>
      'enabled' in change
        ? request<Agent>(`/agents/${id}/access`, { method: 'PUT', body: change })
        : request<Agent>(`/agents/${id}`, { method: 'PATCH', body: change }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.agents }),
  });
}

/** Answers a new password, shown this once. */
export const useNewPassword = (id: string) =>
  useMutation({
    mutationFn: async () =>
      (await request<{ password: string }>(`/agents/${id}/password-reset`, { method: 'POST' })).password,
  });

export function useChangeTeam(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: { name: string; assignment: 'push' | 'pull' }) =>
      request<Team>(`/teams/${id}`, { method: 'PATCH', body: change }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.teams }),
  });
}

export function useAddTeam() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (team: { name: string }) => request<Team>('/teams', { method: 'POST', body: team }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.teams }),
  });
}
