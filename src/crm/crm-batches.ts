import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config';
import { Database } from '../platform/database';
import type { CrmConnection, CrmEntity } from './crm-connection';
import type { PersonLink } from './crm-links.repository';
import type { Waiting } from './crm-queue.repository';
import { type ContactRow, type ConversationRow, CrmRecordsRepository, type MessageRow } from './crm-records.repository';
import { callKey, conversationKey, messageKey, personaKey } from './salesforce/keys';
import {
  callRecord,
  CONVERSATION,
  conversationRecord,
  type CrmRecord,
  type Lookup,
  MESSAGE,
  messageRecord,
  PERSONA,
  type PersonaFacts,
  personaRecord,
  TASK,
} from './salesforce/mapping';
import { findPeople } from './salesforce/person-finder';
import type { SalesforceClient } from './salesforce/salesforce.client';

/** A record about to be written, and the queue row it settles. A person on several networks is several records. */
export interface Outgoing {
  row: Waiting;
  key: string;
  record: CrmRecord;
  /** What must be in the CRM before it. */
  parent: { entity: CrmEntity; id: string } | null;
  /** Whose lookups it carries. */
  contactId: string | null;
  /** Its person was settled by hand: a lookup that fails is then a person's matter. */
  byHand: boolean;
}

export interface Batch {
  entity: CrmEntity;
  target: { type: string; key: string };
  outgoing: Outgoing[];
  /** Rows with nothing to write: gone, not meant for the CRM, or not sent to the customer yet. */
  skipped: Waiting[];
  /** Who contacts of this batch turned out to be. */
  matches: Map<string, PersonLink>;
}

const UNSENT: ReadonlySet<string | null> = new Set(['queued', 'sending', 'unknown', 'failed']);

/** Reads queue rows' things as they are now and maps them; for people, asks the CRM who they are. */
@Injectable()
export class CrmBatches {
  constructor(
    private readonly database: Database,
    private readonly records: CrmRecordsRepository,
    private readonly config: Config,
  ) {}

  async contacts(connection: CrmConnection, client: SalesforceClient, rows: readonly Waiting[]): Promise<Batch> {
    const { workspaceId, id, settings } = connection;
    const read = await this.database.lean({ workspaceId }, (tx) =>
      this.records.contacts(tx, workspaceId, id, ids(rows)),
    );
    const matches = await findPeople(client, workspaceId, read, {
      objects: settings.matchObjects,
      handleFields: settings.handleFields,
      defaultCountry: settings.defaultCountry,
    });
    return batchOf('contact', PERSONA, rows, read, matches, (contact, row) => {
      const link = matches.get(contact.id) ?? contact.link;
      return personasOf(workspaceId, contact, link).map((facts) => ({
        row,
        key: facts.key,
        record: personaRecord(facts),
        parent: null,
        contactId: contact.id,
        byHand: link?.method === 'manual',
      }));
    });
  }

  async conversations(connection: CrmConnection, rows: readonly Waiting[]): Promise<Batch> {
    const { workspaceId, id } = connection;
    const read = await this.database.lean({ workspaceId }, (tx) =>
      this.records.conversations(tx, workspaceId, id, ids(rows)),
    );
    return batchOf('conversation', CONVERSATION, rows, read, new Map(), (conversation, row) => {
      const key = conversationKey({ workspaceId, ...conversation }, conversation.threadKey);
      return [
        {
          row,
          key,
          record: this.conversationRecord(workspaceId, key, conversation),
          parent: { entity: 'contact', id: conversation.contactId },
          contactId: conversation.contactId,
          byHand: conversation.link?.method === 'manual',
        },
      ];
    });
  }

