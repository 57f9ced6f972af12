import { Injectable } from '@nestjs/common';
import { Audit, changesBetween } from '../audit/audit';
import type { Principal } from '../identity/principal';
import { JobQueue } from '../jobs/job-queue';
import type { Actor } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { DomainError, notFound } from '../platform/errors';
import { uuidv7 } from '../platform/ids';
import { Secrets } from '../platform/secrets';
import { CrmClients, type CrmCredentials, sealContext } from './crm-clients';
import type { ChosenSettings, CrmConnection, CrmEntity } from './crm-connection';
import { CrmConnectionsRepository } from './crm-connections.repository';
import { crmLinked } from './crm.events';
import { backfillJob, syncJob } from './crm-jobs';
import { CrmLinksRepository } from './crm-links.repository';
import { CrmQueueRepository, type ParkedGroup, type QueueCounts } from './crm-queue.repository';
import { CrmRecordsRepository } from './crm-records.repository';
import { type ContactCrmStatus, CrmStatus } from './crm-status';
import { CallFailed } from './salesforce/errors';
import { isSigningKey } from './salesforce/jwt';
import { type MatchedType, REQUIRED_FIELDS } from './salesforce/mapping';
import { isSalesforceUrl, type SalesforceClient } from './salesforce/salesforce.client';

export interface ConnectionChange {
  loginUrl: string;
  clientId: string;
  username: string;
  privateKey?: string;
  settings?: ChosenSettings;
}

export interface CheckResult {
  ok: boolean;
  organizationId: string | null;
  instanceUrl: string | null;
  missing: { object: string; fields: string[] }[];
  failure: { code: string; message: string } | null;
}

export interface QueueReport extends QueueCounts {
  connection: CrmConnection;
  groups: ParkedGroup[];
}

/** Ids of the standard objects begin so in every org. */
const ID_PREFIX: Record<MatchedType, string> = { Contact: '003', Lead: '00Q', Account: '001' };

