import type { InboundEvent } from '../../../inbox/conversations/inbound-event';
import type { ParseContext } from '../../door';
import { list, record, type JsonRecord } from '../json';
import { organizationId } from './linkedin.urns';
import { parseReadComment } from './parse-comment';
import { pageFacts, type PageFacts, unsupported } from './parse-facts';
import { commentaryText, parseNotification } from './parse-notification';

export const NOTIFICATIONS = 'ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS';

/** The body of a pull: what LinkedIn answered, side by side. */
export interface PulledBody {
  kind: 'linkedin.pulled';
  organization: string;
  items: readonly PulledItem[];
}

export interface PulledItem {
  notification?: JsonRecord;
  /** The comment read back for it, or listed under a post. */
  comment?: JsonRecord;
  /** The post: of a mention, or the one the comment was listed under. */
  post?: JsonRecord;
}

/**
 * A LinkedIn delivery, pushed or pulled, as inbound events. Total: any JSON value gives events, and every notification
 * inside gives at least one.
 */
export function parseLinkedIn(body: unknown, { channel }: ParseContext): InboundEvent[] {
  const envelope = record(body);
  const home = channel?.externalId;
  const pulled = envelope?.['kind'] === 'linkedin.pulled';
  const items = list(pulled ? envelope['items'] : envelope?.['notifications']);
  if (!envelope || items.length === 0) return [unsupported(home ?? '', 'malformed', body)];
  if (!pulled && envelope['type'] !== NOTIFICATIONS) return [unsupported(home ?? '', 'unknown_type', body)];
  return items.flatMap((value) => {
    const item = record(value);
    if (!item) return [unsupported(home ?? '', 'malformed_notification', value)];
    return pulled ? parsePulled(item, envelope, home) : parsePushed(item, home);
  });
}

function parsePushed(notification: JsonRecord, home: string | undefined): InboundEvent[] {
  const facts = factsOf(notification['organizationalEntity'], home);
  return facts
    ? parseNotification(facts, notification)
    : [unsupported(home ?? '', 'malformed_notification', notification)];
}

function parsePulled(item: JsonRecord, envelope: JsonRecord, home: string | undefined): InboundEvent[] {
  const notification = record(item['notification']);
  const comment = record(item['comment']);
  const post = record(item['post']);
  const facts = factsOf(notification?.['organizationalEntity'] ?? envelope['organization'], home);
  if (!facts) return [unsupported(home ?? '', 'malformed_pulled', item)];
  if (notification) return parseNotification(facts, notification, { comment, post });
  const source = post && { text: commentaryText(post['commentary']) };
  const events = comment && parseReadComment(facts, comment, source);
  return events ?? [unsupported(facts.accountId, 'malformed_pulled', item)];
}

/** The page as its channel writes it: with or without `urn:li:organization:`. */
function factsOf(organization: unknown, home: string | undefined): PageFacts | undefined {
  const number = organizationId(organization);
  if (number === undefined) return undefined;
  return pageFacts(home !== undefined && organizationId(home) === number ? home : number);
}
