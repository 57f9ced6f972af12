// A small believable day of a bilingual brand, for looking at the console without the server.
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const id = (kind, number) => `${kind}-0000-4000-8000-${String(number).padStart(12, '0')}`;

const AGENTS = [
  {
    id: id('ada', 1),
    name: 'سارا محمدی',
    email: 'sara@harbour.example',
    role: 'owner',
    presence: 'online',
    load: 3,
    capacity: 8,
  },
  {
    id: id('ada', 2),
    name: 'رضا کریمی',
    email: 'reza@harbour.example',
    role: 'agent',
    presence: 'online',
    load: 5,
    capacity: 6,
  },
  {
    id: id('ada', 3),
    name: 'Ada Whitfield',
    email: 'ada@harbour.example',
    role: 'lead',
    presence: 'away',
    load: 1,
    capacity: 4,
  },
  {
    id: id('ada', 4),
    name: 'نیلوفر احمدی',
    email: 'niloofar@harbour.example',
    role: 'agent',
    presence: 'offline',
    load: 0,
    capacity: 6,
  },
];
const TEAMS = [
  { id: id('team', 1), name: 'پشتیبانی', assignment: 'push' },
  { id: id('team', 2), name: 'Social', assignment: 'pull' },
];
const CHANNELS = [
  { id: id('chan', 1), kind: 'instagram', name: 'harbour.shop', externalId: '17841400000000001' },
  { id: id('chan', 2), kind: 'facebook', name: 'Harbour فارسی', externalId: '104857600000001' },
  { id: id('chan', 3), kind: 'webchat', name: 'سایت فروشگاه', externalId: 'wc_harbour' },
  { id: id('chan', 4), kind: 'whatsapp', name: 'واتس‌اپ فروشگاه', externalId: '106540352242922' },
  { id: id('chan', 5), kind: 'email', name: 'پشتیبانی', externalId: 'care@harbour.example' },
  { id: id('chan', 6), kind: 'telegram', name: 'ربات بندر', externalId: '7012345678' },
  { id: id('chan', 7), kind: 'x', name: '@harbour_ir', externalId: '1790000000000000001' },
  { id: id('chan', 8), kind: 'bale', name: 'بازوی بندر', externalId: '900112233' },
];
const POST = {
  id: id('post', 1),
  text: 'جشنوارهٔ پاییزه شروع شد 🍂 ۳۰٪ تخفیف روی همه‌چیز تا جمعه #OffAutumn',
  permalink: 'https://www.instagram.com/p/Cx1/',
  mediaUrl: null,
  kind: 'image',
};

// [name, handle, channel, kind, status, priority, due in minutes, assignee, preview direction, words of the customer …]
const STORIES = [
  [
    'مریم رضایی',
    '@maryam.rz',
    0,
    'comment',
    'open',
    'urgent',
    -12,
    0,
    'in',
    [
      'سلام، سفارش #A-48213 هنوز نرسیده 😕',
      'Order confirmation: https://shop.example.ir/o/A-48213?utm=ig\nشماره‌ام 0912 123 4567 هست.',
    ],
  ],
  [
    'Sara Ahmadi',
    '@sara_ah',
    0,
    'dm',
    'new',
    'normal',
    9,
    null,
    'in',
    ['Hi! Is the blue jacket back in stock? می‌خواهم سایز M'],
  ],
  [
    'علی کریمی',
    '@ali.k',
    1,
    'comment',
    'open',
    'normal',
    25,
    0,
    'out',
    ['https://shop.example.ir/p/123?ref=fb این لینک خراب است'],
  ],
  ['نگار محمدی', '@negar', 0, 'comment', 'open', 'high', 48, 1, 'in', ['کد تخفیف WELCOME20 کار نمی‌کنه!']],
  [
    'John Smith',
    'john.smith',
    2,
    'dm',
    'pending',
    'normal',
    130,
    0,
    'note',
    ['My parcel says delivered but nothing is here. Tracking 21450-11320'],
  ],
  ['پریسا احمدی', '@parisa', 0, 'comment', 'new', 'low', 170, null, 'in', ['مرسی از پیگیری‌تون ❤️']],
  ['کامران یوسفی', '@kami', 1, 'dm', 'on_hold', 'normal', 300, 2, 'in', ['Hi, is the زعفران pack back in stock?']],
  ['بازدیدکنندهٔ ۴۸', null, 2, 'dm', 'new', 'normal', 14, null, 'in', ['ساعت کاری فروشگاه انقلاب چند تا چند است؟']],
  [
    'زهرا موسوی',
    '@z_mousavi',
    0,
    'comment',
    'solved',
    'normal',
    null,
    0,
    'out',
    ['چرا قیمت iPhone 15 Pro توی سایت با پیج فرق داره؟'],
  ],
  ['حسین نوری', '+98 912 000 1122', 3, 'dm', 'open', 'normal', 400, 1, 'in', ['سلام، عکس کالای شکسته را می‌فرستم']],
  ['شرکت نمونه', 'buyer@example.com', 4, 'dm', 'open', 'normal', 500, 1, 'in', ['لطفاً فاکتور سفارش را بفرستید.']],
  ['نگین رستمی', '@negin_r', 5, 'dm', 'open', 'normal', 600, 1, 'out', ['آدرس جدیدم را ثبت کنید لطفاً']],
];

