import { SYNC_JOB, syncJob } from '../../src/crm/crm-jobs';
import { personaKey } from '../../src/crm/salesforce/keys';
import { CrmSync } from '../../src/crm/crm.sync';
import { JobQueue } from '../../src/jobs/job-queue';
import { LeaseLost } from '../../src/jobs/job-outcome';
import { Outbox } from '../../src/outbox/outbox';
import { uuidv7 } from '../../src/platform/ids';
import { testDatabase } from '../database';
import { until } from '../jobs-node';
import type { Fault } from '../simulators/salesforce/faults';
import type { Row } from '../simulators/salesforce/schema';
import { type SalesforceEmulator, startSalesforce } from '../simulators/salesforce/server';
import { appWith, CLIENT_ID, type CrmApp, dataCalls, keyPair, startCrm } from './crm-app';
import { type Customer, InboxByHand } from './crm-inbox';
import { INTEGRATION_USER } from '../simulators/salesforce/org';

const keys = keyPair();
const otherKeys = keyPair();

let db: Awaited<ReturnType<typeof testDatabase>>;
let org: SalesforceEmulator;
let inbox: InboxByHand;
let app: CrmApp;
let outbox: Outbox;

beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.drop());

beforeEach(async () => {
  org = await startSalesforce({ seed: 7, apps: [appWith(keys.publicKey)] });
  app = await startCrm(db);
  outbox = app.app.get(Outbox);
  inbox = await new InboxByHand(db.database, `w${uuidv7().slice(-12)}`).open();
});
afterEach(async () => {
  await app.app.close();
  await org.close();
});

const SETTINGS = { coalesceMs: 0, handleFields: { instagram: 'Instagram__c' } };

async function call(method: 'get' | 'post' | 'put' | 'delete', path: string, body?: object, role = 'admin') {
  const sent = app
    .http()
    [method](`/crm/${path}`)
    .set({ 'x-workspace': inbox.workspaceId, 'x-agent': inbox.ada, 'x-role': role });
  const answer = await (body ? sent.send(body) : sent);
  return { status: answer.status, body: answer.body as Record<string, unknown> };
}

const access = () => ({
  loginUrl: org.url,
  clientId: CLIENT_ID,
  username: INTEGRATION_USER,
  privateKey: keys.privateKey,
});

async function connect(settings: object = {}) {
  const answer = await call('put', 'connection', { ...access(), settings: { ...SETTINGS, ...settings } });
  expect(answer).toMatchObject({ status: 200, body: { state: 'active' } });
  await idle();
  return answer.body['id'] as string;
}

const rows = <T>(sql: string, params: unknown[] = []) =>
  db.database.lean({ workspaceId: inbox.workspaceId }, (tx) => tx.query<T>(sql, params));

const waiting = async () =>
  (await rows<{ n: number }>('SELECT count(*)::int AS n FROM crm_queue WHERE parked_at IS NULL'))[0]!.n;
const working = async () => {
  const [row] = await rows<{ n: number }>(
    `SELECT (SELECT count(*) FROM jobs WHERE queue = 'crm' AND run_at < now() + interval '1 minute')::int
          + (SELECT count(*) FROM event_heads h LEFT JOIN event_cursors c ON c.workspace_id = h.workspace_id AND c.subscriber = 'crm'
             WHERE h.position > coalesce(c.position, 0))::int AS n`,
  );
  return row!.n;
};
/** Nothing to do within the next minute. */
const idle = () => until('the sync is idle', async () => (await working()) === 0, 30_000);
const synced = async () => {
  await idle();
  expect(await waiting()).toBe(0);
};

/**
 * What an auditor finds: every message once, under its conversation, in the words it has now. `made`: also created in
 * order; a row refused in the middle of a call comes after its neighbours there, and only `Seq__c` tells its place.
 */
