import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { unstorable } from './bad-values';
import { DomainError, type ErrorCode } from './errors';

const STATUS: Record<ErrorCode, number> = {
  bad_request: 400,
  validation_failed: 422,
  unauthenticated: 401,
  csrf_failed: 403,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  already_claimed: 409,
  capacity_full: 409,
  stale_reply: 409,
  idempotency_key_reused: 422,
  idempotency_in_progress: 409,
  invalid_transition: 409,
  send_refused: 422,
  capability_missing: 422,
  payload_too_large: 413,
  storage_full: 409,
  unsupported_media_type: 415,
  rate_limited: 429,
  resync: 410,
  unavailable: 503,
  misconfigured: 500,
};

export interface ErrorBody {
  error: {
    code: string;
    /** English, for scripts and their authors */
    message: string;
    details: Record<string, unknown>;
    /** Which sentence it is, with what stood in it, and its words for a person. */
    reason?: string;
    values?: Readonly<Record<string, string>>;
    words?: { readonly fa: string; readonly en: string };
  };
}

/** Adds to a refusal what a person is told; the platform itself knows no words. */
export type Telling = (body: ErrorBody) => ErrorBody;

export const errorBody = (code: string, message: string, details: Record<string, unknown> = {}): ErrorBody => ({
  error: { code, message, details },
});

/** Connection-level failures of Postgres: the caller may come back, nothing is wrong with the request. */
export const DATABASE_AWAY = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '08006',
  '08001',
]);

/** What pg-pool says, without a code, when no connection came free in time. */
const POOL_EXHAUSTED = 'timeout exceeded when trying to connect';

/** Every answer that is not a success has one shape; details of bugs stay in the log. */
@Catch()
export class HttpErrorsFilter implements ExceptionFilter {
  constructor(
    private readonly log: Logger,
    private readonly told: Telling = (body) => body,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw thrown;
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const { body, query } = http.getRequest<FastifyRequest>();
    const error = unstorable(thrown, [body, query]) ?? thrown;
    if (error instanceof DomainError) {
      const retryAfter = error.details['retryAfterSeconds'];
      if (typeof retryAfter === 'number') void reply.header('retry-after', String(Math.ceil(retryAfter)));
      void reply.status(STATUS[error.code]).send(this.told(errorBody(error.code, error.message, error.details)));
      return;
    }
    const known = statusOf(error);
    if (known) {
      void reply.status(known.status).send(this.told(errorBody(known.code, known.message)));
      return;
    }
    this.log.error(
      { err: error, event: 'http.bug', requestId: http.getRequest<FastifyRequest>().id },
      'unexpected error',
    );
    void reply.status(500).send(this.told(errorBody('internal', 'Something broke on our side; it has been logged.')));
  }
}

function statusOf(error: unknown): { status: number; code: string; message: string } | undefined {
  const { code, statusCode, message } = error as { code?: string; statusCode?: number; message?: string };
  if ((code && DATABASE_AWAY.has(code)) || message === POOL_EXHAUSTED) {
    return { status: 503, code: 'unavailable', message: 'The database is away for a moment; try again.' };
  }
  const status = error instanceof HttpException ? error.getStatus() : statusCode;
  if (!status || status >= 500) return undefined;
  const names: Record<number, string> = {
    400: 'bad_request',
    404: 'not_found',
    405: 'bad_request',
    413: 'payload_too_large',
    415: 'unsupported_media_type',
  };
  return { status, code: names[status] ?? 'bad_request', message: message ?? 'The request was not understood.' };
}
