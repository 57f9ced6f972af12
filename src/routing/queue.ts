import type { ThreadKind, TicketPriority } from '../inbox/tickets/ticket';
import type { SkillLevels } from './work';

export const CONDITION_LISTS = [
  'channelKinds',
  'threadKinds',
  'brandIds',
  'languages',
  'priorities',
  'tiers',
  'tags',
  'workTypes',
] as const;

/** Every list that is named must hold; within a list one is enough. Nothing named: everything. */
export type QueueConditions = Readonly<Partial<Record<(typeof CONDITION_LISTS)[number], readonly string[]>>>;

/** A part of a team's work with rules of its own. */
export interface Queue {
  id: string;
  teamId: string;
  name: string;
  rank: number;
  conditions: QueueConditions;
  /** Null: as the team. */
  mode: 'push' | 'pull' | null;
  /** How long an agent may think before the work goes to the next; null: assigned at once. */
  acceptSeconds: number | null;
  needs: SkillLevels;
  /** Whether customers of the tiers that matter go first here. */
  vipFirst: boolean;
  /** Null: always open. */
  calendarId: string | null;
  /** Another queue of the team in which its work waits while it is closed; null: here, until it opens. */
  overflowQueueId: string | null;
  /** Whether it is open now, and when it turns next. */
  open: boolean;
  turnsAt: Date | null;
  version: number;
}

/** What decides where a ticket waits. */
export interface Work {
  channelKind: string;
  threadKind: ThreadKind;
  brandId: string;
  language: string | null;
  priority: TicketPriority;
  tier: string | null;
  tags: readonly string[];
  workType: string;
}

export interface Place {
  /** Null: the team's own queue. */
  queueId: string | null;
  needs: SkillLevels;
  vip: boolean;
  lane: string;
}

export const LANGUAGE = 'lang:';

export function holds(conditions: QueueConditions, work: Work): boolean {
  const has: Record<keyof QueueConditions, (values: readonly string[]) => boolean> = {
    channelKinds: (values) => values.includes(work.channelKind),
    threadKinds: (values) => values.includes(work.threadKind),
    brandIds: (values) => values.includes(work.brandId),
    languages: (values) => work.language !== null && values.includes(work.language),
    priorities: (values) => values.includes(work.priority),
    tiers: (values) => work.tier !== null && values.includes(work.tier),
    tags: (values) => work.tags.some((tag) => values.includes(tag)),
    workTypes: (values) => values.includes(work.workType),
  };
  return CONDITION_LISTS.every((name) => {
    const values = conditions[name];
    return values === undefined || values.length === 0 || has[name](values);
  });
}

/**
 * Where work of a team waits, and what it asks of who takes it. The customer's language is asked for as soon as anybody
 * of the team has a language among their skills: before that, skills say nothing about who speaks what.
 * @param queues of the team, by rank
 * @param speaks whether anybody of the team has a language among their skills
 */
export function placeOf(work: Work, queues: readonly Queue[], speaks: boolean, vipTiers: readonly string[]): Place {
  const queue = openFor(
    queues.find(({ conditions }) => holds(conditions, work)),
    queues,
  );
  const needs: Record<string, number> = { ...queue?.needs };
  if (speaks && work.language !== null) needs[LANGUAGE + work.language] ??= 1;
  const vip = (queue?.vipFirst ?? true) && work.tier !== null && vipTiers.includes(work.tier);
  const queueId = queue?.id ?? null;
  return { queueId, needs, vip, lane: laneOf(queueId, work.workType, needs) };
}

/** The queue itself while it is open; else the first open one on its way of overflows; where none is, it waits at home. */
export function openFor(home: Queue | undefined, queues: readonly Queue[]): Queue | undefined {
  const passed = new Set<Queue>();
  for (let at = home; at && !passed.has(at); at = queues.find(({ id }) => id === at?.overflowQueueId)) {
    if (at.open) return at;
    passed.add(at);
  }
  return home;
}

/** Ordinary work of no queue that needs nothing has the empty lane, so that it need not be written down. */
export function laneOf(queueId: string | null, workType: string, needs: SkillLevels): string {
  const skills = Object.entries(needs)
    .map(([skill, level]) => `${skill}=${level}`)
    .sort();
  if (queueId === null && workType === 'dm' && skills.length === 0) return '';
  return [queueId ?? '', workType, ...skills].join('|');
}

/** The type of work of a lane. */
export const workOfLane = (lane: string): string => (lane === '' ? 'dm' : (lane.split('|', 2)[1] ?? ''));

/** The queue of a lane, null for the team's own. */
export const queueOfLane = (lane: string): string | null => lane.split('|', 1)[0] || null;

/** What a lane asks for: neither `|` nor `=` is part of a skill's name. */
export const needsOfLane = (lane: string): SkillLevels =>
  Object.fromEntries(
    lane
      .split('|')
      .slice(2)
      .map((need) => need.split('='))
      .map(([skill, level]) => [skill!, Number(level)]),
  );

/** What must be known of whoever takes it now: a language nobody came for is not waited for longer than this. */
export function needsNow(
  needs: SkillLevels,
  waitingSince: Date,
  languageFallbackSeconds: number | null,
  now: Date,
): SkillLevels {
  const waited = now.getTime() - waitingSince.getTime();
  if (languageFallbackSeconds === null || waited < languageFallbackSeconds * 1_000) return needs;
  return Object.fromEntries(Object.entries(needs).filter(([skill]) => !skill.startsWith(LANGUAGE)));
}

export function meets(skills: SkillLevels, needs: SkillLevels): boolean {
  for (const skill in needs) if ((skills[skill] ?? 0) < needs[skill]!) return false;
  return true;
}

/** Whether work of a queue is given out now; what waits in none always is. */
export const isOpen = (queues: ReadonlyMap<string, Queue>, queueId: string | null): boolean =>
  queues.get(queueId ?? '')?.open ?? true;
