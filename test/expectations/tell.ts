import type {
  InboundAttachment,
  InboundAuthor,
  InboundEvent,
  InboundPost,
} from '../../src/inbox/conversations/inbound-event';

/** An event as the table of expectations tells it, cell by cell. */
export interface Told {
  thread: string;
  author: string;
  kind: string;
  text: string;
  attachments: string;
  changes: string;
  key: string;
  time: string;
}

/** What reads as nothing: a page without rows. */
export const NOTHING: Told = {
  thread: '',
  author: '',
  kind: 'nothing',
  text: '',
  attachments: '',
  changes: '',
  key: '',
  time: '',
};

/** Ids with the short names the table gives them. */
export type Names = ReadonlyMap<string, string>;

export function tell(event: InboundEvent, names: Names): Told {
  const told: Told = {
    thread: [event.threadKey, ...(event.threadAliases ?? []).map((alias) => `also ${alias}`)].join(', '),
    author: '',
    kind: `${event.threadKind} ${event.type}`,
    text: '',
    attachments: '',
    changes: '',
    key: event.eventKey,
    time: event.occurredAt ?? '',
    ...particulars(event),
  };
  const account = `account ${event.accountId}`;
  const named = { ...told, changes: told.changes === '' ? account : `${told.changes}; ${account}` };
  return Object.fromEntries(
    Object.entries(named).map(([name, cell]) => [name, readable(cell, names)]),
  ) as unknown as Told;
}

function particulars(e: InboundEvent): Partial<Told> {
  switch (e.type) {
    case 'message':
      return {
        author: person(e.author),
        kind: words(`${e.threadKind} message ${e.direction}`, e.subtype),
        text: e.text,
        attachments: e.attachments.map(attachment).join(', '),
        changes: list(
          `makes ${e.externalId}`,
          e.opensWork === false && 'opens no work',
          e.contact && e.contact.externalId !== e.author.externalId && `with ${person(e.contact)}`,
          e.post && `under ${post(e.post)}`,
          e.parentExternalId && `answers ${e.parentExternalId}`,
          e.replyToExternalId && `quotes ${e.replyToExternalId}`,
          e.outboundMessageId && `is our ${e.outboundMessageId}`,
          e.groupKey && `part of ${e.groupKey}`,
          e.meta && facts(e.meta),
        ),
      };
    case 'edit':
      return {
        author: e.author ? person(e.author) : '',
        kind: words(`${e.threadKind} edit`, e.direction),
        text: e.text,
        attachments: (e.attachments ?? []).map(attachment).join(', '),
        changes: list(
          `text of ${e.externalId}, version ${e.version}`,
          e.post && `under ${post(e.post)}`,
          e.parentExternalId && `answers ${e.parentExternalId}`,
        ),
      };
    case 'delete':
      return { changes: `takes ${e.externalId} away, by ${e.by}` };
    case 'visibility':
      return { changes: `${e.hidden ? 'hides' : 'shows'} ${e.externalId}` };
    case 'reaction':
      return { author: e.actorExternalId, text: words(e.action, e.emoji), changes: `${e.reaction} on ${e.externalId}` };
    case 'receipt':
      return {
        kind: `${e.threadKind} receipt ${e.status}`,
        changes: list(
          e.externalIds.length > 0 && `of ${e.externalIds.join(' ')}`,
          e.upTo && `up to ${e.upTo}`,
          e.outboundMessageId && `is our ${e.outboundMessageId}`,
          e.error && `because ${e.error.code}`,
        ),
      };
    case 'identity':
      return {
        author: person(e.person),
        changes: list(
          e.formerExternalId && `was ${e.formerExternalId}`,
          e.reachable !== undefined && (e.reachable ? 'can be reached' : 'cannot be reached'),
          e.cameBack && 'came back to the thread',
        ),
      };
    case 'post':
      return { text: e.post.text ?? '', changes: list(facts(e.post), e.aliases && `copied as ${e.aliases.join(' ')}`) };
    case 'ignored':
      return { text: e.reason };
    case 'unsupported':
      return { text: e.kind };
  }
}

const person = (a: InboundAuthor): string =>
  words(
    a.name,
    a.handle && `@${a.handle}`,
    `(${[a.externalId, ...(a.aliases ?? []), a.phone, a.email, a.locale].filter((part) => part !== undefined).join(', ')})`,
  );

const attachment = (a: InboundAttachment): string =>
  words(
    a.kind,
    a.name && `“${a.name}”`,
    a.mimeType,
    a.sizeBytes !== undefined && `${a.sizeBytes} bytes`,
    a.url && `<${a.url}>`,
    a.meta && facts(a.meta),
  );

/** Where comments stand, which of them are known to, and whether the network may have named one of them in its place. */
const post = ({ comments, stead, ...rest }: InboundPost): string =>
  words(facts(rest), comments && `over ${comments.join(' ')}`, stead && 'or over what that stands under');

/** A record's own facts; the text of a post stands in its sample. */
const facts = (values: object): string =>
  Object.entries(values)
    .filter(([name, value]) => name !== 'text' && value !== undefined)
    .map(([name, value]) =>
      name === 'externalId'
        ? String(value)
        : `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
    )
    .join(' ');

type Part = string | false | undefined;
const given = (parts: readonly Part[]) =>
  parts.filter((part): part is string => typeof part === 'string' && part !== '');
const words = (...parts: Part[]): string => given(parts).join(' ');
const list = (...parts: Part[]): string => given(parts).join('; ');

/** One line, with names for ids; the longest id first, for one may begin like another. */
function readable(cell: string, names: Names): string {
  let line = cell;
  for (const [id, name] of [...names].toSorted(([a], [b]) => b.length - a.length)) line = line.replaceAll(id, name);
  return line.replaceAll('\n', '⏎').replaceAll('|', '¦').trim();
}
