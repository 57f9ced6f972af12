import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/audit';
import type { Principal } from '../../identity/principal';
import { Clock } from '../../platform/clock';
import { Database } from '../../platform/database';
import { DomainError, notFound } from '../../platform/errors';
import { uuidv7 } from '../../platform/ids';
import { wordsOf } from '../../refusals/refusal-words';
import type { Words } from '../../text/words';
import { ChannelDirectory, type DirectoryChannel } from '../channel-directory';
import type { HealthReport } from '../health';
import type { MessageTemplate, SendOutcome } from '../sending';
import { Connectors } from '../connectors/registry';
import { PullsRepository } from '../pulls/pulls.repository';
import { WebhookAddress } from '../webhook-address';
import { AlarmsRepository, type OpenAlarm } from './alarms.repository';
import { CareRepository } from './care.repository';
import { ChannelHealth } from './channel-health';
import { CredentialRefresh } from './credential-refresh';

/** What a trial came to; `words` say its reason in both languages. */
export type TestOutcome = SendOutcome & { words?: Words };

/** What an admin sees of a channel's health, and asks of it now. */
@Injectable()
export class CareService {
  constructor(
    private readonly database: Database,
    private readonly repository: CareRepository,
    private readonly alarms: AlarmsRepository,
    private readonly pulls: PullsRepository,
    private readonly checks: ChannelHealth,
    private readonly refresh: CredentialRefresh,
    private readonly directory: ChannelDirectory,
    private readonly connectors: Connectors,
    private readonly addresses: WebhookAddress,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  async health(who: Principal, id: string) {
    const channel = await this.find(who, id);
    const door = this.connectors.of(channel.kind).door(channel.kind);
    return this.database.lean(who, async (tx) => {
      const kept = await this.repository.report(tx, who.workspaceId, id);
      const row = await this.repository.channel(tx, who.workspaceId, id);
      return {
        report: kept?.report ?? null,
        reportedAt: kept?.reportedAt ?? null,
        alarms: await this.alarms.list(tx, who.workspaceId, id),
        lastEventAt: row?.lastEventAt ?? null,
        silence: row ? await this.checks.silence(tx, channel, row, this.clock.now()) : null,
        webhookUrl: door?.secretInPath ? null : this.addresses.of(channel),
      };
    });
  }

  /** What is to be repaired now, over all channels. */
  open(who: Principal): Promise<OpenAlarm[]> {
    return this.database.lean(who, (tx) => this.alarms.open(tx, who.workspaceId));
  }

  async flow(who: Principal, id: string, hours: number) {
    await this.find(who, id);
    const since = new Date(this.clock.now().getTime() - hours * 3_600_000);
    return this.database.lean(who, (tx) => this.repository.flow(tx, who.workspaceId, id, since));
  }

  /** Asks the network how it stands, and tries again what it refused to let us read. */
  async check(who: Principal, id: string): Promise<HealthReport> {
    const { channel } = await this.refresh.renew(await this.find(who, id));
    const report = await this.checks.check(channel);
    await this.checks.settle(channel, report);
    await this.database.lean(who, (tx) => this.pulls.hurryRefused(tx, who.workspaceId, id, this.clock.now()));
    return report;
  }

  async subscribe(who: Principal, id: string): Promise<HealthReport> {
    const channel = await this.find(who, id);
    const report = await this.checks.subscribe(channel);
    await this.checks.settle(channel, report);
    await this.log(who, 'channel.subscribed', id);
    return report;
  }

  /** @throws DomainError `capability_missing` where the network has none, `unavailable` while it does not answer */
  async templates(who: Principal, id: string): Promise<readonly MessageTemplate[]> {
    const channel = await this.find(who, id);
    const connector = this.connectors.of(channel.kind);
    if (!connector.listTemplates)
      throw new DomainError('capability_missing', 'This network has no approved templates.');
    const list = await connector.listTemplates(channel, channel.credentials);
    if (list.status === 'found') return list.templates;
    throw new DomainError(list.status === 'retry' ? 'unavailable' : 'conflict', list.reason);
  }

  /**
   * Sends to somebody who has written to this channel, past queue and thread: it tries the line, not the conversation.
   * Where nobody can write, it goes to the account itself.
   */
  async testMessage(who: Principal, id: string, to: string, text: string): Promise<TestOutcome> {
    const channel = await this.find(who, id);
    const connector = this.connectors.of(channel.kind);
    const hearsNobody = Object.keys(connector.capabilities(channel.kind, channel.settings)).length === 0;
    const isOwnAudience = hearsNobody && to === channel.externalId;
    const known = await this.database.lean(who, (tx) =>
      tx.query('SELECT 1 FROM contact_identities WHERE workspace_id = $1 AND channel_id = $2 AND external_id = $3', [
        who.workspaceId,
        id,
        to,
      ]),
    );
    if (known.length === 0 && !isOwnAudience) throw notFound('contact of this channel');
    await this.log(who, 'channel.test_message', id);
    const outcome = await connector.send(
      channel,
      {
        id: uuidv7(),
        threadKind: 'dm',
        visibility: 'private',
        text,
        attachments: [],
        recipientExternalId: to,
        window: 'standard',
        author: 'agent',
      },
      channel.credentials,
    );
    return 'reason' in outcome ? { ...outcome, words: wordsOf(outcome.reason) } : outcome;
  }

  private async find(who: Principal, id: string): Promise<DirectoryChannel> {
    const channel = await this.directory.channel(id);
    if (!channel || channel.workspaceId !== who.workspaceId) throw notFound('channel');
    return channel;
  }

  private log(who: Principal, action: string, channelId: string): Promise<void> {
    return this.database.lean(who, (tx) =>
      this.audit.record(tx, {
        workspaceId: who.workspaceId,
        actor: { kind: 'agent', id: who.agentId },
        action,
        subject: `channel:${channelId}`,
      }),
    );
  }
}
