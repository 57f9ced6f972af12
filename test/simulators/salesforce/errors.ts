/** One problem of one row. `fields` is absent where Salesforce treats the problem as one of the request. */
export interface SaveError {
  statusCode: string;
  message: string;
  fields?: string[];
}

/** One row was refused; nothing of it was written. */
export class RowRefused extends Error {
  constructor(readonly errors: SaveError[]) {
    super(errors.map((error) => `${error.statusCode}: ${error.message}`).join('; '));
  }
}

/** Item of the array every REST error answer consists of. */
export interface ErrorItem {
  message: string;
  errorCode: string;
  fields?: string[];
}

/** The whole request was refused with this status and body. */
export class RequestRefused extends Error {
  readonly items: ErrorItem[];

  constructor(
    readonly status: number,
    errorCode: string,
    message: string,
  ) {
    super(`${errorCode}: ${message}`);
    this.items = [{ message, errorCode }];
  }
}

export function refuseRow(statusCode: string, message: string, fields: string[] = []): RowRefused {
  return new RowRefused([{ statusCode, message, fields }]);
}

/** How a refused row looks as the answer of a single-record call. */
export function rowErrorResponse(refused: RowRefused): { status: number; body: ErrorItem[] } {
  const body = refused.errors.map(({ statusCode, message, fields }) => ({
    message,
    errorCode: statusCode,
    ...(fields ? { fields } : {}),
  }));
  return { status: SINGLE_CALL_STATUS[body[0]?.errorCode ?? ''] ?? 400, body };
}

const SINGLE_CALL_STATUS: Record<string, number> = {
  ENTITY_IS_DELETED: 404,
  NOT_FOUND: 404,
  INSUFFICIENT_ACCESS_OR_READONLY: 403,
};
