import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit';
import type { Principal } from '../identity/principal';
import { TicketsService } from '../inbox/tickets/tickets.service';
import { JobQueue } from '../jobs/job-queue';
import { ticketAudience } from '../outbox/audience';
import { type Actor, event } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { DomainError, notFound } from '../platform/errors';
import { uuidv7 } from '../platform/ids';
import { sameText, Secrets } from '../platform/secrets';
import { maskAddress } from './addresses';
import { HandoffSettingsService } from './handoff-settings';
import { IdentityAnswerBody, NewIdentityCheckBody } from './handoff.dto';
import {
  afterCode,
  checkedUntil,
  CODE_LIMITS,
  CODE_VALID_MS,
  codeIn,
  codeOf,
  type CodeOutcome,
  type IdentityCheck,
  nextCodeIn,
  QUESTIONS_VALID_MS,
} from './identity-check';
import { type CheckedTicket, IdentityChecksRepository } from './identity-checks.repository';
import { MailChannels } from './mail-channels';

export const CODE_JOB = 'identity.send_code';
const CODE_KEY = 'identity-code';
const LONGEST_LIMIT_MS = Math.max(...CODE_LIMITS.map(({ withinMs }) => withinMs));

export interface Standing {
  /** Whether the workspace wants a check before private data is discussed. */
  required: boolean;
  /** Null while the customer has not been checked for this ticket, or it was too long ago. */
  checkedUntil: Date | null;
}