/** What admins and agents do about the CRM. */
@Injectable()
export class CrmService {
  constructor(
    private readonly database: Database,
    private readonly connections: CrmConnectionsRepository,
    private readonly queue: CrmQueueRepository,
    private readonly links: CrmLinksRepository,
    private readonly records: CrmRecordsRepository,
    private readonly status: CrmStatus,
    private readonly clients: CrmClients,
    private readonly secrets: Secrets,
    private readonly jobs: JobQueue,
    private readonly outbox: Outbox,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  connection(who: Principal): Promise<CrmConnection> {
    return this.in(who, (tx) => this.mine(tx, who));
  }

  /** Connects, or changes how; then everything that is not there yet is queued. */
  connect(who: Principal, change: ConnectionChange): Promise<CrmConnection> {
    this.refuseBadAccess(change);
    return this.in(who, async (tx) => {
      const { workspaceId } = who;
      const before = await this.connections.lock(tx, workspaceId);
      if (!before && !change.privateKey) throw invalid('privateKey', 'is needed to connect');
      const id = before?.id ?? uuidv7(this.clock.now().getTime());
      const credentials = change.privateKey
        ? this.secrets.seal({ privateKey: change.privateKey } satisfies CrmCredentials, sealContext(id))
        : before!.credentials;
      await this.connections.save(tx, { workspaceId, id, ...change, credentials }, change.settings ?? {});
      // another org has none of our records, and its ids mean something else
      if (before && before.loginUrl !== change.loginUrl) await this.links.forgetAll(tx, workspaceId, id);
      this.jobs.enqueue(tx, backfillJob(workspaceId, id));
      const after = await this.mine(tx, who);
      await this.audit.record(tx, {
        workspaceId,
        actor: agent(who),
        action: before ? 'crm_connection.changed' : 'crm_connection.created',
        subject: `crm_connection:${id}`,
        changes: {
          ...(before ? changesBetween(before, after, ['loginUrl', 'clientId', 'username', 'settings']) : {}),
          ...(before && change.privateKey ? { privateKey: { from: '(a key)', to: '(another key)' } } : {}),
        },
      });
      return after;
    });
  }

  /** Logs in and looks at the three objects as the integration user. What was stopped by trouble goes on when all is well. */
  async check(who: Principal): Promise<CheckResult> {
    const connection = await this.connection(who);
    const client = this.clients.of(connection);
    const result = await this.look(client);
    await this.in(who, async (tx) => {
      const { workspaceId } = who;
      const progress = { usage: client.usage, instanceUrl: result.instanceUrl };
      await this.connections.noteCheck(tx, workspaceId, connection.id, progress);
      if (!result.ok) return;
      if (connection.state === 'needs_attention') {
        await this.connections.setState(tx, workspaceId, connection.id, 'active', null);
      }
      this.jobs.enqueue(tx, syncJob(workspaceId, connection.id));
    });
    return result;
  }

  report(who: Principal): Promise<QueueReport> {
    return this.in(who, async (tx) => {
      const connection = await this.mine(tx, who);
      const counts = await this.queue.counts(tx, who.workspaceId, connection.id);
      const groups = counts.parked > 0 ? await this.queue.parkedGroups(tx, who.workspaceId, connection.id) : [];
      return { ...counts, connection, groups };
    });
  }

  /** Tries refused things now: all of them, those of a kind, or one. Without a choice a pause ends too. */
  retry(who: Principal, what: { entity?: CrmEntity; entityId?: string }): Promise<number> {
    return this.in(who, async (tx) => {
      const { workspaceId } = who;
      const connection = await this.mine(tx, who);
      const retried = await this.queue.retry(tx, workspaceId, connection.id, what.entity, what.entityId);
      if (!what.entity && !what.entityId)
        await this.connections.setState(tx, workspaceId, connection.id, 'active', null);
      this.jobs.enqueue(tx, syncJob(workspaceId, connection.id));
      return retried;
    });
  }

  statusOf(who: Principal, contactId: string): Promise<ContactCrmStatus> {
    return this.in(who, async (tx) => {
      await this.refuseUnknown(tx, who, contactId);
      return this.status.ofContact(tx, who.workspaceId, contactId);
    });
  }

  /** A person says who the contact is in the CRM; null: nobody there. No matching overrules it. */
  link(who: Principal, contactId: string, to: { type: MatchedType; id: string } | null): Promise<ContactCrmStatus> {
    if (to && !to.id.startsWith(ID_PREFIX[to.type])) throw invalid('id', `is not the id of a ${to.type}`);
    return this.in(who, async (tx) => {
      const { workspaceId } = who;
      await this.refuseUnknown(tx, who, contactId);
      const connection = await this.mine(tx, who);
      const now = this.clock.now();
      const before = await this.status.ofContact(tx, workspaceId, contactId);
      await this.links.linkByHand(tx, workspaceId, connection.id, contactId, to);
      await this.queue.mark(tx, workspaceId, [{ entity: 'contact', id: contactId, at: now }]);
      await this.queue.markConversationsOf(tx, workspaceId, [contactId], now);
      await this.queue.retry(tx, workspaceId, connection.id, 'contact', contactId);
      this.jobs.enqueue(tx, syncJob(workspaceId, connection.id));
      const after = await this.status.ofContact(tx, workspaceId, contactId);
      const places = (await this.records.audiences(tx, workspaceId, [contactId])).get(contactId) ?? [];
      const link = { method: 'manual' as const, type: to?.type ?? null, id: to?.id ?? null };
      this.outbox.record(tx, crmLinked(workspaceId, agent(who), contactId, link, places));
      const changes = changesBetween(before, after, ['method', 'matchedType', 'matchedId']);
      const action = to ? 'crm_contact.linked' : 'crm_contact.unlinked';
      await this.audit.record(tx, { workspaceId, actor: agent(who), action, subject: `contact:${contactId}`, changes });
      return after;
    });
  }

  private async look(client: SalesforceClient): Promise<CheckResult> {
    const missing: CheckResult['missing'] = [];
    try {
      await client.login();
      for (const [object, required] of Object.entries(REQUIRED_FIELDS)) {
        const fields = await this.missingFields(client, object, required);
        if (fields.length > 0) missing.push({ object, fields });
      }
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      const { code, message } = error.failure;
      return {
        ok: false,
        organizationId: client.organizationId,
        instanceUrl: client.instanceUrl,
        missing,
        failure: { code, message },
      };
    }
    const { organizationId, instanceUrl } = client;
    return { ok: missing.length === 0, organizationId, instanceUrl, missing, failure: null };
  }

  private async missingFields(
    client: SalesforceClient,
    object: string,
    required: readonly string[],
  ): Promise<string[]> {
    try {
      const fields = await client.fieldsOf(object, true);
      const writable = new Set(fields.filter((field) => field.createable && field.updateable).map(({ name }) => name));
      return required.filter((name) => !writable.has(name));
    } catch (error) {
      if (error instanceof CallFailed && error.failure.code === 'NOT_FOUND') return [...required]; // no such object, for this user
      throw error;
    }
  }

  private refuseBadAccess({ loginUrl, privateKey, settings }: ConnectionChange): void {
    if (!isSalesforceUrl(loginUrl, this.clients.loopback)) {
      throw invalid('loginUrl', 'must be an https address of Salesforce, such as https://<mydomain>.my.salesforce.com');
    }
    if (privateKey !== undefined && !isSigningKey(privateKey)) {
      throw invalid('privateKey', 'must be an RSA private key of 2,048 bits or more, in PEM');
    }
    for (const [network, field] of Object.entries(settings?.handleFields ?? {})) {
      // the name becomes part of a query
      if (!/^[a-z_]{1,40}$/.test(network) || typeof field !== 'string' || !/^[A-Za-z]\w{0,79}$/.test(field)) {
        throw invalid(
          'settings.handleFields',
          'must map networks to names of fields, such as { "instagram": "Instagram__c" }',
        );
      }
    }
  }

  private async mine(tx: Tx, { workspaceId }: Principal): Promise<CrmConnection> {
    const connection = await this.connections.find(tx, workspaceId);
    if (!connection) throw notFound('CRM connection');
    return connection;
  }

  private async refuseUnknown(tx: Tx, { workspaceId }: Principal, contactId: string): Promise<void> {
    if (!(await this.records.contactExists(tx, workspaceId, contactId))) throw notFound('contact');
  }

  private in<T>({ workspaceId }: Principal, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.lean({ workspaceId }, work);
  }
}

const agent = (who: Principal): Actor => ({ kind: 'agent', id: who.agentId });

const invalid = (path: string, problem: string) =>
  new DomainError('validation_failed', `Please correct: ${path} ${problem}.`, { fields: [{ path, problem }] });
