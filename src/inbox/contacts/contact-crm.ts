import type { Tx } from '../../platform/database';

/** How a contact stands in the CRM. */
export interface ContactCrm {
  /** `none`: no connection, or not looked for yet; `ambiguous`: somebody must choose. */
  state: 'linked' | 'unlinked' | 'ambiguous' | 'none';
  method: string | null;
  matchedType: string | null;
  matchedId: string | null;
  /** The record's page in the CRM. */
  url: string | null;
  syncedAt: Date | null;
  /** Things of this contact that are not there yet. */
  pending: number;
  trouble: { entity: string; code: string; message: string } | null;
}

/** Answered by whoever knows the CRM; the inbox does not. */
export abstract class ContactCrmSource {
  abstract ofContact(tx: Tx, workspaceId: string, contactId: string): Promise<ContactCrm>;
}
