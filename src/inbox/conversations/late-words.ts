/** What takes longer to reach us was read from the past rather than heard as it was said. */
export const HEARD_WITHIN_MS = 3_600_000;

/** SQL: whether row `m` of messages is news, wherever it stands in its thread: not filed from the past. */
export const isNews = (m: string): string =>
  `(${m}.place IS NULL OR ${m}.received_at - ${m}.network_at <= interval '${HEARD_WITHIN_MS} ms')`;
