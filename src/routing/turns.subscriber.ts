import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { type DomainEvent, type DomainEventType, isEvent } from '../outbox/domain-event';
import { TicketEffects } from '../inbox/tickets/ticket-effects';
import { Subscriptions } from '../outbox/subscriptions';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { LOGGER } from '../platform/logger';
import { type Look, TicketLooks } from '../realtime/ticket-looks';
import { handlingKey, isToSpread, learn } from './handling';
import { type Answer, HandlingRepository } from './handling.repository';
import { HandlingSpread } from './handling-spread';
import { OffersService } from './offers.service';
import { OffersRepository } from './offers.repository';
import { type LoggedTurn, TurnsRepository } from './turns.repository';

export const TURNS_SUBSCRIBER = 'routing.turns';

const TYPES = ['message.sent', 'ticket.assigned', 'ticket.offer_ended'] as const satisfies readonly DomainEventType[];
const TAKEN_BY_HAND: ReadonlySet<string> = new Set(['claim', 'next']);

/** Writes down who took, passed and answered what, and learns from it how long work takes. */
@Injectable()
export class TurnsSubscriber implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly subscriptions: Subscriptions,
    private readonly looks: TicketLooks,
    private readonly turns: TurnsRepository,
    private readonly handling: HandlingRepository,
    private readonly spread: HandlingSpread,
    private readonly standing: OffersRepository,
    private readonly offers: OffersService,
    private readonly tickets: TicketEffects,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onModuleInit(): void {
    this.subscriptions.subscribe({
      name: TURNS_SUBSCRIBER,
      types: TYPES,
      handle: (tx, events) => this.handle(tx, events),
    });
    this.looks.onLooked((look) => void this.opened(look));
  }

  async handle(tx: Tx, events: readonly DomainEvent[]): Promise<void> {
    const workspaceId = events[0]?.workspaceId;
    if (!workspaceId) return;
    await this.acceptAnswered(tx, workspaceId, events);
    const sent = events.filter(
      (each) => isEvent(each, 'message.sent') && each.data.author === 'agent' && each.messageId,
    );
    const answers = await this.answersOf(tx, workspaceId, sent);
    await this.learn(tx, workspaceId, answers);
    const bySent = new Map(sent.map((each) => [each.messageId, each]));
    await this.turns.append(tx, workspaceId, [
      ...events.flatMap(turnOf),
      ...answers.map(({ messageId, ticketId, agentId, workedMs }): LoggedTurn => {
        const { position, at } = bySent.get(messageId)!;
        return { position, at, what: 'answered', agentId, ticketId, ms: workedMs };
      }),
    ]);
  }

  /** To answer what is on one's screen is to accept it. */
  private async acceptAnswered(tx: Tx, workspaceId: string, events: readonly DomainEvent[]): Promise<void> {
    const answered = new Map<string, Set<string>>();
    for (const { type, actor, ticketId } of events) {
      if (type !== 'message.sent' || actor.kind !== 'agent' || !actor.id || !ticketId) continue;
      answered.set(actor.id, (answered.get(actor.id) ?? new Set()).add(ticketId));
    }
    if (answered.size === 0) return;
    const offers = (await this.standing.ofAgents(tx, workspaceId, [...answered.keys()])).filter(
      ({ agentId, ticketId }) => answered.get(agentId)?.has(ticketId),
    );
    if (offers.length === 0) return;
    // all of them at once: agents before tickets, as everywhere
    await this.tickets.lockAgents(tx, workspaceId, [...new Set(offers.map(({ agentId }) => agentId))]);
    await this.tickets.lock(
      tx,
      workspaceId,
      offers.map(({ ticketId }) => ticketId),
    );
    for (const { agentId, ticketId } of offers) await this.offers.acceptIfOffered(tx, workspaceId, agentId, ticketId);
  }

  private answersOf(tx: Tx, workspaceId: string, sent: readonly DomainEvent[]): Promise<Answer[]> {
    const ids = sent.flatMap((each) => each.messageId ?? []);
    return ids.length === 0 ? Promise.resolve([]) : this.handling.answers(tx, workspaceId, ids);
  }

  private async learn(tx: Tx, workspaceId: string, answers: readonly Answer[]): Promise<void> {
    if (answers.length === 0) return;
    const figures = await this.handling.learned(tx, workspaceId, [...new Set(answers.map((answer) => answer.placeId))]);
    const touched = new Map<string, { placeId: string; workType: string }>();
    for (const { placeId, workType, workedMs } of answers) {
      const key = handlingKey(placeId, workType);
      figures.set(key, { ...learn(figures.get(key), workedMs), spreadMs: figures.get(key)?.spreadMs ?? null });
      touched.set(key, { placeId, workType });
    }
    const learned = [...touched].map(([key, place]) => ({ ...place, ...figures.get(key)! }));
    const moved = learned.filter(({ spreadMs, handlingMs }) => isToSpread(spreadMs, handlingMs));
    for (const figure of moved) figure.spreadMs = figure.handlingMs;
    await this.handling.save(tx, workspaceId, learned);
    this.spread.spread(tx, workspaceId, moved);
  }

  /** An agent has a ticket open: theirs to accept, or left to see whether they take it. */
  private async opened({ workspaceId, agentId, ticketId }: Look): Promise<void> {
    try {
      await this.database.lean({ workspaceId }, async (tx) => {
        await this.offers.acceptIfOffered(tx, workspaceId, agentId, ticketId);
        await this.turns.opened(tx, workspaceId, agentId, ticketId, this.clock.now());
      });
    } catch (error) {
      this.log.warn({ event: 'routing.look_failed', workspaceId, ticketId, err: error }, 'the offer runs on');
    }
  }
}

function turnOf(event: DomainEvent): LoggedTurn[] {
  const { position, at, ticketId } = event;
  if (!ticketId) return [];
  if (isEvent(event, 'ticket.assigned') && event.data.to) {
    const what = TAKEN_BY_HAND.has(event.data.how) ? 'claimed' : 'assigned';
    return [{ position, at, what, agentId: event.data.to, ticketId, ms: null }];
  }
  if (isEvent(event, 'ticket.offer_ended') && (event.data.how === 'declined' || event.data.how === 'timed_out'))
    return [{ position, at, what: event.data.how, agentId: event.data.agentId, ticketId, ms: null }];
  return [];
}
