import { Injectable } from '@nestjs/common';
import { room, ticketAudience } from '../../outbox/audience';
import { event, SYSTEM } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import type { Tx } from '../../platform/database';
import { isUuid } from '../../platform/ids';
import { pick } from './columns';
import type { InboundDelete } from './inbound-event';
import type { IntakeChannel } from './intake';
import { claimKey, IntakeKeysRepository } from './intake-keys.repository';
import { type MessageItem, pairs, plain, workspacesOf } from './intake-plan';
import type { ClaimedKey, EarlyChange, KnownMessage, LockedConversation, UnconfirmedSend } from './intake-rows';

const UNCONFIRMED = `('queued', 'sending', 'unknown', 'failed')`;

export interface Confirmed {
  key: KnownMessage & { messageId: string };
  /** What was told of it before we knew its id. */
  early: Record<string, EarlyChange> | null;
}

/** Our own words coming back from the network: which send of ours each one is, if it is one. */
@Injectable()
export class IntakeEchoes {
  constructor(
    private readonly keys: IntakeKeysRepository,
    private readonly outbox: Outbox,
  ) {}

  /** Our own messages come back; one that carries our id is recognised wherever it appears. */
  async byId(tx: Tx, items: readonly MessageItem[]): Promise<Map<MessageItem, UnconfirmedSend>> {
    const own = items.filter((m) => m.message.direction === 'out' && isUuid(m.message.outboundMessageId));
    const sends = await this.unconfirmedSends(tx, workspacesOf(own), {
      ids: own.map((m) => m.message.outboundMessageId!),
    });
    return pairs(
      own,
      sends,
      (m, send) => send.id === m.message.outboundMessageId && send.channel_id === m.item.channel.id,
    );
  }

  /**
   * Where the network returns no id of ours, the same text in the same conversation tells, even while the call has not
   * returned. What is left after that was written with another tool.
   */
  async byText(
    tx: Tx,
    items: readonly MessageItem[],
    conversationOf: (m: MessageItem) => LockedConversation | undefined,
  ): Promise<Map<MessageItem, UnconfirmedSend>> {
    const own = items.filter((m) => m.message.direction === 'out');
    const conversations = own.flatMap((m) => conversationOf(m) ?? []);
    const sends = await this.unconfirmedSends(tx, workspacesOf(own), { conversations });
    return pairs(own, sends, (m, send) => {
      const conversation = conversationOf(m);
      const here =
        send.conversation_id === conversation?.id ||
        (conversation?.kind === 'dm' && send.kind === 'comment' && send.visibility === 'private');
      const sameThread =
        here && send.channel_id === conversation.channelId && send.contact_id === conversation.contactId;
      return sameThread && send.delivery_state !== 'queued' && plain(send.text) === plain(m.message.text);
    });
  }

  /** A receipt that names our own message, of which we do not know the network's id yet. */
  async byReceipt(
    tx: Tx,
    channel: IntakeChannel,
    externalId: string,
    messageId: string | undefined,
  ): Promise<Confirmed | null> {
    if (!isUuid(messageId)) return null;
    const sends = await this.unconfirmedSends(tx, [channel.workspaceId], { ids: [messageId] });
    const send = sends.find((one) => one.id === messageId && one.channel_id === channel.id);
    return send ? this.confirm(tx, channel, externalId, send) : null;
  }

