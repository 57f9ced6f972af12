/**
 * What a failure asks of us.
 * - `retry`: time heals it; safe because every write is an upsert by key
 * - `limit`: the org takes nothing more for now; the whole connection waits
 * - `reauth`: the login is gone and a new one did not help; an admin must look
 * - `park`: someone must change something, in the CRM or in the data
 * - `fix`: we can change the record ourselves and send it once more
 * - `bug`: our own mistake; parked like `park`, and logged as an error
 */
export type FailureKind = 'retry' | 'limit' | 'reauth' | 'park' | 'fix' | 'bug';

export interface Failure {
  kind: FailureKind;
  code: string;
  /** The server's words, cut to 500 characters. May quote field values: for admins, not for logs or events. */
  message: string;
  fields: string[];
  /** The parent named by key is not there yet: write it, then try again. */
  missingParent?: boolean;
  /** Refused only because another row was: its own try does not count. */
  bystander?: boolean;
}

/** One entry of `errors` in a collections answer. Note `statusCode`, where other answers say `errorCode`. */
export interface RowError {
  statusCode: string;
  message: string;
  fields?: string[];
}

const MESSAGE_LENGTH = 500; // an HTML error page can be anything

/** https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_concepts_core_data_objects.htm */
const KINDS: Record<FailureKind, readonly string[]> = {
  retry: [
    'UNKNOWN_EXCEPTION',
    'SERVER_UNAVAILABLE',
    'UNABLE_TO_LOCK_ROW',
    'QUERY_TIMEOUT',
    'REQUEST_RUNNING_TOO_LONG',
    'OPERATION_TOO_LARGE',
    'ALL_OR_NONE_OPERATION_ROLLED_BACK',
    'PROCESSING_HALTED',
    'BATCH_PROCESSING_HALTED',
    'INVALID_QUERY_LOCATOR',
  ],
  limit: ['INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE', 'API_CURRENTLY_DISABLED', 'STORAGE_LIMIT_EXCEEDED'],
  reauth: [
    'INVALID_SESSION_ID',
    'LOGIN_OAUTH_INVALID_TOKEN',
    'INVALID_OPERATION_WITH_EXPIRED_PASSWORD',
    'API_DISABLED_FOR_ORG',
    'INVALID_LOGIN',
    'invalid_grant',
    'invalid_request',
    'inactive_user',
    'inactive_org',
    'invalid_client',
    'invalid_client_id',
    'invalid_client_credentials',
    'invalid_app_access',
    'app_not_found',
    'unsupported_grant_type',
    'unauthorized_client',
    'access_denied',
  ],
  park: [
    'DUPLICATES_DETECTED',
    'DUPLICATE_EXTERNAL_ID',
    'MULTIPLE_CHOICES',
    'FIELD_CUSTOM_VALIDATION_EXCEPTION',
    'FIELD_INTEGRITY_EXCEPTION',
    'REQUIRED_FIELD_MISSING',
    'FIELD_FILTER_VALIDATION_EXCEPTION',
    'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
    'CANNOT_EXECUTE_FLOW_TRIGGER',
    'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
    'APEX_ERROR',
    'INVALID_EMAIL_ADDRESS',
    'NUMBER_OUTSIDE_VALID_RANGE',
    'INSUFFICIENT_ACCESS_OR_READONLY',
    'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
    'INSUFFICIENT_ACCESS',
    'TRANSFER_REQUIRES_READ',
    'ENTITY_IS_LOCKED',
    'INVALID_FIELD',
    'INVALID_TYPE',
    'NOT_FOUND',
    'INACTIVE_OWNER_OR_USER',
    'OP_WITH_INVALID_USER_TYPE_EXCEPTION',
  ],
  fix: [
    'ENTITY_IS_DELETED',
    'INVALID_CROSS_REFERENCE_KEY',
    'CANNOT_UPDATE_CONVERTED_LEAD',
    'INVALID_FIELD_FOR_INSERT_UPDATE',
    'STRING_TOO_LONG',
    'DUPLICATE_VALUE',
  ],
  bug: [
    'TEXT_DATA_OUTSIDE_SUPPORTED_CHARSET',
    'JSON_PARSER_ERROR',
    'MALFORMED_ID',
    'MALFORMED_QUERY',
    'MALFORMED_SEARCH',
    'MISSING_ARGUMENT',
    'INVALID_ID_FIELD',
    'METHOD_NOT_ALLOWED',
    'UNSUPPORTED_MEDIA_TYPE',
    'URI_TOO_LONG',
    'EXCEEDED_ID_LIMIT',
    'INVALID_INPUT',
    'GONE',
    'UNSUPPORTED_API_VERSION',
  ],
};

