/**
 * Our facts as records of the package's three objects. Pure: rows come in, records go out. What is not in a record is
 * left alone in the CRM; null blanks it there.
 */
export const PERSONA = { type: 'Social_Persona__c', key: 'Persona_Key__c' } as const;
export const CONVERSATION = { type: 'Social_Conversation__c', key: 'Conversation_Key__c' } as const;
export const MESSAGE = { type: 'Social_Message__c', key: 'Message_Key__c' } as const;
/** Salesforce's own activity, the one thing its timelines show. */
export const TASK = { type: 'Task', key: 'Social_Task_Key__c' } as const;

/** Fields the integration user must be able to write, by object: what `check` looks for. */
export const REQUIRED_FIELDS: Readonly<Record<string, readonly string[]>> = {
  [PERSONA.type]: [
    'Persona_Key__c',
    'Network__c',
    'Native_Id__c',
    'Handle__c',
    'Display_Name__c',
    'Phone_E164__c',
    'Email__c',
    'Contact__c',
    'Lead__c',
    'Account__c',
    'Match_Method__c',
    'Source_Version__c',
  ],
  [CONVERSATION.type]: [
    'Conversation_Key__c',
    'Persona__c',
    'Contact__c',
    'Lead__c',
    'Account__c',
    'Channel__c',
    'Network__c',
    'Kind__c',
    'Status__c',
    'Priority__c',
    'Assigned_Agent__c',
    'Message_Count__c',
    'First_At__c',
    'Last_At__c',
    'Last_Snippet__c',
    'First_Response_Sec__c',
    'Deep_Link__c',
    'Post_URL__c',
    'Source_Version__c',
  ],
  [MESSAGE.type]: [
    'Message_Key__c',
    'Conversation__c',
    'Direction__c',
    'Author_Name__c',
    'Sent_At__c',
    'Seq__c',
    'Body__c',
    'Media_URLs__c',
    'Is_Deleted_At_Source__c',
    'Edited_At__c',
    'Source_Version__c',
  ],
  [TASK.type]: [
    'Social_Task_Key__c',
    'Subject',
    'Status',
    'Priority',
    'ActivityDate',
    'CallType',
    'CallDisposition',
    'CallDurationInSeconds',
    'CallObject',
    'Description',
    'WhoId',
    'WhatId',
  ],
};

export type CrmRecord = Record<string, unknown>;

export const MATCHED_TYPES = ['Contact', 'Lead', 'Account'] as const;
export type MatchedType = (typeof MATCHED_TYPES)[number];

/** The CRM's own record of a person: one, none on purpose (the lookups are blanked), or not known (they are left alone). */
export type Lookup = { type: MatchedType; id: string } | 'blank' | 'leave';

export interface PersonaFacts {
  key: string;
  network: string;
  nativeId: string;
  handle: string | null;
  displayName: string | null;
  /** E.164. */
  phone: string | null;
  email: string | null;
  lookup: Lookup;
  method: 'manual' | 'phone' | 'email' | 'handle' | 'none';
  version: number;
}

export function personaRecord(p: PersonaFacts): CrmRecord {
  return {
    attributes: { type: PERSONA.type },
    [PERSONA.key]: p.key,
    Network__c: p.network,
    Native_Id__c: line(p.nativeId, 255),
    Handle__c: line(p.handle, 255),
    Display_Name__c: line(p.displayName, 255),
    Phone_E164__c: p.phone !== null && p.phone.length <= 16 ? p.phone : null, // half a number is a wrong number
    Email__c: p.email !== null && p.email.length <= 80 ? p.email : null,
    ...lookups(p.lookup),
    ...(p.lookup === 'leave' ? {} : { Match_Method__c: p.method }),
    Source_Version__c: p.version,
  };
}

export interface ConversationFacts {
  key: string;
  personaKey: string;
  lookup: Lookup;
  channel: string;
  network: string;
  kind: 'comment' | 'dm';
  /** Of the latest ticket. */
  status: string | null;
  priority: string | null;
  assignee: string | null;
  firstResponseMs: number | null;
  messageCount: number;
  firstAt: Date | null;
  lastAt: Date | null;
  lastText: string | null;
  deepLink: string | null;
  postUrl: string | null;
  version: number;
}

export function conversationRecord(c: ConversationFacts): CrmRecord {
  return {
    attributes: { type: CONVERSATION.type },
    [CONVERSATION.key]: c.key,
    Persona__r: { [PERSONA.key]: c.personaKey },
    ...lookups(c.lookup),
    Channel__c: line(c.channel, 255),
    Network__c: c.network,
    Kind__c: c.kind,
    Status__c: c.status,
    Priority__c: c.priority,
    Assigned_Agent__c: line(c.assignee, 255),
    Message_Count__c: c.messageCount,
    First_At__c: instant(c.firstAt),
    Last_At__c: instant(c.lastAt),
    Last_Snippet__c: line(c.lastText, 255),
    First_Response_Sec__c: c.firstResponseMs === null ? null : Math.round(c.firstResponseMs / 1000),
    Deep_Link__c: url(c.deepLink),
    Post_URL__c: url(c.postUrl),
    Source_Version__c: c.version,
  };
}

export interface MessageFacts {
  key: string;
  conversationKey: string;
  direction: 'in' | 'out';
  author: string | null;
  text: string;
  mediaUrls: readonly string[];
  /** The network's time. */
  sentAt: Date;
  /** Place in the conversation. */
  seq: number;
  editedAt: Date | null;
  deleted: boolean;
  version: number;
}

