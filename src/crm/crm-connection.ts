import type { Sealed } from '../platform/secrets';

export type Granularity = 'full' | 'digest';

/** What an admin may choose; everything has a default. */
export interface CrmSettings {
  /** `full`: a record for each message; `digest`: only the conversation's own. */
  granularity: { dm: Granularity; comment: Granularity };
  /** Changes are gathered this long, so that many share a call. */
  coalesceMs: number;
  /** Share of the org's daily calls at which we stop: the rest belongs to others. */
  maxDailyShare: number;
  /** Of phone numbers written without a country: ISO 3166-1 alpha-2. */
  defaultCountry: string;
  /** Network → the tenant's own field with the person's handle there. */
  handleFields: Record<string, string>;
  /** Kinds of CRM records a person may be. */
  matchObjects: ('Contact' | 'Lead')[];
}

/** What was chosen, the rest being left to the defaults. */
export type ChosenSettings = Partial<Omit<CrmSettings, 'granularity'>> & {
  granularity?: Partial<CrmSettings['granularity']>;
};

export const DEFAULT_SETTINGS: CrmSettings = {
  granularity: { dm: 'full', comment: 'full' },
  coalesceMs: 2_000,
  maxDailyShare: 0.8,
  defaultCountry: 'IR',
  handleFields: {},
  matchObjects: ['Contact', 'Lead'],
};

/** Settings as stored (only what was chosen) with the defaults for the rest. */
export const withDefaults = (chosen: ChosenSettings): CrmSettings => ({
  ...DEFAULT_SETTINGS,
  ...chosen,
  granularity: { ...DEFAULT_SETTINGS.granularity, ...chosen.granularity },
});

export type ConnectionState = 'active' | 'paused' | 'needs_attention';

export interface CrmConnection {
  workspaceId: string;
  id: string;
  kind: 'salesforce';
  loginUrl: string;
  clientId: string;
  username: string;
  /** Sealed with the connection's id: `{ privateKey }`. */
  credentials: Sealed;
  settings: CrmSettings;
  state: ConnectionState;
  stateReason: string | null;
  pausedUntil: Date | null;
  /** Failed calls in a row. */
  failures: number;
  lastSyncAt: Date | null;
  instanceUrl: string | null;
  apiUsed: number | null;
  apiLimit: number | null;
}

export type CrmEntity = 'contact' | 'conversation' | 'message' | 'call';

/** Parents before children. */
export const RANK: Record<CrmEntity, number> = { contact: 1, conversation: 2, message: 3, call: 4 };

/** Page of a record in the CRM, for people. */
export const recordUrl = (instanceUrl: string, type: string, id: string) =>
  `${instanceUrl}/lightning/r/${type}/${id}/view`;
