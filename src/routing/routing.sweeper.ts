import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { TicketEffects } from '../inbox/tickets/ticket-effects';
import { Notifications } from '../notifications/notifications';
import { Clock } from '../platform/clock';
import { Config } from '../platform/config';
import { Database, type Tx } from '../platform/database';
import { LOGGER } from '../platform/logger';
import { OffersService } from './offers.service';
import { LANGUAGE, meets, needsOfLane, queueOfLane } from './queue';
import { QueuesRepository } from './queues.repository';
import { RoutingRepository } from './routing.repository';
import { USUAL_ROUTING } from './settings';
import { WaitingRepository } from './waiting.repository';

const EVERY_MS = 10_000;
const LOOK_EVERY = 6; // sweeps: skills change by the day, not by the second
const LANES = 300;

/**
 * The net under the events: room also appears by changes that are nobody's event (an agent's capacity raised, a member
 * added, a team switched to push), and a language is given up after a time. Teams with waiting work are looked at again
 * now and then; work that nobody could ever take is told to the leads.
 */
@Injectable()
export class RoutingSweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer?: NodeJS.Timeout;
  private running = Promise.resolve();
  private sweeps = 0;

  constructor(
    private readonly database: Database,
    private readonly routing: RoutingRepository,
    private readonly queues: QueuesRepository,
    private readonly waiting: WaitingRepository,
    private readonly offers: OffersService,
    private readonly tickets: TicketEffects,
    private readonly notifications: Notifications,
    private readonly clock: Clock,
    private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.runsJobs) this.timer = setInterval(() => void (this.running = this.sweep()), EVERY_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  async sweep(): Promise<void> {
    try {
      await this.database.lean('system', async (tx) => {
        for (const { workspaceId, teamId } of await this.routing.teamsWaiting(tx))
          this.offers.serve(tx, workspaceId, teamId);
      });
      await this.returnFromAway();
      if (this.sweeps++ % LOOK_EVERY === 0) await this.lookForStranded();
    } catch (error) {
      this.log.warn({ event: 'routing.sweep_failed', err: error }, 'trying again');
    }
  }

  /** Nothing waits for an owner who does not come back: what they answered stays theirs. */
  private async returnFromAway(): Promise<void> {
    const minutes = USUAL_ROUTING.awayReturnMinutes ?? Infinity;
    const away = await this.database.lean('system', (tx) => this.routing.longAway(tx, minutes));
    for (const { workspaceId, agentIds } of away) {
      await this.database.lean({ workspaceId }, async (tx) => {
        await this.tickets.lockAgents(tx, workspaceId, agentIds);
        const states = await this.routing.statesNow(tx, workspaceId, agentIds);
        const still = agentIds.filter((id) => states.get(id) === 'away');
        await this.tickets.returnUnanswered(tx, workspaceId, still, () => 'away');
      });
    }
  }

  /** Tells leads, once a day, of work that nobody of its team could take even if all were here. */
  async lookForStranded(): Promise<void> {
    const teams = await this.database.lean('system', (tx) => this.routing.teamsWithWork(tx));
    for (const { workspaceId, teamId, name } of teams) {
      await this.database.lean({ workspaceId }, async (tx) => {
        const day = this.clock.now().toISOString().slice(0, 10);
        for (const lane of await this.stranded(tx, workspaceId, teamId)) {
          const queueId = queueOfLane(lane);
          await this.notifications.notify(tx, workspaceId, {
            to: { leads: true },
            kind: 'queue.no_one_can',
            data: { team: { id: teamId, name }, queueId, needs: needsOfLane(lane) },
            cause: `queue.no_one_can:${teamId}:${lane}:${day}`,
          });
        }
      });
    }
  }

  private async stranded(tx: Tx, workspaceId: string, teamId: string): Promise<string[]> {
    await this.waiting.walkIndexes(tx);
    const lanes = await this.waiting.lanes(tx, workspaceId, [teamId], LANES);
    const { languageFallbackSeconds } = await this.queues.settings(tx, workspaceId);
    const team = await this.routing.skillsOfTeam(tx, workspaceId, teamId);
    const stranded = lanes.filter(({ lane }) => {
      const needs = Object.entries(needsOfLane(lane));
      const lasting = needs.filter(([skill]) => languageFallbackSeconds === null || !skill.startsWith(LANGUAGE));
      return !team.some((skills) => meets(skills, Object.fromEntries(lasting)));
    });
    return stranded.map(({ lane }) => lane);
  }
}
