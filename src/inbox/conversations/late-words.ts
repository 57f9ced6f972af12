/** What takes longer to reach us was read from the past rather than heard as it was said. */
export const HEARD_WITHIN_MS = 3_600_000;

/** SQL: whether row `m` of messages is news, wherever it stands in its thread: not filed from the past. */
export const isNews = (m: string): string =>
  `(${m}.place IS NULL OR ${m}.received_at - ${m}.network_at <= interval '${HEARD_WITHIN_MS} ms')`;

/** SQL: how far up news is placed, in messages of its thread: what came within the hour overtook no more than these. */
export const oldestSeqAbove = (m: string): string => `CASE WHEN ${isNews(m)} THEN ${m}.seq - 2000 ELSE 0 END`;

/**
 * SQL: what is added to the place of row `m` where others filed late are of the same instant: a page ends at a place, so no
 * two may share one. Smaller than a second's part of a place, for ten of them.
 */
export const ofOneInstant = (m: string): string =>
  `least(9, (SELECT count(*) FROM messages e WHERE e.workspace_id = ${m}.workspace_id
     AND e.conversation_id = ${m}.conversation_id AND e.place IS NOT NULL AND e.network_at = ${m}.network_at
     AND e.seq < ${m}.seq)) * 1e-11`;
