import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/audit';
import { isProxyUrl } from '../../channels/proxies';
import type { Principal } from '../../identity/principal';
import { Clock } from '../../platform/clock';
import { Config } from '../../platform/config';
import { Database, type Tx } from '../../platform/database';
import { DomainError, notFound } from '../../platform/errors';
import { uuidv7 } from '../../platform/ids';
import { Secrets } from '../../platform/secrets';
import { wordsIfAny } from '../../refusals/refusal-words';
import { CallSettingsStore } from '../call-settings';
import { checkNumber } from '../phone';
import type { VoiceAccountBody, VoiceAccountChange } from './voice.dto';
import { type VoiceAccountRow, VoiceAccountsRepository } from './voice-accounts.repository';
import type { VoiceAccount } from './voice-provider';
import { VoiceProviders } from './voice-providers';

/** Accounts of voice providers: connected, changed, switched off. Their secrets go in and never come out. */
@Injectable()
export class VoiceAccounts {
  constructor(
    private readonly database: Database,
    private readonly repository: VoiceAccountsRepository,
    private readonly providers: VoiceProviders,
    private readonly settings: CallSettingsStore,
    private readonly secrets: Secrets,
    private readonly audit: Audit,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  list(who: Principal) {
    return this.database.lean(who, async (tx) => {
      const rows = await this.repository.list(tx, who.workspaceId);
      return { items: rows.map((row) => this.view(row)), nextCursor: null };
    });
  }

  get(who: Principal, id: string) {
    return this.database.lean(who, async (tx) => this.view(await this.row(tx, who.workspaceId, id)));
  }

  create(who: Principal, body: VoiceAccountBody) {
    return this.database.transaction(who, async (tx) => {
      const id = uuidv7(this.clock.now().getTime());
      const provider = this.providers.of(body.provider);
      refuse(provider.problems(body.externalId));
      const row: VoiceAccountRow = {
        workspaceId: who.workspaceId,
        id,
        provider: body.provider,
        name: body.name,
        externalId: body.externalId,
        phone: await this.number(tx, who, body.phone),
        credentials: this.secrets.seal(this.checked(body.provider, body.credentials), id),
        settings: body.settings ?? {},
        state: 'active',
        stateReason: null,
        createdAt: this.clock.now(),
      };
      await this.repository.insert(tx, row);
      await this.noted(tx, who, 'voice_account.connected', id);
      return this.view(row);
    });
  }

  /** Credentials that are given replace the stored ones, and the account is tried again. */
  change(who: Principal, id: string, body: VoiceAccountChange) {
    return this.database.transaction(who, async (tx) => {
      const row = await this.row(tx, who.workspaceId, id);
      if (body.name !== undefined) row.name = body.name;
      if (body.phone !== undefined) row.phone = await this.number(tx, who, body.phone);
      if (body.settings !== undefined) row.settings = body.settings;
      if (body.credentials !== undefined) {
        const given = this.checked(row.provider, { ...this.opened(row), ...body.credentials });
        row.credentials = this.secrets.seal(given, id);
        if (row.state === 'needs_attention') row.state = 'active';
      }
      if (body.state !== undefined) row.state = body.state;
      if (row.state === 'active') row.stateReason = null;
      await this.repository.save(tx, row);
      await this.noted(tx, who, 'voice_account.changed', id, Object.keys(body));
      return this.view(row);
    });
  }

  /** Asks the provider whether the account works. */
  async check(who: Principal, id: string) {
    const account = await this.database.lean(who, async (tx) => this.open(await this.row(tx, who.workspaceId, id)));
    return this.providers.of(account.provider).check(account);
  }

  /** With its secrets opened. @throws DomainError `not_found`, or `misconfigured` when no key opens them */
  async opening(tx: Tx, workspaceId: string, id: string): Promise<VoiceAccount> {
    return this.open(await this.row(tx, workspaceId, id));
  }

  /** Whose address this is; null when it is nobody's. */
  async atAddress(id: string): Promise<VoiceAccount | null> {
    const row = await this.database.lean('system', (tx) => this.repository.byId(tx, id));
    return row ? this.open(row) : null;
  }

  private open(row: VoiceAccountRow): VoiceAccount {
    return { ...row, credentials: this.secrets.open<Record<string, string>>(row.credentials, row.id) };
  }

  private async row(tx: Tx, workspaceId: string, id: string): Promise<VoiceAccountRow> {
    const row = await this.repository.find(tx, workspaceId, id);
    if (!row) throw notFound('voice account');
    return row;
  }

  private view(row: VoiceAccountRow) {
    const { id, provider, name, externalId, phone, settings, state, stateReason, createdAt } = row;
    const base = this.config.PUBLIC_URL;
    return {
      id,
      provider,
      name,
      externalId,
      phone,
      settings,
      credentialsSet: Object.keys(this.opened(row)),
      /** Null while nobody told us our public address: without it no call can be made. */
      webhookUrl: base ? new URL(`/webhooks/voice/${id}`, base).href : null,
      state,
      stateReason,
      stateReasonWords: wordsIfAny(stateReason),
      createdAt,
    };
  }

  /** Nothing when no key opens them any more: the account must stay visible to be connected again. */
  private opened(row: VoiceAccountRow): Record<string, string> {
    try {
      return this.secrets.open<Record<string, string>>(row.credentials, row.id);
    } catch (error) {
      if (error instanceof DomainError && error.code === 'misconfigured') return {};
      throw error;
    }
  }

  private checked(provider: string, given: Record<string, unknown>): Record<string, string> {
    const fields = this.providers.of(provider).credentials;
    const { proxyUrl } = given;
    refuse([
      ...fields
        .filter(({ name, required }) => required && !given[name])
        .map(({ name, help }) => ({ path: `credentials.${name}`, problem: `is required: ${help}` })),
      ...Object.entries(given)
        .filter(([name, value]) => typeof value !== 'string' || !fields.some((field) => field.name === name))
        .map(([name]) => ({ path: `credentials.${name}`, problem: 'is not known for this provider, or no text' })),
      ...(typeof proxyUrl === 'string' && proxyUrl !== '' && !isProxyUrl(proxyUrl)
        ? [{ path: 'credentials.proxyUrl', problem: 'must be an http, https or socks5 address' }]
        : []),
    ]);
    return given as Record<string, string>;
  }

  private async number(tx: Tx, who: Principal, raw: string): Promise<string> {
    const { country } = await this.settings.read(tx, who.workspaceId);
    const check = checkNumber(raw, country);
    if (!check.ok) refuse([{ path: 'phone', problem: check.problem }]);
    return check.ok ? check.phone.e164 : raw;
  }

  private async noted(tx: Tx, who: Principal, action: string, id: string, fields?: string[]): Promise<void> {
    await this.audit.record(tx, {
      workspaceId: who.workspaceId,
      actor: { kind: 'agent', id: who.agentId },
      action,
      subject: `voice_account:${id}`,
      ...(fields ? { changes: { fields: { from: null, to: fields } } } : {}),
    });
  }
}

function refuse(problems: readonly { path: string; problem: string }[]): void {
  if (problems.length === 0) return;
  const named = problems.map(({ path }) => path).join(', ');
  throw new DomainError('validation_failed', `Please correct: ${named}.`, { fields: problems });
}