const message = (conversation, seq, at, change) => ({
  id: id('msg', conversation * 1000 + seq),
  conversationId: id('conv', conversation),
  ticketId: id('tick', conversation),
  seq,
  direction: 'in',
  visibility: 'public',
  author: { kind: 'contact', id: id('cont', conversation), name: null },
  text: '',
  subtype: null,
  parentMessageId: null,
  replyToMessageId: null,
  attachments: [],
  reactions: [],
  networkAt: new Date(at).toISOString(),
  receivedAt: new Date(at + 400).toISOString(),
  editedAt: null,
  versions: 1,
  hiddenAt: null,
  deletedAt: null,
  deletedBy: null,
  deleteReason: null,
  delivery: null,
  suggestion: null,
  ...change,
});
const ours = (agent, visibility, text, state, extra = {}) => ({
  direction: 'out',
  visibility,
  author: { kind: 'agent', id: agent.id, name: agent.name },
  text,
  delivery: { state, reason: null, code: null },
  ...extra,
});
const suggestion = (number, change = {}) => ({
  id: id('bota', number),
  articleId: id('faqa', 1),
  title: 'زمان ارسال سفارش',
  answer: 'سفارش‌ها ۲ تا ۴ روز کاری پس از ثبت می‌رسند. کد رهگیری با پیامک فرستاده می‌شود.',
  score: 0.87,
  locale: 'fa',
  mode: 'suggested',
  outcome: null,
  ...change,
});

const attachment = (number, kind, change = {}) => ({
  id: typeof number === 'string' ? number : id(kind.slice(0, 4), number),
  kind,
  url: null,
  name: null,
  mimeType: null,
  sizeBytes: null,
  state: 'stored',
  error: null,
  meta: null,
  ...change,
});
const stored = (number, kind, change = {}) => {
  const one = attachment(number, kind, change);
  return { ...one, url: `/api/v1/attachments/${one.id}/file` };
};

/** Every kind of attachment, in each of its states. */
const FILES = [
  stored(1, 'image', { name: 'شکسته.jpg', mimeType: 'image/jpeg', sizeBytes: 240_000 }),
  stored(2, 'audio', { mimeType: 'audio/wav', sizeBytes: 8_044 }),
  stored(3, 'file', { name: 'فاکتور-48213.pdf', mimeType: 'application/pdf', sizeBytes: 1_830_000 }),
  attachment(4, 'video', { state: 'pending' }),
  attachment(5, 'image', { state: 'failed', error: 'The network did not answer.' }),
  attachment(6, 'file', { name: 'قرارداد.docx', state: 'gone' }),
  attachment(7, 'location', {
    name: 'فروشگاه انقلاب',
    state: 'linked',
    meta: { latitude: 35.7009, longitude: 51.3912, address: 'میدان انقلاب، تهران' },
  }),
  attachment(8, 'contact', {
    name: 'انبار مرکزی',
    state: 'linked',
    meta: { phones: ['+98 21 8800 1122'], emails: ['store@harbour.example'], company: 'بندر' },
  }),
];

