// The settings as the server tells of them: calendars, policies, queues, rules, webhooks, surveys, phones, reports.
// In memory; what is done is kept. Part of the fake server.
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const iso = (at) => new Date(at).toISOString();

const page = (items) => ({ items, nextCursor: null });

const WORKDAY = [
  { from: 540, to: 780 },
  { from: 840, to: 1_080 },
];
const HOLIDAYS = [
  { on: 'jalali', month: 1, day: 1, days: '2026-03-21', fa: 'نوروز', en: 'Nowruz' },
  { on: 'jalali', month: 11, day: 22, days: '2027-02-11', fa: 'پیروزی انقلاب', en: 'Revolution Day' },
  { on: 'lunar', month: 10, day: 1, days: '2027-03-10', fa: 'عید فطر', en: 'Eid al-Fitr' },
  { on: 'date', date: '2026-12-21', days: '2026-12-21', fa: 'شب یلدا', en: 'Yalda', hours: [{ from: 540, to: 720 }] },
];

function calendarsOf(world, now) {
  const holidays = HOLIDAYS.map(({ on, month, day, date, days, fa, en, hours = [] }, index) => ({
    id: world.id('holi', index + 1),
    name: { fa, en },
    rule: on === 'date' ? { on, date } : { on, month, day },
    hours,
    moved: {},
    next: { date: days, jalali: '1405-01-01' },
    days,
  }));
  const calendar = (number, name, change) => ({
    id: world.id('cale', number),
    name,
    timeZone: 'Asia/Tehran',
    hours: { sat: WORKDAY, sun: WORKDAY, mon: WORKDAY, tue: WORKDAY, wed: WORKDAY, thu: [{ from: 540, to: 780 }] },
    holidays,
    isDefault: number === 1,
    openNow: true,
    version: 1,
    createdAt: iso(now - 90 * DAY),
    updatedAt: iso(now - DAY),
    ...change,
  });
  return [
    calendar(1, 'پشتیبانی تهران', {}),
    calendar(2, 'Night watch', { hours: { sat: [{ from: 1_320, to: 1_800 }] }, holidays: [], openNow: false }),
  ];
}

/** What is kept between two days; only the fixed dates of this small world. */
function occurrencesOf(calendar, from, to) {
  return calendar.holidays
    .map((holiday) => {
      const computed = holiday.days ?? holiday.rule.date ?? '2026-12-01';
      const observed = holiday.moved[computed] ?? computed;
      return {
        holidayId: holiday.id,
        name: { fa: holiday.name.fa ?? holiday.name.en, en: holiday.name.en ?? holiday.name.fa },
        date: observed,
        jalali: '',
        weekday: 'sat',
        computed,
        moved: observed !== computed,
        uncertain: holiday.rule.on === 'lunar' && observed === computed,
        hours: holiday.hours,
        span: null,
      };
    })
    .filter(({ date }) => date >= from && date <= to)
    .sort((a, b) => a.date.localeCompare(b.date));
}

const TARGETS = { urgent: 15 * MINUTE, high: 30 * MINUTE, normal: HOUR, low: 4 * HOUR };
const NO_TARGETS = { urgent: null, high: null, normal: null, low: null };

function policiesOf(world) {
  const policy = (number, name, change) => ({
    id: world.id('poli', number),
    name,
    rank: number * 100,
    conditions: {},
    firstResponseMs: TARGETS,
    nextResponseMs: TARGETS,
    resolutionMs: NO_TARGETS,
    hours: 'business',
    calendarId: null,
    pauses: ['pending'],
    botCounts: 'no',
    warnings: [{ percent: 75, to: { assignee: true } }],
    escalations: [],
    version: 1,
    ...change,
  });
  return [
    policy(1, 'مشتریان ویژه', {
      conditions: { tiers: ['vip'], threadKinds: ['dm'] },
      resolutionMs: { urgent: 4 * HOUR, high: 8 * HOUR, normal: DAY, low: 2 * DAY },
      escalations: [{ afterMs: 0, to: { leads: true }, setPriority: 'urgent', quietHours: 'ring' }],
    }),
    policy(2, 'Public comments', { conditions: { threadKinds: ['comment'], channelKinds: ['instagram', 'facebook'] } }),
    policy(3, 'بقیه', { hours: 'wall' }),
  ];
}

