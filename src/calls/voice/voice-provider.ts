import type { RawRequest } from '../../channels/door';
import type { HealthReport } from '../../channels/health';
import type { LegStatus, VoiceFact } from './voice-progress';

/** An account at a voice provider, with its secrets opened. */
export interface VoiceAccount {
  workspaceId: string;
  id: string;
  provider: string;
  externalId: string;
  /** The number calls go out from, E.164. */
  phone: string;
  settings: VoiceSettings;
  credentials: Record<string, string>;
  state: 'active' | 'needs_attention' | 'disabled';
}

export interface VoiceSettings {
  /** Overrides the provider's host. */
  apiBaseUrl?: string;
  /** Seconds the customer's phone rings; default 25. */
  ringSeconds?: number;
  /** The longest a call may be, seconds; default an hour. */
  limitSeconds?: number;
  /** What the agent hears before they press 1: an audio file; default a sentence in English. */
  agentPromptUrl?: string;
  /** Calls are recorded, and the customer hears this before they are connected. Without an announcement nothing is. */
  recording?: { announcementUrl?: string; announcementText?: string };
}

/** Points in a call at which the provider asks what to do (they are answered) or tells how it goes. */
export const STEPS = ['answer', 'press', 'whisper', 'dialed', 'status', 'leg', 'recording'] as const;
export type Step = (typeof STEPS)[number];

/** Where the provider reaches us at a step of an attempt; signed with the rest. */
export type StepUrl = (step: Step) => string;

/** Certainly not placed: `retry`, `refused`, `reconnect`. Nobody knows: `unknown`; look before asking again. */
export type PlaceOutcome =
  | { status: 'placed'; callId: string }
  | { status: 'unknown'; reason: string }
  | { status: 'retry'; code: string; reason: string; afterMs?: number }
  | { status: 'refused'; code: string; reason: string; fix: 'agent' | 'admin' | 'customer' }
  | { status: 'reconnect'; code: string; reason: string };

/** A call as the provider lists it. */
export interface ListedCall {
  callId: string;
  parentCallId: string | null;
  to: string;
  from: string;
  status: LegStatus;
  createdAt: Date | null;
  durationMs: number | null;
}

export type ListOutcome =
  | { status: 'listed'; calls: readonly ListedCall[] }
  | { status: 'retry'; code: string; reason: string; afterMs?: number }
  | { status: 'reconnect'; code: string; reason: string };

/** What the customer's leg is to be, once the agent is on the line. */
export interface Bridge {
  /** The customer's number, E.164; null: there is nobody to connect any more. */
  to: string | null;
  from: string;
  ticketNumber: number;
  settings: VoiceSettings;
  url: StepUrl;
}

/** What a provider tells at a step; null where there is nothing to note. */
export interface Told {
  /** Unique in the account: the same fact told twice has the same key. */
  key: string;
  fact: VoiceFact | null;
  /** The agent asked to be connected. */
  pressed: boolean;
}

/**
 * Calling through somebody else's lines: the agent is rung first, and only their key press dials the customer. No
 * provider's name is known outside its folder. Nothing here throws for what a provider may answer.
 */
export interface VoiceProvider {
  readonly name: string;
  readonly credentials: readonly { name: string; required: boolean; help: string }[];
  /** The account whose id is not of the provider's shape, by field. */
  problems(externalId: string): readonly { path: string; problem: string }[];
  /** Constant time, over the raw request. @param base our public address, as the provider was given it */
  verify(request: RawRequest, base: string, credentials: Record<string, string>): boolean;
  /** Pure and total. */
  read(step: Step, body: Buffer): Told | null;
  /** What is answered at a step, and as what; null: nothing but "heard". */
  instruct(step: Step, bridge: Bridge): { type: string; body: string } | null;
  placeCall(account: VoiceAccount, agentPhone: string, url: StepUrl): Promise<PlaceOutcome>;
  /** Ends a call whatever state it is in; one that is over already is fine. */
  cancel(account: VoiceAccount, callId: string): Promise<{ done: boolean; reason: string | null }>;
  listCalls(account: VoiceAccount, since: Date, to?: string): Promise<ListOutcome>;
  /** Asks whether the account's credentials work. */
  check(account: VoiceAccount): Promise<HealthReport>;
}
