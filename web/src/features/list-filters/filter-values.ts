import type { TicketField } from '../../api/ticket-work';

export const STATUSES = ['new', 'open', 'pending', 'on_hold', 'solved', 'closed'] as const;
export const KINDS = ['comment', 'dm'] as const;

export const isOneOf = <T extends string>(list: readonly T[], value: string | undefined): value is T =>
  list.includes(value as T);

/** A filter by a field of the workspace's own, as it stands in the address: `key:value`. */
export function readFieldFilter(fields: readonly TicketField[], filter: string | undefined) {
  const colon = filter?.indexOf(':') ?? -1;
  if (filter === undefined || colon < 0) return null;
  const field = fields.find(({ key }) => key === filter.slice(0, colon));
  return field ? { field, value: filter.slice(colon + 1) } : null;
}
