import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { type AgentRoom, hasRoom, loadWith, WORKING_ROLES } from '../inbox/tickets/capacity';
import type { Ticket } from '../inbox/tickets/ticket';
import { TicketEffects } from '../inbox/tickets/ticket-effects';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { LOGGER } from '../platform/logger';
import { decide } from './decide';
import { lanesOf, type LineFacts, mostPieces, ownQueue, waitingOf } from './line';
import { OffersService } from './offers.service';
import { PlacingService } from './placing.service';
import { isOpen, type Queue } from './queue';
import { presentOf } from './roster';
import { RosterRepository } from './roster.repository';
import { RoutingRepository, type Turn } from './routing.repository';
import { TeamBooks } from './team-books';
import { WaitingLines } from './waiting-lines';
import { WaitingRepository, type WaitingRow } from './waiting.repository';
import type { Decision, Waiting } from './work';

const BATCH = 200; // tickets in one transaction: their events take the workspace's head row, which everybody shares
const LEAST_WINDOW = 25; // beyond what there is room for: some wait for who knows them, or were passed by everybody here
const WIDEST_WINDOW = 1_000;
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
    private readonly rosters: RosterRepository,
    private readonly books: TeamBooks,
    private readonly lines: WaitingLines,
    private readonly waiting: WaitingRepository,
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

  private async assignBatch(tx: Tx, workspaceId: string, teamId: string): Promise<Outcome> {
    await this.waiting.walkIndexes(tx);
    await this.routing.lockTeam(tx, teamId);
    const { edition, rules } = await this.lines.rulesOf(tx, workspaceId, [teamId]);
    const { assignment, settings } = rules[0]!;
    if (!assignment) return NOTHING;
    const roster = await this.books.roster(tx, workspaceId, teamId, edition);
    const moment = await this.rosters.moment(tx, workspaceId, roster);
    const [facts] = (await this.lines.factsOf(tx, workspaceId, rules)) as [LineFacts];
    const queueIds = [ownQueue(teamId), ...facts.queues.keys()];
    const present = presentOf(roster, moment, settings.weights, queueIds);
    const roomy = present.filter((agent) => agent.load < agent.capacity);
    if (roomy.length === 0) return NOTHING;
    // those without room get nothing: their turns need not be known
    const turns = await this.rosters.turns(
      tx,
      workspaceId,
      roomy.map((agent) => agent.id),
    );
    for (const agent of roomy) Object.assign(agent, turns.get(agent.id));
    const pushes = (queueId: string | null) =>
      modeOf(facts.queues.get(queueId ?? ''), assignment) === 'push' && isOpen(facts.queues, queueId);
    const now = this.clock.now();
    const enough = Math.min(BATCH, mostPieces(present, settings));
    for (let window = enough + LEAST_WINDOW; ; window = WIDEST_WINDOW) {
      const rows = await this.lines.headsOf(tx, workspaceId, [facts], pushes, window, now);
      const line = await this.lineOf(tx, workspaceId, facts, rows, now);
      const decisions = decide(line, present, settings, now).slice(0, BATCH);
      if (decisions.length > 0) return this.carryOut(tx, workspaceId, facts, { rows, line, decisions }, now);
      if (rows.length < window || window === WIDEST_WINDOW) return NOTHING;
    }
  }

  /** Heads of a line with whom their customers know and who let them pass. */
  private async lineOf(tx: Tx, workspaceId: string, facts: LineFacts, rows: readonly WaitingRow[], now: Date) {
    const since = new Date(now.getTime() - facts.settings.knownDays * DAY_MS);
    const contacts = rows.map((row) => row.contactId);
    const knownBy = await this.waiting.knownBy(tx, workspaceId, contacts, since);
    const ids = rows.map((row) => row.id);
    const passedBy = await this.waiting.passedBy(tx, workspaceId, ids);
    return waitingOf(rows, { ...facts, knownBy, passedBy }, now);
  }

  /** Locks whom and what was decided on, and does what still holds. */
  private async carryOut(
    tx: Tx,
    workspaceId: string,
    facts: LineFacts,
    decided: { rows: readonly WaitingRow[]; line: readonly Waiting[]; decisions: readonly Decision[] },
    now: Date,
  ): Promise<Outcome> {
    const { rows, line, decisions } = decided;
    const teamId = facts.teamId!;
    const agentIds = [...new Set(decisions.map((decision) => decision.agentId))];
    const rooms = await this.tickets.lockAgents(tx, workspaceId, agentIds);
    const here = await this.rosters.here(tx, workspaceId, agentIds);
    // here, of the team and with room, under the lock
    const able = [...rooms.values()].filter((agent) => here.has(agent.id) && mayHold(agent, teamId));
    const hands = new Map(able.map((agent) => [agent.id, { ...agent }]));
    const locked = await this.tickets.lockWaiting(
      tx,
      workspaceId,
      decisions.map((decision) => decision.ticketId),
    );
    // what has just opened or changed may not have been placed yet; it is decided on anew, where it belongs
    const ids = locked.map((ticket) => ticket.id);
    const moved = await this.placing.place(tx, workspaceId, ids, 'ticket_changed', lanesOf(rows, [facts]));
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

const mayHold = ({ disabled, role, teamIds }: AgentRoom, teamId: string): boolean =>
  !disabled && WORKING_ROLES.includes(role) && teamIds.includes(teamId);

export const modeOf = (queue: Queue | undefined, team: 'push' | 'pull' | undefined): 'push' | 'pull' | undefined =>
  queue?.mode ?? team;
