import { room, ticketAudience } from '../../outbox/audience';
import {
  type Actor,
  type DomainEventData,
  type DomainEventType,
  event,
  type NewEvent,
  SYSTEM,
} from '../../outbox/domain-event';
import type { Tx } from '../../platform/database';
import type { AlbumPart } from './album';
import type { IntakeChannel } from './intake';

/** A message about to be changed, locked, with whom to tell. */
export interface ChangeTarget {
  id: string;
  conversation_id: string;
  contact_id: string;
  ticket_id: string | null;
  team_id: string | null;
  assignee_id: string | null;
  text: string;
  version: number;
  edit_version: string | null;
  network_at: Date;
  deleted_at: Date | null;
  hidden_at: Date | null;
  visibility_at: string | null;
  delivery_state: string | null;
  /** Set once the network itself said that it was not delivered. */
  refused: boolean;
  /** The parts of an album; null for a message of one piece. */
  parts: AlbumPart[] | null;
}

export const CHANGE_TARGET = `SELECT m.id, m.conversation_id, c.contact_id, m.ticket_id, t.team_id, t.assignee_id, m.text, m.version,
    m.meta->>'editVersion' AS edit_version, m.network_at, m.deleted_at, m.hidden_at, m.meta->>'visibilityAt' AS visibility_at,
    m.delivery_state, coalesce((m.meta->>'refused')::boolean, false) AS refused, m.meta->'parts' AS parts
  FROM messages m JOIN conversations c ON c.workspace_id = m.workspace_id AND c.id = m.conversation_id
  LEFT JOIN tickets t ON t.workspace_id = m.workspace_id AND t.id = m.ticket_id`;

export async function lockTarget(tx: Tx, workspaceId: string, messageId: string): Promise<ChangeTarget | undefined> {
  const [row] = await tx.query<ChangeTarget>(
    `${CHANGE_TARGET} WHERE m.workspace_id = $1 AND m.id = $2 FOR UPDATE OF m`,
    [workspaceId, messageId],
    'change_target',
  );
  return row;
}

/** What happened to a message, for everyone who may see it. */
export function changeEvent<T extends DomainEventType>(
  channel: IntakeChannel,
  target: ChangeTarget,
  actor: Actor,
  type: T,
  data: DomainEventData[T],
): NewEvent<T> {
  const audience = target.ticket_id
    ? ticketAudience({ id: target.ticket_id, teamId: target.team_id, assigneeId: target.assignee_id })
    : [room.leads, channel.teamId ? room.team(channel.teamId) : room.lobby];
  const subject = {
    ticketId: target.ticket_id,
    conversationId: target.conversation_id,
    contactId: target.contact_id,
    messageId: target.id,
  };
  return event(channel.workspaceId, type, actor, subject, audience, data);
}

/** Told where a message turns out to have been written at another time than it was taken for; nothing where it was not. */
export const retimedEvents = (channel: IntakeChannel, target: ChangeTarget, at: Date): NewEvent[] =>
  at.getTime() === target.network_at.getTime()
    ? []
    : [
        changeEvent(channel, target, SYSTEM, 'message.retimed', {
          from: target.network_at.toISOString(),
          to: at.toISOString(),
        }),
      ];
