import {
  callRecord,
  clip,
  CONVERSATION,
  type ConversationFacts,
  conversationRecord,
  lostItsLookup,
  mended,
  MESSAGE,
  type MessageFacts,
  messageRecord,
  PERSONA,
  type PersonaFacts,
  personaRecord,
  REQUIRED_FIELDS,
  TASK,
} from './mapping';

const omar: PersonaFacts = {
  key: 'p_1',
  network: 'instagram',
  nativeId: '1599',
  handle: 'omar',
  displayName: 'Omar',
  phone: '+989121234567',
  email: 'omar@example.test',
  lookup: 'leave',
  method: 'none',
  version: 3,
};
const thread: ConversationFacts = {
  key: 'c_1',
  personaKey: 'p_1',
  lookup: 'leave',
  channel: 'Harbour',
  network: 'instagram',
  kind: 'dm',
  status: 'open',
  priority: 'high',
  assignee: 'Ada',
  firstResponseMs: 61_400,
  messageCount: 2,
  firstAt: new Date('2026-11-22T10:00:00Z'),
  lastAt: new Date('2026-11-22T10:05:00Z'),
  lastText: 'line one\nline two',
  deepLink: null,
  postUrl: 'https://instagram.test/p/1',
  version: 7,
};
const hello: MessageFacts = {
  key: 'm_1',
  conversationKey: 'c_1',
  direction: 'in',
  author: 'Omar',
  text: 'سلام\u0000 👋\tfirst\nsecond \ud800',
  mediaUrls: ['https://cdn.test/a.jpg', 'https://cdn.test/b.jpg'],
  sentAt: new Date('2026-11-22T10:00:00.123Z'),
  seq: 1,
  editedAt: null,
  deleted: false,
  version: 1,
};

const phoned = {
  key: 't_1',
  lookup: 'leave' as const,
  conversationId: 'a011',
  direction: 'Outbound' as const,
  outcome: 'answered_follow_up',
  agent: 'Ada',
  note: 'فاکتور را می‌فرستد.',
  recordingUrl: null,
  durationMs: 65_400,
  callId: 'CA1',
  day: '2026-11-22',
  written: false,
};

describe('a call', () => {
  it('is a task in the past of a timeline', () => {
    expect(callRecord(phoned)).toMatchObject({
      Subject: 'Call: answered follow up',
      Status: 'Completed',
      TaskSubtype: 'Call',
      CallDurationInSeconds: 65,
      Description: 'فاکتور را می‌فرستد.\n— Ada',
      WhatId: 'a011',
    });
    expect(callRecord(phoned)).not.toHaveProperty('WhoId');
  });

  it('hangs on a person, and on nobody when a person said so', () => {
    expect(callRecord({ ...phoned, lookup: { type: 'Lead', id: '00Q1' } })['WhoId']).toBe('00Q1');
    expect(callRecord({ ...phoned, lookup: { type: 'Account', id: '0011' } })['WhoId']).toBeNull();
    expect(callRecord({ ...phoned, lookup: 'blank' })['WhoId']).toBeNull();
  });

  it('is mended where its first answer was lost, or its person is gone', () => {
    const settled = { code: 'INVALID_FIELD_FOR_INSERT_UPDATE', message: '', fields: ['TaskSubtype'] };
    expect(mended(callRecord(phoned), settled)).toEqual(callRecord({ ...phoned, written: true }));
    expect(mended(callRecord({ ...phoned, written: true }), settled)).toBeNull();
    const hanging = callRecord({ ...phoned, lookup: { type: 'Contact', id: '0031' } });
    expect(mended(hanging, { code: 'ENTITY_IS_DELETED', message: '', fields: [] })).toEqual({
      ...hanging,
      WhoId: null,
    });
  });
});

