import type { Words } from '../text/words';
import type { Credentials } from './channel';
import type { CREDENTIAL_LABELS, SETTING_LABELS } from './field-labels';

export interface CredentialField {
  name: keyof typeof CREDENTIAL_LABELS;
  required: boolean;
  help: Words;
  /** Made by us when it is not given. */
  generated?: boolean;
}

/** A setting an admin may change, with what it means. Anything the reference calls inferred is one. */
export interface SettingField {
  name: keyof typeof SETTING_LABELS;
  type: 'text' | 'number' | 'boolean' | 'list';
  help: Words;
  default?: string | number | boolean | readonly string[];
}

export type RefreshOutcome =
  /** `credentials` replaces the stored ones in one transaction; keys left out are kept. */
  | { status: 'refreshed'; credentials: Credentials; expiresAt?: string }
  | { status: 'not_needed' }
  | { status: 'retry'; reason: string; afterMs?: number }
  | { status: 'reconnect'; reason: string; code: string };
