import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import type { IntakeChannel } from '../inbox/conversations/intake';
import { Database } from '../platform/database';
import { LOGGER } from '../platform/logger';
import { type Sealed, Secrets } from '../platform/secrets';
import type { ChannelKind, ChannelSettings, ConnectedChannel, Credentials } from './channel';

export interface DirectoryChannel extends IntakeChannel, ConnectedChannel {
  name: string;
  state: 'active' | 'needs_reconnect';
  credentials: Credentials;
  /** The row this was read from: a refusal of older credentials says nothing about newer ones. */
  updatedAt: Date;
}

interface Row {
  workspace_id: string;
  id: string;
  kind: ChannelKind;
  name: string;
  brand_id: string;
  team_id: string | null;
  external_id: string;
  settings: ChannelSettings;
  credentials: Sealed;
  state: 'active' | 'needs_reconnect';
  updated_at: Date;
}

const REMEMBERED_MS = 2_000; // how long another node's change of a channel may go unseen here
const FRESH_MS = 1_000; // how long a "no such account" or a failed signature may rest on what we remember

/**
 * Connected accounts with their opened secrets, in memory: ingress asks on every request. What it remembers may be a
 * moment old, so nothing is refused as unknown before the table was asked again.
 */
@Injectable()
export class ChannelDirectory {
  private all: DirectoryChannel[] = [];
  private byId = new Map<string, DirectoryChannel>();
  private byAccount = new Map<string, DirectoryChannel[]>();
  private loadedAt = 0;
  private loading?: Promise<void>;
  private changes = 0;

  constructor(
    private readonly database: Database,
    private readonly secrets: Secrets,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** A channel by id, as it was a moment ago at most. */
  async channel(id: string): Promise<DirectoryChannel | undefined> {
    await this.upToDate();
    return this.byId.get(id) ?? (await this.again(() => this.byId.get(id)));
  }

  /** A channel as it is since a change we know of; undefined when its credentials do not open. */
  async since(id: string, updatedAt: Date): Promise<DirectoryChannel | undefined> {
    await this.upToDate();
    const known = this.byId.get(id);
    if (!known || known.updatedAt < updatedAt) await this.reload();
    return this.byId.get(id);
  }

  /** A channel that one of our own rows names: looked for until it is found, unless its credentials do not open. */
  async named(id: string): Promise<DirectoryChannel | undefined> {
    return (await this.channels([id])).get(id);
  }

  /** A channel as we last saw it, without looking. */
  remembered(id: string): DirectoryChannel | undefined {
    return this.byId.get(id);
  }

  /** Channels named by our own rows: what is not remembered is looked for, however lately that was done. */
  async channels(ids: readonly string[]): Promise<Map<string, DirectoryChannel>> {
    await this.upToDate();
    if (ids.some((id) => !this.byId.has(id))) await this.reload();
    const known = new Map<string, DirectoryChannel>();
    for (const id of ids) {
      const channel = this.byId.get(id);
      if (channel) known.set(id, channel);
    }
    return known;
  }

  /** The channels of these kinds that are connected to an account; the same account may serve several workspaces. */
  async account(kinds: readonly ChannelKind[], externalId: string): Promise<DirectoryChannel[]> {
    const find = () => kinds.flatMap((kind) => this.byAccount.get(`${kind}:${externalId}`) ?? []);
    await this.upToDate();
    const found = find();
    return found.length > 0 ? found : ((await this.again(find)) ?? []);
  }

  /** Every channel of these kinds. */
  async ofKinds(kinds: readonly ChannelKind[]): Promise<DirectoryChannel[]> {
    await this.upToDate();
    return this.all.filter((channel) => kinds.includes(channel.kind));
  }

  /** Looks at the table again unless that was done a moment ago, so that strangers cannot make us look all the time. */
  async refresh(): Promise<boolean> {
    if (Date.now() - this.loadedAt < FRESH_MS) return false;
    await this.reload();
    return true;
  }

  /** To be called after a channel changed in this process. */
  forget(): void {
    this.changes += 1;
    this.loadedAt = 0;
  }

  private async upToDate(): Promise<void> {
    if (Date.now() - this.loadedAt >= REMEMBERED_MS) await this.reload();
  }

  private async again<T>(find: () => T): Promise<T | undefined> {
    return (await this.refresh()) ? find() : undefined;
  }

  private reload(): Promise<void> {
    this.loading ??= this.load().finally(() => (this.loading = undefined));
    return this.loading;
  }

  private async load(): Promise<void> {
    const { changes } = this;
    const rows = await this.database.statement((tx) =>
      tx.query<Row>(
        `SELECT workspace_id, id, kind, name, brand_id, team_id, external_id, settings, credentials, state, updated_at
         FROM channels WHERE state <> 'disabled' ORDER BY id`,
      ),
    );
    if (changes !== this.changes) return this.load(); // a channel changed while we looked
    this.all = rows.flatMap((row) => this.opened(row) ?? []);
    this.byId = new Map(this.all.map((channel) => [channel.id, channel]));
    const byAccount = new Map<string, DirectoryChannel[]>();
    for (const channel of this.all) {
      const key = `${channel.kind}:${channel.externalId}`;
      byAccount.set(key, [...(byAccount.get(key) ?? []), channel]);
    }
    this.byAccount = byAccount;
    this.loadedAt = Date.now();
  }

  private opened(row: Row): DirectoryChannel | undefined {
    try {
      return {
        id: row.id,
        workspaceId: row.workspace_id,
        brandId: row.brand_id,
        teamId: row.team_id,
        kind: row.kind,
        name: row.name,
        externalId: row.external_id,
        settings: row.settings,
        state: row.state,
        updatedAt: row.updated_at,
        credentials: this.secrets.open<Credentials>(row.credentials, row.id),
      };
    } catch (error) {
      this.log.error(
        { event: 'channels.sealed_shut', channelId: row.id, workspaceId: row.workspace_id, err: error },
        'its credentials do not open',
      );
      return undefined;
    }
  }
}
