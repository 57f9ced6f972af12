import { type EffectLog } from './effects';
import { graphError } from './graph-errors';
import { type JsonObject, type WebhookEvent } from './events';
import { type Account, type Token, type World } from './world';

export interface GraphContext {
  world: World;
  effects: EffectLog;
  appId: string;
  /** Whether Instagram's echoes carry app id and metadata too. */
  instagramEchoMetadata: boolean;
}

export interface GraphCall {
  method: string;
  /** Path parts after the version, `me` already resolved. */
  node: string;
  edge: string;
  /** Query and body together; the body wins. */
  params: JsonObject;
  token: Token;
  /** Address of this call without its query, for paging links. */
  address: string;
}

export interface GraphAnswer {
  body: unknown;
  /** Webhooks that follow from the call. */
  events?: WebhookEvent[];
}

export const objectGone = () => {
  const message =
    'Object does not exist, cannot be loaded due to missing permissions, or does not support this operation.';
  return graphError(100, message, 33);
};

export function text(params: JsonObject, name: string): string | undefined {
  const value = params[name];
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

export function objectParam(params: JsonObject, name: string): JsonObject | undefined {
  const value = params[name];
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  if (typeof value !== 'string') return undefined;
  // Graph takes JSON inside form fields.
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

/** The account a call acts as; a token of another account is refused as the real API does. */
export function actingAccount(context: GraphContext, call: GraphCall, accountId: string): Account {
  const account = context.world.accounts.get(accountId);
  if (!account) throw objectGone();
  if (!call.token.accountIds.includes(account.id)) {
    throw graphError(200, 'The access token does not belong to this account or lacks permission.', undefined, 403);
  }
  return account;
}

/** Query and body (JSON or form) as one object. */
export function readParams(query: URLSearchParams, contentType: string, body: string): JsonObject {
  const fromQuery = Object.fromEntries(query);
  if (body === '') return fromQuery;
  if (contentType.includes('multipart/')) return { ...fromQuery, ...formParts(body) };
  if (!contentType.includes('json')) return { ...fromQuery, ...Object.fromEntries(new URLSearchParams(body)) };
  try {
    return { ...fromQuery, ...(JSON.parse(body) as JsonObject) };
  } catch {
    throw graphError(100, 'The request body is not valid JSON.');
  }
}

/** The parts of a form by name; of a file only what it is called. */
function formParts(body: string): JsonObject {
  const parts = body.matchAll(/name="([^"]+)"(?:; filename="([^"]+)")?[^]*?\r\n\r\n([^]*?)\r\n--/g);
  return Object.fromEntries([...parts].map(([, name, file, content]) => [name, file ?? content]));
}

export interface FieldTree {
  [name: string]: { argument?: string; limit?: number; fields?: FieldTree };
}

const FIELD = /([a-z_]+)((?:\.[a-z_]+\([^)]*\))*)(\{)?|([},])/gy;

/** Reads `id,from{id},messages.limit(20){id,message}` into a tree, with a stack instead of recursion. */
export function parseFields(source: string): FieldTree {
  const root: FieldTree = {};
  const stack: FieldTree[] = [root];
  FIELD.lastIndex = 0;
  for (let match = FIELD.exec(source); match !== null; match = FIELD.exec(source)) {
    const [, name, modifiers = '', opens, mark] = match;
    if (mark === '}') stack.pop();
    if (name === undefined) continue;
    const limit = /\.limit\((\d+)\)/.exec(modifiers)?.[1];
    const argument = /\.(?:comment_id|media_id)\(([^)]*)\)/.exec(modifiers)?.[1];
    const fields = opens === undefined ? undefined : {};
    const top = stack.at(-1) ?? root;
    top[name] = { argument, limit: limit === undefined ? undefined : Number(limit), fields };
    if (fields) stack.push(fields);
  }
  return root;
}

/** Keeps what was asked for; `id` always comes along. A name the object does not have is an error, as on Graph. */
export function pick(full: JsonObject, fields: FieldTree): JsonObject {
  const result: JsonObject = {};
  for (const name of new Set([...Object.keys(fields), 'id'])) {
    if (!(name in full)) {
      if (name === 'id') continue;
      throw graphError(100, `Tried accessing nonexisting field (${name})`);
    }
    if (full[name] !== undefined) result[name] = full[name];
  }
  return result;
}

/** One page of a list with Graph's cursors; they are offsets in disguise, good for this run only. */
export function page(items: readonly JsonObject[], call: GraphCall): JsonObject {
  const limit = Math.min(100, Math.max(1, Number(text(call.params, 'limit') ?? 25)));
  const after = text(call.params, 'after');
  const start = after === undefined ? 0 : Number(Buffer.from(after, 'base64url').toString('ascii'));
  if (!Number.isSafeInteger(start)) throw graphError(100, 'Invalid cursors values');
  const end = start + limit;
  const data = items.slice(start, end);
  const cursor = (offset: number) => Buffer.from(String(offset)).toString('base64url');
  if (data.length === 0) return { data };
  const cursors = { before: cursor(start), after: cursor(Math.min(end, items.length)) };
  if (end >= items.length) return { data, paging: { cursors } };
  const next = new URLSearchParams({ limit: String(limit), after: cursors.after });
  const asked = text(call.params, 'fields');
  if (asked !== undefined) next.set('fields', asked);
  return { data, paging: { cursors, next: `${call.address}?${next.toString()}` } };
}
