import { ThreadTokens } from '../../src/inbox/conversations/thread-tokens';
import { IntakeThreads } from '../../src/inbox/conversations/intake-threads';
import { startApp, type TestApp } from '../harness';
import { answered, at, type IntakeWorld, orders, said, startIntakeWorld } from '../intake-world';

let w: IntakeWorld;
let other: TestApp;

/** Tokens as whoever signs them would read them: here a token is its conversation's id behind a `t`. */
class TestTokens extends ThreadTokens {
  conversationOf(_channelId: string, token: string): string | null {
    return token.startsWith('t') ? token.slice(1) : null;
  }
}

beforeAll(async () => {
  w = await startIntakeWorld();
  other = await startApp({ databaseUrl: w.t.databaseUrl, env: { ROLE: 'web' } });
  for (const { app } of [w.t, other]) Object.assign(app.get(IntakeThreads), { tokens: new TestTokens() });
});
afterAll(async () => {
  await other.close();
  await w.t.close();
});

let minute = 0;
/** A letter with its references, oldest first, as the connector tells it. */
function letter(id: string, from: string, references: string[] = [], over: Parameters<typeof said>[3] = {}) {
  const { threadAliases = [], ...rest } = over;
  return said(id, from, `${id} from ${from}`, {
    threadKey: `mail:${references[0] ?? id}`,
    threadAliases: [...threadAliases, ...references.map((reference) => `mail:${reference}`)],
    replyToExternalId: references.at(-1),
    subject: `About ${id}`,
    occurredAt: at(minute++ % 50),
    meta: { verifiedSender: true },
    ...rest,
  });
}
const ours = (id: string, to: string, references: string[]) =>
  answered(id, to, `${id} from us`, {
    threadKey: `mail:${references[0]}`,
    threadAliases: references.map((reference) => `mail:${reference}`),
    occurredAt: at(minute++ % 50),
  });

const texts = (threads: string[][]) => threads.map((thread) => thread.toSorted());

