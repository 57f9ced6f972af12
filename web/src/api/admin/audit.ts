import { infiniteQueryOptions } from '@tanstack/react-query';
import { queryString, request } from '../client';
import type { Page } from '../types';

export interface AuditEntry {
  id: string;
  at: string;
  actor: { kind: 'agent' | 'bot' | 'contact' | 'system' | 'crm' | 'rule'; id?: string };
  /** `noun.verb_ed`. */
  action: string;
  /** `kind:id`, or a kind alone. */
  subject: string;
  changes: Record<string, { from?: unknown; to?: unknown }>;
  requestId: string | null;
}

export interface AuditFilter {
  agentId?: string;
  subject?: string;
  /** Instants: from the one on, before the other. */
  from?: string;
  to?: string;
}

export const auditQuery = (filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ['audit', filter] as const,
    queryFn: ({ pageParam, signal }) =>
      request<Page<AuditEntry>>(`/audit${queryString({ ...filter, cursor: pageParam })}`, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
