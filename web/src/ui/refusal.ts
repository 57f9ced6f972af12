import { ApiError } from '../api/client';
import { sendRefusal } from './send-refusal';
import type { Text } from '../i18n/use-text';

/** Why something was refused, in the reader's language where we know the reason, else in the server's own words. */
export function refusalText(error: unknown, t: Text): string {
  if (!(error instanceof ApiError)) return t('problem.unexpected');
  const assignee = error.details.assignee as { name?: string } | undefined;
  switch (error.code) {
    case 'unreachable':
      return t('problem.unreachable');
    case 'already_claimed':
      return t('problem.already_claimed', { name: assignee?.name ?? t('common.someone') });
    case 'capacity_full':
      return t('problem.capacity_full');
    case 'invalid_transition':
      return t('problem.invalid_transition');
    case 'forbidden':
      return t('problem.forbidden');
    case 'rate_limited':
      return t('problem.rate_limited', { minutes: Math.ceil(Number(error.details.retryAfterSeconds ?? 60) / 60) });
    case 'unavailable':
    case 'idempotency_in_progress':
      return t('problem.unavailable');
    case 'validation_failed': {
      // The page is in one language for as long as it is open.
      const persian = document.documentElement.lang !== 'en';
      const names = error.fields.flatMap(({ labelFa, labelEn }) => (persian ? labelFa : labelEn) ?? []);
      return names.length > 0 ? t('problem.fill_in', { names: names.join(t('common.comma')) }) : error.message;
    }
    case 'send_refused':
      return sendRefusal(error.details.reason, t) ?? error.message;
    default:
      return error.message || t('problem.unexpected');
  }
}
