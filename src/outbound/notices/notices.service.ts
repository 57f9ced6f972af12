import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/audit';
import type { NoticeRules } from '../../channels/capabilities';
import { ChannelDirectory } from '../../channels/channel-directory';
import { Connectors } from '../../channels/connectors/registry';
import { pageOf } from '../../identity/page';
import type { Principal } from '../../identity/principal';
import { JobQueue } from '../../jobs/job-queue';
import { UploadsService } from '../../media/uploads.service';
import { room } from '../../outbox/audience';
import { type Actor, event } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import { Clock } from '../../platform/clock';
import { Database, type Tx } from '../../platform/database';
import { DomainError, notFound } from '../../platform/errors';
import { Idempotency } from '../../platform/idempotency';
import { uuidv7 } from '../../platform/ids';
import { wordsIfAny } from '../../refusals/refusal-words';
import { cleanText } from '../../text/clean';
import type { QueuedAttachment } from '../attachment-source';
import { type Part, partsOf, refuseContent } from '../send-rules';
import { decided, decisionsFor, type Notice, type NoticeDecision, noticeJob, type NoticeState } from './notice';
import type { NoticeBody, NoticeDto, NoticePageDto, NoticeRulesDto, WrittenNoticeDto } from './notices.dto';
import { NoticesRepository } from './notices.repository';

