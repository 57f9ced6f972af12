import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/audit';
import type { Principal } from '../../identity/principal';
import { Clock } from '../../platform/clock';
import { Database, type Tx } from '../../platform/database';
import { DomainError, notFound } from '../../platform/errors';
import { uuidv7 } from '../../platform/ids';
import { wordsIfAny, wordsOf } from '../../refusals/refusal-words';
import type { Words } from '../../text/words';
import { newToken, Secrets } from '../../platform/secrets';
import { ChannelHealth } from '../care/channel-health';
import { ChannelDirectory } from '../channel-directory';
import { ChannelsService, type ChannelView } from '../channels.service';
import type { ChannelKind } from '../channel';
import type { HealthReport } from '../health';
import { Connectors } from '../connectors/registry';
import type { ConnectableAccount, OAuthApp, OAuthNetwork } from '../oauth-network';
import { type ConnectionRow, ConnectionsRepository } from './connections.repository';

const EXPIRES_MS = 15 * 60_000;
export const CALLBACK_PATH = '/api/v1/channels/connect/callback';

interface Kept {
  codeVerifier?: string;
  accounts?: ConnectableAccount[];
}

/** What may be picked, without anything secret. */
export interface PickView {
  id: string;
  kind: ChannelKind;
  state: ConnectionRow['state'];
  reason: string | null;
  /** The same in both languages. */
  words: Words | null;
  scopes: { scope: string; why: { fa: string; en: string } }[];
  accounts: {
    kind: ChannelKind;
    externalId: string;
    name: string;
    handle?: string;
    avatarUrl?: string;
    missingScopes: readonly string[];
    problem?: string;
    problemWords?: Words;
    connected: boolean;
  }[];
}

/**
 * Connecting by a network's own consent page (RFC 6749 authorization code, RFC 7636): the state serves once, for the agent
 * who began, within a quarter of an hour; the grant is sealed until accounts are picked and is never shown.
 */
