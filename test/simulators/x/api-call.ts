import type { XAppSide } from './app-side';
import type { XDeliveries } from './deliveries';
import type { XEvent } from './payloads';
import type { XWorld } from './world';

/** One call of the API, taken apart. */
export interface ApiCall {
  method: string;
  /** Behind `/2/`. */
  path: readonly string[];
  query: URLSearchParams;
  /** JSON or form as a record; bytes of an upload are in `raw`. */
  body: Readonly<Record<string, unknown>>;
  raw: Buffer;
  authorization: string | undefined;
  /** Whose token it is; undefined for the app's own. */
  userId: string | undefined;
}

export interface ApiContext {
  world: XWorld;
  app: XAppSide;
  deliveries: XDeliveries;
  uploads: Map<
    string,
    { type: string; category: string; parts: Buffer[]; total: number; checks: number; ready: boolean }
  >;
  emit(events: readonly XEvent[]): void;
}

/** A refusal in X's own words. */
export class XRefusal extends Error {
  constructor(
    readonly status: number,
    readonly body: object,
  ) {
    super(JSON.stringify(body));
  }
}

const PROBLEMS = 'https://api.x.com/2/problems/';

export const problem = (status: number, title: string, type: string, detail = title, more: object = {}) =>
  new XRefusal(status, { title, detail, type: type === 'about:blank' ? type : PROBLEMS + type, status, ...more });

export const unauthorized = () => problem(401, 'Unauthorized', 'about:blank');
export const rateLimited = () => problem(429, 'Too Many Requests', 'about:blank');
export const usageCapped = () =>
  problem(429, 'UsageCapExceeded', 'usage-capped', 'Usage cap exceeded: Monthly product cap', {
    period: 'Monthly',
    scope: 'Product',
  });
export const notPermitted = () =>
  problem(403, 'Forbidden', 'about:blank', 'You are not permitted to perform this action.');
export const duplicate = () =>
  problem(403, 'Forbidden', 'about:blank', 'You are not allowed to create a Tweet with duplicate content.');
export const invalid = (detail: string) => problem(400, 'Invalid Request', 'invalid-request', detail);
export const clientForbidden = () =>
  problem(403, 'Client Forbidden', 'client-forbidden', 'Your client is not allowed this.');

/** What X answers for one thing that is not there: 200 with `errors` beside no data. */
export const notFound = (id: string, type = 'tweet') => ({
  errors: [
    {
      resource_id: id,
      parameter: 'id',
      resource_type: type,
      title: 'Not Found Error',
      value: id,
      detail: `Could not find ${type} with id: [${id}].`,
      type: `${PROBLEMS}resource-not-found`,
    },
  ],
});

export const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
export const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
