import { room } from '../outbox/audience';
import { event, SYSTEM } from '../outbox/domain-event';

/** A job was set aside for a person. */
export const jobParked = (job: { id: string; workspaceId: string; name: string }, error: string) =>
  event(job.workspaceId, 'job.parked', SYSTEM, {}, [room.leads], { jobId: job.id, name: job.name, error });
