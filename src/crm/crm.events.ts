import { bothAudiences, room, ticketAudience } from '../outbox/audience';
import { type Actor, event, type NewEvent } from '../outbox/domain-event';
import type { CrmEntity } from './crm-connection';
import type { TicketPlace } from './crm-records.repository';
import type { PersonLink } from './crm-links.repository';
import type { ChangedRecord } from './salesforce/changed-records';

export const CRM: Actor = { kind: 'crm' };

/** The leads, and whoever has the contact's tickets before them: their panel shows it. */
const around = (places: readonly TicketPlace[]): string[] =>
  places.reduce<string[]>((rooms, place) => bothAudiences(rooms, ticketAudience(place)), [room.leads]);

export const crmSynced = (workspaceId: string, entity: CrmEntity, count: number): NewEvent =>
  event(workspaceId, 'crm.synced', CRM, {}, [room.leads], { entity, count });

export const crmLinked = (
  workspaceId: string,
  actor: Actor,
  contactId: string,
  link: PersonLink,
  places: readonly TicketPlace[],
): NewEvent =>
  event(workspaceId, 'crm.linked', actor, { contactId }, around(places), {
    method: link.method ?? 'none',
    matchedType: link.type,
    matchedId: link.id,
  });

export const crmChanged = (
  workspaceId: string,
  contactId: string,
  { type, id, at }: ChangedRecord,
  places: readonly TicketPlace[],
): NewEvent =>
  event(workspaceId, 'crm.changed', CRM, { contactId }, around(places), { type, id, changedAt: at.toISOString() });

/** `message` is ours: the server's own words may quote a customer's. */
export const crmTrouble = (
  workspaceId: string,
  code: string,
  message: string,
  contact?: { id: string; places: readonly TicketPlace[] },
): NewEvent =>
  event(workspaceId, 'crm.trouble', CRM, { contactId: contact?.id }, around(contact?.places ?? []), { code, message });
