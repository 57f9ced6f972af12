import { request } from '../client';
import { keys } from '../keys';
import type { Brand } from '../types';
import { useChange } from './use-change';

/** Adds a brand, or calls one otherwise. */
export const useSaveBrand = () =>
  useChange(
    ({ id, name }: { id?: string; name: string }) =>
      request<Brand>(id ? `/brands/${id}` : '/brands', { method: id ? 'PATCH' : 'POST', body: { name } }),
    keys.brands,
  );

/** Takes a brand out of use, or back; refused while it has enabled channels. */
export const useArchiveBrand = () =>
  useChange(
    ({ id, archived }: { id: string; archived: boolean }) =>
      request<Brand>(`/brands/${id}/archived`, { method: 'PUT', body: { archived } }),
    keys.brands,
  );
