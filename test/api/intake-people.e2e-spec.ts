import { ConversationIntake } from '../../src/inbox/conversations/intake';
import type { InboundEvent } from '../../src/inbox/conversations/inbound-event';
import { startApp, type TestApp } from '../harness';
import { answered, at, type IntakeWorld, orders, said, startIntakeWorld, told } from '../intake-world';

let w: IntakeWorld;
let other: TestApp;
beforeAll(async () => {
  w = await startIntakeWorld();
  other = await startApp({ databaseUrl: w.t.databaseUrl, env: { ROLE: 'web' } });
});
afterAll(async () => {
  await other.close();
  await w.t.close();
});

const both = { externalId: 'u1', aliases: ['+98'] };

/** What a person would notice: who there is, and what was said with whom. */
const picture = async (world: IntakeWorld) => ({ people: await world.people(), threads: await world.threads() });

/** Tells a story to a channel of its own. */
async function after(tell: (world: IntakeWorld) => Promise<unknown>) {
  const world = await w.aside();
  await tell(world);
  return picture(world);
}

describe('a person under several ids', () => {
  const one = said('m1', '+98', 'by number');
  const two = said('m2', 'u1', 'by both', { author: both, threadAliases: ['dm:+98'], occurredAt: at(1) });
  const three = said('m3', 'u1', 'by name', { occurredAt: at(2) });
  const expected = { people: ['+98 u1'], threads: [['by number', 'by both', 'by name']] };

  it('is one contact with one thread', async () => {
    expect(await after((world) => world.tell(one, two, three))).toEqual(expected);
    expect(await after((world) => world.take([one, two, three, one, two]))).toEqual(expected);
  });

  it('whichever order, each once or twice, while the ids are told together at first', async () => {
    for (const order of orders([one, three])) {
      const seen = await after((world) => world.tell(two, ...order, two));
      expect(seen.people).toEqual(expected.people);
      expect(seen.threads.map((texts) => texts.toSorted())).toEqual([expected.threads[0]!.toSorted()]);
    }
  });

  it('on two nodes at once', async () => {
    for (let i = 0; i < 8; i++) {
      const world = await w.aside();
      await Promise.all([world.take([one]), world.take([two], at(59), other)]);
      await Promise.all([world.take([two]), world.take([three], at(59), other)]);
      const seen = await picture(world);
      expect(seen.people).toEqual(expected.people);
      expect(seen.threads.map((texts) => texts.toSorted())).toEqual([expected.threads[0]!.toSorted()]);
      expect(await world.conversations()).toBe(1);
    }
  });

  it('on two nodes that meet at the worst moment', async () => {
    for (const [first, second, ...before] of [
      [one, two],
      [two, one],
      [two, three],
      [two, one, told('u1', { person: both })], // both ids are known, so only the thread is in question
      [one, two, told('u1', { person: both })],
    ] as const) {
      const world = await w.aside();
      await world.tell(...before);
      await world.meeting([first], [second], other);
      const seen = await picture(world);
      expect(seen.people).toEqual(expected.people);
      expect(seen.threads).toHaveLength(1);
      expect(await world.conversations()).toBe(1);
      const contacts = await world.rows<{ n: number }>(
        `SELECT count(*)::int AS n FROM contacts c WHERE c.workspace_id = (SELECT workspace_id FROM channels WHERE id = $1)
         AND NOT EXISTS (SELECT 1 FROM contact_identities i WHERE i.contact_id = c.id) AND merged_into IS NULL`,
      );
      expect(contacts).toEqual([{ n: 0 }]); // nobody is left who is nobody
    }
  });

  it('is one, met under each id before naming both', async () => {
    const seen = await after((world) =>
      world.tell(one, said('m9', 'u1', 'by name', { occurredAt: at(1) }), { ...two, threadAliases: ['dm:+98'] }),
    );
    expect(seen.people).toEqual(['+98 u1']);
    expect(seen.threads.map((thread) => thread.toSorted())).toEqual([['by both', 'by name', 'by number']]);
  });

  it('is nobody’s in another workspace', async () => {
    const world = await w.aside();
    await world.tell(one);
    const theirs = await w.aside('meadow');
    await theirs.tell(two);
    expect(await world.people()).toEqual(['+98']);
    expect(await theirs.people()).toEqual(['+98 u1']);
    expect(await theirs.threads()).toEqual([['by both']]);
  });

  it('costs a plain batch nothing: the same statements as for people with one id', async () => {
    const world = await w.aside();
    const statements = (events: InboundEvent[]) =>
      world.t.database.lean('system', async (tx) => {
        const run: string[] = [];
        const [query, execute] = [tx.query.bind(tx), tx.execute.bind(tx)];
        tx.query = ((sql: string, params: unknown[], name?: string) => {
          run.push(name ?? sql);
          return query(sql, params, name);
        }) as typeof tx.query;
        tx.execute = (sql, params, name) => {
          run.push(name ?? sql);
          return execute(sql, params, name);
        };
        const items = events.map((event, i) => ({
          ref: `${i}`,
          channel: world.channel,
          event,
          receivedAt: new Date(),
        }));
        await world.t.app.get(ConversationIntake).apply(tx, items);
        return run;
      });
    const batch = (prefix: string) => ['a', 'b', 'c'].map((id) => said(`${prefix}${id}`, `${id}`, 'hello'));
    const [people, threads] = [
      ['intake_identities', 'intake_identities_make', 'intake_identities'],
      ['intake_conversations_make', 'intake_conversations_find', 'intake_conversations_lock'],
    ];
    const rest = ['intake_messages', 'intake_conversations_save', 'outbox_place'];
    expect(await statements(batch('new'))).toEqual([
      'intake_known',
      ...people!,
      ...threads!,
      'intake_keys',
      'flood_beginners',
      'intake_tickets_lock',
      'intake_tickets_open',
      ...rest,
    ]);
    expect(await statements(batch('more'))).toEqual([
      'intake_known',
      'intake_identities',
      ...threads!,
      'intake_keys',
      'intake_tickets_lock',
      'intake_tickets_touch',
      ...rest,
    ]);
  });
});

