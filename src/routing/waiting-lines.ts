import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';
import { placeOfWork } from './handling';
import { HandlingRepository } from './handling.repository';
import type { LineFacts } from './line';
import { queueOfLane } from './queue';
import { RosterRepository } from './roster.repository';
import { TeamBooks, type TeamRules } from './team-books';
import { WaitingRepository, type WaitingRow } from './waiting.repository';

const LANES = 300; // queues times languages times types of work; more than any team has

/** The heads of lines, with what is needed to decide about them. */
@Injectable()
export class WaitingLines {
  constructor(
    private readonly rosters: RosterRepository,
    private readonly books: TeamBooks,
    private readonly handling: HandlingRepository,
    private readonly waiting: WaitingRepository,
  ) {}

  /** Rules of these teams, and with null of no team, under the edition that holds now. */
  async rulesOf(tx: Tx, workspaceId: string, teamIds: readonly (string | null)[]) {
    const edition = await this.rosters.edition(tx, workspaceId);
    const rules: TeamRules[] = [];
    for (const teamId of teamIds) rules.push(await this.books.rules(tx, workspaceId, teamId, edition));
    return { edition, rules };
  }

  /** What is known of each line, but for what depends on who waits. */
  async factsOf(tx: Tx, workspaceId: string, rules: readonly TeamRules[]): Promise<LineFacts[]> {
    const places = rules.flatMap(({ teamId, queues }) => [placeOfWork(null, teamId), ...queues.map(({ id }) => id)]);
    const handling = await this.handling.learned(tx, workspaceId, places);
    return rules.map(({ teamId, queues, settings }) => ({
      teamId,
      settings,
      queues: new Map(queues.map((queue) => [queue.id, queue])),
      handling,
      knownBy: new Map(),
      passedBy: new Map(),
    }));
  }

  /** The heads of these lines, in those lanes of theirs that `serves` names. */
  async headsOf(
    tx: Tx,
    workspaceId: string,
    facts: readonly LineFacts[],
    serves: (queueId: string | null) => boolean,
    window: number,
    now: Date,
  ): Promise<WaitingRow[]> {
    const known = new Map(facts.map(({ teamId, queues }) => [teamId, queues]));
    const all = await this.waiting.lanes(tx, workspaceId, [...known.keys()], LANES);
    const lanes = all.filter(({ teamId, lane }) => {
      const queueId = queueOfLane(lane);
      return serves(queueId !== null && known.get(teamId)!.has(queueId) ? queueId : null);
    });
    return this.waiting.windows(tx, workspaceId, lanes, now, window);
  }
}