async function audit(order: 'made' | 'seq' = 'made') {
  const wanted = await rows<{ conversation: string; seq: number; text: string }>(
    `SELECT m.conversation_id AS conversation, m.seq, m.text FROM messages m
     WHERE m.workspace_id = $1 AND m.direction <> 'note' AND coalesce(m.delivery_state, 'sent') <> 'queued' ORDER BY 1, 2`,
    [inbox.workspaceId],
  );
  const links = await rows<{ entity_id: string; remote_id: string }>(
    `SELECT entity_id, remote_id FROM crm_links WHERE workspace_id = $1 AND entity = 'conversation'`,
    [inbox.workspaceId],
  );
  const remote = new Map(links.map((link) => [link.entity_id, link.remote_id]));
  const all = org.find('Social_Message__c');
  expect(all.length).toBe(wanted.length);
  expect(new Set(all.map((row) => row.Message_Key__c)).size).toBe(wanted.length);
  for (const conversation of new Set(wanted.map((message) => message.conversation))) {
    const there = all.filter((row) => row.Conversation__c === remote.get(conversation));
    const asMade = there.toSorted((a, b) =>
      order === 'seq' ? Number(a.Seq__c) - Number(b.Seq__c) : String(a.Id) < String(b.Id) ? -1 : 1,
    );
    const here = wanted.filter((message) => message.conversation === conversation);
    expect(asMade.map((row) => row.Seq__c)).toEqual(here.map((message) => message.seq));
    expect(asMade.map((row) => row.Body__c)).toEqual(here.map((message) => message.text));
  }
}

const personaOf = async (who: Customer): Promise<Row> => {
  const [link] = await rows<{ remote_id: string }>('SELECT remote_id FROM crm_links WHERE entity_id = $1', [
    who.contactId,
  ]);
  return org.find('Social_Persona__c', { Id: link!.remote_id })[0]!;
};
const conversationOf = async (who: Customer): Promise<Row> => {
  const [link] = await rows<{ remote_id: string }>('SELECT remote_id FROM crm_links WHERE entity_id = $1', [
    who.conversationId,
  ]);
  return org.find('Social_Conversation__c', { Id: link!.remote_id })[0]!;
};
const events = async (type: string) =>
  (
    await rows<{ data: Record<string, unknown> }>(
      'SELECT data FROM domain_events WHERE workspace_id = $1 AND type = $2 ORDER BY position',
      [inbox.workspaceId, type],
    )
  ).map((row) => row.data);

const onMessages = { method: 'PATCH', path: 'Social_Message__c' };

