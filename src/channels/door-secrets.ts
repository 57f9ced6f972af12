import type { Credentials } from './channel';

/** Under these names a webhook secret that was replaced stays in the sealed credentials until its time is over. */
export const PREVIOUS_SECRET = 'previousSecret';
export const PREVIOUS_SECRET_UNTIL = 'previousSecretUntil';

/** The secrets that may sign a channel's deliveries now: its own and, for a while after a change, the one before. */
export function doorSecrets(credentials: Credentials, name: string, now: number): string[] {
  const secrets = [credentials[name] ?? ''];
  if (Date.parse(credentials[PREVIOUS_SECRET_UNTIL] ?? '') > now) secrets.push(credentials[PREVIOUS_SECRET] ?? '');
  return secrets.filter((secret) => secret !== '');
}
