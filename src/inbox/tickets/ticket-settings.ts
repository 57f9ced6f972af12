/** What something is called to whoever reads Persian, and English. */
export interface Label {
  fa: string;
  en: string;
}

/** What a workspace settles for all its tickets. */
export interface TicketSettings {
  /** A solved ticket takes its customer's words this long; later ones open a new ticket. */
  reopenDays: number;
  /** A solved ticket closes by itself after so many days; null: never. */
  closeAfterDays: number | null;
  /** What a ticket may be, in the workspace's own words. */
  types: readonly string[];
  /** What each type is called; one without a label of its own is called as it is. */
  typeLabels: Readonly<Record<string, Label>>;
}

export const DAY_MS = 24 * 3_600_000;

const USUAL_LABELS: Readonly<Record<string, Label>> = {
  question: { fa: 'پرسش', en: 'Question' },
  problem: { fa: 'مشکل', en: 'Problem' },
  incident: { fa: 'رخداد', en: 'Incident' },
  task: { fa: 'کار', en: 'Task' },
};

export const DEFAULT_TICKET_SETTINGS: TicketSettings = {
  reopenDays: 7, // long enough for a parcel, short enough that another matter is another ticket
  closeAfterDays: 28, // well after the last word that could reopen it
  types: ['question', 'problem', 'incident', 'task'],
  typeLabels: USUAL_LABELS,
};

const isDays = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;

export const reopenDaysOf = (stored: unknown): number => (isDays(stored) ? stored : DEFAULT_TICKET_SETTINGS.reopenDays);

/** @param stored `workspaces.settings.tickets`; whatever is missing or makes no sense is as by default */
export function readTicketSettings(stored: unknown): TicketSettings {
  const given = (typeof stored === 'object' && stored !== null ? stored : {}) as Record<string, unknown>;
  const { closeAfterDays } = given;
  const types = isTexts(given['types']) ? given['types'] : DEFAULT_TICKET_SETTINGS.types;
  return {
    reopenDays: reopenDaysOf(given['reopenDays']),
    closeAfterDays:
      closeAfterDays === null || isDays(closeAfterDays) ? closeAfterDays : DEFAULT_TICKET_SETTINGS.closeAfterDays,
    types,
    typeLabels: labelsOf(types, given['typeLabels']),
  };
}

/** A label for each of these types, and no other: the one given, the usual one, or its own name. */
export function labelsOf(types: readonly string[], given: unknown): Record<string, Label> {
  const own = (type: string): unknown =>
    typeof given === 'object' && given !== null && Object.hasOwn(given, type)
      ? (given as Record<string, unknown>)[type]
      : undefined;
  const usual = (type: string): Label =>
    Object.hasOwn(USUAL_LABELS, type) ? USUAL_LABELS[type]! : { fa: type, en: type };
  return Object.fromEntries(
    types.map((type) => {
      const label = own(type);
      return [type, isLabel(label) ? { fa: label.fa, en: label.en } : usual(type)];
    }),
  );
}

const LONGEST_LABEL = 60;

/** What is wrong with labels as they were sent, with where it is. */
export function labelProblems(types: readonly string[], given: unknown): { path: string; problem: string }[] {
  if (given === undefined) return [];
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return [{ path: 'typeLabels', problem: 'must be labels by type' }];
  return Object.entries(given).flatMap(([type, label]: [string, unknown]) => {
    const path = `typeLabels.${type}`;
    if (!types.includes(type)) return [{ path, problem: 'is not one of the types' }];
    const long = isLabel(label) && [label.fa, label.en].some((text) => text.length > LONGEST_LABEL);
    return isLabel(label) && !long
      ? []
      : [{ path, problem: `must have fa and en, each of 1 to ${LONGEST_LABEL} characters` }];
  });
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

function isLabel(value: unknown): value is Label {
  if (typeof value !== 'object' || value === null) return false;
  const { fa, en } = value as Partial<Record<keyof Label, unknown>>;
  return [fa, en].every((text) => typeof text === 'string' && text.trim() !== '' && !text.includes('\0'));
}
