export const TEAMS = 20;
export const QUEUES = 3; // beside the team's own: one for each channel but the first
export const IN_HAND = 5; // as many as fit: an ordinary agent's capacity
export const AT_DESK = 167_000; // six in ten of them wait
export const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SLICE = 250_000;

/** Digits in an id that say what it is of. */
const OF = { contact: 1, identity: 2, conversation: 3, ticket: 4, response: 5, resolution: 6 } as const;
const FIRST_ID_MS = Date.UTC(2026, 0, 1);

/** The id of the `n`th, in order as ids of the product are. */
const key = (of: keyof typeof OF, nth: number, n: string): string =>
  `(lpad(to_hex(${FIRST_ID_MS} + ${n}), 12, '0') || '7${OF[of]}${hex(nth, 2)}8' || lpad(to_hex(${n}), 15, '0'))::uuid`;

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

export function plainKey(of: keyof typeof OF, nth: number, n: number): string {
  const digits = `${hex(FIRST_ID_MS + n, 12)}7${OF[of]}${hex(nth, 2)}8${hex(n, 15)}`;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Of the quiet team all but a few are done. */
const QUIET = `((n / 20) % ${TEAMS} = ${TEAMS - 1} AND n % 20000 <> 393)`;
const DONE = `(n % 5 = 0 OR ${QUIET})`;
const WAITS = `(NOT ${DONE} AND n % 20 NOT IN (1, 6, 11, 16))`;

/** Whether the `n`th waits for an agent; the quiet team's are left out. */
export const waits = (n: number): boolean =>
  n % 5 !== 0 && ![1, 6, 11, 16].includes(n % 20) && Math.floor(n / 20) % TEAMS !== TEAMS - 1;

/** What tickets refer to; there are few of each. */
export interface FewRows {
  workspaceId: string;
  brandId: string;
  policyId: string;
  channelIds: string[];
  teamIds: string[];
  /** By team. */
  queuesOfTeams: string[];
  agentIds: string[];
  deskId: string | null;
}

interface Slice {
  sql: string;
  params: unknown[];
}

/** Everything there are many of, in the order in which it refers to each other; each statement is a slice of one table. */
export function slicesOf(made: FewRows, tickets: number, nth: number): Slice[] {
  const conversations = 4 * Math.floor(tickets / 5) + 4; // a solved ticket shares its thread with the one after it
  const contacts = Math.ceil(conversations / 4);
  const over = (total: number, sql: string, params: unknown[]): Slice[] =>
    Array.from({ length: Math.ceil(total / SLICE) }, (_, i) => ({
      sql,
      params: [made.workspaceId, i * SLICE + 1, Math.min(total, (i + 1) * SLICE), ...params],
    }));
  const { channelIds, brandId } = made;
  return [
    ...over(contacts, contactsSql(nth), []),
    ...over(contacts, identitiesSql(nth), [channelIds]),
    ...over(conversations, conversationsSql(nth, tickets), [channelIds, brandId]),
    ...over(tickets, ticketsSql(nth, tickets, made), [
      channelIds,
      brandId,
      made.teamIds,
      made.queuesOfTeams,
      made.agentIds,
      made.deskId,
    ]),
    ...over(tickets, responseClocksSql(nth, tickets), [made.policyId]),
    ...over(tickets, resolutionClocksSql(nth, tickets), [made.policyId]),
    ...over(tickets, stepsSql(nth, tickets), []),
  ];
}

// $1 workspace, $2 from, $3 to
const SERIES = 'generate_series($2::bigint, $3::bigint) AS s(n)';

/** When the `n`th of so many came. */
const cameAt = (n: string, of: number): string =>
  `(date_trunc('day', now()) - interval '30 days' + ${n} * interval '${(30 * DAY_MS) / of} milliseconds')`;

/** When its answer is due: not before tomorrow, in the order they came but for a day; late ones within the last days. */
const dueAt = (n: string, of: number): string => {
  const scatter = `(${n} * 7919 % 86400) * interval '1 second'`;
  return `CASE WHEN ${n} % 20 = 19 THEN date_trunc('day', now()) - ${scatter} ELSE ${cameAt(n, of)} + interval '32 days' + ${scatter} END`;
};

const contactsSql = (nth: number) => `INSERT INTO contacts (workspace_id, id, name, locale, tier)
  SELECT $1::uuid, ${key('contact', nth, 'n')}, 'Customer ' || n, 'fa', CASE WHEN n % 100 = 0 THEN 'vip' END FROM ${SERIES}`;

// $4 channels
const identitiesSql = (
  nth: number,
) => `INSERT INTO contact_identities (workspace_id, id, contact_id, channel_id, external_id, handle, name)
  SELECT $1::uuid, ${key('identity', nth, 'n')}, ${key('contact', nth, 'n')}, ($4::uuid[])[1 + n % 4], 'person-' || n, 'person' || n, 'Customer ' || n
  FROM ${SERIES}`;

// $4 channels, $5 brand
const conversationsSql = (
  nth: number,
  of: number,
) => `INSERT INTO conversations (workspace_id, id, channel_id, brand_id, contact_id,
    identity_id, kind, thread_key, last_seq, ticket_count, last_message_at, last_inbound_at, handler, created_at)
  SELECT $1::uuid, ${key('conversation', nth, 'n')}, ($4::uuid[])[1 + p % 4], $5, ${key('contact', nth, 'p')}, ${key('identity', nth, 'p')},
    CASE WHEN n % 3 = 0 THEN 'comment' ELSE 'dm' END, 'thread-' || n, 1, 1, came, came, 'human', came
  FROM (SELECT n, (n - 1) / 4 + 1 AS p, ${cameAt('(n + n / 4)', of)} AS came FROM ${SERIES} OFFSET 0) c`;

/** So many places apart are tickets of the desk; odd and no multiple of five, so that they are of every kind. */
function everyDesk(tickets: number): number {
  let every = Math.max(3, Math.floor(tickets / AT_DESK));
  while (every % 2 === 0 || every % 5 === 0) every -= 1;
  return every;
}

// $4 channels, $5 brand, $6 teams, $7 their queues, $8 agents, $9 desk
function ticketsSql(nth: number, of: number, made: FewRows): string {
  const everyHeld = Math.max(1, Math.floor(of / 20 / (made.agentIds.length * IN_HAND)));
  return `INSERT INTO tickets (workspace_id, id, number, conversation_id, position, contact_id, channel_id, brand_id, team_id, queue_id,
    assignee_id, assigned_at, kind, work_type, status, priority, vip, subject, preview, waiting_since, due_at, start_by, first_responded_at,
    last_message_at, solved_at, closed_at, created_at, updated_at, language, needs, lane, snoozed_at, snoozed_until, wake_on)
  SELECT $1::uuid, ${key('ticket', nth, 'n')}, n, ${key('conversation', nth, 'c')}, CASE WHEN n > 1 AND n % 5 = 1 THEN 2 ELSE 1 END,
    ${key('contact', nth, 'p')}, ($4::uuid[])[1 + p % 4], $5, team_id, queue_id,
    CASE WHEN held OR status IN ('pending', 'solved', 'closed') THEN ($8::uuid[])[1 + (n / 20) / ${everyHeld} % ${made.agentIds.length}] END,
    CASE WHEN held OR status = 'pending' THEN came END,
    kind, work_type, status,
    CASE n % 100 WHEN 7 THEN 'urgent' WHEN 8 THEN 'high' WHEN 9 THEN 'high' WHEN 12 THEN 'low' ELSE 'normal' END, p % 100 = 0,
    'سفارش ' || n, 'پیام مشتری دربارهٔ سفارش ' || n, CASE WHEN waits THEN came END,
    CASE WHEN status IN ('new', 'open', 'pending') THEN due END, CASE WHEN waits THEN due - interval '5 minutes' END,
    CASE WHEN NOT waits THEN came END, came,
    CASE WHEN status IN ('solved', 'closed') THEN came END, CASE WHEN status = 'closed' THEN came END, came, came, language, needs,
    concat_ws('|', coalesce(queue_id::text, ''), work_type, language_need),
    CASE WHEN status = 'on_hold' THEN came END, CASE WHEN status = 'on_hold' THEN due END, CASE WHEN status = 'on_hold' THEN '{reply}'::text[] ELSE '{}' END
  FROM (
    SELECT k.*, ${cameAt('n', of)} AS came, ${dueAt('n', of)} AS due,
      CASE WHEN held THEN 'dm' ELSE kind END AS work_type,
      CASE WHEN done THEN CASE WHEN n % 10 = 0 THEN 'closed' ELSE 'solved' END WHEN n % 20 IN (1, 6, 11) THEN 'pending'
           WHEN n % 20 = 16 THEN 'on_hold' WHEN held OR n % 20 IN (3, 8) THEN 'open' ELSE 'new' END AS status,
      CASE WHEN at_desk THEN $9::uuid WHEN n % 50 = 9 THEN NULL ELSE ($6::uuid[])[1 + team] END AS team_id,
      CASE WHEN NOT at_desk AND n % 50 <> 9 AND p % 4 > 0 THEN ($7::uuid[])[team * ${QUEUES} + p % 4] END AS queue_id,
      jsonb_build_object('lang:' || language, 1) AS needs, 'lang:' || language || '=1' AS language_need
    FROM (
      SELECT n, c, (c - 1) / 4 + 1 AS p, (n / 20) % ${TEAMS} AS team,
        $9::uuid IS NOT NULL AND n % ${everyDesk(of)} = 0 AS at_desk,
        n % 20 = 2 AND (n / 20) % ${everyHeld} = 0 AND NOT ${DONE} AS held,
        ${DONE} AS done, ${WAITS} AS waits,
        CASE WHEN n % 7 = 0 THEN 'en' ELSE 'fa' END AS language, CASE WHEN c % 3 = 0 THEN 'comment' ELSE 'dm' END AS kind
      FROM (SELECT n, CASE WHEN n % 5 = 0 THEN 4 * (n / 5) + 1 ELSE n - n / 5 END AS c FROM ${SERIES} OFFSET 0) s OFFSET 0) k OFFSET 0) t`;
}

// $4 policy
const clocksSql = (of: 'response' | 'resolution', kind: string, condition: string, nth: number, total: number) =>
  `INSERT INTO sla_clocks (workspace_id, id, ticket_id, policy_id, kind, started_at, target_ms, due_at, breach_told_at, opened_position)
  SELECT $1::uuid, ${key(of, nth, 'n')}, ${key('ticket', nth, 'n')}, $4, '${kind}', ${cameAt('n', total)}, ${HOUR_MS}, due,
    CASE WHEN due <= now() THEN due END, n
  FROM (SELECT n, ${dueAt('n', total)} AS due FROM ${SERIES} WHERE ${condition} OFFSET 0) c`;

const responseClocksSql = (nth: number, total: number) => clocksSql('response', 'first_response', WAITS, nth, total);

const resolutionClocksSql = (nth: number, total: number) =>
  clocksSql('resolution', 'resolution', `NOT ${DONE} AND (n % 5 IN (1, 2) OR n % 20 IN (3, 8))`, nth, total);

const stepsSql = (nth: number, total: number) => `INSERT INTO sla_steps (workspace_id, clock_id, step, due_at, told_at)
  SELECT $1::uuid, ${key('response', nth, 'n')}, 'warning:80', due - interval '12 minutes', CASE WHEN due <= now() THEN due END
  FROM (SELECT n, ${dueAt('n', total)} AS due FROM ${SERIES} WHERE ${WAITS} OFFSET 0) c`;
