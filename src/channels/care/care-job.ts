import type { NewJob } from '../../jobs/jobs';

export const CARE_JOB = 'channels.care';

/** A look at a channel now. @param repairs whether its credentials may be renewed and its subscription set up on the way */
export const careJob = (workspaceId: string, channelId: string, repairs = true): NewJob => ({
  workspaceId,
  queue: 'channels',
  name: CARE_JOB,
  payload: { channelId, repairs },
  dedupeKey: channelId,
  maxAttempts: 1, // the next round is the next try
});
