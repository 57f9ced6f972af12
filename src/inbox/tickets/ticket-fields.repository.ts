import { Injectable } from '@nestjs/common';
import { type Tx, violatedConstraint } from '../../platform/database';
import { DomainError, notFound } from '../../platform/errors';
import type { TicketField } from './ticket-fields';
import { readTicketSettings, type TicketSettings } from './ticket-settings';

const COLUMNS = `id, key, label_fa AS "labelFa", label_en AS "labelEn", kind, options, required_to_solve AS "requiredToSolve",
  position`;

/** Custom fields as defined, and what the workspace settles for its tickets. */
@Injectable()
export class TicketFieldsRepository {
  list(tx: Tx, workspaceId: string): Promise<TicketField[]> {
    return tx.query<TicketField>(
      `SELECT ${COLUMNS} FROM ticket_fields WHERE workspace_id = $1 AND archived_at IS NULL ORDER BY position, key`,
      [workspaceId],
      'ticket_fields',
    );
  }

  /** Locked until the transaction ends. @throws DomainError `not_found` */
  async lock(tx: Tx, workspaceId: string, id: string): Promise<TicketField> {
    const [row] = await tx.query<TicketField>(
      `SELECT ${COLUMNS} FROM ticket_fields WHERE workspace_id = $1 AND id = $2 AND archived_at IS NULL FOR UPDATE`,
      [workspaceId, id],
    );
    if (!row) throw notFound('field');
    return row;
  }

  /** @throws DomainError `conflict` when another field has this key */
  async insert(tx: Tx, workspaceId: string, field: TicketField): Promise<void> {
    await tx
      .execute(
        `INSERT INTO ticket_fields (workspace_id, id, key, label_fa, label_en, kind, options, required_to_solve, position)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        valuesOf(workspaceId, field),
      )
      .catch((error: unknown) => {
        if (violatedConstraint(error) !== 'ticket_fields_key') throw error;
        throw new DomainError('conflict', `There is a field "${field.key}" already; change that one.`, {
          key: field.key,
        });
      });
  }

  async update(tx: Tx, workspaceId: string, field: TicketField): Promise<void> {
    await tx.execute(
      `UPDATE ticket_fields SET key = $3, label_fa = $4, label_en = $5, kind = $6, options = $7, required_to_solve = $8,
         position = $9
       WHERE workspace_id = $1 AND id = $2`,
      valuesOf(workspaceId, field),
    );
  }

  async archive(tx: Tx, workspaceId: string, id: string, at: Date): Promise<void> {
    await tx.execute('UPDATE ticket_fields SET archived_at = $3 WHERE workspace_id = $1 AND id = $2', [
      workspaceId,
      id,
      at,
    ]);
  }

  async settings(tx: Tx, workspaceId: string): Promise<TicketSettings> {
    const [row] = await tx.query<{ tickets: unknown }>(
      `SELECT settings->'tickets' AS tickets FROM workspaces WHERE id = $1`,
      [workspaceId],
      'ticket_settings',
    );
    return readTicketSettings(row?.tickets);
  }

  async everySettings(tx: Tx): Promise<{ workspaceId: string; settings: TicketSettings }[]> {
    const rows = await tx.query<{ id: string; tickets: unknown }>(
      `SELECT id, settings->'tickets' AS tickets FROM workspaces ORDER BY id`,
      [],
      'ticket_settings_every',
    );
    return rows.map((row) => ({ workspaceId: row.id, settings: readTicketSettings(row.tickets) }));
  }

  async saveSettings(tx: Tx, workspaceId: string, settings: TicketSettings): Promise<void> {
    await tx.execute(
      `UPDATE workspaces SET settings = settings || jsonb_build_object('tickets', $2::jsonb) WHERE id = $1`,
      [workspaceId, JSON.stringify(settings)],
    );
  }
}

const valuesOf = (workspaceId: string, field: TicketField): unknown[] => [
  workspaceId,
  field.id,
  field.key,
  field.labelFa,
  field.labelEn,
  field.kind,
  JSON.stringify(field.options),
  field.requiredToSolve,
  field.position,
];
