import type { NewJob } from '../../jobs/jobs';
import type { QueuedAttachment } from '../attachment-source';

export const NOTICE_STATES = ['queued', 'sending', 'sent', 'unknown', 'failed', 'cancelled'] as const;
export type NoticeState = (typeof NOTICE_STATES)[number];

export const NOTICE_DECISIONS = ['retry', 'arrived', 'give_up'] as const;
export type NoticeDecision = (typeof NOTICE_DECISIONS)[number];

/** Why a notice that is queued does not go: its channel is not connected, rests, or a part before it is not out. */
export type NoticeHold = 'channel' | 'pause' | 'part_before';

/** A notice, or one part of a long one. */
export interface Notice {
  id: string;
  channelId: string;
  agentId: string;
  agentName: string;
  /** The first of its parts. */
  groupId: string;
  part: number;
  parts: number;
  recipient: string;
  text: string;
  attachments: QueuedAttachment[];
  state: NoticeState;
  reason: string | null;
  code: string | null;
  heldBy: NoticeHold | null;
  /** It is not tried before: its account rests, a try did not get through, or the pace is slow. */
  notBefore: Date | null;
  externalId: string | null;
  createdAt: Date;
  sentAt: Date | null;
}

/** What a person may make of a notice that did not simply arrive; whatever is on its way stays its own. */
const DECISIONS: Record<NoticeDecision, { from: readonly NoticeState[]; to: NoticeState }> = {
  retry: { from: ['failed', 'unknown'], to: 'queued' },
  arrived: { from: ['unknown'], to: 'sent' },
  give_up: { from: ['queued', 'failed', 'unknown'], to: 'cancelled' },
};

/** @returns the state a decision leads to, which may be the one it is in; null when it is not open to this notice */
export function decided(state: NoticeState, decision: NoticeDecision): NoticeState | null {
  const { from, to } = DECISIONS[decision];
  return state === to || from.includes(state) ? to : null;
}

/** What is open to a person, for the console. */
export const decisionsFor = (state: NoticeState): NoticeDecision[] =>
  NOTICE_DECISIONS.filter((decision) => DECISIONS[decision].from.includes(state));

export const isSettled = (state: NoticeState): boolean => state !== 'queued' && state !== 'sending';

export const NOTICE_JOB = 'outbound.notice';

/** Sends the next notice of a channel. One is enough, however many wait: each run sees to the one after it. */
export const noticeJob = (workspaceId: string, channelId: string, runAt?: Date): NewJob => ({
  workspaceId,
  queue: 'outbound',
  name: NOTICE_JOB,
  payload: { channelId },
  dedupeKey: channelId,
  runAt,
  maxAttempts: 60,
});
