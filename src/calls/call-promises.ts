import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ConversationsService, agent, audienceOf, subjectOf } from '../inbox/conversations/conversations.service';
import { HandoffTarget, HandoffTargets } from '../inbox/conversations/handoffs';
import type { Principal } from '../identity/principal';
import { event } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { DomainError } from '../platform/errors';
import { Idempotency } from '../platform/idempotency';
import { uuidv7 } from '../platform/ids';
import { atWindow, type CallPromise, type CallSettings, ended } from './call';
import { CallContacts } from './call-contacts';
import { callEvent, windowOf } from './call.events';
import { beingMade, moveCall } from './call-life';
import { CallRecord } from './call-record';
import { CallSettingsStore, invalid } from './call-settings';
import { CallSlots } from './call-slots';
import { Calls } from './calls.service';
import { PhoneHandoffBody } from './calls.dto';
import { CallsRepository } from './calls.repository';
import { checkNumber } from './phone';

/** Promising calls: from a conversation, at another time, not at all. */
@Injectable()
export class CallPromises extends HandoffTarget<PhoneHandoffBody> implements OnModuleInit {
  readonly to = 'phone';
  readonly body = PhoneHandoffBody;

  constructor(
    private readonly targets: HandoffTargets,
    private readonly database: Database,
    private readonly conversations: ConversationsService,
    private readonly idempotency: Idempotency,
    private readonly settings: CallSettingsStore,
    private readonly slots: CallSlots,
    private readonly calls: CallsRepository,
    private readonly record: CallRecord,
    private readonly contacts: CallContacts,
    private readonly outbox: Outbox,
    private readonly views: Calls,
    private readonly clock: Clock,
  ) {
    super();
  }

  onModuleInit(): void {
    this.targets.register(this);
  }

  /** The same window asked for twice is the same promise. */
  async begin(who: Principal, conversationId: string, body: PhoneHandoffBody, key: string | undefined) {
    return this.database.transaction({ workspaceId: who.workspaceId }, (tx) =>
      this.idempotency.once(tx, who.workspaceId, key, { conversationId, agentId: who.agentId, body }, async () => {
        const id = await this.promise(tx, who, conversationId, body);
        return { handler: 'human', call: await this.views.viewIn(tx, who, id) };
      }),
    );
  }

  private async promise(tx: Tx, who: Principal, conversationId: string, body: PhoneHandoffBody): Promise<string> {
    const { workspaceId } = who;
    const conversation = await this.conversations.lockVisible(tx, who, conversationId);
    const ticket = conversation.ticket;
    if (!ticket || ticket.status === 'closed')
      throw new DomainError('invalid_transition', 'There is no ticket under work here; a call belongs to one.');
    const window = windowFrom(body);
    const known = await this.calls.openOf(tx, workspaceId, conversation.contactId, ticket.id);
    if (known) return this.same(known, window);
    const settings = await this.settings.lock(tx, workspaceId);
    const contact = await this.contacts.find(tx, workspaceId, conversation.contactId);
    const phone = numberFor(body.phone, contact.phoneBadAt ? null : contact.phone, settings.country);
    if (window) await this.slots.check(tx, workspaceId, settings, window, null);
    const now = this.clock.now();
    const promise: CallPromise = {
      ...NEW,
      workspaceId,
      id: uuidv7(now.getTime()),
      ticketId: ticket.id,
      conversationId,
      contactId: conversation.contactId,
      state: window ? 'scheduled' : 'requested',
      phone: phone.e164,
      phoneRaw: phone.raw,
      country: phone.country,
      reason: body.reason ?? null,
      brief: body.brief ?? null,
      language: body.language ?? contact.locale,
      windowStart: window && new Date(window.start),
      windowEnd: window && new Date(window.end),
      timeZone: await this.slots.timeZone(tx, workspaceId, settings),
      consentAt: now,
      consentText: body.consent.text,
      promisedBy: who.agentId,
      createdAt: now,
      teamId: ticket.teamId,
      assigneeId: ticket.assigneeId,
    };
    await this.calls.insert(tx, promise);
    await this.contacts.given(tx, workspaceId, contact.id, phone.e164, agent(who));
    await this.conversations.requestHandoff(tx, conversation, agent(who), 'phone', body.reason ?? 'asked_by_agent');
    const [subject, audience] = [subjectOf(conversation), audienceOf(conversation)];
    const continued = { by: 'phone' as const, inConversationId: null };
    this.outbox.record(tx, event(workspaceId, 'conversation.continued', agent(who), subject, audience, continued));
    if (window) this.outbox.record(tx, callEvent(promise, 'call.promised', agent(who), windowOf(promise)));
    return promise.id;
  }

