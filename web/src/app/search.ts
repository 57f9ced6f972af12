import { FILTERS, type TicketFilters, type TicketNarrowing } from '../api/keys';
import type { CallView } from '../api/calls';
import type { TicketView } from '../api/types';

export const VIEWS: readonly TicketView[] = ['mine', 'unassigned', 'queue', 'all', 'snoozed', 'following', 'solved'];

export const isView = (value: string): value is TicketView => (VIEWS as readonly string[]).includes(value);

/** What the address of an inbox carries beside its view: the open ticket and the filters, so it can be shared and kept. */
export interface InboxSearch extends TicketNarrowing {
  ticket?: string;
  sort?: string;
}

const NAMES = ['ticket', 'sort', ...FILTERS] as const;

/** Takes whatever stands in the address; what is not a filled text is not there. */
export function readInboxSearch(search: Record<string, unknown>): InboxSearch {
  const result: InboxSearch = {};
  for (const name of NAMES) {
    const value = search[name];
    // What looks like a number or a yes in an address is read as one.
    if (typeof value === 'number' || typeof value === 'boolean') result[name] = String(value);
    else if (typeof value === 'string' && value !== '') result[name] = value;
  }
  return result;
}

export function filtersOf(view: TicketView, { ticket: _open, ...filters }: InboxSearch): TicketFilters {
  return { view, ...filters };
}

const CALL_VIEWS: readonly CallView[] = ['due', 'mine', 'upcoming'];

/** What the address of the calls carries: the view, and the call that is open. */
export function readCallsSearch(search: Record<string, unknown>): { view?: CallView; call?: string } {
  const view = CALL_VIEWS.find((name) => name === search.view);
  const { call } = search;
  return { ...(view ? { view } : {}), ...(typeof call === 'string' && call !== '' ? { call } : {}) };
}

/** What the address of the audit log carries: whose changes, of what, when. Days are Gregorian `YYYY-MM-DD`, both included. */
export interface AuditSearch {
  agentId?: string;
  subject?: string;
  from?: string;
  to?: string;
}

export function readAuditSearch(search: Record<string, unknown>): AuditSearch {
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
  const { agentId, subject, from, to } = search;
  return { agentId: text(agentId), subject: text(subject), from: text(from), to: text(to) };
}
