import type { NewCalendar } from '../calendars/calendars.service';
import type { CallSettings } from '../calls/call';
import type { TicketField } from '../inbox/tickets/ticket-fields';
import type { TicketSettings } from '../inbox/tickets/ticket-settings';
import type { GivenCannedReply } from '../macros/canned-replies.service';
import type { GivenMacro } from '../macros/macros.service';
import type { WorkspaceRouting } from '../routing/settings';
import type { SkillLevels } from '../routing/work';
import type { GivenRule } from '../rules/rules.service';
import type { PolicyContent } from '../sla/policies.service';
import {
  PHONE_HOURS,
  SAMPLE_CALENDARS,
  SAMPLE_CALLS,
  SAMPLE_FIELDS,
  SAMPLE_MACROS,
  SAMPLE_POLICIES,
  SAMPLE_QUEUES,
  SAMPLE_REPLIES,
  SAMPLE_ROUTING,
  SAMPLE_RULES,
  SAMPLE_SKILLS,
  SAMPLE_SURVEY,
  SAMPLE_TICKETS,
  type SampleQueue,
} from './sample-desk';

/** Where things of a kind are kept. */
export interface Shelf<T> {
  /** What lies there already: names with ids. */
  known(): Promise<ReadonlyMap<string, string>>;
  /** @returns its id */
  add(thing: T): Promise<string>;
}

/** Everything a shop settles about its work; behind it the services themselves, or the public API. */
export interface Desk {
  calendars: Shelf<NewCalendar>;
  policies: Shelf<PolicyContent>;
  queues: Shelf<Omit<SampleQueue, 'team'> & { teamId: string }>;
  fields: Shelf<Omit<TicketField, 'id'>>;
  rules: Shelf<GivenRule>;
  macros: Shelf<GivenMacro>;
  replies: Shelf<GivenCannedReply>;
  skillsOf(agentId: string): Promise<SkillLevels>;
  setSkills(agentId: string, skills: SkillLevels): Promise<unknown>;
  setRouting(settings: Partial<WorkspaceRouting>): Promise<unknown>;
  setTickets(settings: TicketSettings): Promise<unknown>;
  setCalls(settings: Partial<CallSettings>): Promise<unknown>;
  setSurvey(settings: typeof SAMPLE_SURVEY): Promise<unknown>;
}

/**
 * Sets the sample shop's work up: what is there already stays as it is. Settings that always exist are set along with
 * the calendar only, so that what somebody changed since is theirs.
 * @param teams ids by name
 * @param agents ids by address
 * @returns how many of each kind were added
 */
export async function openDesk(
  desk: Desk,
  teams: ReadonlyMap<string, string>,
  agents: ReadonlyMap<string, string>,
): Promise<Record<string, number>> {
  const calendars = await fill(desk.calendars, SAMPLE_CALENDARS, ({ name }) => name);
  if (calendars.added > 0) {
    await desk.setRouting(SAMPLE_ROUTING);
    await desk.setTickets(SAMPLE_TICKETS);
    await desk.setCalls({ ...SAMPLE_CALLS, calendarId: calendars.ids.get(PHONE_HOURS)! });
    await desk.setSurvey(SAMPLE_SURVEY);
  }
  for (const [email, id] of agents) {
    const skills = SAMPLE_SKILLS[email.split('@')[0]!];
    if (skills && Object.keys(await desk.skillsOf(id)).length === 0) await desk.setSkills(id, skills);
  }
  const queues = SAMPLE_QUEUES.map(({ team, ...queue }) => ({ ...queue, teamId: teams.get(team)! }));
  return {
    calendars: calendars.added,
    'SLA policies': (await fill(desk.policies, SAMPLE_POLICIES, ({ name }) => name)).added,
    queues: (await fill(desk.queues, queues, ({ name }) => name)).added,
    'ticket fields': (await fill(desk.fields, SAMPLE_FIELDS, ({ key }) => key)).added,
    rules: (await fill(desk.rules, SAMPLE_RULES, ({ name }) => name)).added,
    macros: (await fill(desk.macros, SAMPLE_MACROS, ({ name }) => name)).added,
    'canned replies': (await fill(desk.replies, SAMPLE_REPLIES, ({ shortcut }) => shortcut)).added,
  };
}

async function fill<T>(shelf: Shelf<T>, things: readonly T[], nameOf: (thing: T) => string) {
  const ids = new Map(await shelf.known());
  let added = 0;
  for (const thing of things) {
    if (ids.has(nameOf(thing))) continue;
    ids.set(nameOf(thing), await shelf.add(thing));
    added += 1;
  }
  return { ids, added };
}
