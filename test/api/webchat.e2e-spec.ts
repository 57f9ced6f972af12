import { createHmac, randomUUID } from 'node:crypto';
import { io } from 'socket.io-client';
import { eventually, startApp, type TestApp } from '../harness';
import { VisitorBrowser } from '../support/visitor';

const SECRET = 'inbox_identity_secret_invented';
const VECTOR = {
  identifier: 'user-8841',
  identifier_hash: 'cac4369ef25909e61070f0e7e417cc5975708eadd04fafff84d9a8a714374668',
};

const hashOf = (identifier: string) => ({
  identifier,
  identifier_hash: createHmac('sha256', SECRET).update(identifier).digest('hex'),
});
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
function jwtOf(claims: object): string {
  const now = Math.floor(Date.now() / 1_000);
  const body = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ iat: now, exp: now + 300, ...claims })}`;
  return `${body}.${createHmac('sha256', SECRET).update(body).digest('base64url')}`;
}

const statuses = (answers: readonly { status: number }[]) =>
  answers.map(({ status }) => status).toSorted((a, b) => a - b);

interface Channel {
  id: string;
  externalId: string;
}
interface Ticket {
  id: string;
  conversationId: string;
  preview: string;
  contact: { id: string };
}
interface AgentMessage {
  id: string;
  text: string;
  direction: string;
  delivery: { state: string } | null;
}

jest.setTimeout(60_000);

describe('web chat', () => {
  let app: TestApp;
  let inbox: Channel;
  const browsers: VisitorBrowser[] = [];

  const addInbox = (settings: object = {}) =>
    app.owner.post<Channel>('/channels', {
      kind: 'webchat',
      name: 'Harbour shop',
      credentials: { identitySecret: SECRET },
      settings,
    });
  function browser(at: Channel = inbox): VisitorBrowser {
    const opened = new VisitorBrowser(app.url, at.externalId);
    browsers.push(opened);
    return opened;
  }
  async function visitor(at: Channel = inbox): Promise<VisitorBrowser> {
    const opened = browser(at);
    expect((await opened.init()).status).toBe(201);
    return opened;
  }
  /** Another tab of the same browser. */
  function tabOf(first: VisitorBrowser): VisitorBrowser {
    const tab = new VisitorBrowser(app.url, first.inboxId);
    tab.token = first.token;
    browsers.push(tab);
    return tab;
  }
  const rows = (sql: string, params: unknown[] = []) => app.database.lean('system', (tx) => tx.query(sql, params));
  const ticketOf = (preview: string) =>
    eventually(async () => {
      const { items } = await app.owner.get<{ items: Ticket[] }>('/tickets?view=all&sort=recent&limit=50');
      return items.find((ticket) => ticket.preview === preview);
    });
  const messagesOf = async (ticket: Ticket) =>
    (await app.owner.get<{ items: AgentMessage[] }>(`/conversations/${ticket.conversationId}/messages`)).items;
  async function reply(ticket: Ticket, text: string): Promise<AgentMessage> {
    const seen = (await messagesOf(ticket)).filter((message) => message.direction !== 'note').at(-1)!;
    return app.owner.post<AgentMessage>(
      `/conversations/${ticket.conversationId}/replies`,
      { text, visibility: 'private', seenMessageId: seen.id },
      { 'idempotency-key': randomUUID() },
    );
  }

  beforeAll(async () => {
    app = await startApp();
    inbox = await addInbox({ title: 'Harbour', greeting: { fa: 'سلام', en: 'Hello' }, newVisitorsPerHour: 1_000 });
  });
  afterEach(() => {
    for (const each of browsers.splice(0)) each.drop();
  });
  afterAll(() => app.close());

  describe('writing', () => {
    it('becomes a ticket, and the agent’s reply comes back live and counts as sent', async () => {
      const omar = await visitor();
      expect(await omar.join()).toEqual({ seq: 0 });
      expect((await omar.write('Where is my order?')).status).toBe(201);
      const ticket = await ticketOf('Where is my order?');
      const sent = await reply(ticket, 'On its way.');
      await eventually(async () => omar.heard.length >= 2);
      expect(omar.heard.map(({ type, message }) => [type, message.author.type, message.text])).toEqual([
        ['message.created', 'visitor', 'Where is my order?'],
        ['message.created', 'agent', 'On its way.'],
      ]);
      await eventually(async () => omar.handlers.includes('human'));
      expect(await omar.texts()).toEqual(['Where is my order?', 'On its way.']);
      const delivered = await eventually(async () =>
        (await messagesOf(ticket)).find((message) => message.id === sent.id && message.delivery?.state === 'sent'),
      );
      expect(delivered.text).toBe('On its way.');
    });

    it('stores a message sent twice once, and answers the second with the first', async () => {
      const omar = await visitor();
      const clientId = randomUUID();
      const first = await omar.write('only once', clientId);
      const second = await omar.write('only once, said differently', clientId.toUpperCase());
      expect([first.status, second.status]).toEqual([201, 200]);
      expect(second.body).toEqual(first.body);
      expect(second.body.clientId).toBe(clientId);
      expect(await omar.texts()).toEqual(['only once']);
    });

    it('stores it once when both copies arrive together', async () => {
      const omar = await visitor();
      const clientId = randomUUID();
      const answers = await Promise.all(Array.from({ length: 8 }, () => omar.write('in parallel', clientId)));
      expect(statuses(answers)).toEqual([200, 200, 200, 200, 200, 200, 200, 201]);
      expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
      expect(await omar.texts()).toEqual(['in parallel']);
    });

    it('does not answer one visitor with the message of another who used the same client_id', async () => {
      const [omar, mallory] = [await visitor(), await visitor()];
      const clientId = randomUUID();
      await omar.write('private words', clientId);
      const guess = await mallory.write('guess', clientId);
      expect([guess.status, guess.body.text]).toEqual([201, 'guess']);
    });

    it('keeps markup, direction marks and joiners as text', async () => {
      const omar = await visitor();
      const texts = [
        '<img src=x onerror="alert(1)"> & <script>alert(2)</script>',
        'می‌خواهم کد ‎21450-11320 را پیگیری کنم 👩‍👩‍👧',
      ];
      for (const text of texts) expect((await omar.write(text)).body.text).toBe(text);
      expect(await omar.texts()).toEqual(texts);
    });

    it('lets through ten messages a minute, then says how long to wait, and loses none of them', async () => {
      const omar = await visitor();
      const clientIds = Array.from({ length: 14 }, () => randomUUID());
      const answers = await Promise.all(clientIds.map((id, n) => omar.write(`message ${n}`, id)));
      expect(answers.filter((answer) => answer.status === 201)).toHaveLength(10);
      const refused = answers.findIndex((answer) => answer.status === 429);
      expect(answers[refused]!.body.error.code).toBe('rate_limited');
      expect(Number(answers[refused]!.headers.get('retry-after'))).toBeGreaterThan(0);
      await rows(`UPDATE messages SET received_at = received_at - interval '1 minute' WHERE text LIKE 'message %'`);
      expect((await omar.write(`message ${refused}`, clientIds[refused])).status).toBe(201);
      expect(await omar.texts()).toHaveLength(11);
    });

    it.each([
      ['no text', { client_id: randomUUID(), text: '' }, 'text'],
      ['only spaces', { client_id: randomUUID(), text: ' \n ' }, 'text'],
      ['too much text', { client_id: randomUUID(), text: 'ب'.repeat(10_001) }, 'text'],
      ['a client_id that is none', { client_id: 'x', text: 'hi' }, 'client_id'],
      ['fields nobody asked for', { client_id: randomUUID(), text: 'hi', author: 'agent' }, 'author'],
    ])('refuses %s', async (_, body, path) => {
      const omar = await visitor();
      const answer = await omar.send('POST', '/messages', body);
      expect(answer.status).toBe(422);
      expect(answer.body.error.details['fields']).toEqual([expect.objectContaining({ path })]);
    });

    it('takes the longest text it allows, counted in characters', async () => {
      const omar = await visitor();
      expect((await omar.write('👍'.repeat(10_000))).status).toBe(201);
    });
  });

  describe('who may read', () => {
    it.each([
      ['no token', ''],
      ['a token nobody gave out', 'wv_made-up'],
    ])('nobody with %s', async (_, token) => {
      const omar = browser();
      omar.token = token;
      expect([(await omar.read()).status, (await omar.write('hi')).status]).toEqual([401, 401]);
      expect((await omar.join()).error?.code).toBe('unauthenticated');
    });

    it('nobody with a token of another inbox', async () => {
      const other = await addInbox();
      const omar = await visitor(other);
      await omar.write('for the other inbox');
      expect((await omar.read('', { 'x-inbox-id': inbox.externalId })).status).toBe(401);
      expect((await omar.join(inbox.externalId)).error?.code).toBe('unauthenticated');
      expect((await omar.read('', { 'x-inbox-id': other.externalId })).status).toBe(200);
    });

    it('not another visitor, live or later', async () => {
      const [omar, mallory] = [await visitor(), await visitor()];
      await mallory.join();
      await omar.join();
      await omar.write('between us');
      await mallory.write('my own');
      await eventually(async () => mallory.heard.length > 0);
      expect(mallory.heard.map(({ message }) => message.text)).toEqual(['my own']);
      expect(await mallory.texts()).toEqual(['my own']);
    });

    it('nobody sees notes, nor that a deleted message said', async () => {
      const omar = await visitor();
      await omar.join();
      await omar.write('please help');
      const ticket = await ticketOf('please help');
      await app.owner.post(`/conversations/${ticket.conversationId}/notes`, { text: 'difficult customer' });
      await reply(ticket, 'Of course.');
      await eventually(async () => omar.heard.length >= 2);
      expect(omar.heard.map(({ message }) => message.text)).toEqual(['please help', 'Of course.']);
      await rows(`UPDATE messages SET deleted_at = now() WHERE text = 'Of course.'`);
      const { items } = (await omar.read()).body;
      expect(items.map(({ text, deleted }) => [text, deleted])).toEqual([
        ['please help', false],
        ['', true],
      ]);
    });

    it('not after signing out: the session is over and its sockets are cut', async () => {
      const omar = await visitor();
      await omar.join();
      await omar.write('bye');
      expect((await omar.send('POST', '/logout')).status).toBe(204);
      expect((await omar.read()).status).toBe(401);
      await eventually(async () => omar.cut);
    });

    it('not with a session that has run out', async () => {
      const omar = await visitor();
      await rows(`UPDATE webchat_sessions SET expires_at = now() - interval '1 second'`);
      expect((await omar.read()).status).toBe(401);
    });

    it('not from a page the admin did not list, and not once the channel is disabled', async () => {
      const listed = await addInbox({ allowedOrigins: ['https://shop.example'] });
      const omar = browser(listed);
      const from = (origin: string) =>
        omar.send('POST', '/conversations/init', { inbox_id: listed.externalId }, { origin });
      expect((await from('https://evil.example')).status).toBe(403);
      expect((await from('https://shop.example')).status).toBe(201);
      expect((await from(app.url)).status).toBe(201);
      await omar.init();
      await app.owner.ok('PATCH', `/channels/${listed.id}`, { state: 'disabled' });
      expect([(await omar.read()).status, (await omar.init()).status]).toEqual([401, 404]);
    });
  });

  it('tells the visitor that somebody writes, and nothing of who looks on', async () => {
    const omar = await visitor();
    await omar.join();
    await omar.write('anybody there?');
    const ticket = await ticketOf('anybody there?');
    const agent = io(`${app.url}/agents`, {
      transports: ['websocket'],
      extraHeaders: { cookie: app.owner.cookie },
      forceNew: true,
    });
    await agent.emitWithAck('viewing', { ticketId: ticket.id });
    await agent.emitWithAck('typing', { ticketId: ticket.id, on: true });
    await agent.emitWithAck('typing', { ticketId: ticket.id, on: false });
    await eventually(async () => omar.writing.length >= 2);
    expect(omar.writing).toEqual([true, false]);
    agent.disconnect();
  });

  describe('several tabs and lost connections', () => {
    it('tells each tab each message once', async () => {
      const first = await visitor();
      const second = tabOf(first);
      await Promise.all([first.join(), second.join()]);
      await first.write('from the first tab');
      await second.write('from the second tab');
      await eventually(async () => first.heard.length >= 2 && second.heard.length >= 2);
      const texts = ['from the first tab', 'from the second tab'];
      expect([first, second].map((tab) => tab.heard.map(({ message }) => message.text))).toEqual([texts, texts]);
    });

    it('catches up by HTTP after a gap, page by page, and hears the rest live', async () => {
      const omar = await visitor();
      await omar.join();
      const { body: first } = await omar.write('one');
      const ticket = await ticketOf('one');
      omar.drop();
      for (const text of ['two', 'three', 'four']) await reply(ticket, text);
      const { seq } = await omar.join();
      expect(seq).toBe(first.seq + 3);
      const page = (await omar.read(`?after_seq=${first.seq}&limit=2`)).body;
      expect(page.items.map(({ text }) => text)).toEqual(['two', 'three']);
      expect(await omar.texts(`?after_seq=${page.nextCursor}`)).toEqual(['four']);
      expect(await omar.texts(`?before_seq=${page.items[1]!.seq}`)).toEqual(['one', 'two']);
      const before = omar.heard.length;
      await reply(ticket, 'five');
      await eventually(async () => omar.heard.length > before);
      expect(omar.heard.at(-1)!.message.text).toBe('five');
    });

    it('shows every reply whatever the moment of the drop', async () => {
      const omar = await visitor();
      const { body: first } = await omar.write('count for me');
      const ticket = await ticketOf('count for me');
      const seen = new Map<string, string>();
      const writing = (async () => {
        for (let n = 1; n <= 15; n++) await reply(ticket, `number ${n}`);
      })();
      let done = false;
      void writing.then(() => (done = true));
      while (!done) {
        await omar.join();
        for (const message of (await omar.read(`?after_seq=${first.seq}&limit=100`)).body.items)
          seen.set(message.id, message.text);
        omar.drop();
      }
      await writing;
      await omar.join();
      for (const message of (await omar.read(`?after_seq=${first.seq}&limit=100`)).body.items)
        seen.set(message.id, message.text);
      for (const { message } of omar.heard) seen.set(message.id, message.text);
      seen.delete(first.id);
      expect([...seen.values()].toSorted()).toEqual(Array.from({ length: 15 }, (_, n) => `number ${n + 1}`).toSorted());
    });

    it('hears on one node what was written and answered on another', async () => {
      const second = await startApp({ databaseUrl: app.databaseUrl });
      try {
        const omar = await visitor();
        const there = new VisitorBrowser(second.url, inbox.externalId);
        there.token = omar.token;
        browsers.push(there);
        await there.join();
        await omar.write('written on the first node');
        await reply(await ticketOf('written on the first node'), 'answered on the first node');
        await eventually(async () => there.heard.length >= 2);
        expect(there.heard.map(({ message }) => message.text)).toEqual([
          'written on the first node',
          'answered on the first node',
        ]);
        there.drop();
      } finally {
        await second.close();
      }
    });

    it('refuses sockets of foreign pages and ends those that flood', async () => {
      await expect(browser().connect({ origin: 'https://evil.example' })).rejects.toThrow('may not connect');
      const omar = await visitor();
      const socket = await omar.connect();
      for (let n = 0; n < 40; n++) socket.emit('join', { token: 'x', inboxId: inbox.externalId });
      await eventually(async () => omar.cut);
    });
  });

  describe('identified visitors', () => {
    it('are known by the hash other products use, and only by it', async () => {
      const omar = browser();
      expect((await omar.exchange({ ...VECTOR, identifier: 'user-8842' })).status).toBe(401);
      expect((await omar.exchange(VECTOR)).body.identified).toBe(true);
      await omar.write('It is me');
      const [identity] = await rows(`SELECT external_id FROM contact_identities WHERE external_id = 'user:user-8841'`);
      expect(identity).toBeDefined();
    });

    it('keep the conversation they began anonymously; a message sent again is still the same', async () => {
      const omar = await visitor();
      const clientId = randomUUID();
      await omar.write('before signing in', clientId);
      const ticket = await ticketOf('before signing in');
      const anonymous = omar.token;
      const jwt = jwtOf({
        external_user_id: 'omar',
        aud: inbox.externalId,
        email: 'Omar@Example.com',
        name: 'Omar',
        phone_number: '+989121234567',
      });
      expect((await omar.exchange({ jwt })).status).toBe(201);
      expect((await omar.write('before signing in', clientId)).status).toBe(200);
      await omar.write('after signing in');
      expect(await omar.texts()).toEqual(['before signing in', 'after signing in']);
      expect((await ticketOf('after signing in')).conversationId).toBe(ticket.conversationId);
      const contact = await app.owner.get<Record<string, unknown>>(`/contacts/${ticket.contact.id}`);
      expect(contact).toMatchObject({ name: 'Omar', email: 'omar@example.com', phone: '+989121234567' });
      expect(contact['emailVerifiedAt']).not.toBeNull();
      omar.token = anonymous;
      expect((await omar.read()).status).toBe(401);
    });

    it('find their thread in another browser; what was written there anonymously stays with its own contact', async () => {
      const home = browser();
      await home.exchange(hashOf('sara'));
      await home.write('from home');
      const office = await visitor();
      await office.write('from the office, nobody yet');
      await office.exchange(hashOf('sara'));
      expect(await office.texts()).toEqual(['from home']);
      await office.write('and now as Sara');
      expect(await home.texts()).toEqual(['from home', 'and now as Sara']);
      const left = await ticketOf('from the office, nobody yet');
      expect(left.contact.id).not.toBe((await ticketOf('and now as Sara')).contact.id);
    });

    it('hear live what their other browser brings, even into a thread that did not exist when they joined', async () => {
      const phone = browser();
      await phone.exchange(hashOf('nima'));
      expect(await phone.join()).toEqual({ seq: 0 });
      const laptop = await visitor();
      await laptop.write('written before anybody knew');
      await laptop.exchange(hashOf('nima'));
      await laptop.write('hello from the laptop');
      await eventually(async () => phone.heard.some(({ message }) => message.text === 'hello from the laptop'));
      expect(await phone.texts()).toEqual(['written before anybody knew', 'hello from the laptop']);
    });

    it('end up in one thread when they sign in from two browsers at once', async () => {
      const two = [await visitor(), await visitor()];
      await Promise.all(two.map((each, n) => each.write(`browser ${n}`)));
      const answers = await Promise.all(two.map((each) => each.exchange(hashOf('leila'))));
      expect(answers.map((answer) => answer.status)).toEqual([201, 201]);
      await Promise.all(two.map((each, n) => each.write(`as leila ${n}`)));
      const [a, b] = await Promise.all(two.map((each) => each.texts()));
      expect(a).toEqual(b);
      expect(a!.filter((text) => text.startsWith('as leila'))).toHaveLength(2);
    });

    it('are not believed without a signature, and cannot take a browser’s id', async () => {
      const omar = await visitor();
      await omar.write('mine alone');
      const [session] = await rows('SELECT visitor_id FROM webchat_sessions ORDER BY created_at DESC LIMIT 1');
      const mallory = browser();
      await mallory.exchange(hashOf(String(session!['visitor_id'])));
      expect(await mallory.texts()).toEqual([]);
      expect((await mallory.exchange({ identifier: 'sara' })).status).toBe(422);
    });

    it('are refused where the inbox does not know users, and required where it knows only users', async () => {
      const off = await addInbox({ identity: 'off' });
      expect((await browser(off).exchange(VECTOR)).body.error.details['reason']).toBe('identity_off');
      const required = await addInbox({ identity: 'required' });
      expect((await browser(required).init()).body.error.details['reason']).toBe('identity_required');
      expect((await browser(required).exchange(VECTOR)).status).toBe(201);
    });
  });

  describe('when nobody is there', () => {
    it('takes an address, unverified, with or without a message', async () => {
      const omar = await visitor();
      const clientId = randomUUID();
      const answer = await omar.send<{ message: { text: string } }>('POST', '/offline', {
        email: 'omar@example.com',
        text: 'Write to me',
        client_id: clientId,
      });
      expect([answer.status, answer.body.message.text]).toEqual([200, 'Write to me']);
      const { contact } = await ticketOf('Write to me');
      expect(await app.owner.get(`/contacts/${contact.id}`)).toMatchObject({
        email: 'omar@example.com',
        emailVerifiedAt: null,
      });

      const shy = await visitor();
      expect((await shy.send('POST', '/offline', { email: 'shy@example.com' })).status).toBe(200);
      expect(
        await rows(`SELECT 1 FROM contacts WHERE email = 'shy@example.com' AND email_verified_at IS NULL`),
      ).toHaveLength(1);
      expect((await shy.send('POST', '/offline', { email: 'not an address' })).status).toBe(422);
    });

    it('never replaces an address the site has verified', async () => {
      const omar = browser();
      await omar.exchange({
        jwt: jwtOf({ external_user_id: 'verified', aud: inbox.externalId, email: 'true@example.com' }),
      });
      await omar.write('I am verified');
      await omar.send('POST', '/offline', { email: 'other@example.com' });
      const { contact } = await ticketOf('I am verified');
      expect(await app.owner.get(`/contacts/${contact.id}`)).toMatchObject({ email: 'true@example.com' });
    });

    it('says whether somebody is', async () => {
      const online = async () =>
        (await browser().send<{ online: boolean }>('GET', `/settings?inbox_id=${inbox.externalId}`)).body.online;
      await rows('DELETE FROM agent_presence');
      expect(await online()).toBe(false);
      await rows(
        `INSERT INTO agent_presence (workspace_id, agent_id, state, expires_at) SELECT workspace_id, id, 'online', now() + interval '1 minute' FROM agents`,
      );
      expect(await online()).toBe(true);
    });
  });

  describe('what is public', () => {
    it('shows settings without secrets, and the same 404 for everything that is not a widget', async () => {
      const listed = await addInbox({ allowedOrigins: ['https://shop.example'], identity: 'verify', color: '#ffd400' });
      const answer = await browser(listed).send<Record<string, unknown>>(
        'GET',
        `/settings?inbox_id=${listed.externalId}`,
      );
      expect(answer.body).toMatchObject({
        name: 'Harbour shop',
        color: '#ffd400',
        onColor: '#000000',
        identity: 'verify',
      });
      expect(JSON.stringify(answer.body)).not.toMatch(/shop\.example|secret/i);
      for (const id of [randomUUID(), listed.id]) {
        expect((await browser().send('GET', `/settings?inbox_id=${id}`)).status).toBe(404);
      }
    });

    it('counts new visitors of an address over the hour', async () => {
      const small = await addInbox({ newVisitorsPerHour: 3 });
      const answers = await Promise.all(Array.from({ length: 6 }, () => browser(small).init()));
      expect(statuses(answers)).toEqual([201, 201, 201, 429, 429, 429]);
      const refused = answers.find((answer) => answer.status === 429)!;
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_500);
    });

    it('frames the chat for listed sites only', async () => {
      const listed = await addInbox({ allowedOrigins: ['https://shop.example'] });
      const frame = (origin: string) =>
        fetch(`${app.url}/widget/frame?inbox=${listed.externalId}&origin=${encodeURIComponent(origin)}`);
      const allowed = await frame('https://shop.example');
      expect(allowed.status).toBe(200);
      expect(allowed.headers.get('content-security-policy')).toContain("frame-ancestors 'self' https://shop.example");
      expect(allowed.headers.get('x-frame-options')).toBeNull();
      expect(await allowed.text()).toContain(`data-inbox="${listed.externalId}"`);
      expect((await frame('https://evil.example')).status).toBe(403);
      const odd = await frame('https://shop.example"><script>alert(1)</script>');
      expect(await odd.text()).not.toContain('<script>alert');
    });

    it('serves a page to try it', async () => {
      const page = await fetch(`${app.url}/widget/demo?inbox=${inbox.externalId}&locale=en`);
      expect(page.status).toBe(200);
      expect(await page.text()).toContain(`data-inbox="${inbox.externalId}"`);
      expect((await fetch(`${app.url}/widget/demo?inbox=${randomUUID()}`)).status).toBe(404);
    });
  });
});
