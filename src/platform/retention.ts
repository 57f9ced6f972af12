/**
 * For how many days what only grows is kept, unless `RETENTION_DAYS` says otherwise. What a ticket under work is explained by
 * stays however old it is; tickets, messages, clocks and the audit log are not among these.
 */
export const USUAL_RETENTION_DAYS = {
  /** What agents were told; nobody scrolls further back. */
  notifications: 90,
  /** One change on many tickets, ticket by ticket. */
  ticket_batches: 90,
  /** Messages hidden, deleted, liked; what stands on the message itself stays. */
  moderation: 180,
  /** Settled questions of rules, with the receipts they came of, which go after them. */
  approvals: 400,
  /** What rules did and why: who asks, asks about this season. */
  rule_receipts: 180,
  /** A receiver that was wrong all month asks for the last one. */
  webhook_deliveries: 30,
  /** Who was asked and let it pass. */
  routing_offers: 180,
  /** Who took, passed and answered what: fairness over a year and a month. */
  routing_log: 400,
  /** Warnings and escalations that were told. */
  sla_steps: 400,
  /** What was told on channels nobody answers on, and how that fared. */
  notices: 400,
  /** Surveys nobody answered, or that were never asked; answers stay. */
  surveys: 400,
} as const;

export type RetainedName = keyof typeof USUAL_RETENTION_DAYS;
export const RETAINED_NAMES = Object.keys(USUAL_RETENTION_DAYS) as RetainedName[];
export type RetentionDays = Record<RetainedName, number>;

const LEAST_DAYS = 7; // a change is looked into within a week
const MOST_DAYS = 36_500;

/** What is wrong with a list like `routing_log=90,surveys=0`, 0 meaning for ever; null when nothing is. */
export function retentionProblem(given: string): string | null {
  for (const part of given.split(',')) {
    const [name, days, ...more] = part.split('=');
    if (!RETAINED_NAMES.some((known) => known === name) || more.length > 0)
      return `must name ${RETAINED_NAMES.join(', ')}, each with = and days`;
    const number = /^\d{1,5}$/.test(days ?? '') ? Number(days) : NaN;
    if (number !== 0 && !(number >= LEAST_DAYS && number <= MOST_DAYS))
      return `must give ${name} ${LEAST_DAYS} to ${MOST_DAYS} days, or 0 to keep it for ever`;
  }
  return null;
}

/** @param given a list without problems */
export function retentionDays(given: string | undefined): RetentionDays {
  const pairs = (given ?? '').split(',').flatMap((part) => {
    const [name, days] = part.split('=');
    return name ? [[name, Number(days)]] : [];
  });
  return { ...USUAL_RETENTION_DAYS, ...(Object.fromEntries(pairs) as Partial<RetentionDays>) };
}
