import type { BulkAction } from '../../api/ticket-bulk';
import { DISMISSALS } from '../../api/ticket-work';

export const BULK_KINDS = ['status', 'assignee', 'priority', 'add_tags', 'remove_tags', 'snooze', 'dismiss'] as const;
export type BulkKind = (typeof BULK_KINDS)[number];

export const STATUSES = ['open', 'pending', 'on_hold', 'solved'] as const;
export const PRIORITIES = ['urgent', 'high', 'normal', 'low'] as const;
export const RESTS = ['working_day', 'week', 'reply'] as const;

const WEEK_MS = 7 * 86_400_000;

/** What is asked of the server; null while the value says nothing. @param value as the form holds it */
export function bulkActionOf(kind: BulkKind, value: string, now: number): BulkAction | null {
  const tags = value
    .split(/[,،\n]/)
    .map((tag) => tag.trim())
    .filter(Boolean);
  switch (kind) {
    case 'status': {
      const status = STATUSES.find((one) => one === value);
      return status ? { status } : null;
    }
    case 'priority': {
      const priority = PRIORITIES.find((one) => one === value);
      return priority ? { priority } : null;
    }
    case 'assignee':
      return { assigneeId: value || null };
    case 'add_tags':
      return tags.length > 0 ? { addTags: tags } : null;
    case 'remove_tags':
      return tags.length > 0 ? { removeTags: tags } : null;
    case 'snooze':
      if (value === 'working_day') return { snooze: { workingDay: 1 } };
      if (value === 'week') return { snooze: { until: new Date(now + WEEK_MS).toISOString() } };
      return value === 'reply' ? { snooze: { on: ['reply'] } } : null;
    case 'dismiss': {
      const reason = DISMISSALS.find((one) => one === value);
      return reason ? { noAnswerNeeded: reason } : null;
    }
  }
}

/** What the form begins with. */
export const FIRST_VALUE: Record<BulkKind, string> = {
  status: 'solved',
  assignee: '',
  priority: 'high',
  add_tags: '',
  remove_tags: '',
  snooze: 'working_day',
  dismiss: 'thanks',
};
