import { integer, milliseconds, record, string, id as idOf, type JsonRecord } from '../json';

/** What a value must be. `fields` names end in `?` when a wrong value is left out, in `~` when it spoils the whole. */
export type Rule =
  | 'id'
  | 'text'
  | 'instant'
  | 'url'
  | 'boolean'
  | 'version'
  | 'size'
  | 'phone'
  | 'email'
  | 'locale'
  | 'facts'
  | { readonly oneOf: readonly string[] }
  | { readonly listOf: Rule }
  | { readonly fields: Fields };
export type Fields = Readonly<Record<string, Rule>>;

export interface Problem {
  /** `events[2].author.id` */
  path: string;
  problem: string;
  /** The event cannot be taken; otherwise only this field is left out. */
  serious: boolean;
}

const PERSON: Rule = {
  fields: {
    id: 'id',
    'name?': 'text',
    'handle?': 'text',
    'avatarUrl?': 'url',
    'phone?': 'phone',
    'email?': 'email',
    'locale?': 'locale',
    'aliases?': { listOf: 'id' },
  },
};
const POST: Rule = {
  fields: {
    id: 'id',
    'url?': 'url',
    'text?': 'text',
    'mediaUrl?': 'url',
    'kind?': 'text',
    'publishedAt?': 'instant',
  },
};
const ATTACHMENT: Rule = {
  fields: {
    kind: { oneOf: ['image', 'video', 'audio', 'file', 'sticker', 'location', 'contact', 'share', 'story', 'unknown'] },
    'url?': 'url',
    'name?': 'text',
    'mimeType?': 'text',
    'sizeBytes?': 'size',
    'meta?': 'facts',
  },
};
const THREAD: Rule = { fields: { id: 'id', kind: { oneOf: ['dm', 'comment'] }, 'post?': POST } };
const DIRECTION: Rule = { oneOf: ['in', 'out'] };
const ANY: Fields = { id: 'id', 'at?': 'instant' };

/** Every type of event with its fields. One table for the parser, the validator and the client. */
export const EVENT_FIELDS: Readonly<Record<string, Fields>> = {
  message: {
    ...ANY,
    thread: THREAD,
    messageId: 'id',
    'direction~': DIRECTION,
    author: PERSON,
    'contact~': PERSON,
    'text~': 'text',
    'attachments~': { listOf: ATTACHMENT },
    'parentId~': 'id',
    'replyToId?': 'id',
    'subject?': 'text',
    'groupId?': 'id',
    'outboundMessageId?': 'id',
    'opensWork?': 'boolean',
    'meta?': 'facts',
  },
  edit: {
    ...ANY,
    thread: THREAD,
    messageId: 'id',
    text: 'text',
    version: 'version',
    'attachments~': { listOf: ATTACHMENT },
    'author?': PERSON,
    'contact?': PERSON,
    'direction~': DIRECTION,
    'parentId?': 'id',
  },
  delete: { ...ANY, thread: THREAD, messageId: 'id', 'by?': { oneOf: ['contact', 'account', 'unknown'] } },
  visibility: { ...ANY, thread: THREAD, messageId: 'id', hidden: 'boolean' },
  reaction: {
    ...ANY,
    thread: THREAD,
    messageId: 'id',
    author: PERSON,
    action: { oneOf: ['add', 'remove'] },
    'reaction?': 'text',
    'emoji?': 'text',
  },
  receipt: {
    ...ANY,
    thread: THREAD,
    status: { oneOf: ['sent', 'delivered', 'read', 'failed'] },
    'messageIds~': { listOf: 'id' },
    'upTo~': 'instant',
    'error?': { fields: { code: 'text', message: 'text' } },
  },
  identity: { ...ANY, 'thread~': THREAD, person: PERSON, 'formerId~': 'id', 'reachable~': 'boolean' },
  post: { ...ANY, post: POST, 'aliases?': { listOf: 'id' } },
};

const WRONG = Symbol('wrong');
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/;
const patterned = (pattern: RegExp) => (value: unknown) =>
  typeof value === 'string' && pattern.test(value) ? value : WRONG;
const webAddress = (value: unknown) =>
  typeof value === 'string' && /^https?:/i.test(value) && URL.canParse(value) ? value : WRONG;

/** A time with its offset; without one it would mean another instant on every machine. */
function instantOf(value: unknown): string | typeof WRONG {
  const ms = typeof value === 'string' && INSTANT.test(value) ? milliseconds(value) : undefined;
  return ms === undefined ? WRONG : new Date(ms).toISOString();
}

/** Flat on purpose: what nests without end would break whoever walks it. */
function factsOf(value: unknown): JsonRecord | typeof WRONG {
  const facts = record(value);
  if (!facts) return WRONG;
  const flat = Object.entries(facts).filter(([, item]) => ['string', 'number', 'boolean'].includes(typeof item));
  return Object.fromEntries(flat.map(([name, item]) => [name, typeof item === 'string' ? string(item) : item]));
}

/** An unsafe integer has lost digits on its way: two people would become one. */
const exactId = (value: unknown) =>
  typeof value === 'number' && !Number.isSafeInteger(value) ? WRONG : (idOf(value) ?? WRONG);

