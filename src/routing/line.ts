import { weightOf } from '../inbox/tickets/capacity';
import { type Handling, handlingKey, placeOfWork } from './handling';
import { needsNow, type Queue } from './queue';
import type { Present } from './routing.repository';
import type { WorkspaceRouting } from './settings';
import type { WaitingRow } from './waiting.repository';
import type { Candidate, Waiting } from './work';

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
      needs: needsNow(row.needs, row.waitingSince, settings.languageFallbackSeconds, now),
      knownBy: knownBy.get(row.contactId) ?? null,
      declinedBy: passedBy.get(row.id) ?? [],
    };
  });
}

export const candidateOf = (agent: Present, queueIds: readonly string[]): Candidate => ({ ...agent, queueIds });

/** How many pieces of work may find room at most: the window that decisions need. */
export function mostPieces(agents: readonly Pick<Present, 'capacity' | 'load'>[], settings: WorkspaceRouting): number {
  const lightest = Math.min(1, ...Object.values(settings.weights).filter((w): w is number => w !== 'all'));
  const room = agents.reduce((sum, agent) => sum + Math.max(0, agent.capacity - agent.load), 0);
  return Math.ceil(room / Math.max(lightest, 0.05));
}
