import { Injectable } from '@nestjs/common';
import type { Principal } from '../../identity/principal';
import { Database, type Tx } from '../../platform/database';
import { DomainError, notFound } from '../../platform/errors';
import { filledFields, mergedFields, partedFields } from './contact';
import {
  type Belongings,
  type Candidate,
  ContactMergesRepository,
  type StandingContactMerge,
} from './contact-merges.repository';
import { ContactVerdictsRepository, type Verdict } from './contact-verdicts.repository';
import { type ContactRow, ContactsRepository } from './contacts.repository';
import { ContactsService } from './contacts.service';
import { bySurest, likeness, type Likeness, marksOf } from './duplicate';

export interface Duplicate extends Candidate {
  /** What they have in common, the surest first. */
  reasons: Likeness[];
}

type Fields = Pick<ContactRow, 'name' | 'email' | 'phone' | 'locale' | 'tier'>;

/** What a merge would do; nothing is done yet. */
export interface MergePreview {
  /** As the contact that stays would be. */
  after: Fields;
  /** Fields it would get from the other. */
  filled: (keyof Fields)[];
  /** Fields in which the two differ: the other's stays on its own record only. */
  differing: (keyof Fields)[];
  /** What would move. */
  moves: Belongings;
  /** Somebody said that they are not one person; the merge would end that. */
  toldApart: Verdict | null;
}

const SHOWN = 10;
const COMPARED = ['name', 'email', 'phone', 'locale', 'tier'] as const;

/** Who may be one person, what merging them does, and the way back. */
@Injectable()
export class ContactMerging {
  constructor(
    private readonly database: Database,
    private readonly repository: ContactMergesRepository,
    private readonly contacts: ContactsRepository,
    private readonly verdicts: ContactVerdictsRepository,
    private readonly service: ContactsService,
  ) {}

  /** Who may be the same person and was not told apart, the likeliest first. */
  duplicates(who: Principal, id: string): Promise<Duplicate[]> {
    return this.database.lean(who, async (tx) => {
      const contact = await this.find(tx, who, id);
      if (contact.mergedInto) return [];
      const marks = marksOf({ ...contact, identities: await this.contacts.identities(tx, who.workspaceId, id) });
      const apart = await this.verdicts.apart(tx, who.workspaceId, id);
      const candidates = await this.repository.candidates(tx, who.workspaceId, [id, ...apart], marks);
      return candidates
        .map((candidate) => ({ ...candidate, reasons: likeness(marks, marksOf(candidate)) }))
        .filter(({ reasons }) => reasons.length > 0)
        .toSorted((a, b) => bySurest(a.reasons, b.reasons))
        .slice(0, SHOWN);
    });
  }

  preview(who: Principal, id: string, otherId: string): Promise<MergePreview> {
    return this.database.lean(who, async (tx) => {
      const [stays, goes] = [await this.find(tx, who, id), await this.find(tx, who, otherId)];
      const { name, email, phone, locale, tier } = mergedFields(stays, goes);
      return {
        after: { name, email, phone, locale, tier },
        filled: filledFields(stays, goes),
        differing: COMPARED.filter((field) => stays[field] && goes[field] && stays[field] !== goes[field]),
        moves: await this.repository.belongings(tx, who.workspaceId, otherId),
        toldApart: (await this.verdicts.between(tx, who.workspaceId, id, otherId)) ?? null,
      };
    });
  }

  /** Who is part of this contact now, the latest first. */
  merges(who: Principal, id: string): Promise<StandingContactMerge[]> {
    return this.database.lean(who, async (tx) => {
      await this.find(tx, who, id);
      return this.repository.standing(tx, who.workspaceId, id);
    });
  }

  /**
   * Takes a merge back: what came with the other goes back to it, and so does what it filled in, unless that was changed
   * since.
   */
  undo(who: Principal, id: string, otherId: string) {
    return this.database.lean(who, async (tx) => {
      const rows = await this.contacts.lock(tx, who.workspaceId, [id, otherId]);
      const stayed = rows.find((row) => row.id === id);
      const went = rows.find((row) => row.id === otherId);
      if (!stayed || !went) throw notFound('contact');
      if (stayed.mergedInto)
        throw new DomainError('conflict', 'One of them was merged already; open the contact it went into.');
      const moved = await this.repository.part(tx, who.workspaceId, otherId, id);
      if (moved === 0 && went.mergedInto !== id)
        throw new DomainError('conflict', 'The one was not merged into the other, or it was taken back meanwhile.');
      await this.contacts.follow(tx, who.workspaceId, otherId);
      const given = await this.repository.given(tx, who.workspaceId, otherId, id);
      await this.contacts.save(tx, who.workspaceId, partedFields(stayed, went, given));
      this.service.tellParted(tx, who, otherId, id);
      return this.service.card(tx, who, id);
    });
  }

  private async find(tx: Tx, who: Principal, id: string): Promise<ContactRow> {
    const contact = await this.contacts.find(tx, who.workspaceId, id);
    if (!contact) throw notFound('contact');
    return contact;
  }
}
