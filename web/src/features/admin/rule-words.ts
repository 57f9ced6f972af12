import type { Trigger } from '../../api/admin/rules';

/** What a rule can listen to; `key` is the name of its words. */
export const TRIGGERS = [
  { key: 'message_received', on: 'message.received' },
  { key: 'ticket_opened', on: 'ticket.opened' },
  { key: 'ticket_status_changed', on: 'ticket.status_changed' },
  { key: 'ticket_priority_changed', on: 'ticket.priority_changed' },
  { key: 'ticket_assigned', on: 'ticket.assigned' },
  { key: 'ticket_moved', on: 'ticket.moved' },
  { key: 'ticket_tags_changed', on: 'ticket.tags_changed' },
  { key: 'ticket_changed', on: 'ticket.changed' },
  { key: 'sla_warned', on: 'sla.warned' },
  { key: 'sla_breached', on: 'sla.breached' },
  { key: 'conversation_handoff_requested', on: 'conversation.handoff_requested' },
  { key: 'call_missed', on: 'call.missed' },
  { key: 'survey_answered', on: 'survey.answered' },
] as const;

export type IdleTrigger = Extract<Trigger, { on: 'idle'; minutes: number }>;

export const isIdle = (trigger: Trigger): trigger is IdleTrigger => trigger.on === 'idle';