describe('what the network tells of a person', () => {
  const contact = (world: IntakeWorld) =>
    world.rows<Record<string, unknown>>(
      `SELECT c.phone, c.phone_verified_at IS NOT NULL AS phone_verified, c.email, c.email_verified_at IS NOT NULL AS email_verified, c.locale
       FROM contacts c JOIN contact_identities i ON i.contact_id = c.id WHERE i.channel_id = $1 ORDER BY c.id`,
    );

  it('fills what is empty, vouches for a number, and for an address only when the sender is proven', async () => {
    const world = await w.aside();
    const author = { externalId: 'u1', phone: '+989121234567', email: 'Omar@Example.test', locale: 'fa-IR' };
    await world.tell(said('m1', 'u1', 'hello', { author }));
    const filled = { phone: '+989121234567', phone_verified: true, email: 'omar@example.test', locale: 'fa' };
    expect(await contact(world)).toEqual([{ ...filled, email_verified: false }]);
    await world.tell(said('m2', 'u1', 'again', { author, meta: { verifiedSender: true } }));
    expect(await contact(world)).toEqual([{ ...filled, email_verified: true }]);
    const changes = (await world.events('contact.changed')).map(({ data }) => data['fields']);
    expect(changes).toContainEqual(['phone', 'phoneVerifiedAt', 'email', 'locale']);
    expect(changes).toContainEqual(['emailVerifiedAt']);
  });

  it('leaves what somebody entered, and takes no number that is none', async () => {
    const world = await w.aside();
    await world.tell(said('m1', 'u1', 'hello', { author: { externalId: 'u1', phone: '0912' } }));
    expect(await contact(world)).toMatchObject([{ phone: null }]);
    await world.rows(
      `UPDATE contacts SET phone = '+982100000000', email = 'own@example.test'
       WHERE id = (SELECT contact_id FROM contact_identities WHERE channel_id = $1)`,
    );
    const author = { externalId: 'u1', phone: '+989121234567', email: 'x@example.test' };
    await world.tell(said('m2', 'u1', 'again', { author, meta: { verifiedSender: true } }));
    expect(await contact(world)).toEqual([
      { phone: '+982100000000', phone_verified: false, email: 'own@example.test', email_verified: false, locale: null },
    ]);
  });
});

