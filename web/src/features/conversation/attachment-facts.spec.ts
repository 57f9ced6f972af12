import { contactOf, mapUrl, placeOf } from './attachment-facts';

it('reads where a location is', () => {
  expect(placeOf({ meta: { latitude: 35.7, longitude: 51.4, address: 'میدان انقلاب' } })).toEqual({
    at: { latitude: 35.7, longitude: 51.4 },
    address: 'میدان انقلاب',
  });
  expect(mapUrl({ latitude: 35.7, longitude: 51.4 })).toContain('mlat=35.7&mlon=51.4');
});

it.each([[null], [{}], [{ latitude: '35', longitude: 51 }], [{ latitude: 135, longitude: 51 }]])(
  'names no place for %j',
  (meta) => expect(placeOf({ meta }).at).toBeNull(),
);

it('reads one phone or several, each once', () => {
  expect(contactOf({ meta: { phone: '+98912', phones: ['+98912', '+98913'], emails: ['a@b.c', 7] } })).toEqual({
    phones: ['+98912', '+98913'],
    emails: ['a@b.c'],
    company: null,
  });
});
