import { queryOptions } from '@tanstack/react-query';
import { request } from '../client';
import { useChange } from './use-change';
import type { TypeLabels } from '../../lib/type-name';

export const FIELD_KINDS = ['text', 'number', 'date', 'select', 'multi', 'checkbox'] as const;
export type FieldKind = (typeof FIELD_KINDS)[number];

export interface FieldOption {
  value: string;
  labelFa: string;
  labelEn: string;
}

export interface TicketFieldInput {
  key: string;
  labelFa: string;
  labelEn: string;
  kind: FieldKind;
  options: FieldOption[];
  requiredToSolve: boolean;
  position: number;
}

export interface TicketField extends TicketFieldInput {
  id: string;
}

export interface TicketSettings {
  reopenDays: number;
  closeAfterDays: number | null;
  types: string[];
  typeLabels: TypeLabels;
}

const fieldsKey = ['ticket-fields'] as const;
const settingsKey = ['ticket-settings'] as const;

export const ticketFieldsQuery = queryOptions({
  queryKey: [...fieldsKey, 'settings'] as const,
  queryFn: async ({ signal }) => (await request<{ items: TicketField[] }>('/ticket-fields', { signal })).items,
});

/** Adds a field, or changes the one with the given id: its key and its kind stay. */
export const useSaveField = () =>
  useChange(({ id, ...field }: TicketFieldInput & { id?: string }) => {
    if (!id) return request<TicketField>('/ticket-fields', { method: 'POST', body: field });
    const { key: _key, kind: _kind, ...body } = field;
    return request<TicketField>(`/ticket-fields/${id}`, { method: 'PATCH', body });
  }, fieldsKey);

export const useRemoveField = () =>
  useChange((id: string) => request<null>(`/ticket-fields/${id}`, { method: 'DELETE' }), fieldsKey);

export const ticketSettingsQuery = queryOptions({
  queryKey: [...settingsKey, 'settings'] as const,
  queryFn: ({ signal }) => request<TicketSettings>('/ticket-settings', { signal }),
});

export const useSaveTicketSettings = () =>
  useChange(
    (body: TicketSettings) => request<TicketSettings>('/ticket-settings', { method: 'PUT', body }),
    settingsKey,
  );
