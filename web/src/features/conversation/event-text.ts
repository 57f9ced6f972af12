import type { TicketStatus, TimelineEntry } from '../../api/types';
import type { Text } from '../../i18n/use-text';
import { isolate } from '../../lib/text';

const STATUSES: readonly string[] = ['new', 'open', 'pending', 'on_hold', 'solved', 'closed'] satisfies TicketStatus[];
const PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** One entry of the timeline in words. A kind we have no words for is named as it is, never left out. */
export function eventText(
  { type, actor, data }: TimelineEntry,
  t: Text,
  agentName: (id: string) => string | undefined,
): string {
  const kind =
    actor.kind === 'agent' || actor.kind === 'bot' || actor.kind === 'contact' || actor.kind === 'crm'
      ? actor.kind
      : 'system';
  const who = isolate(actor.name || t(`actor.${kind}`));
  const to = textOf(data.to);
  switch (type) {
    case 'ticket.status_changed':
      return t('event.status', { who, status: STATUSES.includes(to) ? t(`status.${to as TicketStatus}`) : to });
    case 'ticket.priority_changed': {
      const priority = PRIORITIES.find((name) => name === to);
      return t('event.priority', { who, priority: priority ? t(`priority.${priority}`) : to });
    }
    case 'ticket.assigned':
      if (!data.to) return t('event.unassigned', { who });
      return data.to === actor.id
        ? t('event.claimed', { who })
        : t('event.assigned', { who, to: isolate(agentName(to) ?? t('common.someone')) });
    case 'ticket.moved':
      return t('event.moved', { who });
    case 'conversation.handler_changed':
      return to === 'bot' ? t('event.to_bot', { who }) : t('event.to_human', { who });
    case 'conversation.handoff_requested':
      return t('event.handoff', { who });
    case 'sla.breached':
      return t('event.breached');
    case 'crm.linked':
      return t('event.crm_linked');
    case 'conversation.post_described':
      return t('event.post_described');
    case 'crm.trouble':
      return t('event.crm_trouble');
    case 'contact.merged':
    case 'contact.unmerged':
      return t('event.merged', { who });
    default:
      return type;
  }
}