const dryRunOf = (policies, { arrivedAt }) => ({
  policy: policies[1],
  others: [{ ...policies[0], unmet: ['tiers', 'threadKinds'], asked: true }],
  clocks: [
    {
      id: 'clock-1',
      kind: 'first_response',
      hours: 'business',
      calendar: { id: 'c', name: 'پشتیبانی تهران', timeZone: 'Asia/Tehran' },
      targetMs: HOUR,
      dueAt: iso(Date.parse(arrivedAt) + 16 * HOUR),
      text: {
        fa: 'سررسید پنجشنبه ۹:۵۰ است: از چهارشنبه ۱۷:۵۰ ده دقیقه شمرده شد، تا پنجشنبه ۹:۰۰ بسته بود، سپس ۵۰ دقیقه.',
        en: 'Due Thursday 09:50: from Wednesday 17:50 ten minutes counted, closed until Thursday 09:00, then 50 minutes.',
      },
      steps: [
        { step: 'warning:75', dueAt: iso(Date.parse(arrivedAt) + 15 * HOUR) },
        { step: 'escalation:0', dueAt: iso(Date.parse(arrivedAt) + 16 * HOUR) },
      ],
    },
  ],
});

const previewOf = (world, now) => ({
  clocks: 42,
  complete: true,
  moved: 7,
  newlyBreached: 1,
  noLongerBreached: 2,
  examples: [3, 4, 5].map((n) => ({
    ticketId: world.id('tick', n),
    number: 1040 + n,
    clock: n === 5 ? 'resolution' : 'first_response',
    dueAt: iso(now + n * HOUR),
    newDueAt: n === 4 ? null : iso(now + (n + 14) * HOUR),
  })),
});

const SETTINGS = {
  weights: { comment: 0.5, dm: 1, letter: 1, call: 'all' },
  continuitySlackMs: 10 * MINUTE,
  lateShare: 0.3,
  languageFallbackSeconds: 600,
  vipTiers: ['vip'],
  knownDays: 90,
  autoAwayMinutes: 15,
  awayReturnMinutes: null,
  timeoutsToAway: 2,
};

function queuesOf(world, now) {
  const queue = (change) => ({
    id: null,
    teamId: world.teams[0].id,
    name: null,
    rank: 0,
    conditions: {},
    mode: 'push',
    version: null,
    ownMode: false,
    acceptSeconds: null,
    needs: {},
    vipFirst: true,
    calendarId: null,
    overflowQueueId: null,
    open: true,
    turnsAt: null,
    waiting: 0,
    waitingSince: null,
    nobodyCan: [],
    ...change,
  });
  return [
    queue({
      id: world.id('queu', 1),
      name: 'بازگشت کالا',
      conditions: { tags: ['refund', 'مرجوعی'], threadKinds: ['dm'] },
      open: false,
      turnsAt: iso(now + 14 * HOUR),
      acceptSeconds: 45,
      needs: { refunds: 2, 'lang:fa': 1 },
      version: 1,
      waiting: 4,
      waitingSince: iso(now - 23 * MINUTE),
      nobodyCan: [{ 'lang:ar': 1 }],
    }),
    queue({ waiting: 2, waitingSince: iso(now - 4 * MINUTE) }),
    queue({ teamId: world.teams[1].id, mode: 'pull', waiting: 1_000 }),
    queue({ teamId: null, mode: 'pull' }),
  ];
}

