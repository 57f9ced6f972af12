import { type Principal, visibleTickets } from '../../identity/principal';
import { DomainError } from '../../platform/errors';
import { isUuid } from '../../platform/ids';
import { ACTIVE_STATUSES, OWED_STATUSES, type ThreadKind, type TicketStatus } from './ticket';
import { storedValuesOf } from './ticket-fields';
import { normaliseTag } from './ticket-tags';

/**
 * Lists of tickets as SQL.
 *
 * A list is a few index ranges, read from where the page before ended, and merged: never an offset, never a sort of more
 * than the page. Leads see one range of the whole workspace; an agent sees one range per team, one for tickets without a
 * team, and one for tickets assigned to them elsewhere. The page of ids is chosen first; people, posts and names are
 * joined to those rows only.
 */
export const VIEWS = ['mine', 'unassigned', 'queue', 'all', 'solved', 'snoozed', 'following'] as const;
export type TicketsView = (typeof VIEWS)[number];

export const SORTS = ['due', 'recent'] as const;
export type TicketsSort = (typeof SORTS)[number];

export interface TicketFilter {
  view: TicketsView;
  statuses?: readonly TicketStatus[];
  /** An agent, or `none`. */
  assignee?: string;
  /** A team, or `lobby` for tickets of no team. */
  queue?: string;
  /** One of a team's queues. */
  queueId?: string;
  channelId?: string;
  kind?: ThreadKind;
  /** In its one spelling. */
  tag?: string;
  /** The tag is on few tickets: they are looked up rather than met on the way. */
  tagIsRare?: boolean;
  type?: string;
  language?: string;
  snoozed?: boolean;
  resolution?: string;
  /** A custom field and its value, as `key:value`. */
  field?: string;
  /** A notification of the caller: the tickets it tells of, whatever became of them. */
  notice?: string;
  /** A text many people write, by its fingerprint: the tickets in which it is said. */
  wave?: string;
  q?: string;
  sort?: TicketsSort;
}

/** A list as it is asked for over HTTP. */
export const filterOf = (asked: {
  view: TicketsView;
  status?: TicketStatus[];
  assignee?: string;
  queue?: string;
  queueId?: string;
  channel?: string;
  kind?: ThreadKind;
  tag?: string;
  type?: string;
  language?: string;
  snoozed?: boolean;
  resolution?: string;
  field?: string;
  notice?: string;
  wave?: string;
  q?: string;
  sort?: TicketsSort;
}): TicketFilter => ({
  view: asked.view,
  statuses: asked.status,
  assignee: asked.assignee,
  queue: asked.queue,
  queueId: asked.queueId,
  channelId: asked.channel,
  kind: asked.kind,
  tag: asked.tag === undefined ? undefined : normaliseTag(asked.tag),
  type: asked.type,
  language: asked.language,
  snoozed: asked.snoozed,
  resolution: asked.resolution,
  field: asked.field,
  notice: asked.notice,
  wave: asked.wave,
  q: asked.q,
  sort: asked.sort,
});

export interface Sql {
  text: string;
  params: unknown[];
}

const DONE: readonly TicketStatus[] = ['solved', 'closed'];
const DEFAULT_STATUSES: Record<TicketsView, readonly TicketStatus[]> = {
  mine: ACTIVE_STATUSES,
  unassigned: OWED_STATUSES,
  queue: OWED_STATUSES,
  all: ACTIVE_STATUSES,
  solved: DONE,
  snoozed: ['on_hold'],
  following: ACTIVE_STATUSES,
};

export const sortOf = (filter: TicketFilter): TicketsSort =>
  filter.sort ?? (filter.view === 'solved' ? 'recent' : 'due');

const KEY: Record<TicketsSort, string> = { due: 't.due_at', recent: 't.last_message_at' };
const ORDER: Record<TicketsSort, (alias: string) => string> = {
  due: (alias) => `${alias}.due_at, ${alias}.id`, // ascending puts tickets that owe nothing (NULL) last
  recent: (alias) => `${alias}.last_message_at DESC, ${alias}.id DESC`,
};

/**
 * The ranges above are meant to be walked in index order, and joins to start from the page. The wall between workspaces
 * is a condition whose yield the planner guesses far too low, so left to itself it fetches a whole range and sorts it.
 * These hold for one transaction that only lists.
 */
export const WALK_INDEXES = `SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_seqscan = off;
  SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL join_collapse_limit = 1`;

class Params {
  readonly values: unknown[] = [];

