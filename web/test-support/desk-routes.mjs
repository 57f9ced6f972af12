// What an agent does to tickets beside answering: tags, snoozes, merges, offers, calls, handoffs. Part of the fake server.
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const iso = (at) => new Date(at).toISOString();

/** Presence as a socket says it. */
export function deskSockets(socket, { world, me, emit }) {
  socket.on('presence', ({ state, takes }, ack) => {
    const from = world.agents[0].presence;
    world.agents[0].presence = state;
    if (takes !== undefined) world.takes = takes;
    emit('presence.changed', {}, { agentId: me.id, from, to: state });
    ack?.({ ok: true });
  });
}

const FIELDS = [
  {
    id: 'f1',
    key: 'order_number',
    labelFa: 'شمارهٔ سفارش',
    labelEn: 'Order number',
    kind: 'text',
    options: [],
    requiredToSolve: true,
  },
  {
    id: 'f2',
    key: 'region',
    labelFa: 'منطقه',
    labelEn: 'Region',
    kind: 'select',
    options: [
      { value: 'tehran', labelFa: 'تهران', labelEn: 'Tehran' },
      { value: 'shiraz', labelFa: 'شیراز', labelEn: 'Shiraz' },
    ],
    requiredToSolve: false,
  },
  { id: 'f3', key: 'amount', labelFa: 'مبلغ', labelEn: 'Amount', kind: 'number', options: [], requiredToSolve: false },
  {
    id: 'f4',
    key: 'gift',
    labelFa: 'هدیه است',
    labelEn: 'Is a gift',
    kind: 'checkbox',
    options: [],
    requiredToSolve: false,
  },
];

function clocksOf({ dueAt, createdAt, status }, now) {
  const breached = dueAt !== null && dueAt < iso(now);
  const clock = (kind, change) => ({
    id: `clock-${kind}`,
    kind,
    policy: { id: 'p', name: 'پیش‌فرض' },
    hours: 'business',
    calendar: { id: 'cal', name: 'تهران', timeZone: 'Asia/Tehran' },
    startedAt: createdAt,
    targetMs: HOUR,
    dueAt,
    metAt: null,
    breached,
    cancelledAt: null,
    endedWhy: null,
    pausedSince: null,
    remainingMs: dueAt === null ? null : Date.parse(dueAt) - now,
    explanation: [],
    explanationLeftOut: 0,
    moves: [],
    text: {
      fa: 'سررسید شنبه ۱۷:۵۰ است، زیرا سنجش از چهارشنبه ۱۷:۴۰ با هدف ۲ ساعت آغاز شد: ۲۰ دقیقه شمرده شد؛ پنجشنبه و جمعه تعطیل بود.',
      en: 'Due Saturday 17:50 because it began Wednesday 17:40 with a target of 2 hours: 20 minutes counted; Thursday and Friday closed.',
    },
    ...change,
  });
  const rows = [
    { from: createdAt, to: iso(Date.parse(createdAt) + 20 * MINUTE), counted: true, why: 'open_hours' },
    {
      from: iso(Date.parse(createdAt) + 20 * MINUTE),
      to: iso(Date.parse(createdAt) + DAY),
      counted: false,
      why: 'holiday',
      holiday: { id: 'h', name: { fa: 'شب یلدا', en: 'Yalda' } },
    },
  ];
  const rests = status === 'pending' || status === 'on_hold';
  return [
    clock('first_response', { explanation: rows }),
    clock('resolution', {
      targetMs: 2 * DAY,
      hours: 'wall',
      breached: false,
      dueAt: rests ? null : iso(now + DAY),
      remainingMs: DAY,
      pausedSince: rests ? iso(now - HOUR) : null,
    }),
  ];
}

const CANNED = [
  { id: 'can1', shortcut: 'سلام', title: 'سلام و احوال‌پرسی', texts: { fa: 'سلام {{contact.firstName|دوست}} عزیز' } },
  { id: 'can2', shortcut: 'late', title: 'Sorry for the delay', texts: { en: 'We are sorry for the delay.' } },
].map((reply, index) => ({ ...reply, scope: 'everybody', teamId: null, version: 1, usedCount: 40 - index * 31 }));
const MACROS = [
  { id: 'mac1', name: 'ارجاع به انبار', scope: 'everybody', texts: {}, actions: [{ do: 'tag' }, { do: 'priority' }] },
].map((macro) => ({ ...macro, teamId: null, version: 1, usedCount: 12 }));

