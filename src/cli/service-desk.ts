import type { INestApplicationContext } from '@nestjs/common';
import { CalendarsService } from '../calendars/calendars.service';
import { CallSettingsStore } from '../calls/call-settings';
import type { Page } from '../identity/page';
import type { Principal } from '../identity/principal';
import { TicketSetup } from '../inbox/tickets/ticket-setup.service';
import { CannedRepliesService } from '../macros/canned-replies.service';
import { MacrosService } from '../macros/macros.service';
import { QueuesService } from '../routing/queues.service';
import { SkillsService } from '../routing/skills.service';
import { RulesService } from '../rules/rules.service';
import { PoliciesService } from '../sla/policies.service';
import { SurveySettingsService } from '../surveys/survey-settings.service';
import type { Desk } from './open-desk';

const PAGE = 100;

/** The desk of a workspace by its own services, as the owner. */
export function serviceDesk(app: INestApplicationContext, owner: Principal): Desk {
  const calendars = app.get(CalendarsService);
  const policies = app.get(PoliciesService);
  const queues = app.get(QueuesService);
  const tickets = app.get(TicketSetup);
  const rules = app.get(RulesService);
  const macros = app.get(MacrosService);
  const replies = app.get(CannedRepliesService);
  const skills = app.get(SkillsService);
  const surveys = app.get(SurveySettingsService);
  const calls = app.get(CallSettingsStore);
  return {
    calendars: {
      known: async () => named(await calendars.list(owner), ({ name }) => name),
      add: async (calendar) => (await calendars.create(owner, calendar)).id,
    },
    policies: {
      known: async () => named(await policies.list(owner), ({ name }) => name),
      add: async (policy) => (await policies.create(owner, policy)).id,
    },
    queues: {
      known: async () => {
        const own = await queues.list(owner);
        return named(
          own.flatMap(({ id, name }) => (id === null || name === null ? [] : [{ id, name }])),
          ({ name }) => name,
        );
      },
      add: async ({ teamId, name, ...queue }) => (await queues.create(owner, teamId, name, queue)).id,
    },
    fields: {
      known: async () => named(await tickets.fields(owner), ({ key }) => key),
      add: async (field) => (await tickets.addField(owner, field)).id,
    },
    rules: {
      known: async () => named(await rules.list(owner), ({ name }) => name),
      add: async (rule) => (await rules.create(owner, rule)).id,
    },
    macros: {
      known: async () =>
        named(await everything((cursor) => macros.list(owner, cursor ?? null, PAGE)), ({ name }) => name),
      add: async (macro) => (await macros.create(owner, macro)).id,
    },
    replies: {
      known: async () =>
        named(
          await everything((cursor) => replies.list(owner, undefined, cursor ?? null, PAGE)),
          ({ shortcut }) => shortcut,
        ),
      add: async (reply) => (await replies.create(owner, reply)).id,
    },
    skillsOf: (agentId) => skills.get(owner, agentId),
    setSkills: (agentId, levels) => skills.set(owner, agentId, levels),
    setRouting: (settings) => queues.changeSettings(owner, settings),
    setTickets: (settings) => tickets.saveSettings(owner, settings),
    setCalls: (settings) => calls.change(owner, settings),
    setSurvey: (settings) => surveys.change(owner, { ...settings, brandId: null, calendarId: null, version: 0 }),
  };
}

const named = <T extends { id: string }>(things: readonly T[], nameOf: (thing: T) => string) =>
  new Map(things.map((thing) => [nameOf(thing), thing.id]));

/** All of what comes in pages. */
export async function everything<T>(page: (cursor: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await page(cursor);
    all.push(...items);
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
  return all;
}
