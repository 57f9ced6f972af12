import { some } from './scenario';
import type { Word } from './traffic';
import type { World } from './world';

/**
 * Looks at what was acknowledged and at the tables, and at nothing of the product's own code. The sender's clock and the
 * database's rows are of one machine, so a row received after its acknowledgement proves a false one: the first copy was
 * lost and a later one stored.
 */
export async function checkWords(world: World, words: readonly Word[]): Promise<string[]> {
  const broken: string[] = [];
  const events = await world.query<{ event_key: string; state: string; received: number; copies: number }>(
    `SELECT event_key, min(state) AS state, min(extract(epoch FROM received_at) * 1000)::float8 AS received, count(*)::int AS copies
     FROM inbound_events GROUP BY event_key`,
  );
  const stored = new Map(events.map((row) => [row.event_key, row]));
  const lost: string[] = [];
  const early: string[] = [];
  const twice: string[] = [];
  const unsettled: string[] = [];
  for (const word of words) {
    const row = stored.get(word.eventKey);
    if (!row) {
      if (word.ackedAt !== null) lost.push(`acknowledged, not stored: ${word.eventKey}`);
      continue;
    }
    if (row.copies !== 1) twice.push(`stored ${row.copies} times: ${word.eventKey}`);
    if (word.ackedAt !== null && row.received > word.ackedAt)
      early.push(`acknowledged ${Math.round(row.received - word.ackedAt)} ms before it was stored: ${word.eventKey}`);
    if (row.state !== 'applied') unsettled.push(`${row.state} instead of applied: ${word.eventKey}`);
  }
  broken.push(...some(lost), ...some(early), ...some(twice), ...some(unsettled));

  const messages = await world.query<{ external_id: string; text: string; copies: number }>(
    `SELECT external_id, min(text) AS text, count(*)::int AS copies FROM messages WHERE direction = 'in' GROUP BY external_id`,
  );
  const byId = new Map(messages.map((row) => [row.external_id, row]));
  const wrong: string[] = [];
  for (const word of words) {
    const row = byId.get(word.externalId);
    if (!stored.has(word.eventKey)) continue;
    if (!row) wrong.push(`no message for ${word.eventKey}`);
    else if (row.copies !== 1) wrong.push(`${row.copies} messages for ${word.eventKey}`);
    else if (!row.text.startsWith(`#${word.n} `)) wrong.push(`another text under ${word.eventKey}`);
  }
  const known = new Set(words.map((word) => word.externalId));
  for (const row of messages) if (!known.has(row.external_id)) wrong.push(`a message nobody sent: ${row.external_id}`);
  broken.push(...some(wrong));
  return [...broken, ...(await checkTables(world))];
}

/** What must hold in the tables whatever happened. Each query returns the rows that break its promise. */
const PROMISES: Record<string, string> = {
  'one active ticket a conversation': `SELECT conversation_id AS what, count(*) FROM tickets
     WHERE status IN ('new', 'open', 'pending', 'on_hold') GROUP BY workspace_id, conversation_id HAVING count(*) > 1`,
  'a ticket for every conversation a customer wrote in': `SELECT v.id AS what FROM conversations v
     WHERE v.last_inbound_at IS NOT NULL AND NOT EXISTS (SELECT FROM tickets t WHERE t.conversation_id = v.id)`,
  'seq without gaps': `SELECT conversation_id AS what FROM messages GROUP BY workspace_id, conversation_id
     HAVING max(seq) <> count(*) OR min(seq) <> 1 OR count(DISTINCT seq) <> count(*)`,
  'event positions without gaps': `SELECT workspace_id AS what FROM domain_events GROUP BY workspace_id
     HAVING max(position) <> count(*) OR min(position) <> 1 OR count(DISTINCT position) <> count(*)`,
  'the head is the last event': `SELECT workspace_id AS what FROM event_heads h
     WHERE position <> (SELECT max(position) FROM domain_events e WHERE e.workspace_id = h.workspace_id)`,
  'one message.received a customer message': `SELECT m.external_id AS what FROM messages m WHERE m.direction = 'in' AND
     (SELECT count(*) FROM domain_events e WHERE e.message_id = m.id AND e.type = 'message.received') <> 1`,
  'one ticket.opened a ticket': `SELECT t.id AS what FROM tickets t
     WHERE (SELECT count(*) FROM domain_events e WHERE e.ticket_id = t.id AND e.type = 'ticket.opened') <> 1`,
  'no reader gave up': `SELECT subscriber AS what FROM event_cursors WHERE failures > 0`,
  'no job set aside': `SELECT name || ': ' || last_error AS what FROM jobs WHERE state = 'parked'`,
};

export async function checkTables(world: World): Promise<string[]> {
  const broken: string[] = [];
  for (const [promise, sql] of Object.entries(PROMISES)) {
    const rows = await world.query<{ what: string }>(`${sql} LIMIT 4`);
    broken.push(...rows.map((row) => `broken promise: ${promise} (${row.what})`));
  }
  return broken;
}