function rulesOf(world) {
  const rule = (number, name, change) => ({
    id: world.id('rule', number),
    name,
    rank: number,
    enabled: true,
    version: 1,
    when: [{ on: 'message.received' }],
    conditions: { all: [] },
    actions: [{ do: 'tag', add: ['refund'] }],
    ...change,
  });
  return [
    rule(1, 'درخواست بازگشت وجه', {
      when: [{ on: 'message.received' }, { on: 'ticket.opened' }],
      conditions: {
        all: [
          { field: 'text', op: 'contains_any', value: ['بازگشت وجه', 'refund'] },
          {
            any: [
              { field: 'priority', op: 'at_least', value: 'normal' },
              { field: 'tier', op: 'is', value: 'vip' },
            ],
          },
        ],
      },
      actions: [
        { do: 'tag', add: ['refund'] },
        { do: 'move', teamId: world.teams[1].id },
        { do: 'notify', leads: true, text: 'بازگشت وجه' },
      ],
    }),
    rule(2, 'Hide spam links', {
      enabled: false,
      actions: [{ do: 'approval', text: 'Looks like spam', actions: [{ do: 'hide', reason: 'spam' }] }],
    }),
    rule(3, 'سکوت مشتری', {
      when: [{ on: 'idle', minutes: 2_880, side: 'customer' }],
      actions: [{ do: 'status', status: 'solved' }],
    }),
  ];
}

const receiptsOf = (world, now) =>
  [1, 2].map((n) => ({
    id: world.id('rece', n),
    rule: {},
    event: { position: n, type: 'message.received', at: iso(now - n * HOUR) },
    ticket: { id: world.tickets[n].id, number: world.tickets[n].number, subject: 'بازگشت وجه سفارش' },
    outcome: n === 1 ? 'ran' : 'stopped',
    stopped: n === 1 ? null : 'too_often',
    chain: [],
    matched: [{ field: 'text', op: 'contains_any', value: ['refund'], seen: ['refund'], holds: true }],
    changed: n === 1 ? [{ action: 0, do: 'tag', did: {} }] : [],
    refused: n === 1 ? [{ action: 1, do: 'move', code: 'not_found', message: 'This team is gone.' }] : [],
    at: iso(now - n * HOUR),
  }));

const summaryOf = (world, by) => {
  const keys = {
    day: ['2026-11-20', '2026-11-21', '2026-11-22'],
    hour: ['09', '10', '17'],
    agent: [...world.agents.slice(0, 3).map(({ id }) => id), null],
    team: world.teams.map(({ id }) => id),
    channel: world.channels.slice(0, 4).map(({ id }) => id),
    brand: [world.id('bran', 1)],
    threadKind: ['comment', 'dm'],
    language: ['fa', 'en', null],
    priority: ['high', 'normal'],
  };
  return (keys[by] ?? []).map((key, n) => ({
    key,
    customerMessages: 412 - n * 90,
    answersByAgents: 260 - n * 55,
    answersByBot: 96 - n * 12,
    answersElsewhere: n,
    opened: 143 - n * 20,
    solved: 131 - n * 18,
    solvedUnanswered: 3,
    reopened: 4 + n,
    breached: 6 - n,
    met: 118 - n * 9,
    firstAnswerWallMs: { median: (31 + n * 40) * MINUTE, p90: 9 * HOUR },
    firstAnswerBusinessMs: { median: (11 + n) * MINUTE, p90: 48 * MINUTE },
    anyAnswerBusinessMs: { median: 7 * MINUTE, p90: 35 * MINUTE },
    resolutionBusinessMs: n === 2 ? { median: null, p90: null } : { median: 3 * HOUR + 20 * MINUTE, p90: 3 * DAY },
    csat: { answers: 34 - n * 8, mean: 4.4 },
    nps: n === 2 ? { answers: 0, score: null } : { answers: 12, score: 41.7 },
    callsReached: 5,
    callsNotReached: 2,
  }));
};

