// Channels as the server tells of them: kinds, health, readings, consent pages. In memory; what is done is kept.
import { noticeChannel, noticeRoutes } from './notice-routes.mjs';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const PROXY = {
  name: 'proxyUrl',
  label: { fa: 'پراکسی', en: 'Proxy' },
  required: false,
  help: {
    fa: 'پراکسی همهٔ تماس‌ها با شبکه. اگر خالی بماند، مستقیم است.',
    en: 'Proxy for all calls to the network, http://user:password@host:port. Left empty, calls go out directly.',
  },
};
const TOKEN = {
  name: 'accessToken',
  label: { fa: 'توکن دسترسی', en: 'Access token' },
  required: true,
  help: { fa: 'به ما اجازهٔ خواندن و نوشتن از طرف حساب را می‌دهد.', en: 'Lets us read and write for the account.' },
};
const SECRET = {
  name: 'appSecret',
  label: { fa: 'راز برنامه', en: 'App secret' },
  required: true,
  help: { fa: 'آنچه شبکه تحویل می‌دهد با این امضا می‌شود.', en: 'Signs what the network delivers.' },
};
const VERIFY = {
  name: 'verifyToken',
  label: { fa: 'توکن تأیید', en: 'Verify token' },
  required: false,
  generated: true,
  help: { fa: 'پاسخ نخستین پرسش شبکه است.', en: 'Answers the network’s first question.' },
};
const SETTINGS = [
  {
    name: 'graphVersion',
    label: { fa: 'نسخهٔ Graph', en: 'Graph version' },
    type: 'text',
    help: { fa: 'نسخهٔ Graph API.', en: 'Version of the Graph API.' },
    default: 'v25.0',
  },
  {
    name: 'reconcileMinutes',
    label: { fa: 'فاصلهٔ مقایسه', en: 'Minutes between comparisons' },
    type: 'number',
    help: { fa: 'دقیقه میان دو مقایسه.', en: 'Minutes between two comparisons.' },
    default: 15,
  },
  {
    name: 'readComments',
    label: { fa: 'خواندن نظرها', en: 'Read comments' },
    type: 'boolean',
    help: { fa: 'نظرها هم خوانده می‌شوند، نه فقط پیام‌ها.', en: 'Comments are read too, not only messages.' },
    default: true,
  },
  {
    name: 'watchedPosts',
    label: { fa: 'پست‌های همیشگی', en: 'Watched posts' },
    type: 'list',
    help: {
      fa: 'پست‌هایی که همیشه مقایسه می‌شوند، هر شناسه در یک خط.',
      en: 'Posts that are always compared, one id a line.',
    },
    default: [],
  },
];
const kind = (name, oauth, credentialFields, settingFields = []) => ({
  kind: name,
  credentialFields: [...credentialFields, PROXY],
  settingFields,
  capabilities: {},
  webhookPath: name,
  oauth,
});
const KINDS = [
  kind('facebook', 'meta', [TOKEN, SECRET, VERIFY], SETTINGS),
  kind('instagram', 'instagram', [TOKEN, SECRET, VERIFY], SETTINGS),
  kind('whatsapp', null, [TOKEN, SECRET, VERIFY], SETTINGS),
  kind('telegram', null, [{ ...TOKEN, help: { fa: 'توکنی که BotFather داده است.', en: 'The token BotFather gave.' } }]),
  kind('bale', null, [TOKEN]),
  kind('rubika', null, [TOKEN]),
  kind('eitaa', null, [TOKEN]),
  kind('x', 'x', [TOKEN, SECRET]),
  kind('linkedin', 'linkedin', [TOKEN]),
  kind('youtube', 'google', [TOKEN]),
  kind('email', null, [
    {
      name: 'password',
      label: { fa: 'گذرواژه', en: 'Password' },
      required: false,
      help: { fa: 'گذرواژهٔ صندوق نامه.', en: 'Password (or app password) of the mailbox.' },
    },
  ]),
  kind('webchat', null, []),
  kind('api', null, [{ ...SECRET, required: false, generated: true }]),
];

