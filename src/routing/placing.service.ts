import { Injectable } from '@nestjs/common';
import type { Ticket } from '../inbox/tickets/ticket';
import { ticketEvent } from '../inbox/tickets/ticket.events';
import { JobQueue } from '../jobs/job-queue';
import { SYSTEM } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Database, type Tx } from '../platform/database';
import { handlingKey, placeOfWork } from './handling';
import { HandlingRepository } from './handling.repository';
import { placeOf } from './queue';
import { type PlacedRow, QueuesRepository } from './queues.repository';
import { WaitingLines } from './waiting-lines';

export const PLACE_JOB = 'routing.place';
const SLICE = 500;

/** Why all that waits for a team is looked at again. */
export type WhyPlaced = 'rules_changed' | 'hours_changed';

/** Keeps each ticket in the queue its team's rules say, with what is needed of whoever takes it. */
@Injectable()
export class PlacingService {
  constructor(
    private readonly database: Database,
    private readonly queues: QueuesRepository,
    private readonly handling: HandlingRepository,
    private readonly lines: WaitingLines,
    private readonly jobs: JobQueue,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Looks at where these tickets wait; those not under work are left alone. `why` goes into the timeline.
   * @param seenIn the lanes in which the caller found them before it had them locked; others may have placed them since
   * @returns those that wait elsewhere, or for somebody else, than before
   */
  async place(
    tx: Tx,
    workspaceId: string,
    ticketIds: readonly string[],
    why: string,
    seenIn: ReadonlyMap<string, string> = new Map(),
  ): Promise<Set<string>> {
    const rows = ticketIds.length === 0 ? [] : await this.queues.lockToPlace(tx, workspaceId, ticketIds);
    if (rows.length === 0) return new Set();
    const teamIds = [...new Set(rows.map((row) => row.teamId))];
    // asked after the lock: of two that place a ticket, the later goes by the later rules
    const { rules } = await this.lines.rulesOf(tx, workspaceId, teamIds);
    const ofTeam = new Map(rules.map((of) => [of.teamId, of]));
    const places = rows.map((row) => {
      const { queues, speaks, settings } = ofTeam.get(row.teamId)!;
      return { row, place: placeOf(row, queues, speaks, settings.vipTiers) };
    });
    const learned = await this.handling.learned(tx, workspaceId, [
      ...new Set(places.map(({ row, place }) => placeOfWork(place.queueId, row.teamId))),
    ]);
    const changed = places.flatMap(({ row, place }) => {
      const key = handlingKey(placeOfWork(place.queueId, row.teamId), row.workType);
      const handlingMs = learned.get(key)?.handlingMs ?? row.handlingMs;
      const same = place.lane === row.lane && place.vip === row.vip && handlingMs === row.handlingMs;
      return same ? [] : [{ row, place: { ...place, id: row.id, workType: row.workType, handlingMs } }];
    });
    await this.queues.savePlaces(
      tx,
      workspaceId,
      changed.map(({ place }) => place),
    );
    for (const { row, place } of changed) {
      if (row.queueId === place.queueId) continue;
      const data = { from: row.queueId, to: place.queueId, why };
      this.outbox.record(tx, ticketEvent(subjectOf(row), 'ticket.queued', SYSTEM, data));
    }
    return new Set(
      places.flatMap(({ row, place }) =>
        (seenIn.get(row.id) ?? row.lane) === place.lane && row.vip === place.vip ? [] : row.id,
      ),
    );
  }

  /** Customers became, or are no longer, of those who go first. */
  async placeOfContacts(tx: Tx, workspaceId: string, contactIds: readonly string[]): Promise<void> {
    if (contactIds.length === 0) return;
    const ids = await this.queues.ticketsOfContacts(tx, workspaceId, contactIds);
    await this.place(tx, workspaceId, ids, 'contact_changed');
  }

  /** A team's rules or skills changed: all that waits there is looked at again, slice by slice. */
  placeAgain(
    tx: Tx,
    workspaceId: string,
    teamId: string,
    after: string | null = null,
    why: WhyPlaced = 'rules_changed',
  ): void {
    this.jobs.enqueue(tx, {
      workspaceId,
      queue: 'routing',
      name: PLACE_JOB,
      payload: { teamId, after, why },
      dedupeKey: `${teamId} ${after ?? ''}`,
    });
  }

  /** One slice, and the next as a job of its own. */
  placeSlice(workspaceId: string, teamId: string, after: string | null, why: WhyPlaced): Promise<void> {
    return this.database.lean({ workspaceId }, async (tx) => {
      const ids = await this.queues.ticketsOf(tx, workspaceId, teamId, after, SLICE);
      await this.place(tx, workspaceId, ids, why);
      if (ids.length === SLICE) this.placeAgain(tx, workspaceId, teamId, ids.at(-1), why);
    });
  }
}

const subjectOf = (
  row: PlacedRow,
): Pick<Ticket, 'workspaceId' | 'id' | 'conversationId' | 'contactId' | 'teamId' | 'assigneeId'> => row;
