import type { InboundEvent } from '../inbox/conversations/inbound-event';
import type { ChannelCapabilities } from './capabilities';

/** Says with every file for how long the network lets it be kept, where there is such a limit. */
export function withKeeping(event: InboundEvent, capabilities: ChannelCapabilities): InboundEvent {
  if ((event.type !== 'message' && event.type !== 'edit') || !event.attachments?.length) return event;
  const limits = capabilities[event.threadKind]?.filesKept;
  if (!limits) return event;
  const attachments = event.attachments.map((file) => {
    const limit = limits.find(({ kind }) => kind === file.kind);
    return limit ? { ...file, keep: { forMs: limit.forMs, reason: limit.reason } } : file;
  });
  return { ...event, attachments };
}