const NOTICES = (world, now) => [
  {
    id: '03',
    kind: 'sla.warned',
    ticket: { id: world.tickets[2].id, number: world.tickets[2].number, subject: 'لینک خراب' },
    data: { clock: 'first_response', dueAt: iso(now + 25 * MINUTE), percent: 75, number: 1043 },
    createdAt: iso(now - 4 * MINUTE),
    ringAt: iso(now - 4 * MINUTE),
    readAt: null,
  },
  {
    id: '02',
    kind: 'ticket.customer_wrote',
    ticket: { id: world.tickets[0].id, number: world.tickets[0].number, subject: 'سفارش نرسیده' },
    data: {},
    createdAt: iso(now - HOUR),
    ringAt: iso(now - HOUR),
    readAt: null,
  },
  {
    id: '01',
    kind: 'call.due',
    ticket: { id: world.tickets[9].id, number: world.tickets[9].number, subject: 'کالای شکسته' },
    data: { windowStart: iso(now - 2 * HOUR), windowEnd: iso(now - HOUR) },
    createdAt: iso(now - 2 * HOUR),
    ringAt: iso(now - 2 * HOUR),
    readAt: iso(now - HOUR),
  },
  {
    id: '005',
    kind: 'sla.escalated',
    ticket: null,
    count: 43,
    tickets: {
      count: 43,
      first: world.tickets.slice(3, 8).map(({ id, number, preview }) => ({ id, number, subject: preview })),
    },
    data: { clock: 'first_response', dueAt: iso(now - 5 * HOUR), number: 1045 },
    createdAt: iso(now - 5 * HOUR),
    ringAt: iso(now - 5 * HOUR),
    readAt: iso(now - 4 * HOUR),
  },
];

