import { Injectable } from '@nestjs/common';
import { Audit, changesBetween } from '../audit/audit';
import type { Principal } from '../identity/principal';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { DomainError } from '../platform/errors';
import { allTexts, HANDOFF_TEXTS, type OwnTexts } from './texts';
import { findAddresses } from './addresses';

export interface HandoffSettings {
  /** Private history is mailed only after the customer was checked; whoever calls is told whether they were. */
  requiresIdentityCheck: boolean;
  /** Minutes for which a passed check holds. */
  identityCheckMinutes: number;
  /** Days a customer who was asked for an address is waited for; what is asked already keeps its time. */
  addressWaitDays: number;
  texts: OwnTexts;
  version: number;
}

/** `addressWaitDays` absent: as it is. */
export type HandoffSettingsChange = Omit<HandoffSettings, 'addressWaitDays'> & { addressWaitDays?: number };

const UNSET: HandoffSettings = {
  requiresIdentityCheck: false,
  identityCheckMinutes: 1440,
  addressWaitDays: 7,
  texts: {},
  version: 0,
};
const SPOKEN_IN_PUBLIC = ['askPublic', 'publicClosing'] as const;

/** How a workspace hands its customers on: what it says, and what it wants to know first. */
@Injectable()
export class HandoffSettingsService {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  async of(tx: Tx, workspaceId: string): Promise<HandoffSettings> {
    const [row] = await tx.query<HandoffSettings>(
      `SELECT requires_identity_check AS "requiresIdentityCheck", identity_check_minutes AS "identityCheckMinutes",
         address_wait_days AS "addressWaitDays", texts, version
       FROM handoff_settings WHERE workspace_id = $1`,
      [workspaceId],
      'handoff_settings',
    );
    return row ?? UNSET;
  }

  /** With every text as it stands, the product's own where the workspace has none; `usualTexts` are the product's. */
  async get(who: Principal) {
    const settings = await this.database.lean(who, (tx) => this.of(tx, who.workspaceId));
    return { ...settings, texts: allTexts(settings.texts), ownTexts: settings.texts, usualTexts: allTexts({}) };
  }

  /** @throws DomainError `conflict` when somebody changed them since `version`; `validation_failed` for texts */
  async change(who: Principal, wanted: HandoffSettingsChange) {
    const fields = textProblems(wanted.texts);
    if (fields.length > 0) throw new DomainError('validation_failed', 'Please correct the texts.', { fields });
    await this.database.lean(who, async (tx) => {
      const before = await this.of(tx, who.workspaceId);
      const change = { ...wanted, addressWaitDays: wanted.addressWaitDays ?? before.addressWaitDays };
      // $1 workspace, $2 requires a check, $3 minutes, $4 texts, $5 the version that was read, $6 now, $7 days
      const saved = await tx.execute(
        `INSERT INTO handoff_settings AS s (workspace_id, requires_identity_check, identity_check_minutes, texts, version, updated_at,
           address_wait_days)
         SELECT $1::uuid, $2::boolean, $3::int, $4::jsonb, 1, $6::timestamptz, $7::int
         ON CONFLICT (workspace_id) DO UPDATE SET requires_identity_check = excluded.requires_identity_check,
           identity_check_minutes = excluded.identity_check_minutes, texts = excluded.texts, version = s.version + 1,
           updated_at = excluded.updated_at, address_wait_days = excluded.address_wait_days
         WHERE s.version = $5`,
        [
          who.workspaceId,
          change.requiresIdentityCheck,
          change.identityCheckMinutes,
          JSON.stringify(change.texts),
          change.version,
          this.clock.now(),
          change.addressWaitDays,
        ],
      );
      if (saved === 0 || before.version !== change.version)
        throw new DomainError('conflict', 'Somebody else changed these settings; read them again.', {
          version: before.version,
        });
      const changes = changesBetween(before, change, [
        'requiresIdentityCheck',
        'identityCheckMinutes',
        'addressWaitDays',
        'texts',
      ]);
      if (Object.keys(changes).length === 0) return;
      await this.audit.record(tx, {
        workspaceId: who.workspaceId,
        actor: { kind: 'agent', id: who.agentId },
        action: 'handoff_settings.changed',
        subject: `workspace:${who.workspaceId}`,
        changes,
      });
    });
    return this.get(who);
  }
}

const LONGEST_TEXT = 2_000;

/** What is wrong with texts of one's own, by name and language: `texts.greeting.fa`. */
export function textProblems(texts: OwnTexts): { path: string; problem: string }[] {
  const problems: { path: string; problem: string }[] = [];
  for (const [name, byLocale] of Object.entries(texts)) {
    if (!HANDOFF_TEXTS.some((known) => known === name)) {
      problems.push({ path: `texts.${name}`, problem: `is not one of ${HANDOFF_TEXTS.join(', ')}` });
      continue;
    }
    for (const [locale, text] of Object.entries(byLocale ?? {})) {
      const path = `texts.${name}.${locale}`;
      if (locale !== 'fa' && locale !== 'en') problems.push({ path, problem: 'is not fa or en' });
      else if (typeof text !== 'string') problems.push({ path, problem: 'must be a text' });
      else if (text.length > LONGEST_TEXT) problems.push({ path, problem: `is longer than ${LONGEST_TEXT}` });
      else if (
        SPOKEN_IN_PUBLIC.some((n) => n === name) &&
        (text.includes('{address}') || findAddresses(text).length > 0)
      )
        problems.push({ path, problem: 'is said in public, so it may not hold an address' });
      else if (name === 'codeMail' && text !== '' && !text.includes('{code}'))
        problems.push({ path, problem: 'must say where the {code} stands' });
    }
  }
  return problems;
}
