import { id } from '../json';

/** A comment's URN taken apart. `thread` is what it hangs under, almost always the post's activity. */
export interface CommentUrn {
  urn: string;
  thread: string;
  commentId: string;
}

const COMMENT = /^urn:li:comment:\((?:urn:li:)?(\w+):([\w-]+),([\w-]+)\)$/;

/**
 * Reads `urn:li:comment:(urn:li:activity:A,C)`, also percent-encoded or in the short form `(activity:A,C)` that
 * deliveries have carried, so that one comment has one name. Undefined for anything else.
 */
export function commentUrn(value: unknown): CommentUrn | undefined {
  const text = id(value);
  if (text === undefined) return undefined;
  const [, kind, entity, comment] = COMMENT.exec(decoded(text)) ?? [];
  if (kind === undefined || entity === undefined || comment === undefined) return undefined;
  const thread = `urn:li:${kind}:${entity}`;
  return { urn: `urn:li:comment:(${thread},${comment})`, thread, commentId: comment };
}

export const commentUrnOf = (thread: string, commentId: string) =>
  commentUrn(`urn:li:comment:(${thread},${commentId})`);

const SIMPLE = /^urn:li:(\w+):([\w-]+)$/;

/** A plain URN such as `urn:li:person:X`, or undefined. */
export function urn(value: unknown): string | undefined {
  const text = id(value);
  const plain = text === undefined ? '' : decoded(text);
  return SIMPLE.test(plain) ? plain : undefined;
}

/** The kind and id of a plain URN. */
export function urnParts(value: string): { kind: string; id: string } | undefined {
  const [, kind, entity] = SIMPLE.exec(value) ?? [];
  return kind === undefined || entity === undefined ? undefined : { kind, id: entity };
}

/** Number of an organization, given as `123` or `urn:li:organization:123`. */
export function organizationId(value: unknown): string | undefined {
  const text = id(value);
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return text;
  const parts = urnParts(decoded(text));
  return parts?.kind === 'organization' || parts?.kind === 'organizationBrand' ? parts.id : undefined;
}

export const organizationUrn = (channelExternalId: string) =>
  `urn:li:organization:${organizationId(channelExternalId) ?? channelExternalId}`;

/**
 * Percent-encodes a value for a path or query, once. Rest.li gives parentheses, commas and colons a meaning of their
 * own, so those of a URN are encoded too (linkedin.md §1); encoded twice the call answers 400 (§8).
 */
export const encoded = (value: string) =>
  encodeURIComponent(value).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
