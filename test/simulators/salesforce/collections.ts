import {
  type ApiAnswer,
  type ApiCall,
  externalIdField,
  objectBody,
  objectNamed,
  type Params,
  renderRecord,
  type Route,
} from './api';
import { RequestRefused, refuseRow, RowRefused, type SaveError } from './errors';
import type { FieldDef, ObjectDef } from './schema';
import { isJsonObject } from './values';

/** Up to 200 records a call; one answer row per record, in the order asked. */
export const COLLECTION_ROUTES: readonly Route[] = [
  { method: 'POST', path: 'composite/sobjects', run: createRecords },
  { method: 'PATCH', path: 'composite/sobjects', run: updateRecords },
  { method: 'DELETE', path: 'composite/sobjects', run: deleteRecords },
  { method: 'POST', path: 'composite/sobjects/:type', run: readRecords },
  { method: 'PATCH', path: 'composite/sobjects/:type/:field', run: upsertRecords },
];

const MAX_RECORDS = 200;
const MAX_TYPE_RUNS = 10;

type Input = Record<string, unknown>;

interface RowResult {
  id?: string;
  success: boolean;
  errors: SaveError[];
  created?: boolean;
}

function createRecords(call: ApiCall): ApiAnswer {
  const inputs = recordsOf(call);
  checkTypeRuns(inputs);
  return saveRows(call, inputs, (input) => {
    const id = call.org.records.create(typeOf(call, input), input, call.scope);
    return { id, success: true, errors: [] };
  });
}

function updateRecords(call: ApiCall): ApiAnswer {
  const inputs = recordsOf(call);
  checkTypeRuns(inputs);
  return saveRows(call, inputs, (input) => {
    const given = input.id ?? input.Id;
    if (typeof given !== 'string') throw refuseRow('MISSING_ARGUMENT', 'Id not specified in an update call');
    const def = typeOf(call, input);
    call.org.records.update(def, given, input, call.scope);
    return { id: String(call.org.store.get(def, given)?.Id), success: true, errors: [] };
  });
}

function deleteRecords(call: ApiCall): ApiAnswer {
  const ids = (call.query.get('ids') ?? '').split(',').filter((id) => id !== '');
  checkSize(ids.length);
  return inOneTransaction(call, call.query.get('allOrNone') === 'true', ids, (id) => {
    const def = call.org.schema.objectOfId(id);
    if (!def) throw refuseRow('MALFORMED_ID', `malformed id ${id}`);
    call.org.records.remove(def, id, call.scope);
    return { id, success: true, errors: [] };
  });
}

function readRecords(call: ApiCall, { type }: Params): ApiAnswer {
  const def = objectNamed(call.org, type);
  const { ids, fields } = objectBody(call);
  if (!isTextList(ids) || !isTextList(fields)) {
    throw new RequestRefused(400, 'MISSING_ARGUMENT', 'ids and fields must be lists of text');
  }
  const body = ids.map((id) => {
    const row = call.org.store.get(def, id);
    return row && row.IsDeleted !== true ? renderRecord(call, def, id, fields) : null;
  });
  return { status: 200, body };
}

function upsertRecords(call: ApiCall, { type, field: fieldName }: Params): ApiAnswer {
  const def = objectNamed(call.org, type);
  const field = externalIdField(call.org, def, fieldName);
  const inputs = recordsOf(call);
  const keys = inputs.map((input) => keyOf(field, input));
  const repeated = new Set(keys.filter((key, index) => key !== undefined && keys.indexOf(key) !== index));
  return saveRows(call, inputs, (input) => {
    const value = keyOf(field, input);
    if (typeOf(call, input) !== def) {
      throw refuseRow('INVALID_TYPE', `All records of this call must be of type ${def.name}`);
    }
    if (value === undefined) throw refuseRow('MISSING_ARGUMENT', `${field.name} not specified`);
    if (repeated.has(value))
      throw refuseRow('DUPLICATE_VALUE', `Duplicate external id specified: ${value}`, [field.name]);
    return upsertOne(call, def, field, value, input);
  });
}

