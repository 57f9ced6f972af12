import { RequestRefused } from './errors';
import type { Org } from './org';
import type { WriteScope } from './records';
import type { FieldDef, ObjectDef } from './schema';
import { isJsonObject } from './values';

/** A data call after authentication, or one part of a composite. */
export interface ApiCall {
  org: Org;
  method: string;
  /** `/services/data/v62.0`. */
  base: string;
  version: number;
  /** Path under `base`, each segment percent-decoded. */
  segments: readonly string[];
  query: URLSearchParams;
  headers: Record<string, string | undefined>;
  body: unknown;
  scope: WriteScope;
}

export interface ApiAnswer {
  status: number;
  /** JSON value; undefined is an empty body. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** Values of a route's `:name` segments. */
export type Params = Record<string, string>;

export interface Route {
  method: string;
  /** `sobjects/:type/:id`, under `base`. */
  path: string;
  run: (call: ApiCall, params: Params) => ApiAnswer;
}

export function notFound(message = 'The requested resource does not exist'): RequestRefused {
  return new RequestRefused(404, 'NOT_FOUND', message);
}

export function objectNamed(org: Org, name: string | undefined): ObjectDef {
  const def = org.object(name ?? '');
  if (!def) throw notFound();
  return def;
}

export function externalIdField(org: Org, def: ObjectDef, name: string | undefined): FieldDef {
  const field = org.schema.field(def, name ?? '');
  if (field?.externalId) return field;
  throw notFound(`Provided external ID field does not exist or is not accessible: ${name}`);
}

export function objectBody(call: ApiCall): Record<string, unknown> {
  if (isJsonObject(call.body)) return call.body;
  throw new RequestRefused(
    400,
    'JSON_PARSER_ERROR',
    'The HTTP entity body is required, but this request has no entity body.',
  );
}

export function recordUrl(base: string, def: ObjectDef, id: string): string {
  return `${base}/sobjects/${def.name}/${id}`;
}

/** The row's fields as GET answers them; `names` undefined means all. */
export function renderRecord(call: ApiCall, def: ObjectDef, id: string, names?: readonly string[]) {
  const row = call.org.store.get(def, id);
  const fields = names?.map((name) => fieldNamed(call.org, def, name)) ?? def.fields;
  return {
    attributes: { type: def.name, url: recordUrl(call.base, def, String(row?.Id)) },
    ...Object.fromEntries(fields.map((field) => [field.name, row?.[field.name] ?? null])),
  };
}

function fieldNamed(org: Org, def: ObjectDef, name: string): FieldDef {
  const field = org.schema.field(def, name);
  if (field) return field;
  throw new RequestRefused(400, 'INVALID_FIELD', `No such column '${name}' on sobject of type ${def.name}`);
}
