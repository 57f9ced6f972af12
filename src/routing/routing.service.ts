import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { hasRoom, loadWith } from '../inbox/tickets/capacity';
import type { Ticket } from '../inbox/tickets/ticket';
import { TicketEffects } from '../inbox/tickets/ticket-effects';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { LOGGER } from '../platform/logger';
import { decide } from './decide';
import { placeOfWork } from './handling';
import { HandlingRepository } from './handling.repository';
import { candidateOf, type LineFacts, mostPieces, ownQueue, waitingOf } from './line';
import { OffersService } from './offers.service';
import { PlacingService } from './placing.service';
import { type Queue, queueOfLane } from './queue';
import { QueuesRepository } from './queues.repository';
import { RoutingRepository, type Turn } from './routing.repository';
import { WaitingRepository } from './waiting.repository';
import type { Decision, Waiting } from './work';

const BATCH = 200; // tickets in one transaction: their events take the workspace's head row, which everybody shares
const LEAST_WINDOW = 50; // beyond what there is room for: some wait for who knows them, or were passed by everybody here
const WIDEST_WINDOW = 1_000;
const LANES = 300; // queues times languages times types of work; more than any team has
const AGAIN_MS = 300; // what somebody held at that moment is looked at again after this
const DAY_MS = 86_400_000;

interface Outcome {
  given: number;
  /** Decided on, but meanwhile taken or busy. */
  dropped: number;
  /** Whether there may be more to decide on at once. */
  more: boolean;
}

const NOTHING: Outcome = { given: 0, dropped: 0, more: false };

