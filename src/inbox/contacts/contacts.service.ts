import { Injectable, Optional } from '@nestjs/common';
import { type Page, pageOf } from '../../identity/page';
import type { Principal } from '../../identity/principal';
import { room } from '../../outbox/audience';
import { type Actor, type DomainEventData, event } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import { Database, type Tx } from '../../platform/database';
import { DomainError, notFound } from '../../platform/errors';
import { cleanText } from '../../text/clean';
import { normaliseTag } from '../tickets/ticket-tags';
import { TicketsService } from '../tickets/tickets.service';
import { e164, filledFields, mergedFields } from './contact';
import { ContactCrmSource } from './contact-crm';
import { ContactVerdicts } from './contact-verdicts';
import { type ContactRow, ContactsRepository } from './contacts.repository';

export interface ContactChange {
  name?: string;
  email?: string;
  emailVerified?: boolean;
  phone?: string;
  phoneVerified?: boolean;
  locale?: string;
  /** Empty or null removes it. */
  tier?: string | null;
}

@Injectable()
export class ContactsService {
  constructor(
    private readonly database: Database,
    private readonly repository: ContactsRepository,
    private readonly tickets: TicketsService,
    private readonly verdicts: ContactVerdicts,
    private readonly outbox: Outbox,
    @Optional() private readonly crm?: ContactCrmSource,
  ) {}

  list(who: Principal, q: string | undefined, cursor: string | undefined, limit: number): Promise<Page<ContactRow>> {
    return this.database.lean(who, async (tx) =>
      pageOf(await this.repository.list(tx, who.workspaceId, q?.trim() || null, cursor ?? null, limit + 1), limit),
    );
  }

  get(who: Principal, id: string) {
    return this.database.lean(who, (tx) => this.card(tx, who, id));
  }

  /** A changed address is unverified unless the same request says otherwise. */
  change(who: Principal, id: string, change: ContactChange) {
    return this.database.lean(who, async (tx) => {
      const [before] = await this.repository.lock(tx, who.workspaceId, [id]);
      if (!before) throw notFound('contact');
      const after = applyChange(before, change);
      const fields = (
        ['name', 'email', 'phone', 'locale', 'tier', 'emailVerifiedAt', 'phoneVerifiedAt'] as const
      ).filter((field) => String(before[field]) !== String(after[field]));
      if (fields.length > 0) {
        await this.repository.save(tx, who.workspaceId, after);
        this.tell(tx, agent(who), who.workspaceId, id, 'contact.changed', { fields });
      }
      return this.card(tx, who, id);
    });
  }

  /**
   * @param evenToldApart although somebody said that they are not one person; that ends with the merge
   * @throws DomainError `not_found`, `conflict`
   */
  merge(who: Principal, id: string, otherId: string, evenToldApart = false) {
    if (id === otherId) throw new DomainError('conflict', 'A contact cannot be merged with itself.');
    return this.database.lean(who, async (tx) => {
      const rows = await this.repository.lock(tx, who.workspaceId, [id, otherId]);
      const stays = rows.find((row) => row.id === id);
      const goes = rows.find((row) => row.id === otherId);
      if (!stays || !goes) throw notFound('contact');
      if (stays.mergedInto || goes.mergedInto)
        throw new DomainError('conflict', 'One of them was merged already; open the contact it went into.');
      const toldApart = evenToldApart ? undefined : await this.verdicts.between(tx, who.workspaceId, id, otherId);
      if (toldApart)
        throw new DomainError('conflict', 'These two were told apart. Say evenToldApart to merge them all the same.', {
          toldApart,
        });
      await this.join(tx, agent(who), who.workspaceId, stays, goes);
      return this.card(tx, who, id);
    });
  }

  /**
   * The network says that two contacts are one person. Can be taken back like any merge; does nothing where one of them
   * was merged into another meanwhile.
   */
  async mergeIn(tx: Tx, actor: Actor, workspaceId: string, id: string, otherId: string): Promise<void> {
    const rows = await this.repository.lock(tx, workspaceId, [id, otherId]);
    const stays = rows.find((row) => row.id === id);
    const goes = rows.find((row) => row.id === otherId);
    if (stays && goes && !stays.mergedInto && !goes.mergedInto) await this.join(tx, actor, workspaceId, stays, goes);
  }

