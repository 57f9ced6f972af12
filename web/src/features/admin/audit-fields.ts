import type { Text } from '../../i18n/use-text';

/** What is changed, by the names the server knows it by; words of the same place in both catalogs. */
const FIELDS = [
  'acceptSeconds',
  'actions',
  'addressWaitDays',
  'answer',
  'archivedAt',
  'assignment',
  'autoAwayMinutes',
  'autoSend',
  'awayReturnMinutes',
  'botCounts',
  'brandId',
  'calendarId',
  'capacity',
  'channelKinds',
  'clientId',
  'conditions',
  'continuitySlackMs',
  'count',
  'country',
  'credentials',
  'delayMinutes',
  'disabledAt',
  'disabledReason',
  'email',
  'en',
  'enabled',
  'error',
  'escalations',
  'expireMs',
  'expiresAt',
  'externalId',
  'fa',
  'fields',
  'firstResponseMs',
  'holidays',
  'hours',
  'identityCheckMinutes',
  'isDefault',
  'kind',
  'knownDays',
  'languageFallbackSeconds',
  'lateShare',
  'leaseMs',
  'limitBytes',
  'locale',
  'loginUrl',
  'matchedId',
  'matchedType',
  'maxAttempts',
  'member',
  'method',
  'mode',
  'name',
  'needs',
  'nextResponseMs',
  'notAgainDays',
  'order',
  'overflowQueueId',
  'pauses',
  'payload',
  'phone',
  'phrasings',
  'privateKey',
  'proof',
  'rank',
  'reason',
  'requiresIdentityCheck',
  'resolutionMs',
  'retryMs',
  'role',
  'scope',
  'settings',
  'shortcut',
  'since',
  'skills',
  'slotMinutes',
  'state',
  'teamId',
  'teamIds',
  'texts',
  'threadKinds',
  'ticketId',
  'timeZone',
  'timeoutsToAway',
  'title',
  'types',
  'url',
  'username',
  'vipFirst',
  'vipTiers',
  'warnings',
  'weights',
  'when',
  'otherContact',
] as const;
type Field = (typeof FIELDS)[number];
const WEEKDAYS = ['sat', 'sun', 'mon', 'tue', 'wed', 'thu', 'fri'] as const;

/** The word for a field; one we have none for is said as it is written, and so is what stands behind its dot. */
export function fieldText(field: string, t: Text): string {
  const [head = '', ...rest] = field.split('.');
  const day = WEEKDAYS.find((one) => one === head);
  if (day) return t(`weekday.${day}`);
  const known: Field | undefined = FIELDS.find((one) => one === head);
  return known ? t(`audit.field.${known}`) : [head, ...rest].join('.');
}

/** Words of codes, by the field they stand in. */
const CODES = {
  role: ['owner', 'admin', 'lead', 'agent', 'analyst', 'crm_viewer'],
  locale: ['fa', 'en'],
  assignment: ['push', 'pull'],
  scope: ['everybody', 'team', 'me'],
  kind: ['csat', 'nps'],
  threadKinds: ['comment', 'dm'],
  channelKinds: [
    'instagram',
    'facebook',
    'whatsapp',
    'telegram',
    'bale',
    'rubika',
    'eitaa',
    'x',
    'linkedin',
    'youtube',
  ],
  state: ['open', 'passed', 'failed', 'parked', 'queued', 'dropped', 'active', 'disabled'],
} as const;

/** The word for a code of a field; null for a code we have none for. */
export function codeText(field: string, code: string, t: Text): string | null {
  switch (field) {
    case 'role': {
      const role = CODES.role.find((one) => one === code);
      return role ? t(`role.${role}`) : null;
    }
    case 'locale': {
      const locale = CODES.locale.find((one) => one === code);
      return locale ? t(`audit.field.${locale}`) : null;
    }
    case 'assignment':
    case 'mode': {
      const how = CODES.assignment.find((one) => one === code);
      return how ? t(`team.assignment.${how}`) : null;
    }
    case 'scope': {
      const scope = CODES.scope.find((one) => one === code);
      return scope ? t(`macros.scope.${scope}`) : null;
    }
    case 'kind': {
      const kind = CODES.kind.find((one) => one === code);
      return kind ? t(`surveys.kind.${kind}`) : null;
    }
    case 'threadKinds': {
      const kind = CODES.threadKinds.find((one) => one === code);
      return kind ? t(`kind.${kind}`) : null;
    }
    case 'channelKinds': {
      const kind = CODES.channelKinds.find((one) => one === code);
      return kind ? t(`channel.${kind}`) : null;
    }
    case 'state': {
      const state = CODES.state.find((one) => one === code);
      return state ? t(`audit.state.${state}`) : null;
    }
    case 'fields':
      return fieldText(code, t);
    default:
      return null;
  }
}
