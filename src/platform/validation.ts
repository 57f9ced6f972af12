import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError, type ValidatorOptions } from 'class-validator';
import { DomainError } from './errors';

/** What nobody declared is refused rather than dropped: a misspelt field is a mistake worth hearing of. */
export const STRICT: ValidatorOptions = { whitelist: true, forbidNonWhitelisted: true };

/**
 * The body as the class that describes it, for a route whose body's class is only known once the body is read.
 * @throws DomainError `validation_failed` with all problems at once
 */
export function checked<T extends object>(type: new () => T, body: unknown): T {
  const plain = typeof body === 'object' && body !== null ? body : {};
  const value = plainToInstance(type, plain);
  const errors = validateSync(value, STRICT);
  if (errors.length > 0) throw validationFailed(errors);
  return value;
}

export function validationFailed(errors: ValidationError[]): DomainError {
  const fields = flatten(errors, '');
  return new DomainError('validation_failed', `Please correct: ${fields.map((f) => f.path).join(', ')}.`, { fields });
}

function flatten(errors: readonly ValidationError[], prefix: string): { path: string; problem: string }[] {
  return errors.flatMap((error) => {
    const path = prefix ? `${prefix}.${error.property}` : error.property;
    const own = Object.values(error.constraints ?? {}).map((problem) => ({ path, problem }));
    return [...own, ...flatten(error.children ?? [], path)];
  });
}
