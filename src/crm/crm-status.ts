import { Injectable } from '@nestjs/common';
import type { ContactCrmSource } from '../inbox/contacts/contact-crm';
import type { Tx } from '../platform/database';
import { crmWords } from '../refusals/crm-words';
import type { Words } from '../text/words';
import { type CrmConnection, type CrmEntity, recordUrl } from './crm-connection';
import { CrmConnectionsRepository } from './crm-connections.repository';
import { CrmLinksRepository, type LinkMethod } from './crm-links.repository';

/** What an agent sees of the CRM beside a contact. */
export interface ContactCrmStatus {
  /** `none`: no connection, or the contact has not been looked for yet; `ambiguous`: someone must choose. */
  state: 'linked' | 'unlinked' | 'ambiguous' | 'none';
  method: LinkMethod | null;
  matchedType: string | null;
  matchedId: string | null;
  /** The record's page in the CRM. */
  url: string | null;
  syncedAt: Date | null;
  /** Things of this contact that are not there yet; at most about 1,000. */
  pending: number;
  trouble: { entity: CrmEntity; code: string; message: string; words: Words } | null;
}

const NOTHING: ContactCrmStatus = {
  state: 'none',
  method: null,
  matchedType: null,
  matchedId: null,
  url: null,
  syncedAt: null,
  pending: 0,
  trouble: null,
};

/** The contact panel's view of the sync, for whoever shows contacts. */
@Injectable()
export class CrmStatus implements ContactCrmSource {
  constructor(
    private readonly connections: CrmConnectionsRepository,
    private readonly links: CrmLinksRepository,
  ) {}

  async ofContact(tx: Tx, workspaceId: string, contactId: string): Promise<ContactCrmStatus> {
    const connection = await this.connections.find(tx, workspaceId);
    return connection ? this.of(tx, connection, contactId) : NOTHING;
  }

  private async of(tx: Tx, connection: CrmConnection, contactId: string): Promise<ContactCrmStatus> {
    const { link, syncedAt, pending, trouble } = await this.links.stateOfContact(
      tx,
      connection.workspaceId,
      connection.id,
      contactId,
    );
    const { method = null, type = null, id = null } = link ?? {};
    const page = connection.instanceUrl && type && id ? recordUrl(connection.instanceUrl, type, id) : null;
    const state = id ? 'linked' : method === 'ambiguous' ? 'ambiguous' : method ? 'unlinked' : 'none';
    return {
      state,
      method,
      matchedType: type,
      matchedId: id,
      url: page,
      syncedAt,
      pending,
      trouble: withWords(trouble),
    };
  }
}

const withWords = (trouble: { entity: CrmEntity; code: string; message: string } | null) =>
  trouble && { ...trouble, words: crmWords(trouble.code, trouble.message) };
