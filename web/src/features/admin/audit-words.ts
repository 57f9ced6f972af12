import type { Text } from '../../i18n/use-text';

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
  if (kind === 'contact') return t('audit.noun.contact');
  const known = NOUNS.find((one) => one === kind);
  return known ? t(`audit.noun.${known}`) : kind;
}

/** `kind:id` in its halves; a kind alone has no id. */
export function halvesOf(subject: string): { kind: string; id: string | null } {
  const colon = subject.indexOf(':');
  return colon < 0 ? { kind: subject, id: null } : { kind: subject.slice(0, colon), id: subject.slice(colon + 1) };
}

/** A value of a change as a person reads it; null for nothing. */
export function valueText(value: unknown, names: ReadonlyMap<string, string>): string | null {
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'string') return names.get(value) ?? value;
  if (Array.isArray(value) && value.every((one) => typeof one === 'string'))
    return value.map((one) => names.get(one) ?? one).join(' · ') || null;
  return JSON.stringify(value, null, 1);
}
