import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ChannelDirectory } from '../channels/channel-directory';
import { Connectors } from '../channels/connectors/registry';
import { JobQueue } from '../jobs/job-queue';
import type { RunningJob } from '../jobs/jobs';
import { Clock } from '../platform/clock';
import { Database } from '../platform/database';
import { RetryLater } from '../platform/errors';
import { HandoffSettingsService } from './handoff-settings';
import type { IdentityCheck } from './identity-check';
import { IdentityChecksRepository } from './identity-checks.repository';
import { CODE_JOB, IdentityChecks } from './identity-checks.service';
import { textOf } from './texts';

/**
 * Sends codes beside the ordinary way out: a code is no part of a conversation, and no message row may hold it. Sent
 * again after doubt it has the same Message-ID, so receivers can tell the repeat.
 */
@Injectable()
export class CodeMails implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly repository: IdentityChecksRepository,
    private readonly checks: IdentityChecks,
    private readonly settings: HandoffSettingsService,
    private readonly directory: ChannelDirectory,
    private readonly connectors: Connectors,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(CODE_JOB, (job) => this.send(job), { queue: 'outbound' });
  }

  private async send({ workspaceId, payload }: RunningJob): Promise<void> {
    const { checkId } = payload as { checkId: string };
    const found = await this.database.lean({ workspaceId }, async (tx) => {
      const check = await this.repository.lock(tx, workspaceId, checkId);
      const ticket = check && (await this.repository.ticket(tx, workspaceId, check.ticketId));
      const { texts } = await this.settings.of(tx, workspaceId);
      return check && ticket && { check, brand: ticket.brandName, texts };
    });
    if (!found || !this.isWanted(found.check)) return;
    const { check, brand, texts } = found;
    const channel = check.channelId === null ? undefined : await this.directory.named(check.channelId);
    if (!channel || check.address === null) return this.settle(workspaceId, checkId, 'channel_disabled');
    const filling = { brand, code: this.checks.code(check.id) };
    const outcome = await this.connectors.of(channel.kind).send(
      channel,
      {
        id: check.id,
        threadKind: 'dm',
        visibility: 'private',
        text: textOf(texts, 'codeMail', check.locale, filling),
        attachments: [],
        recipientExternalId: check.address,
        window: 'standard',
        author: 'bot',
        thread: {
          conversationId: check.id,
          subject: textOf(texts, 'codeSubject', check.locale, { brand }),
          begins: true,
          externalIds: [],
        },
      },
      channel.credentials,
    );
    if (outcome.status === 'sent') return this.settle(workspaceId, checkId, null);
    if (outcome.status === 'retry') throw new RetryLater(outcome.reason, outcome.afterMs);
    if (outcome.status === 'unknown') throw new RetryLater(outcome.reason);
    return this.settle(workspaceId, checkId, outcome.code);
  }

  private isWanted({ state, sentAt, expiresAt }: IdentityCheck): boolean {
    return state === 'open' && sentAt === null && this.clock.now() < expiresAt;
  }

  /** @param reason why nobody will get it; null when it left */
  private settle(workspaceId: string, checkId: string, reason: string | null): Promise<void> {
    return this.database.lean({ workspaceId }, async (tx) => {
      const check = await this.repository.lock(tx, workspaceId, checkId);
      if (check?.state !== 'open') return;
      const now = this.clock.now();
      await this.repository.save(
        tx,
        reason === null ? { ...check, sentAt: now } : { ...check, state: 'undeliverable', reason, answeredAt: now },
      );
    });
  }
}
