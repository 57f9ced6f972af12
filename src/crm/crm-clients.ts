import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { Clock } from '../platform/clock';
import { Config } from '../platform/config';
import { LOGGER } from '../platform/logger';
import { Secrets } from '../platform/secrets';
import type { CrmConnection } from './crm-connection';
import { SalesforceClient } from './salesforce/salesforce.client';

const TIMEOUT_MS = 60_000; // 200 rows with an org's own automation behind them take their time

export interface CrmCredentials {
  /** PEM. */
  privateKey: string;
}

/** Binds sealed credentials to their connection. */
export const sealContext = (connectionId: string) => `crm:${connectionId}`;

/** One client for each connection, kept with its session until the access changes. */
@Injectable()
export class CrmClients {
  private readonly clients = new Map<string, { access: string; client: SalesforceClient }>();

  constructor(
    private readonly secrets: Secrets,
    private readonly config: Config,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** Simulators live on this machine; in production nothing of ours may be sent to it. */
  get loopback(): boolean {
    return this.config.NODE_ENV !== 'production';
  }

  /** @throws DomainError `misconfigured` when the stored key does not open */
  of(connection: CrmConnection): SalesforceClient {
    const { workspaceId, id, loginUrl, clientId, username, credentials } = connection;
    const access = JSON.stringify([loginUrl, clientId, username, credentials]);
    const known = this.clients.get(id);
    if (known?.access === access) return known.client;
    const { privateKey } = this.secrets.open<CrmCredentials>(credentials, sealContext(id));
    const client = new SalesforceClient(
      { loginUrl, clientId, username, privateKey },
      {
        timeoutMs: TIMEOUT_MS,
        loopback: this.loopback,
        now: () => this.clock.now(),
        tell: (line) => this.log.info({ event: 'crm.call', workspaceId, connectionId: id, ...line }, 'salesforce'),
      },
    );
    this.clients.set(id, { access, client });
    return client;
  }
}