export function deskRoutes({ world, state, now, me, emit, about, find, refuse }) {
  const tell = (ticket, type, data = {}) => {
    ticket.version += 1;
    emit(type, about(ticket), data);
    return ticket;
  };
  const notices = NOTICES(world, now).map((notice) => ({
    count: 1,
    tickets: { count: notice.ticket ? 1 : 0, first: notice.ticket ? [notice.ticket] : [] },
    ...notice,
  }));
  world.notices = notices;
  const batches = new Map();
  const checks = [];
  const handoffs = new Map();
  const day = Math.ceil((now + DAY) / DAY) * DAY;
  const slots = [0, 1].flatMap((days) =>
    [0, 1, 2, 3].map((n) => ({
      start: iso(day + days * DAY + 6 * HOUR + n * 30 * MINUTE),
      end: iso(day + days * DAY + 6 * HOUR + (n + 1) * 30 * MINUTE),
      left: 2,
    })),
  );
  const calls = [callOf(world, now, 9, 'scheduled', -10), callOf(world, now, 4, 'scheduled', 26 * 60)];
  world.offers = [];
  world.takes = null;
  const callView = (call) => {
    const mine = call.claimedBy?.id === me.id;
    return { ...call, phone: mine ? '+989120001122' : '+98•••••••122', tel: mine ? 'tel:+989120001122' : null };
  };
  const callNamed = (id) => {
    const call = calls.find((one) => one.id === id);
    if (!call) throw refuse(404, 'not_found', 'There is no such call.');
    return call;
  };
  const snoozedTo = ({ until, workingDay }) => until ?? (workingDay ? iso(now + workingDay * DAY) : null);

  /** Does one bulk action; a closed ticket refuses. */
  function begin({ ticketIds, action }) {
    const id = `batch-${batches.size + 1}`;
    const named = ticketIds ?? world.tickets.filter(({ status }) => status !== 'solved').map((ticket) => ticket.id);
    const batch = { id, action, total: named.length, done: 0, failed: [], createdAt: iso(now), finishedAt: iso(now) };
    for (const ticket of named.map(find)) {
      if (ticket.number === 1043) {
        const reason = 'Fill in before solving: Order number.';
        batch.failed.push({ ticketId: ticket.id, number: ticket.number, code: 'validation_failed', reason });
        continue;
      }
      if (action.status) ticket.status = action.status;
      if (action.priority) ticket.priority = action.priority;
      if (action.addTags) ticket.tags = [...new Set([...ticket.tags, ...action.addTags])];
      batch.done += 1;
      tell(ticket, 'ticket.changed', { changes: {} });
    }
    batches.set(id, batch);
    return { batchId: id };
  }

  /** Answers several conversations; in the last the customer has said more. */
  function answerAll(ticket, { threads }) {
    const id = `batch-${batches.size + 1}`;
    const { conversationId } = threads.at(-1);
    const failed =
      threads.length > 1
        ? [
            {
              conversationId,
              ticketId: ticket.id,
              number: 1048,
              code: 'stale_reply',
              reason: 'There is a newer message.',
            },
          ]
        : [];
    const done = threads.length - failed.length;
    batches.set(id, { id, ticketId: ticket.id, total: threads.length, done, failed, finishedAt: iso(now) });
    return { batchId: id };
  }

  return [
    ['GET', /^\/tickets\/([\w-]+)\/sla$/, ([, id]) => ({ clocks: clocksOf(find(id), Date.now()) })],
    ['POST', /^\/tickets\/bulk$/, (_m, body) => begin(body)],
    ['GET', /^\/tickets\/bulk\/([\w-]+)$/, ([, id]) => batches.get(id)],
    ['POST', /^\/tickets\/([\w-]+)\/reply-batches$/, ([, id], body) => answerAll(find(id), body)],
    ['GET', /^\/reply-batches\/([\w-]+)$/, ([, id]) => batches.get(id) ?? world.waveBatch],
    [
      'GET',
      /^\/tags$/,
      () => ({
        items: [
          { tag: 'vip', tickets: 12 },
          { tag: 'تاخیر ارسال', tickets: 7 },
        ],
      }),
    ],
    ['GET', /^\/ticket-fields$/, () => ({ items: FIELDS })],
    [
      'GET',
      /^\/ticket-settings$/,
      () => ({
        reopenDays: 7,
        closeAfterDays: null,
        types: ['شکایت', 'پرسش'],
        typeLabels: { شکایت: { fa: 'شکایت', en: 'Complaint' }, پرسش: { fa: 'پرسش', en: 'Question' } },
      }),
    ],
    [
      'PATCH',
      /^\/tickets\/([\w-]+)$/,
      ([, id], { fields, ...rest }) => {
        const ticket = find(id);
        Object.assign(ticket, rest, { fields: { ...ticket.fields, ...fields } });
        return tell(ticket, 'ticket.changed', { changes: {} });
      },
    ],
    [
      'POST',
      /^\/tickets\/([\w-]+)\/tags$/,
      ([, id], { tags }) => {
        const ticket = find(id);
        ticket.tags = [...new Set([...ticket.tags, ...tags])];
        return tell(ticket, 'ticket.tags_changed', { added: tags, removed: [] });
      },
    ],
    [
      'DELETE',
      /^\/tickets\/([\w-]+)\/tags$/,
      ([, id], { tags }) => {
        const ticket = find(id);
        ticket.tags = ticket.tags.filter((tag) => !tags.includes(tag));
        return tell(ticket, 'ticket.tags_changed', { added: [], removed: tags });
      },
    ],
    [
      'PUT',
      /^\/tickets\/([\w-]+)\/followers\/me$/,
      ([, id]) => {
        world.followers.set(id, [...(world.followers.get(id) ?? []), { id: me.id, name: me.name }]);
        return tell(find(id), 'ticket.followers_changed', { added: [me.id], removed: [] });
      },
    ],
    [
      'DELETE',
      /^\/tickets\/([\w-]+)\/followers\/me$/,
      ([, id]) => {
        world.followers.set(
          id,
          (world.followers.get(id) ?? []).filter((one) => one.id !== me.id),
        );
        return tell(find(id), 'ticket.followers_changed', { added: [], removed: [me.id] });
      },
    ],
    [
      'PUT',
      /^\/tickets\/([\w-]+)\/snooze$/,
      ([, id], body) => {
        const ticket = find(id);
        Object.assign(ticket, { status: 'on_hold', snoozedUntil: snoozedTo(body), wakeOn: ['reply'] });
        return tell(ticket, 'ticket.snoozed', { until: ticket.snoozedUntil, wakeOn: ['reply'] });
      },
    ],
    [
      'DELETE',
      /^\/tickets\/([\w-]+)\/snooze$/,
      ([, id]) => {
        const ticket = find(id);
        Object.assign(ticket, { status: 'open', snoozedUntil: null, wakeOn: [] });
        return tell(ticket, 'ticket.woken', { why: 'agent' });
      },
    ],
    [
      'POST',
      /^\/tickets\/([\w-]+)\/no-answer-needed$/,
      ([, id]) => {
        const ticket = find(id);
        Object.assign(ticket, { status: 'solved', resolution: 'no_answer_needed' });
        return tell(ticket, 'ticket.resolution_changed', { from: null, to: 'no_answer_needed' });
      },
    ],
    [
      'DELETE',
      /^\/tickets\/([\w-]+)\/no-answer-needed$/,
      ([, id]) => {
        const ticket = find(id);
        Object.assign(ticket, { status: 'open', resolution: null });
        return tell(ticket, 'ticket.resolution_changed', { from: 'no_answer_needed', to: null });
      },
    ],
    [
      'POST',
      /^\/tickets\/([\w-]+)\/merge$/,
      ([, id], { into }) => {
        const [ticket, other] = [find(id), find(into)];
        Object.assign(ticket, {
          status: 'closed',
          resolution: 'merged',
          mergedInto: { id: other.id, number: other.number },
        });
        tell(ticket, 'ticket.merged', { from: id, into });
        return tell(other, 'ticket.merged', { from: id, into });
      },
    ],
    [
      'POST',
      /^\/tickets\/([\w-]+)\/unmerge$/,
      ([, id]) => {
        const ticket = find(id);
        Object.assign(ticket, { status: 'open', resolution: null, mergedInto: null });
        return tell(ticket, 'ticket.unmerged', {});
      },
    ],
    ['POST', /^\/tickets\/([\w-]+)\/split$/, () => world.tickets[3]],
    ['PUT', /^\/tickets\/([\w-]+)\/(links|parent)$/, ([, id]) => find(id)],
    [
      'DELETE',
      /^\/tickets\/([\w-]+)\/links$/,
      ([, id], { ticketId }) => {
        world.links.set(
          id,
          (world.links.get(id) ?? []).filter((link) => link.id !== ticketId),
        );
        return tell(find(id), 'ticket.unlinked', { to: ticketId });
      },
    ],
    [
      'GET',
      /^\/tickets\/([\w-]+)\/survey$/,
      ([, id]) => ({
        survey:
          id === world.tickets[8].id
            ? {
                id: 's1',
                kind: 'csat',
                state: 'answered',
                askedAt: iso(now - HOUR),
                score: 4,
                comment: 'خوب بود، کمی دیر',
                answeredAt: iso(now - 40 * MINUTE),
              }
            : null,
      }),
    ],
    [
      'GET',
      /^\/tickets\/([\w-]+)\/assignments$/,
      ([, id]) => ({ items: assignmentsOf(world, find(id), now), nextCursor: null }),
    ],
    [
      'GET',
      /^\/tickets\/([\w-]+)\/calls$/,
      ([, id]) => ({ items: calls.filter((call) => call.ticketId === id).map(callView) }),
    ],
    ['GET', /^\/routing\/offers$/, () => ({ items: world.offers, nextCursor: null })],
    ['GET', /^\/routing\/settings$/, () => ({ weights: { comment: 0.5, dm: 1, letter: 1, call: 'all' } })],
    [
      'POST',
      /^\/tickets\/([\w-]+)\/(accept|decline)$/,
      ([, id, how]) => {
        const ticket = find(id);
        if (!world.offers.some((offer) => offer.id === id))
          throw refuse(409, 'conflict', 'This ticket is not offered to you any more.');
        world.offers = world.offers.filter((offer) => offer.id !== id);
        if (how === 'accept') ticket.assignee = { id: me.id, name: me.name };
        return tell(ticket, 'ticket.offer_ended', { agentId: me.id, how: how === 'accept' ? 'accepted' : 'declined' });
      },
    ],
    [
      'GET',
      /^\/presence$/,
      () => ({
        items: [{ agentId: me.id, state: world.agents[0].presence, takes: world.takes, changedAt: iso(now) }],
        nextCursor: null,
      }),
    ],
    [
      'GET',
      /^\/agents\/me\/handover$/,
      () => ({
        items: world.tickets.filter((ticket) => ticket.assignee?.id === me.id && ticket.status !== 'solved'),
        nextCursor: null,
      }),
    ],
    [
      'POST',
      /^\/agents\/me\/handover$/,
      (_m, { ticketIds, agentId }) => {
        for (const id of ticketIds) {
          const agent = world.agents.find((one) => one.id === agentId);
          tell(
            Object.assign(find(id), { assignee: agent ? { id: agent.id, name: agent.name } : null }),
            'ticket.assigned',
            {
              from: me.id,
              to: agentId ?? null,
            },
          );
        }
        return { handedOver: ticketIds, refused: [] };
      },
    ],
    [
      'GET',
      /^\/notifications$/,
      () => ({ items: notices, nextCursor: null, unread: notices.filter(({ readAt }) => !readAt).length }),
    ],
    [
      'PUT',
      /^\/notifications\/read$/,
      (_m, { upTo }) => {
        for (const notice of notices) if (notice.id <= upTo) notice.readAt ??= iso(now);
      },
    ],
    ['GET', /^\/macros$/, () => ({ items: MACROS, nextCursor: null })],
    [
      'GET',
      /^\/canned-replies$/,
      (_m, _b, query) => {
        const q = query.get('q') ?? '';
        return { items: CANNED.filter(({ shortcut, title }) => `${shortcut} ${title}`.includes(q)), nextCursor: null };
      },
    ],
    [
      'POST',
      /^\/canned-replies\/([\w-]+)\/render$/,
      ([, id]) => ({
        text: id === 'can1' ? 'سلام مریم عزیز' : 'We are sorry for the delay.',
        language: id === 'can1' ? 'fa' : 'en',
        missing: [],
      }),
    ],
    [
      'POST',
      /^\/tickets\/([\w-]+)\/macros\/([\w-]+)$/,
      ([, id]) => {
        const ticket = find(id);
        ticket.priority = 'high';
        tell(ticket, 'ticket.priority_changed', { to: 'high' });
        return {
          applied: [{ action: 1, do: 'priority', did: { priority: 'high' } }],
          refused: [{ action: 0, do: 'tag', code: 'conflict', message: 'It has all the tags it may.' }],
          reply: { text: 'با انبار هماهنگ می‌کنیم.', language: 'fa', missing: ['ticket.orderNumber'] },
        };
      },
    ],
    [
      'GET',
      /^\/conversations\/([\w-]+)\/email-handoff$/,
      ([, id]) => ({
        channels: [{ id: world.channels[4].id, name: 'پشتیبانی', address: 'care@harbour.example' }],
        asks: 'private',
        known: id === world.tickets[0].conversationId ? { address: 'maryam@example.ir', verified: true } : null,
        asking: handoffs.get(id) ?? null,
        identity: { required: true, checkedUntil: null },
        locale: 'fa',
        texts: {
          askPrivate: 'برای ادامهٔ پیگیری، لطفاً نشانی ایمیل خود را همین‌جا بنویسید.',
          askPublic: 'برای پیگیری خصوصی، لطفاً به ما پیام مستقیم بدهید.',
          publicClosing: 'ممنون از پیام شما. پیگیری را به‌صورت خصوصی با شما ادامه می‌دهیم.',
          privateClosing: 'از این پس گفت‌وگو را با ایمیل ادامه می‌دهیم.',
          greeting: 'مریم عزیز، سلام.',
          subject: 'ادامهٔ گفت‌وگوی شما با بندر',
          confirmMail: 'اگر این گفت‌وگو از شماست، به همین ایمیل پاسخ دهید.',
        },
      }),
    ],
    [
      'PUT',
      /^\/conversations\/([\w-]+)\/email-handoff\/address$/,
      ([, id], { address }) => {
        const handoff = {
          id: 'h1',
          state: 'asking',
          addressState: 'confirmed',
          address,
          candidates: [],
          confirmedBy: 'agent',
        };
        handoffs.set(id, handoff);
        return handoff;
      },
    ],
    [
      'POST',
      /^\/conversations\/([\w-]+)\/handoff$/,
      ([, id], body) => {
        if (body.to === 'phone') {
          const ticket = world.tickets.find(({ conversationId }) => conversationId === id);
          const call = callOf(world, now, world.tickets.indexOf(ticket), 'scheduled', 0);
          calls.push({ ...call, windowStart: body.windowStart ?? null, windowEnd: body.windowEnd ?? null });
          emit('call.promised', about(ticket), { promiseId: call.id });
          return { handler: 'human', call: callView(call) };
        }
        return {
          id: 'h1',
          state: body.ask ? 'asking' : 'queued',
          addressState: 'asked',
          address: null,
          candidates: [],
        };
      },
    ],
    ['DELETE', /^\/conversations\/([\w-]+)\/handoffs\/([\w-]+)$/, () => ({ id: 'h1', state: 'cancelled' })],
    [
      'GET',
      /^\/contacts\/([\w-]+)\/identity-checks$/,
      () => ({
        items: checks.toReversed(),
        required: true,
        checkedUntil: checks.some((check) => check.state === 'passed') ? iso(now + HOUR) : null,
      }),
    ],
    [
      'POST',
      /^\/contacts\/([\w-]+)\/identity-checks$/,
      (_m, { method, questions = [] }) => {
        const check = {
          id: `check-${checks.length + 1}`,
          method,
          state: 'open',
          address: method === 'email_code' ? 'm•••@example.ir' : null,
          tries: 0,
          questions,
          askedAt: iso(now),
          expiresAt: iso(Date.now() + 10 * MINUTE),
        };
        checks.push(check);
        return check;
      },
    ],
    [
      'POST',
      /^\/contacts\/([\w-]+)\/identity-checks\/([\w-]+)\/answer$/,
      ([, , id], { code, passed }) => {
        const check = checks.find((one) => one.id === id);
        const right = passed ?? code === '123456';
        check.tries += 1;
        if (right) check.state = 'passed';
        return { ...check, outcome: right ? 'passed' : 'wrong' };
      },
    ],
    ['GET', /^\/call-slots$/, () => ({ items: slots, timeZone: 'Asia/Tehran', slotMinutes: 30 })],
    [
      'GET',
      /^\/calls$/,
      (_m, _b, query) => {
        const view = query.get('view');
        const due = ({ windowStart }) => windowStart !== null && Date.parse(windowStart) <= Date.now();
        const open = calls.filter((call) => !['completed', 'cancelled', 'failed'].includes(call.state));
        const items = open.filter((call) =>
          view === 'mine' ? call.claimedBy?.id === me.id : view === 'due' ? due(call) : !due(call),
        );
        return { items: items.map(callView), nextCursor: null };
      },
    ],
    ['GET', /^\/calls\/([\w-]+)$/, ([, id]) => callView(callNamed(id))],
    [
      'POST',
      /^\/calls\/([\w-]+)\/(claim|release|start|hangup|outcome)$/,
      ([, id, what], body) => {
        const call = callNamed(id);
        if (what === 'claim') Object.assign(call, { state: 'claimed', claimedBy: { id: me.id, name: me.name } });
        if (what === 'release') Object.assign(call, { state: 'scheduled', claimedBy: null });
        if (what === 'start') {
          call.state = 'dialing';
          const through = body.via === 'tel' ? {} : { provider: 'twilio', stage: 'agent_ringing' };
          const begun = { id: 'a1', n: call.attempts.length + 1, startedAt: iso(Date.now()), ...through };
          call.attempts.push({ ...ATTEMPT, ...begun });
        }
        if (what === 'hangup') Object.assign(call.attempts.at(-1), { stage: 'ended', durationMs: 75_000 });
        if (what === 'outcome') {
          Object.assign(call.attempts.at(-1), { outcome: body.outcome, note: body.note ?? null, durationMs: 90_000 });
          call.state = 'completed';
        }
        state.callSteps = [...(state.callSteps ?? []), what];
        emit('call.updated', { ticketId: call.ticketId }, { promiseId: id });
        return callView(call);
      },
    ],
    [
      'PATCH',
      /^\/calls\/([\w-]+)$/,
      ([, id], { windowStart, windowEnd }) => callView(Object.assign(callNamed(id), { windowStart, windowEnd })),
    ],
    ['GET', /^\/call-desk$/, () => ({ phone: state.deskPhone ?? null })],
    ['PUT', /^\/call-desk$/, (_m, { phone }) => ({ phone: (state.deskPhone = phone) })],
    ['DELETE', /^\/calls\/([\w-]+)$/, ([, id]) => callView(Object.assign(callNamed(id), { state: 'cancelled' }))],
  ];
}

