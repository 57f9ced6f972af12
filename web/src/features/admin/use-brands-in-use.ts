import { useQuery } from '@tanstack/react-query';
import { brandsQuery } from '../../api/people';
import type { Brand } from '../../api/types';

/** Brands to choose from: those that are not archived, and what was chosen before. */
export function useBrandsInUse(chosen: readonly (string | null | undefined)[] = []): Brand[] {
  const { data = [] } = useQuery(brandsQuery);
  return data.filter(({ id, archivedAt }) => !archivedAt || chosen.includes(id));
}