  async messages(connection: CrmConnection, rows: readonly Waiting[]): Promise<Batch> {
    const { workspaceId, id, settings } = connection;
    const read = await this.database.lean({ workspaceId }, (tx) =>
      this.records.messages(tx, workspaceId, id, ids(rows)),
    );
    const wanted = (m: MessageRow) =>
      m.direction !== 'note' && settings.granularity[m.kind] === 'full' && (m.written || !UNSENT.has(m.deliveryState)); // what the customer has not got is no part of the history yet
    return batchOf('message', MESSAGE, rows, read.filter(wanted), new Map(), (message, row) => {
      const scope = { workspaceId, ...message };
      const key = messageKey(scope, message);
      const record = messageRecord({
        ...message,
        key,
        conversationKey: conversationKey(scope, message.threadKey),
        direction: message.direction === 'in' ? 'in' : 'out',
        sentAt: message.networkAt,
      });
      return [
        {
          row,
          key,
          record,
          parent: { entity: 'conversation', id: message.conversationId },
          contactId: null,
          byHand: false,
        },
      ];
    });
  }

  async calls(connection: CrmConnection, rows: readonly Waiting[]): Promise<Batch> {
    const { workspaceId, id } = connection;
    const read = await this.database.lean({ workspaceId }, (tx) => this.records.calls(tx, workspaceId, id, ids(rows)));
    return batchOf('call', TASK, rows, read, new Map(), (attempt, row) => {
      const key = callKey({ workspaceId, ...attempt }, attempt.attemptId);
      const record = callRecord({
        ...attempt,
        key,
        lookup: lookupOf(attempt.link),
        conversationId: attempt.conversationRemoteId,
        direction: 'Outbound',
        callId: attempt.providerCallId ?? attempt.attemptId,
      });
      const parent = { entity: 'conversation' as const, id: attempt.conversationId };
      const byHand = attempt.link?.method === 'manual';
      return [{ row, key, record, parent, contactId: attempt.contactId, byHand }];
    });
  }

  private conversationRecord(workspaceId: string, key: string, c: ConversationRow): CrmRecord {
    const base = this.config.PUBLIC_URL?.replace(/\/$/, '');
    return conversationRecord({
      ...c,
      key,
      personaKey: personaKey({ workspaceId, ...c }, c.identityExternalId),
      lookup: lookupOf(c.link),
      channel: c.channelName,
      deepLink: base && c.ticketId ? `${base}/inbox/all?ticket=${c.ticketId}` : null,
    });
  }
}

const ids = (rows: readonly Waiting[]) => rows.map((row) => row.id);

function batchOf<Row extends { id: string }>(
  entity: CrmEntity,
  target: Batch['target'],
  rows: readonly Waiting[],
  read: readonly Row[],
  matches: Batch['matches'],
  map: (row: Row, waiting: Waiting) => Outgoing[],
): Batch {
  const waiting = new Map(rows.map((row) => [row.id, row]));
  const outgoing = read.flatMap((row) => map(row, waiting.get(row.id)!));
  const going = new Set(outgoing.map(({ row }) => row.id));
  return { entity, target, outgoing, skipped: rows.filter((row) => !going.has(row.id)), matches };
}

function personasOf(workspaceId: string, contact: ContactRow, link: PersonLink | null): PersonaFacts[] {
  const method = link?.id && link.method && link.method !== 'ambiguous' ? link.method : 'none';
  return contact.identities.map((identity) => ({
    key: personaKey({ workspaceId, ...identity }, identity.externalId),
    network: identity.network,
    nativeId: identity.externalId,
    handle: identity.handle,
    displayName: identity.name ?? contact.name,
    phone: contact.phoneVerified ? contact.phone : null,
    email: contact.emailVerified ? contact.email : null,
    lookup: lookupOf(link),
    method: link?.method === 'manual' ? 'manual' : method,
    version: contact.version,
  }));
}

/** Without a match of ours the lookups are left alone: somebody may have set them over there. */
function lookupOf(link: PersonLink | null): Lookup {
  if (link?.type && link.id) return { type: link.type, id: link.id };
  return link?.method === 'manual' ? 'blank' : 'leave';
}
