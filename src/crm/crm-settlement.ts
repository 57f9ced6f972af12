import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { JobQueue } from '../jobs/job-queue';
import type { RunningJob } from '../jobs/jobs';
import type { NewEvent } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { LOGGER } from '../platform/logger';
import { type CrmConnection, type CrmEntity, RANK } from './crm-connection';
import type { Batch } from './crm-batches';
import { CrmConnectionsRepository, type Progress } from './crm-connections.repository';
import { CRM, crmLinked, crmSynced, crmTrouble } from './crm.events';
import { CrmLinksRepository, type PersonLink } from './crm-links.repository';
import { CrmQueueRepository, type Waiting } from './crm-queue.repository';
import { CrmRecordsRepository } from './crm-records.repository';
import type { Sent } from './crm-sender';
import { setbackOf } from './retry';
import type { Failure } from './salesforce/errors';

/** Another job syncs this connection now: what this one wrote may be older than what that one writes. */
export class TakenOver extends Error {
  constructor() {
    super('Another job has taken this sync over; it sends what is left.');
    this.name = 'TakenOver';
  }
}

/** How a queue row fared: all of its records together. */
interface Outcome {
  row: Waiting;
  first: Sent;
  failed: Sent | null;
  lostLookup: boolean;
}

/** Writes what became of a batch: one transaction, and only while this job still is the one that syncs. */
@Injectable()
export class CrmSettlement {
  constructor(
    private readonly database: Database,
    private readonly jobs: JobQueue,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly connections: CrmConnectionsRepository,
    private readonly queue: CrmQueueRepository,
    private readonly links: CrmLinksRepository,
    private readonly records: CrmRecordsRepository,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** @throws TakenOver, or LeaseLost from the job's own lease */
  settle(
    job: RunningJob,
    connection: CrmConnection,
    batch: Batch,
    sent: readonly Sent[],
    progress: Progress,
  ): Promise<void> {
    const { workspaceId, id } = connection;
    const outcomes = outcomesOf(sent);
    const good = outcomes.filter(({ failed }) => failed === null);
    const bad = outcomes.flatMap(({ row, failed }) =>
      failed?.failure ? [{ row, failed, failure: failed.failure }] : [],
    );
    return this.database.lean({ workspaceId }, async (tx) => {
      await this.jobs.holds(tx, job);
      if (!(await this.connections.renewLease(tx, workspaceId, id, job.id, progress))) throw new TakenOver();
      await this.links.write(
        tx,
        workspaceId,
        id,
        batch.entity,
        good.map(({ row, first }) => ({
          id: row.id,
          externalKey: first.out.key,
          remoteType: batch.target.type,
          remoteId: first.id,
        })),
      );
      await this.queue.done(tx, workspaceId, id, batch.entity, [...good.map(({ row }) => row), ...batch.skipped]);
      const setbacks = bad.map(({ row, failure }) => setbackOf(row, failure));
      if (setbacks.length > 0) await this.queue.setBack(tx, workspaceId, id, batch.entity, setbacks);
      await this.requeueParents(
        tx,
        connection,
        bad.filter(({ failure }) => failure.missingParent).map(({ failed }) => failed),
      );
      if (batch.entity === 'contact') await this.noteMatches(tx, connection, batch, good);
      await this.loseLinks(
        tx,
        connection,
        batch.entity,
        outcomes.filter(({ lostLookup }) => lostLookup),
      );
      const parked = bad.filter((_, i) => setbacks[i]!.afterMs === null);
      this.outbox.record(tx, ...(await this.troubles(tx, workspaceId, batch.entity, parked)));
      if (good.length > 0) this.outbox.record(tx, crmSynced(workspaceId, batch.entity, good.length));
    });
  }

  /** The parent was there once, or we thought so: it goes first, then the child again. */
  private async requeueParents(tx: Tx, { workspaceId, id }: CrmConnection, orphans: readonly Sent[]): Promise<void> {
    for (const entity of Object.keys(RANK) as CrmEntity[]) {
      const parents = orphans.flatMap(({ out }) => (out.parent?.entity === entity ? [out.parent.id] : []));
      if (parents.length > 0) await this.queue.queue(tx, workspaceId, id, entity, [...new Set(parents)]);
    }
  }

  private async noteMatches(tx: Tx, connection: CrmConnection, batch: Batch, good: readonly Outcome[]): Promise<void> {
    const { workspaceId, id } = connection;
    const matches = good.flatMap(({ row, lostLookup }) => {
      const link = batch.matches.get(row.id);
      return link && !lostLookup ? [{ contactId: row.id, ...link }] : [];
    });
    if (matches.length === 0) return;
    const changed = new Set(await this.links.noteMatches(tx, workspaceId, id, matches));
    const linked = matches.filter((match) => changed.has(match.contactId) && match.id !== null);
    const doubtful = matches.filter((match) => changed.has(match.contactId) && match.method === 'ambiguous');
    if (linked.length > 0) {
      const now = this.clock.now();
      await this.queue.markConversationsOf(
        tx,
        workspaceId,
        linked.map((match) => match.contactId),
        now,
      ); // they carry the lookups too
    }
    const told = [...linked, ...doubtful];
    const places = await this.records.audiences(
      tx,
      workspaceId,
      told.map((match) => match.contactId),
    );
    for (const { contactId, ...link } of linked) {
      this.outbox.record(tx, crmLinked(workspaceId, CRM, contactId, link, places.get(contactId) ?? []));
    }
    for (const { contactId } of doubtful) {
      const contact = { id: contactId, places: places.get(contactId) ?? [] };
      this.outbox.record(tx, crmTrouble(workspaceId, 'ambiguous', SEVERAL, contact));
    }
  }

  /** What our matching found is gone over there; the person is looked for anew. A hand-made link stays as it is. */
  private async loseLinks(
    tx: Tx,
    { workspaceId, id }: CrmConnection,
    entity: CrmEntity,
    lost: readonly Outcome[],
  ): Promise<void> {
    const contacts = [...new Set(lost.flatMap(({ first }) => first.out.contactId ?? []))];
    if (contacts.length === 0) return;
    const nobody: PersonLink = { method: null, type: null, id: null };
    const changed = await this.links.noteMatches(
      tx,
      workspaceId,
      id,
      contacts.map((contactId) => ({ contactId, ...nobody })),
    );
    const again = entity === 'contact' ? changed : contacts; // a hand-made link that fails must be seen on the contact itself
    await this.queue.sendAgain(tx, workspaceId, id, 'contact', again);
  }

  private async troubles(
    tx: Tx,
    workspaceId: string,
    entity: CrmEntity,
    parked: readonly { row: Waiting; failure: Failure }[],
  ): Promise<NewEvent[]> {
    for (const { row, failure } of parked.filter(({ failure: { kind } }) => kind === 'bug')) {
      const fields = { event: 'crm.bug', workspaceId, entity, entityId: row.id, code: failure.code };
      this.log.error(fields, 'salesforce did not understand what we sent');
    }
    if (entity === 'contact') {
      const places = await this.records.audiences(
        tx,
        workspaceId,
        parked.map(({ row }) => row.id),
      );
      return parked.map(({ row, failure }) =>
        crmTrouble(workspaceId, failure.code, refused(entity, 1), { id: row.id, places: places.get(row.id) ?? [] }),
      );
    }
    const counts = new Map<string, number>();
    for (const { failure } of parked) counts.set(failure.code, (counts.get(failure.code) ?? 0) + 1);
    return [...counts].map(([code, count]) => crmTrouble(workspaceId, code, refused(entity, count)));
  }
}

const SEVERAL = 'Several records in the CRM may be this person; link one by hand.';

const refused = (entity: CrmEntity, count: number) =>
  `Salesforce refused ${count === 1 ? `a ${entity}` : `${count} ${entity}s`}; see the CRM queue for its words.`;

/** A row is as good as the worst of its records. */
function outcomesOf(sent: readonly Sent[]): Outcome[] {
  const outcomes = new Map<string, Outcome>();
  for (const each of sent) {
    const known = outcomes.get(each.out.row.id);
    if (!known) {
      outcomes.set(each.out.row.id, {
        row: each.out.row,
        first: each,
        failed: each.failure ? each : null,
        lostLookup: each.lostLookup,
      });
      continue;
    }
    known.failed ??= each.failure ? each : null;
    known.lostLookup ||= each.lostLookup;
  }
  return [...outcomes.values()];
}
