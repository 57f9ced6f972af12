import { type Route, routesOf, type RouteTable, type Schema, bodyFor, propertiesOf } from './openapi';
import type { Tenant } from './tenant-world';

const NUL = 'null\u0000byte';
const LONE = 'lone \ud800 surrogate';
const LONG = 'ز'.repeat(70_000);
/** Instants that a date's spelling allows and a calendar does not know, or a clock never shows. */
const INSTANTS = ['2026-W01', '2026-W01T10:00:00Z', '-2026-01-01T00:00:00Z', '0000-01-01', '9999-12-31T23:59:59.999Z'];

/** What a field of this kind is not meant to hold; each is one try. */
function hostile(schema: Schema): unknown[] {
  if (schema.format === 'date-time' || schema.format === 'date') return [null, NUL, ...INSTANTS];
  switch (schema.type) {
    case 'number':
    case 'integer':
      return [null, NUL, -1, 0.5, 2 ** 53, 1e308];
    case 'boolean':
      return [null, NUL];
    case 'array':
      return [null, {}, [null], [NUL], [LONE], [[]], Array.from({ length: 2_000 }, () => 'a')];
    case 'object':
      return [null, [], { a: NUL }, { [NUL]: 1 }, { a: LONE }, { constructor: null, toString: 1 }];
    default:
      return schema.enum ? [null, NUL] : [null, '', NUL, LONE, LONG, 7, [], '__proto__'];
  }
}

/**
 * Routes that take something, given in turn what each of their fields is not meant to hold.
 * @param taken which routes to try
 * @returns what was answered with a failure of ours
 */
export async function tryBadInput(
  url: string,
  tenant: Tenant,
  taken: (route: Route) => boolean,
): Promise<{ broken: string[]; requests: number }> {
  const table = (await (await fetch(`${url}/api/docs-json`)).json()) as RouteTable;
  const broken: string[] = [];
  let requests = 0;
  for (const route of routesOf(table).filter((each) => each.method !== 'DELETE' && taken(each))) {
    const ask = async (path: string, body: unknown, what: string) => {
      requests += 1;
      const { status } = await tenant.api.request<unknown>(route.method, path, body);
      if (status >= 500) broken.push(`${route.method} ${route.path} ${what}: answered ${status}`);
    };
    const path = route.params.reduce(
      (spelling, { name, resource }) => spelling.replace(`{${name}}`, tenant.ids[resource] ?? ''),
      route.path,
    );
    for (const query of route.queries)
      await Promise.all(
        [NUL, LONG.slice(0, 1_000), '-1', '1e308', 'null', '__proto__', ...INSTANTS].map((value) =>
          ask(`${path}?${query}=${encodeURIComponent(value)}`, undefined, `?${query}=${shown(value)}`),
        ),
      );
    if (!route.body) continue;
    const body = bodyFor(table, route.body, tenant);
    for (const { at, schema } of propertiesOf(table, route.body))
      await Promise.all(
        hostile(schema).map((value) => ask(path, withValue(body, at, value), `${at.join('.')}=${shown(value)}`)),
      );
  }
  return { broken, requests };
}

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'undefined').slice(0, 40);

/** The body with another value at a place, whatever stood on the way. */
function withValue(body: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  const inside = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  return { ...inside, [name]: withValue(inside[name], rest, value) };
}
