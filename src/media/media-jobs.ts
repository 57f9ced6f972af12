import type { NewJob } from '../jobs/jobs';

export const FETCH_JOB = 'media.fetch';
export const FETCH_ATTEMPTS = 8; // with the backoff at least half an hour; then it stands as failed, with a button

/** Fetches a file a customer sent. */
export const fetchJob = (workspaceId: string, id: string): NewJob => ({
  workspaceId,
  queue: 'media',
  name: FETCH_JOB,
  payload: { id },
  dedupeKey: id,
  maxAttempts: FETCH_ATTEMPTS,
});
