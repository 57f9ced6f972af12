import { ticketAudience } from '../outbox/audience';
import { event, type NewEvent, SYSTEM } from '../outbox/domain-event';
import type { Told, ToldStep } from './sla.repository';

const subjectOf = (told: Told) => ({
  ticketId: told.ticket_id,
  conversationId: told.conversation_id,
  contactId: told.contact_id,
});

const audienceOf = (told: Told) =>
  ticketAudience({ id: told.ticket_id, teamId: told.team_id, assigneeId: told.assignee_id });

const dataOf = (told: Told) => ({
  clock: told.kind,
  dueAt: told.due_at.toISOString(),
  toldAt: told.told_at.toISOString(),
});

export const slaBreached = (told: Told): NewEvent<'sla.breached'> =>
  event(told.workspace_id, 'sla.breached', SYSTEM, subjectOf(told), audienceOf(told), dataOf(told));

export const slaWarned = (told: ToldStep, percent: number): NewEvent<'sla.warned'> =>
  event(told.workspace_id, 'sla.warned', SYSTEM, subjectOf(told), audienceOf(told), { ...dataOf(told), percent });

export const slaEscalated = (told: ToldStep): NewEvent<'sla.escalated'> =>
  event(told.workspace_id, 'sla.escalated', SYSTEM, subjectOf(told), audienceOf(told), {
    ...dataOf(told),
    step: told.step,
  });
