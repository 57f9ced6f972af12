import { DISMISSALS, type Dismissal } from '../inbox/tickets/ticket-details.repository';
import { TICKET_PRIORITIES, TICKET_STATUSES, type TicketPriority, type TicketStatus } from '../inbox/tickets/ticket';
import { isUuid } from '../platform/ids';
import { isObject, isStrings, type Problem } from './problems';

/** What is done to a ticket by a rule, a macro or after an approval. `do` names it. */
export type Action =
  | { do: 'assign'; agentId: string | null }
  /** By whoever applies it. */
  | { do: 'take' }
  | { do: 'move'; teamId: string | null }
  | { do: 'tag'; add?: string[]; remove?: string[] }
  | { do: 'priority'; priority: TicketPriority }
  | { do: 'type'; type: string | null }
  | { do: 'language'; language: string | null }
  | { do: 'fields'; fields: Record<string, unknown> }
  | { do: 'status'; status: TicketStatus }
  /** Solved as one that needs no answer. */
  | { do: 'dismiss'; reason: Dismissal }
  /** For so long, or until the n-th working day opens. */
  | { do: 'snooze'; minutes?: number; workingDay?: number; wakeOn?: ('reply' | 'crm')[] }
  | { do: 'follow'; agentId: string }
  | { do: 'note'; text: string }
  | { do: 'macro'; macroId: string }
  | { do: 'hide'; reason: string }
  /** In the rule's own name; beside a person who has the thread only where it says so. */
  | { do: 'reply'; cannedReplyId: string; besidePeople?: boolean }
  | { do: 'notify'; agentIds?: string[]; teamIds?: string[]; leads?: boolean; assignee?: boolean; text?: string }
  | { do: 'webhook'; endpointId: string }
  | { do: 'approval'; actions: Action[]; text?: string };

export type ActionName = Action['do'];

/** Rows an action names, each with the place it is named at. */
export interface Reference {
  kind: 'agent' | 'team' | 'macro' | 'cannedReply' | 'webhook';
  id: string;
  path: string;
}

const MAX_ACTIONS = 20;
const MAX_TAGS = 50;
const MAX_RECEIVERS = 50;
const MAX_TEXT = 2_000;
const MAX_WORD = 64;
const MAX_SNOOZE_MINUTES = 365 * 24 * 60;
const MAX_WORKING_DAYS = 60;

/** A macro is what an agent does at once; what asks others, or goes out unseen, is for rules. */
const NOT_IN_MACROS: readonly ActionName[] = ['macro', 'reply', 'approval', 'webhook'];
/** Nobody is there to take it. */
const NOT_IN_RULES: readonly ActionName[] = ['take'];
/** What was approved runs as it was shown. */
const NOT_HELD: readonly ActionName[] = ['take', 'approval'];

export type ActionPlace = 'rule' | 'macro' | 'approval';

/** Reads actions as they were sent. Only without problems are they `Action[]`. */
export function actionProblems(given: unknown, place: ActionPlace, path = 'actions'): Problem[] {
  if (!Array.isArray(given)) return [{ path, problem: 'must be a list' }];
  if (given.length === 0 && place !== 'macro') return [{ path, problem: 'must do at least one thing' }];
  if (given.length > MAX_ACTIONS) return [{ path, problem: `has more than ${MAX_ACTIONS}` }];
  return given.flatMap((one: unknown, i) => problemsOfOne(one, place, `${path}.${i}`));
}

type Check = (value: unknown) => string | null;
type Shape = Record<string, Check>;

const id: Check = (value) => (isUuid(value) ? null : 'must be an id');
const ids: Check = (value) =>
  Array.isArray(value) && value.length <= MAX_RECEIVERS && value.every(isUuid)
    ? null
    : `must be up to ${MAX_RECEIVERS} ids`;
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null ? null : check(value);
const omittable =
  (check: Check): Check =>
  (value) =>
    value === undefined ? null : check(value);
const oneOf =
  (words: readonly string[]): Check =>
  (value) =>
    words.some((word) => word === value) ? null : `must be one of ${words.join(', ')}`;
const flag: Check = (value) => (typeof value === 'boolean' ? null : 'must be true or false');
const text =
  (max: number): Check =>
  (value) =>
    typeof value === 'string' && value.trim() !== '' && value.length <= max && !value.includes('\0')
      ? null
      : `must be a text of 1 to ${max} characters`;
const tags: Check = (value) =>
  isStrings(value) && value.length <= MAX_TAGS && value.every((tag) => text(MAX_WORD)(tag) === null)
    ? null
    : `must be up to ${MAX_TAGS} tags`;
const wholeTo =
  (most: number): Check =>
  (value) =>
    Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most
      ? null
      : `must be a whole number from 1 to ${most}`;
const object: Check = (value) => (isObject(value) && Object.keys(value).length > 0 ? null : 'must be values by field');
const wakers: Check = (value) =>
  isStrings(value) && value.every((word) => word === 'reply' || word === 'crm') ? null : 'must be reply, crm or both';
const anything: Check = () => null;

