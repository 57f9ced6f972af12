import { type BusinessCalendar, type DayHours, type Holiday, WEEKDAYS } from './calendar';
import { IRAN_HOLIDAYS } from './iran-holidays';

export const TEMPLATES = ['iran', 'always', 'empty'] as const;
export type Template = (typeof TEMPLATES)[number];

const WORKDAY: readonly DayHours[] = [{ from: 540, to: 1_080 }]; // 09:00 to 18:00
const HALF_DAY: readonly DayHours[] = [{ from: 540, to: 780 }];
const WHOLE_DAY: readonly DayHours[] = [{ from: 0, to: 1_440 }];

/** What a new calendar begins with. */
export function begin(
  template: Template,
  newId: () => string,
): Pick<BusinessCalendar, 'hours' | 'holidays'> & { timeZone?: string } {
  switch (template) {
    case 'iran':
      return {
        timeZone: 'Asia/Tehran',
        hours: { sat: WORKDAY, sun: WORKDAY, mon: WORKDAY, tue: WORKDAY, wed: WORKDAY, thu: HALF_DAY },
        holidays: IRAN_HOLIDAYS.map((holiday): Holiday => ({ id: newId(), ...holiday })),
      };
    case 'always':
      return { hours: Object.fromEntries(WEEKDAYS.map((day) => [day, WHOLE_DAY])), holidays: [] };
    case 'empty':
      return { hours: {}, holidays: [] };
  }
}
