/**
 * When machines keep silent (protocols/email.md §6 and §10): words that come hours late, after an outage, are for people;
 * and whoever was answered by a machine a moment ago may be one, so two of them would write to each other without end.
 */
export interface BrakeSettings {
  /** How old words may be that a machine answers. */
  maxAgeMinutes: number;
  /** Automatic answers to one person where machines answer too, whatever the thread; 0: as many as come. */
  perHour: number;
  perDay: number;
  /** The same where people chat: many questions in an hour are usual there, endless ones are not. */
  chatPerHour: number;
}

export const DEFAULT_BRAKE: BrakeSettings = { maxAgeMinutes: 60, perHour: 1, perDay: 5, chatPerHour: 20 };

/** Reads `workspaces.settings.automaticAnswers`; what is missing or no whole number of zero or more is the default. */
export function brakeSettings(stored: unknown): BrakeSettings {
  const given = (typeof stored === 'object' && stored !== null ? stored : {}) as Record<string, unknown>;
  const read = (name: keyof BrakeSettings) => {
    const value = given[name];
    return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : DEFAULT_BRAKE[name];
  };
  return {
    maxAgeMinutes: read('maxAgeMinutes'),
    perHour: read('perHour'),
    perDay: read('perDay'),
    chatPerHour: read('chatPerHour'),
  };
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** How far back answers count. */
export const BRAKE_MEMORY_MS = 24 * HOUR_MS;

export const isTooOld = (ageMs: number, { maxAgeMinutes }: BrakeSettings): boolean => ageMs > maxAgeMinutes * MINUTE_MS;

/**
 * @param answeredAt when a machine answered this person within the last day, ms
 * @param amongMachines whether machines answer on this kind of thread too
 */
export function hadEnough(
  answeredAt: readonly number[],
  { perHour, perDay, chatPerHour }: BrakeSettings,
  now: number,
  amongMachines: boolean,
): boolean {
  const within = (ms: number) => answeredAt.filter((at) => at > now - ms).length;
  if (!amongMachines) return chatPerHour > 0 && within(HOUR_MS) >= chatPerHour;
  return (perHour > 0 && within(HOUR_MS) >= perHour) || (perDay > 0 && within(BRAKE_MEMORY_MS) >= perDay);
}
