/**
 * Connects any network to a Pasokh API channel. One file without dependencies, for Node 18 and later; copy it into your
 * service. The contract it speaks is in README.md beside it.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

const REPLAY_WINDOW_MS = 5 * 60_000;
const PERSON = {
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
const POST = {
  fields: { id: 'id', 'url?': 'url', 'text?': 'text', 'mediaUrl?': 'url', 'kind?': 'text', 'publishedAt?': 'instant' },
};
const KINDS = ['image', 'video', 'audio', 'file', 'sticker', 'location', 'contact', 'share', 'story', 'unknown'];
const ATTACHMENT = {
  fields: {
    kind: { oneOf: KINDS },
    'url?': 'url',
    'name?': 'text',
    'mimeType?': 'text',
    'sizeBytes?': 'size',
    'meta?': 'facts',
  },
};
const THREAD = { fields: { id: 'id', kind: { oneOf: ['dm', 'comment'] }, 'post?': POST } };
const DIRECTION = { oneOf: ['in', 'out'] };
const ANY = { id: 'id', 'at?': 'instant' };

/**
 * The fields of every type of event. A name that ends in `?` may be missing, and a wrong value is left out by the server;
 * one that ends in `~` may be missing, and a wrong value spoils the event; the others must be there.
 */
export const EVENT_FIELDS = {
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

const isRecord = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value) => typeof value === 'string';
const isCount = (value, from) => Number.isSafeInteger(value) && value >= from;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/;
const isInstant = (value) => {
  const ms = isText(value) && INSTANT.test(value) ? Date.parse(value) : 0;
  return ms > 0 && ms < Date.UTC(2100, 0, 1);
};

const PLAIN = {
  id: [
    'must be a text of 1 to 500 characters',
    (value) => (isText(value) ? value.trim() !== '' && value.length <= 500 : Number.isSafeInteger(value)),
  ],
  text: ['must be a text', isText],
  instant: ['must be an ISO 8601 time with its offset, 2026-11-22T09:30:00Z', isInstant],
  url: ['must be an http or https address', (value) => isText(value) && /^https?:/i.test(value) && canParse(value)],
  boolean: ['must be true or false', (value) => typeof value === 'boolean'],
  version: ['must be a whole number from 1 that grows with each edit', (value) => isCount(value, 1)],
  size: ['must be a whole number of bytes', (value) => isCount(value, 0)],
  phone: ['must be an E.164 number, +989121234567', (value) => isText(value) && /^\+[1-9]\d{6,14}$/.test(value)],
  email: ['must be an email address', (value) => isText(value) && /^[^\s@]{1,64}@[^\s@]{1,190}$/.test(value)],
  locale: [
    'must be a language tag, fa or en-GB',
    (value) => isText(value) && /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/.test(value),
  ],
  facts: ['must be a record', isRecord],
};

function canParse(address) {
  try {
    return Boolean(new URL(address));
  } catch {
    return false;
  }
}

/** @returns whether the value may stand */
function check(rule, value, path, problems, serious) {
  const wrong = (problem) => {
    problems.push({ path, problem, serious });
    return false;
  };
  if (isText(rule)) {
    const [must, holds] = PLAIN[rule];
    return holds(value) || wrong(must);
  }
  if (rule.oneOf) return rule.oneOf.includes(value) || wrong(`must be ${rule.oneOf.join(', ')}`);
  if (rule.listOf) {
    if (!Array.isArray(value)) return wrong('must be a list');
    const all = value.map((item, at) => check(rule.listOf, item, `${path}[${at}]`, problems, serious));
    return !serious || all.every(Boolean);
  }
  return isRecord(value) ? checkFields(rule.fields, value, `${path}.`, problems, serious) : wrong('must be a record');
}

function checkFields(fields, value, prefix, problems, serious) {
  let holds = true;
  for (const [field, rule] of Object.entries(fields)) {
    const mark = /[?~]$/.exec(field)?.[0];
    const name = mark ? field.slice(0, -1) : field;
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    if (given !== undefined && given !== null) {
      const right = check(rule, given, prefix + name, problems, serious && mark !== '?');
      holds &&= right || mark === '?';
    } else if (!mark) {
      problems.push({ path: prefix + name, problem: 'is missing', serious });
      holds = false;
    }
  }
  return holds;
}

function checkEvent(event, path, problems) {
  if (!isRecord(event)) return problems.push({ path, problem: 'must be a record', serious: true });
  if (!isText(event.type) || !Object.hasOwn(event, 'type') || !Object.hasOwn(EVENT_FIELDS, event.type)) {
    const problem = `must be ${Object.keys(EVENT_FIELDS).join(', ')}`;
    return problems.push({ path: `${path}.type`, problem, serious: true });
  }
  if (!checkFields(EVENT_FIELDS[event.type], event, `${path}.`, problems, true)) return undefined;
  const { type, direction, contact, parentId, text, attachments, upTo, messageIds } = event;
  const tell = (name, problem, serious = true) => problems.push({ path: `${path}.${name}`, problem, serious });
  if (type === 'message' && direction === 'out' && !contact && !parentId)
    tell('contact', 'is missing: a message of direction out needs its contact, or the parentId of what it answers');
  if (type === 'message' && !text && !attachments)
    tell('text', 'is missing, and so are attachments: an empty message will be shown', false);
  if (type === 'receipt' && !upTo && !messageIds)
    tell('messageIds', 'is missing: name the messages, or the time upTo which all are meant');
  return undefined;
}

/**
 * What is wrong with `{ events: […] }`, before it is sent: the very checks the server makes. `serious`: the event would be
 * set aside as unsupported; otherwise only the named field would be left out.
 */