describe('a person’s id changes', () => {
  const before = said('m1', '+98', 'before');
  const change = told('+99', { formerExternalId: '+98', occurredAt: at(5) });
  const later = said('m2', '+99', 'after', { occurredAt: at(6) });
  const expected = { people: ['+98 +99'], threads: [['before', 'after']] };

  it('keeps history, thread and contact', async () => {
    const world = await w.aside();
    await world.tell(before, change, later);
    expect(await picture(world)).toEqual(expected);
    const [row] = await world.rows<{ external_id: string }>(
      `SELECT i.external_id FROM conversations c JOIN contact_identities i ON i.id = c.identity_id WHERE c.channel_id = $1`,
    );
    expect(row!.external_id).toBe('+99'); // answers go to the new id
  });

  it('whatever comes first, in one batch or many, once or twice', async () => {
    for (const order of orders([before, change, later])) {
      for (const batch of [true, false]) {
        const seen = await after((world) => (batch ? world.take(order) : world.tell(...order)));
        expect(seen.people).toEqual(expected.people);
        // a word under the new id that comes before the change opens a thread of its own, and both stay readable
        expect(seen.threads.flat().toSorted()).toEqual(['after', 'before']);
        const first = (e: InboundEvent) => order.findIndex((one) => one === e);
        if (first(change) < first(later)) expect(seen.threads).toHaveLength(1);
      }
    }
  });

  it('finds comment threads under the new id too', async () => {
    const comment = (id: string, person: string, minute: number) =>
      said(id, person, id, { threadKind: 'comment', threadKey: `comment:p1:${person}`, occurredAt: at(minute) });
    const seen = await after((world) => world.tell(comment('c1', '+98', 0), change, comment('c2', '+99', 6)));
    expect(seen.threads).toEqual([['c1', 'c2']]);
  });

  it('merges two contacts that turn out to be one, and that can be taken back', async () => {
    const world = await w.aside();
    await world.tell(before, later, change);
    expect(await world.people()).toEqual(expected.people);
    const [row] = await world.rows<{ merged: boolean; from: boolean }>(
      `SELECT bool_or(c.merged_into IS NOT NULL) AS merged, bool_or(i.merged_from IS NOT NULL) AS "from" FROM contact_identities i
       JOIN contacts c ON c.workspace_id = i.workspace_id AND c.id IN (i.contact_id, i.merged_from) WHERE i.channel_id = $1`,
    );
    expect(row).toEqual({ merged: true, from: true });
  });

  it('the contact known longest stays, however many stand-ins turn out to be them', async () => {
    const world = await w.aside();
    const comment = (id: string, person: string) =>
      said(id, person, id, { threadKind: 'comment', threadKey: `comment:p1:${person}` });
    await world.tell(comment('c1', 'sara'));
    const [sara] = await world.rows<{ contact_id: string }>(
      'SELECT contact_id FROM contact_identities WHERE channel_id = $1',
    );
    for (const n of [1, 2, 3]) {
      await world.tell(
        comment(`w${n}`, `withheld:${n}`),
        told('sara', { formerExternalId: `withheld:${n}`, threadKind: 'comment' }),
      );
    }
    const contacts = await world.rows<{ contact_id: string }>(
      'SELECT DISTINCT contact_id FROM contact_identities WHERE channel_id = $1',
    );
    expect(contacts).toEqual([sara]);
  });

  it('other ids told without a message lead to the contact and the thread', async () => {
    const world = await w.aside();
    await world.tell(
      said('m1', 'u1', 'one'),
      told('u1', { person: { externalId: 'u1', aliases: ['+98'] }, threadAliases: ['dm:+98'] }),
      said('m2', '+98', 'two', { occurredAt: at(1) }),
    );
    expect(await picture(world)).toEqual({ people: ['+98 u1'], threads: [['one', 'two']] });
  });

  it('a former id that somebody else has now is theirs; what was written under it before the change is not', async () => {
    const world = await w.aside();
    await world.tell(before, change, said('m5', '+98', 'late', { occurredAt: at(1) }));
    expect(await world.people()).toEqual(['+98 +99']);
    await world.tell(
      said('m6', 'u9', 'a stranger', {
        author: { externalId: 'u9', aliases: ['+98'] },
        threadAliases: ['dm:+98'],
        occurredAt: at(50),
      }),
      change, // told again, it takes nothing back
    );
    expect(await world.people()).toEqual(['+98 u9', '+99']);
    expect(await world.threads()).toEqual([['a stranger'], ['before', 'late']]);
  });

  it('on two nodes at once', async () => {
    for (let i = 0; i < 6; i++) {
      const world = await w.aside();
      await world.tell(before);
      await Promise.all([world.take([change]), world.take([change], at(59), other)]);
      await Promise.all([world.take([later]), world.take([later, change], at(59), other)]);
      expect(await picture(world)).toEqual(expected);
    }
  });
});

