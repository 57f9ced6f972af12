import { Injectable } from '@nestjs/common';
import { Audit, type Changes, changesBetween } from '../audit/audit';
import { type Page, pageOf } from '../identity/page';
import type { Principal } from '../identity/principal';
import { TicketsService } from '../inbox/tickets/tickets.service';
import { JobQueue } from '../jobs/job-queue';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { DomainError, notFound } from '../platform/errors';
import { uuidv7 } from '../platform/ids';
import { withTheirWords } from '../refusals/refusal-words';
import { type Action, actionProblems } from './actions';
import { type Condition, conditionProblems } from './conditions';
import { refuse } from './problems';
import { References } from './references';
import { idleTriggers, type Rule, type RuleDraft, type Trigger, triggerProblems } from './rule';
import { type Receipt, RulesRepository } from './rules.repository';
import { RuleTimersRepository } from './timers.repository';
import { waitForSilence } from './timers.jobs';

/** A rule as it was sent; whether it makes sense is looked at here. */
export interface GivenRule {
  name: string;
  enabled?: boolean;
  when: unknown;
  conditions?: unknown;
  actions: unknown;
}

const FIELDS = ['name', 'enabled', 'when', 'conditions', 'actions'] as const;
const MOST_RULES = 200; // each is asked about each event it listens to

