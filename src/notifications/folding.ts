import { createHash } from 'node:crypto';

/** How long what comes is told in the row before: a storm rings once in this time, and what begins later rings again. */
export const FOLD_SPAN_MS = 120_000;

/** An appointment each, or the one thing of its kind: their words are about one. */
const ALONE: ReadonlySet<string> = new Set(['call.due', 'call.missed', 'call.failed', 'handoff.address_offered']);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/**
 * What a notification may be told as one with: of its kind, and where the kind says too little, of the rule that speaks or
 * the status that tickets went to. Null: it is told by itself.
 */
export function foldOf(kind: string, ticketId: string | null, data: Readonly<Record<string, unknown>>): string | null {
  if (ticketId === null || ALONE.has(kind)) return null;
  const finer = kind === 'ticket.status_changed' ? textOf(data.to) : textOf(data.ruleId) + textOf(data.text);
  return finer === '' ? kind : `${kind}:${createHash('sha256').update(finer).digest('base64url').slice(0, 22)}`;
}
