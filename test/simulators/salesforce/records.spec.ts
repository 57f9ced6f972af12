import type { Connection } from 'jsforce';
import type { SalesforceEmulator } from './server';
import { at, firstError, login, rawClient, type RawCall, startTestOrg } from './spec-support';

const NOW = Date.parse('2026-01-31T10:00:00.789Z');

describe('single records', () => {
  let org: SalesforceEmulator;
  let sf: Connection;
  let call: RawCall;

  beforeEach(async () => {
    org = await startTestOrg({
      validationRules: {
        Case: [
          {
            name: 'Closed_Is_Closed',
            message: 'Closed cases cannot be changed',
            field: 'Status',
            fails: (_, before) => before?.Status === 'Closed',
          },
        ],
      },
    });
    org.setClockMs(NOW);
    sf = await login(org);
    call = await rawClient(org);
  });
  afterEach(() => org.close());

  it('creates, reads, changes and deletes a contact through jsforce', async () => {
    const { id = '' } = await sf
      .sobject('Contact')
      .create({ FirstName: 'سارا', LastName: 'رحیمی', Email: ' sara@example.test ' });
    expect(id).toMatch(/^003\w{15}$/);
    const contact = await sf.sobject('Contact').retrieve(id.slice(0, 15));
    expect(contact).toMatchObject({
      Id: id,
      Name: 'سارا رحیمی',
      Email: 'sara@example.test',
      IsDeleted: false,
      CreatedDate: '2026-01-31T10:00:00.000+0000',
    });
    org.setClockMs(NOW + 5000);
    await sf.sobject('Contact').update({ Id: id, Title: 'Manager', Email: null });
    expect(org.find('Contact')[0]).toMatchObject({
      Title: 'Manager',
      Email: null,
      SystemModstamp: '2026-01-31T10:00:05.000+0000',
    });
    await sf.sobject('Contact').destroy(id);
    expect(org.find('Contact')).toEqual([]);
    expect(org.find('Contact', { IsDeleted: true })).toHaveLength(1);
    expect(await call('GET', `sobjects/Contact/${id}`)).toMatchObject({
      status: 404,
      body: [{ errorCode: 'ENTITY_IS_DELETED' }],
    });
    expect(await call('PATCH', `sobjects/Contact/${id}`, {})).toMatchObject({ status: 404 });
    expect(await call('DELETE', 'sobjects/Contact/003EM0000000zzzAAA')).toMatchObject({
      status: 404,
      body: [{ errorCode: 'NOT_FOUND' }],
    });
  });

  it.each([
    ['missing field', 'Contact', {}, 'REQUIRED_FIELD_MISSING', 'Required fields are missing: [LastName]'],
    [
      'blank required field',
      'Contact',
      { LastName: ' ' },
      'REQUIRED_FIELD_MISSING',
      'Required fields are missing: [LastName]',
    ],
    [
      'unknown column',
      'Contact',
      { LastName: 'a', Foo__c: 1 },
      'INVALID_FIELD',
      "No such column 'Foo__c' on sobject of type Contact",
    ],
    [
      'read-only field',
      'Contact',
      { LastName: 'a', Name: 'b' },
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      /^Unable to create\/update fields: Name\./,
    ],
    [
      'e-mail',
      'Contact',
      { LastName: 'a', Email: 'no at' },
      'INVALID_EMAIL_ADDRESS',
      'Email: invalid email address: no at',
    ],
    [
      'text where a number belongs',
      'Contact',
      { LastName: 'a', Social_Persona_Count__c: 'x' },
      'JSON_PARSER_ERROR',
      /^Cannot deserialize instance of double from VALUE_STRING/,
    ],
    [
      'number where text belongs',
      'Contact',
      { LastName: 5 },
      'JSON_PARSER_ERROR',
      /^Cannot deserialize instance of string from VALUE_NUMBER_INT/,
    ],
    [
      'instant without a zone',
      'Social_Message__c',
      { Message_Key__c: 'm', Sent_At__c: '2026-01-31T10:00:00' },
      'JSON_PARSER_ERROR',
      /datetime/,
    ],
    [
      'restricted picklist',
      'Social_Conversation__c',
      { Conversation_Key__c: 'c', Kind__c: 'fax' },
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      'Kind: bad value for restricted picklist field: fax',
    ],
    ['half an emoji', 'Contact', { LastName: '\ud83d' }, 'TEXT_DATA_OUTSIDE_SUPPORTED_CHARSET', /Unicode/],
    [
      'parent of another type',
      'Contact',
      { LastName: 'a', AccountId: '003EM0000000001AAA' },
      'MALFORMED_ID',
      /^Account ID: id value of incorrect type/,
    ],
    [
      'parent that is not there',
      'Contact',
      { LastName: 'a', AccountId: '001EM0000000009' },
      'INVALID_CROSS_REFERENCE_KEY',
      'invalid cross reference id',
    ],
    [
      'parent by a key that is not there',
      'Social_Message__c',
      { Message_Key__c: 'm', Conversation__r: { Conversation_Key__c: 'C9' } },
      'INVALID_FIELD',
      'Foreign key external ID: c9 not found for field Conversation_Key__c in entity Social_Conversation__c',
    ],
    [
      'parent by a field that is no key',
      'Contact',
      { LastName: 'a', Account: { Name: 'x' } },
      'INVALID_FIELD',
      /not an External ID/,
    ],
  ])('refuses to create: %s', async (_, type, body, errorCode, message) => {
    const answer = await call('POST', `sobjects/${type}`, body);
    expect(answer.status).toBe(400);
    expect(at(answer.body, 0, 'errorCode')).toBe(errorCode);
    expect(at(answer.body, 0, 'message')).toMatch(message);
    expect(org.find(type)).toEqual([]);
  });

  it.each([
    ['255 letters', 'ا'.repeat(255)],
    ['127 emoji and a letter', `${'🌱'.repeat(127)}a`],
  ])('takes a subject of 255 UTF-16 units: %s', async (_, Subject) => {
    expect((await call('POST', 'sobjects/Case', { Subject })).status).toBe(201);
    expect(org.find('Case')).toMatchObject([{ Subject }]);
  });

  it.each([
    ['256 letters', 'ا'.repeat(256)],
    ['128 emoji', '🌱'.repeat(128)],
  ])('refuses a subject of 256 UTF-16 units: %s', async (_, Subject) => {
    const answer = await call('POST', 'sobjects/Case', { Subject });
    expect(answer.status).toBe(400);
    expect(firstError(answer)).toEqual({
      errorCode: 'STRING_TOO_LONG',
      message: `Subject: data value too large: ${Subject} (max length=255)`,
      fields: ['Subject'],
    });
  });

  it('lists every field that is wrong, which jsforce calls MULTIPLE_API_ERRORS', async () => {
    const lead = { LastName: 'x'.repeat(81), Company: 'y'.repeat(256) };
    await expect(sf.sobject('Lead').create(lead)).rejects.toMatchObject({
      errorCode: 'MULTIPLE_API_ERRORS',
      data: [{ fields: ['LastName'] }, { fields: ['Company'] }],
    });
  });

  it('applies validation rules to the row as it would be', async () => {
    const [id = ''] = org.seed('Case', [{ Subject: 'Late parcel', Status: 'Closed' }]);
    expect(await call('PATCH', `sobjects/Case/${id}`, { Priority: 'High' })).toMatchObject({
      status: 400,
      body: [
        {
          errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
          message: 'Closed cases cannot be changed',
          fields: ['Status'],
        },
      ],
    });
    expect(org.find('Case')[0]).toMatchObject({ Priority: 'Medium', IsClosed: true });
  });

  it('empties lookups that pointed at a deleted parent, and refuses new ones', async () => {
    const [contact = ''] = org.seed('Contact', [{ LastName: 'Rahimi' }]);
    org.seed('Social_Persona__c', [{ Persona_Key__c: 'p_1', Contact__c: contact }]);
    await sf.sobject('Contact').destroy(contact);
    expect(org.find('Social_Persona__c')[0]).toMatchObject({ Persona_Key__c: 'p_1', Contact__c: null });
    const answer = await call('POST', 'sobjects/Social_Persona__c', { Persona_Key__c: 'p_2', Contact__c: contact });
    expect(firstError(answer)).toMatchObject({ errorCode: 'ENTITY_IS_DELETED' });
  });

  it('names the record that already has a unique value', async () => {
    const [id = ''] = org.seed('Social_Persona__c', [{ Persona_Key__c: 'p_1' }]);
    expect(await call('POST', 'sobjects/Social_Persona__c', { Persona_Key__c: 'p_1' })).toMatchObject({
      status: 400,
      body: [
        {
          errorCode: 'DUPLICATE_VALUE',
          message: `duplicate value found: Persona_Key__c duplicates value on record with id: ${id.slice(0, 15)}`,
        },
      ],
    });
    expect((await call('POST', 'sobjects/Social_Persona__c', { Persona_Key__c: 'P_1' })).status).toBe(201);
  });

  describe('upsert by external id', () => {
    it('creates once and updates afterwards', async () => {
      const messages = sf.sobject('Social_Message__c');
      const first = await messages.upsert(
        { Message_Key__c: 'm_1', Body__c: 'سلام', Direction__c: 'inbound' },
        'Message_Key__c',
      );
      const again = await messages.upsert({ Message_Key__c: 'm_1', Body__c: 'درود' }, 'Message_Key__c');
      expect(first).toMatchObject({ success: true, created: true });
      expect(again).toMatchObject({ success: true, created: false, id: first.id });
      expect(org.find('Social_Message__c')).toMatchObject([{ Id: first.id, Body__c: 'درود', Direction__c: 'inbound' }]);
    });

    it('reads the key percent-decoded, one path segment at a time', async () => {
      const key = "a/b?c#d %é'";
      const encoded = `sobjects/Social_Message__c/Message_Key__c/${encodeURIComponent(key)}`;
      expect(await call('PATCH', encoded, {})).toMatchObject({ status: 201, body: { created: true } });
      expect(org.find('Social_Message__c')[0]?.Message_Key__c).toBe(key);
      expect(await call('GET', encoded)).toMatchObject({ status: 200, body: { Message_Key__c: key } });
      expect((await call('PATCH', 'sobjects/Social_Message__c/Message_Key__c/a/b', {})).status).toBe(404);
    });

    it.each([
      [
        'a field that is no external id',
        'sobjects/Contact/Email/a@b.c',
        {},
        404,
        'NOT_FOUND',
        'Provided external ID field does not exist or is not accessible: Email',
      ],
      ['an unknown object', 'sobjects/Nope__c/Key__c/k', {}, 404, 'NOT_FOUND', 'The requested resource does not exist'],
      [
        'the key in the body too',
        'sobjects/Social_Message__c/Message_Key__c/m',
        { Message_Key__c: 'm' },
        400,
        'INVALID_FIELD',
        'The Message_Key__c field should not be specified in the sobject data.',
      ],
      [
        'only an update wanted',
        'sobjects/Social_Message__c/Message_Key__c/m?updateOnly=true',
        {},
        404,
        'NOT_FOUND',
        'The requested resource does not exist',
      ],
    ])('refuses: %s', async (_, path, body, status, errorCode, message) => {
      expect(await call('PATCH', path, body)).toMatchObject({ status, body: [{ errorCode, message }] });
      expect(org.find('Social_Message__c')).toEqual([]);
    });

    it('answers 204 to versions before 46', async () => {
      org.seed('Social_Message__c', [{ Message_Key__c: 'm' }]);
      const answer = await call('PATCH', '/services/data/v45.0/sobjects/Social_Message__c/Message_Key__c/m', {});
      expect(answer).toMatchObject({ status: 204, body: '' });
    });

    it('answers 300 with the records when the key is not unique, and writes nothing', async () => {
      await org.close();
      const legacy = { name: 'Legacy__c', label: 'Legacy', type: 'string', length: 20, externalId: true } as const;
      org = await startTestOrg({ extraFields: { Contact: [legacy] } });
      const ids = org.seed('Contact', [
        { LastName: 'a', Legacy__c: '7' },
        { LastName: 'b', Legacy__c: '7' },
      ]);
      call = await rawClient(org);
      const urls = ids.map((id) => `/services/data/v62.0/sobjects/Contact/${id}`);
      expect(await call('PATCH', 'sobjects/Contact/Legacy__c/7', { LastName: 'c' })).toMatchObject({
        status: 300,
        body: urls,
      });
      sf = await login(org);
      await expect(sf.sobject('Contact').upsert({ Legacy__c: '7' }, 'Legacy__c')).rejects.toMatchObject({
        errorCode: 'MULTIPLE_CHOICES',
      });
      expect(org.find('Contact').map(({ LastName }) => LastName)).toEqual(['a', 'b']);
    });
  });

  it('describes fields as the product checks them before a sync', async () => {
    const { fields, keyPrefix } = await sf.sobject('Social_Message__c').describe();
    expect(keyPrefix).toBe('a02');
    expect(fields.find(({ name }) => name === 'Message_Key__c')).toMatchObject({
      length: 80,
      externalId: true,
      unique: true,
      caseSensitive: true,
      nillable: false,
      createable: true,
    });
    expect(fields.find(({ name }) => name === 'Body__c')).toMatchObject({ type: 'textarea', filterable: false });
    expect(fields.find(({ name }) => name === 'Conversation__c')).toMatchObject({
      referenceTo: ['Social_Conversation__c'],
      relationshipName: 'Conversation__r',
    });
  });

  it.each([
    ['retired version', 'GET', '/services/data/v30.0/limits', undefined, 410, 'UNSUPPORTED_API_VERSION'],
    ['unknown version', 'GET', '/services/data/v99.0/limits', undefined, 404, 'NOT_FOUND'],
    ['wrong method', 'PATCH', 'sobjects/Contact', {}, 405, 'METHOD_NOT_ALLOWED'],
    ['unknown path', 'GET', 'nowhere/at/all', undefined, 404, 'NOT_FOUND'],
    ['a very long URI', 'GET', `query?q=${'x'.repeat(17_000)}`, undefined, 414, 'URI_TOO_LONG'],
  ])('refuses a request: %s', async (_, method, path, body, status, errorCode) => {
    expect(await call(method, path, body)).toMatchObject({ status, body: [{ errorCode }] });
  });

  it('lists its versions to anyone, without a limit header', async () => {
    const response = await fetch(`${org.url}/services/data`);
    expect(await response.json()).toContainEqual({ label: "Winter '25", url: '/services/data/v62.0', version: '62.0' });
    expect(response.headers.get('sforce-limit-info')).toBeNull();
  });
});
