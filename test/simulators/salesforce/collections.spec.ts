import type { Connection } from 'jsforce';
import type { SalesforceEmulator } from './server';
import { at, login, rawClient, type RawCall, startTestOrg } from './spec-support';

const attributes = { type: 'Social_Message__c' };
const MESSAGES = 'composite/sobjects/Social_Message__c/Message_Key__c';

const conversation = (referenceId: string, body: object) => ({
  method: 'PATCH',
  url: '/services/data/v62.0/sobjects/Social_Conversation__c/Conversation_Key__c/c_1',
  referenceId,
  body,
});
const message = (referenceId: string, body: object) => ({
  method: 'POST',
  url: '/services/data/v62.0/sobjects/Social_Message__c',
  referenceId,
  body: { Conversation__c: '@{conv.id}', ...body },
});

describe('collections and composites', () => {
  let org: SalesforceEmulator;
  let sf: Connection;
  let call: RawCall;

  beforeEach(async () => {
    org = await startTestOrg();
    sf = await login(org);
    call = await rawClient(org);
  });
  afterEach(() => org.close());

  const keys = () => org.find('Social_Message__c').map(({ Message_Key__c }) => Message_Key__c);

  it('upserts 200 messages under their conversation in one call, in order', async () => {
    org.seed('Social_Conversation__c', [{ Conversation_Key__c: 'c_1' }]);
    const before = org.org.usage.used();
    const messages = Array.from({ length: 200 }, (_, index) => ({
      Message_Key__c: `m_${index}`,
      Seq__c: index,
      Conversation__r: { Conversation_Key__c: 'c_1' },
    }));
    const results = await sf.sobject('Social_Message__c').upsert(messages, 'Message_Key__c', { allOrNone: false });
    expect(results.every(({ success, id }) => success && id !== undefined)).toBe(true);
    expect(org.org.usage.used() - before).toBe(1);
    const parent = org.find('Social_Conversation__c')[0]?.Id;
    const stored = org.find('Social_Message__c');
    expect(stored.map(({ Id }) => Id)).toEqual(results.map(({ id }) => id));
    expect(stored.every(({ Conversation__c }) => Conversation__c === parent)).toBe(true);
    const again = await sf.sobject('Social_Message__c').upsert(messages, 'Message_Key__c', { allOrNone: false });
    expect(again.map(({ id }) => id)).toEqual(results.map(({ id }) => id));
    expect(org.find('Social_Message__c')).toHaveLength(200);
  });

  it('refuses 201 records before writing any', async () => {
    const records = Array.from({ length: 201 }, (_, index) => ({ attributes, Message_Key__c: `m_${index}` }));
    expect(await call('PATCH', MESSAGES, { allOrNone: false, records })).toMatchObject({
      status: 400,
      body: [{ errorCode: 'EXCEEDED_ID_LIMIT' }],
    });
    expect(keys()).toEqual([]);
  });

  it('without allOrNone writes the good rows and explains the others in place', async () => {
    org.seed('Social_Message__c', [{ Message_Key__c: 'old' }]);
    const records = [
      { attributes, Message_Key__c: 'new' },
      { attributes, Message_Key__c: 'long', Author_Name__c: 'x'.repeat(256) },
      { attributes, Message_Key__c: 'orphan', Conversation__r: { Conversation_Key__c: 'c_9' } },
      { attributes, Message_Key__c: 'twice', Seq__c: 1 },
      { attributes, Message_Key__c: 'twice', Seq__c: 2 },
      { attributes },
      { attributes, Message_Key__c: 'old', Seq__c: 3 },
    ];
    const { status, body } = await call('PATCH', MESSAGES, { allOrNone: false, records });
    expect(status).toBe(200);
    expect(body).toMatchObject([
      { success: true, created: true, errors: [] },
      { success: false, errors: [{ statusCode: 'STRING_TOO_LONG', fields: ['Author_Name__c'] }] },
      {
        success: false,
        errors: [
          {
            statusCode: 'INVALID_FIELD',
            message: expect.stringContaining('Foreign key external ID: c_9 not found'),
            fields: [],
          },
        ],
      },
      {
        success: false,
        errors: [{ statusCode: 'DUPLICATE_VALUE', message: 'Duplicate external id specified: twice' }],
      },
      {
        success: false,
        errors: [{ statusCode: 'DUPLICATE_VALUE', message: 'Duplicate external id specified: twice' }],
      },
      { success: false, errors: [{ statusCode: 'MISSING_ARGUMENT', message: 'Message_Key__c not specified' }] },
      { success: true, created: false },
    ]);
    expect(keys()).toEqual(['old', 'new']);
  });

  it('with allOrNone writes nothing; innocent rows say rolled back and still say created', async () => {
    org.seed('Social_Message__c', [{ Message_Key__c: 'old', Seq__c: 1 }]);
    const records = [
      { attributes, Message_Key__c: 'new' },
      { attributes, Message_Key__c: 'old', Seq__c: 2 },
      { attributes, Message_Key__c: 'bad', Direction__c: 'sideways' },
    ];
    const { status, body } = await call('PATCH', MESSAGES, { allOrNone: true, records });
    expect(status).toBe(200);
    expect(body).toMatchObject([
      { success: false, created: true, errors: [{ statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK' }] },
      { success: false, created: false, errors: [{ statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK' }] },
      { success: false, errors: [{ statusCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST' }] },
    ]);
    expect(org.find('Social_Message__c')).toMatchObject([{ Message_Key__c: 'old', Seq__c: 1 }]);
    expect((await call('PATCH', MESSAGES, { records: [{ attributes, Message_Key__c: 'new' }] })).body).toMatchObject([
      { created: true },
    ]);
  });

  it('says which records an ambiguous key matches', async () => {
    await org.close();
    const legacy = { name: 'Legacy__c', label: 'Legacy', type: 'string', length: 20, externalId: true } as const;
    org = await startTestOrg({ extraFields: { Contact: [legacy] } });
    call = await rawClient(org);
    const ids = org.seed('Contact', [
      { LastName: 'a', Legacy__c: '7' },
      { LastName: 'b', Legacy__c: '7' },
    ]);
    const records = [{ attributes: { type: 'Contact' }, Legacy__c: '7', LastName: 'c' }];
    expect((await call('PATCH', 'composite/sobjects/Contact/Legacy__c', { records })).body).toMatchObject([
      {
        success: false,
        errors: [
          {
            statusCode: 'DUPLICATE_EXTERNAL_ID',
            message: `Legacy: more than one record found for external id field: [${ids.join(', ')}]`,
          },
        ],
      },
    ]);
  });

  it('creates, updates, reads and deletes lists of mixed types', async () => {
    const created = await sf.sobject('Contact').create([{ LastName: 'a' }, { LastName: '' }, { LastName: 'c' }]);
    expect(created.map(({ success }) => success)).toEqual([true, false, true]);
    const [first = '', , third = ''] = created.map(({ id }) => id ?? '');
    const updated = await sf.sobject('Contact').update([
      { Id: first, Title: 'One' },
      { Id: '003EM0000000zzz', Title: 'None' },
    ]);
    expect(updated).toMatchObject([
      { success: true, id: first },
      { errors: [{ statusCode: 'INVALID_CROSS_REFERENCE_KEY' }] },
    ]);
    const read = await sf.sobject('Contact').retrieve([first, third], { fields: ['Id', 'Title'] });
    expect(read).toMatchObject([{ Title: 'One' }, { Title: null }]);
    expect(await sf.sobject('Contact').destroy([first, third])).toMatchObject([{ success: true }, { success: true }]);
    expect(org.find('Contact')).toEqual([]);
  });

  it('takes at most ten runs of one type', async () => {
    const records = Array.from({ length: 11 }, (_, index) => ({
      attributes: { type: index % 2 === 0 ? 'Contact' : 'Account' },
      LastName: 'x',
    }));
    expect(await call('POST', 'composite/sobjects', { records })).toMatchObject({ status: 400 });
    expect((await call('POST', 'composite/sobjects', { records: records.slice(0, 1) })).status).toBe(200);
  });

  it('runs a composite as one call, passing ids on', async () => {
    const before = org.org.usage.used();
    const compositeRequest = [conversation('conv', {}), message('m1', { Message_Key__c: 'm_1' })];
    const { body } = await call('POST', 'composite', { allOrNone: true, compositeRequest });
    expect(body).toMatchObject({
      compositeResponse: [{ httpStatusCode: 201 }, { httpStatusCode: 201, referenceId: 'm1' }],
    });
    expect(org.find('Social_Message__c')[0]?.Conversation__c).toBe(org.find('Social_Conversation__c')[0]?.Id);
    expect(org.org.usage.used() - before).toBe(1);
  });

  it.each([
    ['halts all of it with allOrNone', true, ['PROCESSING_HALTED', 'REQUIRED_FIELD_MISSING', 'PROCESSING_HALTED'], 0],
    ['keeps what went well without', false, [undefined, 'REQUIRED_FIELD_MISSING', undefined], 1],
  ])('a failing part of a composite: %s', async (_, allOrNone, codes, kept) => {
    const compositeRequest = [conversation('conv', {}), message('m1', {}), message('m2', { Message_Key__c: 'm_2' })];
    const { status, body } = await call('POST', 'composite', { allOrNone, compositeRequest });
    expect(status).toBe(200);
    expect(codes.map((_code, index) => at(body, 'compositeResponse', index, 'body', 0, 'errorCode'))).toEqual(codes);
    expect(org.find('Social_Message__c')).toHaveLength(kept);
    expect(org.find('Social_Conversation__c')).toHaveLength(kept);
  });

  it('halts parts that refer to a failed one', async () => {
    const compositeRequest = [conversation('conv', { Kind__c: 'fax' }), message('m1', { Message_Key__c: 'm_1' })];
    const { body } = await call('POST', 'composite', { allOrNone: false, compositeRequest });
    expect(body).toMatchObject({
      compositeResponse: [{ httpStatusCode: 400 }, { httpStatusCode: 400, body: [{ errorCode: 'PROCESSING_HALTED' }] }],
    });
  });

  it('treats each graph as all or none', async () => {
    const graphs = [
      { graphId: 'good', compositeRequest: [conversation('conv', {}), message('m1', { Message_Key__c: 'm_1' })] },
      { graphId: 'bad', compositeRequest: [conversation('conv', { Channel__c: 'late' }), message('m2', {})] },
    ];
    const { body } = await call('POST', 'composite/graph', { graphs });
    expect(body).toMatchObject({
      graphs: [
        { graphId: 'good', isSuccessful: true },
        { graphId: 'bad', isSuccessful: false },
      ],
    });
    expect(keys()).toEqual(['m_1']);
    expect(org.find('Social_Conversation__c')[0]?.Channel__c).toBeNull();
  });
});
