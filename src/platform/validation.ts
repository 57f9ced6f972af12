import { type ArgumentMetadata, ValidationPipe } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import {
  isISO8601,
  ValidateBy,
  validateSync,
  ValidationError,
  type ValidationOptions,
  type ValidatorOptions,
} from 'class-validator';
import { wellFormed } from './bad-values';
import { DomainError } from './errors';

/** What nobody declared is refused rather than dropped: a misspelt field is a mistake worth hearing of. */
export const STRICT: ValidatorOptions = { whitelist: true, forbidNonWhitelisted: true };

/**
 * The body as the class that describes it, for a route whose body's class is only known once the body is read.
 * @throws DomainError `validation_failed` with all problems at once
 */
export function checked<T extends object>(type: new () => T, body: unknown): T {
  const plain = typeof body === 'object' && body !== null ? body : {};
  const value = plainToInstance(type, wellFormed(plain) as object);
  const errors = [...validateSync(value, STRICT), ...nullErrors(value)];
  if (errors.length > 0) throw validationFailed(errors);
  return value;
}

const NOT_NULL = '$property must not be null';
const API_PROPERTY = 'swagger/apiModelProperties'; // the metadata @ApiProperty() and its kin leave on a class

/** What every body and query is held to: its class, `null` only where the API says that there may be one, whole characters. */
export class StrictPipe extends ValidationPipe {
  constructor() {
    super({ ...STRICT, transform: true, exceptionFactory: validationFailed });
  }

  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    return super.transform(metadata.type === 'custom' ? value : wellFormed(value), metadata) as Promise<unknown>;
  }

  protected override async validate(value: object, options?: ValidatorOptions): Promise<ValidationError[]> {
    return [...(await super.validate(value, options)), ...nullErrors(value)];
  }
}

/**
 * `null` where the class declares no nullable property. `@IsOptional()` lets it through as if it were absent, but to a
 * handler it is a value: what was not meant to be emptied would be.
 */
function nullErrors(value: object): ValidationError[] {
  return Object.entries(value).flatMap(([property, inner]: [string, unknown]) => {
    if (inner === null)
      return isNullable(value, property) ? [] : [errorOf(property, NOT_NULL.replace('$property', property))];
    if (typeof inner !== 'object' || inner instanceof Date) return [];
    const children = nullErrors(inner);
    return children.length > 0 ? [errorOf(property, undefined, children)] : [];
  });
}

/** What no decorator describes, and what is inside free-form objects, is its reader's to judge. */
function isNullable(value: object, property: string): boolean {
  const described = Reflect.getMetadata(API_PROPERTY, value, property) as { nullable?: boolean } | undefined;
  return described === undefined || described.nullable === true;
}

function errorOf(property: string, problem: string | undefined, children: ValidationError[] = []): ValidationError {
  const constraints = problem === undefined ? undefined : { isNotNull: problem };
  return Object.assign(new ValidationError(), { property, constraints, children });
}

/** An instant as ISO 8601 spells it, and a calendar knows it: not a week, not a year before the first. */
export const IsInstant = (options?: ValidationOptions) =>
  ValidateBy(
    {
      name: 'isInstant',
      validator: {
        validate: (value) => isISO8601(value, { strict: true }) && !Number.isNaN(Date.parse(String(value))),
        defaultMessage: () => '$property must be an instant, such as 2026-03-21T09:00:00+03:30',
      },
    },
    options,
  );

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
