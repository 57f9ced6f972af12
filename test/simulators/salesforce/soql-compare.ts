import { RequestRefused } from './errors';
import { normalizeId } from './ids';
import { comparesExactly, type FieldDef, type FieldValue } from './schema';
import type { Comparison, Literal } from './soql-parser';

/** Literal text as the field holds it: ids in their 18-character form. */
export function operandText(field: FieldDef, text: string): string {
  return field.type === 'id' || field.type === 'reference' ? (normalizeId(text) ?? text) : text;
}

type Test = (value: FieldValue) => boolean;

/** Whether a field's value satisfies `comparison`; refuses literals of another type, as Salesforce does. */
export function comparer(field: FieldDef, comparison: Comparison, values: readonly Literal[]): Test {
  const operands = values.map((literal) => operand(field, literal));
  const [first = null] = operands;
  const key = (value: FieldValue) => sortKey(field, value);
  switch (comparison) {
    case '=':
      return (value) => key(value) === first;
    case '!=':
      return (value) => key(value) !== first;
    case 'in':
      return (value) => operands.includes(key(value));
    case 'not in':
      return (value) => !operands.includes(key(value));
    case 'like':
      return likeTest(values[0]?.text ?? '');
    default:
      return (value) => {
        const left = key(value);
        if (left === null || first === null) return false;
        if (comparison === '<') return left < first;
        if (comparison === '>') return left > first;
        return comparison === '<=' ? left <= first : left >= first;
      };
  }
}

/** What two values of a field are compared by: instants as milliseconds, text without letter case where that is so. */
function sortKey(field: FieldDef, value: FieldValue): FieldValue {
  if (typeof value !== 'string') return value;
  if (field.type === 'datetime' || field.type === 'date') return Date.parse(value);
  return comparesExactly(field) ? value : value.toLowerCase();
}

const LITERAL_KINDS: Partial<Record<FieldDef['type'], Literal['kind']>> = {
  boolean: 'boolean',
  double: 'number',
  date: 'date',
  datetime: 'datetime',
};

function operand(field: FieldDef, literal: Literal): FieldValue {
  if (literal.kind === 'null') return null;
  const wanted = LITERAL_KINDS[field.type] ?? 'string';
  if (literal.kind !== wanted) {
    const quotes = wanted === 'string' ? 'should be enclosed in quotes' : 'should not be enclosed in quotes';
    const message = `value of filter criterion for field '${field.name}' must be of type ${field.type} and ${quotes}`;
    throw new RequestRefused(400, 'INVALID_FIELD', message);
  }
  if (wanted === 'boolean') return literal.text === 'true';
  if (wanted === 'number') return Number(literal.text);
  if ((field.type === 'id' || field.type === 'reference') && normalizeId(literal.text) === undefined) {
    throw new RequestRefused(400, 'INVALID_QUERY_FILTER_OPERATOR', `invalid ID field: ${literal.text}`);
  }
  return sortKey(field, operandText(field, literal.text));
}

function likeTest(pattern: string): Test {
  const source = pattern.replace(/\\([\s\S])|%|_|[.*+?^${}()|[\]]/g, (found: string, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped === '\\' ? '\\\\' : escaped;
    if (found === '%') return '[\\s\\S]*';
    return found === '_' ? '[\\s\\S]' : `\\${found}`;
  });
  const expression = new RegExp(`^${source}$`, 'iu');
  return (value) => typeof value === 'string' && expression.test(value);
}

/** Order of two values for ORDER BY. Nulls come first unless `nullsLast`, whatever the direction. */
export function compareForOrder(left: FieldValue, right: FieldValue, descending: boolean, nullsLast: boolean): number {
  if (left === right) return 0;
  if (left === null || right === null) return (left === null) === nullsLast ? 1 : -1;
  const [a, b] =
    typeof left === 'string' && typeof right === 'string' ? [left.toLowerCase(), right.toLowerCase()] : [left, right];
  if (a === b) return 0;
  return a < b === descending ? 1 : -1;
}
