import { type ApiAnswer, type ApiCall, objectBody, type Route } from './api';
import { RequestRefused } from './errors';
import { isJsonObject } from './values';

interface Part {
  method: string;
  url: string;
  referenceId: string;
  body: unknown;
  headers: Record<string, string | undefined>;
}

interface PartAnswer {
  body: unknown;
  httpHeaders: Record<string, string>;
  httpStatusCode: number;
  referenceId: string;
}

export type Dispatch = (call: ApiCall, method: string, url: string, body: unknown) => ApiAnswer;

const MAX_PARTS = 25;
const MAX_GRAPHS = 75;
const MAX_NODES = 500;

/** `/composite` (one call, optional allOrNone) and `/composite/graph` (each graph all or none). */
export function compositeRoutes(dispatch: Dispatch): readonly Route[] {
  return [
    { method: 'POST', path: 'composite', run: (call) => runComposite(call, dispatch) },
    { method: 'POST', path: 'composite/graph', run: (call) => runGraphs(call, dispatch) },
  ];
}

function runComposite(call: ApiCall, dispatch: Dispatch): ApiAnswer {
  const { compositeRequest, allOrNone } = objectBody(call);
  const parts = partsOf(compositeRequest, MAX_PARTS);
  const { answers } = runParts(call, parts, allOrNone === true, dispatch);
  return { status: 200, body: { compositeResponse: answers } };
}

function runGraphs(call: ApiCall, dispatch: Dispatch): ApiAnswer {
  const { graphs } = objectBody(call);
  if (!Array.isArray(graphs) || graphs.length > MAX_GRAPHS || !graphs.every(isJsonObject)) {
    throw new RequestRefused(400, 'INVALID_INPUT', `graphs must be a list of at most ${MAX_GRAPHS} graphs`);
  }
  const parsed = graphs.map(({ graphId, compositeRequest }) => ({
    graphId: String(graphId),
    parts: partsOf(compositeRequest, MAX_NODES),
  }));
  if (parsed.reduce((nodes, { parts }) => nodes + parts.length, 0) > MAX_NODES) {
    throw new RequestRefused(400, 'INVALID_INPUT', `A payload has at most ${MAX_NODES} nodes`);
  }
  const body = parsed.map(({ graphId, parts }) => {
    const { answers, failed } = runParts(call, parts, true, dispatch);
    return { graphId, graphResponse: { compositeResponse: answers }, isSuccessful: !failed };
  });
  return { status: 200, body: { graphs: body } };
}

/** Parts run in order; one that refers to a failed part is halted, and with `allOrNone` all of them are. */
function runParts(call: ApiCall, parts: Part[], allOrNone: boolean, dispatch: Dispatch) {
  const { store } = call.org;
  let answers: PartAnswer[] = [];
  try {
    store.atomically(() => {
      const results = new Map<string, unknown>();
      for (const part of parts) {
        const answer = runPart(call, part, results, dispatch);
        answers.push(answer);
        if (answer.httpStatusCode < 300) results.set(part.referenceId, answer.body);
        else if (allOrNone) throw new Halted();
      }
    });
    return { answers, failed: answers.some(({ httpStatusCode }) => httpStatusCode >= 300) };
  } catch (cause) {
    if (!(cause instanceof Halted)) throw cause;
    answers = parts.map((part, index) => {
      const answer = answers[index];
      return answer && answer.httpStatusCode >= 300 ? answer : halted(part.referenceId);
    });
    return { answers, failed: true };
  }
}

class Halted extends Error {}

function runPart(call: ApiCall, part: Part, results: Map<string, unknown>, dispatch: Dispatch): PartAnswer {
  const [url, body] = [resolveText(part.url, results), resolve(part.body, results)];
  if (url === undefined || body === UNRESOLVED) return halted(part.referenceId);
  const answer = dispatch({ ...call, headers: { ...call.headers, ...part.headers } }, part.method, url, body);
  return {
    body: answer.body ?? null,
    httpHeaders: answer.headers ?? {},
    httpStatusCode: answer.status,
    referenceId: part.referenceId,
  };
}

function halted(referenceId: string): PartAnswer {
  const message = 'The transaction was rolled back since another operation in the same transaction failed.';
  return { body: [{ errorCode: 'PROCESSING_HALTED', message }], httpHeaders: {}, httpStatusCode: 400, referenceId };
}

const UNRESOLVED = Symbol('refers to a part that failed');
const REFERENCE = /@\{([A-Za-z]\w*)((?:\.\w+|\[\d+\])*)\}/g;

function resolve(value: unknown, results: Map<string, unknown>): unknown {
  if (typeof value === 'string') return resolveText(value, results) ?? UNRESOLVED;
  if (Array.isArray(value)) {
    const items = value.map((item) => resolve(item, results));
    return items.includes(UNRESOLVED) ? UNRESOLVED : items;
  }
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([name, item]) => [name, resolve(item, results)] as const);
  return entries.some(([, item]) => item === UNRESOLVED) ? UNRESOLVED : Object.fromEntries(entries);
}

function resolveText(text: string, results: Map<string, unknown>): string | undefined {
  let missing = false;
  const resolved = text.replace(REFERENCE, (_, referenceId: string, path: string) => {
    let value = results.get(referenceId);
    for (const [step] of path.matchAll(/\w+/g)) {
      value = Array.isArray(value) ? value[Number(step)] : isJsonObject(value) ? value[step] : undefined;
    }
    if (typeof value === 'string' || typeof value === 'number') return String(value);
    missing = true;
    return '';
  });
  return missing ? undefined : resolved;
}

function partsOf(list: unknown, max: number): Part[] {
  if (!Array.isArray(list) || list.length > max) {
    throw new RequestRefused(400, 'INVALID_INPUT', `compositeRequest must be a list of at most ${max} subrequests`);
  }
  const parts = list.map((item: unknown): Part => {
    const { method, url, referenceId, body, httpHeaders } = isJsonObject(item) ? item : {};
    if (typeof method !== 'string' || typeof url !== 'string' || typeof referenceId !== 'string') {
      throw new RequestRefused(400, 'INVALID_INPUT', 'A subrequest needs method, url and referenceId');
    }
    if (!/^[A-Za-z]\w*$/.test(referenceId)) {
      throw new RequestRefused(
        400,
        'INVALID_INPUT',
        `referenceId ${referenceId} must be letters, digits and underscores`,
      );
    }
    return { method, url, referenceId, body, headers: lowerCased(httpHeaders) };
  });
  if (new Set(parts.map(({ referenceId }) => referenceId)).size < parts.length) {
    throw new RequestRefused(400, 'INVALID_INPUT', 'referenceId must be unique within a request');
  }
  return parts;
}

function lowerCased(headers: unknown): Record<string, string> {
  if (!isJsonObject(headers)) return {};
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