  add(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  visible(who: Principal, alias: string): string {
    const { sql, params } = visibleTickets(who, alias, this.values.length + 1);
    this.values.push(...params);
    return sql;
  }
}

/**
 * Ids of one page in order, one more than `limit` to say whether there is a next. Rows of agents' ranges still go
 * through `visibleTickets`, on the page only: as a condition of each range it would lead the planner away from its index.
 */
export function pageOfIds(who: Principal, filter: TicketFilter, cursor: string | undefined, limit: number): Sql {
  const params = new Params();
  const sort = sortOf(filter);
  const order = ORDER[sort];
  const most = params.add(limit + 1);
  if (isLookedUp(filter)) return lookedUp(who, filter, cursor, params, most);
  const ranges = rangesOf(who, filter, params);
  const starts = startsOf(sort, cursor, params);
  const columns = `t.id, ${KEY[sort]}, t.team_id, t.assignee_id`;
  const parts = ranges.flatMap((range) =>
    starts.map((start) =>
      range(`SELECT ${columns} FROM tickets t WHERE @ AND ${start} ORDER BY ${order('t')} LIMIT ${most}`),
    ),
  );
  const visible = params.visible(who, 'p');
  return {
    text: `SELECT p.id FROM (${parts.join('\nUNION ALL\n')}) p WHERE ${visible} ORDER BY ${order('p')} LIMIT ${most}`,
    params: params.values,
  };
}

/** Lists of few: their tickets are found by what makes them few, then sorted. The others are walked in index order. */
export const isLookedUp = (filter: TicketFilter): boolean => fewBy(filter) !== null;

function fewBy({ notice, view, wave, tag, tagIsRare }: TicketFilter): 'notice' | 'following' | 'wave' | 'tag' | null {
  if (notice !== undefined) return 'notice';
  if (view === 'following') return 'following';
  if (wave !== undefined) return 'wave';
  return tag !== undefined && tagIsRare === true ? 'tag' : null;
}

function lookedUp(who: Principal, filter: TicketFilter, cursor: string | undefined, params: Params, most: string): Sql {
  const sort = sortOf(filter);
  const workspace = params.add(who.workspaceId);
  const few = fewOf(who, filter, workspace, params);
  const statuses = `(${statusClasses(filter, params).join(' OR ')})`;
  const conditions = [statuses, ...conditionsOf(who, filter, params), params.visible(who, 't')].join(' AND ');
  const starts = startsOf(sort, cursor, params).join(' OR ');
  return {
    text: `SELECT t.id FROM (SELECT f.ticket_id AS id FROM ${few}) d
      JOIN LATERAL (SELECT * FROM tickets WHERE workspace_id = ${workspace} AND id = d.id OFFSET 0) t ON true
      WHERE ${conditions} AND (${starts}) ORDER BY ${ORDER[sort]('t')} LIMIT ${most}`,
    params: params.values,
  };
}

function fewOf(who: Principal, filter: TicketFilter, workspace: string, params: Params): string {
  if (filter.notice !== undefined) {
    const [me, notice] = [params.add(who.agentId), params.add(filter.notice)];
    const told = (column: string) => `SELECT n.ticket_id FROM notifications n WHERE n.workspace_id = ${workspace}
      AND n.agent_id = ${me} AND n.${column} = ${notice} AND n.ticket_id IS NOT NULL`;
    return `(${told('id')} UNION ${told('fold_id')}) f`;
  }
  if (filter.view === 'following')
    return `ticket_followers f WHERE f.workspace_id = ${workspace} AND f.agent_id = ${params.add(who.agentId)}`;
  if (filter.wave !== undefined)
    return `(SELECT DISTINCT said.ticket_id FROM ${saying(filter.wave, workspace, params)}) f`;
  return `ticket_tags f WHERE f.workspace_id = ${workspace} AND f.tag = ${params.add(filter.tag)}`;
}

/** Messages in which a text is said, as `said`. */
const saying = (wave: string, workspace: string, params: Params): string =>
  `(SELECT m.ticket_id FROM message_repeats r JOIN messages m ON m.workspace_id = ${workspace} AND m.id = r.message_id
    WHERE r.workspace_id = ${workspace} AND r.fingerprint = decode(${params.add(wave)}, 'hex') AND r.telling) said`;

/** How many tickets a list has, counted no further than `most`. */
export function cappedCount(who: Principal, filter: TicketFilter, most: number, extra: string): Sql {
  const params = new Params();
  const limit = params.add(most);
  const parts = rangesOf(who, filter, params).map((range) =>
    range(`SELECT t.team_id, t.assignee_id FROM tickets t WHERE @ AND ${extra} LIMIT ${limit}`),
  );
  const visible = params.visible(who, 'r');
  return {
    text: `SELECT count(*)::int AS count FROM (SELECT 1 FROM (${parts.join('\nUNION ALL\n')}) r WHERE ${visible} LIMIT ${limit}) c`,
    params: params.values,
  };
}

/** A range takes a query with `@` where its conditions go. */
type Range = (query: string) => string;

function rangesOf(who: Principal, filter: TicketFilter, params: Params): Range[] {
  const always = [`t.workspace_id = ${params.add(who.workspaceId)}`, ...conditionsOf(who, filter, params)];
  const narrow = filter.view === 'mine' || filter.queue !== undefined || filter.queueId !== undefined;
  const oneRange = narrow || visibleTickets(who, 't', 1).sql === 'true';
  const teams = oneRange ? '' : params.add(who.teamIds);
  const self = oneRange || filter.view === 'unassigned' || filter.view === 'queue' ? '' : params.add(who.agentId);
  return statusClasses(filter, params).flatMap((statuses) => {
    const common = [statuses, ...always].join(' AND ');
    const where = (condition: string) => (query: string) => `(${query.replace('@', `${common} AND ${condition}`)})`;
    if (oneRange) return [where('true')];
    const ofEachTeam = (query: string) =>
      `(SELECT r.* FROM unnest(${teams}::uuid[]) AS mine(team_id) CROSS JOIN LATERAL (${query.replace('@', `${common} AND t.team_id = mine.team_id`)}) r)`;
    const ranges = [ofEachTeam, where('t.team_id IS NULL')];
    if (self === '') return ranges;
    const elsewhere = `t.assignee_id = ${self} AND t.team_id IS NOT NULL AND t.team_id <> ALL(${teams}::uuid[])`;
    return [...ranges, where(elsewhere)];
  });
}

function conditionsOf(who: Principal, filter: TicketFilter, params: Params): string[] {
  const { view, assignee, queue, channelId, kind, q } = filter;
  const conditions: string[] = [];
  if (view === 'mine') conditions.push(`t.assignee_id = ${params.add(who.agentId)}`);
  if (view === 'unassigned' || view === 'queue' || assignee === 'none') conditions.push('t.assignee_id IS NULL');
  else if (assignee !== undefined) conditions.push(`t.assignee_id = ${params.add(assignee)}`);
  if (queue === 'lobby') conditions.push('t.team_id IS NULL');
  else if (queue !== undefined) conditions.push(`t.team_id = ${params.add(queue)}`);
  if (filter.queueId !== undefined) conditions.push(`t.queue_id = ${params.add(filter.queueId)}`);
  if (channelId !== undefined) conditions.push(`t.channel_id = ${params.add(channelId)}`);
  if (kind !== undefined) conditions.push(`t.kind = ${params.add(kind)}`);
  if (view === 'snoozed' || filter.snoozed === true) conditions.push('t.snoozed_at IS NOT NULL');
  else if (filter.snoozed === false) conditions.push('t.snoozed_at IS NULL');
  if (filter.tag !== undefined && fewBy(filter) !== 'tag')
    conditions.push(`t.tags @> ARRAY[${params.add(filter.tag)}::text]`);
  if (filter.type !== undefined) conditions.push(`t.type = ${params.add(filter.type)}`);
  if (filter.language !== undefined) conditions.push(`t.language = ${params.add(filter.language)}`);
  if (filter.resolution !== undefined) conditions.push(`t.resolution = ${params.add(filter.resolution)}`);
  if (filter.field !== undefined) conditions.push(fieldCondition(filter.field, params));
  if (filter.wave !== undefined && fewBy(filter) !== 'wave')
    conditions.push(
      `EXISTS (SELECT 1 FROM ${saying(filter.wave, params.add(who.workspaceId), params)} WHERE said.ticket_id = t.id)`,
    );
  if (q !== undefined) conditions.push(searchCondition(q, params));
  return conditions;
}

/** A custom field by what it holds; what kind it is need not be asked, for a value is stored in the way of its kind. */
function fieldCondition(field: string, params: Params): string {
  const colon = field.indexOf(':');
  const key = field.slice(0, colon);
  const value = field.slice(colon + 1).replaceAll(/\p{Cs}/gu, '\ufffd'); // half a character is no jsonb
  const held = storedValuesOf(value).map(
    (stored) => `t.fields @> ${params.add(JSON.stringify({ [key]: stored }))}::jsonb`,
  );
  return `(${held.join(' OR ')})`;
}

/**
 * What is asked for of tickets under work and of those that are done, each spelled as its partial indexes spell it, so that
 * the planner sees they apply; narrowed further when only some were asked for. At least one.
 */
function statusClasses(filter: TicketFilter, params: Params): string[] {
  const whole = filter.notice === undefined ? DEFAULT_STATUSES[filter.view] : [...ACTIVE_STATUSES, ...DONE];
  const asked = filter.statuses ?? whole;
  const among = (set: readonly TicketStatus[]) => asked.filter((status) => set.includes(status));
  const only = (some: readonly TicketStatus[], spelled: string, set: readonly TicketStatus[]) =>
    some.length === set.length ? spelled : `${spelled} AND t.status = ANY(${params.add(some)})`;
  const [active, owed, done] = [among(ACTIVE_STATUSES), among(OWED_STATUSES), among(DONE)];
  const classes: string[] = [];
  if (active.length > 0) {
    const work = `t.status IN ('new', 'open', 'pending', 'on_hold')`;
    if (owed.length < active.length) classes.push(only(active, work, ACTIVE_STATUSES));
    else classes.push(`${work} AND ${only(owed, `t.status IN ('new', 'open')`, OWED_STATUSES)}`);
  }
  if (done.length > 0) classes.push(only(done, `t.status IN ('solved', 'closed')`, DONE));
  return classes.length > 0 ? classes : ['false'];
}

const NUMBER = /^#?(\d{1,15})$/;

/** A ticket's number (in Latin, Persian or Arabic digits), or words in its preview, its subject or the contact's names. */
function searchCondition(q: string, params: Params): string {
  const latin = q.trim().replaceAll(/[۰-۹٠-٩]/g, (digit) => String(digit.charCodeAt(0) & 0xf));
  const number = NUMBER.exec(latin)?.[1];
  if (number) return `t.number = ${params.add(Number(number))}`;
  const like = params.add(`%${q.trim().replaceAll(/[\\%_]/g, String.raw`\$&`)}%`);
  return `(t.subject ILIKE ${like} OR t.preview ILIKE ${like}
    OR EXISTS (SELECT 1 FROM contacts k WHERE k.workspace_id = t.workspace_id AND k.id = t.contact_id AND k.name ILIKE ${like})
    OR EXISTS (SELECT 1 FROM contact_identities i
               WHERE i.workspace_id = t.workspace_id AND i.contact_id = t.contact_id AND (i.handle ILIKE ${like} OR i.name ILIKE ${like})))`;
}

/**
 * Where the page begins, as conditions that are each one index range. `NULL` has no place in a row comparison, so a
 * cursor among due tickets goes on in two ranges: what is due later, and what is not due at all.
 */
function startsOf(sort: TicketsSort, cursor: string | undefined, params: Params): string[] {
  if (cursor === undefined) return ['true'];
  const { key, id } = openCursor(sort, cursor);
  if (sort === 'recent')
    return [`(t.last_message_at, t.id) < (${params.add(key)}::timestamptz, ${params.add(id)}::uuid)`];
  if (key === null) return [`t.due_at IS NULL AND t.id > ${params.add(id)}::uuid`];
  return [`(t.due_at, t.id) > (${params.add(key)}::timestamptz, ${params.add(id)}::uuid)`, 't.due_at IS NULL'];
}

/** @param key the sort column as the database prints it, to the microsecond */
export const makeCursor = (sort: TicketsSort, key: string | null, id: string): string =>
  Buffer.from(JSON.stringify([sort, key, id])).toString('base64url');

const INSTANT = /^\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)?$/;

function openCursor(sort: TicketsSort, cursor: string): { key: string | null; id: string } {
  const [madeFor, key, id] = parse(cursor);
  const fits =
    madeFor === sort &&
    isUuid(id) &&
    ((key === null && sort === 'due') || (typeof key === 'string' && INSTANT.test(key)));
  if (!fits) {
    const problem = 'is not a cursor of this list; start again without it';
    throw new DomainError('validation_failed', 'Please correct: cursor.', { fields: [{ path: 'cursor', problem }] });
  }
  return { key: key as string | null, id };
}

function parse(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
