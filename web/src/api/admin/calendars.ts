import { queryOptions } from '@tanstack/react-query';
import { queryString, request, requestAll } from '../client';
import { useChange } from './use-change';

export const WEEK = ['sat', 'sun', 'mon', 'tue', 'wed', 'thu', 'fri'] as const;
export type Weekday = (typeof WEEK)[number];

/** Minutes after local midnight; `to` above 1,440 is on the next day. */
export interface DayHours {
  from: number;
  to: number;
}
export type WeekHours = Partial<Record<Weekday, DayHours[]>>;

export interface BothNames {
  fa: string;
  en: string;
}

export type HolidayRule =
  | { on: 'date'; date: string; to?: string }
  | { on: 'gregorian' | 'jalali' | 'lunar'; month: number; day: number }
  | { on: 'span'; from: string; to: string };

export interface HolidayInput {
  name: Partial<BothNames>;
  rule: HolidayRule;
  hours: DayHours[];
}

export interface Holiday extends HolidayInput {
  id: string;
  name: BothNames;
  moved: Record<string, string>;
  next: { date: string; jalali: string } | null;
}

export interface BusinessCalendar {
  id: string;
  name: string;
  timeZone: string;
  hours: WeekHours;
  holidays: Holiday[];
  isDefault: boolean;
  openNow: boolean;
  version: number;
}

/** One day on which something is kept. */
export interface Occurrence {
  holidayId: string;
  name: BothNames;
  date: string;
  weekday: Weekday;
  computed: string;
  moved: boolean;
  uncertain: boolean;
  hours: DayHours[];
  span: { from: string; to: string } | null;
}

/** What is to become of a calendar; also what a preview asks about. */
export interface CalendarDraft {
  timeZone?: string;
  hours?: WeekHours;
  addHolidays?: HolidayInput[];
  changeHolidays?: (HolidayInput & { id: string })[];
  removeHolidays?: string[];
  moveHolidays?: { holidayId: string; date: string; observed: string }[];
}

export interface ImportOutcome {
  added: number;
  changed: number;
  same: number;
  notUnderstood: { line: number; summary: string | null; why: string }[];
}

const calendarsKey = ['calendars'] as const;

export const calendarsQuery = queryOptions({
  queryKey: [...calendarsKey, 'list'] as const,
  queryFn: ({ signal }) => requestAll<BusinessCalendar>('/calendars', signal),
});

export const calendarQuery = (id: string) =>
  queryOptions({
    queryKey: [...calendarsKey, id] as const,
    queryFn: ({ signal }) => request<BusinessCalendar>(`/calendars/${id}`, { signal }),
  });

/** Everything kept between two days, both included. */
export const occurrencesQuery = (id: string, from: string, to: string) =>
  queryOptions({
    queryKey: [...calendarsKey, id, 'occurrences', from, to] as const,
    queryFn: async ({ signal }) =>
      (await request<{ items: Occurrence[] }>(`/calendars/${id}/occurrences${queryString({ from, to })}`, { signal }))
        .items,
  });

export interface NewCalendar {
  name: string;
  template: 'iran' | 'always' | 'empty';
  timeZone?: string;
}

export const useAddCalendar = () =>
  useChange((body: NewCalendar) => request<BusinessCalendar>('/calendars', { method: 'POST', body }), calendarsKey);

export type CalendarPatch = CalendarDraft & { version: number; name?: string; isDefault?: true };

export const useChangeCalendar = (id: string) =>
  useChange(
    (body: CalendarPatch) => request<BusinessCalendar>(`/calendars/${id}`, { method: 'PATCH', body }),
    calendarsKey,
  );

export const useRemoveCalendar = (id: string) =>
  useChange(
    (version: number) => request<null>(`/calendars/${id}${queryString({ version })}`, { method: 'DELETE' }),
    calendarsKey,
  );

/** Closed once: without times from now to the end of the day. The key makes a second press the same closure. */
export const useClose = (id: string) =>
  useChange(
    ({ key, ...body }: { key: string; name?: Partial<BothNames>; from?: string; to?: string }) =>
      request<{ holidayId: string }>(`/calendars/${id}/closures`, {
        method: 'POST',
        body,
        headers: { 'idempotency-key': key },
      }),
    calendarsKey,
  );

export const useImportFeed = (id: string) =>
  useChange(
    (body: { ics: string; dryRun: boolean }) =>
      request<ImportOutcome>(`/calendars/${id}/import`, { method: 'POST', body }),
    calendarsKey,
  );