describe('the record in Salesforce', () => {
  it('carries 1,000 messages in few calls, each once and in order', async () => {
    await connect();
    for (let i = 0; i < 50; i++) {
      const texts = Array.from({ length: 20 }, (_, n) => `message ${n} of ${i}: سلام 👋🏽`);
      await inbox.customer(null, { handle: `reader.${i}` }, texts);
    }
    org.journal.clear();
    await call('put', 'connection', { ...access(), settings: SETTINGS });
    await synced();
    await audit();
    const calls = dataCalls(org);
    console.info(`calls for 1,000 messages: ${calls.length}`);
    expect(calls.length).toBeLessThanOrEqual(25);
    expect(org.journal.overlaps()).toEqual([]);
  });

  it('writes what happens as it happens: person, conversation, message, edit, reply', async () => {
    await connect();
    const omar = await inbox.customer(outbox, { handle: 'omar', name: 'Omar' }, ['Is it open today?', 'On Norouz?']);
    await synced();
    const ticketId = uuidv7();
    await rows(
      `INSERT INTO tickets (workspace_id, id, number, conversation_id, position, contact_id, channel_id, brand_id, kind, status,
                            priority, assignee_id, last_message_at, first_responded_at, created_at)
       VALUES ($1, $2, 1, $3, 1, $4, $5, $6, 'dm', 'open', 'high', $7, now(), now(), now() - interval '90 seconds') RETURNING 1`,
      [inbox.workspaceId, ticketId, omar.conversationId, omar.contactId, inbox.channelId, inbox.brandId, inbox.ada],
    );
    const [first] = await inbox.say(outbox, omar, 'Hello?');
    await inbox.edit(outbox, omar, first!, 'Hello, anyone?');
    const reply = await inbox.reply(outbox, omar, 'We are.', 'queued');
    await synced();
    expect(org.find('Social_Message__c').length).toBe(3); // the reply is not the customer's yet
    await inbox.delivered(outbox, omar, reply);
    await synced();
    await audit();
    expect(await personaOf(omar)).toMatchObject({
      Handle__c: 'omar',
      Network__c: 'instagram',
      Display_Name__c: 'Omar',
      Contact__c: null,
    });
    expect(await conversationOf(omar)).toMatchObject({
      Message_Count__c: 4,
      Last_Snippet__c: 'We are.',
      Status__c: 'open',
      Priority__c: 'high',
      Assigned_Agent__c: 'Ada',
      First_Response_Sec__c: 90,
      Deep_Link__c: `https://inbox.harbour.test/inbox/all?ticket=${ticketId}`,
      Kind__c: 'dm',
    });
    expect(org.find('Social_Message__c', { Direction__c: 'outbound' })).toMatchObject([
      { Author_Name__c: 'Ada', Seq__c: 4 },
    ]);
    expect((await events('crm.synced')).map((data) => data['entity'])).toEqual(
      expect.arrayContaining(['contact', 'conversation', 'message']),
    );
  });

  it('sends a message only after its conversation, and that after its person, in whatever order they are queued', async () => {
    const connection = await connect();
    const omar = await inbox.customer(null, {}, ['one', 'two']);
    const [message] = await rows<{ id: string }>('SELECT id FROM messages WHERE conversation_id = $1 AND seq = 2', [
      omar.conversationId,
    ]);
    await db.database.lean({ workspaceId: inbox.workspaceId }, async (tx) => {
      await tx.execute(
        `INSERT INTO crm_queue (workspace_id, connection_id, entity, entity_id, rank, changed_at) VALUES ($1, $2, 'message', $3, 3, now())`,
        [inbox.workspaceId, connection, message!.id],
      );
      app.app.get(JobQueue).enqueue(tx, syncJob(inbox.workspaceId, connection));
    });
    await synced();
    expect(org.find('Social_Message__c')).toMatchObject([{ Seq__c: 2 }]);
    const conversation = await conversationOf(omar);
    expect(conversation.Persona__c).toBe((await personaOf(omar)).Id);
    expect(org.find('Social_Message__c')[0]!.Conversation__c).toBe(conversation.Id);
  });

  it('writes a parent again that is gone over there', async () => {
    await connect();
    const omar = await inbox.customer(outbox, {}, ['one']);
    await synced();
    const gone = await conversationOf(omar);
    org.org.records.remove(org.org.object('Social_Conversation__c')!, String(gone.Id), org.org.crmScope());
    // only the message is queued: the conversation is believed to be there
    const [second] = await inbox.say(null, omar, 'two');
    await inbox.edit(outbox, { contactId: omar.contactId }, second!, 'two!');
    await synced();
    expect(org.find('Social_Message__c', { Seq__c: 2 })[0]!.Conversation__c).toBe((await conversationOf(omar)).Id);
    expect(org.find('Social_Conversation__c').length).toBe(1);
  });

  it('keeps to the digest where that is chosen', async () => {
    await connect({ granularity: { comment: 'digest' } });
    await inbox.customer(outbox, { kind: 'comment' }, ['nice', 'very nice']);
    await inbox.customer(outbox, { kind: 'dm' }, ['hello']);
    await synced();
    expect(org.find('Social_Message__c').map((row) => row.Body__c)).toEqual(['hello']);
    expect(new Set(org.find('Social_Conversation__c').map((row) => row.Message_Count__c))).toEqual(new Set([1, 2]));
  });
});

