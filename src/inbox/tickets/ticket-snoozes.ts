import { Injectable } from '@nestjs/common';
import { Calendars } from '../../calendars/calendars';
import { openHours } from '../../calendars/hours';
import type { Tx } from '../../platform/database';
import { openingOfWorkingDay, type Snooze } from './ticket-snooze';

/** Turns what people say ("Saturday morning") into an instant, by the workspace's own hours. */
@Injectable()
export class TicketSnoozes {
  constructor(private readonly calendars: Calendars) {}

  /** @returns null when no time wakes it */
  async untilOf(tx: Tx, workspaceId: string, { until, workingDay }: Snooze, now: Date): Promise<Date | null> {
    if (workingDay === undefined) return until ?? null;
    const calendar = (await this.calendars.book(tx, workspaceId)).default;
    return openingOfWorkingDay(calendar ? openHours(calendar, now.getTime()) : [], calendar, now, workingDay);
  }
}
