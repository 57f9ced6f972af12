import { SOCIAL_OBJECTS } from './schema-social';
import { STANDARD_OBJECTS } from './schema-standard';

export type FieldValue = string | number | boolean | null;
export type Row = Record<string, FieldValue>;

export type FieldType =
  | 'id'
  | 'string'
  | 'textarea'
  | 'picklist'
  | 'combobox'
  | 'reference'
  | 'datetime'
  | 'date'
  | 'double'
  | 'boolean'
  | 'url'
  | 'email'
  | 'phone';

export interface FieldDef {
  name: string;
  label: string;
  type: FieldType;
  /** Longest text in UTF-16 units (an emoji counts 2). */
  length?: number;
  required?: boolean;
  unique?: boolean;
  /** Only with `unique`: 'ABC' and 'abc' are two values. */
  caseSensitive?: boolean;
  externalId?: boolean;
  values?: readonly string[];
  /** Picklist values outside `values` are refused. */
  restricted?: boolean;
  referenceTo?: readonly string[];
  /** How SOQL and nested external ids name the parent: `Conversation__r`. */
  relationshipName?: string;
  /** How the parent names its children: `Messages__r`. */
  childRelationshipName?: string;
  defaultValue?: FieldValue;
  /** Settable on create only. */
  createOnly?: boolean;
  /** Never settable through the API. */
  readOnly?: boolean;
  /** Derived from the row after each save. */
  formula?: (row: Row) => FieldValue;
  /** `SM-{0}`: numbered on create. */
  autoNumber?: string;
}

export interface ValidationRule {
  name: string;
  message: string;
  /** Field the message is shown at; none means the top of the page. */
  field?: string;
  /** True refuses the save with FIELD_CUSTOM_VALIDATION_EXCEPTION. */
  fails(row: Row, before: Row | undefined): boolean;
}

export interface ObjectDef {
  name: string;
  label: string;
  labelPlural: string;
  keyPrefix: string;
  fields: FieldDef[];
}

export interface ChildRelationship {
  child: ObjectDef;
  field: FieldDef;
}

const SYSTEM_FIELDS: readonly FieldDef[] = [
  { name: 'Id', label: 'Record ID', type: 'id', length: 18, readOnly: true },
  { name: 'IsDeleted', label: 'Deleted', type: 'boolean', readOnly: true, defaultValue: false },
  { name: 'CreatedDate', label: 'Created Date', type: 'datetime', readOnly: true },
  userField('CreatedById', 'Created By ID', 'CreatedBy'),
  { name: 'LastModifiedDate', label: 'Last Modified Date', type: 'datetime', readOnly: true },
  userField('LastModifiedById', 'Last Modified By ID', 'LastModifiedBy'),
  { name: 'SystemModstamp', label: 'System Modstamp', type: 'datetime', readOnly: true },
];

function userField(name: string, label: string, relationshipName: string): FieldDef {
  return { name, label, type: 'reference', length: 18, referenceTo: ['User'], relationshipName, readOnly: true };
}

/** The objects of one org. Object and field names match in any letter case, as they do in Salesforce. */
export class Schema {
  readonly objects: readonly ObjectDef[];
  private readonly byName = new Map<string, ObjectDef>();
  private readonly byPrefix = new Map<string, ObjectDef>();
  private readonly fieldsByName = new Map<ObjectDef, Map<string, FieldDef>>();

  /** `extraFields` are the tenant's own custom fields, by object name. */
  constructor(extraFields: Record<string, FieldDef[]> = {}) {
    this.objects = [...STANDARD_OBJECTS, ...SOCIAL_OBJECTS].map((def) => ({
      ...def,
      fields: [...SYSTEM_FIELDS, ...def.fields, ...(extraFields[def.name] ?? [])],
    }));
    for (const def of this.objects) {
      this.byName.set(def.name.toLowerCase(), def);
      this.byPrefix.set(def.keyPrefix, def);
      this.fieldsByName.set(def, new Map(def.fields.map((field) => [field.name.toLowerCase(), field])));
    }
  }

  object(name: string): ObjectDef | undefined {
    return this.byName.get(name.toLowerCase());
  }

  objectOfId(id: string): ObjectDef | undefined {
    return this.byPrefix.get(id.slice(0, 3));
  }

  field(def: ObjectDef, name: string): FieldDef | undefined {
    return this.fieldsByName.get(def)?.get(name.toLowerCase());
  }

  /** The reference field behind a parent name such as `Account` or `Conversation__r`. */
  parentField(def: ObjectDef, relationshipName: string): FieldDef | undefined {
    const wanted = relationshipName.toLowerCase();
    return def.fields.find((field) => field.relationshipName?.toLowerCase() === wanted);
  }

  children(parent: ObjectDef): ChildRelationship[] {
    return this.objects.flatMap((child) =>
      child.fields
        .filter((field) => field.referenceTo?.includes(parent.name) && !field.readOnly)
        .map((field) => ({ child, field })),
    );
  }
}

/** Text of this field is compared as written; everywhere else Salesforce ignores letter case. */
export function comparesExactly(field: FieldDef): boolean {
  return field.type === 'id' || field.type === 'reference' || (field.unique === true && field.caseSensitive === true);
}

/** Long text areas can be neither filtered nor sorted. */
export function isFilterable(field: FieldDef): boolean {
  return !(field.type === 'textarea' && (field.length ?? 0) > 255);
}