const PLAIN: Readonly<Record<Extract<Rule, string>, { must: string; read(value: unknown): unknown }>> = {
  id: { must: 'must be a text of 1 to 500 characters', read: exactId },
  text: { must: 'must be a text', read: (value) => string(value) ?? WRONG },
  instant: { must: 'must be an ISO 8601 time with its offset, 2026-11-22T09:30:00Z', read: instantOf },
  url: { must: 'must be an http or https address', read: webAddress },
  boolean: { must: 'must be true or false', read: (value) => (typeof value === 'boolean' ? value : WRONG) },
  version: {
    must: 'must be a whole number from 1 that grows with each edit',
    read: (value) => (typeof value === 'number' && (integer(value) ?? 0) >= 1 ? value : WRONG),
  },
  size: {
    must: 'must be a whole number of bytes',
    read: (value) => (typeof value === 'number' && (integer(value) ?? -1) >= 0 ? value : WRONG),
  },
  phone: { must: 'must be an E.164 number, +989121234567', read: patterned(/^\+[1-9]\d{6,14}$/) },
  email: { must: 'must be an email address', read: patterned(/^[^\s@]{1,64}@[^\s@]{1,190}$/) },
  locale: { must: 'must be a language tag, fa or en-GB', read: patterned(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/) },
  facts: { must: 'must be a record', read: factsOf },
};

function readValue(rule: Rule, value: unknown, path: string, problems: Problem[], serious: boolean): unknown {
  const wrong = (problem: string) => {
    problems.push({ path, problem, serious });
    return WRONG;
  };
  if (typeof rule === 'string') {
    const result = PLAIN[rule].read(value);
    return result === WRONG ? wrong(PLAIN[rule].must) : result;
  }
  if ('oneOf' in rule) {
    return typeof value === 'string' && rule.oneOf.includes(value) ? value : wrong(`must be ${rule.oneOf.join(', ')}`);
  }
  if ('listOf' in rule) {
    if (!Array.isArray(value)) return wrong('must be a list');
    const items = value.map((item, at) => readValue(rule.listOf, item, `${path}[${at}]`, problems, serious));
    if (serious && items.includes(WRONG)) return WRONG;
    return items.filter((item) => item !== WRONG);
  }
  const facts = record(value);
  return facts ? readFields(rule.fields, facts, `${path}.`, problems, serious) : wrong('must be a record');
}

function readFields(
  fields: Fields,
  value: JsonRecord,
  prefix: string,
  problems: Problem[],
  serious: boolean,
): JsonRecord | typeof WRONG {
  const result: Record<string, unknown> = {};
  let spoilt = false;
  for (const [field, rule] of Object.entries(fields)) {
    const mark = /[?~]$/.exec(field)?.[0];
    const name = mark ? field.slice(0, -1) : field;
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    const path = prefix + name;
    if (given === undefined || given === null) {
      if (mark) continue;
      problems.push({ path, problem: 'is missing', serious });
      spoilt = true;
      continue;
    }
    const read = readValue(rule, given, path, problems, serious && mark !== '?');
    if (read !== WRONG) result[name] = read;
    else if (mark !== '?') spoilt = true;
  }
  return spoilt ? WRONG : result;
}

/** What one field cannot say alone. */
function readTogether(type: string, event: JsonRecord, prefix: string, problems: Problem[]): void {
  const tell = (name: string, problem: string, serious = true) =>
    problems.push({ path: prefix + name, problem, serious });
  if (type === 'message' && event['direction'] === 'out' && !event['contact'] && !event['parentId'])
    tell('contact', 'is missing: a message of direction out needs its contact, or the parentId of what it answers');
  if (type === 'message' && !event['text'] && !event['attachments'])
    tell('text', 'is missing, and so are attachments: an empty message will be shown', false);
  if (type === 'receipt' && !event['upTo'] && !event['messageIds'])
    tell('messageIds', 'is missing: name the messages, or the time upTo which all are meant');
}

/**
 * Reads one event by its table: right fields as they are, wrong ones told in `problems`.
 * @returns the event, or nothing when a serious problem stands against it
 */
export function readEvent(value: unknown, path: string, problems: Problem[]): JsonRecord | undefined {
  const event = record(value);
  const type = event && Object.hasOwn(event, 'type') ? event['type'] : undefined;
  if (!event || typeof type !== 'string' || !Object.hasOwn(EVENT_FIELDS, type)) {
    const problem = `must be ${Object.keys(EVENT_FIELDS).join(', ')}`;
    problems.push(
      event ? { path: `${path}.type`, problem, serious: true } : { path, problem: 'must be a record', serious: true },
    );
    return undefined;
  }
  const own: Problem[] = [];
  const read = readFields(EVENT_FIELDS[type]!, event, `${path}.`, own, true);
  if (read !== WRONG) readTogether(type, read, `${path}.`, own);
  problems.push(...own);
  return read === WRONG || own.some(({ serious }) => serious) ? undefined : { ...read, type };
}

/**
 * Everything that is wrong with a body before it is sent: the dry run of `POST /webhooks/api/<channel id>`. An empty list
 * means every event will be taken as it stands. Pure.
 */
export function validateApiEvents(body: unknown): Problem[] {
  const events = record(body)?.['events'];
  if (!Array.isArray(events)) return [{ path: 'events', problem: 'must be a list', serious: true }];
  const problems: Problem[] = [];
  for (const [at, event] of events.entries()) readEvent(event, `events[${at}]`, problems);
  return problems;
}
