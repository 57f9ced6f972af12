import type { Text } from '../../i18n/use-text';
import { codeText, fieldText } from './audit-fields';

/** The first half of an action: what it happened to. */
const NOUNS = [
  'agent',
  'team',
  'brand',
  'workspace',
  'session',
  'password',
  'token',
  'channel',
  'oauth_app',
  'inbound_events',
  'queue',
  'routing',
  'sla_policy',
  'calendar',
  'rule',
  'rules',
  'macro',
  'canned_reply',
  'faq_article',
  'survey_settings',
  'handoff',
  'handoff_settings',
  'identity',
  'call_settings',
  'voice_account',
  'webhook_endpoint',
  'crm_connection',
  'crm_contact',
  'files',
  'job',
  'contact',
] as const;

/** The second half: what happened. */
const VERBS = [
  'created',
  'changed',
  'deleted',
  'removed',
  'enabled',
  'disabled',
  'saved',
  'connected',
  'subscribed',
  'test_message',
  'notice_written',
  'backfill_requested',
  'replayed',
  'hours_changed',
  'ordered',
  'suspension_lifted',
  'password_reset',
  'skills_changed',
  'member_added',
  'member_removed',
  'started',
  'ended',
  'ended_everywhere',
  'revoked',
  'address_confirmed',
  'checked',
  'limit_changed',
  'secret_rotated',
  'linked',
  'unlinked',
  'retried',
  'dropped',
  'told_apart',
  'verdict_lifted',
  'archived',
  'restored',
] as const;

/** Kinds of things one can ask for all changes of. */
export const SUBJECT_KINDS = [
  'agent',
  'team',
  'brand',
  'workspace',
  'token',
  'channel',
  'queue',
  'sla_policy',
  'calendar',
  'rule',
  'macro',
  'canned_reply',
  'faq_article',
  'contact',
  'voice_account',
  'webhook_endpoint',
  'crm_connection',
  'job',
] as const;

/** What happened, in words; an action we have none for is said as it is written. */
export function actionText(action: string, t: Text): string {
  const dot = action.indexOf('.');
  const noun = NOUNS.find((one) => one === action.slice(0, dot));
  const verb = VERBS.find((one) => one === action.slice(dot + 1));
  return noun && verb ? `${t(`audit.noun.${noun}`)} ${t(`audit.verb.${verb}`)}` : action;
}

/** What a kind of thing is called. */
export function kindText(kind: string, t: Text): string {
  const known = NOUNS.find((one) => one === kind);
  return known ? t(`audit.noun.${known}`) : kind;
}

/** `kind:id` in its halves; a kind alone has no id. */
export function halvesOf(subject: string): { kind: string; id: string | null } {
  const colon = subject.indexOf(':');
  return colon < 0 ? { kind: subject, id: null } : { kind: subject.slice(0, colon), id: subject.slice(colon + 1) };
}

/** What turns values into text of the reader's language. */
export interface Reading {
  t: Text;
  names: ReadonlyMap<string, string>;
  number: (value: number) => string;
  dateTime: (at: string) => string;
  duration: (ms: number) => string;
  size: (bytes: number) => string;
}

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** A value of a field as a person reads it; null for nothing. What has no words stands as it is written. */
export function valueText(field: string, value: unknown, reading: Reading): string | null {
  const { t, names } = reading;
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'boolean') return t(value ? 'audit.yes' : 'audit.no');
  if (typeof value === 'number') return numberText(field, value, reading);
  if (typeof value === 'string') {
    if (INSTANT.test(value) && !Number.isNaN(Date.parse(value))) return reading.dateTime(value);
    return codeText(field, value, t) ?? names.get(value) ?? value;
  }
  if (Array.isArray(value)) {
    if (value.every((one) => typeof one === 'string'))
      return value.map((one) => valueText(field, one, reading)).join(' · ') || null;
    return value.length === 0 ? null : JSON.stringify(value, null, 1);
  }
  const parts = Object.entries(value).flatMap(([name, part]) => {
    const text = valueText(name, part, reading);
    return text === null ? [] : `${fieldText(name, t)}: ${text}`;
  });
  return parts.join('\n') || null;
}

function numberText(field: string, value: number, { t, number, duration, size }: Reading): string {
  if (field.endsWith('Ms')) return duration(value);
  if (field.endsWith('Minutes')) return duration(value * MINUTE);
  if (field.endsWith('Days')) return duration(value * DAY);
  if (field.endsWith('Seconds'))
    return value % 60 === 0 ? duration(value * 1_000) : t('audit.seconds', { count: value });
  return field.endsWith('Bytes') ? size(value) : number(value);
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Of two sets of settings only what differs; of anything else all. */
export function differing(from: unknown, to: unknown): { from: unknown; to: unknown } {
  if (!isPlain(from) || !isPlain(to)) return { from, to };
  const changed = [...new Set([...Object.keys(from), ...Object.keys(to)])].filter(
    (key) => JSON.stringify(from[key]) !== JSON.stringify(to[key]),
  );
  const only = (whole: Record<string, unknown>) => Object.fromEntries(changed.map((key) => [key, whole[key]]));
  return { from: only(from), to: only(to) };
}
