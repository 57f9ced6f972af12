import { type ApiAnswer, type ApiCall, notFound, type Params, recordUrl, type Route } from './api';
import { COLLECTION_ROUTES } from './collections';
import { compositeRoutes } from './composite';
import { RequestRefused, rowErrorResponse, RowRefused } from './errors';
import { SOBJECT_ROUTES } from './sobjects';

const OLDEST_VERSION = 31; // 21 to 30 were retired in Summer '25
const NEWEST_VERSION = 64;

const TABLE: readonly Route[] = [
  { method: 'GET', path: 'query', run: (call) => runQuery(call, false) },
  { method: 'GET', path: 'queryAll', run: (call) => runQuery(call, true) },
  { method: 'GET', path: 'query/:locator', run: nextPage },
  { method: 'GET', path: 'queryAll/:locator', run: nextPage },
  { method: 'GET', path: 'limits', run: limits },
  ...SOBJECT_ROUTES,
  ...COLLECTION_ROUTES,
  ...compositeRoutes(dispatchPart),
];
const ROUTES = TABLE.map((entry) => ({ ...entry, pattern: entry.path.split('/') }));

/** GET /services/data. */
export function apiVersions(): { label: string; url: string; version: string }[] {
  const versions = Array.from({ length: NEWEST_VERSION - OLDEST_VERSION + 1 }, (_, index) => OLDEST_VERSION + index);
  return versions.map((number) => ({
    label: releaseName(number),
    url: `/services/data/v${number}.0`,
    version: `${number}.0`,
  }));
}

/** Three releases a year; 62 was Winter '25. */
function releaseName(version: number): string {
  const sinceWinter25 = version - 62;
  const season = ['Winter', 'Spring', 'Summer'][((sinceWinter25 % 3) + 3) % 3];
  return `${season} '${25 + Math.floor(sinceWinter25 / 3)}`;
}

/** Splits `/services/data/v62.0/sobjects/Contact/003…` and refuses versions that are gone or not out yet. */
export function parseDataPath(path: string): Pick<ApiCall, 'base' | 'version' | 'segments'> {
  const [, , , versionText = '', ...rest] = path.split('/');
  const version = Number(/^v(\d+)\.0$/.exec(versionText)?.[1]);
  if (version < OLDEST_VERSION) {
    throw new RequestRefused(410, 'UNSUPPORTED_API_VERSION', `API version ${version}.0 is retired; use a newer one.`);
  }
  if (!(version <= NEWEST_VERSION)) throw notFound();
  const segments = rest.filter((segment) => segment !== '').map(decodeSegment);
  return { base: `/services/data/${versionText}`, version, segments };
}

/** Answers one data call. Rows refused and requests refused become their documented bodies; anything else is a bug. */
export function answerCall(call: ApiCall): ApiAnswer {
  return refusalsAsAnswers(() => call.org.store.atomically(() => route(call)));
}

export function refusalsAsAnswers(work: () => ApiAnswer): ApiAnswer {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof RowRefused) return rowErrorResponse(cause);
    if (cause instanceof RequestRefused) return { status: cause.status, body: cause.items };
    throw cause;
  }
}

function route(call: ApiCall): ApiAnswer {
  let pathKnown = false;
  for (const { method, pattern, run } of ROUTES) {
    const params = matchPath(pattern, call.segments);
    if (!params) continue;
    pathKnown = true;
    if (method === call.method) return run(call, params);
  }
  if (!pathKnown) throw notFound();
  const message = `HTTP Method '${call.method}' not allowed.`;
  throw new RequestRefused(405, 'METHOD_NOT_ALLOWED', message);
}

function matchPath(pattern: readonly string[], segments: readonly string[]): Params | undefined {
  if (pattern.length !== segments.length) return undefined;
  const params: Params = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith(':')) params[part.slice(1)] = segment;
    else if (part !== segment) return undefined;
  }
  return params;
}

function dispatchPart(call: ApiCall, method: string, url: string, body: unknown): ApiAnswer {
  const [path = '', query = ''] = url.split('?', 2);
  return refusalsAsAnswers(() =>
    answerCall({ ...call, ...parseDataPath(path), method, query: new URLSearchParams(query), body }),
  );
}

function runQuery(call: ApiCall, includeDeleted: boolean): ApiAnswer {
  const soql = call.query.get('q');
  if (soql === null) throw new RequestRefused(400, 'MALFORMED_QUERY', 'A query string has to be specified');
  const { totalSize, records } = call.org.soql.run(soql, includeDeleted, (def, id) => recordUrl(call.base, def, id));
  const wanted = /batchSize=(\d+)/.exec(call.headers['sforce-query-options'] ?? '')?.[1];
  return pageAnswer(call, call.org.cursors.open(call.scope.userId, totalSize, records, Number(wanted ?? 2000)));
}

function nextPage(call: ApiCall, { locator = '' }: Params): ApiAnswer {
  return pageAnswer(call, call.org.cursors.next(locator));
}

function pageAnswer(call: ApiCall, page: ReturnType<ApiCall['org']['cursors']['next']>): ApiAnswer {
  const { nextLocator, ...body } = page;
  if (nextLocator === undefined) return { status: 200, body };
  return { status: 200, body: { ...body, nextRecordsUrl: `${call.base}/query/${nextLocator}` } };
}

function limits(call: ApiCall): ApiAnswer {
  const { usage } = call.org;
  return {
    status: 200,
    body: {
      DailyApiRequests: { Max: usage.dailyLimit, Remaining: Math.max(0, usage.dailyLimit - usage.used()) },
      DailyBulkApiBatches: { Max: 15_000, Remaining: 15_000 },
      DataStorageMB: { Max: 1024, Remaining: 1000 },
      FileStorageMB: { Max: 1024, Remaining: 1024 },
    },
  };
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new RequestRefused(400, 'MALFORMED_URL', `The path segment ${segment} is not percent-encoded UTF-8.`);
  }
}