/** The long thread: everything a bubble can be. */
function fullThread(now) {
  const at = (ms) => now - ms;
  const say = (seq, ago, change) => message(1, seq, at(ago), change);
  const [sara, reza] = AGENTS;
  return [
    say(1, DAY + 5 * HOUR, {
      text: 'سلام، سفارش #A-48213 رو روز ۲۸ آبان ثبت کردم. کی می‌رسه؟',
      suggestion: suggestion(1, { mode: 'sent' }),
    }),
    say(
      2,
      DAY + 5 * HOUR - MINUTE,
      ours(sara, 'public', 'سفارش‌ها ۲ تا ۴ روز کاری پس از ثبت می‌رسند. کد رهگیری با پیامک فرستاده می‌شود.', 'read', {
        author: { kind: 'bot', id: null, name: null },
      }),
    ),
    say(3, DAY + 4 * HOUR, {
      text: 'هنوز نرسیده 😕',
      reactions: [
        { emoji: '❤️', reaction: 'love', count: 2, own: false },
        { emoji: null, reaction: 'like', count: 1, own: true },
      ],
      editedAt: new Date(at(DAY + 3 * HOUR)).toISOString(),
      versions: 2,
    }),
    say(4, DAY + 3 * HOUR, {
      direction: 'note',
      visibility: 'internal',
      author: { kind: 'agent', id: reza.id, name: reza.name },
      text: '@Sara لطفاً با انبار هماهنگ کن — تا ۲ ساعت دیگه. Ticket #48213',
    }),
    say(
      5,
      3 * HOUR,
      ours(
        sara,
        'public',
        'سلام مریم جان، همین الان پیگیری می‌کنم. کد رهگیری پستی: 21450-11320 (Post.ir)',
        'delivered',
      ),
    ),
    say(
      6,
      2 * HOUR,
      ours(sara, 'private', 'برای پیگیری دقیق‌تر لطفاً شمارهٔ تماستان را همین‌جا بفرستید.', 'failed', {
        delivery: { state: 'failed', reason: 'پنجرهٔ پیام‌رسانی این کاربر بسته است.', code: '10' },
      }),
    ),
    say(7, 40 * MINUTE, {
      text: 'این پیج کلاهبرداره!!',
      author: { kind: 'contact', id: null, name: 'کاربر ناشناس' },
      hiddenAt: new Date(at(30 * MINUTE)).toISOString(),
    }),
    say(8, 35 * MINUTE, {
      text: 'اشتباه نوشتم',
      deletedAt: new Date(at(34 * MINUTE)).toISOString(),
      deletedBy: { kind: 'contact' },
      deleteReason: 'deleted_at_source',
    }),
    say(9, 13 * MINUTE, {
      text: 'Order confirmation: https://shop.example.ir/o/A-48213?utm=ig\nشماره‌ام 0912 123 4567 هست.',
    }),
    say(10, 12 * MINUTE, { text: 'سلام، سفارش #A-48213 هنوز نرسیده 😕', suggestion: suggestion(2) }),
  ];
}

const TAGS = [['تاخیر ارسال', 'vip'], [], ['لینک خراب'], ['تخفیف', 'فوری'], ['missing-parcel']];

/** What routing and the agents' work add to a ticket. */
const workOf = (index, kind, now) => ({
  queue: null,
  workType: kind,
  type: index === 0 ? 'شکایت' : null,
  tags: [...(TAGS[index] ?? [])],
  language: index === 1 || index === 4 ? 'en' : 'fa',
  fields: index === 0 ? { order_number: 'A-48213', region: 'tehran' } : {},
  resolution: index === 8 ? 'no_answer_needed' : null,
  snoozedUntil: index === 6 ? new Date(now + DAY).toISOString() : null,
  wakeOn: index === 6 ? ['reply'] : [],
  mergedInto: null,
  parent: null,
});

