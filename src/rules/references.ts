import { Injectable, Optional } from '@nestjs/common';
import { readTicketSettings } from '../inbox/tickets/ticket-settings';
import { readTags } from '../inbox/tickets/ticket-tags';
import type { Tx } from '../platform/database';
import { DomainError } from '../platform/errors';
import { type Action, type Reference, referencesOf } from './actions';
import { type Condition, type Question, questionsOf } from './conditions';
import { type Problem, refuse } from './problems';
import { RuleWebhooks } from './rule-webhooks';

const TABLES = {
  agent: `SELECT id FROM agents WHERE workspace_id = $1 AND id = ANY($2::uuid[]) AND disabled_at IS NULL`,
  team: `SELECT id FROM teams WHERE workspace_id = $1 AND id = ANY($2::uuid[])`,
  macro: `SELECT id FROM macros WHERE workspace_id = $1 AND id = ANY($2::uuid[]) AND deleted_at IS NULL AND scope <> 'me'`,
  cannedReply: `SELECT id FROM canned_replies WHERE workspace_id = $1 AND id = ANY($2::uuid[]) AND deleted_at IS NULL
                  AND scope <> 'me'`,
  channel: `SELECT id FROM channels WHERE workspace_id = $1 AND id = ANY($2::uuid[])`,
  brand: `SELECT id FROM brands WHERE workspace_id = $1 AND id = ANY($2::uuid[])`,
} as const;

/** Fields of questions whose values are ids, and of what. A queue that is gone simply never matches. */
const ID_FIELDS: Readonly<Record<string, keyof typeof TABLES>> = {
  channelId: 'channel',
  brandId: 'brand',
  teamId: 'team',
  assigneeId: 'agent',
};

const WORDS: Record<Reference['kind'] | keyof typeof TABLES, string> = {
  agent: 'agent',
  team: 'team',
  macro: 'shared macro',
  cannedReply: 'shared canned reply',
  webhook: 'webhook endpoint',
  channel: 'channel',
  brand: 'brand',
};

/** Whether everything that actions and conditions name is there, in this workspace. */
@Injectable()
export class References {
  constructor(@Optional() private readonly webhooks?: RuleWebhooks) {}

  /** @throws DomainError `validation_failed` naming every place that names what is not there */
  async check(tx: Tx, workspaceId: string, actions: readonly Action[], conditions?: Condition): Promise<void> {
    const questions = conditions ? placedQuestions(conditions, 'conditions') : [];
    const named = [...referencesOf(actions), ...questions.flatMap(idsOf)];
    const problems = [
      ...(await this.missing(tx, workspaceId, named)),
      ...(await this.words(tx, workspaceId, actions, questions)),
    ];
    refuse(problems);
  }

  private async missing(tx: Tx, workspaceId: string, named: readonly Named[]): Promise<Problem[]> {
    const problems: Problem[] = [];
    for (const kind of new Set(named.map((one) => one.kind))) {
      const places = named.filter((one) => one.kind === kind);
      const ids = [...new Set(places.map(({ id }) => id.toLowerCase()))];
      const known = new Set(await this.known(tx, workspaceId, kind, ids));
      for (const { id, path } of places)
        if (!known.has(id.toLowerCase()))
          problems.push({ path, problem: `there is no such ${WORDS[kind]} in this workspace` });
    }
    return problems;
  }

  private async known(tx: Tx, workspaceId: string, kind: Named['kind'], ids: readonly string[]): Promise<string[]> {
    if (kind === 'webhook') return this.webhooks ? this.webhooks.known(tx, workspaceId, ids) : [];
    const rows = await tx.query<{ id: string }>(TABLES[kind], [workspaceId, ids]);
    return rows.map(({ id }) => id);
  }

  /** Types and custom fields are the workspace's own words; tags are free, but must be tags. */
  private async words(
    tx: Tx,
    workspaceId: string,
    actions: readonly Action[],
    questions: readonly Placed[],
  ): Promise<Problem[]> {
    const problems: Problem[] = [];
    const { types, fields } = await this.vocabulary(tx, workspaceId);
    for (const { question, path } of questions) {
      const key = /^fields\.(.+)$/.exec(question.field)?.[1];
      if (key !== undefined && !fields.has(key))
        problems.push({ path: `${path}.field`, problem: 'is not a field of this workspace' });
    }
    const look = (list: readonly Action[], path: string): void => {
      for (const [i, action] of list.entries()) {
        const at = `${path}.${i}`;
        if (action.do === 'approval') look(action.actions, `${at}.actions`);
        if (action.do === 'type' && action.type !== null && !types.includes(action.type))
          problems.push({ path: `${at}.type`, problem: `is one of ${types.join(', ')}` });
        if (action.do === 'fields')
          for (const key of Object.keys(action.fields))
            if (!fields.has(key))
              problems.push({ path: `${at}.fields.${key}`, problem: 'is not a field of this workspace' });
        if (action.do === 'tag') problems.push(...tagProblems(action, at));
      }
    };
    look(actions, 'actions');
    return problems;
  }

  private async vocabulary(tx: Tx, workspaceId: string): Promise<{ types: readonly string[]; fields: Set<string> }> {
    const [row] = await tx.query<{ tickets: unknown; fields: string[] }>(
      `SELECT w.settings->'tickets' AS tickets,
         ARRAY(SELECT f.key FROM ticket_fields f WHERE f.workspace_id = $1 AND f.archived_at IS NULL) AS fields
       FROM workspaces w WHERE w.id = $1`,
      [workspaceId],
    );
    return { types: readTicketSettings(row?.tickets).types, fields: new Set(row?.fields) };
  }
}

interface Placed {
  question: Question;
  path: string;
}

interface Named {
  kind: Reference['kind'] | keyof typeof TABLES;
  id: string;
  path: string;
}

function placedQuestions(condition: Condition, path: string): Placed[] {
  if ('all' in condition) return condition.all.flatMap((part, i) => placedQuestions(part, `${path}.all.${i}`));
  if ('any' in condition) return condition.any.flatMap((part, i) => placedQuestions(part, `${path}.any.${i}`));
  if ('not' in condition) return placedQuestions(condition.not, `${path}.not`);
  return questionsOf(condition).map((question) => ({ question, path }));
}

function idsOf({ question, path }: Placed): Named[] {
  const kind = Object.hasOwn(ID_FIELDS, question.field) ? ID_FIELDS[question.field] : undefined;
  if (!kind) return [];
  const values: unknown[] = Array.isArray(question.value) ? question.value : [question.value];
  return values.flatMap((id) => (typeof id === 'string' ? [{ kind, id, path: `${path}.value` }] : []));
}

function tagProblems({ add = [], remove = [] }: Extract<Action, { do: 'tag' }>, path: string): Problem[] {
  return [['add', add] as const, ['remove', remove] as const].flatMap(([key, tags]) => {
    try {
      readTags(tags);
      return [];
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return [{ path: `${path}.${key}`, problem: 'a tag is 1 to 60 characters without commas' }];
    }
  });
}