/** @param refuse makes a refusal: `(status, code, message, details)` */
export function channelRoutes(world, now, refuse) {
  const { id } = world;
  const channels = world.channels.map((channel, index) => ({
    ...channel,
    brandId: id('bran', 1),
    teamId: null,
    settings: {},
    credentialsSet: ['accessToken', 'appSecret', 'proxyUrl'],
    state: index === 1 ? 'needs_reconnect' : 'active',
    stateReason: index === 1 ? 'توکن صفحه منقضی شده است.' : null,
    lastEventAt: new Date(now - index * HOUR - 60_000).toISOString(),
    createdAt: new Date(now - 30 * DAY).toISOString(),
  }));
  channels.push(noticeChannel(world, now));
  const apps = [];
  const find = (channelId) => {
    const channel = channels.find((one) => one.id === channelId);
    if (!channel) throw refuse(404, 'not_found', 'There is no such channel in this workspace.');
    return channel;
  };
  const reportOf = (channel) => ({
    checks: [
      { name: 'token', state: 'ok', message: { fa: 'توکن معتبر است.', en: 'The token is good.' } },
      channel.kind === 'whatsapp'
        ? {
            name: 'subscription',
            state: 'problem',
            message: {
              fa: 'برنامه «messages» این شماره را دریافت نمی‌کند.',
              en: 'The app does not receive “messages” of this number.',
            },
            fix: {
              fa: 'کانال را در شبکه راه بیندازید؛ خودش مشترک می‌شود.',
              en: 'Set the channel up at the network; it subscribes by itself.',
            },
          }
        : {
            name: 'subscription',
            state: 'ok',
            message: { fa: 'همهٔ موارد تحویل می‌شوند.', en: 'All fields are delivered.' },
          },
      {
        name: 'public_address',
        state: 'unknown',
        message: { fa: 'PUBLIC_URL تنظیم نشده است.', en: 'PUBLIC_URL is not set.' },
        fix: { fa: 'PUBLIC_URL را تنظیم کنید.', en: 'Set PUBLIC_URL.' },
      },
    ],
    tokenExpiresAt: new Date(now + 40 * DAY).toISOString(),
    missingScopes: [],
  });
  const alarmsOf = (channel) =>
    channel.kind !== 'whatsapp'
      ? []
      : [
          {
            id: id('alar', 1),
            name: 'subscription',
            message: {
              fa: 'برنامه «messages» این شماره را دریافت نمی‌کند.',
              en: 'The app does not receive “messages” of this number.',
            },
            fix: {
              fa: 'کانال را در شبکه راه بیندازید؛ خودش مشترک می‌شود.',
              en: 'Set the channel up at the network; it subscribes by itself.',
            },
            raisedAt: new Date(now - 2 * HOUR).toISOString(),
            seenAt: new Date(now).toISOString(),
            clearedAt: null,
          },
        ];
  const connection = {
    id: id('conn', 1),
    kind: 'facebook',
    state: 'granted',
    reason: null,
    scopes: [
      { scope: 'pages_messaging', why: { fa: 'برای پاسخ به پیام‌های صفحه', en: 'to answer messages of the page' } },
    ],
    accounts: [
      {
        kind: 'facebook',
        externalId: '204857600000002',
        name: 'Harbour Shop',
        handle: '@harbour.shop',
        missingScopes: [],
        connected: false,
      },
      {
        kind: 'facebook',
        externalId: '104857600000001',
        name: 'Harbour فارسی',
        missingScopes: ['pages_messaging'],
        connected: true,
      },
      {
        kind: 'facebook',
        externalId: '304857600000003',
        name: 'Old page',
        missingScopes: [],
        problem: 'You are not an administrator of this page.',
        connected: false,
      },
    ],
  };
  const page = (items) => ({ items, nextCursor: null });
  return [
    ...noticeRoutes(world, now, refuse),
    ['GET', /^\/channels$/, () => page(channels)],
    ['GET', /^\/channels\/alarms$/, () => page(world.openAlarms ?? [])],
    ['GET', /^\/channels\/kinds$/, () => page(KINDS)],
    ['GET', /^\/oauth-apps$/, () => page(apps)],
    [
      'PUT',
      /^\/oauth-apps\/(\w+)$/,
      ([, network], { clientId }) =>
        void apps.push({ network, clientId, settings: {}, updatedAt: new Date().toISOString() }),
    ],
    [
      'POST',
      /^\/channels\/connect\/(\w+)$/,
      () => ({ connectionId: connection.id, authorizeUrl: `/admin/channels?connection=${connection.id}` }),
    ],
    ['GET', /^\/channels\/connect\/([\w-]+)$/, () => connection],
    [
      'POST',
      /^\/channels\/connect\/([\w-]+)\/accounts$/,
      (_m, { accounts }) => ({
        items: accounts.map(({ externalId }, index) => ({
          channel: { ...channels[1], id: id('chan', 90 + index), externalId, name: `Harbour ${index + 1}` },
          report: reportOf(channels[1]),
        })),
      }),
    ],
    [
      'POST',
      /^\/channels$/,
      (_m, body) => {
        if (body.credentials.accessToken === 'wrong')
          throw refuse(422, 'validation_failed', 'Please correct the credentials.', {
            fields: [{ path: 'credentials.accessToken', problem: 'is not a token of this network' }],
          });
        const channel = {
          ...channels[0],
          ...body,
          id: id('chan', channels.length + 1),
          externalId: body.externalId ?? 'made',
          credentialsSet: Object.keys(body.credentials),
          lastEventAt: null,
        };
        delete channel.credentials;
        channels.push(channel);
        return channel;
      },
    ],
    [
      'PATCH',
      /^\/channels\/([\w-]+)$/,
      ([, channelId], { credentials, ...change }) => {
        const channel = find(channelId);
        Object.assign(channel, change);
        if (credentials || change.state === 'active') Object.assign(channel, { state: 'active', stateReason: null });
        return channel;
      },
    ],
    [
      'GET',
      /^\/channels\/([\w-]+)\/health$/,
      ([, channelId]) => {
        const channel = find(channelId);
        return {
          report: channel.kind === 'api' ? null : reportOf(channel),
          reportedAt: channel.kind === 'api' ? null : new Date(now - 12 * 60_000).toISOString(),
          alarms: alarmsOf(channel),
          lastEventAt: channel.lastEventAt,
          silence: { expected: channel.kind === 'x' ? 14 : 1, unlike: channel.kind === 'x' },
          webhookUrl: `https://desk.harbour.example/webhooks/${channel.kind}/${channelId}`,
        };
      },
    ],
    [
      'GET',
      /^\/channels\/([\w-]+)\/pulls$/,
      ([, channelId]) =>
        find(channelId).kind === 'webchat'
          ? { plan: null, pulls: [], costs: [] }
          : {
              plan: {
                pollMs: 60_000,
                reconcileMs: 900_000,
                backfillMs: 90 * DAY,
                dailyBudget: { amount: 5, unit: 'usd' },
              },
              pulls: [
                {
                  reason: 'poll',
                  since: null,
                  dueAt: new Date(now + 60_000).toISOString(),
                  failures: 0,
                  error: null,
                  code: null,
                  lastOkAt: new Date(now - 60_000).toISOString(),
                  found: 1204,
                  lastFoundAt: new Date(now - 5 * 60_000).toISOString(),
                },
                {
                  reason: 'reconcile',
                  since: null,
                  dueAt: new Date(now + 600_000).toISOString(),
                  failures: 3,
                  error: 'HTTP 503 of the network',
                  code: 'unavailable',
                  lastOkAt: new Date(now - 2 * HOUR).toISOString(),
                  found: 3,
                  lastFoundAt: new Date(now - DAY).toISOString(),
                },
              ],
              costs: [0, 1, 2].map((ago) => ({
                day: new Date(now - ago * DAY).toISOString().slice(0, 10),
                unit: 'usd',
                amount: 1.25 + ago,
              })),
            },
    ],
    ['POST', /^\/channels\/([\w-]+)\/(check|subscribe)$/, ([, channelId]) => reportOf(find(channelId))],
    [
      'POST',
      /^\/channels\/([\w-]+)\/test-message$/,
      (_m, { to }) =>
        to === 'nobody'
          ? { status: 'failed', reason: 'The person has blocked the bot.', code: '403', fix: 'none' }
          : { status: 'sent', externalId: 'm1' },
    ],
    [
      'POST',
      /^\/channels\/([\w-]+)\/backfill$/,
      (_m, { since }) => ({
        since: since ?? new Date(now - 90 * DAY).toISOString(),
        workSince: new Date(now - 2 * DAY).toISOString(),
      }),
    ],
    [
      'GET',
      /^\/channels\/([\w-]+)\/templates$/,
      ([, channelId]) => {
        if (find(channelId).kind !== 'whatsapp') throw refuse(404, 'not_found', 'No templates.');
        return page([
          {
            name: 'order_sent',
            language: 'fa',
            category: 'UTILITY',
            body: 'سلام {{1}}، سفارش {{2}} شما فرستاده شد.',
            footer: 'فروشگاه بندر',
            buttons: [],
            blanks: [
              { in: 'body', name: '1', named: false },
              { in: 'body', name: '2', named: false },
            ],
          },
          {
            name: 'come_back',
            language: 'en_US',
            category: 'MARKETING',
            body: 'We kept your cart. Anything we can help with?',
            buttons: [],
            blanks: [],
          },
        ]);
      },
    ],
  ];
}