export function createWorld(now) {
  const tickets = STORIES.map(
    ([name, handle, channel, kind, status, priority, due, assignee, previewDirection, words], index) => {
      const number = index + 1;
      const { kind: channelKind, name: channelName, id: channelId } = CHANNELS[channel];
      const agent = assignee === null ? null : AGENTS[assignee];
      const spoken = new Date(now - (index * 17 + 12) * MINUTE).toISOString();
      return {
        id: id('tick', number),
        number: 1040 + number,
        status,
        priority,
        kind,
        subject: null,
        preview:
          previewDirection === 'out'
            ? 'لینک درست شد، لطفاً دوباره امتحان کنید 🙏'
            : previewDirection === 'note'
              ? 'با شرکت پست تماس گرفتم، تا فردا خبر می‌دهند'
              : words[0],
        previewDirection,
        position: number,
        version: 1,
        contact: { id: id('cont', number), name, handle, avatarUrl: null },
        channel: { id: channelId, kind: channelKind, name: channelName },
        brandId: id('bran', 1),
        team: TEAMS[index % 2],
        assignee: agent && { id: agent.id, name: agent.name },
        conversationId: id('conv', number),
        post: kind === 'comment' ? POST : null,
        ...workOf(index, kind, now),
        waitingSince: spoken,
        dueAt: due === null ? null : new Date(now + due * MINUTE).toISOString(),
        firstRespondedAt: null,
        lastMessageAt: spoken,
        solvedAt: null,
        createdAt: spoken,
        updatedAt: spoken,
      };
    },
  );
  const messages = new Map(
    STORIES.map(([, , , kind, , , , , previewDirection, words], index) => {
      const conversation = index + 1;
      const visibility = kind === 'dm' ? 'private' : 'public';
      const list = words.map((text, place) =>
        message(conversation, place + 1, now - (index * 17 + 12 - place) * MINUTE, { text, visibility }),
      );
      if (previewDirection === 'out')
        list.push(
          message(
            conversation,
            list.length + 1,
            now - 5 * MINUTE,
            ours(AGENTS[0], visibility, 'لینک درست شد، لطفاً دوباره امتحان کنید 🙏', 'sent'),
          ),
        );
      return [id('conv', conversation), list];
    }),
  );
  messages.set(id('conv', 1), fullThread(now));
  messages.get(id('conv', 10))[0].attachments = FILES.map((file) => ({ ...file }));
  Object.assign(messages.get(id('conv', 11))[0], {
    original: 'html',
    attachments: [stored(9, 'image', { name: 'logo' })],
  });
  tickets[10].subject = 'Re: فاکتور سفارش A-48213';
  const timeline = [
    {
      position: 1,
      at: new Date(now - DAY - 5 * HOUR).toISOString(),
      type: 'ticket.opened',
      actor: { kind: 'contact', name: 'مریم رضایی' },
      data: {},
    },
    {
      position: 2,
      at: new Date(now - DAY - 4.5 * HOUR).toISOString(),
      type: 'conversation.handler_changed',
      actor: { kind: 'agent', id: AGENTS[0].id, name: AGENTS[0].name },
      data: { from: 'bot', to: 'human' },
    },
    {
      position: 3,
      at: new Date(now - DAY - 4.4 * HOUR).toISOString(),
      type: 'ticket.assigned',
      actor: { kind: 'agent', id: AGENTS[0].id, name: AGENTS[0].name },
      data: { from: null, to: AGENTS[0].id },
    },
    {
      position: 4,
      at: new Date(now - DAY - 4.3 * HOUR).toISOString(),
      type: 'ticket.priority_changed',
      actor: { kind: 'agent', id: AGENTS[1].id, name: AGENTS[1].name },
      data: { from: 'normal', to: 'urgent' },
    },
    {
      position: 5,
      at: new Date(now - 10 * MINUTE).toISOString(),
      type: 'sla.breached',
      actor: { kind: 'system' },
      data: {},
    },
  ];
  const MB = 1024 * 1024;
  /** What is particular about some networks. */
  const EXTRAS = {
    whatsapp: {
      attachments: [{ kind: 'image', maxBytes: 5 * MB }],
      templates: true,
      window: { kind: 'closed', closesAt: null },
      refusals: { public: 'not_possible_here', private: 'window_closed' },
    },
    email: { attachments: [{ kind: 'file', maxBytes: 20 * MB }], window: { kind: 'none', closesAt: null } },
    telegram: {
      textLimit: { max: 60, unit: 'utf16_units' },
      attachments: [
        { kind: 'image', maxBytes: 10_000 },
        { kind: 'file', maxBytes: 50 * MB },
      ],
      partsTogether: 2,
      editSentMs: 48 * HOUR,
      window: { kind: 'none', closesAt: null },
    },
  };
  const capabilitiesOf = (ticket) => ({
    reply: ticket.kind === 'comment' ? ['public', 'private'] : ['private'],
    textLimit: { max: ticket.channel.kind === 'instagram' ? 2200 : 2000, unit: 'characters' },
    window: {
      kind: ticket.kind === 'dm' ? 'standard' : 'none',
      closesAt: ticket.kind === 'dm' ? new Date(now + 11 * HOUR).toISOString() : null,
    },
    privateReply:
      ticket.kind === 'comment' ? { available: false, reason: 'private_reply_used', expiresAt: null } : null,
    moderation: ticket.kind === 'comment' ? ['hide', 'unhide', 'delete', 'like', 'unlike'] : ['like', 'unlike'],
    attachments: [],
    templates: false,
    refusals: ticket.kind === 'comment' ? { private: 'private_reply_used' } : { public: 'not_possible_here' },
    ...EXTRAS[ticket.channel.kind],
  });
  const unreachableSince = (ticket) =>
    ticket.channel.kind === 'whatsapp' ? new Date(now - 3 * HOUR).toISOString() : null;
  const followers = new Map([[tickets[0].id, [{ id: AGENTS[1].id, name: AGENTS[1].name }]]]);
  const nameOf = ({ id: ticketId, number, subject, preview, status }) => ({
    id: ticketId,
    number,
    subject: subject ?? preview,
    status,
  });
  const links = new Map([[tickets[0].id, [{ ...nameOf(tickets[3]), kind: 'related', direction: 'out' }]]]);
  /** Whoever wrote the third ticket said the same thrice in a row there, and in two other places. */
  const [question, ...since] = messages.get(id('conv', 3));
  const repeats = { count: 5, firstMessageId: question.id, sameThread: false };
  const again = [1, 2].map((n) => ({
    ...question,
    id: id('msg', 3900 + n),
    seq: question.seq + n,
    networkAt: new Date(Date.parse(question.networkAt) + n * 2 * MINUTE).toISOString(),
    receivedAt: new Date(Date.parse(question.receivedAt) + n * 2 * MINUTE).toISOString(),
    repeats,
  }));
  messages.set(id('conv', 3), [
    { ...question, repeats, wave: { people: 7, since: question.networkAt } },
    ...again,
    ...since.map((message) => ({ ...message, seq: message.seq + again.length })),
  ]);
  const elsewhere = [
    { of: tickets[5], post: null, answered: false, count: 1 },
    { of: tickets[7], post: POST, answered: true, count: 2 },
  ].map(({ of, ...repeat }, index) => ({
    ticketId: of.id,
    number: of.number,
    status: of.status,
    conversationId: of.conversationId,
    threadKind: repeat.post ? 'comment' : 'dm',
    channel: of.channel,
    messageId: id('msg', 3950 + index),
    at: new Date(now - (index + 1) * HOUR).toISOString(),
    ...repeat,
  }));
  /** What stands beside a ticket when it is opened: its threads, followers and ties. */
  const beside = (ticket) => {
    const thread = (of, joined) => ({
      id: of.conversationId,
      handler: 'human',
      kind: of.kind,
      unreachableSince: null,
      channel: of.channel,
      contact: { id: of.contact.id, name: of.contact.name },
      joined,
      capabilities: capabilitiesOf(of),
    });
    return {
      conversations: [thread(ticket, false), ...(ticket === tickets[3] ? [thread(tickets[10], true)] : [])],
      followers: followers.get(ticket.id) ?? [],
      links: links.get(ticket.id) ?? [],
      children: { count: 0, items: [] },
      repeats: ticket === tickets[2] ? elsewhere : [],
    };
  };
  const agents = AGENTS.map((agent, index) => ({ ...agent, teamIds: [TEAMS[index % 2].id] }));
  return {
    now,
    tickets,
    messages,
    timeline,
    capabilitiesOf,
    unreachableSince,
    beside,
    followers,
    links,
    attachment: stored,
    agents,
    teams: TEAMS,
    channels: CHANNELS,
    message,
    ours,
    id,
    head: 100,
  };
}
