import { Injectable } from '@nestjs/common';
import { Audit, changesBetween } from '../audit/audit';
import { type Page, pageOf } from '../identity/page';
import type { Principal } from '../identity/principal';
import { TicketChanges } from '../inbox/tickets/ticket-changes';
import { TicketsService } from '../inbox/tickets/tickets.service';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { DomainError, notFound } from '../platform/errors';
import { uuidv7 } from '../platform/ids';
import { withTheirWords } from '../refusals/refusal-words';
import { type Action, actionProblems, assigneesOf } from '../rules/actions';
import { ActionRunner } from '../rules/action-runner';
import { refuse } from '../rules/problems';
import { References } from '../rules/references';
import type { Changed, Refused } from '../rules/rules.repository';
import { CannedTexts, type ReadyText, type Texts } from './canned-texts';
import { type Macro, MacrosRepository } from './macros.repository';
import { type TextLanguage, templateProblems } from './template';
import { mayChange, type Scope, whoseOf } from './whose';

export interface GivenMacro {
  /** The one that was edited, to be refused if it has moved on. */
  version?: number;
  name: string;
  scope: Scope;
  teamId?: string | null;
  actions: unknown;
  texts?: Texts;
}

/** What became of a ticket under a macro. */
export interface Applied {
  applied: Changed[];
  refused: Refused[];
  /** For the composer: the agent reads it, and sends it or not. */
  reply: ReadyText | null;
}

const FIELDS = ['name', 'scope', 'teamId', 'actions', 'texts'] as const;
/** Everybody is offered all of them; more are found by nobody. */
const MOST_SHARED = 1_000;
const MOST_OWN = 200;

@Injectable()
export class MacrosService {
  constructor(
    private readonly database: Database,
    private readonly macros: MacrosRepository,
    private readonly references: References,
    private readonly texts: CannedTexts,
    private readonly changes: TicketChanges,
    private readonly tickets: TicketsService,
    private readonly actions: ActionRunner,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  list(who: Principal, after: string | null, limit: number): Promise<Page<Macro>> {
    return this.database.lean(who, async (tx) => pageOf(await this.macros.list(tx, who, after, limit), limit));
  }

  create(who: Principal, given: GivenMacro): Promise<Macro> {
    return this.database.lean(who, async (tx) => {
      const asked = await this.read(tx, who, given);
      const stamp = { id: uuidv7(), version: 1, usedCount: 0, lastUsedAt: null, updatedAt: this.clock.now() };
      const macro: Macro = { ...asked, ...stamp };
      await this.mustFit(tx, who.workspaceId, asked.ownerId);
      await this.macros.insert(tx, who.workspaceId, macro);
      await this.log(tx, who, 'macro.created', macro.id);
      return macro;
    });
  }

  /** @throws DomainError `not_found`, `conflict`, `forbidden`, `validation_failed` */
  change(who: Principal, id: string, given: GivenMacro): Promise<Macro> {
    return this.database.lean(who, async (tx) => {
      const before = await this.lockOwn(tx, who, id);
      if (given.version !== undefined && given.version !== before.version)
        throw new DomainError('conflict', 'Someone changed this macro meanwhile; load it again.', {
          version: before.version,
        });
      const asked = await this.read(tx, who, given);
      const after: Macro = { ...before, ...asked, version: before.version + 1, updatedAt: this.clock.now() };
      if (after.ownerId !== before.ownerId) await this.mustFit(tx, who.workspaceId, after.ownerId);
      await this.macros.save(tx, who.workspaceId, after);
      await this.log(tx, who, 'macro.changed', id, changesBetween<Macro>(before, asked, FIELDS));
      return after;
    });
  }

  remove(who: Principal, id: string): Promise<void> {
    return this.database.lean(who, async (tx) => {
      await this.lockOwn(tx, who, id);
      await this.macros.remove(tx, who.workspaceId, id, this.clock.now());
      await this.log(tx, who, 'macro.deleted', id);
    });
  }

  /**
   * All of it in one transaction: what one action refuses, the others do not wait for.
   * @throws DomainError `not_found` for a ticket or a macro that is not the agent's to see
   */
  apply(who: Principal, ticketId: string, macroId: string, language?: TextLanguage): Promise<Applied> {
    const { workspaceId } = who;
    return this.database.transaction({ workspaceId }, async (tx) => {
      const seen = await this.tickets.see(tx, who, ticketId);
      const macro = await this.macros.findMine(tx, who, macroId);
      if (!macro) throw notFound('macro');
      const ticket = await this.changes.lock(tx, workspaceId, seen.id, assigneesOf(macro.actions, who.agentId));
      await this.tickets.see(tx, who, ticketId); // it may have gone to another team while we waited for it
      const outcome = await this.actions.run(tx, ticket, macro.actions, {
        workspaceId,
        cause: `macro:${uuidv7()}`,
        actor: { kind: 'agent', id: who.agentId },
        messageId: await this.texts.newestQuestion(tx, workspaceId, ticketId),
        rule: null,
      });
      await this.macros.countUse(tx, workspaceId, macroId, this.clock.now());
      const reply = await this.texts.fill(tx, workspaceId, macro.texts, { ticketId, agent: who, language });
      return { applied: outcome.changed, refused: withTheirWords(outcome.refused), reply };
    });
  }

  private async read(tx: Tx, who: Principal, { name, actions, texts = {}, ...asked }: GivenMacro) {
    const whose = whoseOf(who, asked);
    refuse([...actionProblems(actions, 'macro'), ...textProblems(texts)]);
    const list = actions as Action[];
    if (list.length === 0 && Object.values(texts).every((text) => !text))
      refuse([{ path: 'actions', problem: 'must do at least one thing, or write a text' }]);
    await this.references.check(tx, who.workspaceId, list);
    return { name, ...whose, actions: list, texts };
  }

  private async mustFit(tx: Tx, workspaceId: string, ownerId: string | null): Promise<void> {
    const most = ownerId === null ? MOST_SHARED : MOST_OWN;
    if (await this.macros.hasRoom(tx, workspaceId, ownerId, most)) return;
    throw new DomainError(
      'conflict',
      ownerId === null
        ? `There are ${MOST_SHARED} shared macros already; delete one that is not needed.`
        : `You have ${MOST_OWN} macros of your own already; delete one that is not needed.`,
      { max: most },
    );
  }

  private async lockOwn(tx: Tx, who: Principal, id: string): Promise<Macro> {
    const macro = await this.macros.lockMine(tx, who, id);
    if (!macro) throw notFound('macro');
    if (!mayChange(who, macro)) throw new DomainError('forbidden', 'Only those who manage macros change shared ones.');
    return macro;
  }

  private log(tx: Tx, who: Principal, action: string, id: string, changes = {}): Promise<void> {
    const { workspaceId, agentId } = who;
    return this.audit.record(tx, {
      workspaceId,
      actor: { kind: 'agent', id: agentId },
      action,
      subject: `macro:${id}`,
      changes,
    });
  }
}

export const textProblems = (texts: Texts) =>
  Object.entries(texts).flatMap(([language, text]) =>
    templateProblems(text ?? '').map((problem) => ({ path: `texts.${language}`, problem })),
  );
