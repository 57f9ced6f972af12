import { Injectable } from '@nestjs/common';
import { Audit, type Changes, changesBetween } from '../audit/audit';
import { Calendars } from '../calendars/calendars';
import { askedFor } from '../identity/identity.dto';
import type { Principal } from '../identity/principal';
import type { Weight } from '../inbox/tickets/capacity';
import { room } from '../outbox/audience';
import { event } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { DomainError, notFound } from '../platform/errors';
import { uuidv7 } from '../platform/ids';
import { OffersService } from './offers.service';
import { PlacingService } from './placing.service';
import { hoursAt } from './queue-hours';
import { LANGUAGE, meets, needsOfLane, type Queue, queueOfLane } from './queue';
import { QueuesRepository } from './queues.repository';
import { RoutingRepository } from './routing.repository';
import { modeOf } from './routing.service';
import { routingOf, type WorkspaceRouting } from './settings';
import { mustBeSkills, mustBeWeights } from './skills';
import { type LaneState, WaitingRepository } from './waiting.repository';
import type { SkillLevels } from './work';

export type QueueChange = Partial<Omit<Queue, 'id' | 'teamId' | 'version' | 'open' | 'turnsAt'>>;
export type SettingsChange = Partial<Omit<WorkspaceRouting, 'weights'>> & { weights?: Record<string, Weight> };

/** A queue and what waits in it. `id` null: what waits in none of its team's queues; `teamId` null: the lobby. */
export interface QueueState extends Omit<Queue, 'id' | 'teamId' | 'name' | 'mode' | 'version'> {
  version: number | null;
  id: string | null;
  teamId: string | null;
  name: string | null;
  mode: 'push' | 'pull';
  ownMode: boolean;
  waiting: number;
  waitingSince: Date | null;
  nobodyCan: SkillLevels[];
}

const FIELDS = [
  'name',
  'rank',
  'conditions',
  'mode',
  'acceptSeconds',
  'needs',
  'vipFirst',
  'calendarId',
  'overflowQueueId',
] as const;
export const COUNTED_TO = 1_000;
const MOST_QUEUES = 500; // each is asked about each ticket of its team that is placed

/** Queues, what waits in them, and how a workspace routes. */
@Injectable()
export class QueuesService {
  constructor(
    private readonly database: Database,
    private readonly queues: QueuesRepository,
    private readonly waiting: WaitingRepository,
    private readonly routing: RoutingRepository,
    private readonly placing: PlacingService,
    private readonly offers: OffersService,
    private readonly audit: Audit,
    private readonly calendars: Calendars,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Queues of the caller's teams (a lead's are all), with what waits. */
  list(who: Principal): Promise<QueueState[]> {
    return this.database.lean(who, async (tx) => {
      await this.waiting.walkIndexes(tx);
      const teams = await this.routing.teams(tx, who.workspaceId, who.role === 'agent' ? who.teamIds : null);
      const queues = await this.queues.queues(tx, who.workspaceId, null);
      const settings = await this.queues.settings(tx, who.workspaceId);
      const states: QueueState[] = [];
      for (const team of teams) {
        const ofTeam = queues.filter((queue) => queue.teamId === team.id);
        const lanes = await this.waiting.laneStates(tx, who.workspaceId, team.id, COUNTED_TO);
        const people = await this.routing.skillsOfTeam(tx, who.workspaceId, team.id);
        states.push(...statesOf(team, ofTeam, lanes, people, settings));
      }
      const lobby = await this.waiting.laneStates(tx, who.workspaceId, null, COUNTED_TO);
      return [...states, own({ id: null, assignment: 'pull' }, lobby, [])];
    });
  }

