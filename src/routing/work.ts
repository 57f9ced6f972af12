import type { TicketPriority } from '../inbox/tickets/ticket';

/** A language is a skill too: `lang:fa`. Levels go from 1 (gets by) to 5 (knows it best). */
export type SkillLevels = Readonly<Record<string, number>>;

/** A ticket that waits for somebody, as the decision sees it. */
export interface Waiting {
  id: string;
  queueId: string;
  workType: string;
  /** What it takes of an agent's capacity: 1 is an ordinary conversation. */
  weight: number;
  priority: TicketPriority;
  vip: boolean;
  dueAt: Date | null;
  waitingSince: Date;
  /** How long such work usually takes, milliseconds: learned by queue and type of work. */
  handlingMs: number;
  /** What whoever takes it must be able to do, at least so well. */
  needs: SkillLevels;
  /** Who answered this customer last. */
  knownBy: string | null;
  /** Who had it offered and let it pass. */
  declinedBy: readonly string[];
}

/** An agent who is here, as the decision sees them. */
export interface Candidate {
  id: string;
  queueIds: readonly string[];
  skills: SkillLevels;
  /** Weights in hand, of what may be in hand at once. */
  load: number;
  capacity: number;
  /** Work they take now: an agent may be here for DMs and away for calls. Null: all. */
  takes: readonly string[] | null;
  lastAssignedAt: Date | null;
  /**
   * Turns in a row they gave to work that could still be in time; what waits behind it is owed the next now and then.
   * Kept with the agent: each decision says the new figure.
   */
  inTimeTurns: number;
}

/** Kept with the assignment: why this agent, at this moment. */
export interface Why {
  /** Milliseconds to spare if work began now; negative when it is late already; null when nothing is due. */
  slackMs: number | null;
  /** What decided: the only one who could, knows the customer, their other skills are needed least elsewhere … */
  rule: 'only_one' | 'knows_customer' | 'owed_turn' | 'best_skill' | 'freest' | 'waited_longest';
  /** The agent's load before, of their capacity. */
  load: number;
  capacity: number;
  /** How many could have taken it. */
  candidates: number;
  vip?: true;
  /** It could not be in time any more, and waited behind what could. */
  late?: true;
}

export interface Decision {
  ticketId: string;
  agentId: string;
  why: Why;
  /** The agent's `inTimeTurns` from now on. */
  inTimeTurns: number;
}

/** What a workspace may set of how it decides; each has its reason beside its default. */
export interface RoutingSettings {
  /** A customer waits for the agent who knows them only while this much slack would be left, milliseconds. */
  continuitySlackMs: number;
  /** At most this share of turns goes to work that is late already while other work can still be in time. */
  lateShare: number;
}

export const DEFAULT_ROUTING: RoutingSettings = {
  continuitySlackMs: 15 * 60_000, // enough for anybody else to read up and answer in time, when the known one stays busy
  lateShare: 0.1, // every tenth turn: nobody is forgotten, and a backlog costs those in time little
};
