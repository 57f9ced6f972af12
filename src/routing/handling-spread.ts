import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobQueue } from '../jobs/job-queue';
import type { RunningJob } from '../jobs/jobs';
import { Database, type Tx } from '../platform/database';
import { handlingKey } from './handling';
import { HandlingRepository } from './handling.repository';
import { OffersService } from './offers.service';
import { queueOfLane, workOfLane } from './queue';
import { WaitingRepository } from './waiting.repository';

const SPREAD_JOB = 'routing.spread';
const SPREAD_LANE_JOB = 'routing.spread_lane';
const SLICE = 500;
const MOST_LANES = 1_000;

interface Place {
  placeId: string;
  workType: string;
}
interface LaneSlice extends Place {
  teamId: string | null;
  lane: string;
  /** Go on after this start; null: from the beginning. */
  after: string | null;
  /** How many were written since the beginning. */
  written: number;
}

/**
 * Work that waits was given its latest start by what was known of such work then. When that has moved, it is written again:
 * a job for a place finds its lanes, and a job for each lane goes through it slice by slice until one whole pass finds
 * nothing to write. Each slice reads the figure as it is by then.
 */
@Injectable()
export class HandlingSpread implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly handling: HandlingRepository,
    private readonly waiting: WaitingRepository,
    private readonly offers: OffersService,
    private readonly jobs: JobQueue,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(SPREAD_JOB, (job) => this.lanes(job), { queue: 'routing' });
    this.jobs.handle(SPREAD_LANE_JOB, (job) => this.slice(job), { queue: 'routing' });
  }

  /** Has what waits at these places written with what is known by then. */
  spread(tx: Tx, workspaceId: string, places: readonly Place[]): void {
    for (const { placeId, workType } of places)
      this.jobs.enqueue(tx, {
        workspaceId,
        queue: 'routing',
        name: SPREAD_JOB,
        payload: { placeId, workType },
        dedupeKey: handlingKey(placeId, workType),
      });
  }

  private async lanes({ workspaceId, payload }: RunningJob): Promise<void> {
    const { placeId, workType } = payload as unknown as Place;
    await this.database.lean({ workspaceId }, async (tx) => {
      const teamId = await this.handling.teamOf(tx, workspaceId, placeId);
      if (teamId === undefined) return;
      await this.waiting.walkIndexes(tx);
      const queueId = placeId === teamId || teamId === null ? null : placeId;
      for (const { lane } of await this.waiting.lanes(tx, workspaceId, [teamId], MOST_LANES)) {
        if (queueOfLane(lane) !== queueId || workOfLane(lane) !== workType) continue;
        this.goOn(tx, workspaceId, { placeId, workType, teamId, lane, after: null, written: 0 });
      }
    });
  }

  private async slice({ workspaceId, payload }: RunningJob): Promise<void> {
    const at = payload as unknown as LaneSlice;
    await this.database.lean({ workspaceId }, async (tx) => {
      const figures = await this.handling.learned(tx, workspaceId, [at.placeId]);
      const figure = figures.get(handlingKey(at.placeId, at.workType));
      if (!figure) return;
      await this.waiting.walkIndexes(tx);
      const after = at.after === null ? null : new Date(at.after);
      const { written, lastStart } = await this.handling.write(tx, workspaceId, at, figure.handlingMs, after, SLICE);
      const sofar = at.written + written;
      if (lastStart) this.goOn(tx, workspaceId, { ...at, after: lastStart.toISOString(), written: sofar });
      else if (sofar > 0) this.goOn(tx, workspaceId, { ...at, after: null, written: 0 }); // what was in somebody's hands
      if (!lastStart && sofar > 0 && at.teamId) this.offers.serve(tx, workspaceId, at.teamId); // another may come first
    });
  }

  private goOn(tx: Tx, workspaceId: string, slice: LaneSlice): void {
    this.jobs.enqueue(tx, {
      workspaceId,
      queue: 'routing',
      name: SPREAD_LANE_JOB,
      payload: { ...slice },
      dedupeKey: `${slice.teamId ?? ''} ${slice.lane} ${slice.after ?? ''}`,
    });
  }
}