function upsertOne(call: ApiCall, def: ObjectDef, field: FieldDef, value: string, input: Input): RowResult {
  const { records } = call.org;
  const [match, ...others] = records.matches(def, field, value);
  const key = `${def.name}.${field.name}=${value}`;
  if (others.length > 0) {
    const ids = [match, ...others].map((row) => row?.Id).join(', ');
    const message = `${field.label}: more than one record found for external id field: [${ids}]`;
    throw refuseRow('DUPLICATE_EXTERNAL_ID', message, [field.name]);
  }
  if (!match) return { id: records.create(def, input, call.scope, key), success: true, errors: [], created: true };
  const id = String(match.Id);
  records.update(def, id, input, call.scope, key);
  return { id, success: true, errors: [], created: false };
}

function keyOf(field: FieldDef, input: Input): string | undefined {
  const entry = Object.entries(input).find(([name]) => name.toLowerCase() === field.name.toLowerCase());
  const value = entry?.[1];
  if (typeof value !== 'string' || value === '') return undefined;
  return field.unique && !field.caseSensitive ? value.toLowerCase() : value;
}

function saveRows(call: ApiCall, inputs: Input[], save: (input: Input) => RowResult): ApiAnswer {
  return inOneTransaction(call, objectBody(call).allOrNone === true, inputs, save);
}

/** With `allOrNone`, one refused row takes all others with it; they say so, and upserts still say `created`. */
function inOneTransaction<T>(call: ApiCall, allOrNone: boolean, items: T[], save: (item: T) => RowResult): ApiAnswer {
  const { store } = call.org;
  let results: RowResult[] = [];
  try {
    store.atomically(() => {
      results = items.map((item) => refusedAsRow(() => store.atomically(() => save(item))));
      if (allOrNone && results.some(({ success }) => !success)) throw new RolledBack();
    });
  } catch (cause) {
    if (!(cause instanceof RolledBack)) throw cause;
    results = results.map((result) => (result.success ? rolledBack(result) : result));
  }
  return { status: 200, body: results };
}

class RolledBack extends Error {}

function refusedAsRow(save: () => RowResult): RowResult {
  try {
    return save();
  } catch (cause) {
    if (!(cause instanceof RowRefused)) throw cause;
    return { success: false, errors: cause.errors.map((error) => ({ ...error, fields: error.fields ?? [] })) };
  }
}

function rolledBack({ created }: RowResult): RowResult {
  const message = 'Record rolled back because not all records were valid and the request was using AllOrNone header';
  return {
    success: false,
    errors: [{ statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK', message, fields: [] }],
    ...(created === undefined ? {} : { created }),
  };
}

function recordsOf(call: ApiCall): Input[] {
  const { records } = objectBody(call);
  if (!Array.isArray(records) || !records.every(isJsonObject)) {
    throw new RequestRefused(400, 'MISSING_ARGUMENT', 'records must be a list of objects');
  }
  checkSize(records.length);
  return records;
}

function checkSize(size: number): void {
  if (size <= MAX_RECORDS) return;
  const message = `record limit reached. cannot submit more than ${MAX_RECORDS} records into this call`;
  throw new RequestRefused(400, 'EXCEEDED_ID_LIMIT', message);
}

/** The server cuts the list into runs of one type and takes ten at most: callers sort by type. */
function checkTypeRuns(inputs: Input[]): void {
  const types = inputs.map(typeName);
  const runs = types.filter((type, index) => index === 0 || type !== types[index - 1]).length;
  if (runs <= MAX_TYPE_RUNS) return;
  const message = `Cannot have more than ${MAX_TYPE_RUNS} chunks in a single operation. Please rearrange the data to reduce chunking.`;
  throw new RequestRefused(400, 'INVALID_INPUT', message);
}

function typeName(input: Input): string {
  const type = isJsonObject(input.attributes) ? input.attributes.type : undefined;
  if (typeof type === 'string') return type;
  throw new RequestRefused(
    400,
    'INVALID_INPUT',
    "Each record needs an attributes object with the 'type' of the record",
  );
}

function typeOf(call: ApiCall, input: Input): ObjectDef {
  const name = typeName(input);
  const def = call.org.object(name);
  if (!def) throw refuseRow('INVALID_TYPE', `sObject type '${name}' is not supported.`);
  return def;
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
