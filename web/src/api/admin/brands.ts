import { request } from '../client';
import { keys } from '../keys';
import type { Named } from '../types';
import { useChange } from './use-change';

/** Adds a brand, or calls one otherwise. */
export const useSaveBrand = () =>
  useChange(
    ({ id, name }: { id?: string; name: string }) =>
      request<Named>(id ? `/brands/${id}` : '/brands', { method: id ? 'PATCH' : 'POST', body: { name } }),
    keys.brands,
  );
