import { noticeOf, wordsIfAny } from '../../refusals/refusal-words';
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
    /** A notice of a network stands in the thread as a message; this says it in both languages. */
    ...(row.subtype === 'placeholder' && row.text !== '' ? { textWords: noticeOf(row.text) } : {}),
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
    delivery: row.delivery_state ? deliveryDto(row.delivery_state, row.delivery_reason) : null,
    suggestion: row.suggestion,
  };
}

/** `words` say the reason in both languages; what the network said is quoted in them. */
const deliveryDto = (state: NonNullable<MessageView['delivery_state']>, reason: string | null) => ({
  state,
  reason,
  words: wordsIfAny(reason),
  code: null,
});

/** A file we keep is had from us, by a route that looks at who asks; others only from the network. */
function attachmentDto(row: NonNullable<MessageView['attachments']>[number]) {
  return { ...row, url: row.state === 'stored' ? `/api/v1/attachments/${row.id}/file` : row.url };
}

export type MessageDto = ReturnType<typeof messageDto>;