@Injectable()
export class ConnectionsService {
  constructor(
    private readonly database: Database,
    private readonly repository: ConnectionsRepository,
    private readonly channels: ChannelsService,
    private readonly health: ChannelHealth,
    private readonly directory: ChannelDirectory,
    private readonly connectors: Connectors,
    private readonly secrets: Secrets,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  apps(who: Principal) {
    return this.database.lean(who, async (tx) => {
      const rows = await this.repository.apps(tx, who.workspaceId);
      return rows.map(({ network, clientId, settings, updatedAt }) => ({ network, clientId, settings, updatedAt }));
    });
  }

  async saveApp(
    who: Principal,
    network: string,
    app: { clientId: string; clientSecret: string; proxyUrl?: string; apiBaseUrl?: string },
  ): Promise<void> {
    if (!this.networks().has(network))
      throw new DomainError('validation_failed', `There is no network "${network}" that connects by consent.`, {
        fields: [{ path: 'network', problem: `is one of ${[...this.networks().keys()].join(', ')}` }],
      });
    const { clientId, clientSecret, proxyUrl, apiBaseUrl } = app;
    await this.database.lean(who, async (tx) => {
      const row = { id: uuidv7(), network, clientId, settings: apiBaseUrl ? { apiBaseUrl } : {} };
      await this.repository.saveApp(tx, who.workspaceId, row, (id) =>
        this.secrets.seal({ clientSecret, proxyUrl }, id),
      );
      await this.log(tx, who, 'oauth_app.saved', `oauth_app:${network}`);
    });
  }

  async removeApp(who: Principal, network: string): Promise<void> {
    await this.database.lean(who, async (tx) => {
      if ((await this.repository.removeApp(tx, who.workspaceId, network)) === 0) throw notFound('network app');
      await this.log(tx, who, 'oauth_app.removed', `oauth_app:${network}`);
    });
  }

  /** @param base the address the browser knows us by */
  async begin(
    who: Principal,
    kind: ChannelKind,
    base: string,
  ): Promise<{ connectionId: string; authorizeUrl: string }> {
    const network = this.networkOf(kind);
    const redirectUri = new URL(CALLBACK_PATH, base).href;
    const state = newToken();
    const codeVerifier = network.pkce ? randomBytes(48).toString('base64url') : undefined;
    const id = uuidv7();
    return this.database.lean(who, async (tx) => {
      const app = await this.app(tx, who.workspaceId, network.name);
      await this.repository.begin(tx, {
        id,
        workspaceId: who.workspaceId,
        agentId: who.agentId,
        kind,
        network: network.name,
        redirectUri,
        credentials: this.secrets.seal({ codeVerifier } satisfies Kept, id),
        state: 'begun',
        reason: null,
        expiresAt: new Date(this.clock.now().getTime() + EXPIRES_MS),
        stateHash: this.secrets.tokenHash(state),
      });
      const codeChallenge = codeVerifier && createHash('sha256').update(codeVerifier).digest('base64url');
      return { connectionId: id, authorizeUrl: network.authorizeUrl(app, { redirectUri, state, codeChallenge }) };
    });
  }

  /** The browser came back. @returns the connection to go on with, whose state says how it went */
  async answer(
    who: Principal,
    answer: { state: string; code?: string; error?: string },
  ): Promise<{ connectionId: string }> {
    const taken = await this.database.lean(who, async (tx) => {
      const hash = this.secrets.tokenHash(answer.state);
      const row = await this.repository.takeByState(tx, who.workspaceId, who.agentId, hash, this.clock.now());
      return row && { row, app: await this.app(tx, who.workspaceId, row.network) };
    });
    if (!taken) throw new DomainError('bad_request', 'This way back was used already or is too old; begin again.');
    const { row, app } = taken;
    const outcome = answer.code
      ? await this.exchange(row, app, answer.code)
      : { refused: answer.error ?? 'The network gave no code.' };
    await this.database.lean(who, (tx) =>
      'refused' in outcome
        ? this.repository.settle(tx, who.workspaceId, row.id, 'refused', outcome.refused.slice(0, 300))
        : this.repository.settle(
            tx,
            who.workspaceId,
            row.id,
            'granted',
            null,
            this.secrets.seal({ accounts: outcome.accounts } satisfies Kept, row.id),
          ),
    );
    return { connectionId: row.id };
  }

  async get(who: Principal, id: string): Promise<PickView> {
    const row = await this.database.lean(who, (tx) => this.repository.find(tx, who.workspaceId, who.agentId, id));
    if (!row) throw notFound('connection');
    const { accounts = [] } = this.opened(row);
    const view: PickView['accounts'] = [];
    for (const { kind, externalId, name, handle, avatarUrl, missingScopes, problem } of accounts) {
      const known = await this.directory.account([kind], externalId);
      const connected = known.some((channel) => channel.workspaceId === who.workspaceId);
      const problemWords = problem === undefined ? undefined : wordsOf(problem);
      view.push({ kind, externalId, name, handle, avatarUrl, missingScopes, problem, problemWords, connected });
    }
    const scopes = this.networkOf(row.kind).scopes.map(({ scope, why }) => ({ scope, why }));
    return {
      id,
      kind: row.kind,
      state: row.state,
      reason: row.reason,
      words: wordsIfAny(row.reason),
      scopes,
      accounts: view,
    };
  }

  /** Makes channels of the picked accounts (or gives known ones the new grant), subscribes each and looks how it stands. */
  async pick(
    who: Principal,
    id: string,
    picked: readonly { kind: ChannelKind; externalId: string; name?: string; teamId?: string; brandId?: string }[],
  ): Promise<{ channel: ChannelView; report: HealthReport }[]> {
    const { accounts, app } = await this.database.lean(who, async (tx) => {
      const row = await this.repository.find(tx, who.workspaceId, who.agentId, id, true);
      if (!row) throw notFound('connection');
      if (row.state !== 'granted' || row.expiresAt <= this.clock.now())
        throw new DomainError('conflict', 'This connection is over; begin again.');
      return { accounts: this.opened(row).accounts ?? [], app: await this.app(tx, who.workspaceId, row.network) };
    });
    const ways = {
      credentials: app.proxyUrl ? { proxyUrl: app.proxyUrl } : {},
      settings: app.apiBaseUrl ? { apiBaseUrl: app.apiBaseUrl } : {},
    };
    const chosen = picked.map((pick) => {
      const account = accounts.find((a) => a.kind === pick.kind && a.externalId === pick.externalId);
      if (!account || account.problem)
        throw new DomainError('validation_failed', account?.problem ?? 'This account was not offered.', {
          fields: [{ path: 'accounts', problem: `${pick.kind} ${pick.externalId} cannot be connected` }],
        });
      return { pick, account };
    });
    const results: { channel: ChannelView; report: HealthReport }[] = [];
    for (const { pick, account } of chosen) {
      const channel = await this.channels.connectOrRenew(who, {
        kind: account.kind,
        externalId: account.externalId,
        name: pick.name ?? account.name,
        teamId: pick.teamId,
        brandId: pick.brandId,
        credentials: { ...ways.credentials, ...account.credentials },
        settings: { ...ways.settings, ...account.settings },
      });
      const connected = await this.directory.named(channel.id);
      const report = connected ? await this.health.subscribe(connected) : { checks: [] };
      if (connected) await this.health.settle(connected, report);
      results.push({ channel, report });
    }
    await this.database.lean(who, (tx) =>
      this.repository.settle(tx, who.workspaceId, id, 'done', null, this.secrets.seal({}, id)),
    );
    return results;
  }

  private async exchange(
    row: ConnectionRow,
    app: OAuthApp,
    code: string,
  ): Promise<{ accounts: ConnectableAccount[] } | { refused: string }> {
    const network = this.networkOf(row.kind);
    const { codeVerifier } = this.opened(row);
    const exchanged = await network.exchange(app, { code, redirectUri: row.redirectUri, codeVerifier });
    if (exchanged.status === 'refused') return { refused: exchanged.reason };
    const found = await network.accounts(app, exchanged.grant);
    return found.status === 'found' ? { accounts: found.accounts } : { refused: found.reason };
  }

  private async app(tx: Tx, workspaceId: string, network: string): Promise<OAuthApp> {
    const row = (await this.repository.apps(tx, workspaceId)).find((one) => one.network === network);
    if (!row)
      throw new DomainError('conflict', `Enter the client id and secret of your ${network} app first.`, { network });
    const { clientSecret, proxyUrl } = this.secrets.open<{ clientSecret: string; proxyUrl?: string }>(
      row.credentials,
      row.id,
    );
    return { clientId: row.clientId, clientSecret, proxyUrl, apiBaseUrl: row.settings.apiBaseUrl };
  }

  private networkOf(kind: ChannelKind): OAuthNetwork {
    const network = this.connectors.of(kind).oauth?.(kind);
    if (!network)
      throw new DomainError('capability_missing', `A ${kind} channel is connected by entering its credentials.`);
    return network;
  }

  private networks(): Map<string, OAuthNetwork> {
    const found = new Map<string, OAuthNetwork>();
    for (const kind of this.connectors.kinds) {
      const network = this.connectors.of(kind).oauth?.(kind);
      if (network) found.set(network.name, network);
    }
    return found;
  }

  private opened(row: ConnectionRow): Kept {
    return this.secrets.open<Kept>(row.credentials, row.id);
  }

  private log(tx: Tx, who: Principal, action: string, subject: string): Promise<void> {
    return this.audit.record(tx, {
      workspaceId: who.workspaceId,
      actor: { kind: 'agent', id: who.agentId },
      action,
      subject,
    });
  }
}
