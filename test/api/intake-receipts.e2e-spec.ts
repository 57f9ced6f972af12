import { ConversationIntake } from '../../src/inbox/conversations/intake';
import type { InboundDelete } from '../../src/inbox/conversations/inbound-event';
import { uuidv7 } from '../../src/platform/ids';
import { answered, at, type IntakeWorld, orders, receipt, said, startIntakeWorld } from '../intake-world';

let w: IntakeWorld;
beforeAll(async () => {
  w = await startIntakeWorld();
});
afterAll(() => w.t.close());

/** A message of ours on its way, whose network id nobody knows yet. */
async function sending(world: IntakeWorld): Promise<string> {
  await world.tell(said('m1', 'u1', 'hello'));
  const id = uuidv7();
  await world.rows(
    `INSERT INTO messages (workspace_id, id, conversation_id, channel_id, seq, direction, visibility, author_kind, text,
                           network_at, received_at, applied_at, delivery_state)
     SELECT workspace_id, $2, id, channel_id, 2, 'out', 'private', 'agent', 'ours', $3, $3, $3, 'sending' FROM conversations WHERE channel_id = $1`,
    [id, at(1)],
  );
  return id;
}

/** Our call returned: the id is ours, the message is sent, and what came early has its turn. */
const callReturned = (world: IntakeWorld, messageId: string, externalId: string) =>
  world.t.database.lean('system', async (tx) => {
    await tx.execute(
      `INSERT INTO message_keys (workspace_id, channel_id, external_id, message_id, conversation_id)
       SELECT workspace_id, channel_id, $2, id, conversation_id FROM messages WHERE id = $1
       ON CONFLICT (workspace_id, channel_id, external_id) DO UPDATE SET message_id = excluded.message_id, conversation_id = excluded.conversation_id`,
      [messageId, externalId],
    );
    await tx.execute(
      `UPDATE messages SET external_id = $2, delivery_state = CASE WHEN delivery_state IN ('delivered', 'read') THEN delivery_state ELSE 'sent' END
       WHERE id = $1`,
      [messageId, externalId],
    );
    await world.t.app.get(ConversationIntake).applyEarly(tx, world.channel, [externalId]);
  });

const delivery = async (world: IntakeWorld, messageId: string) =>
  (
    await world.rows<{ state: string; reason: string | null }>(
      'SELECT delivery_state AS state, delivery_reason AS reason FROM messages WHERE channel_id = $1 AND id = $2',
      [messageId],
    )
  )[0]!;

const failed = receipt('failed', ['o1'], {
  error: { code: '131026', message: 'The person cannot be reached.' },
  occurredAt: at(3),
});
const FAILED = { state: 'failed', reason: 'The person cannot be reached. (131026)' };

