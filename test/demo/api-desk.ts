import type { Desk, Shelf } from '../../src/cli/open-desk';
import type { ApiClient } from '../support/api-client';

interface Named {
  id: string;
  name?: string | null;
  key?: string;
  shortcut?: string;
}

/** The desk of a workspace by the public API, as whoever signed in. */
export function apiDesk(api: ApiClient): Desk {
  const shelf = <T>(path: string): Shelf<T> => ({
    known: async () => {
      const { items } = await api.get<{ items: Named[] }>(path);
      return new Map(
        items.flatMap(({ id, name, key, shortcut }): [string, string][] => {
          const called = key ?? shortcut ?? name;
          return id && called ? [[called, id]] : []; // a team's own queue has neither
        }),
      );
    },
    add: async (thing) => (await api.post<{ id: string }>(path, thing)).id,
  });
  return {
    calendars: shelf('/calendars'),
    policies: shelf('/sla-policies'),
    queues: shelf('/queues'),
    fields: shelf('/ticket-fields'),
    rules: shelf('/rules'),
    macros: shelf('/macros'),
    replies: shelf('/canned-replies'),
    skillsOf: async (agentId) =>
      (await api.get<{ skills: Record<string, number> }>(`/agents/${agentId}/skills`)).skills,
    setSkills: (agentId, skills) => api.ok('PUT', `/agents/${agentId}/skills`, { skills }),
    setRouting: (settings) => api.ok('PUT', '/routing/settings', settings),
    setTickets: (settings) => api.ok('PUT', '/ticket-settings', settings),
    setCalls: (settings) => api.ok('PATCH', '/call-settings', settings),
    setSurvey: (settings) => api.ok('PUT', '/surveys/settings', { ...settings, version: 0 }),
  };
}
