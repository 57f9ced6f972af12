import type { Connection } from 'jsforce';
import type { SalesforceEmulator } from './server';
import { at, firstError, login, rawClient, type RawCall, startTestOrg } from './spec-support';

const NOW = Date.parse('2026-01-31T10:00:00Z');

describe('SOQL', () => {
  let org: SalesforceEmulator;
  let sf: Connection;
  let call: RawCall;
  let harbour = '';

  beforeAll(async () => {
    org = await startTestOrg();
    org.setClockMs(NOW);
    sf = await login(org);
    call = await rawClient(org);
    [harbour = ''] = org.seed('Account', [{ Name: 'Harbour' }]);
    org.seed('Contact', [
      { LastName: 'Adams', Email: 'Ada@Example.test', Phone: '+989120000001', AccountId: harbour },
      { LastName: "O'Neil", Email: 'o_neil@example.test', Social_Persona_Count__c: 3 },
      { LastName: 'رحیمی', Email: 'oxneil@example.test', Social_Persona_Count__c: 5 },
      { LastName: 'Back\\slash', Title: '100%' },
    ]);
    org.setClockMs(NOW + 60_000);
    org.seed('Contact', [{ LastName: 'Zand', Title: '100 pages' }]);
    const [gone = ''] = org.seed('Contact', [{ LastName: 'Gone' }]);
    await sf.sobject('Contact').destroy(gone);
    const [conversation] = org.seed('Social_Conversation__c', [
      { Conversation_Key__c: 'c_1' },
      { Conversation_Key__c: 'C_1' },
    ]);
    org.seed('Social_Message__c', [
      { Message_Key__c: 'm_2', Conversation__c: conversation, Seq__c: 2 },
      { Message_Key__c: 'm_1', Conversation__c: conversation, Seq__c: 1 },
    ]);
  });
  afterAll(() => org.close());

  it.each([
    ['everything live', '', ['Adams', "O'Neil", 'رحیمی', 'Back\\slash', 'Zand']],
    ['equality without letter case', "Email = 'ada@EXAMPLE.test'", ['Adams']],
    ['an escaped quote', "LastName = 'O\\'Neil'", ["O'Neil"]],
    ['an escaped backslash', "LastName = 'Back\\\\slash'", ['Back\\slash']],
    ['a \\u escape', "LastName = '\\u0631\\u062d\\u06cc\\u0645\\u06cc'", ['رحیمی']],
    ['an injection attempt stays text', "LastName = 'x\\' OR Name != \\''", []],
    ['IN', "LastName IN ('adams', 'ZAND')", ['Adams', 'Zand']],
    ['NOT IN', "LastName NOT IN ('adams', 'ZAND', 'رحیمی')", ["O'Neil", 'Back\\slash']],
    ['null', 'Email = null', ['Back\\slash', 'Zand']],
    ['not null', 'Email != null AND AccountId = null', ["O'Neil", 'رحیمی']],
    ['!= takes empty values along', "Title != '100%'", ['Adams', "O'Neil", 'رحیمی', 'Zand']],
    ['numbers', 'Social_Persona_Count__c > 3', ['رحیمی']],
    ['at least', 'Social_Persona_Count__c >= 3', ["O'Neil", 'رحیمی']],
    ['LIKE with both wildcards', "Email LIKE 'O_NEIL@%'", ["O'Neil", 'رحیمی']],
    ['LIKE with an escaped underscore', "Email LIKE 'o\\_neil%'", ["O'Neil"]],
    ['LIKE with an escaped percent', "Title LIKE '100\\%'", ['Back\\slash']],
    ['LIKE with a backslash', "LastName LIKE 'back\\\\\\\\%'", []],
    ['LIKE over regular-expression characters', "LastName LIKE '.*'", []],
    ['OR in parentheses', "(LastName = 'Adams' OR LastName = 'Zand') AND Email != null", ['Adams']],
    ['NOT', "NOT (LastName = 'Adams' OR LastName LIKE '%a%')", ["O'Neil", 'رحیمی']],
    ['a parent field', "Account.Name = 'HARBOUR'", ['Adams']],
    ['an instant with offset', 'SystemModstamp > 2026-01-31T13:30:00+03:30', ['Zand']],
    [
      'an instant in Z, inclusive',
      'SystemModstamp <= 2026-01-31T10:00:00Z AND Email != null',
      ['Adams', "O'Neil", 'رحیمی'],
    ],
  ])('%s', async (_, where, names) => {
    const { records } = await sf.query(`SELECT LastName FROM Contact ${where && `WHERE ${where}`} ORDER BY Id`);
    expect(records.map(({ LastName }) => LastName)).toEqual(names);
  });

  it('finds by a 15- or 18-character id', async () => {
    for (const id of [harbour, harbour.slice(0, 15)]) {
      expect((await sf.query(`SELECT Name FROM Account WHERE Id = '${id}'`)).totalSize).toBe(1);
      expect((await sf.query(`SELECT Id FROM Contact WHERE AccountId IN ('${id}')`)).totalSize).toBe(1);
    }
  });

  it('keeps letter case apart on a case-sensitive unique key', async () => {
    expect((await sf.query("SELECT Id FROM Social_Conversation__c WHERE Conversation_Key__c = 'c_1'")).totalSize).toBe(
      1,
    );
  });

  it('answers parents as objects, null parents as null, and names as the schema writes them', async () => {
    const { records } = await sf.query(
      'select id, lastname, account.name, owner.username from contact order by lastname limit 2',
    );
    expect(records[0]).toMatchObject({
      attributes: { type: 'Contact', url: `/services/data/v62.0/sobjects/Contact/${records[0]?.Id}` },
      LastName: 'Adams',
      Account: { attributes: { type: 'Account' }, Name: 'Harbour' },
      Owner: { Username: 'crm.user@example.test' },
    });
    expect(records[1]).toMatchObject({ LastName: 'Back\\slash', Account: null });
  });

  it('answers child sub-queries as pages, and none as null', async () => {
    const { records } = await sf.query(
      'SELECT Conversation_Key__c, (SELECT Message_Key__c FROM Messages__r ORDER BY Seq__c) FROM Social_Conversation__c ORDER BY Conversation_Key__c, Id',
    );
    const byKey = Object.fromEntries(records.map((record) => [record.Conversation_Key__c, record.Messages__r]));
    expect(byKey).toMatchObject({
      c_1: { totalSize: 2, done: true, records: [{ Message_Key__c: 'm_1' }, { Message_Key__c: 'm_2' }] },
      C_1: null,
    });
  });

  it('sorts nulls first or last, and takes LIMIT and OFFSET', async () => {
    const order = async (rest: string) =>
      (await sf.query(`SELECT LastName FROM Contact ORDER BY ${rest}`)).records.map(({ LastName }) => LastName);
    expect(await order('Social_Persona_Count__c DESC NULLS LAST, LastName LIMIT 3')).toEqual([
      'رحیمی',
      "O'Neil",
      'Adams',
    ]);
    expect(await order('Social_Persona_Count__c, LastName LIMIT 1 OFFSET 1')).toEqual(['Back\\slash']);
  });

  it('counts, and shows deleted rows to queryAll only', async () => {
    expect(await sf.query('SELECT COUNT() FROM Contact')).toMatchObject({ totalSize: 5, done: true, records: [] });
    const all = await sf.query('SELECT LastName FROM Contact WHERE IsDeleted = true', { scanAll: true });
    expect(all.records).toMatchObject([{ LastName: 'Gone' }]);
  });

  it.each([
    [
      'an unknown backslash sequence',
      "SELECT Id FROM Contact WHERE LastName = '\\q'",
      'MALFORMED_QUERY',
      /Illegal character sequence '\\q'/,
    ],
    [
      '\\% outside LIKE',
      "SELECT Id FROM Contact WHERE LastName = '\\%'",
      'MALFORMED_QUERY',
      /Illegal character sequence/,
    ],
    ['an open string', "SELECT Id FROM Contact WHERE LastName = 'O", 'MALFORMED_QUERY', /mismatched character/],
    [
      'a quote inside',
      "SELECT Id FROM Contact WHERE LastName = 'O'Neil'",
      'MALFORMED_QUERY',
      /mismatched character '<EOF>'/,
    ],
    [
      'AND beside OR',
      "SELECT Id FROM Contact WHERE Id = null AND Name = 'a' OR Name = 'b'",
      'MALFORMED_QUERY',
      /unexpected token: 'OR'/,
    ],
    [
      'an unknown column',
      'SELECT Id, Foo__c FROM Contact',
      'INVALID_FIELD',
      /Foo__c[\s\S]*\^\nERROR at Row:1:Column:12\nNo such column 'Foo__c' on entity 'Contact'/,
    ],
    ['an unknown parent', 'SELECT Boss.Name FROM Contact', 'INVALID_FIELD', /Didn't understand relationship 'Boss'/],
    ['an unknown object', 'SELECT Id FROM Nope__c', 'INVALID_TYPE', /sObject type 'Nope__c' is not supported/],
    [
      'long text in WHERE',
      "SELECT Id FROM Case WHERE Description = 'a'",
      'INVALID_FIELD',
      /field 'Description' can not be filtered in a query call/,
    ],
    ['long text in ORDER BY', 'SELECT Id FROM Case ORDER BY Description', 'INVALID_FIELD', /can not be sorted/],
    [
      'a quoted instant',
      "SELECT Id FROM Contact WHERE CreatedDate > '2026-01-31T10:00:00Z'",
      'INVALID_FIELD',
      /must be of type datetime and should not be enclosed in quotes/,
    ],
    ['an unquoted text', 'SELECT Id FROM Contact WHERE Phone = 5', 'INVALID_FIELD', /should be enclosed in quotes/],
    [
      'a broken id',
      "SELECT Id FROM Contact WHERE Id = 'nope'",
      'INVALID_QUERY_FILTER_OPERATOR',
      /invalid ID field: nope/,
    ],
    ['an aggregate', 'SELECT MAX(Name) FROM Contact', 'MALFORMED_QUERY', /unexpected token: '\('/],
    ['an OFFSET above 2,000', 'SELECT Id FROM Contact OFFSET 2001', 'MALFORMED_QUERY', /OFFSET|offset/],
    ['an empty IN', 'SELECT Id FROM Contact WHERE Name IN ()', 'MALFORMED_QUERY', /unexpected token: '\)'/],
  ])('refuses %s', async (_, soql, errorCode, message) => {
    const answer = await call('GET', `query?q=${encodeURIComponent(soql)}`);
    expect(answer.status).toBe(400);
    expect(firstError(answer)).toEqual({ errorCode, message: expect.stringMatching(message) });
  });

  describe('paging', () => {
    let big: SalesforceEmulator;

    beforeAll(async () => {
      big = await startTestOrg();
      big.setClockMs(NOW);
      big.seed(
        'Contact',
        Array.from({ length: 2001 }, (_, index) => ({ LastName: `n${index}` })),
      );
    });
    afterAll(() => big.close());

    it('gives 2,000 rows a page and a locator for the rest', async () => {
      const connection = await login(big);
      const first = await connection.query('SELECT LastName FROM Contact ORDER BY Id');
      expect(first).toMatchObject({ totalSize: 2001, done: false });
      expect(first.records).toHaveLength(2000);
      expect(first.nextRecordsUrl).toMatch(/\/services\/data\/v62\.0\/query\/0r8\w{15}-2000$/);
      const rest = await connection.queryMore(first.nextRecordsUrl ?? '');
      expect(rest).toMatchObject({ totalSize: 2001, done: true, records: [{ LastName: 'n2000' }] });
    });

    it('takes a smaller batch size, and forgets cursors: the eleventh closes the first, two days close all', async () => {
      const page = await rawClient(big);
      const open = async () => {
        const { body } = await page('GET', 'query?q=SELECT+Id+FROM+Contact', undefined, {
          'sforce-query-options': 'batchSize=200',
        });
        return { next: String(at(body, 'nextRecordsUrl')), records: at(body, 'records') };
      };
      const first = await open();
      expect(first.records).toHaveLength(200);
      const second = await open();
      for (let opened = 2; opened < 11; opened += 1) await open();
      const gone = { status: 400, body: [{ errorCode: 'INVALID_QUERY_LOCATOR' }] };
      expect(await page('GET', first.next)).toMatchObject(gone);
      expect((await page('GET', second.next)).status).toBe(200);
      expect(await page('GET', 'query/nonsense-200')).toMatchObject(gone);
      big.setClockMs(NOW + 2 * 86_400_000 + 1);
      const later = await rawClient(big);
      expect(await later('GET', second.next)).toMatchObject(gone);
    });
  });
});
