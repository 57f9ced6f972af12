import { ticketAudience } from '../outbox/audience';
import { event, type NewEvent, SYSTEM } from '../outbox/domain-event';
import type { Breach } from './sla.repository';

export const slaBreached = (breach: Breach, toldAt: Date): NewEvent<'sla.breached'> =>
  event(
    breach.workspace_id,
    'sla.breached',
    SYSTEM,
    { ticketId: breach.ticket_id, conversationId: breach.conversation_id, contactId: breach.contact_id },
    ticketAudience({ id: breach.ticket_id, teamId: breach.team_id, assigneeId: breach.assignee_id }),
    { clock: breach.kind, dueAt: breach.due_at.toISOString(), toldAt: toldAt.toISOString() },
  );