describe('a thread of letters', () => {
  it('holds together by its first letter, by any reference, and by the letter answered', async () => {
    const world = await w.aside();
    await world.tell(
      letter('a1', 'ali@x.test'),
      ours('s1', 'ali@x.test', ['a1']),
      letter('a2', 'ali@x.test', ['a1', 's1']),
      letter('a3', 'ali@x.test', ['s1']), // a client that keeps only the last reference
      letter('a4', 'ali@x.test', ['lost', 'a1']),
      letter('a5', 'ali@x.test', ['lost']), // by a name learnt from the letter before
    );
    expect((await world.threads()).map((thread) => thread.length)).toEqual([6]);
    expect(await world.conversations()).toBe(1);
  });

  it('whatever comes first, twice, or on two nodes at once', async () => {
    const story = [
      letter('a1', 'ali@x.test'),
      letter('a2', 'ali@x.test', ['a1']),
      letter('a3', 'ali@x.test', ['a0', 'a1']),
    ];
    const expected = [story.map(({ text }) => text)];
    for (const order of orders(story)) {
      const world = await w.aside();
      await world.tell(...order);
      expect(texts(await world.threads())).toEqual(expected);
      const batch = await w.aside();
      await batch.take(order);
      expect(texts(await batch.threads())).toEqual(expected);
    }
    for (let i = 0; i < 10; i++) {
      const world = await w.aside();
      const [one, two] = i % 2 ? [[story[0]!], [story[2]!, story[1]!]] : [[story[2]!], [story[0]!, story[1]!]];
      await Promise.all([world.take(one), world.take(two, at(59), other)]);
      expect(texts(await world.threads())).toEqual(expected);
      expect(await world.conversations()).toBe(1);
    }
  });

  it('gives the ticket its subject', async () => {
    const world = await w.aside();
    await world.tell(
      letter('a1', 'ali@x.test', [], { subject: '  سفارش\r\n ۱۲۳ ' }),
      letter('a2', 'ali@x.test', ['a1']),
    );
    expect(await world.tickets()).toMatchObject([{ subject: 'سفارش ۱۲۳', preview: 'a2 from ali@x.test' }]);
  });

  it('lets no stranger in by references', async () => {
    const world = await w.aside();
    await world.tell(
      letter('a1', 'ali@x.test'),
      letter('b1', 'bob@y.test', ['a1']),
      letter('b2', 'bob@y.test', ['a1', 'b1']),
      letter('a2', 'ali@x.test', ['a1', 'b1']),
      letter('c1', 'eve@y.test', ['never-seen', 'a1']),
      letter('a3', 'ali@x.test', ['never-seen']), // what she claimed leads him nowhere
    );
    expect(await world.threads()).toEqual([
      ['a1 from ali@x.test', 'a2 from ali@x.test'],
      ['a3 from ali@x.test'],
      ['b1 from bob@y.test', 'b2 from bob@y.test'],
      ['c1 from eve@y.test'],
    ]);
  });

  it('lets in whoever has the token, and then they take part', async () => {
    const world = await w.aside();
    await world.tell(letter('a1', 'ali@x.test'));
    const [conversation] = await world.rows<{ id: string }>('SELECT id FROM conversations WHERE channel_id = $1');
    const withToken = { threadAliases: [`token:t${conversation!.id}`] };
    await world.tell(
      letter('b1', 'bob@y.test', [], withToken),
      letter('b2', 'bob@y.test', ['b1']),
      letter('c1', 'eve@y.test', [], { threadAliases: ['token:forged'] }),
    );
    expect(await world.threads()).toEqual([
      ['a1 from ali@x.test', 'b1 from bob@y.test', 'b2 from bob@y.test'],
      ['c1 from eve@y.test'],
    ]);
  });

  it('takes a quoted token as a hint: whoever takes part is led by it, whoever was forwarded it is not', async () => {
    const world = await w.aside();
    await world.tell(letter('a1', 'ali@x.test'));
    const [conversation] = await world.rows<{ id: string }>('SELECT id FROM conversations WHERE channel_id = $1');
    const quoting = { threadAliases: [`quoted:t${conversation!.id}`] };
    await world.tell(
      letter('a2', 'ali@x.test', [], quoting),
      letter('e1', 'eve@y.test', [], quoting),
      letter('a3', 'ali@x.test', [], { threadAliases: ['quoted:forged'] }),
    );
    expect(texts(await world.threads()).toSorted((a, b) => a[0]!.localeCompare(b[0]!))).toEqual([
      ['a1 from ali@x.test', 'a2 from ali@x.test'],
      ['a3 from ali@x.test'],
      ['e1 from eve@y.test'],
    ]);
  });

  it('believes the ticket number in a subject only of a proven sender who takes part', async () => {
    const world = await w.aside();
    await world.tell(letter('a1', 'ali@x.test'));
    const [ticket] = await world.rows<{ number: string }>('SELECT number FROM tickets WHERE channel_id = $1');
    const subject = { threadAliases: [`ticket:${ticket!.number}`] };
    await world.tell(
      letter('a2', 'ali@x.test', [], subject),
      letter('a3', 'ali@x.test', [], { ...subject, meta: { verifiedSender: false } }),
      letter('b1', 'bob@y.test', [], subject),
      letter('b2', 'bob@y.test', [], { threadAliases: ['ticket:999999999999999'] }),
    );
    expect(await world.threads()).toEqual([
      ['a1 from ali@x.test', 'a2 from ali@x.test'],
      ['a3 from ali@x.test'],
      ['b1 from bob@y.test'],
      ['b2 from bob@y.test'],
    ]);
  });

  it('leads into no other channel or workspace, whatever the token says', async () => {
    const world = await w.aside();
    await world.tell(letter('a1', 'ali@x.test'));
    const [conversation] = await world.rows<{ id: string }>('SELECT id FROM conversations WHERE channel_id = $1');
    for (const name of ['harbour', 'orchard']) {
      const elsewhere = await w.aside(name);
      await elsewhere.tell(letter('b1', 'ali@x.test', ['a1'], { threadAliases: [`token:t${conversation!.id}`] }));
      expect(await elsewhere.threads()).toEqual([['b1 from ali@x.test']]);
    }
    expect(await world.threads()).toEqual([['a1 from ali@x.test']]);
  });

  it('bears any number of references', async () => {
    const world = await w.aside();
    const many = Array.from({ length: 5_000 }, (_, i) => `r${i}`);
    await world.tell(
      letter('a1', 'ali@x.test', many),
      letter('a2', 'ali@x.test', ['r0']),
      letter('a3', 'ali@x.test', ['r4999']),
    );
    expect(await world.conversations()).toBe(1);
  });
});

