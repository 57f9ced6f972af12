import { pool, serve } from './floor-server';

/**
 * The smallest honest ingest: arrivals are committed together, one statement writes event, contact, conversation,
 * message, ticket and outbox for the whole batch. No parsing beyond what is needed, no tenants, no rules.
 */
interface Arrival {
  mid: string;
  thread: string;
  text: string;
  body: Buffer;
  resolve: () => void;
  reject: (error: unknown) => void;
}

const WRITERS = 2;
const MOST = 200;
let waiting: Arrival[] = [];
let writing = 0;

const TABLES = `
  CREATE TABLE IF NOT EXISTS f_events (key text PRIMARY KEY, body bytea NOT NULL, at timestamptz NOT NULL DEFAULT now());
  CREATE TABLE IF NOT EXISTS f_contacts (id bigserial PRIMARY KEY, external_id text UNIQUE NOT NULL);
  CREATE TABLE IF NOT EXISTS f_conversations (id bigserial PRIMARY KEY, thread text UNIQUE NOT NULL, last_seq int NOT NULL);
  CREATE TABLE IF NOT EXISTS f_tickets (id bigserial PRIMARY KEY, conversation_id bigint UNIQUE NOT NULL, preview text,
    last_message_at timestamptz NOT NULL);
  CREATE INDEX IF NOT EXISTS f_tickets_recent ON f_tickets (last_message_at DESC);
  CREATE TABLE IF NOT EXISTS f_messages (id bigserial PRIMARY KEY, conversation_id bigint NOT NULL, seq int NOT NULL,
    external_id text UNIQUE NOT NULL, text text NOT NULL, UNIQUE (conversation_id, seq));
  CREATE TABLE IF NOT EXISTS f_outbox (position bigserial PRIMARY KEY, type text NOT NULL, data jsonb NOT NULL);`;

// $1 keys, $2 threads, $3 texts, $4 bodies
const INGEST = `
  WITH a AS (SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[]) AS a(key, thread, text, body)
  ), e AS (INSERT INTO f_events (key, body) SELECT DISTINCT ON (key) key, body FROM a ORDER BY key ON CONFLICT DO NOTHING RETURNING key
  ), fresh AS (SELECT DISTINCT ON (a.key) a.* FROM a JOIN e USING (key)
  ), c AS (INSERT INTO f_conversations AS v (thread, last_seq) SELECT thread, count(*) FROM fresh GROUP BY thread ORDER BY thread
    ON CONFLICT (thread) DO UPDATE SET last_seq = v.last_seq + excluded.last_seq RETURNING id, thread, last_seq
  ), p AS (INSERT INTO f_contacts (external_id) SELECT DISTINCT thread FROM fresh ORDER BY 1 ON CONFLICT DO NOTHING RETURNING id
  ), t AS (INSERT INTO f_tickets AS k (conversation_id, preview, last_message_at)
    SELECT DISTINCT ON (c.id) c.id, text, now() FROM fresh JOIN c USING (thread) ORDER BY c.id, key DESC
    ON CONFLICT (conversation_id) DO UPDATE SET preview = excluded.preview, last_message_at = excluded.last_message_at
    RETURNING id
  ), m AS (INSERT INTO f_messages (conversation_id, seq, external_id, text)
    SELECT c.id, c.last_seq - row_number() OVER (PARTITION BY thread ORDER BY key) + 1, key, text FROM fresh JOIN c USING (thread)
    RETURNING id, conversation_id, seq)
  INSERT INTO f_outbox (type, data) SELECT 'message.received', jsonb_build_object('message', id, 'seq', seq) FROM m`;

function next(): void {
  if (waiting.length === 0 || writing >= WRITERS) return;
  const batch = waiting.splice(0, MOST);
  writing += 1;
  const values = [
    batch.map((b) => b.mid),
    batch.map((b) => b.thread),
    batch.map((b) => b.text),
    batch.map((b) => b.body),
  ];
  pool
    .query({ name: 'ingest', text: INGEST, values })
    .then(
      () => batch.forEach((b) => b.resolve()),
      (error: unknown) => batch.forEach((b) => b.reject(error)),
    )
    .finally(() => {
      writing -= 1;
      next();
    })
    .catch(() => undefined);
}

interface Hook {
  entry: { messaging: { sender: { id: string }; message: { mid: string; text: string } }[] }[];
}

async function main(): Promise<void> {
  await pool.query(TABLES);
  serve((body) => {
    const { sender, message } = (JSON.parse(body.toString('utf8')) as Hook).entry[0]!.messaging[0]!;
    return new Promise<void>((resolve, reject) => {
      waiting.push({ mid: message.mid, thread: sender.id, text: message.text, body, resolve, reject });
      next();
    });
  });
}

void main();
