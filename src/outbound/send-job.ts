import type { NewJob } from '../jobs/jobs';

export const SEND_JOB = 'outbound.send';

/** Sends what waits in a conversation. One is enough, however many messages wait. */
export const sendJob = (workspaceId: string, conversationId: string): NewJob => ({
  workspaceId,
  queue: 'outbound',
  name: SEND_JOB,
  payload: { conversationId },
  dedupeKey: conversationId,
  maxAttempts: 60,
});
