import { queryOptions } from '@tanstack/react-query';
import { request, requestAll } from '../client';
import type { Action } from './rules';
import { useChange } from './use-change';

/** What a text may say of the ticket it is used on, as `{{name|fallback}}`. */
export const VARIABLES = [
  'contact.name',
  'contact.firstName',
  'agent.name',
  'agent.firstName',
  'ticket.number',
  'brand.name',
  'channel.name',
  'workspace.name',
  'now.date',
  'now.time',
  'now.weekday',
] as const;

export type Scope = 'everybody' | 'team' | 'me';

export interface Texts {
  fa?: string;
  en?: string;
}

interface Whose {
  scope: Scope;
  teamId: string | null;
  texts: Texts;
}

export interface MacroInput extends Whose {
  name: string;
  actions: Action[];
}

export interface ReplyInput extends Whose {
  shortcut: string;
  title: string;
}

interface Kept {
  id: string;
  version: number;
  usedCount: number;
}

export type Macro = MacroInput & Kept;
export type CannedReply = ReplyInput & Kept;

const macrosKey = ['macros'] as const;
const repliesKey = ['canned-replies'] as const;

export const macrosQuery = queryOptions({
  queryKey: [...macrosKey, 'settings'] as const,
  queryFn: ({ signal }) => requestAll<Macro>('/macros', signal),
});

export const repliesQuery = queryOptions({
  queryKey: [...repliesKey, 'settings'] as const,
  queryFn: ({ signal }) => requestAll<CannedReply>('/canned-replies', signal),
});

export const useSaveMacro = () =>
  useChange(
    ({ id, ...body }: MacroInput & { id?: string; version?: number }) =>
      request<Macro>(id ? `/macros/${id}` : '/macros', { method: id ? 'PUT' : 'POST', body }),
    macrosKey,
  );

export const useSaveReply = () =>
  useChange(
    ({ id, ...body }: ReplyInput & { id?: string; version?: number }) =>
      request<CannedReply>(id ? `/canned-replies/${id}` : '/canned-replies', { method: id ? 'PUT' : 'POST', body }),
    repliesKey,
  );

export const useRemoveMacro = () =>
  useChange((id: string) => request<null>(`/macros/${id}`, { method: 'DELETE' }), macrosKey);

export const useRemoveReply = () =>
  useChange((id: string) => request<null>(`/canned-replies/${id}`, { method: 'DELETE' }), repliesKey);
