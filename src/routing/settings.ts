import { USUAL_WEIGHTS, type Weight, type Weights } from '../inbox/tickets/capacity';
import type { RoutingSettings } from './work';

/** How a workspace routes; what it never set is as `USUAL_ROUTING` says. Kept in `workspaces.settings.routing`. */
export interface WorkspaceRouting extends RoutingSettings {
  weights: Weights;
  /** A language nobody here speaks is waited for so long, seconds; then anybody of the team may answer. Null: for ever. */
  languageFallbackSeconds: number | null;
  /** Tiers of customers that go first. */
  vipTiers: readonly string[];
  /** An agent knows a customer whom they answered within so many days. */
  knownDays: number;
  /** An online agent who does nothing for so long is away, minutes. Null: never. */
  autoAwayMinutes: number | null;
  /** What an agent who is away for so long never answered goes back, minutes. Null: it waits for them. */
  awayReturnMinutes: number | null;
  /** So many offers in a row that ran out make an agent away. */
  timeoutsToAway: number;
}

export const USUAL_ROUTING: WorkspaceRouting = {
  continuitySlackMs: 10 * 60_000, // an answer by who knows the case is worth a short wait, never a late answer
  lateShare: 0.3, // late customers move on steadily without making the others late as well
  weights: USUAL_WEIGHTS,
  languageFallbackSeconds: 600, // ten minutes without a speaker: a translated answer is better than none
  vipTiers: ['vip'],
  knownDays: 90,
  autoAwayMinutes: 15,
  awayReturnMinutes: 15,
  timeoutsToAway: 2, // one is a coffee, two are an empty chair
};

type Stored = Partial<Omit<WorkspaceRouting, 'weights'>> & { weights?: Record<string, Weight> };

/** @param stored as it was written: checked then, so taken as it is */
export function routingOf(stored: unknown): WorkspaceRouting {
  const given = (stored ?? {}) as Stored;
  return { ...USUAL_ROUTING, ...given, weights: { ...USUAL_WEIGHTS, ...given.weights } };
}
