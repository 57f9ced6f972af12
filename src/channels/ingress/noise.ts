import type { InboundEvent } from '../../inbox/conversations/inbound-event';
import { isTagOnly } from '../../text/noise';
import type { ChannelSettings } from '../channel';

/**
 * Takes the work out of a comment that says nothing but names and tags, as giveaways bring them by the thousand: it is
 * filed in its thread and marked, and asks nobody for an answer. A channel may want them all the same (`tagOnlyIsWork`).
 */
export function withoutNoise(event: InboundEvent, settings: ChannelSettings): InboundEvent {
  if (event.type !== 'message' || event.direction !== 'in' || event.threadKind !== 'comment') return event;
  if (event.subtype !== undefined || event.attachments.length > 0 || settings['tagOnlyIsWork'] === true) return event;
  return isTagOnly(event.text) ? { ...event, subtype: 'tag_only', opensWork: false } : event;
}
