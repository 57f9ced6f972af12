import { Injectable } from '@nestjs/common';
import type { Principal } from '../../identity/principal';
import { Clock } from '../../platform/clock';
import { Database } from '../../platform/database';
import { DomainError } from '../../platform/errors';
import { uuidv7 } from '../../platform/ids';
import { TicketDetailsRepository, type TagUse } from './ticket-details.repository';
import type { TicketField } from './ticket-fields';
import { TicketFieldsRepository } from './ticket-fields.repository';
import { labelProblems, labelsOf, type TicketSettings } from './ticket-settings';
import { normaliseTag } from './ticket-tags';

export type SettingsChange = Omit<TicketSettings, 'typeLabels'> & Partial<Pick<TicketSettings, 'typeLabels'>>;

/** What a workspace settles for its tickets: custom fields, types, how long they may be reopened; and its tags in use. */
@Injectable()
export class TicketSetup {
  constructor(
    private readonly database: Database,
    private readonly repository: TicketFieldsRepository,
    private readonly details: TicketDetailsRepository,
    private readonly clock: Clock,
  ) {}

  tags(who: Principal, prefix: string, limit: number): Promise<TagUse[]> {
    return this.database.lean(who, (tx) => this.details.tags(tx, who.workspaceId, normaliseTag(prefix), limit));
  }

  fields(who: Principal): Promise<TicketField[]> {
    return this.database.lean(who, (tx) => this.repository.list(tx, who.workspaceId));
  }

  addField(who: Principal, field: Omit<TicketField, 'id'>): Promise<TicketField> {
    const added = { ...field, id: uuidv7(this.clock.now().getTime()) };
    mustHaveOptions(added);
    return this.database.lean(who, async (tx) => {
      await this.repository.insert(tx, who.workspaceId, added);
      return added;
    });
  }

  /** Its key and its kind stay: tickets carry values of it. */
  changeField(
    who: Principal,
    id: string,
    change: Partial<Omit<TicketField, 'id' | 'key' | 'kind'>>,
  ): Promise<TicketField> {
    return this.database.lean(who, async (tx) => {
      const before = await this.repository.lock(tx, who.workspaceId, id);
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      const after: TicketField = { ...before, ...given };
      mustHaveOptions(after);
      await this.repository.update(tx, who.workspaceId, after);
      return after;
    });
  }

  /** No ticket takes it any more; what tickets carry of it stays. */
  removeField(who: Principal, id: string): Promise<void> {
    return this.database.lean(who, async (tx) => {
      await this.repository.lock(tx, who.workspaceId, id);
      await this.repository.archive(tx, who.workspaceId, id, this.clock.now());
    });
  }

  settings(who: Principal): Promise<TicketSettings> {
    return this.database.lean(who, (tx) => this.repository.settings(tx, who.workspaceId));
  }

  /** @throws DomainError `validation_failed` for labels that are none, or of no type */
  saveSettings(who: Principal, settings: SettingsChange): Promise<TicketSettings> {
    const { types, typeLabels } = settings;
    const problems = labelProblems(types, typeLabels);
    if (problems.length > 0)
      throw new DomainError('validation_failed', 'Please correct the labels of the types.', { fields: problems });
    return this.database.lean(who, async (tx) => {
      const before = await this.repository.settings(tx, who.workspaceId);
      const labels = labelsOf(types, { ...before.typeLabels, ...typeLabels });
      await this.repository.saveSettings(tx, who.workspaceId, { ...settings, typeLabels: labels });
      return this.repository.settings(tx, who.workspaceId);
    });
  }
}

function mustHaveOptions({ kind, options }: TicketField): void {
  const chosen = kind === 'select' || kind === 'multi';
  const values = options.map((option) => option.value);
  const problem =
    chosen && options.length === 0
      ? `a field of kind ${kind} needs options`
      : !chosen && options.length > 0
        ? `a field of kind ${kind} has no options`
        : new Set(values).size < values.length
          ? 'each value comes once'
          : null;
  if (problem)
    throw new DomainError('validation_failed', 'Please correct: options.', { fields: [{ path: 'options', problem }] });
}
