import { weightOf } from '../inbox/tickets/capacity';
import { type Handling, handlingKey, placeOfWork } from './handling';
import { needsNow, needsOfLane, type Queue } from './queue';
import type { WorkspaceRouting } from './settings';
import type { WaitingRow } from './waiting.repository';
import type { Candidate, SkillLevels, Waiting } from './work';

/** What is known of a team's line when a decision is due. */
export interface LineFacts {
  teamId: string | null;
  /** The team's queues. */
  queues: ReadonlyMap<string, Queue>;
  settings: WorkspaceRouting;
  /** Learned handling times, by `handlingKey`. */
  handling: ReadonlyMap<string, Handling>;
  /** Who answered each contact last. */
  knownBy: ReadonlyMap<string, string>;
  /** Who let each ticket pass. */
  passedBy: ReadonlyMap<string, readonly string[]>;
}

const LOBBY = 'lobby';

/** What the team's own queue is called in a decision. */
export const ownQueue = (teamId: string | null): string => teamId ?? LOBBY;

/** Stored rows as the decision sees them. A queue that is the team's no more is the team's own. */
export function waitingOf(rows: readonly WaitingRow[], facts: LineFacts, now: Date): Waiting[] {
  const { teamId, queues, settings, handling, knownBy, passedBy } = facts;
  const needsOf = needsByLane(settings.languageFallbackSeconds, now);
  return rows.map((row) => {
    const queueId = row.queueId !== null && queues.has(row.queueId) ? row.queueId : null;
    const learned = handling.get(handlingKey(placeOfWork(queueId, teamId), row.workType));
    return {
      id: row.id,
      queueId: queueId ?? ownQueue(teamId),
      workType: row.workType,
      weight: weightOf(settings.weights, row.workType),
      priority: row.priority,
      vip: row.vip,
      dueAt: row.dueAt,
      waitingSince: row.waitingSince,
      handlingMs: learned?.handlingMs ?? row.handlingMs,
      needs: needsOf(row),
      knownBy: knownBy.get(row.contactId) ?? null,
      declinedBy: passedBy.get(row.id) ?? NOBODY,
    };
  });
}

/** In which lane each of these rows was found, as far as the facts know its queue: what they do not know is decided on anew. */
export function lanesOf(rows: readonly WaitingRow[], facts: readonly LineFacts[]): ReadonlyMap<string, string> {
  const known = new Set(facts.flatMap(({ queues }) => [...queues.keys()]));
  return new Map(rows.map((row) => [row.id, row.queueId === null || known.has(row.queueId) ? row.lane : UNKNOWN]));
}

const UNKNOWN = 'unknown';
const NOBODY: readonly string[] = [];

/** What is needed of whoever takes it now, one object for all of a lane that need the same. */
function needsByLane(languageFallbackSeconds: number | null, now: Date) {
  const known = new Map<string, { whole: SkillLevels; lasting?: SkillLevels }>();
  return ({ lane, waitingSince }: WaitingRow): SkillLevels => {
    let needs = known.get(lane);
    if (!needs) known.set(lane, (needs = { whole: needsOfLane(lane) }));
    const now_ = needsNow(needs.whole, waitingSince, languageFallbackSeconds, now);
    return now_ === needs.whole ? now_ : (needs.lasting ??= now_);
  };
}

/** How many pieces of work may find room at most: the window that decisions need. */
export function mostPieces(
  agents: readonly Pick<Candidate, 'capacity' | 'load'>[],
  settings: WorkspaceRouting,
): number {
  const lightest = Math.min(1, ...Object.values(settings.weights).filter((w): w is number => w !== 'all'));
  const room = agents.reduce((sum, agent) => sum + Math.max(0, agent.capacity - agent.load), 0);
  return Math.ceil(room / Math.max(lightest, 0.05));
}
