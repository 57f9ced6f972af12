import type { SaveError } from './errors';
import type { FieldDef, FieldValue } from './schema';

export type ReadValue = { value: FieldValue } | { error: SaveError };

/**
 * One JSON value as the field would keep it: text trimmed and '' as null, line breaks of one-line text as spaces,
 * instants cut to the second. Lengths count UTF-16 units.
 */
export function readValue(field: FieldDef, raw: unknown): ReadValue {
  if (raw === null) return { value: field.type === 'boolean' ? false : null };
  switch (field.type) {
    case 'boolean':
      return typeof raw === 'boolean' ? { value: raw } : cannotDeserialize('boolean', raw);
    case 'double':
      return typeof raw === 'number' ? { value: raw } : cannotDeserialize('double', raw);
    case 'date':
      return isDate(raw) ? { value: raw } : cannotDeserialize('date', raw);
    case 'datetime':
      return isDateTime(raw) ? { value: salesforceInstant(Date.parse(raw)) } : cannotDeserialize('datetime', raw);
    default:
      return typeof raw === 'string' ? readText(field, raw) : cannotDeserialize('string', raw);
  }
}

function readText(field: FieldDef, raw: string): ReadValue {
  const text = field.type === 'textarea' ? raw : raw.replace(/[\r\n]+/g, ' ').trim();
  if (text === '') return { value: null };
  if (/\p{Surrogate}/u.test(text)) {
    return problem('TEXT_DATA_OUTSIDE_SUPPORTED_CHARSET', `${field.label}: text is not well-formed Unicode`, field);
  }
  if (field.length !== undefined && text.length > field.length) {
    const message = `${field.label}: data value too large: ${text} (max length=${field.length})`;
    return problem('STRING_TOO_LONG', message, field);
  }
  if (field.type === 'email' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)) {
    return problem('INVALID_EMAIL_ADDRESS', `${field.label}: invalid email address: ${text}`, field);
  }
  if (field.type === 'picklist' && field.restricted && !field.values?.includes(text)) {
    const message = `${field.label}: bad value for restricted picklist field: ${text}`;
    return problem('INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', message, field);
  }
  return { value: text };
}

/** `2026-01-31T10:00:00.000+0000`, as Salesforce writes instants; parts of a second are lost. */
export function salesforceInstant(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString().replace('Z', '+0000');
}

function isDate(raw: unknown): raw is string {
  return typeof raw === 'string' && /^\d{4}-\d\d-\d\d$/.test(raw) && !Number.isNaN(Date.parse(raw));
}

function isDateTime(raw: unknown): raw is string {
  return typeof raw === 'string' && DATE_TIME.test(raw) && !Number.isNaN(Date.parse(raw));
}

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;

function problem(statusCode: string, message: string, field: FieldDef): ReadValue {
  return { error: { statusCode, message, fields: [field.name] } };
}

function cannotDeserialize(type: string, raw: unknown): ReadValue {
  const message = `Cannot deserialize instance of ${type} from ${jsonToken(raw)} value ${JSON.stringify(raw)} or request may be missing a required field`;
  return { error: { statusCode: 'JSON_PARSER_ERROR', message } };
}

function jsonToken(raw: unknown): string {
  if (typeof raw === 'string') return 'VALUE_STRING';
  if (typeof raw === 'number') return Number.isInteger(raw) ? 'VALUE_NUMBER_INT' : 'VALUE_NUMBER_FLOAT';
  if (typeof raw === 'boolean') return raw ? 'VALUE_TRUE' : 'VALUE_FALSE';
  return Array.isArray(raw) ? 'START_ARRAY' : 'START_OBJECT';
}

export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