describe('whom nothing can reach', () => {
  const gone = told('u1', { reachable: false, occurredAt: at(10) });
  const back = told('u1', { reachable: true, occurredAt: at(20) });

  it('is shown on contact and conversation, and the last word stands', async () => {
    const world = await w.aside();
    await world.tell(said('m1', 'u1', 'hello'), gone);
    const [ticket] = await world.tickets();
    const [identity] = await world.rows<{ contact_id: string }>(
      'SELECT contact_id FROM contact_identities WHERE channel_id = $1',
    );
    const seen = async () => ({
      contact: (
        await world.t.owner.get<{ identities: { unreachableAt: string | null }[] }>(`/contacts/${identity!.contact_id}`)
      ).identities,
      conversation: (
        await world.t.owner.get<{ conversation: { unreachableSince: string | null } }>(`/tickets/${ticket!.id}`)
      ).conversation,
    });
    expect(await seen()).toMatchObject({
      contact: [{ unreachableAt: at(10) }],
      conversation: { unreachableSince: at(10) },
    });
    await world.tell(back, gone); // the older word comes again
    expect(await seen()).toMatchObject({
      contact: [{ unreachableAt: null }],
      conversation: { unreachableSince: null },
    });
    const fields = (await world.events('contact.changed')).map(({ data }) => data['fields']);
    expect(fields.filter((f) => String(f) === 'reachable').length).toBeGreaterThanOrEqual(2);
  });

  it('is over when they write again, in every thread of theirs', async () => {
    const world = await w.aside();
    const elsewhere = { threadKey: 'dm:u1:other' };
    await world.tell(said('m1', 'u1', 'hello'), said('m2', 'u1', 'and here', elsewhere), gone);
    const since = () =>
      world.rows<{ unreachable_at: Date | null }>(
        'SELECT unreachable_at FROM contact_identities WHERE channel_id = $1',
      );
    await world.tell(said('m3', 'u1', 'written before', { occurredAt: at(9) }));
    expect(await since()).toEqual([{ unreachable_at: new Date(at(10)) }]);
    await world.tell(said('m4', 'u1', 'back again', { ...elsewhere, occurredAt: at(11) }));
    expect(await since()).toEqual([{ unreachable_at: null }]);
    await world.tell({ ...gone, eventKey: 'told late' });
    expect(await since()).toEqual([{ unreachable_at: null }]);
    const turned = await w.aside();
    await turned.tell(said('m4', 'u1', 'back again', { occurredAt: at(11) }), gone);
    expect(await turned.rows('SELECT unreachable_at FROM contact_identities WHERE channel_id = $1')).toEqual([
      { unreachable_at: null },
    ]);
  });

  it('who came back by a link may be answered again, and no word of theirs is made up', async () => {
    const world = await w.aside();
    const back = told('u1', { cameBack: true, occurredAt: at(30) });
    const lastAct = async () =>
      (await world.rows<{ at: Date }>('SELECT last_inbound_at AS at FROM conversations WHERE channel_id = $1'))[0]!.at;
    await world.tell(said('m1', 'u1', 'hello'), back, back, said('m0', 'u1', 'earlier', { occurredAt: at(-5) }));
    expect((await lastAct()).toISOString()).toBe(at(30));
    await world.tell(told('u1', { cameBack: true, occurredAt: at(20) })); // late
    expect((await lastAct()).toISOString()).toBe(at(30));
    expect(await world.threads()).toEqual([['hello', 'earlier']]);
    expect(
      (await world.events('contact.changed')).filter(({ data }) => String(data['fields']) === 'replyWindow'),
    ).toHaveLength(1);
  });

  it('may be told before they ever wrote', async () => {
    const world = await w.aside();
    await world.tell(gone, said('m1', 'u1', 'hello'), answered('m2', 'u1', 'hi', { occurredAt: at(1) }));
    const [row] = await world.rows<{ unreachable_at: Date }>(
      'SELECT unreachable_at FROM contact_identities WHERE channel_id = $1',
    );
    expect(row!.unreachable_at.toISOString()).toBe(at(10));
    expect(await world.threads()).toEqual([['hello', 'hi']]);
  });
});
