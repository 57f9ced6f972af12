import { type Candidate, decideMatch, type Person, phoneForms, toE164 } from './match';
import { searchQueries } from './salesforce/person-search';

const omar: Person = {
  handles: [{ network: 'instagram', handle: '@Omar.K' }],
  phone: '+989121234567',
  email: 'Omar@example.test',
};
const record = (id: string, more: Partial<Candidate> = {}): Candidate => ({
  type: 'Contact',
  id,
  handles: {},
  phones: [],
  emails: [],
  ...more,
});
const byHandle = (id: string) => record(id, { handles: { instagram: 'omar.k' } });
const byPhone = (id: string) => record(id, { phones: ['0912 123 4567'] });
const byEmail = (id: string) => record(id, { emails: [' omar@EXAMPLE.test'] });

describe('who a person is', () => {
  it.each<[string, Person, Candidate[], object]>([
    ['nobody', omar, [record('1')], { kind: 'none' }],
    ['a handle, in any case, with or without @', omar, [byHandle('1')], { kind: 'linked', method: 'handle', id: '1' }],
    [
      'a handle of another network is not theirs',
      omar,
      [record('1', { handles: { telegram: 'omar.k' } })],
      { kind: 'none' },
    ],
    ['a phone however it is written', omar, [byPhone('1')], { kind: 'linked', method: 'phone', id: '1' }],
    ['an e-mail in any case', omar, [byEmail('1')], { kind: 'linked', method: 'email', id: '1' }],
    [
      'the strongest evidence wins',
      omar,
      [byEmail('3'), byPhone('2'), byHandle('1')],
      { kind: 'linked', method: 'handle', id: '1' },
    ],
    [
      'several by one kind are a question',
      omar,
      [byPhone('1'), byPhone('2')],
      { kind: 'ambiguous', method: 'phone', among: 2 },
    ],
    [
      'a doubt is not overruled by weaker evidence',
      omar,
      [byPhone('1'), byPhone('2'), byEmail('1')],
      { kind: 'ambiguous', method: 'phone' },
    ],
    ['a Contact and a Lead are two', omar, [byPhone('1'), { ...byPhone('2'), type: 'Lead' }], { kind: 'ambiguous' }],
    ['one record found twice is one', omar, [byPhone('1'), byPhone('1')], { kind: 'linked', id: '1' }],
    [
      'nothing certain is known',
      { handles: [], phone: null, email: null },
      [record('1', { phones: [''], emails: [''] })],
      { kind: 'none' },
    ],
  ])('%s', (_, person, candidates, expected) => expect(decideMatch(person, candidates, 'IR')).toMatchObject(expected));
});

describe('phone numbers', () => {
  it.each([
    '+98 912 123 4567',
    '00989121234567',
    '989121234567',
    '0912-123-4567',
    '9121234567',
    '۰۹۱۲۱۲۳۴۵۶۷',
    '(0912) 1234567',
  ])('%s is +989121234567 in Iran', (written) => expect(toE164(written, 'IR')).toBe('+989121234567'));

  it.each(['', 'call me', '0912', '0912123456789012'])('%j is no number', (written) =>
    expect(toE164(written, 'IR')).toBeNull(),
  );

  it('is searched for as people write it, and every form is the same number again', () => {
    const forms = phoneForms('+989121234567', 'IR');
    expect(forms).toEqual(
      expect.arrayContaining([
        '+989121234567',
        '989121234567',
        '00989121234567',
        '09121234567',
        '9121234567',
        '0912 123 4567',
      ]),
    );
    for (const form of forms) expect(toE164(form, 'IR')).toBe('+989121234567');
  });

  it('of another country is not searched for in its national form', () => {
    expect(phoneForms('+442079460958', 'IR')).not.toContain('02079460958');
    expect(phoneForms('+442079460958', 'GB')).toContain('02079460958');
  });
});

describe('the search', () => {
  const settings = {
    objects: ['Contact', 'Lead'] as const,
    handleFields: { instagram: 'Instagram__c', telegram: 'Telegram__c' },
    defaultCountry: 'IR',
  };
  const fields = new Set(['Id', 'Phone', 'MobilePhone', 'Email', 'Instagram__c']);

  it('asks for everyone at once, and only for fields that are there', () => {
    const [query, ...more] = searchQueries(
      'Contact',
      fields,
      [omar, { handles: [], phone: null, email: 'b@c.test' }],
      settings,
    );
    expect(more).toEqual([]);
    expect(query).toContain("Instagram__c IN ('omar.k','@omar.k')");
    expect(query).toContain("Email IN ('omar@example.test','b@c.test')");
    expect(query).toMatch(/Phone IN \('\+989121234567'.*OR MobilePhone IN/);
    expect(query).not.toMatch(/Telegram__c|Phone_E164__c|IsConverted/);
  });

  it('leaves converted leads out', () => {
    expect(searchQueries('Lead', fields, [omar], settings)[0]).toMatch(/\) AND IsConverted = false$/);
  });

  it('is cut into queries that fit a GET, and a name cannot open one', () => {
    const crowd = Array.from({ length: 200 }, (_, n) => ({
      handles: [{ network: 'instagram', handle: `x\\' OR Id != '${n}` }],
      phone: `+9891212${String(10_000 + n)}`,
      email: `person.${n}@example.test`,
    }));
    const queries = searchQueries('Contact', fields, crowd, settings);
    expect(queries.length).toBeGreaterThan(1);
    for (const query of queries) expect(encodeURIComponent(query).length).toBeLessThan(16_000);
    expect(
      queries
        .join()
        .replaceAll(/\\./g, '')
        .match(/'[^']*'/g)!.length,
    ).toBeGreaterThan(1_000);
    expect(
      queries
        .join()
        .replaceAll(/\\./g, '')
        .replaceAll(/'[^']*'/g, ''),
    ).not.toContain('!=');
  });

  it('asks nothing about people of whom nothing is certain', () => {
    expect(searchQueries('Contact', fields, [{ handles: [], phone: null, email: null }], settings)).toEqual([]);
  });
});