  private same(known: CallPromise, window: { start: number; end: number } | null): string {
    const same = window?.start === known.windowStart?.getTime() && window?.end === known.windowEnd?.getTime();
    if (same) return known.id;
    throw new DomainError('conflict', 'A call is promised on this ticket already; change its time instead.', {
      callId: known.id,
      windowStart: known.windowStart,
      windowEnd: known.windowEnd,
    });
  }

  /** Another time, or a first one. What somebody has in hand goes back to the queue. */
  reschedule(who: Principal, id: string, to: { windowStart: string; windowEnd: string; reason: string }) {
    return this.database.transaction({ workspaceId: who.workspaceId }, async (tx) => {
      const { promise } = await this.record.open(tx, who.workspaceId, id, who);
      if (promise.state === 'dialing') throw beingMade();
      if (promise.state !== 'scheduled') moveCall(promise.state, 'scheduled');
      const settings = await this.settings.lock(tx, who.workspaceId);
      const window = windowFrom(to)!;
      await this.slots.check(tx, who.workspaceId, settings, window, id);
      const first = promise.state === 'requested';
      const moved = atWindow(promise, window);
      await this.calls.save(tx, moved);
      this.outbox.record(
        tx,
        first
          ? callEvent(moved, 'call.promised', agent(who), windowOf(moved))
          : callEvent(promise, 'call.rescheduled', agent(who), { ...windowOf(moved), reason: to.reason }),
      );
      return this.views.viewIn(tx, who, id);
    });
  }

  cancel(who: Principal, id: string, reason: string) {
    return this.database.transaction({ workspaceId: who.workspaceId }, async (tx) => {
      const { promise } = await this.record.open(tx, who.workspaceId, id, who);
      if (promise.state === 'cancelled') return this.views.viewIn(tx, who, id);
      if (promise.state === 'dialing') throw beingMade();
      const state = moveCall(promise.state, 'cancelled');
      await this.calls.save(tx, ended(promise, state, reason, this.clock.now()));
      this.outbox.record(tx, callEvent(promise, 'call.cancelled', agent(who), { reason }));
      return this.views.viewIn(tx, who, id);
    });
  }

  /** Another call after one in which not everything was settled; the consent to that one holds. */
  async followUp(tx: Tx, who: Principal, before: CallPromise, settings: CallSettings, at: Date): Promise<void> {
    const slotMs = settings.slotMinutes * 60_000;
    const start = Math.floor(at.getTime() / slotMs) * slotMs;
    await this.slots.check(tx, who.workspaceId, settings, { start, end: start + slotMs }, null);
    const now = this.clock.now();
    const promise: CallPromise = {
      ...before,
      ...NEW,
      id: uuidv7(now.getTime()),
      state: 'scheduled',
      windowStart: new Date(start),
      windowEnd: new Date(start + slotMs),
      promisedBy: who.agentId,
      createdAt: now,
    };
    await this.calls.insert(tx, promise);
    this.outbox.record(tx, callEvent(promise, 'call.promised', agent(who), windowOf(promise)));
  }
}

const NEW = {
  endReason: null,
  claimedBy: null,
  leaseUntil: null,
  nextAttemptAt: null,
  attempts: 0,
  dueToldAt: null,
  missedAt: null,
  version: 1,
  endedAt: null,
} as const;

const windowFrom = ({ windowStart, windowEnd }: { windowStart?: string; windowEnd?: string }) =>
  windowStart && windowEnd ? { start: Date.parse(windowStart), end: Date.parse(windowEnd) } : null;

function numberFor(given: string | undefined, known: string | null, country: string) {
  const raw = given ?? known;
  if (raw === null) throw invalid('phone', 'is not known; ask the customer for it');
  const check = checkNumber(raw, country);
  if (!check.ok) throw invalid('phone', check.problem);
  return check.phone;
}
