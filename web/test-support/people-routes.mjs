// Who is the same person, brands, tokens, the audit log, waves. In memory; what is done is kept. Part of the fake server.
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const iso = (at) => new Date(at).toISOString();
const page = (items) => ({ items, nextCursor: null });

const WAVES = [
  ['ab'.repeat(16), 37, 52, 31, 'چرا کد تخفیف OFF30 کار نمی‌کند؟ سه بار امتحان کردم 😡'],
  ['cd'.repeat(16), 9, 11, 0, 'Is the shop closed today? Nobody answers the phone'],
];

function auditOf(world, now) {
  const [sara, reza] = world.agents;
  const line = (n, at, agent, action, subject, changes = {}) => ({
    id: world.id('audi', n),
    at: iso(now - at),
    actor: agent ? { kind: 'agent', id: agent.id } : { kind: 'system' },
    action,
    subject,
    changes,
    requestId: agent ? `req-${n}` : null,
  });
  return [
    line(9, 4 * MINUTE, sara, 'agent.changed', `agent:${reza.id}`, {
      role: { from: 'agent', to: 'lead' },
      teamIds: { from: [], to: [world.teams[0].id] },
      orbit: { from: 'low', to: 'high' },
    }),
    line(8, 2 * HOUR, sara, 'channel.connected', `channel:${world.channels[3].id}`),
    line(7, 3 * HOUR, sara, 'rule.created', `rule:${world.id('rule', 1)}`, {
      name: { from: null, to: 'شکایت‌ها به سرپرست' },
    }),
    line(6, DAY, reza, 'token.created', `token:${world.id('toke', 1)}`, {
      name: { from: null, to: 'nightly export' },
      expiresAt: { from: null, to: iso(now + 60 * DAY) },
    }),
    line(5, 2 * DAY, null, 'planet.exploded', 'planet:mars'),
    line(4, 9 * DAY, sara, 'brand.changed', `brand:${world.id('bran', 1)}`, { name: { from: 'بندرگاه', to: 'بندر' } }),
  ];
}

