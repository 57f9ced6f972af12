import { DEFAULT_TICKET_SETTINGS, readTicketSettings } from './ticket-settings';

it.each<[string, unknown, object]>([
  ['nothing', undefined, {}],
  ['what is no object', 'seven', {}],
  ['a part', { reopenDays: 0 }, { reopenDays: 0 }],
  ['never closing', { closeAfterDays: null }, { closeAfterDays: null }],
  ['what makes no sense', { reopenDays: -1, closeAfterDays: 'soon', types: [1] }, {}],
  ['types', { types: ['gift'] }, { types: ['gift'] }],
])('%s', (_, stored, over) => expect(readTicketSettings(stored)).toEqual({ ...DEFAULT_TICKET_SETTINGS, ...over }));
