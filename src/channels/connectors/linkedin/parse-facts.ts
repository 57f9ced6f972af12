import type {
  InboundAttachment,
  InboundAuthor,
  InboundPost,
  InboundUnsupported,
} from '../../../inbox/conversations/inbound-event';
import { compact, contentHash, id, instant, key, list, record, string, type JsonRecord } from '../json';
import { type CommentUrn, encoded, organizationUrn, urn } from './linkedin.urns';

/** Whose page a delivery speaks of. */
export interface PageFacts {
  /** As the channel writes it; else the organization's number. */
  accountId: string;
  /** `urn:li:organization:N`: who speaks when the page itself comments. */
  ownUrn: string;
}

export const pageFacts = (accountId: string): PageFacts => ({ accountId, ownUrn: organizationUrn(accountId) });

/** Text of a comment, decorated (`text`) or read back (`message.text`). Undefined when it was not told. */
export function wordsOf(content: JsonRecord | undefined): string | undefined {
  return string(record(content?.['message'])?.['text']) ?? string(content?.['text']) ?? string(content?.['message']);
}

/** Who wrote it; a decoration says `owner`, the comment itself `actor`. */
export const actorOf = (content: JsonRecord | undefined): string | undefined =>
  urn(content?.['actor']) ?? urn(content?.['owner']) ?? urn(record(content?.['created'])?.['actor']);

/** A person whose id was not told stands alone under the comment's name: strangers must not become one contact. */
export const withheld = (externalId: string) => key('withheld', externalId);

/** Names come only by a decoration that needs a permission of its own (linkedin.md §5). */
export function authorOf(externalId: string, content: JsonRecord | undefined): InboundAuthor {
  const told = record(content?.['actor~']) ?? record(record(content?.['created'])?.['actor~']);
  return compact({ externalId, name: nameOf(told) });
}

export function nameOf(person: JsonRecord | undefined): string | undefined {
  const names = [person?.['localizedFirstName'], person?.['localizedLastName']].map(string);
  const full = names.filter((name) => name !== undefined && name !== '').join(' ');
  return full === '' ? (string(person?.['localizedName']) ?? string(person?.['name'])) : full;
}

/** The post a comment hangs under, named as the comment's own URN names it, so that every event finds the same one. */
export function postOf({ thread }: CommentUrn, source: JsonRecord | undefined): InboundPost {
  return compact({
    externalId: thread,
    permalink: postPage(thread),
    text: string(source?.['text']),
    kind: string(source?.['mediaCategory']),
  });
}

/** linkedin.com shows a post under its activity, share or ugcPost URN alike. */
export const postPage = (postUrn: string) => `https://www.linkedin.com/feed/update/${postUrn}/`;

export const commentPage = ({ thread, urn: comment }: CommentUrn) =>
  `${postPage(thread)}?commentUrn=${encoded(comment)}`;

/** Pictures of a comment, `content[]`. */
export function attachmentsOf(content: JsonRecord | undefined): InboundAttachment[] {
  return list(content?.['content']).flatMap((value) => {
    const item = record(value);
    if (!item) return [];
    const type = string(item['type']);
    const entity = id(item['entity']) ?? id(record(item['entity'])?.['image']);
    const kind = type === 'IMAGE' || type === undefined ? ('image' as const) : ('unknown' as const);
    return [compact({ kind, url: string(item['url']), meta: compact({ type, entity }) })];
  });
}

/** Kept because we cannot read it; its key is its content, so that a redelivery falls on the same row. */
export function unsupported(accountId: string, kind: string, content: unknown): InboundUnsupported {
  const hash = contentHash(content);
  const name = (string(kind) ?? '').slice(0, 120);
  return compact({
    type: 'unsupported' as const,
    accountId,
    eventKey: key('unsupported', name, hash),
    threadKey: key('unsupported', hash),
    threadKind: 'comment' as const,
    occurredAt: instant(record(content)?.['lastModifiedAt']),
    kind: name,
  });
}