/** @param refuse makes a refusal: `(status, code, message, details)` */
export function adminRoutes(world, now, refuse) {
  const calendars = calendarsOf(world, now);
  const policies = policiesOf(world);
  const rules = rulesOf(world);
  const queues = queuesOf(world, now);
  const endpoints = [
    {
      id: world.id('endp', 1),
      name: 'انبار',
      url: 'https://stock.example/hooks/pasokh',
      types: [],
      disabledAt: null,
      disabledReason: null,
      failingSince: null,
    },
    {
      id: world.id('endp', 2),
      name: 'BI',
      url: 'https://bi.example/in',
      types: ['ticket.opened', 'ticket.status_changed'],
      disabledAt: null,
      disabledReason: null,
      failingSince: iso(now - 5 * HOUR),
    },
  ];
  const accounts = [
    {
      id: world.id('voic', 1),
      provider: 'twilio',
      name: 'خط تهران',
      externalId: `AC${'0'.repeat(32)}`,
      phone: '+982191001234',
      settings: { ringSeconds: 25 },
      credentialsSet: ['authToken'],
      webhookUrl: 'https://care.harbour.example/webhooks/voice/1',
      state: 'active',
      stateReason: null,
    },
  ];
  const handoff = {
    requiresIdentityCheck: true,
    identityCheckMinutes: 1_440,
    addressWaitDays: 7,
    ownTexts: { publicClosing: { fa: 'ممنون که نوشتید؛ در پیام خصوصی ادامه می‌دهیم. 🌸' } },
    usualTexts: Object.fromEntries(
      [
        ['askPrivate', 'لطفاً نشانی ایمیل خود را همین‌جا بنویسید.', 'Please write your e-mail address here.'],
        ['askPublic', 'لطفاً به ما پیام مستقیم بدهید.', 'Please send us a direct message.'],
        ['confirmAddress', 'نشانی شما {address} است؟', 'Is {address} your address?'],
        ['publicClosing', 'پیگیری را به‌صورت خصوصی ادامه می‌دهیم.', 'We are following this up with you in private.'],
        ['privateClosing', 'با ایمیل ({address}) ادامه می‌دهیم.', 'From here on we continue by e-mail ({address}).'],
        ['subject', 'ادامهٔ گفت‌وگوی شما با {brand}', 'Your conversation with {brand}'],
        ['greeting', '{name} عزیز، سلام.', 'Dear {name},'],
        ['confirmMail', 'به همین ایمیل پاسخ دهید.', 'Answer this mail to confirm your address.'],
        ['codeSubject', 'کد تأیید {brand}', 'Your code from {brand}'],
        ['codeMail', 'کد تأیید شما {code} است.', 'Your code is {code}.'],
      ].map(([name, fa, en]) => [name, { fa, en }]),
    ),
    version: 3,
  };
  const survey = {
    brandId: null,
    enabled: true,
    kind: 'csat',
    delayMinutes: 10,
    channelKinds: ['instagram', 'whatsapp'],
    threadKinds: ['dm'],
    notAgainDays: 30,
    calendarId: null,
    ownTexts: {},
    texts: {
      fa: { ask: 'از ۱ تا ۵ چقدر راضی بودید؟', thanks: 'سپاس از شما.' },
      en: { ask: 'From 1 to 5, how satisfied were you?', thanks: 'Thank you.' },
    },
    version: 1,
  };
  const approval = {
    id: world.id('appr', 1),
    rule: { id: rules[1].id, name: rules[1].name },
    receiptId: world.id('rece', 1),
    event: { type: 'message.received', position: 1, at: iso(now - HOUR) },
    ticket: { id: world.tickets[2].id, number: world.tickets[2].number, subject: 'لینک خراب' },
    conversationId: null,
    messageId: null,
    text: 'Looks like spam',
    actions: [{ do: 'hide', reason: 'spam' }],
    state: 'pending',
    requestedAt: iso(now - HOUR),
    settledAt: null,
    settledBy: null,
    reason: null,
    changed: [],
    refused: [],
  };
  const find = (list, id, what) => {
    const found = list.find((one) => one.id === id);
    if (!found) throw refuse(404, 'not_found', `There is no such ${what} in this workspace.`);
    return found;
  };
  const calendar = (id) => find(calendars, id, 'calendar');
  const newId = (kind, list) => world.id(kind, list.length + 10);

  /** All parts of a change, as PATCH takes them. */
  function applyTo(kept, { addHolidays = [], changeHolidays = [], removeHolidays = [], moveHolidays = [], ...rest }) {
    if (rest.version !== undefined && rest.version !== kept.version)
      throw refuse(409, 'conflict', 'Somebody changed this calendar meanwhile; look at it again.');
    const added = addHolidays.map((holiday) => ({ ...holiday, id: newId('holi', kept.holidays), moved: {} }));
    const holidays = [...kept.holidays, ...added]
      .filter(({ id }) => !removeHolidays.includes(id))
      .map((holiday) => ({ ...holiday, ...changeHolidays.find(({ id }) => id === holiday.id) }));
    for (const { holidayId, date, observed } of moveHolidays)
      for (const holiday of holidays)
        if (holiday.id === holidayId) holiday.moved = { ...holiday.moved, [date]: observed };
    if (rest.isDefault) for (const one of calendars) one.isDefault = false;
    return Object.assign(kept, rest, { holidays, version: kept.version + 1 });
  }

  const deliveries = ['failed', 'delivered', 'waiting'].map((state, n) => ({
    id: world.id('deli', n + 1),
    type: n === 1 ? 'ticket.opened' : 'message.received',
    state,
    attempts: 3 - n,
    nextTryAt: iso(now + HOUR),
    lastStatus: n === 1 ? 200 : n === 0 ? 500 : null,
    lastError: n === 0 ? 'The endpoint answered 500.' : null,
    lastMs: 120,
    createdAt: iso(now - n * HOUR),
    settledAt: null,
  }));

  return [
    ['GET', /^\/calendars$/, () => page(calendars)],
    [
      'POST',
      /^\/calendars$/,
      (_m, body) => {
        const made = { ...calendars[0], ...body, id: newId('cale', calendars), isDefault: false, holidays: [] };
        calendars.push(made);
        return made;
      },
    ],
    ['GET', /^\/calendars\/([\w-]+)$/, ([, id]) => calendar(id)],
    ['PATCH', /^\/calendars\/([\w-]+)$/, ([, id], body) => applyTo(calendar(id), body)],
    [
      'GET',
      /^\/calendars\/([\w-]+)\/occurrences$/,
      ([, id], _b, query) => ({
        items: occurrencesOf(calendar(id), query.get('from'), query.get('to')),
        nextCursor: null,
      }),
    ],
    ['POST', /^\/calendars\/([\w-]+)\/closures$/, () => ({ holidayId: world.id('holi', 99), version: 2 })],
    [
      'POST',
      /^\/calendars\/([\w-]+)\/import$/,
      ([, id]) => ({
        added: 5,
        changed: 1,
        same: 12,
        notUnderstood: [{ line: 48, summary: 'Every other Tuesday', why: 'FREQ=WEEKLY is not a yearly holiday.' }],
        calendar: calendar(id),
      }),
    ],
    ['POST', /^\/sla\/preview$/, () => previewOf(world, now)],
    ['POST', /^\/sla\/dry-run$/, (_m, body) => dryRunOf(policies, body)],
    ['GET', /^\/sla-policies$/, () => page(policies)],
    [
      'POST',
      /^\/sla-policies$/,
      (_m, body) => {
        const made = { ...body, id: newId('poli', policies), version: 1 };
        policies.push(made);
        return made;
      },
    ],
    [
      'PATCH',
      /^\/sla-policies\/([\w-]+)$/,
      ([, id], { applyToOpen: _all, ...body }) => Object.assign(find(policies, id, 'SLA policy'), body),
    ],
    ['GET', /^\/queues$/, () => ({ ...page(queues), capped: 1_000 })],
    ['POST', /^\/queues$/, (_m, body) => queues.push({ ...queues[0], ...body, id: newId('queu', queues) }) && {}],
    ['PATCH', /^\/queues\/([\w-]+)$/, ([, id], body) => Object.assign(find(queues, id, 'queue'), body)],
    ['GET', /^\/routing\/settings$/, () => SETTINGS],
    ['PUT', /^\/routing\/settings$/, (_m, body) => Object.assign(SETTINGS, body)],
    [
      'GET',
      /^\/routing\/fairness$/,
      () =>
        page(
          world.agents.slice(0, 3).map(({ id: agentId, name }, n) => ({
            agentId,
            name,
            assigned: 24 - n * 5,
            claimed: n * 3,
            leftOpen: n,
            declined: n,
            timedOut: 2 - n,
            answered: 22 - n * 4,
            easyShare: n === 2 ? null : 0.4 + n / 5,
            meanWaitMs: n === 2 ? null : (7 + n) * MINUTE,
          })),
        ),
    ],
    [
      'GET',
      /^\/agents\/([\w-]+)\/skills$/,
      ([, id]) => ({
        skills: id === world.agents[0].id ? { 'lang:fa': 5, 'lang:en': 3, refunds: 4 } : { 'lang:fa': 5 },
      }),
    ],
    ['PUT', /^\/agents\/([\w-]+)\/skills$/, (_m, body) => body],
    ['GET', /^\/rules$/, () => page(rules)],
    [
      'POST',
      /^\/rules$/,
      (_m, body) => {
        if (body.when.length === 0)
          throw refuse(422, 'validation_failed', 'Please correct: when.', {
            fields: [{ path: 'when', problem: 'must be a list of at least one' }],
          });
        const made = { ...body, id: newId('rule', rules), rank: rules.length + 1, version: 1 };
        rules.push(made);
        return made;
      },
    ],
    [
      'PUT',
      /^\/rules\/order$/,
      (_m, { ids }) => {
        rules.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
        return page(rules);
      },
    ],
    [
      'POST',
      /^\/rules\/dry-run$/,
      () => ({
        from: iso(now - 7 * DAY),
        to: iso(now),
        events: 812,
        looked: 812,
        every: 1,
        matched: 23,
        tickets: 19,
        byEvent: {},
        examples: receiptsOf(world, now).map(({ event, ticket, matched: answers }) => ({ event, ticket, answers })),
        asOfNow: ['priority', 'tier'],
        notCovered: [],
        actions: ['tag'],
      }),
    ],
    [
      'GET',
      /^\/rules\/([\w-]+)$/,
      ([, id]) => ({
        ...find(rules, id, 'rule'),
        versions: [],
        suspensions: [
          { ticket: { id: world.tickets[1].id, number: 1042, subject: 'لینک خراب' }, since: iso(now - HOUR) },
        ],
      }),
    ],
    ['PUT', /^\/rules\/([\w-]+)$/, ([, id], body) => Object.assign(find(rules, id, 'rule'), body)],
    ['GET', /^\/rules\/([\w-]+)\/receipts$/, () => page(receiptsOf(world, now))],
    ['GET', /^\/approvals$/, (_m, _b, query) => page(query.get('state') === approval.state ? [approval] : [])],
    [
      'PUT',
      /^\/approvals\/([\w-]+)$/,
      (_m, { decision, reason = null }) =>
        Object.assign(approval, {
          state: decision === 'approve' ? 'approved' : 'refused',
          reason,
          settledAt: iso(Date.now()),
          settledBy: { id: world.agents[0].id, name: world.agents[0].name },
        }),
    ],
    ['GET', /^\/webhook-endpoints$/, () => ({ ...page(endpoints), types: ['message.received', 'ticket.opened'] })],
    [
      'POST',
      /^\/webhook-endpoints$/,
      (_m, body) => {
        const made = { ...endpoints[0], ...body, id: newId('endp', endpoints) };
        endpoints.push(made);
        return { ...made, secret: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD' };
      },
    ],
    [
      'PATCH',
      /^\/webhook-endpoints\/([\w-]+)$/,
      ([, id], { enabled, ...body }) =>
        Object.assign(find(endpoints, id, 'endpoint'), body, {
          disabledAt: enabled === false ? iso(Date.now()) : null,
          disabledReason: enabled === false ? 'by_hand' : null,
        }),
    ],
    ['POST', /^\/webhook-endpoints\/([\w-]+)\/secret$/, () => ({ secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' })],
    ['POST', /^\/webhook-endpoints\/([\w-]+)\/test$/, () => ({ deliveryId: deliveries[0].id })],
    [
      'GET',
      /^\/webhook-endpoints\/([\w-]+)\/deliveries$/,
      (_m, _b, query) => page(deliveries.filter(({ state }) => [null, state].includes(query.get('state')))),
    ],
    [
      'GET',
      /^\/webhook-endpoints\/([\w-]+)\/deliveries\/([\w-]+)$/,
      ([, , id]) => ({ ...find(deliveries, id, 'delivery'), body: '{"type":"ticket.opened"}', lastAnswer: 'ok' }),
    ],
    ['POST', /^\/webhook-endpoints\/([\w-]+)\/deliveries\/([\w-]+)\/replay$/, () => undefined],
    ['POST', /^\/webhook-endpoints\/([\w-]+)\/replay$/, () => ({ events: 3, failed: 1, more: false })],
    ['GET', /^\/handoff-settings$/, () => handoff],
    [
      'PUT',
      /^\/handoff-settings$/,
      (_m, body) => {
        if (body.version !== handoff.version)
          throw refuse(409, 'conflict', 'Somebody else changed these settings; read them again.', {
            version: handoff.version,
          });
        if (!body.texts.codeMail?.fa?.includes('{code}') && body.texts.codeMail?.fa)
          throw refuse(422, 'validation_failed', 'Please correct the texts.', {
            fields: [{ path: 'texts.codeMail.fa', problem: 'must say where the {code} stands' }],
          });
        return Object.assign(handoff, body, { ownTexts: body.texts, version: handoff.version + 1 });
      },
    ],
    ['GET', /^\/surveys\/settings$/, () => page([survey])],
    [
      'PUT',
      /^\/surveys\/settings$/,
      (_m, body) =>
        Object.assign(survey, body, { ownTexts: body.texts, texts: survey.texts, version: survey.version + 1 }),
    ],
    [
      'GET',
      /^\/surveys$/,
      () => {
        const csat = (name, id) => ({ id, name, asked: 60, answers: 34, scores: {}, average: 4.41, satisfied: 88.2 });
        const nps = (name, id) => ({ id, name, asked: 20, answers: 12, scores: {}, nps: 41.7 });
        const [agent, channel] = [world.agents[0], world.channels[0]];
        return {
          csat: {
            ...csat(null, null),
            byAgent: [csat(agent.name, agent.id)],
            byChannel: [csat(channel.name, channel.id)],
            byBrand: [],
          },
          nps: { ...nps(null, null), byAgent: [nps(agent.name, agent.id)], byChannel: [], byBrand: [] },
          notAsked: [
            { reason: 'asked_lately', count: 9 },
            { reason: 'channel_left_out', count: 4 },
          ],
        };
      },
    ],
    ['GET', /^\/voice-accounts$/, () => page(accounts)],
    ['POST', /^\/voice-accounts$/, (_m, body) => accounts.push({ ...accounts[0], ...body, id: 'v2' }) && accounts[1]],
    ['PATCH', /^\/voice-accounts\/([\w-]+)$/, ([, id], body) => Object.assign(find(accounts, id, 'account'), body)],
    [
      'POST',
      /^\/voice-accounts\/([\w-]+)\/check$/,
      () => ({ checks: [{ name: 'account', state: 'ok', message: 'The account is active.' }] }),
    ],
    [
      'GET',
      /^\/call-settings$/,
      () => ({
        calendarId: null,
        slotMinutes: 30,
        capacity: null,
        maxAttempts: 3,
        retryMs: 30 * MINUTE,
        leaseMs: 10 * MINUTE,
        expireMs: 2 * DAY,
        country: 'IR',
      }),
    ],
    ['PATCH', /^\/call-settings$/, (_m, body) => body],
    ['POST', /^\/ticket-fields$/, (_m, body) => ({ ...body, id: 'f9' })],
    ['PATCH', /^\/ticket-fields\/([\w-]+)$/, (_m, body) => body],
    ['PUT', /^\/ticket-settings$/, (_m, body) => body],
    ['GET', /^\/repeats\/settings$/, () => ({ spanDays: 7, merge: false, wavePeople: 5, waveMinutes: 60 })],
    ['PUT', /^\/repeats\/settings$/, (_m, body) => body],
    ['POST', /^\/(macros|canned-replies)$/, (_m, body) => ({ ...body, id: 'm9' })],
    ['PUT', /^\/(macros|canned-replies)\/([\w-]+)$/, (_m, body) => body],
    [
      'GET',
      /^\/reports\/summary$/,
      (_m, _b, query) => ({ items: summaryOf(world, query.get('by')), timeZone: 'Asia/Tehran' }),
    ],
  ];
}
