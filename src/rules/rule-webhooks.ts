import type { Tx } from '../platform/database';

/** Facts a webhook of a rule carries; ids and codes, never a customer's words. */
export interface RuleWebhookFacts {
  ruleId: string;
  receiptId: string;
  ticketId: string;
  conversationId: string | null;
  messageId: string | null;
  event: { type: string; position: number; at: string };
}

/** Sends to an endpoint of the workspace, as a job of the caller's transaction. Answered by whoever knows outgoing webhooks. */
export abstract class RuleWebhooks {
  /**
   * @param cause what it is sent for: the same cause is told an endpoint once
   * @throws DomainError `not_found` when there is no such endpoint, or it is disabled
   */
  abstract send(tx: Tx, workspaceId: string, endpointId: string, cause: string, facts: RuleWebhookFacts): Promise<void>;

  /** Which of these endpoints there are. */
  abstract known(tx: Tx, workspaceId: string, endpointIds: readonly string[]): Promise<string[]>;
}
