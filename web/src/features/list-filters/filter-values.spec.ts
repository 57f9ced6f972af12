import type { TicketField } from '../../api/ticket-work';
import { readFieldFilter } from './filter-values';

const order: TicketField = {
  id: '1',
  key: 'order_number',
  labelFa: 'شمارهٔ سفارش',
  labelEn: 'Order number',
  kind: 'text',
  options: [],
  requiredToSolve: false,
};

it.each([
  ['nothing asked', undefined, null],
  ['a key and a value', 'order_number:A-1', { field: order, value: 'A-1' }],
  ['a value with colons', 'order_number:a:b', { field: order, value: 'a:b' }],
  ['a field that is gone', 'colour:blue', null],
  ['no value', 'order_number', null],
])('%s', (_, filter, read) => expect(readFieldFilter([order], filter)).toEqual(read));