describe('threads of comments', () => {
  it('are found by what the network guesses of them, and not tied together by it', async () => {
    const world = await w.aside();
    const comment = (id: string, threadKey: string, threadAliases?: string[]) =>
      said(id, 'u1', id, { threadKind: 'comment', threadKey, threadAliases });
    await world.tell(
      comment('c1', 'comment:7:1:u1', ['group:7:u1']),
      comment('c2', 'comment:7:2:u1', ['group:7:u1']),
      comment('g1', 'group:7:u1'),
      comment('c3', 'comment:7:3:u1', ['group:7:u1']),
      comment('c4', 'comment:7:3:u1'),
    );
    expect(await world.threads()).toEqual([['c1'], ['c2'], ['c4'], ['g1', 'c3']]);
  });
});

describe('receipts of a thread under another name', () => {
  it('reach the messages sent there', async () => {
    const world = await w.aside();
    await world.tell(
      said('m1', '+98', 'hello', { author: { externalId: 'u1', aliases: ['+98'] }, threadAliases: ['dm:u1'] }),
    );
    await world.rows(
      `INSERT INTO messages (workspace_id, id, conversation_id, channel_id, seq, direction, visibility, author_kind, external_id, text,
                             network_at, received_at, applied_at, delivery_state)
       SELECT workspace_id, gen_random_uuid(), id, channel_id, 2, 'out', 'private', 'agent', 'o1', 'ours', $2, $2, $2, 'sent'
       FROM conversations WHERE channel_id = $1`,
      [at(1)],
    );
    await world.take([
      { ...said('x', 'u1', ''), type: 'receipt', status: 'read', externalIds: [], upTo: at(2), threadKey: 'dm:u1' },
    ]);
    const [row] = await world.rows<{ delivery_state: string }>(
      `SELECT delivery_state FROM messages WHERE channel_id = $1 AND external_id = 'o1'`,
    );
    expect(row!.delivery_state).toBe('read');
  });
});

describe('a flood of letters', () => {
  const from = (name: string, minutes: number) => letter(`${name}@${minute++}`, name, [], { occurredAt: at(minutes) });
  const flood = async (world: IntakeWorld) => {
    await world.rows(`UPDATE workspaces SET settings = '{"floods": {"threads": 3, "minutes": 10}}'
       WHERE id = (SELECT workspace_id FROM channels WHERE id = $1)`);
    await world.tell(...Array.from({ length: 8 }, () => from('loop@x.test', 1)), from('ali@x.test', 1));
  };
  const tickets = (world: IntakeWorld) =>
    world.rows<{ id: string; tags: string[]; letters: number }>(
      `SELECT t.id, t.tags, (SELECT count(*)::int FROM messages m WHERE m.ticket_id = t.id) AS letters
       FROM tickets t WHERE t.channel_id = $1 ORDER BY t.created_at, t.id`,
    );

  it('is one ticket, flagged, with every word in it; others are not part of it', async () => {
    const world = await w.aside('flooded');
    await flood(world);
    const found = await tickets(world);
    expect(found.map(({ tags, letters }) => [letters, ...tags])).toEqual([[1], [1], [6, 'flood'], [1]]);
    const history = await world.rows<{ type: string; n: number }>(
      `SELECT type, count(*)::int AS n FROM domain_events WHERE $1::uuid IS NOT NULL AND ticket_id = $2
         AND type IN ('conversation.joined', 'ticket.tags_changed') GROUP BY type ORDER BY type`,
      [found[2]!.id],
    );
    expect(history).toEqual([
      { type: 'conversation.joined', n: 5 },
      { type: 'ticket.tags_changed', n: 1 },
    ]);
    await world.tell(from('loop@x.test', 20)); // it is over
    expect(await tickets(world)).toHaveLength(5);
  });

  it('that comes all at once is cut short too', async () => {
    const world = await w.aside('flooded-at-once');
    await world.take([...Array.from({ length: 30 }, () => from('loop@x.test', 1)), from('ali@x.test', 1)], at(2));
    const found = await tickets(world);
    expect(found).toHaveLength(21);
    expect(found.filter(({ tags }) => tags.length > 0)).toMatchObject([{ tags: ['flood'], letters: 11 }]);
  });

  it('goes on in one ticket when the one before is closed, also on two nodes at once', async () => {
    const world = await w.aside('flooded-again');
    await flood(world);
    await world.rows(`UPDATE tickets SET status = 'closed', solved_at = now() WHERE channel_id = $1`);
    await world.tell(from('loop@x.test', 2));
    await world.meeting([from('loop@x.test', 2)], [from('loop@x.test', 2)], other);
    const found = await tickets(world);
    expect(found.map(({ tags, letters }) => [letters, ...tags])).toEqual([[1], [1], [6, 'flood'], [1], [3, 'flood']]);
  });
});