@Injectable()
export class RoutingService {
  constructor(
    private readonly database: Database,
    private readonly routing: RoutingRepository,
    private readonly queues: QueuesRepository,
    private readonly waiting: WaitingRepository,
    private readonly handling: HandlingRepository,
    private readonly placing: PlacingService,
    private readonly offers: OffersService,
    private readonly tickets: TicketEffects,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** Gives a team's waiting tickets to its online agents as far as their room goes. @returns how many were given or offered */
  async assignWaiting(workspaceId: string, teamId: string): Promise<number> {
    for (let total = 0; ;) {
      const started = performance.now();
      const { given, dropped, more } = await this.database.lean({ workspaceId }, async (tx) => {
        const outcome = await this.assignBatch(tx, workspaceId, teamId);
        const again = !outcome.more && outcome.dropped > 0;
        if (again) this.offers.serve(tx, workspaceId, teamId, new Date(this.clock.now().getTime() + AGAIN_MS));
        return outcome;
      });
      if (given > 0) {
        const ms = Math.round(performance.now() - started);
        this.log.info({ event: 'routing.assigned', workspaceId, teamId, given, dropped, ms }, 'work given to agents');
      }
      total += given;
      if (!more) return total;
    }
  }

  /** What is needed to decide about a team's line, but for what depends on who waits. */
  async factsOf(tx: Tx, workspaceId: string, teamId: string | null): Promise<LineFacts> {
    const settings = await this.queues.settings(tx, workspaceId);
    const queues = teamId === null ? [] : await this.queues.queues(tx, workspaceId, [teamId]);
    const places = [placeOfWork(null, teamId), ...queues.map((queue) => queue.id)];
    return {
      teamId,
      settings,
      queues: new Map(queues.map((queue) => [queue.id, queue])),
      handling: await this.handling.learned(tx, workspaceId, places),
      knownBy: new Map(),
      passedBy: new Map(),
    };
  }

  /** The head of a team's line, in those of its lanes that `serves` names. */
  async lineOf(
    tx: Tx,
    workspaceId: string,
    facts: LineFacts,
    serves: (queueId: string | null) => boolean,
    window: number,
    now: Date,
  ): Promise<Waiting[]> {
    const { teamId, settings, queues } = facts;
    const all = await this.waiting.lanes(tx, workspaceId, teamId, LANES);
    const lanes = all.filter((lane) => {
      const queueId = queueOfLane(lane);
      return serves(queueId !== null && queues.has(queueId) ? queueId : null);
    });
    if (lanes.length === 0) return [];
    const rows = await this.waiting.windows(tx, workspaceId, teamId, lanes, now, window);
    const since = new Date(now.getTime() - settings.knownDays * DAY_MS);
    const contacts = rows.map((row) => row.contactId);
    const knownBy = await this.waiting.knownBy(tx, workspaceId, contacts, since);
    const ids = rows.map((row) => row.id);
    const passedBy = await this.waiting.passedBy(tx, workspaceId, ids);
    return waitingOf(rows, { ...facts, knownBy, passedBy }, now);
  }

  private async assignBatch(tx: Tx, workspaceId: string, teamId: string): Promise<Outcome> {
    await this.waiting.walkIndexes(tx);
    await this.routing.lockTeam(tx, teamId);
    const assignment = await this.routing.assignment(tx, workspaceId, teamId);
    const present = assignment ? await this.routing.candidates(tx, workspaceId, teamId, null) : [];
    const room = present.some((agent) => agent.load < agent.capacity);
    if (!room) return NOTHING;
    const facts = await this.factsOf(tx, workspaceId, teamId);
    const pushes = (queueId: string | null) => modeOf(facts.queues.get(queueId ?? ''), assignment) === 'push';
    const queueIds = [ownQueue(teamId), ...facts.queues.keys()];
    const agents = present.map((agent) => candidateOf(agent, queueIds));
    const now = this.clock.now();
    const enough = Math.min(BATCH, mostPieces(present, facts.settings));
    for (let window = enough + LEAST_WINDOW; ; window = WIDEST_WINDOW) {
      const line = await this.lineOf(tx, workspaceId, facts, pushes, window, now);
      const decisions = decide(line, agents, facts.settings, now).slice(0, BATCH);
      if (decisions.length > 0) return this.carryOut(tx, workspaceId, teamId, facts, line, decisions, now);
      if (line.length < window || window === WIDEST_WINDOW) return NOTHING;
    }
  }

  /** Locks whom and what was decided on, and does what still holds. */
  private async carryOut(
    tx: Tx,
    workspaceId: string,
    teamId: string,
    facts: LineFacts,
    line: readonly Waiting[],
    decisions: readonly Decision[],
    now: Date,
  ): Promise<Outcome> {
    const agentIds = [...new Set(decisions.map((decision) => decision.agentId))];
    await this.tickets.lockAgents(tx, workspaceId, agentIds);
    const still = await this.routing.candidates(tx, workspaceId, teamId, agentIds); // here, and with room, under the lock
    const hands = new Map(still.map((agent) => [agent.id, { ...agent, weights: facts.settings.weights }]));
    const locked = await this.tickets.lockWaiting(
      tx,
      workspaceId,
      decisions.map((decision) => decision.ticketId),
    );
    // what has just opened or changed may not have been placed yet; it is decided on anew, where it belongs
    const ids = locked.map((ticket) => ticket.id);
    const moved = await this.placing.place(tx, workspaceId, ids, 'ticket_changed');
    const ready = locked.filter((ticket) => ticket.teamId === teamId && !moved.has(ticket.id));
    const tickets = new Map(ready.map((ticket) => [ticket.id, ticket]));
    const places = new Map(line.map((waiting) => [waiting.id, waiting]));
    const turns = new Map<string, Turn>();
    const given: { ticket: Ticket; agentId: string; why: Record<string, unknown>; queue: Queue | undefined }[] = [];
    for (const { ticketId, agentId, why, inTimeTurns } of decisions) {
      const [ticket, agent] = [tickets.get(ticketId), hands.get(agentId)];
      if (!ticket || !agent || !hasRoom(agent, ticket)) continue;
      agent.load = loadWith(agent, ticket);
      turns.set(agentId, { at: now, inTimeTurns });
      const queue = facts.queues.get(places.get(ticketId)!.queueId);
      given.push({ ticket, agentId, queue, why: { ...why, queueId: queue?.id ?? null } });
    }
    const offered = given.flatMap(({ queue, ...gift }) =>
      queue?.acceptSeconds ? [{ ...gift, acceptSeconds: queue.acceptSeconds }] : [],
    );
    await this.tickets.give(
      tx,
      workspaceId,
      given.filter(({ queue }) => !queue?.acceptSeconds),
      'push',
    );
    if (offered.length > 0) await this.offers.make(tx, workspaceId, offered);
    await this.routing.noteTurns(tx, workspaceId, turns);
    const dropped = decisions.length - given.length - moved.size;
    const more = moved.size > 0 || (given.length > 0 && (dropped > 0 || decisions.length === BATCH));
    return { given: given.length, dropped, more };
  }
}

export const modeOf = (queue: Queue | undefined, team: 'push' | 'pull' | undefined): 'push' | 'pull' | undefined =>
  queue?.mode ?? team;
