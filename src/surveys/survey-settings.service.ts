import { Injectable } from '@nestjs/common';
import { Audit, changesBetween } from '../audit/audit';
import { Calendars } from '../calendars/calendars';
import type { Principal } from '../identity/principal';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { DomainError, notFound } from '../platform/errors';
import { DEFAULT_SETTINGS, type SurveySettings, textsOf } from './survey';

const COLUMNS = `brand_id AS "brandId", enabled, kind, delay_minutes AS "delayMinutes", channel_kinds AS "channelKinds",
  thread_kinds AS "threadKinds", not_again_days AS "notAgainDays", calendar_id AS "calendarId", texts, version`;
const FIELDS = [
  'enabled',
  'kind',
  'delayMinutes',
  'channelKinds',
  'threadKinds',
  'notAgainDays',
  'calendarId',
  'texts',
] as const;

/** Whether and how customers are asked: a brand's own way, else the workspace's. */
@Injectable()
export class SurveySettingsService {
  constructor(
    private readonly database: Database,
    private readonly calendars: Calendars,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /** What holds for a brand. */
  async of(tx: Tx, workspaceId: string, brandId: string): Promise<SurveySettings> {
    const [row] = await tx.query<SurveySettings>(
      `SELECT ${COLUMNS} FROM survey_settings WHERE workspace_id = $1 AND (brand_id = $2 OR brand_id IS NULL)
       ORDER BY brand_id NULLS LAST LIMIT 1`,
      [workspaceId, brandId],
      'survey_settings',
    );
    return row ?? DEFAULT_SETTINGS;
  }

  async ofTicket(tx: Tx, workspaceId: string, ticketId: string): Promise<SurveySettings> {
    const [row] = await tx.query<{ brandId: string }>(
      `SELECT brand_id AS "brandId" FROM tickets WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, ticketId],
    );
    return row ? this.of(tx, workspaceId, row.brandId) : DEFAULT_SETTINGS;
  }

  /** The workspace's settings first, then those of brands that have their own. */
  list(who: Principal) {
    return this.database.lean(who, async (tx) => {
      const rows = await tx.query<SurveySettings>(
        `SELECT ${COLUMNS} FROM survey_settings WHERE workspace_id = $1 ORDER BY brand_id NULLS FIRST`,
        [who.workspaceId],
      );
      const items = rows.some((row) => row.brandId === null) ? rows : [DEFAULT_SETTINGS, ...rows];
      return { items: items.map(settingsView), nextCursor: null };
    });
  }

  /** @throws DomainError `conflict` when somebody changed them since `version`, `not_found` for a brand or calendar */
  change(who: Principal, change: SurveySettings) {
    return this.database.lean(who, async (tx) => {
      const { workspaceId } = who;
      await this.mustExist(tx, workspaceId, change);
      const [before = { ...DEFAULT_SETTINGS, brandId: change.brandId }] = await tx.query<SurveySettings>(
        `SELECT ${COLUMNS} FROM survey_settings WHERE workspace_id = $1 AND brand_id IS NOT DISTINCT FROM $2 FOR UPDATE`,
        [workspaceId, change.brandId],
      );
      // $1 workspace, $2 brand, $3 … as in FIELDS, $11 the version that was read, $12 now
      const [saved] = await tx.query<SurveySettings>(
        `INSERT INTO survey_settings AS s (workspace_id, brand_id, enabled, kind, delay_minutes, channel_kinds, thread_kinds, not_again_days,
           calendar_id, texts, version, updated_at)
         SELECT $1::uuid, $2::uuid, $3::boolean, $4, $5::int, $6::text[], $7::text[], $8::int, $9::uuid, $10::jsonb, 1, $12::timestamptz
         ON CONFLICT ON CONSTRAINT survey_settings_brand DO UPDATE SET enabled = excluded.enabled, kind = excluded.kind,
           delay_minutes = excluded.delay_minutes, channel_kinds = excluded.channel_kinds, thread_kinds = excluded.thread_kinds,
           not_again_days = excluded.not_again_days, calendar_id = excluded.calendar_id, texts = excluded.texts,
           version = s.version + 1, updated_at = excluded.updated_at
         WHERE s.version = $11
         RETURNING ${COLUMNS}`,
        [
          workspaceId,
          change.brandId,
          change.enabled,
          change.kind,
          change.delayMinutes,
          change.channelKinds,
          change.threadKinds,
          change.notAgainDays,
          change.calendarId,
          JSON.stringify(change.texts),
          change.version,
          this.clock.now(),
        ],
      );
      if (!saved || before.version !== change.version)
        throw new DomainError('conflict', 'Somebody else changed these settings; read them again.', {
          version: before.version,
        });
      const changes = changesBetween(before, change, FIELDS);
      if (Object.keys(changes).length > 0)
        await this.audit.record(tx, {
          workspaceId,
          actor: { kind: 'agent', id: who.agentId },
          action: 'survey_settings.changed',
          subject: change.brandId === null ? `workspace:${workspaceId}` : `brand:${change.brandId}`,
          changes,
        });
      return settingsView(saved);
    });
  }

  private async mustExist(tx: Tx, workspaceId: string, { brandId, calendarId }: SurveySettings): Promise<void> {
    if (brandId !== null) {
      const found = await tx.query(`SELECT 1 FROM brands WHERE workspace_id = $1 AND id = $2`, [workspaceId, brandId]);
      if (found.length === 0) throw notFound('brand');
    }
    if (calendarId !== null && !(await this.calendars.book(tx, workspaceId)).find(calendarId))
      throw notFound('calendar');
  }
}

const settingsView = (settings: SurveySettings) => ({
  ...settings,
  ownTexts: settings.texts,
  texts: textsOf(settings),
});
