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
  /** The network's ids under which it said itself that the message was not delivered. */
  refused: (string | null)[];
  /** The parts of an album; null for a message of one piece. */
  parts: AlbumPart[] | null;
  /** It turned out to be another message, which its id leads to now. */
  set_aside: boolean;
}

/** Of message `m`. What was refused before ids were kept was refused under the one it has. */
export const REFUSED_IDS = `CASE WHEN jsonb_typeof(m.meta->'refused') = 'array' THEN m.meta->'refused'
    WHEN m.meta ? 'refused' THEN jsonb_build_array(m.external_id) ELSE '[]' END`;

/**
 * Whom to tell is looked up and not joined: a message that goes to another thread or ticket while we wait for its lock
 * would no longer meet the rows joined to it, and be taken for one that is not there.
 */
export const CHANGE_TARGET = `SELECT m.id, m.conversation_id,
    (SELECT c.contact_id FROM conversations c WHERE c.workspace_id = m.workspace_id AND c.id = m.conversation_id) AS contact_id,
    m.ticket_id, (SELECT t.team_id FROM tickets t WHERE t.workspace_id = m.workspace_id AND t.id = m.ticket_id) AS team_id,
    (SELECT t.assignee_id FROM tickets t WHERE t.workspace_id = m.workspace_id AND t.id = m.ticket_id) AS assignee_id, m.text, m.version,
    m.meta->>'editVersion' AS edit_version, m.network_at, m.deleted_at, m.hidden_at, m.meta->>'visibilityAt' AS visibility_at,
    m.delivery_state, ${REFUSED_IDS} AS refused, m.meta->'parts' AS parts,
    coalesce(m.subtype = 'duplicate', false) AS set_aside
  FROM messages m`;

/**
 * Threads are locked before their messages, as whatever makes a message does: call it before `lockTarget` where more is
 * told of a message than happens to it.
 */
export async function lockThread(tx: Tx, workspaceId: string, conversationId: string | null): Promise<void> {
  if (conversationId === null) return;
  await tx.query(
    'SELECT 1 FROM conversations WHERE workspace_id = $1 AND id = $2 FOR UPDATE',
    [workspaceId, conversationId],
    'change_thread',
  );
}

export async function lockTarget(tx: Tx, workspaceId: string, messageId: string): Promise<ChangeTarget | undefined> {
  const [row] = await tx.query<ChangeTarget>(
    `${CHANGE_TARGET} WHERE m.workspace_id = $1 AND m.id = $2 FOR NO KEY UPDATE OF m`,
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
