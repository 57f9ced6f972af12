import { weightOf, type Weights } from '../inbox/tickets/capacity';
import type { Candidate, SkillLevels } from './work';

/** Somebody of a team who answers tickets, here or not. */
export interface Member {
  id: string;
  capacity: number;
  skills: SkillLevels;
}

/** A team's people as they change rarely. */
export interface Roster {
  members: ReadonlyMap<string, Member>;
  /** Their ids as an array of the database, spelled once. */
  ids: string;
}

/** An agent who is here; what they had of turns is filled in later. */
export type Present = { -readonly [Fact in keyof Candidate]: Candidate[Fact] };

/** What is true of a team's people at this moment, spelled by the database: of a thousand that is far quicker than rows. */
export interface Moment {
  /** Ids of those online, with spaces between. */
  here: string | null;
  takes: [id: string, takes: string[]][] | null;
  /** Ids of those who do something that is no ticket. */
  occupied: string | null;
  /** A line each: id, how many, type of work. */
  held: string | null;
}

const ID = 36;

export const rosterOf = (members: readonly Member[]): Roster => ({
  members: new Map(members.map((member) => [member.id, member])),
  ids: `{${members.map(({ id }) => id).join(',')}}`,
});

/**
 * Those who are here, full or not, without their turns.
 * @param queueIds of which all of them do the work
 */
export function presentOf(roster: Roster, moment: Moment, weights: Weights, queueIds: readonly string[]): Present[] {
  const { here, takes, occupied, held } = moment;
  const busy = new Set(occupied?.split(' '));
  const present = new Map<string, Present>();
  for (const id of here?.split(' ') ?? []) {
    const member = roster.members.get(id);
    if (!member || busy.has(id)) continue;
    const { capacity, skills } = member;
    present.set(id, { id, capacity, skills, queueIds, load: 0, takes: null, lastAssignedAt: null, inTimeTurns: 0 });
  }
  for (const [id, types] of takes ?? []) {
    const agent = present.get(id);
    if (agent) agent.takes = types;
  }
  const whole = new Set<Present>();
  for (const line of held?.split('\n') ?? []) {
    const agent = present.get(line.slice(0, ID));
    if (!agent) continue;
    const gap = line.indexOf(' ', ID + 1);
    const weight = weightOf(weights, line.slice(gap + 1));
    if (weight === Infinity) whole.add(agent);
    else agent.load += Number(line.slice(ID + 1, gap)) * weight;
  }
  for (const agent of whole) agent.load = Math.max(agent.load, agent.capacity);
  return [...present.values()];
}
