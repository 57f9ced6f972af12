import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/audit';
import type { Principal } from '../../identity/principal';
import { Clock } from '../../platform/clock';
import { Database } from '../../platform/database';
import { DomainError, notFound } from '../../platform/errors';
import { wordsIfAny } from '../../refusals/refusal-words';
import { ChannelDirectory, type DirectoryChannel } from '../channel-directory';
import { Connectors } from '../connectors/registry';
import { firstBackfill } from './pull-plan';
import { PullRunner } from './pull-runner';
import { PullsRepository } from './pulls.repository';

/** What an admin sees of a channel's readings, and asks of them. */
@Injectable()
export class PullsService {
  constructor(
    private readonly database: Database,
    private readonly repository: PullsRepository,
    private readonly directory: ChannelDirectory,
    private readonly connectors: Connectors,
    private readonly runner: PullRunner,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  async get(who: Principal, channelId: string) {
    const channel = await this.find(who, channelId);
    const plan = this.connectors.of(channel.kind).pulls?.(channel) ?? null;
    return this.database.lean(who, async (tx) => ({
      plan,
      pulls: (await this.repository.views(tx, who.workspaceId, channelId)).map((pull) => ({
        ...pull,
        errorWords: wordsIfAny(pull.error),
      })),
      costs: await this.repository.costs(tx, who.workspaceId, channelId),
    }));
  }

  /** @throws DomainError `capability_missing` where the network keeps no history */
  async backfill(
    who: Principal,
    channelId: string,
    range: { since?: Date; workSince?: Date },
  ): Promise<{ since: Date; workSince: Date }> {
    const channel = await this.find(who, channelId);
    const plan = this.connectors.of(channel.kind).pulls?.(channel) ?? null;
    const now = this.clock.now();
    const first = firstBackfill(plan, {}, now);
    if (!first || plan?.backfillMs === undefined)
      throw new DomainError('capability_missing', 'This network keeps no history that could be read.');
    const since = new Date(Math.max(range.since?.getTime() ?? 0, now.getTime() - plan.backfillMs));
    const workSince = new Date(Math.max((range.workSince ?? first.workSince).getTime(), since.getTime()));
    await this.database.lean(who, async (tx) => {
      await this.repository.backfill(tx, who.workspaceId, channelId, since, workSince, now);
      await this.audit.record(tx, {
        workspaceId: who.workspaceId,
        actor: { kind: 'agent', id: who.agentId },
        action: 'channel.backfill_requested',
        subject: `channel:${channelId}`,
        changes: { since: { from: null, to: since.toISOString() } },
      });
      tx.afterCommit(() => this.runner.wake());
    });
    return { since, workSince };
  }

  private async find(who: Principal, channelId: string): Promise<DirectoryChannel> {
    const channel = await this.directory.channel(channelId);
    if (!channel || channel.workspaceId !== who.workspaceId) throw notFound('channel');
    return channel;
  }
}
