export const REPORT_GROUPINGS = [
  'day',
  'hour',
  'agent',
  'team',
  'channel',
  'brand',
  'threadKind',
  'language',
  'priority',
] as const;
export type ReportGrouping = (typeof REPORT_GROUPINGS)[number];

/** What the address of the reports carries: the days, both included (Gregorian `YYYY-MM-DD`), and what a row stands for. */
export interface ReportSearch {
  from?: string;
  to?: string;
  by?: ReportGrouping;
}

export function readReportSearch({ from, to, by }: Record<string, unknown>): ReportSearch {
  const day = (value: unknown) => (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined);
  return { from: day(from), to: day(to), by: REPORT_GROUPINGS.find((one) => one === by) };
}