/** Notices on channels that are followed but not answered. Nothing is sent here; the job does that. */
@Injectable()
export class NoticesService {
  constructor(
    private readonly database: Database,
    private readonly repository: NoticesRepository,
    private readonly directory: ChannelDirectory,
    private readonly connectors: Connectors,
    private readonly uploads: UploadsService,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
    private readonly jobs: JobQueue,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws DomainError `capability_missing` where the channel takes no notices; `send_refused` while it is disabled, and
   * with the network's rule that stands in the way; `validation_failed` without anywhere to go
   */
  write(who: Principal, channelId: string, body: NoticeBody, key: string | undefined): Promise<WrittenNoticeDto> {
    const { workspaceId, agentId } = who;
    return this.database.transaction(who, (tx) =>
      this.idempotency.once(tx, workspaceId, key, { channelId, agentId, notice: body }, async () => {
        const rules = await this.rulesIn(tx, workspaceId, channelId);
        const recipient = (body.to ?? rules.defaultTo ?? '').replace(/^@/, '');
        if (recipient === '') throw nowhere();
        const content = { text: cleanText(body.text), attachments: await this.files(tx, workspaceId, body) };
        const parts = partsAllowed(rules, content, body.split === true);
        const ids = await this.keep(tx, who, channelId, recipient, parts);
        this.jobs.enqueue(tx, noticeJob(workspaceId, channelId));
        const items: NoticeDto[] = [];
        for (const id of ids) items.push(noticeDto((await this.repository.find(tx, workspaceId, channelId, id))!));
        return { items };
      }),
    );
  }

  list(who: Principal, channelId: string, before: string | undefined, limit: number): Promise<NoticePageDto> {
    return this.database.lean(who, async (tx) => {
      if (!(await this.repository.channelState(tx, who.workspaceId, channelId))) throw notFound('channel');
      const rows = await this.repository.list(tx, who.workspaceId, channelId, { before, limit: limit + 1 });
      return pageOf(rows.map(noticeDto), limit);
    });
  }

  async rules(who: Principal, channelId: string): Promise<NoticeRulesDto> {
    const { attachments, partsTogether, captionLimit, ...rules } = await this.database.lean(who, (tx) =>
      this.rulesIn(tx, who.workspaceId, channelId),
    );
    return {
      ...rules,
      attachments: [...attachments],
      partsTogether: partsTogether ?? null,
      captionLimit: captionLimit ?? null,
    };
  }

  get(who: Principal, channelId: string, id: string): Promise<NoticeDto> {
    return this.database.lean(who, async (tx) => {
      const notice = await this.repository.find(tx, who.workspaceId, channelId, id);
      if (!notice) throw notFound('notice');
      return noticeDto(notice);
    });
  }

  /** @throws DomainError `conflict` when it is on its way, or the decision is not open to it any more */
  decide(who: Principal, channelId: string, id: string, decision: NoticeDecision): Promise<NoticeDto> {
    const { workspaceId } = who;
    return this.database.transaction(who, async (tx) => {
      const group = await this.repository.lockGroup(tx, workspaceId, channelId, id);
      const notice = group?.find((one) => one.id === id);
      if (!group || !notice) throw notFound('notice');
      const to = decided(notice.state, decision);
      if (to === null)
        throw new DomainError('conflict', 'This is not possible for the notice as it stands now; load it again.', {
          state: notice.state,
        });
      // what comes after a part that is given up would begin in the middle
      const after = to === 'cancelled' ? group.filter((one) => one.part > notice.part && one.state === 'queued') : [];
      for (const one of [notice, ...after]) await this.move(tx, who, channelId, one, to);
      this.jobs.enqueue(tx, noticeJob(workspaceId, channelId));
      return noticeDto((await this.repository.find(tx, workspaceId, channelId, id))!);
    });
  }

  private async move(
    tx: Tx,
    who: Principal,
    channelId: string,
    { id, state: from }: Pick<Notice, 'id' | 'state'>,
    to: NoticeState,
  ): Promise<void> {
    if (from === to) return;
    await this.repository.change(tx, who.workspaceId, id, { state: to, at: this.clock.now(), tries: 0 });
    const data = { noticeId: id, channelId, from, to };
    this.outbox.record(tx, event(who.workspaceId, 'notice.delivery_changed', actorOf(who), {}, [room.leads], data));
  }

  /** @throws DomainError as `write` does of the channel */
  private async rulesIn(tx: Tx, workspaceId: string, channelId: string): Promise<NoticeRules> {
    const state = await this.repository.channelState(tx, workspaceId, channelId);
    if (state === undefined) throw notFound('channel');
    const channel = state === 'disabled' ? undefined : await this.directory.named(channelId);
    if (!channel)
      throw new DomainError('send_refused', 'This channel is disabled; ask an admin to connect it again.', {
        reason: 'channel_disabled',
      });
    const rules = this.connectors.of(channel.kind).notices?.(channel);
    if (!rules)
      throw new DomainError(
        'capability_missing',
        'No notices can be sent on this channel; answer people in their conversations.',
      );
    return rules;
  }

  private async files(tx: Tx, workspaceId: string, { attachments = [] }: NoticeBody): Promise<QueuedAttachment[]> {
    const ids = attachments.map(({ uploadId }) => uploadId);
    const rows = await this.uploads.take(tx, workspaceId, ids);
    return rows.map(({ id, kind, name, mimeType, sizeBytes }) => ({
      uploadId: id,
      kind,
      name,
      mimeType,
      sizeBytes,
      url: this.uploads.urlOf(workspaceId, id),
    }));
  }

  /** @returns the ids of its parts, in order */
  private async keep(
    tx: Tx,
    who: Principal,
    channelId: string,
    recipient: string,
    parts: readonly Part<QueuedAttachment>[],
  ): Promise<string[]> {
    const { workspaceId, agentId } = who;
    const ids = parts.map(() => uuidv7());
    const common = {
      channelId,
      agentId,
      groupId: ids[0]!,
      parts: parts.length,
      recipient,
      createdAt: this.clock.now(),
    };
    for (const [at, part] of parts.entries())
      await this.repository.insert(tx, workspaceId, { ...common, ...part, id: ids[at]!, part: at + 1 });
    await this.audit.record(tx, {
      workspaceId,
      actor: actorOf(who),
      action: 'channel.notice_written',
      subject: `channel:${channelId}`,
    });
    this.outbox.record(
      tx,
      event(workspaceId, 'notice.queued', actorOf(who), {}, [room.leads], {
        noticeId: ids[0]!,
        channelId,
        parts: parts.length,
      }),
    );
    return ids;
  }
}

const actorOf = ({ agentId }: Principal): Actor => ({ kind: 'agent', id: agentId });

/** @throws DomainError `send_refused` when it does not fit, and may not be or cannot be made to by splitting it */
function partsAllowed(
  rules: NoticeRules,
  content: Part<QueuedAttachment>,
  maySplit: boolean,
): Part<QueuedAttachment>[] {
  const parts = maySplit ? partsOf(rules, { kind: 'dm', visibility: 'public', ...content }) : [content];
  for (const part of parts) {
    const refused = refuseContent(rules, part);
    if (refused) throw new DomainError('send_refused', refused.refusal.message, { ...refused.refusal });
  }
  return parts;
}

const nowhere = () =>
  new DomainError('validation_failed', 'Say where the notice goes.', {
    fields: [{ path: 'to', problem: 'is required: whom this notice is for, as the network names them' }],
  });

function noticeDto(notice: Notice): NoticeDto {
  const { agentId, agentName, recipient, attachments, reason, ...rest } = notice;
  return {
    ...rest,
    author: { id: agentId, name: agentName },
    to: recipient,
    attachments: attachments.map(({ uploadId, kind, name, sizeBytes }) => ({
      uploadId: uploadId!,
      kind,
      name: name ?? null,
      sizeBytes: sizeBytes ?? null,
    })),
    reason: wordsIfAny(reason),
    decisions: decisionsFor(notice.state),
  };
}
