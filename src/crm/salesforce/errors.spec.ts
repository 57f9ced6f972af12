import { CallFailed, classify, classifyRow, type FailureKind } from './errors';

/** Errors as jsforce throws them. */
const api = (errorCode: string, message = '', data?: unknown) =>
  Object.assign(new Error(message), { name: errorCode, errorCode, data });
const named = (name: string, message = '') => Object.assign(new Error(message), { name });

describe('what a failed call asks for', () => {
  it.each<[string, unknown, FailureKind, string]>([
    ['an API error', api('UNABLE_TO_LOCK_ROW'), 'retry', 'UNABLE_TO_LOCK_ROW'],
    ['a dead session', api('INVALID_SESSION_ID', 'Session expired or invalid'), 'reauth', 'INVALID_SESSION_ID'],
    [
      'several errors: the gravest',
      api('MULTIPLE_API_ERRORS', '', [
        { errorCode: 'UNABLE_TO_LOCK_ROW' },
        { errorCode: 'INVALID_FIELD', message: 'x' },
      ]),
      'park',
      'INVALID_FIELD',
    ],
    ['several errors without a body', api('MULTIPLE_API_ERRORS', 'x', []), 'park', 'MULTIPLE_API_ERRORS'],
    ['an ambiguous key', api('MULTIPLE_CHOICES', 'Multiple records found'), 'park', 'MULTIPLE_CHOICES'],
    ['a page of HTML', api('ERROR_HTTP_503', '<html>'), 'retry', 'ERROR_HTTP_503'],
    ['a 401 without a code', api('ERROR_HTTP_401'), 'reauth', 'ERROR_HTTP_401'],
    ['too many requests', api('ERROR_HTTP_429'), 'retry', 'ERROR_HTTP_429'],
    ['a retired version', api('ERROR_HTTP_410'), 'bug', 'ERROR_HTTP_410'],
    ['an unknown client error', api('ERROR_HTTP_409'), 'park', 'ERROR_HTTP_409'],
    ['an OAuth refusal', named('invalid_grant', "user hasn't approved this consumer"), 'reauth', 'invalid_grant'],
    ['an OAuth refusal nobody listed', named('some_new_refusal'), 'reauth', 'some_new_refusal'],
    ['an outage of the login', named('ERROR_HTTP_503'), 'retry', 'ERROR_HTTP_503'],
    [
      'a refresh that failed',
      new Error('Unable to refresh session due to: No refresh token found'),
      'reauth',
      'INVALID_SESSION_ID',
    ],
    ['a reset connection', named('FetchError', 'read ECONNRESET'), 'retry', 'NETWORK'],
    ['a failed fetch', new TypeError('fetch failed'), 'retry', 'NETWORK'],
    ['an abort', named('AbortError'), 'retry', 'NETWORK'],
    ['no error at all', 'boom', 'retry', 'NETWORK'],
    [
      "the day's quota",
      api('REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'),
      'limit',
      'REQUEST_LIMIT_EXCEEDED',
    ],
    [
      'too many long calls',
      api('REQUEST_LIMIT_EXCEEDED', 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.'),
      'retry',
      'REQUEST_LIMIT_EXCEEDED',
    ],
    ['a code of tomorrow', api('SOMETHING_NEW'), 'park', 'SOMETHING_NEW'],
  ])('%s', (_, error, kind, code) => expect(classify(error)).toMatchObject({ kind, code }));

  it('keeps a page of HTML short', () => {
    expect(classify(api('ERROR_HTTP_502', 'x'.repeat(90_000))).message.length).toBe(500);
  });

  it('says the code and never the words', () => {
    const failed = new CallFailed(api('STRING_TOO_LONG', 'data value too large: my secret'));
    expect(failed.message).toBe('Salesforce answered STRING_TOO_LONG.');
  });
});

describe('what a refused row asks for', () => {
  const row = (statusCode: string, message = '') => classifyRow([{ statusCode, message, fields: ['Body__c'] }]);

  it('a parent that is not there is waited for, though the code says the field is wrong', () => {
    const missing = row(
      'INVALID_FIELD',
      'Foreign key external ID: c_1 not found for field Conversation_Key__c in entity Social_Conversation__c',
    );
    expect(missing).toMatchObject({ kind: 'retry', missingParent: true });
    expect(row('INVALID_FIELD', "No such column 'Boby__c'")).toMatchObject({ kind: 'park' });
  });

  it('an innocent bystander is told apart', () => {
    expect(row('ALL_OR_NONE_OPERATION_ROLLED_BACK')).toMatchObject({ kind: 'retry', bystander: true });
    expect(row('UNABLE_TO_LOCK_ROW').bystander).toBeUndefined();
  });

  it('of several errors the gravest decides, and none is still an answer', () => {
    const errors = ['UNABLE_TO_LOCK_ROW', 'FIELD_CUSTOM_VALIDATION_EXCEPTION'].map((statusCode) => ({
      statusCode,
      message: '',
    }));
    expect(classifyRow(errors)).toMatchObject({ kind: 'park', code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION' });
    expect(classifyRow([])).toMatchObject({ kind: 'park' });
  });

  const TABLE: [FailureKind, string[]][] = [
    [
      'retry',
      [
        'UNKNOWN_EXCEPTION',
        'SERVER_UNAVAILABLE',
        'UNABLE_TO_LOCK_ROW',
        'QUERY_TIMEOUT',
        'REQUEST_RUNNING_TOO_LONG',
        'OPERATION_TOO_LARGE',
        'PROCESSING_HALTED',
        'BATCH_PROCESSING_HALTED',
        'INVALID_QUERY_LOCATOR',
      ],
    ],
    [
      'limit',
      [
        'REQUEST_LIMIT_EXCEEDED',
        'STORAGE_LIMIT_EXCEEDED',
        'INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE',
        'API_CURRENTLY_DISABLED',
      ],
    ],
    ['reauth', ['INVALID_SESSION_ID', 'INVALID_OPERATION_WITH_EXPIRED_PASSWORD', 'API_DISABLED_FOR_ORG']],
    [
      'park',
      [
        'DUPLICATES_DETECTED',
        'DUPLICATE_EXTERNAL_ID',
        'FIELD_CUSTOM_VALIDATION_EXCEPTION',
        'FIELD_INTEGRITY_EXCEPTION',
        'REQUIRED_FIELD_MISSING',
        'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
        'CANNOT_EXECUTE_FLOW_TRIGGER',
        'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
        'APEX_ERROR',
        'INVALID_EMAIL_ADDRESS',
        'NUMBER_OUTSIDE_VALID_RANGE',
        'INSUFFICIENT_ACCESS_OR_READONLY',
        'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
        'ENTITY_IS_LOCKED',
        'INVALID_FIELD',
        'INVALID_TYPE',
        'NOT_FOUND',
        'INACTIVE_OWNER_OR_USER',
      ],
    ],
    [
      'fix',
      [
        'ENTITY_IS_DELETED',
        'INVALID_CROSS_REFERENCE_KEY',
        'CANNOT_UPDATE_CONVERTED_LEAD',
        'INVALID_FIELD_FOR_INSERT_UPDATE',
        'STRING_TOO_LONG',
        'DUPLICATE_VALUE',
      ],
    ],
    [
      'bug',
      [
        'TEXT_DATA_OUTSIDE_SUPPORTED_CHARSET',
        'JSON_PARSER_ERROR',
        'MALFORMED_ID',
        'MALFORMED_QUERY',
        'MISSING_ARGUMENT',
        'INVALID_ID_FIELD',
      ],
    ],
  ];
  it.each(TABLE.flatMap(([kind, codes]) => codes.map((code) => [code, kind] as const)))('%s → %s', (code, kind) =>
    expect(row(code).kind).toBe(kind),
  );

  it.each([
    'ALREADY_IN_PROCESS',
    'ASSIGNEE_TYPE_REQUIRED',
    'CIRCULAR_DEPENDENCY',
    'CONFLICTING_ENVIRONMENT_HUB_MEMBER',
    'DELETE_FAILED',
    'DEPENDENCY_EXISTS',
    'EMAIL_NOT_PROCESSED_DUE_TO_PRIOR_ERROR',
    'ENTITY_FAILED_IFLASTMODIFIED_ON_UPDATE',
    'FEATURE_NOT_ENABLED',
    'ID_REQUIRED',
    'INVALID_OPERATION',
    'LIMIT_EXCEEDED',
    'NUM_HISTORY_FIELDS_BY_SOBJECT_EXCEEDED',
    'SYSTEM_MODSTAMP_X',
    'TOO_MANY_APEX_REQUESTS',
    'TXN_SECURITY_METERING_ERROR',
    'WEBLINK_SIZE_LIMIT_EXCEEDED',
    '',
  ])('an unlisted code waits for a person: %s', (code) => expect(row(code).kind).toBe('park'));
});
