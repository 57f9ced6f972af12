import type { Words } from '../../text/words';
import type { HealthCheck } from '../health';

/** What a token may do, against what we need. @param fix what to do about those it lacks, and where */
export function grantedScopes(missing: readonly string[], fix: Words): HealthCheck {
  const name = 'scopes';
  if (missing.length === 0)
    return {
      name,
      state: 'ok',
      message: { fa: 'توکن همهٔ دسترسی‌های لازم را دارد.', en: 'The token has every permission needed.' },
    };
  return {
    name,
    state: 'problem',
    message: {
      fa: `توکن این دسترسی‌ها را ندارد: ${missing.join('، ')}.`,
      en: `The token lacks ${missing.join(', ')}.`,
    },
    fix,
    serious: true,
  };
}
