import { contactName, handleBeside } from './names';

const t = (key: string) => key;

it.each([
  ['a name', { name: 'Amir', handle: 'amir_tvk' }, 'Amir'],
  ['no name', { name: null, handle: 'amir_tvk' }, 'amir_tvk'],
  ['an empty name', { name: ' ', handle: 'amir_tvk' }, 'amir_tvk'],
  ['nothing', { name: null, handle: null }, 'contact.unnamed'],
  ['only empty words', { name: '', handle: '' }, 'contact.unnamed'],
])('calls a customer with %s', (_case, contact, name) => expect(contactName(contact, t)).toBe(name));

it.each([
  ['another handle', { name: 'Amir', handle: 'amir_tvk' }, 'amir_tvk'],
  ['the same', { name: 'amir_tvk', handle: 'amir_tvk' }, null],
  ['the same but for the sign and the case', { name: 'Amir_TVK', handle: '@amir_tvk' }, null],
  ['a handle that already stands for the name', { name: null, handle: 'amir_tvk' }, null],
  ['no handle', { name: 'Amir', handle: null }, null],
])('shows beside the name: %s', (_case, contact, handle) => expect(handleBeside(contact)).toBe(handle));