describe('a receipt that comes before our call returned', () => {
  it('waits and is applied when the id is known to be ours', async () => {
    const world = await w.aside();
    const id = await sending(world);
    expect(await world.tell(receipt('delivered', ['o1', 'o2']))).toEqual([
      { state: 'ignored', reason: 'message_not_seen_yet' },
    ]);
    expect((await delivery(world, id)).state).toBe('sending');
    await callReturned(world, id, 'o1');
    expect((await delivery(world, id)).state).toBe('delivered');
    await callReturned(world, id, 'o1'); // nothing waits any more, and nothing goes back
    expect((await delivery(world, id)).state).toBe('delivered');
  });

  it('is applied when our own word comes back first', async () => {
    const world = await w.aside();
    const id = await sending(world);
    await world.tell(receipt('read', ['o1']), answered('o1', 'u1', 'ours', { outboundMessageId: id }));
    expect((await delivery(world, id)).state).toBe('read');
  });

  it('is applied at once when it gives our own id back, and settles what nobody knew', async () => {
    for (const [state, story, expected] of [
      ['unknown', [receipt('read', ['o1'])], 'read'],
      ['sending', [receipt('sent', ['o1'])], 'sent'],
      ['failed', [receipt('delivered', ['o1']), receipt('sent', ['o1'])], 'delivered'],
    ] as const) {
      const world = await w.aside();
      const id = await sending(world);
      await world.rows('UPDATE messages SET delivery_state = $3 WHERE channel_id = $1 AND id = $2', [id, state]);
      await world.tell(...story.map((one) => ({ ...one, outboundMessageId: id })));
      expect((await delivery(world, id)).state).toBe(expected);
      const [row] = await world.rows<object>('SELECT external_id FROM messages WHERE channel_id = $1 AND id = $2', [
        id,
      ]);
      expect(row).toEqual({ external_id: 'o1' });
    }
  });

  it('does not take the id of another channel’s message', async () => {
    const [mine, elsewhere] = [await w.aside(), await w.aside()];
    const id = await sending(mine);
    await elsewhere.tell(receipt('read', ['o1'], { outboundMessageId: id }));
    expect((await delivery(mine, id)).state).toBe('sending');
  });

  it('means nothing for the same id elsewhere', async () => {
    const [mine, theirs] = [await w.aside(), await w.aside('receipts')];
    const id = await sending(mine);
    await theirs.tell(receipt('read', ['o1']));
    await callReturned(mine, id, 'o1');
    expect((await delivery(mine, id)).state).toBe('sent');
  });
});

it('a message that was deleted at the network before our call returned is gone, also where its echo was taken for another’s', async () => {
  const gone: InboundDelete = {
    type: 'delete',
    accountId: 'shop',
    eventKey: 'gone',
    threadKey: 'message:o1',
    threadKind: 'dm',
    externalId: 'o1',
    by: 'account',
    occurredAt: at(9),
  };
  for (const story of [[gone], [answered('o1', 'u1', 'OURS'), gone], [gone, answered('o1', 'u1', 'OURS')]]) {
    const world = await w.aside();
    const id = await sending(world);
    await world.tell(...story);
    await callReturned(world, id, 'o1');
    await callReturned(world, id, 'o1');
    expect(
      await world.rows('SELECT deleted_at, deleted_by FROM messages WHERE channel_id = $1 AND id = $2', [id]),
    ).toEqual([{ deleted_at: new Date(at(9)), deleted_by: { kind: 'account' } }]);
    expect((await world.events('message.deleted')).filter((e) => e.message_id === id)).toHaveLength(1);
  }
});

describe('whatever order receipts come in', () => {
  it.each([
    [
      'all is well',
      [receipt('sent', ['o1']), receipt('delivered', ['o1']), receipt('read', ['o1'])],
      { state: 'read', reason: null },
    ],
    ['it was given up', [receipt('sent', ['o1']), failed], FAILED],
    [
      'given up, then delivered all the same',
      [failed, receipt('delivered', ['o1'])],
      { state: 'delivered', reason: null },
    ],
    [
      'given up, then read',
      [receipt('sent', ['o1']), failed, receipt('read', ['o1'])],
      { state: 'read', reason: null },
    ],
  ])('%s', async (_, story, expected) => {
    for (const [i, order] of orders(story, 8).entries()) {
      const world = await w.aside();
      const id = await sending(world);
      const early = i % (order.length + 1); // how many come before our call returns
      await world.tell(...order.slice(0, early));
      await callReturned(world, id, 'o1');
      await world.tell(...order.slice(early));
      expect(await delivery(world, id)).toEqual(expected);
    }
  });

  it('tells the code beside the reason', async () => {
    const world = await w.aside();
    const id = await sending(world);
    await callReturned(world, id, 'o1');
    await world.tell(failed);
    const told = (await world.events('message.delivery_changed')).filter((e) => e.message_id === id);
    expect(told.at(-1)?.data).toEqual({
      from: 'sent',
      to: 'failed',
      reason: 'The person cannot be reached.',
      code: '131026',
    });
  });
});
