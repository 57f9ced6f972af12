import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { Calendars } from '../calendars/calendars';
import { Sweeper, untilEmpty } from '../jobs/sweeper';
import { isEvent } from '../outbox/domain-event';
import { Subscriptions } from '../outbox/subscriptions';
import { Clock } from '../platform/clock';
import { Config } from '../platform/config';
import { Database } from '../platform/database';
import { LOGGER } from '../platform/logger';
import { OffersService } from './offers.service';
import { PlacingService } from './placing.service';
import { hoursAt } from './queue-hours';
import { QueueHoursRepository } from './queue-hours.repository';

const EVERY_MS = 1_000;
const BATCH = 50;
const HOURS_SUBSCRIBER = 'routing.hours';

/**
 * Opens and closes queues by their calendars. When the next turn is stands in the queue's row; whoever sweeps takes what
 * has come. What waits for a queue that turned is placed anew, and served.
 */
@Injectable()
export class QueueHoursSweeper extends Sweeper implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly hours: QueueHoursRepository,
    private readonly calendars: Calendars,
    private readonly placing: PlacingService,
    private readonly offers: OffersService,
    private readonly subscriptions: Subscriptions,
    private readonly clock: Clock,
    config: Config,
    @Inject(LOGGER) log: Logger,
  ) {
    super(EVERY_MS, 'routing.hours_sweep_failed', config, log);
  }

  onModuleInit(): void {
    this.subscriptions.subscribe({
      name: HOURS_SUBSCRIBER,
      types: ['calendar.changed'],
      handle: async (tx, events) => {
        const [first] = events;
        const changed = events.flatMap((event) => (isEvent(event, 'calendar.changed') ? [event.data.calendarId] : []));
        if (first) await this.hours.lookAgain(tx, first.workspaceId, [...new Set(changed)], this.clock.now());
      },
    });
  }

  sweep(): Promise<number> {
    return untilEmpty(BATCH, () => this.turn());
  }

  private turn(): Promise<number> {
    return this.database.lean('system', async (tx) => {
      const now = this.clock.now();
      const turning = await this.hours.turning(tx, now, BATCH);
      for (const workspaceId of new Set(turning.map((queue) => queue.workspaceId))) {
        const book = await this.calendars.book(tx, workspaceId);
        const teams = new Set<string>();
        for (const queue of turning.filter((each) => each.workspaceId === workspaceId)) {
          const calendar = queue.calendarId === null ? null : book.find(queue.calendarId);
          const hours = hoursAt(calendar, now);
          await this.hours.turn(tx, queue, hours);
          if (hours.open !== queue.open) teams.add(queue.teamId);
        }
        for (const teamId of teams) {
          this.placing.placeAgain(tx, workspaceId, teamId, null, 'hours_changed');
          this.offers.serve(tx, workspaceId, teamId);
        }
      }
      return turning.length;
    });
  }
}
