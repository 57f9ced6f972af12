import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/audit';
import type { Principal } from '../../identity/principal';
import { room } from '../../outbox/audience';
import { type Actor, event } from '../../outbox/domain-event';
import { Outbox } from '../../outbox/outbox';
import { Clock } from '../../platform/clock';
import { Database, type Tx } from '../../platform/database';
import { DomainError, notFound } from '../../platform/errors';
import { ContactVerdictsRepository, type StandingVerdict, type Verdict } from './contact-verdicts.repository';
import { ContactsRepository } from './contacts.repository';

/** "These two are not the same person": kept for everybody, listed, taken back, and ended by a merge. */
@Injectable()
export class ContactVerdicts {
  constructor(
    private readonly database: Database,
    private readonly repository: ContactVerdictsRepository,
    private readonly contacts: ContactsRepository,
    private readonly audit: Audit,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  list(who: Principal, id: string): Promise<StandingVerdict[]> {
    return this.database.lean(who, async (tx) => {
      if (!(await this.contacts.find(tx, who.workspaceId, id))) throw notFound('contact');
      return this.repository.standing(tx, who.workspaceId, id);
    });
  }

  /** Said twice it is one verdict, of whoever said it first. @throws DomainError `not_found`, `conflict` */
  tellApart(who: Principal, id: string, otherId: string): Promise<StandingVerdict[]> {
    if (id.toLowerCase() === otherId.toLowerCase())
      throw new DomainError('conflict', 'A contact cannot be told apart from itself.');
    const { workspaceId } = who;
    return this.database.lean(who, async (tx) => {
      const rows = await this.contacts.lock(tx, workspaceId, [id, otherId]);
      if (rows.length < 2) throw notFound('contact');
      if (rows.some(({ mergedInto }) => mergedInto))
        throw new DomainError('conflict', 'One of them was merged already; open the contact it went into.');
      if (!(await this.repository.between(tx, workspaceId, id, otherId))) {
        await this.repository.insert(tx, workspaceId, [id, otherId], who.agentId, this.clock.now());
        await this.tell(tx, agent(who), workspaceId, 'contact.told_apart', id, otherId);
      }
      return this.repository.standing(tx, workspaceId, id);
    });
  }

  /** They may be one person after all. @throws DomainError `not_found`, `conflict` */
  lift(who: Principal, id: string, otherId: string): Promise<StandingVerdict[]> {
    const { workspaceId } = who;
    return this.database.lean(who, async (tx) => {
      if ((await this.contacts.lock(tx, workspaceId, [id, otherId])).length < 2) throw notFound('contact');
      if (!(await this.end(tx, agent(who), workspaceId, id, otherId)))
        throw new DomainError('conflict', 'These two were not told apart, or it was taken back meanwhile.');
      return this.repository.standing(tx, workspaceId, id);
    });
  }

  /** The word that stands between two contacts, or those that are part of them. */
  between(tx: Tx, workspaceId: string, id: string, otherId: string): Promise<Verdict | undefined> {
    return this.repository.between(tx, workspaceId, id, otherId);
  }

  /** Ends what was said of two contacts, both locked by the caller. @returns whether anything was */
  async end(tx: Tx, actor: Actor, workspaceId: string, id: string, otherId: string): Promise<boolean> {
    const ended = await this.repository.lift(tx, workspaceId, id, otherId);
    if (ended) await this.tell(tx, actor, workspaceId, 'contact.verdict_lifted', id, otherId);
    return ended;
  }

  private async tell(
    tx: Tx,
    actor: Actor,
    workspaceId: string,
    type: 'contact.told_apart' | 'contact.verdict_lifted',
    contactId: string,
    otherId: string,
  ): Promise<void> {
    const otherContact = type === 'contact.told_apart' ? { from: null, to: otherId } : { from: otherId, to: null };
    await this.audit.record(tx, {
      workspaceId,
      actor,
      action: type,
      subject: `contact:${contactId}`,
      changes: { otherContact },
    });
    this.outbox.record(tx, event(workspaceId, type, actor, { contactId }, [room.leads, room.lobby], { otherId }));
  }
}

const agent = (who: Principal): Actor => ({ kind: 'agent', id: who.agentId });
