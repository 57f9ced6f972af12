import { Injectable } from '@nestjs/common';
import { type Tx, violatedConstraint } from '../platform/database';
import { DomainError, notFound } from '../platform/errors';
import { uuidv7 } from '../platform/ids';
import type { BusinessCalendar } from './calendar';

/** A calendar as stored. */
export interface StoredCalendar extends BusinessCalendar {
  isDefault: boolean;
  createdAt: Date;
  updatedAt: Date;
}

/** Which state of a calendar is current, without its content. */
export interface Edition {
  id: string;
  revision: string;
  isDefault: boolean;
}

const COLUMNS = `workspace_id AS "workspaceId", id, name, time_zone AS "timeZone", hours, holidays, version,
  is_default AS "isDefault", created_at AS "createdAt", updated_at AS "updatedAt"`;

/** All SQL on `business_calendars`. */
@Injectable()
export class CalendarsRepository {
  editions(tx: Tx, workspaceId: string): Promise<Edition[]> {
    // $1 workspace
    return tx.query<Edition>(
      `SELECT id, revision, is_default AS "isDefault" FROM business_calendars WHERE workspace_id = $1 ORDER BY id`,
      [workspaceId],
      'calendar_editions',
    );
  }

  /** What calendars hold, with the state each is in. */
  async contents(
    tx: Tx,
    workspaceId: string,
    ids: readonly string[],
  ): Promise<{ revision: string; calendar: BusinessCalendar }[]> {
    // $1 workspace, $2 calendars
    const rows = await tx.query<BusinessCalendar & { revision: string }>(
      `SELECT revision, workspace_id AS "workspaceId", id, name, time_zone AS "timeZone", hours, holidays, version
       FROM business_calendars WHERE workspace_id = $1 AND id = ANY($2::uuid[])`,
      [workspaceId, ids],
    );
    return rows.map(({ revision, ...calendar }) => ({ revision, calendar }));
  }

  list(tx: Tx, workspaceId: string): Promise<StoredCalendar[]> {
    // $1 workspace
    return tx.query<StoredCalendar>(
      `SELECT ${COLUMNS} FROM business_calendars WHERE workspace_id = $1 ORDER BY is_default DESC, id`,
      [workspaceId],
    );
  }

  /** @throws DomainError `not_found` */
  async get(tx: Tx, workspaceId: string, id: string): Promise<StoredCalendar> {
    // $1 workspace, $2 calendar
    const [row] = await tx.query<StoredCalendar>(
      `SELECT ${COLUMNS} FROM business_calendars WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, id],
    );
    if (!row) throw notFound('calendar');
    return row;
  }

  async workspaceZone(tx: Tx, workspaceId: string): Promise<string> {
    // $1 workspace
    const [row] = await tx.query<{ zone: string }>('SELECT time_zone AS zone FROM workspaces WHERE id = $1', [
      workspaceId,
    ]);
    return row!.zone;
  }

  /** One change of a workspace's calendars at a time: which one is the default concerns them all. */
  async takeTurn(tx: Tx, workspaceId: string): Promise<void> {
    // $1 workspace
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('business_calendars:' || $1, 0))`, [workspaceId]);
  }

  async insert(tx: Tx, calendar: StoredCalendar): Promise<void> {
    // $1 workspace, $2 id, $3 name, $4 zone, $5 hours, $6 holidays, $7 default, $8 version, $9 revision, $10 now
    await nameIsFree(
      tx.execute(
        `INSERT INTO business_calendars (workspace_id, id, name, time_zone, hours, holidays, is_default, version, revision,
           created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)`,
        [
          calendar.workspaceId,
          calendar.id,
          calendar.name,
          calendar.timeZone,
          JSON.stringify(calendar.hours),
          JSON.stringify(calendar.holidays),
          calendar.isDefault,
          calendar.version,
          uuidv7(),
          calendar.updatedAt,
        ],
      ),
    );
  }

  async save(tx: Tx, calendar: StoredCalendar): Promise<void> {
    // $1 workspace, $2 id, $3 name, $4 zone, $5 hours, $6 holidays, $7 default, $8 version, $9 revision, $10 now
    await nameIsFree(
      tx.execute(
        `UPDATE business_calendars SET name = $3, time_zone = $4, hours = $5, holidays = $6, is_default = $7, version = $8,
           revision = $9, updated_at = $10 WHERE workspace_id = $1 AND id = $2`,
        [
          calendar.workspaceId,
          calendar.id,
          calendar.name,
          calendar.timeZone,
          JSON.stringify(calendar.hours),
          JSON.stringify(calendar.holidays),
          calendar.isDefault,
          calendar.version,
          uuidv7(),
          calendar.updatedAt,
        ],
      ),
    );
  }

  /** @throws DomainError `conflict` while something works by it, saying what */
  async delete(tx: Tx, workspaceId: string, id: string): Promise<void> {
    try {
      // $1 workspace, $2 calendar
      await tx.execute('DELETE FROM business_calendars WHERE workspace_id = $1 AND id = $2', [workspaceId, id]);
    } catch (error) {
      if (violatedConstraint(error) === undefined) throw error;
      const { table = 'other settings' } = error as { table?: string };
      throw new DomainError(
        'conflict',
        `This calendar is in use by ${table.replaceAll('_', ' ')}; give those another calendar first.`,
        { usedBy: table },
        { cause: error },
      );
    }
  }
}

async function nameIsFree(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (violatedConstraint(error) !== 'business_calendars_name') throw error;
    throw new DomainError(
      'conflict',
      'There is a calendar of this name already; choose another.',
      {},
      { cause: error },
    );
  }
}