describe('who the customer is', () => {
  const person = (fields: Row) => org.seed('Contact', [{ LastName: 'Karimi', ...fields }])[0]!;

  it.each([
    ['a handle', { handle: 'Omar.K' }, { Instagram__c: '@omar.k' }, 'handle'],
    ['a verified phone, kept as E.164', { phone: '+989121234567' }, { MobilePhone: '+989121234567' }, 'phone'],
    ['a verified phone, kept the local way', { phone: '+989121234567' }, { Phone: '09121234567' }, 'phone'],
    ['a verified phone, kept without its zero', { phone: '+989121234567' }, { Phone: '9121234567' }, 'phone'],
    ['a verified e-mail', { email: 'omar@example.test' }, { Email: 'Omar@Example.test' }, 'email'],
  ])('is found by %s', async (_, customer, contact, method) => {
    await connect();
    person({ Phone: '09120000000', Email: 'someone@else.test', Instagram__c: 'else' });
    const id = person(contact);
    const omar = await inbox.customer(outbox, customer, ['hello']);
    await synced();
    expect(await personaOf(omar)).toMatchObject({ Contact__c: id, Match_Method__c: method });
    expect(await conversationOf(omar)).toMatchObject({ Contact__c: id });
    expect(await call('get', `contacts/${omar.contactId}`)).toMatchObject({
      status: 200,
      body: {
        state: 'linked',
        method,
        matchedType: 'Contact',
        matchedId: id,
        url: `${org.url}/lightning/r/Contact/${id}/view`,
        pending: 0,
        trouble: null,
      },
    });
    expect(await events('crm.linked')).toEqual([{ method, matchedType: 'Contact', matchedId: id }]);
  });

  it('is not guessed: several hits are a question, and a hand-made link is the answer for good', async () => {
    await connect();
    const [one, two] = [
      person({ Phone: '09121234567' }),
      person({ MobilePhone: '+989121234567', Email: 'omar@example.test' }),
    ];
    const omar = await inbox.customer(outbox, { phone: '+989121234567', email: 'omar@example.test' }, ['hello']);
    await synced();
    expect(await personaOf(omar)).toMatchObject({ Contact__c: null });
    expect((await call('get', `contacts/${omar.contactId}`)).body).toMatchObject({
      state: 'ambiguous',
      matchedId: null,
    });
    expect(await events('crm.trouble')).toMatchObject([{ code: 'ambiguous' }]);

    const linked = await call('post', `contacts/${omar.contactId}/link`, { type: 'Contact', id: one }, 'agent');
    expect(linked).toMatchObject({ status: 200, body: { state: 'linked', method: 'manual', matchedId: one } });
    await synced();
    expect(await personaOf(omar)).toMatchObject({ Contact__c: one, Match_Method__c: 'manual' });
    expect(await conversationOf(omar)).toMatchObject({ Contact__c: one });

    org.org.records.remove(org.org.object('Contact')!, two, org.org.crmScope());
    await call('delete', `contacts/${omar.contactId}/link`);
    await synced();
    expect(await personaOf(omar)).toMatchObject({ Contact__c: null, Match_Method__c: 'manual' }); // though one unique hit is left
    expect((await call('get', `contacts/${omar.contactId}`)).body).toMatchObject({
      state: 'unlinked',
      method: 'manual',
    });
  });

  it('is found anew when the record it was linked to is gone', async () => {
    await connect();
    const old = person({ Phone: '09121234567' });
    const omar = await inbox.customer(outbox, { phone: '+989121234567' }, ['hello']);
    await synced();
    org.org.records.remove(org.org.object('Contact')!, old, org.org.crmScope());
    const merged = person({ Phone: '0912 123 4567' });
    await inbox.say(outbox, omar, 'still there?');
    // the conversation still names the old record; the refusal of it starts the search
    await synced();
    await audit();
    expect(await conversationOf(omar)).toMatchObject({ Contact__c: merged });
    expect(await personaOf(omar)).toMatchObject({ Contact__c: merged });
  });

  it('is whom a person says, even while the search is under way', async () => {
    await connect();
    const [found, chosen] = [person({ Phone: '09121234567' }), person({})];
    org.faults.add({ method: 'PATCH', path: 'Persona', times: 1, effect: { kind: 'hold', ms: 500 } });
    const omar = await inbox.customer(outbox, { phone: '+989121234567' }, ['hello']);
    await until('the person is being written', () =>
      org.journal.list({ path: /Persona/ }).some((entry) => entry.method === 'PATCH' && entry.status === undefined),
    );
    expect(org.find('Social_Persona__c', { Contact__c: found }).length).toBe(1);
    await call('post', `contacts/${omar.contactId}/link`, { type: 'Contact', id: chosen });
    await synced();
    expect(await personaOf(omar)).toMatchObject({ Contact__c: chosen, Match_Method__c: 'manual' });
    expect(await conversationOf(omar)).toMatchObject({ Contact__c: chosen });
  });

  it('waits for a person when the record chosen by hand is gone; the conversation goes on', async () => {
    await connect();
    const chosen = person({});
    const omar = await inbox.customer(outbox, {}, ['hello']);
    await call('post', `contacts/${omar.contactId}/link`, { type: 'Contact', id: chosen });
    await synced();
    org.org.records.remove(org.org.object('Contact')!, chosen, org.org.crmScope());
    await inbox.say(outbox, omar, 'still there?');
    await synced();
    await audit();
    expect((await call('get', `contacts/${omar.contactId}`)).body).toMatchObject({
      state: 'linked',
      matchedId: chosen,
      trouble: { entity: 'contact', code: 'ENTITY_IS_DELETED' },
    });
  });

  it('takes over a link that was made in Salesforce before', async () => {
    await connect();
    const id = person({});
    const omar = await inbox.customer(null, {}, ['hello']);
    const scope = { workspaceId: inbox.workspaceId, network: 'instagram', account: '178414' };
    org.seed('Social_Persona__c', [
      { Persona_Key__c: personaKey(scope, 'igsid-1'), Contact__c: id, Match_Method__c: 'manual' },
    ]);
    await inbox.say(outbox, omar, 'hello again');
    await synced();
    expect(await personaOf(omar)).toMatchObject({ Contact__c: id });
    expect((await call('get', `contacts/${omar.contactId}`)).body).toMatchObject({ state: 'linked', matchedId: id });
  });

  it('is nobody of another workspace, and an unknown contact is a 404', async () => {
    await connect();
    expect(await call('get', `contacts/${uuidv7()}`)).toMatchObject({ status: 404 });
    expect(
      await call('post', `contacts/${uuidv7()}/link`, { type: 'Contact', id: '003000000000001AAA' }),
    ).toMatchObject({ status: 404 });
    const omar = await inbox.customer(null, {}, []);
    expect(
      await call('post', `contacts/${omar.contactId}/link`, { type: 'Contact', id: '00Q000000000001AAA' }),
    ).toMatchObject({ status: 422 });
    expect(
      await call('post', `contacts/${omar.contactId}/link`, { type: 'Contact', id: '003000000000001AAA' }, 'analyst'),
    ).toMatchObject({ status: 403 });
    inbox = await new InboxByHand(db.database, `w${uuidv7().slice(-12)}`).open();
    expect(await call('get', `contacts/${omar.contactId}`)).toMatchObject({ status: 404 });
    expect(await call('get', 'connection')).toMatchObject({ status: 404 });
  });
});

