import { REFERENCES, type Tenant } from './tenant-world';

export type Schema = {
  $ref?: string;
  allOf?: Schema[];
  type?: string;
  format?: string;
  enum?: unknown[];
  example?: unknown;
  minimum?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
};

interface Operation {
  parameters?: { in: string; name: string; schema?: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

export interface RouteTable {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

export interface Route {
  method: string;
  /** With `{name}` for what varies, without the `/api/v1` before it. */
  path: string;
  /** Names of the varying parts, each with the resource it is an id of. */
  params: { name: string; resource: string }[];
  queries: string[];
  body: Schema | null;
}

/** The routes of the API for agents, as the app itself tells them. */
export function routesOf(table: RouteTable): Route[] {
  return Object.entries(table.paths).flatMap(([path, operations]) =>
    path.startsWith('/api/v1/')
      ? Object.entries(operations).map(([method, operation]) => ({
          method: method.toUpperCase(),
          path: spelled(path.slice('/api/v1'.length)),
          params: [...spelled(path).matchAll(/([\w-]+)\/\{(\w+)\}/g)].map(([, resource, name]) => ({
            name: name!,
            resource: resource!,
          })),
          queries: (operation.parameters ?? []).filter((p) => p.in === 'query').map((p) => p.name),
          body: operation.requestBody?.content['application/json']?.schema ?? null,
        }))
      : [],
  );
}

/** Parts of a path that are words every workspace shares, not ids. */
const WORDS: Record<string, string> = { kind: 'x', network: 'x', wave: 'ab'.repeat(16) };

const spelled = (path: string): string =>
  Object.entries(WORDS).reduce((spelling, [name, word]) => spelling.replace(`{${name}}`, word), path);

/** A body the route would take, in which everything that refers to a row refers to this tenant's. */
export function bodyFor(table: RouteTable, schema: Schema, tenant: Tenant): Record<string, unknown> {
  const resolved = resolve(table, schema);
  const body: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(resolved.properties ?? {})) {
    const reference = REFERENCES[name];
    if (reference)
      body[name] = resolve(table, property).type === 'array' ? [tenant.ids[reference]] : tenant.ids[reference];
    else if (resolved.required?.includes(name)) body[name] = valueFor(table, property, name, tenant);
  }
  return body;
}

/** Whether a body can refer to rows at all. */
export const refers = (table: RouteTable, schema: Schema | null): boolean =>
  schema !== null && Object.keys(resolve(table, schema).properties ?? {}).some((name) => name in REFERENCES);

/** The fields of a body with those of its objects, each by its path. */
export function propertiesOf(table: RouteTable, schema: Schema, depth = 3): { at: string[]; schema: Schema }[] {
  return Object.entries(resolve(table, schema).properties ?? {}).flatMap(([name, property]) => {
    const inner = depth > 0 ? propertiesOf(table, property, depth - 1) : [];
    const own = { at: [name], schema: { ...resolve(table, property), ...property } };
    return [own, ...inner.map((each) => ({ ...each, at: [name, ...each.at] }))];
  });
}

function resolve(table: RouteTable, schema: Schema): Schema {
  const ref = schema.$ref ?? schema.allOf?.[0]?.$ref;
  return ref ? resolve(table, table.components.schemas[ref.split('/').at(-1)!] ?? {}) : schema;
}

function valueFor(table: RouteTable, schema: Schema, name: string, tenant: Tenant): unknown {
  if (schema.example !== undefined) return schema.example;
  const resolved = resolve(table, schema);
  if (resolved.example !== undefined) return resolved.example;
  if (resolved.enum) return resolved.enum[0];
  switch (resolved.type) {
    case 'number':
    case 'integer':
      return resolved.minimum ?? 60_000;
    case 'boolean':
      return true;
    case 'array':
      return [valueFor(table, resolved.items ?? {}, name, tenant)];
    case 'object':
      return bodyFor(table, resolved, tenant);
    default:
      return resolved.format === 'date-time'
        ? new Date(0).toISOString()
        : name === 'email'
          ? 'x@harbour.test'
          : 'some text';
  }
}
