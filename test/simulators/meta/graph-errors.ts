/** A Graph error body inside `{ error: … }`. */
export interface GraphErrorBody {
  message: string;
  type: string;
  code: number;
  error_subcode?: number;
  is_transient?: boolean;
  fbtrace_id: string;
}

export class GraphError extends Error {
  constructor(
    readonly status: number,
    readonly body: GraphErrorBody,
  ) {
    super(body.message);
  }
}

const FBTRACE = 'AinventedTraceId0123456';
const OUTSIDE = '(#10) This message is sent outside of allowed window.';

/** The recorded error answers (`error_<name>.json`), each with the HTTP status it travels under. */
export const RECORDED_ERRORS = {
  outside_window: [400, { message: OUTSIDE, type: 'OAuthException', code: 10, error_subcode: 2018278 }],
  ig_outside_window: [400, { message: OUTSIDE, type: 'IGApiException', code: 10, error_subcode: 2534022 }],
  object_gone: [
    400,
    {
      message: 'Unsupported get request. Object does not exist or cannot be loaded.',
      type: 'GraphMethodException',
      code: 100,
      error_subcode: 33,
    },
  ],
  policy_block: [
    403,
    {
      message: '(#368) The action attempted has been deemed abusive or is otherwise disallowed',
      type: 'OAuthException',
      code: 368,
    },
  ],
  rate_limited: [
    400,
    { message: '(#613) Calls to this api have exceeded the rate limit.', type: 'OAuthException', code: 613 },
  ],
  token_expired: [
    401,
    {
      message: 'Error validating access token: Session has expired.',
      type: 'OAuthException',
      code: 190,
      error_subcode: 463,
    },
  ],
  token_password_changed: [
    401,
    {
      message: 'Error validating access token: the session was invalidated because the user changed their password.',
      type: 'OAuthException',
      code: 190,
      error_subcode: 460,
    },
  ],
  transient: [
    500,
    {
      message: 'An unexpected error has occurred. Please retry your request later.',
      type: 'OAuthException',
      code: 2,
      is_transient: true,
    },
  ],
  user_unavailable: [
    400,
    {
      message: "(#551) This person isn't available right now.",
      type: 'OAuthException',
      code: 551,
      error_subcode: 1545041,
    },
  ],
} as const satisfies Record<string, readonly [number, Omit<GraphErrorBody, 'fbtrace_id'>]>;

export type RecordedError = keyof typeof RECORDED_ERRORS;

export function recordedError(name: RecordedError): GraphError {
  const [status, body] = RECORDED_ERRORS[name];
  return new GraphError(status, { ...body, fbtrace_id: FBTRACE });
}

export function graphError(code: number, message: string, subcode?: number, status = 400): GraphError {
  const sub = subcode === undefined ? {} : { error_subcode: subcode };
  const text = `(#${code}) ${message}`;
  return new GraphError(status, { message: text, type: 'OAuthException', code, ...sub, fbtrace_id: FBTRACE });
}
