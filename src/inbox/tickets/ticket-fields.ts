import { DomainError } from '../../platform/errors';

export const FIELD_KINDS = ['text', 'number', 'date', 'select', 'multi', 'checkbox'] as const;
export type FieldKind = (typeof FIELD_KINDS)[number];

export interface FieldOption {
  value: string;
  labelFa: string;
  labelEn: string;
}

/** A custom field as the workspace defined it. */
export interface TicketField {
  id: string;
  key: string;
  labelFa: string;
  labelEn: string;
  kind: FieldKind;
  options: readonly FieldOption[];
  requiredToSolve: boolean;
  position: number;
}

const TEXT_LENGTH = 2_000;
const DATE = /^\d{4}-\d\d-\d\d$/;

/**
 * A ticket's fields after a change; null or an empty value takes one away.
 * @throws DomainError `validation_failed` naming each wrong one as `fields.<key>`
 */
export function changeFields(
  definitions: readonly TicketField[],
  fields: Readonly<Record<string, unknown>>,
  change: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const after: Record<string, unknown> = { ...fields };
  const problems: { path: string; problem: string }[] = [];
  for (const [key, value] of Object.entries(change)) {
    const definition = definitions.find((field) => field.key === key);
    const problem = definition ? problemOf(definition, value) : 'is not a field of this workspace';
    if (problem) problems.push({ path: `fields.${key}`, problem });
    else if (isEmpty(value)) delete after[key];
    else after[key] = value;
  }
  if (problems.length === 0) return after;
  throw new DomainError('validation_failed', `Please correct: ${problems.map((p) => p.path).join(', ')}.`, {
    fields: problems,
  });
}

/** In which ways a value that was written as text may be stored: as text, one of several, a number, a yes or a no. */
export function storedValuesOf(written: string): unknown[] {
  const stored: unknown[] = [written, [written]];
  if (written.trim() !== '' && Number.isFinite(Number(written))) stored.push(Number(written));
  if (written === 'true' || written === 'false') stored.push(written === 'true');
  return stored;
}

/** @throws DomainError `validation_failed` naming the fields that solving asks for */
export function mustBeComplete(definitions: readonly TicketField[], fields: Readonly<Record<string, unknown>>): void {
  const missing = definitions.filter((field) => field.requiredToSolve && isEmpty(fields[field.key]));
  if (missing.length === 0) return;
  throw new DomainError(
    'validation_failed',
    `Fill in before solving: ${missing.map((field) => field.labelEn).join(', ')}.`,
    {
      fields: missing.map(({ key, labelFa, labelEn }) => ({
        path: `fields.${key}`,
        problem: 'is needed before this ticket can be solved',
        labelFa,
        labelEn,
      })),
    },
  );
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

function problemOf({ kind, options }: TicketField, value: unknown): string | null {
  if (isEmpty(value)) return null;
  const isOption = (one: unknown) => options.some((option) => option.value === one);
  switch (kind) {
    case 'text':
      return typeof value === 'string' && value.length <= TEXT_LENGTH ? null : `is text of at most ${TEXT_LENGTH}`;
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? null : 'is a number';
    case 'date':
      return typeof value === 'string' && isDate(value) ? null : 'is a date, YYYY-MM-DD';
    case 'select':
      return isOption(value) ? null : `is one of ${options.map((option) => option.value).join(', ')}`;
    case 'multi':
      return Array.isArray(value) && value.every(isOption) && new Set(value).size === value.length
        ? null
        : `is some of ${options.map((option) => option.value).join(', ')}, each once`;
    case 'checkbox':
      return typeof value === 'boolean' ? null : 'is true or false';
  }
}

function isDate(value: string): boolean {
  const at = DATE.test(value) ? new Date(`${value}T00:00:00Z`) : null;
  return at !== null && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value);
}