  /**
   * An echo confirms the send it belongs to, even one whose call has not returned, and makes no second message.
   * @returns null when somebody else took the id or confirmed the send meanwhile
   */
  async confirm(tx: Tx, channel: IntakeChannel, externalId: string, send: UnconfirmedSend): Promise<Confirmed | null> {
    const { workspaceId, id: channelId } = channel;
    const key = {
      workspaceId,
      channelId,
      externalId,
      messageId: send.id,
      conversationId: send.conversation_id,
      madeByEdit: false,
      form: 0,
    };
    const claimed = (await this.keys.claim(tx, [key])).get(claimKey(externalId, send.id));
    if (!claimed) return null;
    if (!(await this.confirmSend(tx, workspaceId, send.id, externalId))) {
      await this.keys.giveBack(tx, [key]);
      return null;
    }
    const subject = {
      conversationId: send.conversation_id,
      ticketId: send.ticket_id,
      contactId: send.contact_id,
      messageId: send.id,
    };
    const audience = send.ticket_id
      ? ticketAudience({ id: send.ticket_id, teamId: send.team_id, assigneeId: send.assignee_id })
      : [room.leads];
    const data = { from: send.delivery_state, to: 'sent', reason: 'echo' };
    this.outbox.record(tx, event(workspaceId, 'message.delivery_changed', SYSTEM, subject, audience, data));
    return { key: { ...key, deletedAt: claimed.deletedAt }, early: earlyOfOurs(externalId, claimed) };
  }

  /**
   * Our own sends that an echo may belong to: on their way or in doubt, without a network id. By our id where the network
   * returns it, else by conversation; a private reply to a comment comes back in the person's direct messages.
   */
  private async unconfirmedSends(
    tx: Tx,
    workspaceIds: readonly string[],
    by: { ids?: readonly string[]; conversations?: readonly { id: string; contactId: string }[] },
  ): Promise<UnconfirmedSend[]> {
    const { ids = [], conversations = [] } = by;
    if (ids.length === 0 && conversations.length === 0) return [];
    // $1 workspaces, $2 messages, $3 conversations, $4 contacts
    return tx.query<UnconfirmedSend>(
      `SELECT m.id, m.conversation_id, m.channel_id, c.contact_id, c.kind, m.visibility, m.text, m.ticket_id, t.team_id,
              t.assignee_id, m.delivery_state
       FROM messages m JOIN conversations c ON c.workspace_id = m.workspace_id AND c.id = m.conversation_id
       LEFT JOIN tickets t ON t.workspace_id = m.workspace_id AND t.id = m.ticket_id
       WHERE m.workspace_id = ANY($1) AND m.direction = 'out' AND m.external_id IS NULL
         AND m.delivery_state IN ${UNCONFIRMED}
         AND (m.id = ANY($2) OR m.conversation_id = ANY($3)
              OR m.visibility = 'private' AND m.conversation_id IN (
                SELECT id FROM conversations WHERE workspace_id = ANY($1) AND contact_id = ANY($4) AND kind = 'comment'))
       ORDER BY m.seq`,
      [workspaceIds, ids, pick(conversations, 'id'), pick(conversations, 'contactId')],
      'intake_unconfirmed',
    );
  }

  /** The network's word that a message of ours is out, whatever our own call said or has yet to say. */
  private async confirmSend(tx: Tx, workspaceId: string, messageId: string, externalId: string): Promise<boolean> {
    // $1 workspace, $2 message, $3 the network's id; asked again under the lock, since two echoes may come at one moment
    const confirmed = await tx.execute(
      `UPDATE messages SET external_id = $3, delivery_state = 'sent', delivery_reason = NULL
       WHERE workspace_id = $1 AND id = $2 AND external_id IS NULL AND delivery_state IN ${UNCONFIRMED}`,
      [workspaceId, messageId, externalId],
      'intake_confirm',
    );
    return confirmed > 0;
  }
}

/** What waited for a message of ours, which stood here before its id was known: that it is gone is told last. */
export function earlyOfOurs(
  externalId: string,
  { early, deletedAt, deletedBy }: ClaimedKey,
): Record<string, EarlyChange> | null {
  if (!deletedAt) return early;
  const event: InboundDelete = {
    type: 'delete',
    accountId: '',
    eventKey: `deleted:${externalId}`,
    threadKey: `message:${externalId}`,
    threadKind: 'dm',
    externalId,
    by: deletedBy === 'contact' || deletedBy === 'account' ? deletedBy : 'unknown',
    occurredAt: deletedAt.toISOString(),
  };
  return { ...early, [event.eventKey]: { event, receivedAt: deletedAt.toISOString() } };
}