/** A message deleted at its source keeps its place in the CRM and loses its words there. */
export function messageRecord(m: MessageFacts): CrmRecord {
  return {
    attributes: { type: MESSAGE.type },
    [MESSAGE.key]: m.key,
    Conversation__r: { [CONVERSATION.key]: m.conversationKey },
    Direction__c: m.direction === 'in' ? 'inbound' : 'outbound',
    Author_Name__c: line(m.author, 255),
    Sent_At__c: instant(m.sentAt),
    Seq__c: m.seq,
    Body__c: m.deleted ? null : clip(clean(m.text), 32_768),
    Media_URLs__c: m.deleted ? null : wholeLines(m.mediaUrls, 32_768),
    Is_Deleted_At_Source__c: m.deleted,
    Edited_At__c: instant(m.editedAt),
    Source_Version__c: m.version,
  };
}

export interface CallFacts {
  key: string;
  lookup: Lookup;
  /** The conversation's record in the CRM. */
  conversationId: string | null;
  direction: 'Inbound' | 'Outbound';
  /** Our outcome code. */
  outcome: string;
  agent: string | null;
  note: string | null;
  recordingUrl: string | null;
  durationMs: number | null;
  /** The provider's id of the call, or ours. */
  callId: string;
  /** The day it was made, `YYYY-MM-DD` where the business is. */
  day: string;
  /** It was written before: some fields are settled on creation. */
  written: boolean;
}

/** A task hangs on the person, where one is known, and on the conversation; accounts are reached through the person. */
export function callRecord(c: CallFacts): CrmRecord {
  const parts = [c.note, c.agent === null ? null : `— ${c.agent}`, c.recordingUrl];
  return {
    attributes: { type: TASK.type },
    [TASK.key]: c.key,
    Subject: line(`Call: ${c.outcome.replaceAll('_', ' ')}`, 255),
    Status: 'Completed',
    Priority: 'Normal',
    ActivityDate: c.day,
    ...(c.written ? {} : { TaskSubtype: 'Call' }),
    CallType: c.direction,
    CallDisposition: line(c.outcome, 255),
    CallDurationInSeconds: c.durationMs === null ? null : Math.round(c.durationMs / 1000),
    CallObject: line(c.callId, 255),
    Description: clip(clean(parts.filter((part) => part !== null).join('\n')), 32_000),
    ...(c.lookup !== 'leave'
      ? { WhoId: c.lookup !== 'blank' && c.lookup.type !== 'Account' ? c.lookup.id : null }
      : {}),
    WhatId: c.conversationId,
  };
}

function lookups(lookup: Lookup): CrmRecord {
  if (lookup === 'leave') return {};
  const to = (type: MatchedType) => (lookup !== 'blank' && lookup.type === type ? lookup.id : null);
  return { Contact__c: to('Contact'), Lead__c: to('Lead'), Account__c: to('Account') };
}

/**
 * The record made acceptable after a refusal we can mend ourselves, or null when we cannot.
 * Too long for a field an admin made shorter: cut to the length the server names. A lookup to a record that is gone:
 * blanked, and the person is matched anew later.
 */
export function mended(
  record: CrmRecord,
  failure: { code: string; message: string; fields: readonly string[] },
): CrmRecord | null {
  if (failure.code === 'STRING_TOO_LONG') {
    const length = Number(/max length=(\d+)/.exec(failure.message)?.[1]);
    const tooLong = failure.fields.filter((field) => typeof record[field] === 'string');
    if (!(length > 0) || tooLong.length === 0) return null;
    return { ...record, ...Object.fromEntries(tooLong.map((field) => [field, clip(String(record[field]), length)])) };
  }
  if (failure.code === 'INVALID_FIELD_FOR_INSERT_UPDATE' && 'TaskSubtype' in record) {
    const { TaskSubtype: _settled, ...rest } = record; // it was created by a call whose answer was lost
    return rest;
  }
  if (LOST_LOOKUP.has(failure.code)) return hasLookup(record) ? { ...record, ...blanked(record) } : null;
  return failure.code === 'DUPLICATE_VALUE' ? record : null; // another writer was first: as an update it passes
}

const LOST_LOOKUP: ReadonlySet<string> = new Set([
  'ENTITY_IS_DELETED',
  'INVALID_CROSS_REFERENCE_KEY',
  'CANNOT_UPDATE_CONVERTED_LEAD',
]);

/** The refusal says that the CRM record a person was linked to is gone. */
export const lostItsLookup = (record: CrmRecord, code: string): boolean => LOST_LOOKUP.has(code) && hasLookup(record);

const hasLookup = (record: CrmRecord) =>
  typeof record['WhoId'] === 'string' || MATCHED_TYPES.some((type) => typeof record[`${type}__c`] === 'string');

/** A task has one lookup for a person of any kind, our own records one for each kind. */
const blanked = (record: CrmRecord): CrmRecord => ('WhoId' in record ? { WhoId: null } : lookups('blank'));

/** Salesforce counts UTF-16 units, but a cut must not go through a letter: whole graphemes, then an ellipsis. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  let kept = '';
  for (const { segment } of GRAPHEMES.segment(text.slice(0, max + 64))) {
    if (kept.length + segment.length > max - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Without what its parsers refuse: control characters other than tab and line ends, halves of surrogate pairs. */
const clean = (text: string) => text.toWellFormed().replaceAll(/(?![\t\n\r])\p{Cc}/gu, '');

const line = (text: string | null, max: number) =>
  text === null ? null : clip(clean(text).replaceAll(/[\r\n\t]+/g, ' '), max);

const instant = (date: Date | null) => date?.toISOString() ?? null;

const url = (text: string | null) => (text !== null && text.length <= 255 ? text : null); // half a link leads elsewhere

function wholeLines(lines: readonly string[], max: number): string | null {
  let text = '';
  for (const each of lines) {
    if (text.length + each.length + 1 > max) break;
    text += text === '' ? each : `\n${each}`;
  }
  return text === '' ? null : text;
}
