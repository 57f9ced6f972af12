import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';
import type { BusinessCalendar } from './calendar';
import { CalendarsRepository } from './calendars.repository';

/** A workspace's calendars at one moment. */
export interface CalendarBook {
  /** null: the workspace has none, which is always open. */
  readonly default: BusinessCalendar | null;
  /** @param id null: the default. @returns null for always open, also when there is no such calendar any more */
  find(id: string | null): BusinessCalendar | null;
}

const MOST_KEPT = 1_000;

/**
 * Calendars for whoever counts business time. Content is read once per state of a calendar, so what was settled of its
 * hours stays settled; each call asks which states are current, inside the caller's transaction.
 */
@Injectable()
export class Calendars {
  private readonly kept = new Map<string, BusinessCalendar>();

  constructor(private readonly repository: CalendarsRepository) {}

  async book(tx: Tx, workspaceId: string): Promise<CalendarBook> {
    const editions = await this.repository.editions(tx, workspaceId);
    const byId = new Map(editions.map(({ id, revision }) => [id, this.kept.get(revision) ?? null]));
    const missing = [...byId].filter(([, calendar]) => calendar === null).map(([id]) => id);
    if (missing.length > 0) {
      for (const { revision, calendar } of await this.repository.contents(tx, workspaceId, missing)) {
        byId.set(calendar.id, calendar);
        this.keep(revision, calendar);
      }
    }
    const standard = byId.get(editions.find(({ isDefault }) => isDefault)?.id ?? '') ?? null;
    return { default: standard, find: (id) => (id === null ? standard : (byId.get(id) ?? null)) };
  }

  private keep(revision: string, calendar: BusinessCalendar): void {
    this.kept.set(revision, calendar);
    if (this.kept.size <= MOST_KEPT) return;
    const [oldest] = this.kept.keys();
    this.kept.delete(oldest!);
  }
}