const KIND_OF = new Map<string, FailureKind>(
  Object.entries(KINDS).flatMap(([kind, codes]) => codes.map((code) => [code, kind as FailureKind] as const)),
);

const BYSTANDERS = new Set(['ALL_OR_NONE_OPERATION_ROLLED_BACK', 'PROCESSING_HALTED', 'BATCH_PROCESSING_HALTED']);
const BUG_STATUSES = new Set([405, 410, 414, 415, 431]);

/** When several things are wrong with one row, the one that decides. */
const GRAVEST: readonly FailureKind[] = ['reauth', 'limit', 'bug', 'park', 'fix', 'retry'];

/** What one refused row of a collections answer asks for. */
export function classifyRow(errors: readonly RowError[]): Failure {
  const failures = errors.map((e) => failureOf(e.statusCode, e.message, e.fields));
  return gravest(failures) ?? failureOf('UNKNOWN_ROW_ERROR', 'Salesforce refused the row without a reason.');
}

/**
 * What a failed call asks for. jsforce gives five shapes: an API error with `errorCode`; one with several errors in
 * `data`; the 300 of an ambiguous key; an OAuth error that is a plain Error with a telling `name`; and network errors
 * with neither, whose outcome is unknown.
 */
export function classify(error: unknown): Failure {
  if (!(error instanceof Error)) return { ...failureOf('NETWORK', String(error)), kind: 'retry' };
  const { errorCode, data } = error as Error & { errorCode?: unknown; data?: unknown };
  if (errorCode === 'MULTIPLE_API_ERRORS' && Array.isArray(data)) {
    const failures = (data as unknown[]).flatMap((item) => apiErrorOf(item) ?? []);
    return gravest(failures) ?? failureOf('MULTIPLE_API_ERRORS', error.message);
  }
  if (typeof errorCode === 'string') return failureOf(errorCode, error.message);
  if (KIND_OF.has(error.name) || error.name.startsWith('ERROR_HTTP_')) return failureOf(error.name, error.message);
  if (/^[a-z]+(_[a-z]+)+$/.test(error.name)) return { ...failureOf(error.name, error.message), kind: 'reauth' };
  if (error.message.startsWith('Unable to refresh session')) return failureOf('INVALID_SESSION_ID', error.message);
  return { ...failureOf('NETWORK', error.message), kind: 'retry' };
}

function apiErrorOf(item: unknown): Failure | undefined {
  const { errorCode, statusCode, message, fields } = (item ?? {}) as Record<string, unknown>;
  const code = errorCode ?? statusCode;
  if (typeof code !== 'string') return undefined;
  return failureOf(code, typeof message === 'string' ? message : '', Array.isArray(fields) ? fields.map(String) : []);
}

function failureOf(code: string, message: string, fields: readonly string[] = []): Failure {
  const failure: Failure = {
    kind: kindOf(code, message),
    code,
    message: message.slice(0, MESSAGE_LENGTH),
    fields: [...fields],
  };
  if (isMissingParent(code, message)) failure.missingParent = true;
  if (BYSTANDERS.has(code)) failure.bystander = true;
  return failure;
}

function kindOf(code: string, message: string): FailureKind {
  const status = /^ERROR_HTTP_(\d+)$/.exec(code)?.[1];
  if (status) return kindOfStatus(Number(status));
  // one code for the day's quota and for too many long calls at once
  if (code === 'REQUEST_LIMIT_EXCEEDED') return message.startsWith('ConcurrentRequests') ? 'retry' : 'limit';
  if (isMissingParent(code, message)) return 'retry';
  return KIND_OF.get(code) ?? 'park';
}

function kindOfStatus(status: number): FailureKind {
  if (status === 401) return 'reauth';
  if (BUG_STATUSES.has(status)) return 'bug';
  return status === 408 || status === 420 || status === 429 || status >= 500 ? 'retry' : 'park';
}

/** The code says a field is wrong; the words say that the parent is not there. */
function isMissingParent(code: string, message: string): boolean {
  return code === 'INVALID_FIELD' && /^Foreign key external ID: .* not found/s.test(message);
}

const gravest = (failures: readonly Failure[]): Failure | undefined =>
  failures.toSorted((a, b) => GRAVEST.indexOf(a.kind) - GRAVEST.indexOf(b.kind))[0];

/** A call to the CRM that failed, with what it asks of us. */
export class CallFailed extends Error {
  readonly failure: Failure;
  constructor(cause: unknown) {
    const failure = classify(cause);
    super(`Salesforce answered ${failure.code}.`, { cause });
    this.name = 'CallFailed';
    this.failure = failure;
  }
}
