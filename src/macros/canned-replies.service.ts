import { Injectable } from '@nestjs/common';
import { Audit, changesBetween } from '../audit/audit';
import { type Page, pageOf } from '../identity/page';
import type { Principal } from '../identity/principal';
import { TicketsService } from '../inbox/tickets/tickets.service';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { DomainError, notFound } from '../platform/errors';
import { uuidv7 } from '../platform/ids';
import { refuse } from '../rules/problems';
import { normalise } from '../text/normalise';
import { type CannedReply, CannedRepliesRepository } from './canned-replies.repository';
import { CannedTexts, type ReadyText, type Texts } from './canned-texts';
import { textProblems } from './macros.service';
import type { TextLanguage } from './template';
import { mayChange, type Scope, whoseOf } from './whose';

export interface GivenCannedReply {
  /** The one that was edited, to be refused if it has moved on. */
  version?: number;
  shortcut: string;
  title: string;
  scope: Scope;
  teamId?: string | null;
  texts: Texts;
}

const FIELDS = ['shortcut', 'title', 'scope', 'teamId', 'texts'] as const;
/** A search looks through all of them at every letter. */
const MOST_SHARED = 5_000;
const MOST_OWN = 500;

@Injectable()
export class CannedRepliesService {
  constructor(
    private readonly database: Database,
    private readonly replies: CannedRepliesRepository,
    private readonly texts: CannedTexts,
    private readonly tickets: TicketsService,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  /** @param q beginning of a shortcut, or words in title or text; then the best `limit` */
  list(who: Principal, q: string | undefined, after: string | null, limit: number): Promise<Page<CannedReply>> {
    return this.database.lean(who, async (tx) => {
      const folded = q === undefined ? '' : normalise(q);
      if (q === undefined || folded === '') return pageOf(await this.replies.list(tx, who, after, limit), limit);
      const shortcut = shortcutOf(q);
      return { items: await this.replies.search(tx, who, shortcut, folded, limit), nextCursor: null };
    });
  }

  create(who: Principal, given: GivenCannedReply): Promise<CannedReply> {
    return this.database.lean(who, async (tx) => {
      const asked = read(who, given);
      const stamp = { id: uuidv7(), version: 1, usedCount: 0, lastUsedAt: null, updatedAt: this.clock.now() };
      const reply: CannedReply = { ...asked, ...stamp };
      await this.mustFit(tx, who.workspaceId, asked.ownerId);
      await this.replies.insert(tx, who.workspaceId, reply, foldedOf(reply));
      await this.log(tx, who, 'canned_reply.created', reply.id);
      return reply;
    });
  }

  /** @throws DomainError `not_found`, `conflict`, `forbidden`, `validation_failed` */
  change(who: Principal, id: string, given: GivenCannedReply): Promise<CannedReply> {
    return this.database.lean(who, async (tx) => {
      const before = await this.lockOwn(tx, who, id);
      if (given.version !== undefined && given.version !== before.version)
        throw new DomainError('conflict', 'Someone changed this reply meanwhile; load it again.', {
          version: before.version,
        });
      const asked = read(who, given);
      const after: CannedReply = { ...before, ...asked, version: before.version + 1, updatedAt: this.clock.now() };
      if (after.ownerId !== before.ownerId) await this.mustFit(tx, who.workspaceId, after.ownerId);
      await this.replies.save(tx, who.workspaceId, after, foldedOf(after));
      await this.log(tx, who, 'canned_reply.changed', id, changesBetween<CannedReply>(before, asked, FIELDS));
      return after;
    });
  }

  remove(who: Principal, id: string): Promise<void> {
    return this.database.lean(who, async (tx) => {
      await this.lockOwn(tx, who, id);
      await this.replies.remove(tx, who.workspaceId, id, this.clock.now());
      await this.log(tx, who, 'canned_reply.deleted', id);
    });
  }

  /** The text as it would read on a ticket, for the composer; counts as used. */
  render(who: Principal, id: string, ticketId: string, language?: TextLanguage): Promise<ReadyText> {
    return this.database.lean(who, async (tx) => {
      await this.tickets.see(tx, who, ticketId);
      if (!(await this.replies.lockMine(tx, who, id))) throw notFound('canned reply');
      return this.texts.forTicket(tx, who.workspaceId, id, { ticketId, agent: who, language });
    });
  }

  private async mustFit(tx: Tx, workspaceId: string, ownerId: string | null): Promise<void> {
    const most = ownerId === null ? MOST_SHARED : MOST_OWN;
    if (await this.replies.hasRoom(tx, workspaceId, ownerId, most)) return;
    throw new DomainError(
      'conflict',
      ownerId === null
        ? `There are ${MOST_SHARED} shared replies already; delete one that is not needed.`
        : `You have ${MOST_OWN} replies of your own already; delete one that is not needed.`,
      { max: most },
    );
  }

  private async lockOwn(tx: Tx, who: Principal, id: string): Promise<CannedReply> {
    const reply = await this.replies.lockMine(tx, who, id);
    if (!reply) throw notFound('canned reply');
    if (!mayChange(who, reply))
      throw new DomainError('forbidden', 'Only those who manage macros change shared replies.');
    return reply;
  }

  private log(tx: Tx, who: Principal, action: string, id: string, changes = {}): Promise<void> {
    const { workspaceId, agentId } = who;
    const subject = `canned_reply:${id}`;
    return this.audit.record(tx, { workspaceId, actor: { kind: 'agent', id: agentId }, action, subject, changes });
  }
}

/** Shortcuts are typed in a hurry: one spelling, without the slash. */
const shortcutOf = (text: string): string => normalise(text).replace(/^\//u, '').replaceAll(' ', '-');

function read(who: Principal, { shortcut, title, texts, ...asked }: GivenCannedReply) {
  const whose = whoseOf(who, asked);
  const problems = textProblems(texts);
  if (!texts.fa && !texts.en) problems.push({ path: 'texts', problem: 'must be written in one language at least' });
  if (shortcutOf(shortcut) === '') problems.push({ path: 'shortcut', problem: 'must have letters or digits' });
  refuse(problems);
  return { shortcut: shortcutOf(shortcut), title, ...whose, texts };
}

const foldedOf = ({ title, texts }: Pick<CannedReply, 'title' | 'texts'>): string =>
  [title, texts.fa ?? '', texts.en ?? ''].map(normalise).join('\n');
