import type { Words } from './types';

export interface FieldProblem {
  path: string;
  problem: string;
  words?: Words;
  /** What the workspace calls a field of its own. */
  labelFa?: string;
  labelEn?: string;
}

/** A refusal of the server, or a request that never reached it (`status` 0, `code` "unreachable"). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Record<string, unknown> = {},
    /** The reason as a person is told it; `message` is for scripts. */
    readonly words?: Words,
  ) {
    super(message);
    this.name = 'ApiError';
  }

  /** Problems by field path, for forms. */
  get fields(): FieldProblem[] {
    return Array.isArray(this.details.fields) ? (this.details.fields as FieldProblem[]) : [];
  }
}

interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

let csrfToken: string | null = null;
let onSignedOut: () => void = () => {};

/** The token every change must carry; it arrives with the session. */
export const setCsrfToken = (token: string | null) => {
  csrfToken = token;
};

/** What a change made past `request` must carry. */
export const csrfHeader = (): Record<string, string> => (csrfToken ? { 'x-csrf-token': csrfToken } : {});

/** Called when a request finds that the session has ended. */
export const whenSignedOut = (listener: () => void) => {
  onSignedOut = listener;
};

/** One request under `/api/v1`. Throws `ApiError` for every answer that is not a success. */
export async function request<T>(
  path: string,
  { method = 'GET', body, headers = {}, signal }: RequestOptions = {},
): Promise<T> {
  const sent: Record<string, string> = { accept: 'application/json', ...headers };
  if (body !== undefined) sent['content-type'] = 'application/json';
  if (method !== 'GET' && csrfToken) sent['x-csrf-token'] = csrfToken;
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      headers: sent,
      credentials: 'same-origin',
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError(0, 'unreachable', 'The server could not be reached.');
  }
  const answer: unknown = response.status === 204 ? null : await response.json().catch(() => null);
  if (response.ok) return answer as T;
  if (response.status === 401 && !path.startsWith('/auth/')) onSignedOut();
  throw refusalOf(response.status, answer, response.statusText, response.headers.get('retry-after'));
}

/** The refusal in an answer that is not a success. */
export function refusalOf(status: number, answer: unknown, statusText: string, retryAfter: string | null): ApiError {
  interface Refusal {
    code?: string;
    message?: string;
    details?: Record<string, unknown>;
    words?: Words;
  }
  const error = (answer as { error?: Refusal } | null)?.error;
  const details = { ...error?.details };
  const seconds = Number(retryAfter);
  if (seconds > 0 && details.retryAfterSeconds === undefined) details.retryAfterSeconds = seconds;
  return new ApiError(status, error?.code ?? 'unavailable', error?.message ?? statusText, details, error?.words);
}

// Lists of people, channels or articles are short; this only keeps a server gone wrong from holding us forever.
const MOST_PAGES = 40;

/** All pages of a list that is short enough to be read whole. */
export async function requestAll<T>(path: string, signal?: AbortSignal): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const separator = path.includes('?') ? '&' : '?';
    const from: string = cursor === null ? path : `${path}${separator}cursor=${encodeURIComponent(cursor)}`;
    const answer: { items: T[]; nextCursor: string | null } = await request(from, { signal });
    items.push(...answer.items);
    cursor = answer.nextCursor;
    if (cursor === null) break;
  }
  return items;
}

/** A query string without the empty parts, with its question mark; "" when nothing is left. */
export function queryString(parameters: Record<string, string | number | null | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== null && value !== undefined && value !== '') search.set(name, String(value));
  const text = search.toString();
  return text ? `?${text}` : '';
}
