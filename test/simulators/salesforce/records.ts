import { refuseRow, RowRefused, type SaveError } from './errors';
import { normalizeId, type IdSequence } from './ids';
import type { FieldDef, FieldValue, ObjectDef, Row, Schema, ValidationRule } from './schema';
import type { Store } from './store';
import { isJsonObject, readValue, salesforceInstant } from './values';

/** Who writes, when, and what may still stop a row after it passed validation. */
export interface WriteScope {
  userId: string;
  nowMs: number;
  /** Called with the record (or its key) and its parents just before a row is written; throws RowRefused to stop it. */
  beforeCommit(def: ObjectDef, row: Row, touched: readonly string[]): void;
}

type Mode = 'create' | 'update';

/** Saves, upserts and deletes of single rows, with Salesforce's validations. Each either writes the row or throws. */
export class Records {
  private readonly autoNumbers = new Map<string, number>();

  constructor(
    private readonly schema: Schema,
    private readonly store: Store,
    private readonly ids: IdSequence,
    readonly rules: Map<string, ValidationRule[]>,
  ) {}

  reset(): void {
    this.autoNumbers.clear();
  }

  create(def: ObjectDef, input: Record<string, unknown>, scope: WriteScope, key?: string): string {
    if ('Id' in input || 'id' in input) {
      throw refuseRow('INVALID_FIELD_FOR_INSERT_UPDATE', 'cannot specify Id in an insert call', ['Id']);
    }
    const id = this.ids.take(def.keyPrefix);
    const row: Row = { Id: id };
    for (const field of def.fields) row[field.name] ??= field.defaultValue ?? null;
    row.CreatedById = scope.userId;
    row.CreatedDate = salesforceInstant(scope.nowMs);
    if (this.schema.field(def, 'OwnerId')) row.OwnerId = scope.userId;
    this.save(def, { ...row, ...this.read(def, input, 'create') }, undefined, scope, key ? [key, id] : [id]);
    return id;
  }

  update(def: ObjectDef, id: string, input: Record<string, unknown>, scope: WriteScope, key?: string): void {
    const before = this.live(def, id);
    const rowId = String(before.Id);
    const row = { ...before, ...this.read(def, input, 'update') };
    this.save(def, row, before, scope, key ? [key, rowId] : [rowId]);
  }

  remove(def: ObjectDef, id: string, scope: WriteScope): void {
    const row = this.live(def, id);
    const rowId = String(row.Id);
    scope.beforeCommit(def, row, [rowId, ...this.parentIds(def, row)]);
    for (const { child, field } of this.schema.children(def)) {
      for (const childRow of this.store.lookup(child, field, rowId)) {
        this.stamp(child, { ...childRow, [field.name]: null }, scope);
      }
    }
    this.stamp(def, { ...row, IsDeleted: true }, scope);
  }

  /** Live rows whose external id is `value`, by the field's own letter-case rule. */
  matches(def: ObjectDef, field: FieldDef, value: string): Row[] {
    const ignoresCase = field.unique === true && field.caseSensitive !== true;
    return this.store
      .lookup(def, field, value)
      .filter((row) => row.IsDeleted !== true && (ignoresCase || row[field.name] === value));
  }

