import type { FieldDef, Row } from './schema';

type Extra = Partial<FieldDef>;

export const text = (name: string, label: string, length: number, extra: Extra = {}): FieldDef => ({
  name,
  label,
  type: 'string',
  length,
  ...extra,
});

export const typed = (name: string, label: string, type: FieldDef['type'], extra: Extra = {}): FieldDef => ({
  name,
  label,
  type,
  ...extra,
});

export const longText = (name: string, label: string, length: number): FieldDef =>
  typed(name, label, 'textarea', { length });

export const email = (name: string, label: string): FieldDef => typed(name, label, 'email', { length: 80 });

export const phone = (name: string, label: string): FieldDef => typed(name, label, 'phone', { length: 40 });

export const picklist = (name: string, label: string, values: readonly string[], extra: Extra = {}): FieldDef => ({
  ...typed(name, label, 'picklist', { length: 255, values }),
  ...extra,
});

/** A text external id as the package ships it: unique, case-sensitive. */
export const externalKey = (name: string, label: string, required: boolean): FieldDef =>
  text(name, label, 80, { externalId: true, unique: true, caseSensitive: true, required });

export const lookup = (
  name: string,
  label: string,
  referenceTo: readonly string[],
  relationshipName: string,
  childRelationshipName?: string,
): FieldDef => typed(name, label, 'reference', { length: 18, referenceTo, relationshipName, childRelationshipName });

export const owner = (): FieldDef => lookup('OwnerId', 'Owner ID', ['User'], 'Owner');

export const masterRecord = (object: string): FieldDef => ({
  ...lookup('MasterRecordId', 'Master Record ID', [object], 'MasterRecord'),
  readOnly: true,
});

export const personName = (): FieldDef =>
  text('Name', 'Full Name', 121, { readOnly: true, formula: (row) => fullName(row) });

function fullName(row: Row): string {
  return [row.FirstName, row.LastName].filter((part) => typeof part === 'string').join(' ');
}
