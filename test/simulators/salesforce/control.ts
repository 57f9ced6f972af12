import type { ConnectedApp } from './auth';
import { RowRefused } from './errors';
import { EFFECT_KINDS, type Fault } from './faults';
import type { Org } from './org';
import type { FieldValue, ObjectDef, Row } from './schema';
import { isJsonObject } from './values';

export interface ControlAnswer {
  status: number;
  body: unknown;
}

class BadControl extends Error {}

/**
 * The control plane under `/__emu`, for another process; no authentication, loopback only.
 *
 *   GET    /__emu/records?object=Contact&Email=a@b.c   rows whose fields have these values
 *   POST   /__emu/records   {object, records: [...]}   create as a CRM user → {ids}
 *   PATCH  /__emu/records/:id {field: value}           edit as a CRM user
 *   DELETE /__emu/records/:id                          delete as a CRM user
 *   GET, POST, DELETE /__emu/faults, DELETE /__emu/faults/:id   rules of faults.ts; POST → {id}
 *   GET    /__emu/journal?afterSeq=&path=<regexp>  GET /__emu/overlaps  DELETE /__emu/journal
 *   POST   /__emu/apps   a ConnectedApp of auth.ts     POST /__emu/tokens/revoke   every session ends
 *   PUT    /__emu/settings {clockMs?: number | null, dailyLimit?, refuseOverlaps?, seed?}
 *   POST   /__emu/reset                                an org as new
 */
export function answerControl(
  org: Org,
  method: string,
  path: string,
  query: URLSearchParams,
  body: unknown,
): ControlAnswer {
  const [, , resource = '', id] = path.split('/');
  const run = ACTIONS[`${method} ${resource}${id === undefined ? '' : '/:id'}`];
  if (!run) return { status: 404, body: { error: `The control plane has no ${method} ${path}; see control.ts.` } };
  try {
    return { status: 200, body: run({ org, query, id: id ?? '', body: isJsonObject(body) ? body : {} }) ?? {} };
  } catch (cause) {
    if (cause instanceof RowRefused) return { status: 400, body: { errors: cause.errors } };
    if (cause instanceof BadControl) return { status: 400, body: { error: cause.message } };
    throw cause;
  }
}

interface Action {
  org: Org;
  query: URLSearchParams;
  id: string;
  body: Record<string, unknown>;
}

const ACTIONS: Record<string, (action: Action) => unknown> = {
  'GET records': ({ org, query }) => {
    const { object, ...where } = Object.fromEntries(query);
    const def = objectNamed(org, object);
    return { records: org.find(def.name, typedWhere(org, def, where)) };
  },
  'POST records': ({ org, body: { object, records } }) => {
    if (!Array.isArray(records) || !records.every(isJsonObject))
      throw new BadControl('records must be a list of objects.');
    return { ids: seed(org, objectNamed(org, object).name, records) };
  },
  'PATCH records/:id': ({ org, id, body }) => org.records.update(objectOfId(org, id), id, body, org.crmScope()),
  'DELETE records/:id': ({ org, id }) => org.records.remove(objectOfId(org, id), id, org.crmScope()),
  'GET faults': ({ org }) => ({ faults: org.faults.list() }),
  'POST faults': ({ org, body }) => ({ id: org.faults.add(faultOf(body)) }),
  'DELETE faults': ({ org }) => org.faults.reset(),
  'DELETE faults/:id': ({ org, id }) => org.faults.remove(Number(id)),
  'GET journal': ({ org, query }) => {
    const path = query.get('path');
    const afterSeq = Number(query.get('afterSeq') ?? 0);
    return { calls: org.journal.list({ afterSeq, path: path === null ? undefined : new RegExp(path) }) };
  },
  'GET overlaps': ({ org }) => ({ calls: org.journal.overlaps() }),
  'DELETE journal': ({ org }) => org.journal.clear(),
  'POST apps': ({ org, body }) => org.auth.register(appOf(body)),
  'POST tokens/:id': ({ org, id }) => {
    if (id !== 'revoke') throw new BadControl('Only /__emu/tokens/revoke exists.');
    org.auth.revokeAll();
  },
  'PUT settings': ({ org, body }) => applySettings(org, body),
  'POST reset': ({ org }) => org.reset(),
};

/** Creates rows as a CRM user would, all or none, and gives their ids. */
export function seed(org: Org, object: string, records: readonly Record<string, unknown>[]): string[] {
  const def = objectNamed(org, object);
  return org.store.atomically(() => records.map((record) => org.records.create(def, record, org.crmScope())));
}

function applySettings(
  org: Org,
  { clockMs, dailyLimit, refuseOverlaps, seed: newSeed }: Record<string, unknown>,
): void {
  if (typeof clockMs === 'number' || clockMs === null) org.setClockMs(clockMs ?? undefined);
  if (typeof dailyLimit === 'number') org.usage.dailyLimit = dailyLimit;
  if (typeof refuseOverlaps === 'boolean') org.refuseOverlaps = refuseOverlaps;
  if (typeof newSeed === 'number') org.faults.reset(newSeed);
}

function objectNamed(org: Org, name: unknown): ObjectDef {
  const def = typeof name === 'string' ? org.object(name) : undefined;
  if (!def) throw new BadControl(`There is no object '${String(name)}'; see schema-standard.ts and schema-social.ts.`);
  return def;
}

function objectOfId(org: Org, id: string): ObjectDef {
  const def = org.schema.objectOfId(id);
  if (!def) throw new BadControl(`No object has ids like '${id}'.`);
  return def;
}

function typedWhere(org: Org, def: ObjectDef, where: Record<string, string>): Row {
  const typed = Object.entries(where).map(([name, text]): [string, FieldValue] => {
    const field = org.schema.field(def, name);
    if (!field) throw new BadControl(`${def.name} has no field '${name}'.`);
    if (field.type === 'boolean') return [field.name, text === 'true'];
    return [field.name, field.type === 'double' ? Number(text) : text];
  });
  return Object.fromEntries(typed);
}

function faultOf(body: Record<string, unknown>): Fault {
  if (isFault(body)) return body;
  throw new BadControl('A fault needs an effect {kind} or fail ("lock" or {statusCode, message}); see faults.ts.');
}

function isFault(body: Record<string, unknown>): body is Record<string, unknown> & Fault {
  const { effect, fail } = body;
  if (isJsonObject(effect)) return typeof effect.kind === 'string' && EFFECT_KINDS.has(effect.kind);
  return fail === 'lock' || (isJsonObject(fail) && typeof fail.statusCode === 'string');
}

function appOf(body: Record<string, unknown>): ConnectedApp {
  const { clientId, clientSecret, publicKeyPem, approvedUsers, runAs } = body;
  if (typeof clientId !== 'string') throw new BadControl('An app needs a clientId.');
  return {
    clientId,
    clientSecret: optionalText(clientSecret),
    publicKeyPem: optionalText(publicKeyPem),
    approvedUsers: Array.isArray(approvedUsers) ? approvedUsers.map(String) : [],
    runAs: optionalText(runAs),
  };
}

function optionalText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