  private live(def: ObjectDef, id: string): Row {
    const row = this.store.get(def, id);
    if (!row) throw refuseRow('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
    if (row.IsDeleted === true) throw refuseRow('ENTITY_IS_DELETED', 'entity is deleted');
    return row;
  }

  private read(def: ObjectDef, input: Record<string, unknown>, mode: Mode): Row {
    const row: Row = {};
    const errors: SaveError[] = [];
    for (const [name, raw] of Object.entries(input)) {
      if (name === 'attributes' || name.toLowerCase() === 'id') continue;
      const parent = this.schema.parentField(def, name);
      if (parent && isJsonObject(raw)) {
        row[parent.name] = this.parentByExternalId(parent, raw);
        continue;
      }
      const field = this.schema.field(def, name);
      if (!field) {
        throw new RowRefused([
          { statusCode: 'INVALID_FIELD', message: `No such column '${name}' on sobject of type ${def.name}` },
        ]);
      }
      if (field.readOnly || (field.createOnly && mode === 'update')) {
        const message = `Unable to create/update fields: ${field.name}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`;
        throw refuseRow('INVALID_FIELD_FOR_INSERT_UPDATE', message, [field.name]);
      }
      const read = readValue(field, raw);
      if ('error' in read) errors.push(read.error);
      else row[field.name] = read.value;
    }
    if (errors.length > 0) throw new RowRefused(errors);
    return row;
  }

  /** `{"Conversation__r": {"Conversation_Key__c": "c_1"}}`: the parent is named by its external id. */
  private parentByExternalId(reference: FieldDef, nested: Record<string, unknown>): FieldValue {
    const entry = Object.entries(nested).find(([name]) => name !== 'attributes');
    for (const target of reference.referenceTo ?? []) {
      const parent = this.schema.object(target);
      const key = parent && entry && this.schema.field(parent, entry[0]);
      if (!parent || !entry || !key?.externalId) continue;
      const value = String(entry[1]);
      const found = this.matches(parent, key, value);
      if (found[0] && found.length === 1) return found[0].Id ?? null;
      const message =
        found.length === 0
          ? `Foreign key external ID: ${value.toLowerCase()} not found for field ${key.name} in entity ${parent.name}`
          : `Foreign key external ID: ${value.toLowerCase()} matches more than one record in entity ${parent.name}`;
      throw refuseRow('INVALID_FIELD', message);
    }
    const message = `Field name provided, ${entry?.[0] ?? ''} is not an External ID or indexed field for ${reference.referenceTo?.join(', ')}`;
    throw refuseRow('INVALID_FIELD', message);
  }

  private save(def: ObjectDef, row: Row, before: Row | undefined, scope: WriteScope, own: readonly string[]): void {
    this.checkRequired(def, row);
    this.checkReferences(def, row, before);
    this.checkUnique(def, row, before);
    for (const field of def.fields) if (field.formula) row[field.name] = field.formula(row);
    this.checkRules(def, row, before);
    scope.beforeCommit(def, row, [...own, ...this.parentIds(def, row)]);
    if (!before) this.numberRow(def, row);
    this.stamp(def, row, scope);
  }

  private checkRequired(def: ObjectDef, row: Row): void {
    const missing = def.fields.filter((field) => field.required && row[field.name] === null).map(({ name }) => name);
    if (missing.length === 0) return;
    throw refuseRow('REQUIRED_FIELD_MISSING', `Required fields are missing: [${missing.join(', ')}]`, missing);
  }

  private checkReferences(def: ObjectDef, row: Row, before: Row | undefined): void {
    for (const field of def.fields) {
      const value = row[field.name];
      if (field.type !== 'reference' || field.readOnly || typeof value !== 'string' || value === before?.[field.name])
        continue;
      const id = normalizeId(value);
      const target = id === undefined ? undefined : this.schema.objectOfId(id);
      if (id === undefined || !target || !field.referenceTo?.includes(target.name)) {
        throw refuseRow('MALFORMED_ID', `${field.label}: id value of incorrect type: ${value}`, [field.name]);
      }
      const parent = this.store.get(target, id);
      if (!parent) throw refuseRow('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
      if (parent.IsDeleted === true) throw refuseRow('ENTITY_IS_DELETED', 'entity is deleted');
      row[field.name] = id;
    }
  }

  private checkUnique(def: ObjectDef, row: Row, before: Row | undefined): void {
    for (const field of def.fields) {
      const value = row[field.name] ?? null;
      if (!field.unique || value === null || value === before?.[field.name]) continue;
      const other = this.store.lookup(def, field, value).find(({ Id, IsDeleted }) => !IsDeleted && Id !== row.Id);
      if (!other) continue;
      const message = `duplicate value found: ${field.name} duplicates value on record with id: ${String(other.Id).slice(0, 15)}`;
      throw refuseRow('DUPLICATE_VALUE', message);
    }
  }

  private checkRules(def: ObjectDef, row: Row, before: Row | undefined): void {
    const failed = (this.rules.get(def.name) ?? []).filter((rule) => rule.fails(row, before));
    if (failed.length === 0) return;
    throw new RowRefused(
      failed.map(({ message, field }) => ({
        statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
        message,
        fields: field ? [field] : [],
      })),
    );
  }

  private parentIds(def: ObjectDef, row: Row): string[] {
    return def.fields
      .filter((field) => field.type === 'reference' && !field.readOnly && field.name !== 'OwnerId')
      .flatMap((field) => row[field.name] ?? [])
      .map(String);
  }

  private numberRow(def: ObjectDef, row: Row): void {
    for (const field of def.fields) {
      if (!field.autoNumber) continue;
      const number = (this.autoNumbers.get(def.name) ?? 1000) + 1;
      this.autoNumbers.set(def.name, number);
      row[field.name] = field.autoNumber.replace('{0}', String(number).padStart(8, '0'));
    }
  }

  private stamp(def: ObjectDef, row: Row, scope: WriteScope): void {
    const now = salesforceInstant(scope.nowMs);
    const stamped = { ...row, LastModifiedById: scope.userId, LastModifiedDate: now, SystemModstamp: now };
    this.store.put(def, String(row.Id), stamped);
  }
}
