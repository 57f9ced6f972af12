/** A refusal as the Cloud API writes it, inside `{ error: … }`. */
export class CloudError extends Error {
  constructor(
    readonly status: number,
    readonly body: Readonly<Record<string, unknown>>,
  ) {
    super(String(body['message']));
  }
}

const TRACE = 'AinventedTraceId7890';

export function cloudError(code: number, title: string, details?: string, status = 400, subcode?: number): CloudError {
  return new CloudError(status, {
    message: `(#${code}) ${title}`,
    type: 'OAuthException',
    code,
    ...(subcode === undefined ? {} : { error_subcode: subcode }),
    ...(details === undefined ? {} : { error_data: { messaging_product: 'whatsapp', details } }),
    fbtrace_id: TRACE,
  });
}

/** Refusals a fault rule may ask for by name; the first three are the recorded samples. */
export const NAMED_ERRORS = {
  pair_rate_limit: () =>
    cloudError(
      131056,
      '(Business Account, Consumer Account) pair rate limit hit',
      'Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time.',
    ),
  throughput: () => cloudError(130429, 'Rate limit hit', 'Too many messages in a short period.'),
  token_expired: () =>
    new CloudError(401, {
      message: 'Error validating access token: Session has expired.',
      type: 'OAuthException',
      code: 190,
      error_subcode: 463,
      fbtrace_id: 'AinventedTraceId7891',
    }),
  account_locked: () => cloudError(131031, 'Business Account locked', 'The account has been restricted.', 403),
  spam_rate: () => cloudError(131048, 'Spam rate limit hit', 'Too many previous messages were blocked or flagged.'),
  window_closed: () => cloudError(131047, 'Re-engagement message', 'More than 24 hours have passed.'),
  reaction_target: () => cloudError(131009, 'Parameter value is not valid', 'There is no such message to react to.'),
  undeliverable: () => cloudError(131026, 'Message undeliverable', 'Message Undeliverable.'),
  temporary: () => cloudError(131016, 'Service unavailable', 'A service is temporarily unavailable.', 503),
  unknown: () => cloudError(1, 'An unknown error occurred', undefined, 500),
  upload_failed: () => cloudError(131053, 'Media upload error', 'Unsupported media type.'),
  permission: () => cloudError(10, 'Application does not have permission for this action', undefined, 403),
  management_rate: () => cloudError(80007, 'Rate limit issues', 'The account has reached its limit of calls.'),
} as const satisfies Record<string, () => CloudError>;

export type NamedError = keyof typeof NAMED_ERRORS;

export const gone = (id: string): CloudError =>
  cloudError(100, `Object with ID '${id}' does not exist or cannot be loaded`, undefined, 400, 33);
