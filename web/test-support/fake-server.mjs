// The HTTP and socket contract in memory, serving the built console with the product's content policy. Development only.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Server } from 'socket.io';
import { adminRoutes } from './admin-routes.mjs';
import { channelRoutes } from './channel-routes.mjs';
import { fileOf, mediaRoutes } from './media-routes.mjs';
import { deskRoutes, deskSockets } from './desk-routes.mjs';
import { peopleRoutes } from './people-routes.mjs';
import { createWorld } from './world.mjs';

// CONSOLE_DIST names another build to look at.
const DIST = process.env.CONSOLE_DIST ?? fileURLToPath(new URL('../dist/', import.meta.url));
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
// As src/setup.ts sends it.
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data: https:; media-src 'self' https:; connect-src 'self' ws: wss:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

class Refused extends Error {
  constructor(status, code, message, details = {}) {
    super(message);
    Object.assign(this, { status, code, details });
  }
}

/** Whether a field of the workspace's own holds this: `key:value`. */
const holds = ({ fields }, filter) => String(fields[filter.split(':')[0]]) === filter.split(':')[1];

/** Whether a notification tells of a ticket. */
const isToldIn = (notices, id, ticket) =>
  notices.some((notice) => notice.id === id && notice.tickets.first.some((told) => told.id === ticket.id));

