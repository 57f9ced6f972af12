import { DomainError } from '../../platform/errors';
import type { TicketPriority, TicketStatus } from './ticket';
import type { Dismissal } from './ticket-details.repository';

/** The most tickets one bulk change takes by name, and by a filter. */
export const NAMED_AT_MOST = 1_000;
export const FILTERED_AT_MOST = 10_000;

/** What is done to each ticket of a bulk change, in this order, all of it or none. Kept as JSON: instants as ISO texts. */
export interface BulkAction {
  teamId?: string | null;
  assigneeId?: string | null;
  /** Over the assignee's capacity. */
  force?: boolean;
  priority?: TicketPriority;
  addTags?: string[];
  removeTags?: string[];
  fields?: Record<string, unknown>;
  snooze?: { until?: string; workingDay?: number; on?: ('reply' | 'crm')[] };
  noAnswerNeeded?: Dismissal;
  status?: TicketStatus;
  reason?: string;
}

const ACTS = [
  'teamId',
  'assigneeId',
  'priority',
  'addTags',
  'removeTags',
  'fields',
  'snooze',
  'noAnswerNeeded',
  'status',
] as const satisfies readonly (keyof BulkAction)[];
const ENDINGS = ['snooze', 'noAnswerNeeded', 'status'] as const;

/**
 * What a bulk change does, as one word for lists and events: `status`, `assigneeId` … or `several`.
 * @throws DomainError `validation_failed` when it does nothing, or ends tickets in more than one way
 */
export function nameOfAction(action: BulkAction): string {
  const acts = ACTS.filter((act) => action[act] !== undefined);
  const endings = ENDINGS.filter((act) => action[act] !== undefined);
  const problem =
    acts.length === 0
      ? `needs one of ${ACTS.join(', ')}`
      : endings.length > 1
        ? `takes one of ${ENDINGS.join(', ')}, not several`
        : null;
  if (problem) {
    throw new DomainError('validation_failed', 'Please say what to change.', { fields: [{ path: 'action', problem }] });
  }
  return acts.length === 1 ? acts[0]! : 'several';
}