/** Writing rules, their order and history. None is ever removed: receipts refer to them. */
@Injectable()
export class RulesService {
  constructor(
    private readonly database: Database,
    private readonly rules: RulesRepository,
    private readonly timers: RuleTimersRepository,
    private readonly references: References,
    private readonly tickets: TicketsService,
    private readonly jobs: JobQueue,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  list(who: Principal): Promise<Rule[]> {
    return this.database.lean(who, (tx) => this.rules.list(tx, who.workspaceId));
  }

  /** @throws DomainError `not_found` */
  open(who: Principal, id: string) {
    return this.database.lean(who, async (tx) => {
      const rule = await this.find(tx, who, id);
      const [versions, suspensions] = [
        await this.rules.versions(tx, who.workspaceId, id),
        await this.rules.suspensions(tx, who.workspaceId, rule),
      ];
      return { ...rule, versions, suspensions };
    });
  }

  create(who: Principal, given: GivenRule): Promise<Rule> {
    const { workspaceId } = who;
    return this.database.transaction(who, async (tx) => {
      await this.rules.lockOrder(tx, workspaceId);
      const all = await this.rules.list(tx, workspaceId);
      if (all.length >= MOST_RULES)
        throw new DomainError('conflict', `There are ${MOST_RULES} rules already; delete one that is not needed.`, {
          max: MOST_RULES,
        });
      const draft = await this.read(tx, workspaceId, given);
      const rank = (all.at(-1)?.rank ?? 0) + 1;
      const now = this.clock.now();
      const stamp = { id: uuidv7(), rank, version: 1, createdAt: now, updatedAt: now };
      const rule: Rule = { ...draft, ...stamp, enabled: given.enabled ?? true };
      await this.rules.insert(tx, workspaceId, rule);
      await this.rules.keepVersion(tx, workspaceId, rule, who.agentId);
      await this.settleSilences(tx, workspaceId, rule);
      await this.log(tx, who, 'rule.created', rule.id, { name: { from: null, to: rule.name } });
      return rule;
    });
  }

  /**
   * Puts another rule in its place; what ran before keeps the version it ran as.
   * @param version the version that was edited, when the caller wants to be refused if the rule has moved on
   * @throws DomainError `not_found`, `conflict`, `validation_failed`
   */
  change(who: Principal, id: string, given: GivenRule, version?: number): Promise<Rule> {
    const { workspaceId } = who;
    return this.database.transaction(who, async (tx) => {
      const before = await this.rules.lock(tx, workspaceId, id);
      if (version !== undefined && version !== before.version) {
        throw new DomainError('conflict', 'Someone changed this rule meanwhile; load it again.', {
          version: before.version,
        });
      }
      const asked = { ...(await this.read(tx, workspaceId, given)), enabled: given.enabled ?? before.enabled };
      const changes = changesBetween<Rule>(before, asked, FIELDS);
      if (Object.keys(changes).length === 0) return before;
      const after: Rule = { ...before, ...asked, version: before.version + 1, updatedAt: this.clock.now() };
      await this.rules.save(tx, workspaceId, after);
      await this.rules.keepVersion(tx, workspaceId, after, who.agentId);
      await this.settleSilences(tx, workspaceId, after);
      await this.log(tx, who, 'rule.changed', id, changes);
      return after;
    });
  }

  remove(who: Principal, id: string): Promise<void> {
    return this.database.transaction(who, async (tx) => {
      const rule = await this.rules.lock(tx, who.workspaceId, id);
      await this.rules.remove(tx, who.workspaceId, id, this.clock.now());
      await this.timers.forget(tx, who.workspaceId, id);
      await this.log(tx, who, 'rule.deleted', id, { name: { from: rule.name, to: null } });
    });
  }

  /** @throws DomainError `validation_failed` unless `ids` are all rules, each once */
  order(who: Principal, ids: readonly string[]): Promise<Rule[]> {
    return this.database.transaction(who, async (tx) => {
      await this.rules.lockOrder(tx, who.workspaceId);
      const before = (await this.rules.list(tx, who.workspaceId)).map((rule) => rule.id);
      const asked = ids.map((id) => id.toLowerCase());
      if (asked.length !== before.length || !before.every((id) => asked.includes(id)))
        refuse([{ path: 'ids', problem: 'must be all rules of this workspace, each once' }]);
      await this.rules.setRanks(tx, who.workspaceId, asked);
      await this.log(tx, who, 'rules.ordered', who.workspaceId, { order: { from: before, to: asked } });
      return this.rules.list(tx, who.workspaceId);
    });
  }

  receipts(who: Principal, id: string, before: string | null, limit: number): Promise<Page<Receipt>> {
    return this.database.lean(who, async (tx) => {
      const rows = await this.rules.receipts(tx, who.workspaceId, { ruleId: id }, before, limit);
      if (rows.length === 0) await this.find(tx, who, id);
      return pageOf(rows.map(withWhy), limit);
    });
  }

  /** What rules did to a ticket that the caller may see. */
  ticketReceipts(who: Principal, ticketId: string, before: string | null, limit: number): Promise<Page<Receipt>> {
    return this.database.lean(who, async (tx) => {
      await this.tickets.see(tx, who, ticketId);
      const rows = await this.rules.receipts(tx, who.workspaceId, { ticketId }, before, limit);
      return pageOf(rows.map(withWhy), limit);
    });
  }

  /** Lets a rule near a ticket again from which it was kept away. */
  lift(who: Principal, id: string, ticketId: string): Promise<void> {
    return this.database.transaction(who, async (tx) => {
      const lifted = await this.rules.lift(tx, who.workspaceId, id, ticketId);
      if (!lifted) throw notFound('suspension');
      await this.log(tx, who, 'rule.suspension_lifted', id, { ticketId: { from: ticketId, to: null } });
    });
  }

  /**
   * A rule that is switched off may name what is gone meanwhile.
   * @throws DomainError `validation_failed` with every problem there is
   */
  async read(tx: Tx, workspaceId: string, given: GivenRule): Promise<RuleDraft> {
    const { name, when, conditions = { all: [] }, actions } = given;
    refuse([...triggerProblems(when), ...conditionProblems(conditions), ...actionProblems(actions, 'rule')]);
    const draft: RuleDraft = {
      name,
      when: when as Trigger[],
      conditions: conditions as Condition,
      actions: actions as Action[],
    };
    if (given.enabled !== false) await this.references.check(tx, workspaceId, draft.actions, draft.conditions);
    return draft;
  }

  private async find(tx: Tx, who: Principal, id: string): Promise<Rule> {
    const rule = (await this.rules.list(tx, who.workspaceId)).find((one) => one.id === id);
    if (!rule) throw notFound('rule');
    return rule;
  }

  /** What is silent already is counted too, by a job: there may be many tickets. */
  private async settleSilences(tx: Tx, workspaceId: string, rule: Rule): Promise<void> {
    await this.timers.forget(tx, workspaceId, rule.id);
    if (rule.enabled && idleTriggers(rule).length > 0)
      this.jobs.enqueue(tx, waitForSilence(workspaceId, rule.id, null));
  }

  private log(tx: Tx, who: Principal, action: string, id: string, changes: Changes): Promise<void> {
    const { workspaceId, agentId } = who;
    return this.audit.record(tx, {
      workspaceId,
      actor: { kind: 'agent', id: agentId },
      action,
      subject: `rule:${id}`,
      changes,
    });
  }
}

const withWhy = (receipt: Receipt): Receipt => ({ ...receipt, refused: withTheirWords(receipt.refused) });