  create(who: Principal, teamId: string, name: string, given: QueueChange): Promise<Queue> {
    return this.database.transaction(who, async (tx) => {
      if (!(await this.queues.teamExists(tx, who.workspaceId, teamId))) throw notFound('team');
      if (!(await this.queues.hasRoom(tx, who.workspaceId, MOST_QUEUES)))
        throw new DomainError('conflict', `There are ${MOST_QUEUES} queues already; remove one that is not needed.`, {
          max: MOST_QUEUES,
        });
      const queue: Queue = { ...EMPTY, id: uuidv7(), teamId, ...askedFor(given), name, version: 1 };
      const made = await this.queues.save(tx, who.workspaceId, await this.checked(tx, who, queue));
      await this.changed(tx, who, 'queue.created', made, changesBetween<Partial<Queue>>({}, made, [...FIELDS]));
      return made;
    });
  }

  change(who: Principal, id: string, given: QueueChange): Promise<Queue> {
    return this.database.transaction(who, async (tx) => {
      const before = await this.find(tx, who, id);
      const after: Queue = { ...before, ...askedFor(given) };
      const checked = await this.checked(tx, who, after);
      const changes = changesBetween(before, after, [...FIELDS]);
      if (Object.keys(changes).length === 0) return before;
      const saved = await this.queues.save(tx, who.workspaceId, checked);
      await this.changed(tx, who, 'queue.changed', saved, changes);
      if (changes['calendarId']) this.tellHours(tx, who, before, saved);
      return saved;
    });
  }

  /** What waits there waits in another of the team's queues, or the team's own, from now on. */
  remove(who: Principal, id: string): Promise<void> {
    return this.database.transaction(who, async (tx) => {
      const queue = await this.find(tx, who, id);
      await this.queues.remove(tx, who.workspaceId, id);
      await this.changed(tx, who, 'queue.removed', queue, { name: { from: queue.name, to: null } });
      if (queue.calendarId !== null)
        this.tellHours(tx, who, queue, { ...queue, calendarId: null, version: queue.version + 1 });
    });
  }

  settings(who: Principal): Promise<WorkspaceRouting> {
    return this.database.lean(who, (tx) => this.queues.settings(tx, who.workspaceId));
  }

  /** Weights named are set; those left out stay. */
  changeSettings(who: Principal, given: SettingsChange): Promise<WorkspaceRouting> {
    return this.database.transaction(who, async (tx) => {
      if (given.weights) mustBeWeights(given.weights);
      const known = await this.queues.settings(tx, who.workspaceId);
      const weights = given.weights && { weights: { ...known.weights, ...given.weights } };
      const change = { ...askedFor(given), ...weights };
      const before = await this.queues.saveSettings(tx, who.workspaceId, change);
      const after = routingOf({ ...before, ...change });
      const changes = changesBetween(before, after, Object.keys(change) as (keyof WorkspaceRouting)[]);
      if (Object.keys(changes).length > 0) {
        const actor = { kind: 'agent' as const, id: who.agentId };
        const subject = `workspace:${who.workspaceId}`;
        await this.audit.record(tx, {
          workspaceId: who.workspaceId,
          actor,
          action: 'routing.changed',
          subject,
          changes,
        });
        for (const team of await this.routing.teams(tx, who.workspaceId, null)) {
          if (change.vipTiers) this.placing.placeAgain(tx, who.workspaceId, team.id);
          this.offers.serve(tx, who.workspaceId, team.id);
        }
      }
      return after;
    });
  }

  /**
   * With its hours as they are now.
   * @throws DomainError `validation_failed`, `not_found` for a brand or a calendar that is not the workspace's
   */
  private async checked(tx: Tx, { workspaceId }: Principal, queue: Queue): Promise<Queue> {
    mustBeSkills(queue.needs, 'needs');
    const brandIds = queue.conditions.brandIds ?? [];
    if (!(await this.queues.areBrands(tx, workspaceId, brandIds))) throw notFound('brand');
    if (queue.overflowQueueId !== null) {
      const others = await this.queues.queues(tx, workspaceId, [queue.teamId]);
      if (queue.overflowQueueId === queue.id || !others.some(({ id }) => id === queue.overflowQueueId))
        throw new DomainError('validation_failed', 'Choose another queue of this team to overflow to.', {
          fields: [{ path: 'overflowQueueId', problem: 'is not another queue of the team' }],
        });
    }
    if (queue.calendarId === null) return { ...queue, ...hoursAt(null, this.clock.now()) };
    const calendar = (await this.calendars.book(tx, workspaceId)).find(queue.calendarId);
    if (!calendar) throw notFound('calendar');
    return { ...queue, ...hoursAt(calendar, this.clock.now()) };
  }