export function validateApiEvents(body) {
  if (!isRecord(body) || !Array.isArray(body.events))
    return [{ path: 'events', problem: 'must be a list', serious: true }];
  const problems = [];
  for (const [at, event] of body.events.entries()) checkEvent(event, `events[${at}]`, problems);
  return problems;
}

/** The keys in a secret: one, or two separated by a blank while one replaces the other. */
function keysOf(secret) {
  return secret
    .split(/\s+/)
    .map((part) => (part.startsWith('whsec_') ? Buffer.from(part.slice(6), 'base64') : Buffer.from(part, 'utf8')))
    .filter((key) => key.length >= 16);
}

const hmac = (key, id, timestamp, body) =>
  createHmac('sha256', key).update(`${id}.${timestamp}.`, 'utf8').update(body).digest();

/** The three headers that sign `body` (bytes or text) now, by the Standard Webhooks scheme. */
export function signedHeaders(secret, id, body, nowMs = Date.now()) {
  const keys = keysOf(secret);
  if (keys.length === 0) throw new TypeError('The secret is too short: whsec_ and base64 of at least 16 bytes.');
  if (!/^[^\s.]{1,256}$/.test(id)) throw new TypeError('An id has 1 to 256 characters, no blanks and no dots.');
  const timestamp = String(Math.floor(nowMs / 1000));
  const signatures = keys.map((key) => `v1,${hmac(key, id, timestamp, body).toString('base64')}`);
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}

/** Whether Pasokh made this request. @param headers names in lower case @param body the raw bytes, before any parsing */
export function verifyRequest(secret, headers, body, nowMs = Date.now()) {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const given = headers['webhook-signature'];
  if (!isText(id) || !isText(given) || !/^[^\s.]{1,256}$/.test(id) || given.includes(', ')) return false;
  if (!isText(timestamp) || !/^[1-9]\d{8,10}$/.test(timestamp)) return false;
  if (Math.abs(Number(timestamp) * 1000 - nowMs) > REPLAY_WINDOW_MS) return false;
  const signatures = given.split(' ', 10).map((one) => /^v1,([A-Za-z0-9+/]{43}=)$/.exec(one)?.[1]);
  return keysOf(secret).some((key) => {
    const expected = hmac(key, id, timestamp, body);
    return signatures.some((one) => one && timingSafeEqual(expected, Buffer.from(one, 'base64')));
  });
}

/** Thrown when events cannot be brought in: `problems` of the events, or the `status` the server answered with. */
export class ChannelError extends Error {
  constructor(message, details = {}) {
    super(message);
    this.name = 'ChannelError';
    Object.assign(this, details);
  }
}

const AGAIN = new Set([408, 425, 429, 500, 502, 503, 504]);

/** One API channel, seen from your service. */
export class PasokhChannel {
  /**
   * @param url the channel's address, `https://…/webhooks/api/<channel id>`
   * @param secret the channel's secret
   * @param tries how often one request is made before it is given up; waits double from `waitMs`
   */
  constructor({ url, secret, tries = 8, waitMs = 500, timeoutMs = 10_000, fetch = globalThis.fetch, now = Date.now }) {
    Object.assign(this, { url, secret, tries, waitMs, timeoutMs, fetch, now });
  }

  /**
   * Brings events in. Resolves when they are stored. Repeat it as often as you like: an event id counts once, for ever.
   * @throws ChannelError when an event is wrong, when the server refuses, or when it could not be reached in `tries`
   */
  async send(events) {
    const serious = validateApiEvents({ events }).filter((problem) => problem.serious);
    if (serious.length > 0) {
      const [first] = serious;
      throw new ChannelError(`${first.path} ${first.problem}`, { problems: serious });
    }
    const body = Buffer.from(JSON.stringify({ events }), 'utf8');
    const id = `push_${createHmac('sha256', 'id').update(body).digest('hex').slice(0, 32)}`;
    let last = 'it was not tried';
    for (let attempt = 0; attempt < this.tries; attempt++) {
      if (attempt > 0) await this.#rest(this.waitMs * 2 ** (attempt - 1));
      const answer = await this.#post(id, body);
      if (answer.ok) return;
      last = answer.reason;
      if (answer.status !== undefined && !AGAIN.has(answer.status))
        throw new ChannelError(`Pasokh refuses the request: ${last}.`, { status: answer.status });
      if (answer.afterMs !== undefined) await this.#rest(answer.afterMs);
    }
    throw new ChannelError(`The events could not be brought in: ${last}.`);
  }

  /** What Pasokh wants, from a request it made: `message.send`, `message.edit`, … @returns undefined for a forgery */
  read(headers, rawBody) {
    return verifyRequest(this.secret, headers, rawBody, this.now()) ? JSON.parse(rawBody.toString('utf8')) : undefined;
  }

  /** Whether a question without a body (a look-up, a page of events) comes from Pasokh. */
  asks(headers) {
    return verifyRequest(this.secret, headers, Buffer.alloc(0), this.now());
  }

  async #post(id, body) {
    // signed anew for each try: a repetition must lie within the replay window too
    const headers = { 'content-type': 'application/json', ...signedHeaders(this.secret, id, body, this.now()) };
    const signal = AbortSignal.timeout(this.timeoutMs);
    try {
      const response = await this.fetch(this.url, { method: 'POST', headers, body, redirect: 'error', signal });
      await response.arrayBuffer();
      const seconds = Number(response.headers.get('retry-after') ?? NaN);
      const afterMs = seconds >= 0 ? Math.min(seconds, 60) * 1000 : undefined;
      return { ok: response.ok, status: response.status, reason: `HTTP ${response.status}`, afterMs };
    } catch (error) {
      return { ok: false, reason: `no answer (${error instanceof Error ? error.name : 'unknown'})` };
    }
  }

  #rest(ms) {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }
}
