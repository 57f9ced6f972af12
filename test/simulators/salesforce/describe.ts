import { type FieldDef, isFilterable, type ObjectDef, type Schema } from './schema';

/** GET /sobjects/{Type}/describe. */
export function describeObject(schema: Schema, def: ObjectDef, base: string) {
  return {
    ...describeSummary(def, base),
    fields: def.fields.map(describeField),
    childRelationships: schema.children(def).map(({ child, field }) => ({
      childSObject: child.name,
      field: field.name,
      relationshipName: field.childRelationshipName ?? null,
      cascadeDelete: false,
      restrictedDelete: false,
    })),
    recordTypeInfos: [
      {
        name: 'Master',
        recordTypeId: '012000000000000AAA',
        available: true,
        active: true,
        master: true,
        defaultRecordTypeMapping: true,
      },
    ],
  };
}

/** One item of GET /sobjects. */
export function describeSummary(def: ObjectDef, base: string) {
  const own = `${base}/sobjects/${def.name}`;
  return {
    name: def.name,
    label: def.label,
    labelPlural: def.labelPlural,
    keyPrefix: def.keyPrefix,
    custom: isCustom(def.name),
    createable: true,
    updateable: true,
    deletable: true,
    queryable: true,
    searchable: true,
    undeletable: true,
    urls: { sobject: own, describe: `${own}/describe`, rowTemplate: `${own}/{ID}` },
  };
}

function describeField(field: FieldDef) {
  const length = field.length ?? 0;
  const settable = !field.readOnly;
  const defaulted = field.defaultValue !== undefined || field.type === 'boolean' || field.name === 'OwnerId';
  return {
    name: field.name,
    label: field.label,
    type: field.type,
    length,
    byteLength: field.type === 'id' || field.type === 'reference' ? length : length * 3,
    custom: isCustom(field.name),
    externalId: field.externalId === true,
    idLookup: field.type === 'id' || field.externalId === true || field.type === 'email',
    unique: field.unique === true,
    caseSensitive: field.caseSensitive === true,
    nillable: !field.required && field.type !== 'boolean' && field.type !== 'id',
    createable: settable,
    updateable: settable && !field.createOnly,
    defaultedOnCreate: defaulted || field.type === 'id' || field.autoNumber !== undefined,
    defaultValue: field.defaultValue ?? null,
    calculated: false,
    autoNumber: field.autoNumber !== undefined,
    filterable: isFilterable(field),
    sortable: isFilterable(field),
    groupable: isFilterable(field) && field.type !== 'datetime',
    restrictedPicklist: field.restricted === true,
    picklistValues: (field.values ?? []).map((value) => ({
      value,
      label: value,
      active: true,
      defaultValue: value === field.defaultValue,
    })),
    referenceTo: field.referenceTo ?? [],
    relationshipName: field.relationshipName ?? null,
  };
}

function isCustom(name: string): boolean {
  return name.endsWith('__c');
}
