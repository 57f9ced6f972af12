import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { Sweeper, untilEmpty } from '../jobs/sweeper';
import { room, ticketAudience } from '../outbox/audience';
import { event, SYSTEM } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Config } from '../platform/config';
import { Database } from '../platform/database';
import { LOGGER } from '../platform/logger';
import { FileQuota } from './file-quota.service';
import { MediaRepository, type RemovedFiles } from './media.repository';

const EVERY_MS = 10_000; // nothing is shown past its time, whenever this runs; it takes away what is not shown
const BATCH = 200;

/**
 * Takes away files whose network lets them be kept only so long, when their stored instant has come; the row stays and
 * says what was there. Bytes that another row names, or that came within the hour and may be about to get one, stay
 * for that. Any number of nodes may sweep, and a kill in the middle leaves a file that no row names, which the hourly
 * look finds.
 */
@Injectable()
export class MediaSweeper extends Sweeper {
  constructor(
    private readonly database: Database,
    private readonly repository: MediaRepository,
    private readonly quota: FileQuota,
    private readonly outbox: Outbox,
    config: Config,
    @Inject(LOGGER) log: Logger,
  ) {
    super(EVERY_MS, 'media.sweep_failed', config, log);
  }

  /** @returns how many files were over */
  async sweep(): Promise<number> {
    const removed = await untilEmpty(BATCH, () => this.takeOver());
    if (removed > 0) await this.quota.tidy();
    return removed;
  }

  private takeOver(): Promise<number> {
    return this.database.lean('system', async (tx) => {
      const over = await this.repository.takeOver(tx, BATCH);
      this.outbox.record(tx, ...over.map(removedEvent));
      return over.reduce((count, { attachmentIds }) => count + attachmentIds.length, 0);
    });
  }
}

function removedEvent({ workspaceId, attachmentIds, teamId, assigneeId, ...about }: RemovedFiles) {
  const { ticketId, conversationId, contactId, messageId } = about;
  const audience = ticketId ? ticketAudience({ id: ticketId, teamId, assigneeId }) : [room.leads];
  return event(
    workspaceId,
    'message.attachments_changed',
    SYSTEM,
    { ticketId, conversationId, contactId, messageId },
    audience,
    { attachmentIds },
  );
}
