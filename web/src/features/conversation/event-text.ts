import type { TicketStatus, TimelineEntry } from '../../api/types';
import type { Text } from '../../i18n/use-text';
import { isolate } from '../../lib/text';

const STATUSES: readonly string[] = ['new', 'open', 'pending', 'on_hold', 'solved', 'closed'] satisfies TicketStatus[];
const PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;

const CLOCKS = ['first_response', 'next_response', 'resolution'] as const;
const OFFER_ENDS = ['accepted', 'declined', 'timed_out', 'withdrawn'] as const;
const WAKES = ['time', 'reply', 'crm', 'agent'] as const;
// Said the same way whatever their data is.
const PLAIN = new Map([
  ['ticket.merged', 'merged'],
  ['ticket.unmerged', 'unmerged'],
  ['ticket.split', 'split'],
  ['ticket.linked', 'linked'],
  ['ticket.unlinked', 'unlinked'],
  ['ticket.followers_changed', 'followers'],
  ['ticket.snoozed', 'snoozed'],
  ['call.promised', 'call_promised'],
  ['call.rescheduled', 'call_moved'],
  ['call.claimed', 'call_claimed'],
  ['call.started', 'call_started'],
  ['call.released', 'call_released'],
  ['call.missed', 'call_missed'],
  ['call.cancelled', 'call_cancelled'],
  ['call.failed', 'call_failed'],
  ['survey.answered', 'survey_answered'],
  ['rule.ran', 'rule_ran'],
  ['approval.requested', 'approval_asked'],
  ['approval.settled', 'approval_settled'],
] as const);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(textOf).filter(Boolean) : []);

/** One entry of the timeline in words. A kind we have no words for is named as it is, never left out. */
export function eventText(
  { type, actor, data }: TimelineEntry,
  t: Text,
  agentName: (id: string) => string | undefined,
): string {
  const kind =
    actor.kind === 'agent' ||
    actor.kind === 'bot' ||
    actor.kind === 'contact' ||
    actor.kind === 'crm' ||
    actor.kind === 'rule'
      ? actor.kind
      : 'system';
  const who = isolate(actor.name || t(`actor.${kind}`));
  const to = textOf(data.to);
  const plain = PLAIN.get(type as never);
  if (plain) return t(`told.${plain}`, { who });
  const clock = CLOCKS.find((name) => name === data.clock);
  switch (type) {
    case 'ticket.changed': {
      const changes = Object.keys((data.changes as Record<string, unknown> | undefined) ?? {});
      const names = changes.map((name) =>
        name === 'type' || name === 'language' || name === 'subject'
          ? t(`told.field_${name}`)
          : name.replace(/^fields\./, ''),
      );
      return t('told.changed', { who, names: isolate(names.join(t('common.comma'))) });
    }
    case 'ticket.tags_changed': {
      const tags = [...listOf(data.added).map((tag) => `+${tag}`), ...listOf(data.removed).map((tag) => `−${tag}`)];
      return t('told.tags', { who, tags: isolate(tags.join(' ')) });
    }
    case 'ticket.resolution_changed':
      return t(to ? 'told.resolved' : 'told.unresolved', { who });
    case 'ticket.woken': {
      const why = WAKES.find((name) => name === data.why);
      return t(`told.woken_${why ?? 'time'}`, { who });
    }
    case 'ticket.offered':
      return t('told.offered', { to: isolate(agentName(textOf(data.agentId)) ?? t('common.someone')) });
    case 'ticket.offer_ended': {
      const end = OFFER_ENDS.find((name) => name === data.how);
      return t(`whose.end_${end ?? 'withdrawn'}`, {
        name: isolate(agentName(textOf(data.agentId)) ?? t('common.someone')),
      });
    }
    case 'sla.warned':
      return t('told.sla_warned', { clock: clock ? t(`sla.${clock}`) : t('clock.call_back') });
    case 'sla.escalated':
      return t('told.sla_escalated', { clock: clock ? t(`sla.${clock}`) : t('clock.call_back') });
    case 'conversation.continued':
      return t(data.by === 'email' ? 'told.by_email' : 'told.by_phone', { who });
    case 'conversation.joined':
      return t(data.joined === true ? 'told.joined' : 'told.left');
    case 'call.ended':
      return t(data.reached === true ? 'told.call_reached' : 'told.call_not_reached', { who });
    case 'identity.checked':
      return t(data.passed === true ? 'told.identity_passed' : 'told.identity_failed', { who });
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
    case 'conversation.handoff_expired':
      return t('told.handoff_expired');
    case 'sla.breached':
      return t('event.breached');
    case 'crm.linked':
      return t('event.crm_linked');
    case 'crm.changed':
      return t('told.crm_changed');
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
