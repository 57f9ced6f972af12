import { DomainError } from '../platform/errors';

/** What is wrong with a field of a body, by its path. */
export interface Problem {
  path: string;
  problem: string;
}

/** @throws DomainError `validation_failed` naming every field */
export function refuse(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const paths = [...new Set(problems.map(({ path }) => path))].join(', ');
  throw new DomainError('validation_failed', `Please correct: ${paths}.`, { fields: problems });
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((entry) => typeof entry === 'string');
