import { noticeOf, wordsIfAny } from '../../refusals/refusal-words';
import type { MessageView } from './conversations.repository';
import { channelWait, deliveryWait } from './delivery-wait';

/** A message as clients see it (`GET /conversations/:id/messages`). */
export function messageDto(row: MessageView) {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    ticketId: row.ticket_id,
    seq: row.seq,
    arrival: row.arrival,
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
    delivery: deliveryDto(row),
    edit: editDto(row),
    suggestion: row.suggestion,
  };
}

/**
 * `words` say the reason in both languages; what the network said is quoted in them. `waiting` says why the message is
 * not settled and what comes next.
 */
function deliveryDto({ delivery_state: state, delivery_reason: reason, wait_facts: facts }: MessageView) {
  if (state === null) return null;
  const open = UNSETTLED.has(state) ? facts : null;
  return {
    state,
    reason,
    words: wordsIfAny(reason),
    code: open?.code ?? null,
    waiting: open && deliveryWait({ ...open, state }),
  };
}

/** A change to our text that the network has not taken: on its way, or refused and why. Null once the text stands. */
function editDto({ edit, text, deleted_at: deletedAt, wait_facts: facts }: MessageView) {
  if (!edit || deletedAt || edit.text === text) return null;
  const reason = edit.reason ?? null;
  return {
    state: edit.state,
    text: edit.text,
    at: new Date(edit.at),
    code: edit.code ?? null,
    reason,
    words: wordsIfAny(reason),
    waiting: edit.state === 'waiting' && facts ? channelWait(facts) : null,
  };
}

/** A file we keep is had from us, by a route that looks at who asks; others only from the network. */
function attachmentDto(row: NonNullable<MessageView['attachments']>[number]) {
  return { ...row, url: row.state === 'stored' ? `/api/v1/attachments/${row.id}/file` : row.url };
}

const UNSETTLED: ReadonlySet<string> = new Set(['queued', 'sending', 'unknown']);

export type MessageDto = ReturnType<typeof messageDto>;
