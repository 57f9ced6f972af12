import { randomBytes, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { IsNull, MoreThan } from 'typeorm';
import { Audit } from '../audit/audit';
import { BrandEntity } from '../identity/brand.entity';
import { type Page, pageOf } from '../identity/page';
import type { Principal } from '../identity/principal';
import { TeamEntity } from '../identity/team.entity';
import { room } from '../outbox/audience';
import { type Actor, event, SYSTEM } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import { Database, type Tx, violatedConstraint } from '../platform/database';
import { DomainError, notFound } from '../platform/errors';
import { uuidv7 } from '../platform/ids';
import { Secrets } from '../platform/secrets';
import { wordsIfAny } from '../refusals/refusal-words';
import type { Words } from '../text/words';
import { ChannelDirectory, type DirectoryChannel } from './channel-directory';
import { PREVIOUS_SECRET, PREVIOUS_SECRET_UNTIL } from './door-secrets';
import { ChannelEntity } from './channel.entity';
import { fieldsOf, PROXY_FIELD } from './channel-fields';
import type { CreateChannelBody, UpdateChannelBody } from './channels.dto';
import type { ChannelKind, ChannelSettings, Credentials } from './channel';
import { Connectors } from './connectors/registry';
import { isProxyUrl } from './proxies';

const SECRET_OVERLAP_HOURS = 24;

/** What is shown of a channel: never its credentials, only which are set. */
export interface ChannelView {
  id: string;
  kind: ChannelKind;
  name: string;
  brandId: string;
  teamId: string | null;
  externalId: string;
  settings: ChannelSettings;
  credentialsSet: string[];
  state: 'active' | 'needs_reconnect' | 'disabled';
  stateReason: string | null;
  /** The same for a person, in both languages. */
  stateReasonWords: Words | null;
  lastEventAt: Date | null;
  createdAt: Date;
  /** It is followed but not answered: notices go out on it. */
  takesNotices: boolean;
}

/** Of a brand: whoever archives it waits until the channel is written, or this one sees that it was. */
const HELD = { mode: 'pessimistic_read' } as const;
/** Of a channel that is saved whole: what another changed meanwhile must not come back. */
const TO_WRITE = { mode: 'for_no_key_update' } as const;

@Injectable()
export class ChannelsService {
  constructor(
    private readonly database: Database,
    private readonly secrets: Secrets,
    private readonly connectors: Connectors,
    private readonly directory: ChannelDirectory,
    private readonly outbox: Outbox,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /** What can be connected, with the credentials each kind asks for and what can be done on it. */
  kinds() {
    return this.connectors.kinds.map((kind) => {
      const connector = this.connectors.of(kind);
      return {
        kind,
        ...fieldsOf(connector, kind),
        capabilities: connector.capabilities(kind),
        webhookPath: connector.door(kind)?.path ?? null,
        /** The network whose consent page connects it; its app is stored under this name. */
        oauth: connector.oauth?.(kind)?.name ?? null,
      };
    });
  }

  list(who: Principal, cursor: string | undefined, limit: number): Promise<Page<ChannelView>> {
    return this.database.transaction(who, async (tx) => {
      const where = { workspaceId: who.workspaceId, ...(cursor ? { id: MoreThan(cursor) } : {}) };
      const rows = await tx.entities.find(ChannelEntity, { where, order: { id: 'ASC' }, take: limit + 1 });
      return pageOf(
        rows.map((row) => this.view(row)),
        limit,
      );
    });
  }

  get(who: Principal, id: string): Promise<ChannelView> {
    return this.database.transaction(who, async (tx) => this.view(await this.find(tx, who, id)));
  }

  create(who: Principal, body: CreateChannelBody): Promise<ChannelView> {
    return this.database.transaction(who, (tx) =>
      this.connect(tx, who.workspaceId, { kind: 'agent', id: who.agentId }, body),
    );
  }

  /** A picked account becomes a channel; one that is connected here already is given the new grant instead. */
  async connectOrRenew(who: Principal, body: CreateChannelBody): Promise<ChannelView> {
    const known = (await this.directory.account([body.kind], body.externalId ?? '')).find(
      (channel) => channel.workspaceId === who.workspaceId,
    );
    return known
      ? this.update(who, known.id, { credentials: body.credentials, settings: { ...known.settings, ...body.settings } })
      : this.create(who, body);
  }

  /** The channel a new installation begins with: open the page, write as a visitor, answer as an agent. */
  connectFirstWebchat(workspaceId: string): Promise<ChannelView> {
    return this.database.transaction({ workspaceId }, async (tx) => {
      const [team] = await tx.entities.find(TeamEntity, { where: { workspaceId }, order: { id: 'ASC' }, take: 1 });
      return this.connect(tx, workspaceId, SYSTEM, { kind: 'webchat', name: 'Webchat', teamId: team?.id });
    });
  }

  private async connect(tx: Tx, workspaceId: string, actor: Actor, body: CreateChannelBody): Promise<ChannelView> {
    const credentials = this.checkedCredentials(body.kind, this.withGenerated(body.kind, body.credentials ?? {}));
    const settings = this.checkedSettings(body.kind, body.settings);
    const externalId = body.externalId ?? (this.connectors.of(body.kind).ownAccounts ? randomUUID() : undefined);
    if (!externalId) throw invalid('externalId', 'is required: the account’s id at the network');
    const id = uuidv7();
    const row: ChannelEntity = {
      workspaceId,
      id,
      kind: body.kind,
      name: body.name,
      brandId: await this.brandFor(tx, workspaceId, body.brandId),
      teamId: await this.teamFor(tx, workspaceId, body.teamId),
      externalId,
      settings,
      credentials: this.secrets.seal(credentials, id),
      state: 'active',
      stateReason: null,
      lastEventAt: null,
      createdAt: this.clock.now(),
      updatedAt: this.clock.now(),
    };
    try {
      await tx.entities.save(ChannelEntity, row);
    } catch (error) {
      const taken = violatedConstraint(error);
      if (taken === 'channels_account_key' || taken === 'channels_webchat_inbox')
        throw new DomainError('conflict', 'This account is connected already.');
      throw error;
    }
    await this.audit.record(tx, { workspaceId, actor, action: 'channel.connected', subject: `channel:${id}` });
    this.outbox.record(
      tx,
      event(workspaceId, 'channel.connected', actor, {}, [room.leads], { channelId: id, kind: body.kind }),
    );
    tx.afterCommit(() => this.directory.forget());
    return this.view(row);
  }

  update(who: Principal, id: string, body: UpdateChannelBody): Promise<ChannelView> {
    return this.database.transaction(who, async (tx) => {
      const row = await this.find(tx, who, id, TO_WRITE);
      const from = row.state;
      if (body.name !== undefined) row.name = body.name;
      const isEnabled = from === 'disabled' && body.state === 'active';
      if (body.brandId !== undefined && body.brandId !== row.brandId)
        row.brandId = await this.brandFor(tx, who.workspaceId, body.brandId);
      else if (isEnabled) await this.checkBrandInUse(tx, row);
      if (body.teamId !== undefined) row.teamId = await this.teamFor(tx, who.workspaceId, body.teamId);
      if (body.settings !== undefined) row.settings = this.checkedSettings(row.kind, body.settings);
      if (body.credentials !== undefined) {
        row.credentials = this.secrets.seal(this.replaced(row, body.credentials), id);
        if (row.state === 'needs_reconnect') row.state = 'active';
      }
      if (body.state !== undefined) row.state = body.state;
      if (row.state === 'active') row.stateReason = null;
      row.updatedAt = this.clock.now();
      await tx.entities.save(ChannelEntity, row);
      await this.audit.record(tx, {
        workspaceId: who.workspaceId,
        actor: { kind: 'agent', id: who.agentId },
        action: 'channel.changed',
        subject: `channel:${id}`,
        changes: { fields: { from: null, to: Object.keys(body) } },
      });
      // new credentials are news even for an active channel: what the old ones held up is tried again
      if (row.state !== from || body.credentials !== undefined)
        this.tellState(tx, who.workspaceId, id, from, row.state);
      tx.afterCommit(() => this.directory.forget());
      return this.view(row);
    });
  }

  /**
   * The network refuses our credentials: everything of the channel is held until an admin connects it again.
   * @returns false when the channel has changed since these credentials were read, so it is worth another try
   */
  async needsReconnect(tx: Tx, channel: DirectoryChannel, reason: string): Promise<boolean> {
    const changed = await tx.execute(
      `UPDATE channels SET state = 'needs_reconnect', state_reason = $3, updated_at = now()
       WHERE workspace_id = $1 AND id = $2 AND state = 'active' AND date_trunc('milliseconds', updated_at) <= $4`,
      [channel.workspaceId, channel.id, reason, channel.updatedAt],
    );
    if (changed === 0) {
      const now = await tx.entities.findOneBy(ChannelEntity, { workspaceId: channel.workspaceId, id: channel.id });
      return now?.state !== 'active';
    }
    this.tellState(tx, channel.workspaceId, channel.id, 'active', 'needs_reconnect', reason);
    tx.afterCommit(() => this.directory.forget());
    return true;
  }

  /**
   * Takes renewed credentials in place of those they were made from; fields left out are kept. A channel held for want
   * of them works again.
   */
  async renewCredentials(tx: Tx, channel: DirectoryChannel, renewed: Credentials): Promise<void> {
    const where = { workspaceId: channel.workspaceId, id: channel.id };
    const row = await tx.entities.findOne(ChannelEntity, { where, lock: TO_WRITE });
    if (!row || row.state === 'disabled') return;
    const from = row.state;
    row.credentials = this.secrets.seal({ ...this.opened(row), ...renewed }, row.id);
    row.state = 'active';
    row.stateReason = null;
    row.updatedAt = this.clock.now();
    await tx.entities.save(ChannelEntity, row);
    if (from !== 'active') this.tellState(tx, channel.workspaceId, channel.id, from, 'active');
    tx.afterCommit(() => this.directory.forget());
  }

  /** To everybody: what an agent wrote there is held, or goes out, because of it. */
  private tellState(tx: Tx, workspaceId: string, channelId: string, from: string, to: string, reason?: string): void {
    const audience = [room.leads, room.lobby];
    this.outbox.record(
      tx,
      event(workspaceId, 'channel.state_changed', SYSTEM, {}, audience, { channelId, from, to, reason }),
    );
  }

  private async find(tx: Tx, who: Principal, id: string, lock?: typeof TO_WRITE): Promise<ChannelEntity> {
    const row = await tx.entities.findOne(ChannelEntity, { where: { workspaceId: who.workspaceId, id }, lock });
    if (!row) throw notFound('channel');
    return row;
  }

  private view(row: ChannelEntity): ChannelView {
    const { id, kind, name, brandId, teamId, externalId, settings, state, stateReason, lastEventAt, createdAt } = row;
    const credentialsSet = Object.entries(this.opened(row)).flatMap(([name, value]) =>
      value === '' || name.startsWith('previousSecret') ? [] : [name],
    );
    return {
      id,
      kind,
      name,
      brandId,
      teamId,
      externalId,
      settings,
      credentialsSet,
      state,
      stateReason,
      stateReasonWords: wordsIfAny(stateReason),
      lastEventAt,
      createdAt,
      takesNotices: this.connectors.of(kind).notices !== undefined,
    };
  }

  /** What is stored, or nothing when no key opens it any more: the channel must stay visible to be connected again. */
  private opened(row: ChannelEntity): Credentials {
    try {
      return this.secrets.open<Credentials>(row.credentials, row.id);
    } catch (error) {
      if (error instanceof DomainError && error.code === 'misconfigured') return {};
      throw error;
    }
  }

  /** Secrets nobody has to think up. */
  private withGenerated(kind: ChannelKind, given: Record<string, unknown>): Record<string, unknown> {
    const fields = this.connectors.of(kind).credentialFields(kind);
    const made = fields
      .filter((f) => f.generated && !given[f.name])
      .map((f) => [f.name, randomBytes(32).toString('hex')]);
    return { ...given, ...Object.fromEntries(made) };
  }

  private checkedSettings(kind: ChannelKind, given: Record<string, unknown> | undefined): ChannelSettings {
    const settings = settingsOf(given);
    const problems = this.connectors.of(kind).checkSettings?.(kind, settings) ?? [];
    if (problems.length > 0)
      throw new DomainError('validation_failed', 'Please correct the settings.', {
        fields: problems.map(({ path, problem }) => ({ path: `settings.${path}`, problem })),
      });
    return settings;
  }

  /** The stored credentials with these in their place. A webhook secret that goes stays good for a while: no delivery is lost. */
  private replaced(row: ChannelEntity, given: Record<string, unknown>): Credentials {
    const { [PREVIOUS_SECRET]: _secret, [PREVIOUS_SECRET_UNTIL]: _until, ...kept } = this.opened(row);
    const next = this.checkedCredentials(row.kind, { ...kept, ...given });
    const name = this.connectors.of(row.kind).door(row.kind)?.secret;
    const before = name === undefined ? undefined : kept[name];
    const overlap = row.settings['secretOverlapHours'];
    const hours = typeof overlap === 'number' && overlap >= 0 ? overlap : SECRET_OVERLAP_HOURS;
    if (name === undefined || !before || before === next[name] || hours === 0) return next;
    const until = new Date(this.clock.now().getTime() + hours * 3_600_000).toISOString();
    return { ...next, [PREVIOUS_SECRET]: before, [PREVIOUS_SECRET_UNTIL]: until };
  }

  private checkedCredentials(kind: ChannelKind, given: Record<string, unknown>): Credentials {
    const fields = [...this.connectors.of(kind).credentialFields(kind), PROXY_FIELD];
    if (typeof given['proxyUrl'] === 'string' && given['proxyUrl'] !== '' && !isProxyUrl(given['proxyUrl']))
      throw invalid('credentials.proxyUrl', 'must be an http, https or socks5 address');
    const problems = [
      ...fields
        .filter((f) => f.required && !given[f.name])
        .map((f) => ({ path: `credentials.${f.name}`, problem: `is required: ${f.help.en}` })),
      ...Object.entries(given)
        .filter(([name, value]) => typeof value !== 'string' || !fields.some((f) => f.name === name))
        .map(([name]) => ({
          path: `credentials.${name}`,
          problem: fields.some((f) => f.name === name) ? 'must be a text' : 'is not known for this kind',
        })),
    ];
    if (problems.length > 0)
      throw new DomainError('validation_failed', 'Please correct the credentials.', { fields: problems });
    return given as Credentials;
  }

  /** The brand a channel works for, or the first in use; held, so that it is not archived in the same moment. */
  private async brandFor(tx: Tx, workspaceId: string, id: string | undefined): Promise<string> {
    const where = { workspaceId, ...(id ? { id } : { archivedAt: IsNull() }) };
    const [brand] = await tx.entities.find(BrandEntity, { where, order: { id: 'ASC' }, take: 1, lock: HELD });
    if (!brand) throw invalid('brandId', 'is not a brand of this workspace');
    if (brand.archivedAt) throw invalid('brandId', 'is archived; bring it back, or choose another brand');
    return brand.id;
  }

  private async checkBrandInUse(tx: Tx, { workspaceId, brandId: id }: ChannelEntity): Promise<void> {
    const [brand] = await tx.entities.find(BrandEntity, { where: { workspaceId, id }, lock: HELD });
    if (brand?.archivedAt)
      throw new DomainError(
        'conflict',
        'The brand of this channel is archived; bring it back, or give the channel another brand first.',
      );
  }

  private async teamFor(tx: Tx, workspaceId: string, id: string | null | undefined): Promise<string | null> {
    if (id === undefined || id === null) return null;
    const team = await tx.entities.findOneBy(TeamEntity, { workspaceId, id });
    if (!team) throw invalid('teamId', 'is not a team of this workspace');
    return team.id;
  }
}

function settingsOf(settings: Record<string, unknown> | undefined): ChannelSettings {
  const apiBaseUrl = settings?.['apiBaseUrl'];
  if (
    apiBaseUrl !== undefined &&
    (typeof apiBaseUrl !== 'string' || !/^https?:\/\/[^\s/?#]+$/.test(apiBaseUrl.replace(/\/$/, '')))
  ) {
    throw invalid('settings.apiBaseUrl', 'must be an http or https address without a path');
  }
  return { ...settings };
}

const invalid = (path: string, problem: string) =>
  new DomainError('validation_failed', `Please correct: ${path}.`, { fields: [{ path, problem }] });