export function peopleRoutes(world, now, refuse) {
  const brands = [
    { id: world.id('bran', 1), name: 'بندر', archivedAt: null },
    { id: world.id('bran', 2), name: 'Harbour Kids', archivedAt: null },
    { id: world.id('bran', 9), name: 'Old Harbour', archivedAt: iso(now - 40 * DAY) },
  ];
  const [sara, reza] = world.agents;
  const token = (n, agent, name, change = {}) => ({
    id: world.id('toke', n),
    name,
    hint: `pk_a${n}b`,
    createdAt: iso(now - 20 * DAY),
    lastUsedAt: iso(now - 3 * HOUR),
    expiresAt: iso(now + 60 * DAY),
    revokedAt: null,
    agent: { id: agent.id, name: agent.name, role: agent.role },
    ...change,
  });
  const tokens = [
    token(2, sara, 'داشبورد فروش', { lastUsedAt: null, expiresAt: null }),
    token(1, reza, 'nightly export'),
    token(3, sara, 'old script', { revokedAt: iso(now - DAY) }),
  ];
  const merges = new Map();
  const audit = auditOf(world, now);
  const contactOf = (id) => world.tickets.find(({ contact }) => contact.id === id)?.contact;
  const mustKnow = (id) => {
    if (!contactOf(id)) throw refuse(404, 'not_found', 'There is no such contact in this workspace.');
  };
  world.merges = merges;
  let verdicts = [];
  const among = (id, other) => (verdict) => verdict.pair.includes(id) && verdict.pair.includes(other);
  const saidOf = (id, other) => verdicts.find(among(id, other));
  const lift = (id, other) => {
    verdicts = verdicts.filter((verdict) => !among(id, other)(verdict));
  };
  const notSame = (id) =>
    verdicts
      .filter(({ pair }) => pair.includes(id))
      .map(({ pair, at, by }) => {
        const { id: otherId, name, handle } = contactOf(pair.find((one) => one !== id));
        return { contact: { id: otherId, name }, identities: [{ handle, name, channelKind: 'whatsapp' }], at, by };
      });

  const asDuplicate = (ticket, reasons) => ({
    id: ticket.contact.id,
    name: ticket.contact.name,
    email: null,
    phone: reasons.includes('phone') ? '+98 912 123 4567' : null,
    identities: [
      { channel: ticket.channel, externalId: '17', handle: ticket.contact.handle, name: ticket.contact.name },
    ],
    reasons,
  });
  const list = (mine) => tokens.filter(({ agent, revokedAt }) => (mine ? agent.id === sara.id : revokedAt === null));
  const revoke = ([, id]) => {
    Object.assign(
      tokens.find((one) => one.id === id),
      { revokedAt: iso(Date.now()) },
    );
    return {};
  };

  return [
    [
      'GET',
      /^\/contacts\/([\w-]+)\/duplicates$/,
      ([, id]) => {
        mustKnow(id);
        const part = new Set([...merges.values()].flat().map((merge) => merge.contact.id));
        const likely = [
          [world.tickets[9], ['phone', 'name']],
          [world.tickets[5], ['handle']],
        ];
        return page(
          likely
            .filter(([ticket]) => ticket.contact.id !== id && !part.has(ticket.contact.id))
            .filter(([ticket]) => !saidOf(id, ticket.contact.id))
            .map(([ticket, reasons]) => asDuplicate(ticket, reasons)),
        );
      },
    ],
    [
      'GET',
      /^\/contacts\/([\w-]+)\/merge-preview\/([\w-]+)$/,
      ([, id, other]) => {
        mustKnow(id);
        mustKnow(other);
        return {
          after: {
            name: contactOf(id).name,
            email: 'maryam@example.ir',
            phone: '+98 912 123 4567',
            locale: 'fa',
            tier: null,
          },
          filled: ['phone'],
          differing: ['name'],
          moves: { identities: 1, conversations: 2, tickets: 3, openTickets: 1 },
          toldApart: saidOf(id, other) ?? null,
        };
      },
    ],
    ['GET', /^\/contacts\/([\w-]+)\/merges$/, ([, id]) => page(merges.get(id) ?? [])],
    [
      'POST',
      /^\/contacts\/([\w-]+)\/merge$/,
      ([, id], { otherId, evenToldApart }) => {
        mustKnow(otherId);
        if (saidOf(id, otherId) && !evenToldApart) throw refuse(409, 'conflict', 'These two were told apart.');
        lift(id, otherId);
        const { name, handle } = contactOf(otherId);
        const merge = {
          contact: { id: otherId, name },
          identities: [{ handle, name, channelKind: 'whatsapp' }],
          at: iso(Date.now()),
          by: { kind: 'agent', id: sara.id },
        };
        merges.set(id, [merge, ...(merges.get(id) ?? [])]);
        return {};
      },
    ],
    [
      'DELETE',
      /^\/contacts\/([\w-]+)\/merges\/([\w-]+)$/,
      ([, id, other]) => {
        merges.set(
          id,
          (merges.get(id) ?? []).filter(({ contact }) => contact.id !== other),
        );
        return {};
      },
    ],
    ['GET', /^\/contacts\/([\w-]+)\/not-same$/, ([, id]) => page(notSame(id))],
    [
      'POST',
      /^\/contacts\/([\w-]+)\/not-same$/,
      ([, id], { otherId }) => {
        mustKnow(otherId);
        verdicts.unshift({ pair: [id, otherId], at: iso(Date.now()), by: { kind: 'agent', id: sara.id } });
        return page(notSame(id));
      },
    ],
    [
      'DELETE',
      /^\/contacts\/([\w-]+)\/not-same\/([\w-]+)$/,
      ([, id, other]) => {
        lift(id, other);
        return page(notSame(id));
      },
    ],
    ['GET', /^\/brands$/, () => page(brands)],
    [
      'POST',
      /^\/brands$/,
      (_m, { name }) => {
        if (brands.some((brand) => brand.name === name))
          throw refuse(409, 'conflict', 'There is one of this name already; choose another.');
        const brand = { id: world.id('bran', brands.length + 1), name, archivedAt: null };
        brands.push(brand);
        return brand;
      },
    ],
    [
      'PATCH',
      /^\/brands\/([\w-]+)$/,
      ([, id], body) =>
        Object.assign(
          brands.find((brand) => brand.id === id),
          body,
        ),
    ],
    [
      'PUT',
      /^\/brands\/([\w-]+)\/archived$/,
      ([, id], { archived }) => {
        const channels = id === brands[0].id ? world.channels.slice(0, 3) : [];
        if (archived && channels.length > 0)
          throw refuse(409, 'conflict', 'This brand still has enabled channels.', { channels });
        return Object.assign(
          brands.find((brand) => brand.id === id),
          { archivedAt: archived ? iso(Date.now()) : null },
        );
      },
    ],
    ['GET', /^\/workspace\/tokens$/, () => page(list(false))],
    ['GET', /^\/auth\/tokens$/, () => page(list(true))],
    [
      'POST',
      /^\/auth\/tokens$/,
      (_m, { name, expiresAt = null }) => {
        const made = token(tokens.length + 1, sara, name, { lastUsedAt: null, expiresAt });
        tokens.unshift(made);
        return { ...made, token: `pk_${'x'.repeat(43)}` };
      },
    ],
    ['DELETE', /^\/workspace\/tokens\/([\w-]+)$/, revoke],
    ['DELETE', /^\/auth\/tokens\/([\w-]+)$/, revoke],
    [
      'GET',
      /^\/audit$/,
      (_m, _b, query) => {
        const fits = ({ actor, subject, at }) =>
          (!query.get('agentId') || actor.id === query.get('agentId')) &&
          (!query.get('subject') ||
            subject === query.get('subject') ||
            subject.startsWith(`${query.get('subject')}:`)) &&
          (!query.get('from') || at >= query.get('from')) &&
          (!query.get('to') || at < query.get('to'));
        const found = audit.filter(fits);
        const from = Number(query.get('cursor') ?? 0);
        const more = found.length > from + 5;
        return { items: found.slice(from, from + 5), nextCursor: more ? String(from + 5) : null };
      },
    ],
    [
      'GET',
      /^\/repeats\/waves\/(\w+)\/threads$/,
      () => ({
        items: world.tickets.slice(0, 5).map((ticket, n) => ({
          ticketId: ticket.id,
          number: ticket.number,
          contact: { id: ticket.contact.id, name: ticket.contact.name },
          conversationId: ticket.conversationId,
          messageId: world.id('msg', n + 1),
          text: WAVES[0][4],
          channel: ticket.channel,
          post: null,
          visibility: n % 2 ? 'private' : 'public',
          answered: n === 2,
          moreSaid: n === 3,
          refusal: n === 4 ? 'window_closed' : null,
        })),
        more: 3,
      }),
    ],
    [
      'POST',
      /^\/repeats\/waves\/(\w+)\/reply-batches$/,
      (_m, { threads }) => {
        world.waveBatch = {
          id: world.id('batc', 77),
          total: threads.length,
          done: threads.length - 1,
          failed: [
            {
              conversationId: threads[0].conversationId,
              ticketId: null,
              number: 1041,
              code: 'stale_reply',
              reason: '',
            },
          ],
          finishedAt: iso(Date.now()),
        };
        return { batchId: world.waveBatch.id };
      },
    ],
    [
      'GET',
      /^\/repeats\/waves$/,
      (_m, _b, query) =>
        page(
          Number(query.get('hours')) < 24
            ? []
            : WAVES.map(([id, people, messages, openTickets, text], n) => ({
                id,
                people,
                messages,
                openTickets,
                since: iso(now - (5 + n) * HOUR),
                lastAt: iso(now - (3 + n) * MINUTE),
                sample: {
                  messageId: world.id('msg', 1),
                  conversationId: world.tickets[n].conversationId,
                  ticketId: world.tickets[n].id,
                  text,
                },
              })),
        ),
    ],
  ];
}