describe('records', () => {
  it('name their parents by key, and say only fields the check asks for', () => {
    const records = [
      [PERSONA.type, personaRecord({ ...omar, lookup: 'blank' })],
      [CONVERSATION.type, conversationRecord({ ...thread, lookup: { type: 'Lead', id: '00Q1' } })],
      [MESSAGE.type, messageRecord(hello)],
      [TASK.type, callRecord({ ...phoned, written: true, lookup: { type: 'Contact', id: '0031' } })],
    ] as const;
    for (const [type, record] of records) {
      const fields = Object.keys(record)
        .filter((name) => name !== 'attributes')
        .map((name) => name.replace(/__r$/, '__c'));
      expect(fields.toSorted()).toEqual([...REQUIRED_FIELDS[type]!].toSorted());
    }
    expect(records[1][1]).toMatchObject({ Persona__r: { Persona_Key__c: 'p_1' } });
    expect(records[2][1]).toMatchObject({ Conversation__r: { Conversation_Key__c: 'c_1' } });
  });

  it('leave lookups alone, blank them or set one of them', () => {
    expect(personaRecord(omar)).not.toHaveProperty('Contact__c');
    expect(personaRecord(omar)).not.toHaveProperty('Match_Method__c');
    expect(personaRecord({ ...omar, lookup: 'blank' })).toMatchObject({
      Contact__c: null,
      Lead__c: null,
      Account__c: null,
    });
    const linked = personaRecord({ ...omar, lookup: { type: 'Contact', id: '003A' }, method: 'phone' });
    expect(linked).toMatchObject({ Contact__c: '003A', Lead__c: null, Account__c: null, Match_Method__c: 'phone' });
  });

  it('drop what only makes sense whole', () => {
    const long = 'x'.repeat(300);
    expect(personaRecord({ ...omar, phone: '+98912123456789012', email: `${long}@a.test` })).toMatchObject({
      Phone_E164__c: null,
      Email__c: null,
    });
    expect(conversationRecord({ ...thread, postUrl: `https://a.test/${long}` })).toMatchObject({ Post_URL__c: null });
  });

  it('keep a text as written, without what parsers refuse', () => {
    expect(messageRecord(hello)).toMatchObject({
      Body__c: 'سلام 👋\tfirst\nsecond \ufffd',
      Sent_At__c: '2026-11-22T10:00:00.123Z',
      Direction__c: 'inbound',
      Media_URLs__c: 'https://cdn.test/a.jpg\nhttps://cdn.test/b.jpg',
    });
    expect(conversationRecord(thread)).toMatchObject({
      Last_Snippet__c: 'line one line two',
      First_Response_Sec__c: 61,
    });
  });

  it('a deleted message keeps its place and loses its words', () => {
    expect(messageRecord({ ...hello, deleted: true })).toMatchObject({
      Body__c: null,
      Media_URLs__c: null,
      Is_Deleted_At_Source__c: true,
      Seq__c: 1,
    });
  });
});

describe('cutting a text', () => {
  const family = '👨‍👩‍👧‍👦'; // one letter of 11 units
  it.each([
    ['fits', 'abc', 3, 'abc'],
    ['is cut', 'abcdef', 4, 'abc…'],
    ['never inside a surrogate pair', `ab👋cd`, 4, 'ab…'],
    ['never inside a joined emoji', `ab${family}cd`, 10, 'ab…'],
    ['a joined emoji that fits stays', `${family}${family}`, 12, `${family}…`],
    ['never between a letter and its mark', 'e\u0301e\u0301e\u0301', 4, 'e\u0301…'],
    ['one letter longer than the field', family, 5, '…'],
  ])('%s', (_, text, max, cut) => {
    expect(clip(text, max)).toBe(cut);
    expect(cut.length).toBeLessThanOrEqual(max);
  });
});

describe('mending', () => {
  const record = messageRecord({ ...hello, text: 'a text that is too long' });
  const linked = personaRecord({ ...omar, lookup: { type: 'Contact', id: '003A' }, method: 'phone' });

  it('cuts the named field to the named length', () => {
    const failure = {
      code: 'STRING_TOO_LONG',
      message: 'Body: data value too large: a text (max length=10)',
      fields: ['Body__c'],
    };
    expect(mended(record, failure)).toEqual({ ...record, Body__c: 'a text th…' });
    expect(mended(record, { ...failure, fields: [] })).toBeNull();
    expect(mended(record, { ...failure, message: 'too large' })).toBeNull();
  });

  it('blanks a lookup to what is gone, and only where there is one', () => {
    const failure = { code: 'ENTITY_IS_DELETED', message: 'entity is deleted', fields: [] };
    expect(mended(linked, failure)).toMatchObject({ Contact__c: null, Handle__c: 'omar' });
    expect(lostItsLookup(linked, failure.code)).toBe(true);
    expect(mended(record, failure)).toBeNull();
    expect(lostItsLookup(record, failure.code)).toBe(false);
    expect(lostItsLookup(linked, 'STRING_TOO_LONG')).toBe(false);
  });

  it('sends a lost race again as it was', () => {
    expect(mended(record, { code: 'DUPLICATE_VALUE', message: 'duplicate value found', fields: [] })).toBe(record);
  });
});
