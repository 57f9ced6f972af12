import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';

/** What decides whether a rule may write to a customer by itself. */
export interface RuleWords {
  /** How old the customer's words were when they entered the conversation, ms. */
  ageMs: number;
  /** When this rule wrote to this person, in any thread. */
  wroteAt: Date[];
  /** As stored in the workspace's settings, to be read by `brakeSettings`. */
  brake: unknown;
}

/** What rules have written to customers. */
@Injectable()
export class RuleWordsRepository {
  async of(tx: Tx, workspaceId: string, ruleId: string, messageId: string, since: Date): Promise<RuleWords> {
    // $1 workspace, $2 the customer's message, $3 rule, $4 since; an id of ours tells when it was written
    const [row] = await tx.query<RuleWords>(
      `SELECT extract(epoch FROM m.applied_at - m.network_at)::float8 * 1000 AS "ageMs",
         w.settings->'automaticAnswers' AS brake,
         ARRAY(SELECT o.received_at FROM conversations x
               JOIN messages o ON o.workspace_id = x.workspace_id AND o.conversation_id = x.id
               WHERE x.workspace_id = $1 AND x.contact_id = c.contact_id AND o.author_kind = 'rule' AND o.author_id = $3
                 AND o.id >= uuid_floor($4) AND o.received_at > $4) AS "wroteAt"
       FROM messages m JOIN conversations c ON c.workspace_id = m.workspace_id AND c.id = m.conversation_id
       JOIN workspaces w ON w.id = m.workspace_id
       WHERE m.workspace_id = $1 AND m.id = $2`,
      [workspaceId, messageId, ruleId, since],
      'rule_words',
    );
    return row ?? { ageMs: 0, wroteAt: [], brake: null };
  }
}
