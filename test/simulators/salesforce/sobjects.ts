import {
  type ApiAnswer,
  type ApiCall,
  externalIdField,
  notFound,
  objectBody,
  objectNamed,
  type Params,
  recordUrl,
  renderRecord,
  type Route,
} from './api';
import { describeObject, describeSummary } from './describe';
import { RequestRefused } from './errors';
import type { ObjectDef } from './schema';

/** Single records: create, read, update, delete, upsert by external id, and what the objects are. */
export const SOBJECT_ROUTES: readonly Route[] = [
  { method: 'GET', path: 'sobjects', run: listObjects },
  { method: 'POST', path: 'sobjects/:type', run: createRecord },
  {
    method: 'GET',
    path: 'sobjects/:type',
    run: (call, { type }) => {
      const def = objectNamed(call.org, type);
      return { status: 200, body: { objectDescribe: describeSummary(def, call.base), recentItems: [] } };
    },
  },
  {
    method: 'GET',
    path: 'sobjects/:type/describe',
    run: (call, { type }) => ({
      status: 200,
      body: describeObject(call.org.schema, objectNamed(call.org, type), call.base),
    }),
  },
  { method: 'GET', path: 'sobjects/:type/:id', run: readRecord },
  { method: 'PATCH', path: 'sobjects/:type/:id', run: updateRecord },
  { method: 'DELETE', path: 'sobjects/:type/:id', run: deleteRecord },
  { method: 'GET', path: 'sobjects/:type/:field/:value', run: readByExternalId },
  { method: 'PATCH', path: 'sobjects/:type/:field/:value', run: upsertRecord },
  { method: 'DELETE', path: 'sobjects/:type/:field/:value', run: deleteByExternalId },
];

const RESULT_OF_UPSERT_SINCE = 46; // older versions answer an updating upsert with 204

function listObjects(call: ApiCall): ApiAnswer {
  const sobjects = call.org.schema.objects.map((def) => describeSummary(def, call.base));
  return { status: 200, body: { encoding: 'UTF-8', maxBatchSize: 200, sobjects } };
}

function createRecord(call: ApiCall, { type }: Params): ApiAnswer {
  const def = objectNamed(call.org, type);
  const id = call.org.records.create(def, objectBody(call), call.scope);
  return {
    status: 201,
    body: { id, success: true, errors: [] },
    headers: { Location: recordUrl(call.base, def, id) },
  };
}

function readRecord(call: ApiCall, { type, id = '' }: Params): ApiAnswer {
  const def = objectNamed(call.org, type);
  const names = call.query.get('fields')?.split(',');
  return { status: 200, body: renderRecord(call, def, liveId(call, def, id), names) };
}

function updateRecord(call: ApiCall, { type, id = '' }: Params): ApiAnswer {
  const def = objectNamed(call.org, type);
  call.org.records.update(def, liveId(call, def, id), objectBody(call), call.scope);
  return { status: 204 };
}

function deleteRecord(call: ApiCall, { type, id = '' }: Params): ApiAnswer {
  const def = objectNamed(call.org, type);
  call.org.records.remove(def, liveId(call, def, id), call.scope);
  return { status: 204 };
}

function liveId(call: ApiCall, def: ObjectDef, id: string): string {
  const row = call.org.store.get(def, id);
  if (!row) throw notFound();
  if (row.IsDeleted === true) throw new RequestRefused(404, 'ENTITY_IS_DELETED', 'entity is deleted');
  return String(row.Id);
}

function readByExternalId(call: ApiCall, params: Params): ApiAnswer {
  const found = byExternalId(call, params);
  if (found.several) return found.several;
  if (found.id === undefined) throw notFound();
  return { status: 200, body: renderRecord(call, found.def, found.id, call.query.get('fields')?.split(',')) };
}

function deleteByExternalId(call: ApiCall, params: Params): ApiAnswer {
  const found = byExternalId(call, params);
  if (found.several) return found.several;
  if (found.id === undefined) throw notFound();
  call.org.records.remove(found.def, found.id, call.scope);
  return { status: 204 };
}

function upsertRecord(call: ApiCall, params: Params): ApiAnswer {
  const { def, field, value, id, several } = byExternalId(call, params);
  const { records } = call.org;
  if (several) return several;
  const input = objectBody(call);
  if (Object.keys(input).some((name) => name.toLowerCase() === field.name.toLowerCase())) {
    const message = `The ${field.name} field should not be specified in the sobject data.`;
    throw new RequestRefused(400, 'INVALID_FIELD', message);
  }
  const key = `${def.name}.${field.name}=${value}`;
  if (id === undefined) {
    if (call.query.get('updateOnly') === 'true') throw notFound();
    const created = records.create(def, { ...input, [field.name]: value }, call.scope, key);
    return {
      status: 201,
      body: { id: created, success: true, errors: [], created: true },
      headers: { Location: recordUrl(call.base, def, created) },
    };
  }
  records.update(def, id, input, call.scope, key);
  if (call.version < RESULT_OF_UPSERT_SINCE) return { status: 204 };
  return { status: 200, body: { id, success: true, errors: [], created: false } };
}

function byExternalId(call: ApiCall, { type, field: fieldName, value = '' }: Params) {
  const def = objectNamed(call.org, type);
  const field = externalIdField(call.org, def, fieldName);
  const ids = call.org.records.matches(def, field, value).map(({ Id }) => String(Id));
  const several: ApiAnswer | undefined =
    ids.length > 1 ? { status: 300, body: ids.map((id) => recordUrl(call.base, def, id)) } : undefined;
  return { def, field, value, id: ids[0], several };
}
