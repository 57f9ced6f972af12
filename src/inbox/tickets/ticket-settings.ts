/** What a workspace settles for all its tickets. */
export interface TicketSettings {
  /** A solved ticket takes its customer's words this long; later ones open a new ticket. */
  reopenDays: number;
  /** A solved ticket closes by itself after so many days; null: never. */
  closeAfterDays: number | null;
  /** What a ticket may be, in the workspace's own words. */
  types: readonly string[];
}

export const DAY_MS = 24 * 3_600_000;

export const DEFAULT_TICKET_SETTINGS: TicketSettings = {
  reopenDays: 7, // long enough for a parcel, short enough that another matter is another ticket
  closeAfterDays: 28, // well after the last word that could reopen it
  types: ['question', 'problem', 'incident', 'task'],
};

const isDays = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;

export const reopenDaysOf = (stored: unknown): number => (isDays(stored) ? stored : DEFAULT_TICKET_SETTINGS.reopenDays);

/** @param stored `workspaces.settings.tickets`; whatever is missing or makes no sense is as by default */
export function readTicketSettings(stored: unknown): TicketSettings {
  const given = (typeof stored === 'object' && stored !== null ? stored : {}) as Record<string, unknown>;
  const { closeAfterDays, types } = given;
  return {
    reopenDays: reopenDaysOf(given['reopenDays']),
    closeAfterDays:
      closeAfterDays === null || isDays(closeAfterDays) ? closeAfterDays : DEFAULT_TICKET_SETTINGS.closeAfterDays,
    types:
      Array.isArray(types) && types.every((type) => typeof type === 'string') ? types : DEFAULT_TICKET_SETTINGS.types,
  };
}