/** Starts on a free loopback port. `locale` is that of the signed-in agent; `tickets` fills the inbox up to that many. */
export async function startFakeServer({ locale = 'fa', now = Date.now(), tickets: wanted = 0 } = {}) {
  const world = createWorld(now);
  const me = world.agents[0];
  const state = { signedIn: false, down: false, replies: new Map(), stale: null, requests: [], permissions: null };
  for (let n = world.tickets.length + 1; n <= wanted; n += 1) {
    const model = world.tickets[n % 8];
    const conversationId = world.id('conv', n);
    world.tickets.push({
      ...model,
      id: world.id('tick', n),
      number: 1040 + n,
      conversationId,
      contact: { ...model.contact, id: world.id('cont', n) },
      dueAt: new Date(now + n * 60_000).toISOString(),
    });
    world.messages.set(conversationId, [world.message(n, 1, now, { text: model.preview })]);
  }

  const session = () => ({
    agent: { id: me.id, name: me.name, email: me.email, role: me.role, locale, capacity: me.capacity },
    workspace: { id: world.id('work', 1), slug: 'harbour', name: 'بندر', locale: 'fa', timeZone: 'Asia/Tehran' },
    permissions: state.permissions ?? [
      'tickets.read',
      'tickets.write',
      'conversations.reply',
      'notes.write',
      'moderation.write',
      'contacts.read',
      'contacts.write',
      'workspace.manage',
      'channels.manage',
      'agents.manage',
      'teams.manage',
      'crm.manage',
      'crm.read',
      'faq.manage',
      'jobs.manage',
      'ledger.read',
      'ledger.replay',
      'sla.manage',
      'routing.manage',
      'rules.manage',
      'macros.manage',
      'tickets.configure',
      'surveys.manage',
      'webhooks.manage',
      'reports.read',
      'audit.read',
      'notices.send',
    ],
    csrfToken: 'csrf',
    serverTime: new Date().toISOString(),
  });
  const find = (ticketId) => {
    const ticket = world.tickets.find(({ id }) => id === ticketId);
    if (!ticket) throw new Refused(404, 'not_found', 'There is no such ticket in this workspace.');
    return ticket;
  };
  const inView = {
    mine: (t) => t.assignee?.id === me.id && t.status !== 'solved',
    unassigned: (t) => !t.assignee && t.status !== 'solved',
    queue: (t) => t.team && t.status !== 'solved',
    all: (t) => t.status !== 'solved',
    snoozed: (t) => t.wakeOn.length > 0,
    following: () => false,
    solved: (t) => t.status === 'solved',
  };
  const byDue = (a, b) => (a.dueAt ?? '9').localeCompare(b.dueAt ?? '9');

  const http = createServer((request, response) => void answer(request, response));
  const io = new Server(http, { path: '/socket.io', transports: ['websocket'] });
  const agents = io.of('/agents');
  const log = [];
  const emit = (type, subject, data = {}) => {
    world.head += 1;
    const event = {
      position: world.head,
      type,
      workspaceId: 'w',
      at: new Date().toISOString(),
      actor: { kind: 'system' },
      ticketId: null,
      conversationId: null,
      contactId: null,
      messageId: null,
      ...subject,
      data,
    };
    log.push(event);
    agents.emit('events', [event]);
  };
  const about = (ticket) => ({
    ticketId: ticket.id,
    conversationId: ticket.conversationId,
    contactId: ticket.contact.id,
  });

  agents.use((_socket, next) => next(state.refuseSockets ? new Error('not now') : undefined));
  agents.on('connection', (socket) => {
    socket.on('resume', ({ after }, ack) => {
      const missed = after === null ? [] : log.filter(({ position }) => position > after);
      if (missed.length) socket.emit('events', missed);
      ack({ head: world.head });
    });
    deskSockets(socket, { world, me, emit });
    for (const name of ['subscribe', 'unsubscribe', 'viewing', 'typing', 'active'])
      socket.on(name, (_body, ack) => ack?.({ ok: true }));
    socket.on(
      'viewing',
      ({ ticketId }) =>
        ticketId === world.tickets[0].id &&
        socket.emit('viewers', {
          ticketId,
          agents: [{ id: world.agents[1].id, name: world.agents[1].name, typing: true }],
        }),
    );
  });

  function add(ticket, change) {
    const list = world.messages.get(ticket.conversationId);
    const number = Number(ticket.id.slice(-12));
    const message = world.message(number, (list.at(-1)?.seq ?? 0) + 1, Date.now(), change);
    list.push(message);
    Object.assign(ticket, {
      preview: message.text,
      previewDirection: message.direction,
      lastMessageAt: message.networkAt,
      version: ticket.version + 1,
    });
    return message;
  }

  const agentOf = (id) => world.agents.find((agent) => agent.id === id);
  const refuse = (status, code, message, details) => new Refused(status, code, message, details);
  const routes = [
    ...adminRoutes(world, now, refuse),
    ...channelRoutes(world, now, refuse),
    ...mediaRoutes(world, state, emit, refuse),
    ...peopleRoutes(world, now, refuse),
    ...deskRoutes({ world, state, now, me, emit, about, find: (id) => find(id), refuse }),
    [
      'POST',
      /^\/auth\/login$/,
      (_m, body) => {
        if (body.password !== 'correct-horse')
          throw new Refused(401, 'unauthenticated', 'E-mail or password is wrong.');
        state.signedIn = true;
        return session();
      },
    ],
    [
      'GET',
      /^\/auth\/session$/,
      () => {
        if (!state.signedIn) throw new Refused(401, 'unauthenticated', 'Sign in first.');
        return session();
      },
    ],
    ['POST', /^\/auth\/logout$/, () => void (state.signedIn = false)],
    [
      'GET',
      /^\/tickets$/,
      (_m, _b, query) => {
        const from = Number(query.get('cursor') ?? 0);
        const limit = Number(query.get('limit') ?? 50);
        const q = query.get('q') ?? '';
        const fits = (t) =>
          (!query.get('status') || t.status === query.get('status')) &&
          (!query.get('kind') || t.kind === query.get('kind')) &&
          (!query.get('channel') || t.channel.id === query.get('channel')) &&
          (!query.get('tag') || t.tags.includes(query.get('tag'))) &&
          (!query.get('notice') || isToldIn(world.notices, query.get('notice'), t)) &&
          (!query.get('field') || holds(t, query.get('field'))) &&
          (t.preview.includes(q) || t.contact.name.includes(q) || String(t.number) === q);
        const list = world.tickets
          .filter(inView[query.get('view') ?? 'all'])
          .filter(fits)
          .sort(byDue);
        const items = list.slice(from, from + limit);
        return { items, nextCursor: from + limit < list.length ? String(from + limit) : null, position: world.head };
      },
    ],
    [
      'GET',
      /^\/tickets\/counts$/,
      () => {
        const count = (view) => Math.min(world.tickets.filter(inView[view]).length, 1000);
        return { mine: count('mine'), unassigned: count('unassigned'), all: count('all'), breached: 1, capped: 1000 };
      },
    ],
    [
      'GET',
      /^\/contacts$/,
      (_m, _b, query) => {
        const known = new Map(world.tickets.map(({ contact }) => [contact.id, contact]));
        const items = [...known.values()].filter(({ name }) => name?.startsWith(query.get('q') ?? ''));
        return { items: items.map((one) => ({ ...one, email: null, phone: '+989121234567' })), nextCursor: null };
      },
    ],
    [
      'POST',
      /^\/tickets$/,
      (_m, { contactId, conversationId, subject }) => {
        const [before] = world.tickets.filter(
          (one) => one.contact.id === contactId || one.conversationId === conversationId,
        );
        if (['solved', 'closed'].includes(before.status))
          return Object.assign(before, { subject, status: 'open', assignee: { id: me.id, name: me.name } });
        throw refuse(409, 'conflict', 'A ticket is under work in this conversation; go on there.', {
          ticket: { id: before.id, number: before.number },
        });
      },
    ],
    ['POST', /^\/tickets\/next$/, () => world.tickets.filter(inView.unassigned).sort(byDue)[0] ?? null],
    [
      'GET',
      /^\/tickets\/([\w-]+)$/,
      ([, id]) => {
        const ticket = find(id);
        return {
          ...ticket,
          capabilities: world.capabilitiesOf(ticket),
          ...world.beside(ticket),
          conversation: {
            id: ticket.conversationId,
            handler: ticket.number % 7 === 0 ? 'bot' : 'human',
            kind: ticket.kind,
            unreachableSince: world.unreachableSince(ticket),
          },
        };
      },
    ],
    [
      'GET',
      /^\/tickets\/([\w-]+)\/timeline$/,
      ([, id]) => ({ items: find(id) === world.tickets[0] ? world.timeline : [], nextCursor: null }),
    ],
    [
      'PUT',
      /^\/tickets\/([\w-]+)\/status$/,
      ([, id], body) => change(find(id), { status: body.status }, 'ticket.status_changed', { to: body.status }),
    ],
    [
      'PUT',
      /^\/tickets\/([\w-]+)\/priority$/,
      ([, id], body) => change(find(id), { priority: body.priority }, 'ticket.priority_changed', { to: body.priority }),
    ],
    [
      'PUT',
      /^\/tickets\/([\w-]+)\/assignee$/,
      ([, id], body) => change(find(id), { assignee: named(body.agentId) }, 'ticket.assigned', { to: body.agentId }),
    ],
    [
      'POST',
      /^\/tickets\/([\w-]+)\/claim$/,
      ([, id]) => {
        const ticket = find(id);
        if (ticket.assignee)
          throw new Refused(409, 'already_claimed', 'Somebody was faster.', { assignee: ticket.assignee });
        return change(ticket, { assignee: named(me.id) }, 'ticket.assigned', { to: me.id });
      },
    ],
    [
      'GET',
      /^\/conversations\/([\w-]+)\/messages$/,
      ([, id], _b, query) => {
        const before = Number(query.get('before') ?? Infinity);
        const list = world.messages.get(id).filter(({ seq }) => seq < before);
        const items = list.slice(-50);
        return { items, nextCursor: list.length > items.length ? String(items[0].seq) : null, position: world.head };
      },
    ],
    [
      'POST',
      /^\/conversations\/([\w-]+)\/(replies|notes)$/,
      ([, id, kind], body, _q, request) => {
        const key = request.headers['idempotency-key'];
        if (state.replies.has(key)) return state.replies.get(key);
        if (state.down) throw new Refused(503, 'unavailable', 'The server is busy; try again in a moment.');
        const ticket = world.tickets.find(({ conversationId }) => conversationId === id);
        if (kind === 'replies' && state.stale) {
          const newer = add(ticket, { text: state.stale });
          state.stale = null;
          throw new Refused(409, 'stale_reply', 'The customer wrote again.', { newer: [newer] });
        }
        const author = { kind: 'agent', id: me.id, name: me.name };
        const message =
          kind === 'notes'
            ? add(ticket, { direction: 'note', visibility: 'internal', author, text: body.text })
            : add(ticket, {
                ...world.ours(me, body.visibility, body.text, 'queued'),
                attachments: (body.attachments ?? []).map(({ uploadId }) => world.attachment(uploadId, 'image')),
              });
        if (body.statusAfter) ticket.status = body.statusAfter;
        state.replies.set(key, message);
        emit('message.sent', { ...about(ticket), messageId: message.id });
        if (kind === 'replies')
          setTimeout(() => {
            message.delivery = { state: 'delivered', reason: null, code: null };
            emit(
              'message.delivery_changed',
              { ...about(ticket), messageId: message.id },
              { from: 'queued', to: 'delivered' },
            );
          }, 150);
        return message;
      },
    ],
    ['POST', /^\/messages\/([\w-]+)\/(moderation|delivery)$/, () => ({})],
    ['PUT', /^\/conversations\/([\w-]+)\/handler$/, () => ({})],
    [
      'POST',
      /^\/bot\/answers\/([\w-]+)\/outcome$/,
      ([, id], body) => {
        for (const list of world.messages.values())
          for (const { suggestion } of list) if (suggestion?.id === id) suggestion.outcome = body.outcome;
        return {};
      },
    ],
    [
      'GET',
      /^\/contacts\/([\w-]+)$/,
      ([, id]) => {
        const own = world.tickets.filter(({ contact }) => contact.id === id);
        const { contact, channel } = own[0];
        const first = contact.id === world.tickets[0].contact.id;
        const earlier = first ? [world.tickets[8], world.tickets[2]] : [];
        return {
          ...contact,
          email: first ? 'maryam@example.ir' : null,
          phone: first ? '+98 912 123 4567' : null,
          locale: 'fa',
          identities: [
            {
              id: world.id('iden', 1),
              channel,
              externalId: '17',
              handle: contact.handle,
              name: contact.name,
              mergedFrom: world.merges.get(id)?.[0]?.contact.id ?? null,
            },
            ...(first
              ? [
                  {
                    id: world.id('iden', 2),
                    channel: { ...world.channels[2] },
                    externalId: 'v1',
                    handle: null,
                    name: 'مریم',
                  },
                ]
              : []),
          ],
          tickets: [...own, ...earlier],
          crm: first
            ? {
                state: 'linked',
                method: 'phone',
                matchedType: 'Contact',
                matchedId: '003',
                url: 'https://harbour.my.salesforce.com/003',
                syncedAt: new Date(Date.now() - 240_000).toISOString(),
                pending: 2,
                trouble: null,
              }
            : {
                state: 'ambiguous',
                method: null,
                matchedType: null,
                matchedId: null,
                url: null,
                syncedAt: null,
                pending: 0,
                trouble: null,
              },
        };
      },
    ],
    ['GET', /^\/agents$/, () => ({ items: world.agents, nextCursor: null })],
    ['PATCH', /^\/agents\/([\w-]+)$/, ([, id], body) => Object.assign(agentOf(id), body)],
    [
      'PUT',
      /^\/agents\/([\w-]+)\/access$/,
      ([, id], { enabled }) => Object.assign(agentOf(id), { disabledAt: enabled ? null : new Date(now).toISOString() }),
    ],
    ['POST', /^\/agents\/([\w-]+)\/password-reset$/, () => ({ password: 'plum-harbour-tide' })],
    ['GET', /^\/teams$/, () => ({ items: world.teams, nextCursor: null })],
    [
      'GET',
      /^\/faq-articles$/,
      () => ({
        items: [
          {
            id: world.id('faqa', 1),
            locale: 'fa',
            title: 'زمان ارسال سفارش',
            phrasings: ['کی می‌رسه', 'چند روزه میاد'],
            answer: 'سفارش‌ها ۲ تا ۴ روز کاری پس از ثبت می‌رسند.',
            autoSend: true,
            enabled: true,
          },
          {
            id: world.id('faqa', 2),
            locale: 'en',
            title: 'Returns',
            phrasings: ['how to return'],
            answer: 'Within 7 days, unworn.',
            autoSend: false,
            enabled: true,
          },
        ],
        nextCursor: null,
      }),
    ],
    [
      'GET',
      /^\/inbound-events$/,
      (_m, _b, query) => ({
        items: [1, 2, 3].map((n) => ({
          id: world.id('inbe', n),
          channelId: world.channels[0].id,
          type: 'comments',
          state: query.get('state'),
          reason: query.get('state') === 'failed' ? 'The body is not in the network’s format.' : null,
          words:
            query.get('state') === 'failed'
              ? { fa: 'بدنه به قالب این شبکه نیست.', en: 'The body is not in the network’s format.' }
              : null,
          attempts: n,
          occurredAt: null,
          receivedAt: new Date(now - n * 600_000).toISOString(),
          appliedAt: null,
        })),
        nextCursor: null,
      }),
    ],
    [
      'GET',
      /^\/inbound-events\/([\w-]+)$/,
      ([, id]) => ({
        id,
        channelId: null,
        type: 'comments',
        state: 'failed',
        reason: null,
        attempts: 1,
        occurredAt: null,
        receivedAt: new Date(now).toISOString(),
        appliedAt: null,
        headers: { 'x-hub-signature-256': 'sha256=…' },
        raw: { object: 'instagram', entry: [{ id: '17841', changes: [] }] },
      }),
    ],
    ['POST', /^\/inbound-events/, () => ({})],
    [
      'GET',
      /^\/jobs$/,
      () => ({
        items: [
          {
            id: world.id('jobs', 1),
            queue: 'outbound',
            name: 'outbound.deliver',
            payload: {},
            attempts: 12,
            maxAttempts: 12,
            lastError: 'Meta refuses the access token. Reconnect the channel. (Meta 190/463, HTTP 400)',
            lastErrorWords: {
              fa: 'متا توکن دسترسی را نمی‌پذیرد. کانال را دوباره وصل کنید. \u2068(Meta 190/463, HTTP 400)\u2069',
              en: 'Meta refuses the access token. Reconnect the channel. (Meta 190/463, HTTP 400)',
            },
            parkedAt: new Date(now).toISOString(),
            createdAt: new Date(now).toISOString(),
          },
        ],
        nextCursor: null,
      }),
    ],
    ['POST', /^\/jobs\/([\w-]+)\/(retry|drop)$/, () => ({})],
    [
      'GET',
      /^\/crm\/connection$/,
      () => ({
        loginUrl: 'https://login.salesforce.com',
        clientId: '3MVG9',
        username: 'integration@harbour.example',
        state: 'active',
        stateReason: null,
        pausedUntil: null,
      }),
    ],
    ['POST', /^\/crm\/connection\/check$/, () => ({ ok: true, missing: [], failure: null })],
    ['POST', /^\/crm\//, () => ({})],
    [
      'GET',
      /^\/crm\/queue$/,
      () => ({
        waiting: 2,
        retrying: 1,
        parkedCount: 1,
        parked: [
          {
            entity: 'contact',
            code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
            count: 1,
            error: 'Phone must start with +',
            entityId: 'c1',
            parkedAt: new Date(now).toISOString(),
          },
        ],
        lagMs: 1200,
        lastSyncAt: new Date(now).toISOString(),
        apiUsage: { used: 412, limit: 15000 },
      }),
    ],
  ];
  const named = (agentId) => {
    const agent = world.agents.find(({ id }) => id === agentId);
    return agent ? { id: agent.id, name: agent.name } : null;
  };
  function change(ticket, values, type, data) {
    Object.assign(ticket, values, { version: ticket.version + 1 });
    emit(type, about(ticket), data);
    return ticket;
  }

  async function answer(request, response) {
    const url = new URL(request.url, 'http://localhost');
    if (!url.pathname.startsWith('/api/v1')) return page(url.pathname, response);
    const path = url.pathname.slice('/api/v1'.length);
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const json = (status, value) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    try {
      const bytes = Buffer.concat(chunks);
      const isFile = request.headers['content-type'] === 'application/octet-stream';
      const body = isFile ? bytes : bytes.length ? JSON.parse(bytes.toString()) : {};
      if (/^\/attachments\/[\w-]+\/file$/.test(path)) {
        const file = fileOf(path);
        return response.writeHead(200, { 'content-type': file.type }).end(file.bytes);
      }
      state.requests.push({
        method: request.method,
        path,
        query: url.searchParams.toString(),
        body,
        key: request.headers['idempotency-key'],
      });
      if (!state.signedIn && !path.startsWith('/auth/')) throw new Refused(401, 'unauthenticated', 'Sign in first.');
      const route = routes.find(([method, pattern]) => method === request.method && pattern.test(path));
      if (!route) throw new Refused(404, 'not_found', `No route ${request.method} ${path}`);
      const result = route[2](route[1].exec(path), body, url.searchParams, request);
      if (result === undefined) response.writeHead(204).end();
      else json(request.method === 'POST' ? 201 : 200, result);
    } catch (error) {
      json(error.status ?? 500, {
        error: { code: error.code ?? 'internal', message: error.message, details: error.details ?? {} },
      });
    }
  }

  async function page(path, response) {
    const file = normalize(extname(path) ? path : '/index.html');
    try {
      const content = await readFile(join(DIST, file));
      response
        .writeHead(200, {
          'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
          'content-security-policy': POLICY,
        })
        .end(content);
    } catch {
      response.writeHead(404).end();
    }
  }

  await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${http.address().port}`,
    world,
    state,
    /** A customer writes in the conversation of the ticket at this index. */
    receive(index, text) {
      const ticket = world.tickets[index];
      const message = add(ticket, { text });
      emit('message.received', { ...about(ticket), messageId: message.id });
    },
    /** A new ticket appears, due before all others. */
    open(name, text) {
      const number = world.tickets.length + 1;
      const conversationId = world.id('conv', number);
      const ticket = {
        ...world.tickets[1],
        id: world.id('tick', number),
        number: 1040 + number,
        conversationId,
        contact: { id: world.id('cont', number), name, handle: null, avatarUrl: null },
        assignee: named(me.id),
        preview: text,
        dueAt: new Date(Date.now() - 3_600_000).toISOString(),
      };
      world.tickets.push(ticket);
      world.messages.set(conversationId, [world.message(number, 1, Date.now(), { text })]);
      emit('ticket.opened', about(ticket));
    },
    /** The router puts the ticket at this index on the agent's screen. */
    offer(index) {
      const ticket = world.tickets[index];
      const expiresAt = new Date(Date.now() + 60_000).toISOString();
      world.offers.push({ ...ticket, expiresAt, why: {} });
      emit('ticket.offered', about(ticket), { agentId: me.id, expiresAt, why: {} });
    },
    /** Anything else that happens. */
    happens: emit,
    dropSockets: () => agents.disconnectSockets(true),
    close: () => new Promise((resolve) => io.close(() => resolve(undefined))),
  };
}