  /** The customer has shown that this address is theirs. One they gave us before, and is another, stays. */
  async proveEmail(tx: Tx, actor: Actor, workspaceId: string, id: string, address: string, now: Date): Promise<void> {
    const [before] = await this.repository.lock(tx, workspaceId, [id]);
    if (!before || (before.email !== null && before.email !== address) || before.emailVerifiedAt) return;
    await this.repository.save(tx, workspaceId, { ...before, email: address, emailVerifiedAt: now });
    this.tell(tx, actor, workspaceId, id, 'contact.changed', { fields: ['email', 'emailVerifiedAt'] });
  }

  private async join(tx: Tx, actor: Actor, workspaceId: string, stays: ContactRow, goes: ContactRow): Promise<void> {
    await this.verdicts.end(tx, actor, workspaceId, stays.id, goes.id);
    await this.repository.merge(tx, workspaceId, goes.id, stays.id);
    await this.repository.save(tx, workspaceId, mergedFields(stays, goes));
    const filled = filledFields(stays, goes);
    this.tell(tx, actor, workspaceId, stays.id, 'contact.merged', { from: goes.id, into: stays.id, filled });
  }

  unmerge(who: Principal, id: string, identityId: string) {
    return this.database.lean(who, async (tx) => {
      const [contact] = await this.repository.lock(tx, who.workspaceId, [id]);
      if (!contact) throw notFound('contact');
      const moved = await this.repository.unmerge(tx, who.workspaceId, identityId);
      if (!moved || moved.into !== id)
        throw new DomainError('conflict', 'This identity was not merged into this contact.');
      this.tellParted(tx, who, moved.from, id);
      return this.card(tx, who, id);
    });
  }

  tellParted(tx: Tx, who: Principal, from: string, into: string): void {
    this.tell(tx, agent(who), who.workspaceId, into, 'contact.unmerged', { from, into });
  }

  private tell<T extends 'contact.changed' | 'contact.merged' | 'contact.unmerged'>(
    tx: Tx,
    actor: Actor,
    workspaceId: string,
    contactId: string,
    type: T,
    data: DomainEventData[T],
  ): void {
    this.outbox.record(tx, event(workspaceId, type, actor, { contactId }, [room.leads, room.lobby], data));
  }

  /** A contact with identities, latest tickets and how it stands in the CRM. */
  async card(tx: Tx, who: Principal, id: string) {
    const contact = await this.repository.find(tx, who.workspaceId, id);
    if (!contact) throw notFound('contact');
    const identities = await this.repository.identities(tx, who.workspaceId, id);
    const tickets = await this.tickets.ofContact(tx, who, id, 20);
    return { ...contact, identities, tickets, crm: (await this.crm?.ofContact(tx, who.workspaceId, id)) ?? null };
  }
}

const agent = (who: Principal): Actor => ({ kind: 'agent', id: who.agentId });

function applyChange(before: ContactRow, change: ContactChange): ContactRow {
  const after = { ...before };
  const now = new Date();
  if (change.name !== undefined) after.name = cleanText(change.name).trim() || null;
  if (change.locale !== undefined) after.locale = change.locale;
  if (change.tier !== undefined) after.tier = normaliseTag(change.tier ?? '') || null;
  if (change.email !== undefined) {
    after.email = change.email.trim().toLowerCase() || null;
    if (after.email !== before.email) after.emailVerifiedAt = null;
  }
  if (change.phone !== undefined) {
    const phone = change.phone.trim() === '' ? null : e164(change.phone);
    if (phone === null && change.phone.trim() !== '') {
      throw new DomainError('validation_failed', 'Please correct: phone.', {
        fields: [{ path: 'phone', problem: 'is not a phone number; write it with its country code' }],
      });
    }
    if (phone !== before.phone) after.phoneVerifiedAt = null;
    after.phone = phone;
  }
  if (change.emailVerified !== undefined)
    after.emailVerifiedAt = change.emailVerified && after.email ? (after.emailVerifiedAt ?? now) : null;
  if (change.phoneVerified !== undefined)
    after.phoneVerifiedAt = change.phoneVerified && after.phone ? (after.phoneVerifiedAt ?? now) : null;
  return after;
}
