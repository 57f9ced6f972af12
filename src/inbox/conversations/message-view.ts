import type { MessageView } from './conversations.repository';

/** A message as clients see it (`GET /conversations/:id/messages`). */
export function messageDto(row: MessageView) {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    ticketId: row.ticket_id,
    seq: row.seq,
    direction: row.direction,
    visibility: row.visibility,
    author: { kind: row.author_kind, id: row.author_id, name: row.author_name },
    text: row.text,
    subtype: row.subtype,
    parentMessageId: row.parent_message_id,
    replyToMessageId: row.reply_to_message_id,
    attachments: (row.attachments ?? []).map(attachmentDto),
    original: row.original,
    call: row.call,
    reactions: row.reactions ?? [],
    networkAt: row.network_at,
    receivedAt: row.received_at,
    editedAt: row.edited_at,
    versions: row.version,
    hiddenAt: row.hidden_at,
    deletedAt: row.deleted_at,
    deletedBy: row.deleted_by,
    deleteReason: row.delete_reason,
    delivery: row.delivery_state ? { state: row.delivery_state, reason: row.delivery_reason, code: null } : null,
    suggestion: row.suggestion,
  };
}

/** A file we keep is had from us, by a route that looks at who asks; others only from the network. */
function attachmentDto(row: NonNullable<MessageView['attachments']>[number]) {
  return { ...row, url: row.state === 'stored' ? `/api/v1/attachments/${row.id}/file` : row.url };
}

export type MessageDto = ReturnType<typeof messageDto>;
