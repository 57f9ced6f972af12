import { uuidv7 } from '../platform/ids';
import type { Holiday, HolidayRule } from './calendar';
import type { CalendarDraftBody, HolidayBody, HolidayChangeBody, NameBody, RuleBody } from './calendars.dto';
import type { CalendarChange, HolidayEdit } from './change';

/** A body as what `applyChange` takes; what is wrong with it, `applyChange` says. */
export function toChange(draft: CalendarDraftBody): CalendarChange {
  const { timeZone, hours, addHolidays, changeHolidays, removeHolidays, moveHolidays } = draft;
  return {
    timeZone,
    hours,
    addHolidays: addHolidays?.map(toHoliday),
    changeHolidays: changeHolidays?.map((edit) => toEdit(edit.id, edit)),
    removeHolidays,
    moveHolidays,
  };
}

export const toHoliday = ({ name, rule, hours = [] }: HolidayBody): Holiday => ({
  id: uuidv7(),
  name: bothNames(name),
  rule: toRule(rule),
  moved: {},
  hours,
});

export const toEdit = (id: string, { name, rule, hours }: HolidayChangeBody): HolidayEdit => ({
  id,
  ...(name && { name: bothNames(name) }),
  ...(rule && { rule: toRule(rule) }),
  ...(hours && { hours }),
});

export function bothNames({ fa, en }: NameBody, otherwise = { fa: 'تعطیل', en: 'Closed' }): Holiday['name'] {
  return { fa: fa ?? en ?? otherwise.fa, en: en ?? fa ?? otherwise.en };
}

/** The fields that a kind of rule has; the class has checked that they are there. */
function toRule({ on, month = 0, day = 0, date = '', from = '', to }: RuleBody): HolidayRule {
  if (on === 'date') return { on, date, ...(to !== undefined && { to }) };
  if (on === 'span') return { on, from, to: to ?? '' };
  return { on, month, day };
}
