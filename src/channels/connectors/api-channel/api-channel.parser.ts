import type {
  InboundAttachment,
  InboundAuthor,
  InboundEvent,
  InboundPost,
  InboundUnsupported,
  ThreadKind,
} from '../../../inbox/conversations/inbound-event';
import { compact, contentHash, key, record, string, type JsonRecord } from '../json';
import { type Problem, readEvent } from './api-channel.schema';

/** Events as `readEvent` leaves them: every field named in the table, and of its kind. */
interface Thread {
  id: string;
  kind: ThreadKind;
  post?: ApiPost;
}
type ApiPost = Omit<InboundPost, 'externalId' | 'permalink'> & { id: string; url?: string };
type ApiPerson = Omit<InboundAuthor, 'externalId'> & { id: string };
interface ApiEvent extends JsonRecord {
  type: string;
  id: string;
  at?: string;
  thread: Thread;
  messageId: string;
  author: ApiPerson;
  direction?: 'in' | 'out';
  contact?: ApiPerson;
  text?: string;
  attachments?: InboundAttachment[];
}

const person = ({ id, ...facts }: ApiPerson): InboundAuthor => ({ externalId: id, ...facts });
const post = ({ id, url, ...facts }: ApiPost): InboundPost => compact({ externalId: id, permalink: url, ...facts });

/**
 * A body of the API channel as inbound events; total. The sender's event id is the key, so an event that is sent, repeated
 * and pulled is one event. An event with a serious problem is kept as unsupported, the field named in `kind`; its key is
 * its content, so that the corrected event may come under the id it had.
 */
export function parseApiEvents(body: unknown, accountId: string): InboundEvent[] {
  const events = record(body)?.['events'];
  if (!Array.isArray(events)) return [unsupported(accountId, 'events must be a list', body)];
  return events.map((event: unknown) => {
    const problems: Problem[] = [];
    const read = readEvent(event, 'event', problems);
    if (read) return inbound(read as ApiEvent, accountId);
    const [first] = problems.filter(({ serious }) => serious);
    const type = record(event)?.['type'];
    const name = typeof type === 'string' ? type : 'event';
    return unsupported(accountId, `${name}${first!.path.slice('event'.length)} ${first!.problem}`, event);
  });
}

function unsupported(accountId: string, what: string, content: unknown): InboundUnsupported {
  const hash = contentHash(content);
  return {
    type: 'unsupported',
    kind: string(what)!.slice(0, 160),
    accountId,
    eventKey: key('unsupported', hash),
    threadKey: key('unsupported', hash),
    threadKind: 'dm',
  };
}

function inbound(event: ApiEvent, accountId: string): InboundEvent {
  const { thread } = event;
  const base = compact({ accountId, eventKey: key('event', event.id), occurredAt: event.at });
  const inThread = thread && { ...base, threadKey: key(thread.kind, thread.id), threadKind: thread.kind };
  const externalId = event.messageId;
  switch (event.type) {
    case 'message':
      return message(event, inThread);
    case 'edit':
      return compact({
        ...inThread,
        type: 'edit' as const,
        externalId,
        text: event.text ?? '',
        version: event['version'] as number,
        attachments: event.attachments,
        author: event.author && person(event.author),
        contact: event.contact && person(event.contact),
        direction: event.direction,
        post: thread.post && post(thread.post),
        parentExternalId: event['parentId'] as string | undefined,
      });
    case 'delete':
      return {
        ...inThread,
        type: 'delete',
        externalId,
        by: (event['by'] as 'contact' | 'account' | undefined) ?? 'unknown',
      };
    case 'visibility':
      return { ...inThread, type: 'visibility', externalId, hidden: event['hidden'] as boolean };
    case 'reaction':
      return compact({
        ...inThread,
        type: 'reaction' as const,
        externalId,
        actorExternalId: event.author.id,
        action: event['action'] as 'add' | 'remove',
        reaction: (event['reaction'] as string | undefined) ?? 'other',
        emoji: event['emoji'] as string | undefined,
      });
    case 'receipt':
      return compact({
        ...inThread,
        type: 'receipt' as const,
        status: event['status'] as 'sent' | 'delivered' | 'read' | 'failed',
        externalIds: (event['messageIds'] as string[] | undefined) ?? [],
        upTo: event['upTo'] as string | undefined,
        error: event['error'] as { code: string; message: string } | undefined,
      });
    case 'identity':
      return identity(event, inThread ?? { ...base, threadKind: 'dm' as const });
    default:
      return postSeen(event, base);
  }
}

type Base = Pick<InboundUnsupported, 'accountId' | 'eventKey' | 'occurredAt'>;
type InThread = Base & Pick<InboundUnsupported, 'threadKey' | 'threadKind'>;

function message(event: ApiEvent, inThread: InThread): InboundEvent {
  const { thread, text = '', attachments = [], direction = 'in' } = event;
  return compact({
    ...inThread,
    type: 'message' as const,
    direction,
    externalId: event.messageId,
    author: person(event.author),
    contact: event.contact ? person(event.contact) : direction === 'in' ? person(event.author) : undefined,
    text,
    attachments,
    post: thread.post && post(thread.post),
    parentExternalId: event['parentId'] as string | undefined,
    replyToExternalId: event['replyToId'] as string | undefined,
    outboundMessageId: event['outboundMessageId'] as string | undefined,
    subtype: text === '' && attachments.length === 0 ? 'placeholder' : undefined,
    opensWork: event['opensWork'] as boolean | undefined,
    subject: event['subject'] as string | undefined,
    groupKey: event['groupId'] === undefined ? undefined : key(thread.id, event['groupId'] as string),
    meta: event['meta'] as Record<string, unknown> | undefined,
  });
}

function identity(event: ApiEvent, base: Base & Partial<InThread>): InboundEvent {
  const told = person(event['person'] as ApiPerson);
  return compact({
    ...base,
    type: 'identity' as const,
    threadKey: base.threadKey ?? key('dm', told.externalId),
    threadKind: base.threadKind ?? 'dm',
    person: told,
    formerExternalId: event['formerId'] as string | undefined,
    reachable: event['reachable'] as boolean | undefined,
  });
}

function postSeen(event: ApiEvent, base: Base): InboundEvent {
  const seen = post(event['post'] as ApiPost);
  return compact({
    ...base,
    type: 'post' as const,
    threadKey: key('post', seen.externalId),
    threadKind: 'comment' as const,
    post: seen,
    aliases: event['aliases'] as string[] | undefined,
  });
}
