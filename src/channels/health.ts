import type { Words } from '../text/words';

/** One thing looked at when asking whether a channel works. */
export interface HealthCheck {
  /** `token`, `scopes`, `account`, `subscription`, `webhook`, `rate`, `mailbox`, `sending`. */
  name: string;
  state: 'ok' | 'problem' | 'unknown';
  /** What was found, for people. */
  message: Words;
  /** What to do about a problem, and who. */
  fix?: Words;
  /** A problem that no call of ours can repair: alarms at once. */
  serious?: boolean;
}

export interface HealthReport {
  checks: readonly HealthCheck[];
  /** ISO instant at which the credentials die by themselves. */
  tokenExpiresAt?: string;
  /** Scopes we ask for and do not have. */
  missingScopes?: readonly string[];
}