/** Whether customers are who they say: a code to an address we knew before, or questions an agent asks. */
@Injectable()
export class IdentityChecks {
  constructor(
    private readonly database: Database,
    private readonly repository: IdentityChecksRepository,
    private readonly settings: HandoffSettingsService,
    private readonly channels: MailChannels,
    private readonly tickets: TicketsService,
    private readonly secrets: Secrets,
    private readonly jobs: JobQueue,
    private readonly audit: Audit,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Asked before private data leaves by mail or is discussed on the phone. */
  async standing(tx: Tx, workspaceId: string, of: { contactId: string; ticketId: string }): Promise<Standing> {
    const { requiresIdentityCheck, identityCheckMinutes } = await this.settings.of(tx, workspaceId);
    const passedAt = await this.repository.passedAt(tx, workspaceId, of.contactId, of.ticketId);
    return {
      required: requiresIdentityCheck,
      checkedUntil: checkedUntil(passedAt, identityCheckMinutes, this.clock.now()),
    };
  }

  /** Newest first, and how the customer stands for the ticket, where one is named. */
  list(who: Principal, contactId: string, ticketId: string | undefined) {
    return this.database.lean(who, async (tx) => {
      if (ticketId !== undefined) await this.ticketOf(tx, who, contactId, ticketId);
      else if (!(await this.repository.contactExists(tx, who.workspaceId, contactId))) throw notFound('contact');
      const items = (await this.repository.of(tx, who, contactId, ticketId ?? null)).map(checkView);
      const standing = ticketId && (await this.standing(tx, who.workspaceId, { contactId, ticketId }));
      return { items, nextCursor: null, ...(standing ? standing : {}) };
    });
  }

  /**
   * @throws DomainError `send_refused` (`no_verified_address`) when there is no address to trust, `rate_limited` after too
   * many codes, `not_found`
   */
  begin(who: Principal, contactId: string, body: NewIdentityCheckBody) {
    return this.database.lean(who, async (tx) => {
      const ticket = await this.ticketOf(tx, who, contactId, body.ticketId);
      const contact = await this.repository.lockContact(tx, who.workspaceId, contactId);
      if (!contact) throw notFound('contact');
      const now = this.clock.now();
      const language = ticket.language ?? contact.locale ?? ticket.workspaceLocale;
      const check: IdentityCheck = {
        workspaceId: who.workspaceId,
        id: uuidv7(now.getTime()),
        contactId,
        ticketId: body.ticketId,
        conversationId: ticket.conversationId,
        method: body.method,
        state: 'open',
        address: null,
        channelId: null,
        codeHash: null,
        tries: 0,
        questions: body.questions ?? [],
        note: null,
        reason: null,
        locale: language.startsWith('en') ? 'en' : 'fa',
        askedBy: who.agentId,
        askedAt: now,
        sentAt: null,
        expiresAt: new Date(now.getTime() + QUESTIONS_VALID_MS),
        answeredAt: null,
        answeredVia: null,
      };
      const asked =
        body.method === 'questions' ? withQuestions(check) : await this.withCode(tx, check, ticket, contact, body);
      await this.repository.insert(tx, asked);
      if (asked.method === 'email_code') this.jobs.enqueue(tx, codeJob(asked));
      return checkView(asked);
    });
  }

  private async withCode(
    tx: Tx,
    check: IdentityCheck,
    ticket: CheckedTicket,
    contact: { email: string | null; emailVerifiedAt: Date | null },
    body: NewIdentityCheckBody,
  ): Promise<IdentityCheck> {
    const { email, emailVerifiedAt } = contact;
    // an address told in this very conversation proves nothing about who is talking
    if (!email || !emailVerifiedAt || emailVerifiedAt >= ticket.createdAt)
      throw new DomainError(
        'send_refused',
        'There is no address that was verified before this ticket began; ask questions instead.',
        { reason: 'no_verified_address', do: ['questions'] },
      );
    const since = new Date(check.askedAt.getTime() - LONGEST_LIMIT_MS);
    const sent = await this.repository.codesSince(tx, check.workspaceId, check.contactId, since);
    const waitMs = nextCodeIn(sent, check.askedAt);
    if (waitMs !== null)
      throw new DomainError(
        'rate_limited',
        'Enough codes were sent to this customer; wait, or ask questions instead.',
        {
          retryAfterSeconds: Math.ceil(waitMs / 1_000),
        },
      );
    const channel = await this.channels.choose(check.workspaceId, ticket.brandId, body.channelId);
    await this.repository.replaceOpen(tx, check.workspaceId, check.contactId, check.ticketId);
    return {
      ...check,
      address: email,
      channelId: channel.id,
      codeHash: this.hashOf(check.id, this.code(check.id)),
      expiresAt: new Date(check.askedAt.getTime() + CODE_VALID_MS),
    };
  }

  /** The code of a check, for the mail that carries it and for nothing else. */
  code(checkId: string): string {
    return codeOf(checkId, this.secrets.derivedKey(CODE_KEY));
  }

  /** A wrong code is no error: it counts, so it must be kept. `outcome` tells. */
  answer(who: Principal, contactId: string, checkId: string, body: IdentityAnswerBody) {
    return this.database.lean(who, async (tx) => {
      const check = await this.repository.lock(tx, who.workspaceId, checkId);
      if (!check || check.contactId !== contactId) throw notFound('identity check');
      const ticket = await this.ticketOf(tx, who, contactId, check.ticketId);
      const actor: Actor = { kind: 'agent', id: who.agentId };
      const field = check.method === 'email_code' ? 'code' : 'passed';
      if (body[field] === undefined)
        throw new DomainError('validation_failed', `Please correct: ${field}.`, {
          fields: [{ path: field, problem: `is needed for ${check.method}` }],
        });
      const { outcome, settled } =
        check.method === 'email_code'
          ? await this.tryCode(tx, check, codeIn(body.code ?? '') ?? '', 'agent')
          : await this.judge(tx, who, check, body);
      if (settled) this.tell(tx, settled, ticket, actor);
      return { ...checkView(settled ?? check), outcome };
    });
  }

  /** The customer sent a code back in the thread. Must hold the conversation. */
  async heard(tx: Tx, workspaceId: string, heard: { conversationId: string; text: string }): Promise<void> {
    const code = codeIn(heard.text);
    if (code === null) return;
    for (const check of await this.repository.lockOpenIn(tx, workspaceId, heard.conversationId)) {
      const { settled } = await this.tryCode(tx, check, code, 'thread');
      const ticket = await this.repository.ticket(tx, workspaceId, check.ticketId);
      if (settled && ticket) this.tell(tx, settled, ticket, { kind: 'contact', id: check.contactId });
    }
  }

  private async tryCode(tx: Tx, check: IdentityCheck, code: string, via: 'agent' | 'thread') {
    const now = this.clock.now();
    const right =
      check.codeHash !== null && sameText(this.hashOf(check.id, code).toString('hex'), check.codeHash.toString('hex'));
    const { outcome, state, tries } = afterCode(check, right, now);
    if (outcome === 'over') return { outcome, settled: null };
    const over = state !== 'open';
    const tried = { ...check, state, tries, ...(over ? { answeredAt: now, answeredVia: via } : {}) };
    const saved = {
      ...tried,
      reason: outcome === 'expired' ? 'expired' : outcome === 'failed' ? 'too_many_tries' : null,
    };
    await this.repository.save(tx, saved);
    return { outcome, settled: over ? saved : null };
  }

  private async judge(
    tx: Tx,
    who: Principal,
    check: IdentityCheck,
    { passed, note }: IdentityAnswerBody,
  ): Promise<{ outcome: CodeOutcome; settled: IdentityCheck | null }> {
    const now = this.clock.now();
    if (check.state !== 'open') return { outcome: 'over', settled: null };
    const expired = now >= check.expiresAt;
    const settled: IdentityCheck = {
      ...check,
      state: passed && !expired ? 'passed' : 'failed',
      tries: 1,
      note: note ?? null,
      reason: expired ? 'expired' : null,
      answeredAt: now,
      answeredVia: 'agent',
    };
    await this.repository.save(tx, settled);
    await this.audit.record(tx, {
      workspaceId: who.workspaceId,
      actor: { kind: 'agent', id: who.agentId },
      action: 'identity.checked',
      subject: `contact:${check.contactId}`,
      changes: { state: { from: 'open', to: settled.state } },
    });
    return { outcome: expired ? 'expired' : settled.state === 'passed' ? 'passed' : 'failed', settled };
  }

  private tell(tx: Tx, check: IdentityCheck, ticket: CheckedTicket, actor: Actor): void {
    const { workspaceId, ticketId, contactId, conversationId, method, state } = check;
    const audience = ticketAudience({ id: ticketId, teamId: ticket.teamId, assigneeId: ticket.assigneeId });
    const subject = { ticketId, contactId, conversationId };
    const data = { method, passed: state === 'passed' };
    this.outbox.record(tx, event(workspaceId, 'identity.checked', actor, subject, audience, data));
  }

  private async ticketOf(tx: Tx, who: Principal, contactId: string, ticketId: string): Promise<CheckedTicket> {
    await this.tickets.see(tx, who, ticketId);
    const ticket = await this.repository.ticket(tx, who.workspaceId, ticketId);
    if (!ticket || ticket.contactId !== contactId) throw notFound('ticket');
    return ticket;
  }

  private hashOf(checkId: string, code: string): Buffer {
    return this.secrets.tokenHash(`${checkId}:${code}`);
  }
}

function withQuestions(check: IdentityCheck): IdentityCheck {
  if (check.questions.length > 0) return check;
  throw new DomainError('validation_failed', 'Please correct: questions.', {
    fields: [{ path: 'questions', problem: 'name at least one fact that is asked for' }],
  });
}

const codeJob = ({ workspaceId, id }: IdentityCheck) => ({
  workspaceId,
  queue: 'outbound' as const,
  name: CODE_JOB,
  payload: { checkId: id },
  dedupeKey: id,
  maxAttempts: 8,
});

/** What agents see of a check: never the code, the address only in outline. */
export function checkView(check: IdentityCheck) {
  const { workspaceId: _, codeHash: _hash, address, ...view } = check;
  return { ...view, address: address === null ? null : maskAddress(address) };
}
