import type { InboundEvent } from '../../inbox/conversations/inbound-event';
import { uuidv7 } from '../../platform/ids';
import { cleanText } from '../../text/clean';
import type { DirectoryChannel } from '../channel-directory';
import { LANES, type NewInboundEvent } from './ledger.repository';

/** How an event is written into the ledger. */
export function rowOf(workspaceId: string, channel: DirectoryChannel | null, parsed: InboundEvent) {
  const threadKey = cleanText(parsed.threadKey);
  const occurredAt = parsed.occurredAt ? new Date(parsed.occurredAt) : null;
  return {
    workspaceId,
    id: uuidv7(),
    channelId: channel?.id ?? null,
    eventKey: cleanText(parsed.eventKey),
    type: parsed.type,
    threadKey,
    lane: laneOf(channel?.id ?? workspaceId, threadKey),
    state: 'received' as NewInboundEvent['state'],
    reason: null as string | null,
    occurredAt: occurredAt && !Number.isNaN(occurredAt.getTime()) ? occurredAt : null,
  };
}

/** FNV-1a over channel and thread: spreads conversations over the lanes, the same on every node. */
export function laneOf(channelId: string, threadKey: string): number {
  let hash = 0x811c9dc5;
  for (const text of [channelId, threadKey]) {
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0) % LANES;
}