describe('when Salesforce fails', () => {
  const threads = async (n: number, texts: number) => {
    for (let i = 0; i < n; i++)
      await inbox.customer(
        outbox,
        {},
        Array.from({ length: texts }, (_, t) => `${i}.${t}`),
      );
  };

  it.each<[string, Fault]>([
    ['a dead session', { ...onMessages, times: 1, effect: { kind: 'invalid_session' } }],
    ['503 before the work', { ...onMessages, times: 1, effect: { kind: 'unavailable', commit: 'before' } }],
    ['503 after the work', { ...onMessages, times: 1, effect: { kind: 'unavailable', commit: 'after' } }],
    [
      '503 as a page of HTML',
      { ...onMessages, times: 1, effect: { kind: 'unavailable', commit: 'after', html: true } },
    ],
    ['a reset before the work', { ...onMessages, times: 1, effect: { kind: 'reset', commit: 'before' } }],
    ['a reset after the work', { ...onMessages, times: 1, effect: { kind: 'reset', commit: 'after' } }],
    [
      'a reset after the people were written',
      { method: 'PATCH', path: 'Persona', times: 1, effect: { kind: 'reset', commit: 'after' } },
    ],
    ['a server error', { ...onMessages, times: 1, effect: { kind: 'server_error' } }],
    ['locked rows', { object: 'Social_Message__c', every: 3, times: 5, fail: 'lock' }],
    ['a login that fails', { path: 'oauth2/token', times: 1, effect: { kind: 'unavailable', commit: 'before' } }],
  ])('%s loses nothing and doubles nothing', async (_, fault) => {
    org.faults.add(fault);
    await connect();
    await threads(3, 90); // two calls of messages
    await synced();
    await audit('fail' in fault ? 'seq' : 'made');
    expect(org.faults.list()[0]!.hits).toBe('times' in fault ? fault.times : 0);
    expect((await call('get', 'queue')).body).toMatchObject({
      waiting: 0,
      parkedCount: 0,
      state: 'active',
      stateReason: null,
    });
  });

  it('a locked row holds back the later messages of its conversation, and no others', async () => {
    await connect();
    const a = await inbox.customer(outbox, {}, ['a1']);
    await synced();
    org.faults.add({ object: 'Social_Message__c', where: { Body__c: 'a2' }, fail: 'lock' });
    await inbox.say(outbox, a, 'a2');
    const locked = `code = 'UNABLE_TO_LOCK_ROW' AND parked_at IS NULL`;
    await until('a2 waits', async () => (await rows(`SELECT 1 FROM crm_queue WHERE ${locked}`)).length === 1);
    await rows(`UPDATE crm_queue SET retry_at = now() + interval '1 hour' WHERE ${locked} RETURNING 1`);
    await inbox.say(outbox, a, 'a3');
    await inbox.customer(outbox, {}, ['b1']);
    await idle();
    expect(org.find('Social_Message__c').map((row) => row.Body__c)).toEqual(['a1', 'b1']);
    org.faults.reset();
    expect((await call('post', 'queue/retry', {})).body).toEqual({ retried: 1 });
    await synced();
    await audit();
  });

  it('parks the one row that breaks a rule; its neighbours go on, and it follows when told to', async () => {
    await connect();
    org.org.records.rules.set('Social_Message__c', [
      { fails: (row) => row.Body__c === 'bad', message: 'No bad words here.', name: 'NoBadWords', field: 'Body__c' },
    ]);
    const omar = await inbox.customer(outbox, {}, ['good', 'bad', 'better']);
    await synced();
    expect(org.find('Social_Message__c').map((row) => row.Body__c)).toEqual(['good', 'better']);
    const { body } = await call('get', 'queue');
    const [parked] = body['parked'] as Record<string, unknown>[];
    expect(body).toMatchObject({ waiting: 0, parkedCount: 1, apiUsage: { limit: 15_000 } });
    expect(parked).toMatchObject({
      entity: 'message',
      code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      error: 'No bad words here.',
      count: 1,
    });
    expect((await call('get', `contacts/${omar.contactId}`)).body).toMatchObject({
      trouble: {
        entity: 'message',
        code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
        words: { fa: expect.stringMatching(/قاعده.*\(FIELD_CUSTOM_VALIDATION_EXCEPTION: /u) as string },
      },
    });
    expect(await events('crm.trouble')).toEqual([
      {
        code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
        message: 'Salesforce refused a message; see the CRM queue for its words.',
      },
    ]);

    org.org.records.rules.clear();
    const retried = await call('post', 'queue/retry', { entity: 'message', entityId: parked!['entityId'] });
    expect(retried.body).toEqual({ retried: 1 });
    await synced();
    expect(org.find('Social_Message__c').map((row) => row.Body__c)).toEqual(['good', 'better', 'bad']);
    expect(app.lines.some((line) => line.includes('bad words') || line.includes('better'))).toBe(false);
  });

  it('gives a parked row another try when the customer changes what was refused', async () => {
    await connect();
    org.org.records.rules.set('Social_Message__c', [
      { fails: (row) => row.Body__c === 'bad', message: 'No.', name: 'NoBadWords', field: 'Body__c' },
    ]);
    const omar = await inbox.customer(outbox, {}, ['bad']);
    await synced();
    const [message] = await rows<{ id: string }>('SELECT id FROM messages WHERE conversation_id = $1', [
      omar.conversationId,
    ]);
    await inbox.edit(outbox, omar, message!.id, 'fine');
    await synced();
    await audit();
  });

  it('cuts a text to what an admin made room for', async () => {
    const body = org.org.object('Social_Message__c')!.fields.find(({ name }) => name === 'Body__c')!;
    const { length } = body;
    body.length = 20;
    try {
      await connect();
      await inbox.customer(outbox, {}, ['a text that is longer than twenty characters', 'short']);
      await synced();
    } finally {
      body.length = length; // all emulators of this process share it
    }
    const bodies = org.find('Social_Message__c').map((row) => row.Body__c);
    expect(new Set(bodies)).toEqual(new Set(['a text that is long…', 'short']));
  });

  it('stops at the daily limit, says so, and goes on when told to', async () => {
    await connect();
    org.faults.add({ effect: { kind: 'limit', limit: 'total' }, path: 'composite' });
    await threads(2, 3);
    await idle();
    const queue = (await call('get', 'queue')).body;
    expect(queue).toMatchObject({ parkedCount: 0, state: 'active', stateReason: 'REQUEST_LIMIT_EXCEEDED' });
    expect(Date.parse(queue['pausedUntil'] as string)).toBeGreaterThan(Date.now());
    expect(queue['waiting']).toBeGreaterThan(0);
    const before = dataCalls(org).length;
    await inbox.customer(outbox, {}, ['more']);
    await idle();
    expect(dataCalls(org).length).toBe(before); // a pause is a pause
    org.faults.reset();
    await call('post', 'queue/retry', {});
    await synced();
    await audit();
    expect(await events('crm.trouble')).toMatchObject([{ code: 'REQUEST_LIMIT_EXCEEDED' }]);
  });

  it("leaves the rest of the day's calls to others", async () => {
    await connect({ maxDailyShare: 0.01 });
    org.org.usage.dailyLimit = 400;
    await threads(3, 10);
    await idle();
    expect((await call('get', 'queue')).body).toMatchObject({
      stateReason: 'daily_share',
      stateReasonWords: { fa: expect.stringContaining('سهم همگام‌سازی') as string },
      apiUsage: { limit: 400 },
    });
    await threads(1, 2); // whatever the first batches took along, the share is used up now
    await idle();
    expect(org.org.usage.used()).toBeLessThanOrEqual(6);
    expect(await waiting()).toBeGreaterThan(0);
  });

  it('asks for an admin when the key no longer fits, and goes on with the new one', async () => {
    await connect();
    org.registerApp(appWith(otherKeys.publicKey));
    org.org.auth.revokeAll();
    await threads(2, 2);
    await idle();
    expect((await call('get', 'queue')).body).toMatchObject({ state: 'needs_attention', stateReason: 'invalid_grant' });
    expect((await call('post', 'connection/check')).body).toMatchObject({
      ok: false,
      failure: { code: 'invalid_grant' },
    });
    expect(await waiting()).toBeGreaterThan(0);
    const changed = await call('put', 'connection', {
      ...access(),
      privateKey: otherKeys.privateKey,
      settings: SETTINGS,
    });
    expect(JSON.stringify(changed.body)).not.toContain('PRIVATE');
    await synced();
    await audit();
    expect((await call('post', 'connection/check')).body).toMatchObject({ ok: true, missing: [], failure: null });
  });
});

describe('runs that meet or die', () => {
  it('two jobs of one connection do not write at once', async () => {
    const connection = await connect();
    org.org.refuseOverlaps = true;
    const held = org.faults.add({ ...onMessages, effect: { kind: 'hold', ms: 500 } });
    const omar = await inbox.customer(outbox, {}, ['one']);
    await until('the first call is under way', () =>
      org.journal.list({ path: /Social_Message__c/ }).some((entry) => entry.status === undefined),
    );
    for (let i = 0; i < 5; i++) {
      await db.database.lean({ workspaceId: inbox.workspaceId }, (tx) => {
        app.app.get(JobQueue).enqueue(tx, { ...syncJob(inbox.workspaceId, connection), dedupeKey: uuidv7() });
        return Promise.resolve();
      });
      await inbox.say(outbox, omar, `more ${i}`);
    }
    await idle();
    org.faults.remove(held);
    await synced();
    await audit();
    expect(org.journal.overlaps()).toEqual([]);
  });

  it('a run killed between the call and its transaction is repeated without a trace', async () => {
    const connection = await connect();
    await app.app.close();
    const omar = await inbox.customer(null, {}, ['one', 'two']);
    app = await startCrm(db, 'web'); // runs no jobs by itself
    await db.database.lean({ workspaceId: inbox.workspaceId }, async (tx) => {
      for (const [rank, entity, id] of [
        [1, 'contact', omar.contactId],
        [2, 'conversation', omar.conversationId],
      ] as const) {
        await tx.execute(
          `INSERT INTO crm_queue (workspace_id, connection_id, entity, entity_id, rank, changed_at) VALUES ($1, $2, $3, $4, $5, now())`,
          [inbox.workspaceId, connection, entity, id, rank],
        );
      }
    });
    // a job whose row another runner has: its effects over there happen, those here are refused
    const late = {
      id: uuidv7(),
      workspaceId: inbox.workspaceId,
      name: SYNC_JOB,
      payload: { connectionId: connection },
      attempt: 1,
      fence: 1,
      requestId: null,
    };
    await expect(app.app.get(CrmSync).run(late)).rejects.toBeInstanceOf(LeaseLost);
    expect(org.find('Social_Persona__c').length).toBe(1);
    expect(await rows('SELECT 1 FROM crm_links')).toEqual([]);
    expect(await waiting()).toBe(2);
    await rows(`UPDATE crm_connections SET sync_until = now() - interval '1 second' RETURNING 1`); // the dead one's lease runs out
    await app.app.close();

    app = await startCrm(db);
    outbox = app.app.get(Outbox);
    await inbox.say(outbox, omar, 'three');
    await call('put', 'connection', { ...access(), settings: SETTINGS }); // queues what is missing
    await synced();
    await audit();
    expect(org.find('Social_Persona__c').length).toBe(1);
  });

  it('what changes during a call is sent again', async () => {
    await connect();
    const omar = await inbox.customer(outbox, {}, ['one']);
    await synced();
    org.faults.add({ ...onMessages, times: 1, effect: { kind: 'hold', ms: 400 } });
    const [id] = await inbox.say(outbox, omar, 'two');
    await until('the call is under way', () =>
      org.journal.list({ path: /Social_Message__c/ }).some((entry) => entry.status === undefined),
    );
    await inbox.edit(outbox, omar, id!, 'two, corrected');
    await synced();
    await audit();
  });
});

describe('the connection', () => {
  it('names what the integration user lacks', async () => {
    await connect();
    const social = org.org.object('Social_Conversation__c')!.fields as unknown as {
      name: string;
      readOnly?: boolean;
    }[];
    const field = social.find(({ name }) => name === 'Post_URL__c')!;
    field.readOnly = true;
    try {
      expect((await call('post', 'connection/check')).body).toMatchObject({
        ok: false,
        missing: [{ object: 'Social_Conversation__c', fields: ['Post_URL__c'] }],
        instanceUrl: org.url,
      });
    } finally {
      field.readOnly = false;
    }
  });

  it.each([
    ['an address outside Salesforce', { loginUrl: 'https://salesforce.com.evil.test' }],
    ['credentials in the address', { loginUrl: 'https://user:pw@login.salesforce.com' }],
    ['something that is no key', { privateKey: 'not a key' }],
    ['a field name that would open a query', { settings: { handleFields: { instagram: "Id = '1' OR Id" } } }],
    ['a share above all', { settings: { maxDailyShare: 2 } }],
  ])('refuses %s', async (_, wrong) => {
    expect(await call('put', 'connection', { ...access(), ...wrong })).toMatchObject({
      status: 422,
      body: { error: { code: 'validation_failed' } },
    });
  });

  it('is an admin’s, and keeps its key to itself', async () => {
    expect(await call('put', 'connection', access(), 'lead')).toMatchObject({ status: 403 });
    await connect();
    const shown = await call('get', 'connection');
    expect(shown.body).toMatchObject({
      loginUrl: org.url,
      settings: { maxDailyShare: 0.8, handleFields: { instagram: 'Instagram__c' } },
    });
    expect(JSON.stringify(shown.body)).not.toMatch(/PRIVATE|credentials/);
    const { privateKey: _, ...kept } = access();
    expect(await call('put', 'connection', { ...kept, settings: { coalesceMs: 5_000 } })).toMatchObject({
      status: 200,
    });
    expect((await call('post', 'connection/check')).body).toMatchObject({ ok: true });
    expect(app.lines.some((line) => line.includes('Bearer') || line.includes('PRIVATE') || line.includes('!AQ'))).toBe(
      false,
    );
  });
});