const ATTEMPT = {
  provider: 'tel',
  stage: 'talking',
  outcome: null,
  note: null,
  error: null,
  recordingUrl: null,
  durationMs: null,
};

function callOf(world, now, index, state, inMinutes) {
  const ticket = world.tickets[index];
  const start = now + inMinutes * MINUTE;
  return {
    id: world.id('call', index + 1),
    state,
    endReason: null,
    ticketId: ticket.id,
    conversationId: ticket.conversationId,
    phone: '',
    tel: null,
    country: 'IR',
    reason: null,
    language: 'fa',
    windowStart: iso(start),
    windowEnd: iso(start + HOUR),
    timeZone: 'Asia/Tehran',
    nextAttemptAt: null,
    tries: 0,
    leaseUntil: null,
    missedAt: null,
    overdue: false,
    ticketNumber: ticket.number,
    subject: ticket.preview,
    priority: ticket.priority,
    contact: { id: ticket.contact.id, name: ticket.contact.name, tier: null, noCalls: false },
    claimedBy: null,
    consent: { at: iso(now - DAY), text: 'بله، تماس بگیرید' },
    promisedBy: { id: world.agents[1].id, name: world.agents[1].name },
    ticket: {
      id: ticket.id,
      number: ticket.number,
      subject: ticket.preview,
      status: ticket.status,
      priority: 'normal',
    },
    identity: { state: 'not_checked', method: null, at: null },
    brief: {
      text: 'کالای شکسته رسیده، عکس فرستاده.\nمی‌خواهد تعویض شود.',
      subject: ticket.preview,
      language: 'fa',
      tier: null,
      lastWords: ['سلام، عکس کالای شکسته را می‌فرستم'],
      earlier: [],
    },
    attempts: [],
    createdAt: iso(now - DAY),
    endedAt: null,
  };
}

function assignmentsOf(world, ticket, now) {
  const [sara, reza] = world.agents;
  const step = (position, ago, change) => ({
    position,
    at: iso(now - ago),
    what: 'assigned',
    how: 'push',
    agent: { id: reza.id, name: reza.name },
    from: null,
    why: {},
    actor: { kind: 'system', id: null, name: null },
    ...change,
  });
  return [
    step(1, 3 * HOUR, { what: 'queued', how: 'rules', agent: null }),
    step(2, 3 * HOUR - MINUTE, {
      what: 'offered',
      why: { rule: 'knows_customer', slackMs: 21 * MINUTE, load: 2.5, capacity: 6, candidates: 3, vip: true },
    }),
    step(3, 3 * HOUR - 2 * MINUTE, { what: 'offer_ended', how: 'timed_out', why: { reason: 'no_answer' } }),
    step(4, 2 * HOUR, {
      agent: { id: sara.id, name: sara.name },
      why: { rule: 'freest', slackMs: -4 * MINUTE, load: 1, capacity: 8, candidates: 2 },
    }),
  ].filter(() => ticket.assignee !== null);
}
