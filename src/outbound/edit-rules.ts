import type { ThreadCapabilities } from '../channels/capabilities';
import { lengthIn } from '../text/graphemes';

/** What deciding about a new text for a message of ours needs to know. */
export interface EditFacts {
  capabilities: ThreadCapabilities | undefined;
  state: string;
  /** When the network took it. */
  sentAt: Date | null;
  externalId: string | null;
  deleted: boolean;
  /** Our text as it stands, the one asked for last included. */
  text: string;
  newText: string;
}

export type EditRefusal = {
  reason: 'not_possible_here' | 'not_sent' | 'deleted' | 'too_late' | 'empty' | 'unchanged' | 'text_too_long';
  message: string;
  facts?: Record<string, unknown>;
};

const OUT = new Set(['sent', 'delivered', 'read']);

/** Whether the network lets us change this message now; null when it does. */
export function refuseEdit(facts: EditFacts, now: Date): EditRefusal | null {
  const { capabilities, sentAt, newText } = facts;
  if (capabilities?.editSentMs === undefined)
    return { reason: 'not_possible_here', message: 'What was sent here cannot be changed; send a correction.' };
  if (facts.deleted) return { reason: 'deleted', message: 'This message is deleted.' };
  if (!OUT.has(facts.state) || !facts.externalId || !sentAt)
    return { reason: 'not_sent', message: 'This message is not out; wait until it is sent.' };
  const closesAt = capabilities.editSentMs === null ? null : new Date(sentAt.getTime() + capabilities.editSentMs);
  if (closesAt && now >= closesAt)
    return {
      reason: 'too_late',
      message: 'The network’s time for changing this message is over; send a correction.',
      facts: { closedAt: closesAt },
    };
  if (newText.trim() === '') return { reason: 'empty', message: 'Write a text.' };
  if (newText === facts.text) return { reason: 'unchanged', message: 'This is what the message says already.' };
  const { max, unit } = capabilities.textLimit;
  const length = lengthIn(newText, unit);
  if (length > max)
    return {
      reason: 'text_too_long',
      message: `The text has ${length} of at most ${max} ${unit.replace('_', ' ')}; shorten it.`,
      facts: { length, max, unit },
    };
  return null;
}
