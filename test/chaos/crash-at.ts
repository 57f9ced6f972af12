import pg from 'pg';

/**
 * Loaded into a node before the product (`node --require`): ends it without a word, as `kill -9` does, between two
 * statements of one transaction. `CRASH_AT` is the name of a statement, the value of its first parameter where that
 * matters, and how many statements later: `routing_lock_team::4`. Counting begins when that statement has found something.
 * At 0 the node dies with that answer in hand; COMMIT counts as a statement, and so does what is asked after it.
 */
const [name, first, step] = (process.env['CRASH_AT'] ?? '::').split(':') as [string, string, string];
const dieAt = Number(step);
const counted = new WeakMap<object, number>();

const die = () => process.kill(process.pid, 'SIGKILL');

type Query = (this: object, ...args: unknown[]) => unknown;
const { query } = pg.Client.prototype as unknown as { query: Query };

function watched(this: object, ...args: unknown[]): unknown {
  const asked = args[0] as { name?: string; text?: string; values?: unknown[] } | string;
  const before = counted.get(this);
  if (before !== undefined) {
    if (before + 1 === dieAt) die();
    counted.set(this, before + 1);
  }
  const answer = query.apply(this, args);
  const text = typeof asked === 'string' ? asked : (asked.text ?? '');
  if (before !== undefined && /^(COMMIT|ROLLBACK)/.test(text)) {
    counted.delete(this);
    // the step after the commit: it is done, and nobody has been told
    if (before + 2 === dieAt) void Promise.resolve(answer).then(die);
  }
  const marked = typeof asked !== 'string' && asked.name === name && (first === '' || asked.values?.[0] === first);
  if (marked && before === undefined) {
    void Promise.resolve(answer).then((result) => {
      if (!(result as { rowCount?: number } | undefined)?.rowCount) return;
      if (dieAt === 0) die();
      counted.set(this, 0);
    });
  }
  return answer;
}

Object.assign(pg.Client.prototype, { query: watched });