  /** Clocks that count by its hours are computed anew by whoever hears of it. */
  private tellHours(tx: Tx, who: Principal, before: Queue, after: Queue): void {
    const actor = { kind: 'agent' as const, id: who.agentId };
    const data = { queueId: after.id, from: before.calendarId, to: after.calendarId, version: after.version };
    this.outbox.record(tx, event(who.workspaceId, 'queue.hours_changed', actor, {}, [room.leads], data));
  }

  private async find(tx: Tx, who: Principal, id: string): Promise<Queue> {
    const queue = await this.queues.find(tx, who.workspaceId, id);
    if (!queue) throw notFound('queue');
    return queue;
  }

  private async changed(tx: Tx, who: Principal, action: string, queue: Queue, changes: Changes): Promise<void> {
    const actor = { kind: 'agent' as const, id: who.agentId };
    await this.audit.record(tx, { workspaceId: who.workspaceId, actor, action, subject: `queue:${queue.id}`, changes });
    this.placing.placeAgain(tx, who.workspaceId, queue.teamId);
    this.offers.serve(tx, who.workspaceId, queue.teamId);
  }
}

const EMPTY: Omit<Queue, 'id' | 'teamId' | 'name' | 'version'> = {
  rank: 0,
  conditions: {},
  mode: null,
  acceptSeconds: null,
  needs: {},
  vipFirst: true,
  calendarId: null,
  overflowQueueId: null,
  open: true,
  turnsAt: null,
};

type Team = { id: string | null; assignment: 'push' | 'pull' };

function statesOf(
  team: Team,
  queues: readonly Queue[],
  lanes: readonly LaneState[],
  people: readonly SkillLevels[],
  { languageFallbackSeconds }: WorkspaceRouting,
): QueueState[] {
  const known = new Set(queues.map((queue) => queue.id));
  const queueOf = (lane: string) => {
    const id = queueOfLane(lane);
    return id !== null && known.has(id) ? id : null;
  };
  const lasting = (needs: SkillLevels): SkillLevels =>
    languageFallbackSeconds === null
      ? needs
      : Object.fromEntries(Object.entries(needs).filter(([skill]) => !skill.startsWith(LANGUAGE)));
  const stranded = (lane: LaneState) => !people.some((skills) => meets(skills, lasting(needsOfLane(lane.lane))));
  const rows = queues.map((queue) => {
    const mine = lanes.filter((lane) => queueOf(lane.lane) === queue.id);
    return {
      ...queue,
      mode: modeOf(queue, team.assignment)!,
      ownMode: queue.mode !== null,
      ...sum(mine, mine.filter(stranded)),
    };
  });
  const rest = lanes.filter((lane) => queueOf(lane.lane) === null);
  return [...rows, own(team, rest, rest.filter(stranded))];
}

const own = (team: Team, lanes: readonly LaneState[], stranded: readonly LaneState[]): QueueState => ({
  ...EMPTY,
  id: null,
  teamId: team.id,
  name: null,
  mode: team.assignment,
  ownMode: false,
  version: null,
  ...sum(lanes, stranded),
});

const sum = (lanes: readonly LaneState[], stranded: readonly LaneState[]) => ({
  waiting: Math.min(
    COUNTED_TO,
    lanes.reduce((total, lane) => total + lane.waiting, 0),
  ),
  waitingSince: lanes.reduce<Date | null>(
    (first, { waitingSince }) => (first && (!waitingSince || first <= waitingSince) ? first : waitingSince),
    null,
  ),
  nobodyCan: stranded.map((lane) => needsOfLane(lane.lane)),
});