const SHAPES: Record<ActionName, Shape> = {
  assign: { agentId: orNull(id) },
  take: {},
  move: { teamId: orNull(id) },
  tag: { add: omittable(tags), remove: omittable(tags) },
  priority: { priority: oneOf(TICKET_PRIORITIES) },
  type: { type: orNull(text(MAX_WORD)) },
  language: { language: orNull(text(MAX_WORD)) },
  fields: { fields: object },
  status: { status: oneOf(TICKET_STATUSES) },
  dismiss: { reason: oneOf(DISMISSALS) },
  snooze: {
    minutes: omittable(wholeTo(MAX_SNOOZE_MINUTES)),
    workingDay: omittable(wholeTo(MAX_WORKING_DAYS)),
    wakeOn: omittable(wakers),
  },
  follow: { agentId: id },
  note: { text: text(MAX_TEXT) },
  macro: { macroId: id },
  hide: { reason: text(MAX_TEXT) },
  reply: { cannedReplyId: id, besidePeople: omittable(flag) },
  notify: {
    agentIds: omittable(ids),
    teamIds: omittable(ids),
    leads: omittable(flag),
    assignee: omittable(flag),
    text: omittable(text(MAX_TEXT)),
  },
  webhook: { endpointId: id },
  approval: { actions: anything, text: omittable(text(MAX_TEXT)) },
};

const NAMES = Object.keys(SHAPES) as ActionName[];

function problemsOfOne(given: unknown, place: ActionPlace, path: string): Problem[] {
  const barred = place === 'macro' ? NOT_IN_MACROS : place === 'approval' ? NOT_HELD : NOT_IN_RULES;
  const allowed = NAMES.filter((name) => !barred.includes(name));
  if (!isObject(given)) return [{ path, problem: 'must be an object with "do"' }];
  const { do: name, ...rest } = given;
  const known = allowed.find((one) => one === name);
  if (!known) return [{ path: `${path}.do`, problem: `must be one of ${allowed.join(', ')}` }];
  const shape = SHAPES[known];
  const problems: Problem[] = [];
  for (const key of Object.keys(rest))
    if (!Object.hasOwn(shape, key)) problems.push({ path: `${path}.${key}`, problem: `is not part of "${known}"` });
  for (const [key, check] of Object.entries(shape)) {
    const problem = check(rest[key]);
    if (problem) problems.push({ path: `${path}.${key}`, problem });
  }
  if (problems.length > 0) return problems;
  if (known === 'tag' && count(rest['add']) + count(rest['remove']) === 0)
    return [{ path, problem: 'must add or remove a tag' }];
  if (known === 'snooze' && (rest['minutes'] === undefined) === (rest['workingDay'] === undefined))
    return [{ path, problem: 'must say either minutes or workingDay' }];
  if (
    known === 'notify' &&
    !rest['leads'] &&
    !rest['assignee'] &&
    count(rest['agentIds']) + count(rest['teamIds']) === 0
  )
    return [{ path, problem: 'must name who hears of it' }];
  if (known === 'approval') return actionProblems(rest['actions'], 'approval', `${path}.actions`);
  return [];
}

const count = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

export function referencesOf(actions: readonly Action[], path = 'actions'): Reference[] {
  return actions.flatMap((action, i): Reference[] => {
    const at = `${path}.${i}`;
    switch (action.do) {
      case 'assign':
        return action.agentId === null ? [] : [{ kind: 'agent', id: action.agentId, path: `${at}.agentId` }];
      case 'follow':
        return [{ kind: 'agent', id: action.agentId, path: `${at}.agentId` }];
      case 'move':
        return action.teamId === null ? [] : [{ kind: 'team', id: action.teamId, path: `${at}.teamId` }];
      case 'macro':
        return [{ kind: 'macro', id: action.macroId, path: `${at}.macroId` }];
      case 'reply':
        return [{ kind: 'cannedReply', id: action.cannedReplyId, path: `${at}.cannedReplyId` }];
      case 'webhook':
        return [{ kind: 'webhook', id: action.endpointId, path: `${at}.endpointId` }];
      case 'notify':
        return [
          ...(action.agentIds ?? []).map((one, n) => ({
            kind: 'agent' as const,
            id: one,
            path: `${at}.agentIds.${n}`,
          })),
          ...(action.teamIds ?? []).map((one, n) => ({ kind: 'team' as const, id: one, path: `${at}.teamIds.${n}` })),
        ];
      case 'approval':
        return referencesOf(action.actions, `${at}.actions`);
      default:
        return [];
    }
  });
}

/**
 * Actions with those of their macros in place, held ones too: what is approved is what was shown. A macro that is gone
 * stays as it is, to be refused by name.
 */
export const withMacros = (actions: readonly Action[], macros: ReadonlyMap<string, readonly Action[]>): Action[] =>
  actions.flatMap((action) => {
    if (action.do === 'approval') return [{ ...action, actions: withMacros(action.actions, macros) }];
    return action.do === 'macro' ? (macros.get(action.macroId) ?? [action]) : [action];
  });

export const macrosOf = (actions: readonly Action[]): string[] =>
  actions.flatMap((action) =>
    action.do === 'macro' ? [action.macroId] : action.do === 'approval' ? macrosOf(action.actions) : [],
  );

/** Agents whose load these actions may add to. @param by who takes what is taken */
export const assigneesOf = (actions: readonly Action[], by?: string): string[] =>
  actions.flatMap((action) => {
    if (action.do === 'take') return by === undefined ? [] : [by];
    return action.do === 'assign' && action.agentId !== null ? [action.agentId] : [];
  });
