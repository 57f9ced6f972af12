import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { verifyThreadToken } from '../../../src/channels/connectors/email/thread-token';
import { startSocks } from '../../support/socks-proxy';
import { type MailOptions, type MailSimulator, startMail } from './server';
import { CONVERSATION, CREDENTIALS, Desk, keysOf, MESSAGE, startProxy, theMessage } from './spec-support';

const OURS = `out.${MESSAGE}@shop.example`;

let sim: MailSimulator;
let desk: Desk;

async function start(options: MailOptions = {}, settings: object = {}): Promise<void> {
  sim = await startMail(options);
  desk = new Desk(sim, settings);
}

afterEach(() => sim.close());

describe('a conversation', () => {
  beforeEach(() => start());

  it('a mail comes in, our answer goes out, and the reply to it finds the conversation', async () => {
    const first = await sim.act.mail({ by: 'negar', text: 'سلام، سفارشم نرسیده', subject: 'سفارش' });
    const asked = theMessage(await desk.pullAll());
    expect(asked).toMatchObject({
      externalId: first,
      threadKey: `mail:${first}`,
      author: { externalId: 'negar@example.com', name: 'نگار رضایی' },
      subject: 'سفارش',
      text: 'سلام، سفارشم نرسیده',
      meta: { verifiedSender: true },
    });

    const thread = { conversationId: CONVERSATION, ticketNumber: 12045, subject: 'سفارش', externalIds: [first] };
    expect(await desk.send({ thread })).toEqual({ status: 'sent', externalId: OURS });
    expect(sim.effects).toMatchObject([{ to: 'negar@example.com', messageId: OURS, shown: true }]);

    await sim.act.reply({ by: 'negar', text: 'ممنون، منتظرم 🙏' });
    const answered = theMessage(await desk.pullAll());
    expect(answered).toMatchObject({ text: 'ممنون، منتظرم 🙏', threadKey: `mail:${first}`, replyToExternalId: OURS });
    const token = answered.threadAliases?.[0]?.replace('token:', '') ?? '';
    expect(verifyThreadToken(token, CREDENTIALS.threadKey)).toBe(CONVERSATION);
    expect(answered.threadAliases).toContain(`mail:${OURS}`);
  });

  it('a reply that lost every header still quotes its conversation', async () => {
    await desk.send();
    const html = sim.effects[0]!.source.toString().replaceAll('=\r\n', '').replaceAll('=3D', '=');
    const [mark] = /\{#t-[^#]+#\}/.exec(html)!;
    await sim.act.mail({
      by: 'negar',
      text: 'ممنون',
      html: `<p>ممنون</p><blockquote type="cite">${mark}</blockquote>`,
    });
    const answer = theMessage(await desk.pullAll());
    const [quoted] = (answer.threadAliases ?? []).filter((alias) => alias.startsWith('quoted:'));
    expect(verifyThreadToken(quoted!.slice('quoted:'.length), CREDENTIALS.threadKey)).toBe(CONVERSATION);
    expect(JSON.stringify(answer.meta)).not.toContain('{#t-');
  });

  it('our words and files arrive as they were written', async () => {
    const file = Buffer.from([0, 255, 13, 10, 46, 13, 10]);
    const read = () => Promise.resolve(file);
    const attachments = [
      { kind: 'file', url: 'https://files.example/1', name: 'رسید.bin', mimeType: 'application/octet-stream', read },
    ];
    await desk.send({ attachments, author: 'bot' });
    const source = sim.effects[0]!.source;
    const delivered = { ...desk.channel, externalId: 'negar@example.com', settings: {} };
    const [event] = await desk.connector.parse({ mime: source.toString('base64') }, { channel: delivered });
    expect(event).toMatchObject({
      author: { externalId: 'support@shop.example' },
      subject: 'Re: سفارش [#12045]',
      subtype: 'auto_reply',
      meta: { autoReason: 'Auto-Submitted: auto-replied' },
      attachments: [{ name: 'رسید.bin', sizeBytes: file.length }],
    });
    expect(theMessage([event!]).text).toContain('سفارش شما فردا می\u200cرسد 🚚');
  });

  it('what machines send is known for what it is', async () => {
    await desk.send();
    await sim.act.outOfOffice({ by: 'negar' });
    sim.act.bounce({ by: 'negar' });
    sim.act.bounce({ by: 'negar', action: 'delayed', status: '4.2.2' });
    sim.act.readReceipt({ by: 'negar' });
    expect(await desk.pullAll()).toMatchObject([
      { type: 'message', subtype: 'auto_reply', opensWork: false },
      { type: 'receipt', status: 'failed', externalIds: [OURS], error: { code: '5.1.1' } },
      { type: 'ignored' },
      { type: 'receipt', status: 'read', externalIds: [OURS] },
    ]);
  });

  it('leaves the mailbox as it was: nothing read, nothing gone', async () => {
    await sim.act.mail({ by: 'amir', text: 'hello' });
    await desk.pullAll();
    expect(sim.inbox.mails.map(({ flags }) => flags.size)).toEqual([0]);
    expect(sim.commands.filter((command) => /^(?:SELECT|UID STORE|STORE|EXPUNGE|UID EXPUNGE)/.test(command))).toEqual(
      [],
    );
  });
});

describe('a mail server’s refusals', () => {
  beforeEach(() => start({ ghosts: ['ghost@example.com'] }));

  it('nobody there', async () => {
    expect(await desk.send({ recipientExternalId: 'ghost@example.com' })).toMatchObject({
      status: 'failed',
      code: 'recipient_not_found',
    });
  });

  it.each([
    ['mail', 550, '5.7.1 not allowed', { status: 'failed', code: 'policy_refused', fix: 'admin' }],
    ['mail', 553, 'sender rejected', { status: 'failed', code: 'sender_refused', fix: 'admin' }],
    ['rcpt', 450, '4.2.0 greylisted', { status: 'retry', code: 'smtp_450' }],
    ['rcpt', 421, '4.7.0 too many connections', { status: 'retry', scope: 'channel' }],
    ['data', 554, '5.7.1 looks like spam', { status: 'failed', code: 'policy_refused' }],
    ['data', 552, '5.3.4 too big', { status: 'failed', code: 'too_large', fix: 'agent' }],
    ['data', 451, '4.3.0 try later', { status: 'retry' }],
    ['auth', 535, '5.7.8 wrong password', { status: 'reconnect' }],
    ['auth', 454, '4.7.0 temporary failure', { status: 'reconnect' }],
    ['connect', 554, '5.7.1 your address is blocked', { status: 'failed', code: 'policy_refused' }],
  ] as const)('at %s: %s %s', async (at, code, text, outcome) => {
    sim.smtp.faults = [{ at, answer: { code, text }, times: 1 }];
    expect(await desk.send()).toMatchObject(outcome);
    expect(sim.effects).toEqual([]);
    expect(await desk.send()).toMatchObject({ status: 'sent' }); // the next one is a new try
  });

  it.each([
    ['cuts the connection', 'connect', 'drop'],
    ['cuts the connection after the sender', 'mail', 'drop'],
    ['goes silent before the mail', 'rcpt', 'hang'],
  ] as const)('a server that %s has not got the mail', async (_, at, answer) => {
    desk = new Desk(sim, { timeoutMs: 300 });
    sim.smtp.faults = [{ at, answer, times: 1 }];
    expect(await desk.send()).toMatchObject({ status: 'retry', scope: 'channel' });
    expect(sim.effects).toEqual([]);
  });

  it('a server that is not there has not got it either', async () => {
    desk = new Desk(sim, { smtpPort: 1 });
    expect(await desk.send()).toMatchObject({ status: 'retry', code: 'server_unreachable' });
  });

  it('a file that cannot be read is tried again, one that is only an address is not', async () => {
    const attachment = { kind: 'file', url: 'https://files.example/1' };
    const read = () => Promise.reject(new Error('not now'));
    expect(await desk.send({ attachments: [{ ...attachment, read }] })).toMatchObject({ status: 'retry' });
    expect(await desk.send({ attachments: [attachment] })).toMatchObject({ status: 'failed', fix: 'agent' });
  });
});

describe('a mail that comes back', () => {
  const words = (to: string, over = '') =>
    Buffer.from(
      `From: Postmaster <postmaster@old.example>\r\nTo: <${to}>\r\nMessage-ID: <x1234567@old.example>\r\nSubject: undelivered\r\n${over}\r\nSorry. 550 5.1.1 nobody of that name`,
    );

  it('is known by the address it comes back to, though nothing of it is left', async () => {
    await start({}, { bounceAddresses: true });
    expect(await desk.send()).toMatchObject({ status: 'sent' });
    const { returnPath, source } = sim.effects[0]!;
    expect(returnPath).toMatch(/^support\+b-[a-z2-7]{26}\.[a-z2-7]{10}@shop\.example$/);
    expect(source.toString()).toContain('From: support@shop.example');
    sim.arrive(words(returnPath), '');
    sim.arrive(words(returnPath, 'Auto-Submitted: auto-replied (vacation)\r\n'), '');
    sim.arrive(words(returnPath.replace(/.@/, (end) => (end === 'a@' ? 'b@' : 'a@'))), '');
    sim.arrive(words(returnPath), 'somebody@example.net');
    const events = await desk.pullAll();
    expect(events.map(({ type }) => type)).toEqual(['receipt', 'message', 'message', 'message']);
    expect(events[0]).toMatchObject({ status: 'failed', externalIds: [OURS], error: { code: '5.1.1' } });
  });

  it('comes back to where it was written from, unless the server takes other addresses', async () => {
    await start();
    await desk.send();
    expect(sim.effects[0]!.returnPath).toBe('support@shop.example');
  });
});

describe('doubt', () => {
  it.each(['hang', 'drop'] as const)(
    '%s after the mail was taken: found in the sent folder, shown once if sent again',
    async (answer) => {
      await start({ filesSent: true }, { sentFolder: 'Sent', timeoutMs: 1500 });
      sim.smtp.faults = [{ at: 'data', answer, afterTaking: true, times: 1 }];
      expect(await desk.lookup()).toEqual({ status: 'absent' });
      expect(await desk.send()).toMatchObject({ status: 'unknown' });
      expect(await desk.lookup()).toEqual({ status: 'found', externalIds: [OURS] });
      expect(await desk.send()).toMatchObject({ status: 'sent', externalId: OURS });
      expect(sim.effects.map(({ shown }) => shown)).toEqual([true, false]);
    },
  );

  it('a mail that the server did not take is absent', async () => {
    await start({ filesSent: true }, { sentFolder: 'Sent', timeoutMs: 1500 });
    sim.act.smtpFault({ at: 'data', answer: 'drop', times: 1 });
    expect(await desk.send()).toMatchObject({ status: 'unknown' });
    expect(await desk.lookup()).toEqual({ status: 'absent' });
  });

  it('a server that gives mails ids of its own: its id counts, and ours finds the mail', async () => {
    await start({ filesSent: true, rewritesIds: true }, { sentFolder: 'Sent' });
    const outcome = await desk.send();
    const { messageId } = sim.effects[0]!;
    expect(messageId).toMatch(/@srv\.prod\.outlook\.com$/);
    expect(outcome).toEqual({ status: 'sent', externalId: messageId });
    expect(await desk.lookup()).toEqual({ status: 'found', externalIds: [messageId] });
  });

  it('nobody can tell without a sent folder, with one of our own filing, or with a mailbox that is closed', async () => {
    await start();
    expect(await desk.lookup()).toMatchObject({ status: 'cannot_tell' });
    desk = new Desk(sim, { sentFolder: 'Sent', appendSent: true });
    expect(await desk.lookup()).toMatchObject({ status: 'cannot_tell' });
    await desk.send();
    expect(sim.sent.mails).toHaveLength(1);
    expect(await desk.lookup()).toMatchObject({ status: 'found' });
    sim.imapFaults.login = 'refuse';
    expect(await desk.lookup()).toMatchObject({ status: 'cannot_tell' });
  });
});

describe('our own mail coming back', () => {
  it('names the message it is a copy of', async () => {
    await start();
    await desk.send();
    sim.arrive(sim.effects[0]!.source, 'support@shop.example');
    expect(await desk.pullAll()).toMatchObject([
      {
        type: 'message',
        direction: 'out',
        externalId: OURS,
        outboundMessageId: MESSAGE,
        contact: { externalId: 'negar@example.com' },
      },
    ]);
  });
});

describe('access', () => {
  it('a changed password asks for a new one, and the new one works', async () => {
    await start();
    await sim.act.mail({ by: 'sara', text: 'hi' });
    sim.act.changePassword({ password: 'changed' });
    expect(await desk.pull()).toMatchObject({ status: 'reconnect', code: 'login_refused' });
    expect(await desk.send()).toMatchObject({ status: 'reconnect', code: 'login_refused' });
    const { checks } = await desk.health();
    expect(checks).toMatchObject([
      { name: 'token', state: 'problem', serious: true },
      { name: 'sending', state: 'problem', serious: true },
      { name: 'account', state: 'ok' },
    ]);
    expect(JSON.stringify(checks)).not.toContain('app-password');
    desk = new Desk(sim, {}, { ...CREDENTIALS, password: 'changed' });
    expect(await desk.pullAll()).toHaveLength(1);
    expect((await desk.health()).checks.map(({ state }) => state)).toEqual(['ok', 'ok', 'ok']);
  });

  it('a server that lets nobody in at the moment is not a wrong password', async () => {
    await start();
    sim.imapFaults.login = 'busy';
    expect(await desk.pull()).toMatchObject({ status: 'retry', code: 'login_busy' });
    expect((await desk.health()).checks[0]).toMatchObject({ name: 'mailbox', state: 'unknown' });
  });

  it('an access token works both ways until it ends', async () => {
    await start();
    const credentials = { accessToken: 'ya29.token', accessTokenExpiresAt: '2026-11-22T12:00:00.000Z', threadKey: 'k' };
    desk = new Desk(sim, {}, credentials);
    await sim.act.mail({ by: 'sara', text: 'hi' });
    expect(await desk.pullAll()).toHaveLength(1);
    expect(await desk.send()).toMatchObject({ status: 'sent' });
    expect(await desk.health()).toMatchObject({ tokenExpiresAt: '2026-11-22T12:00:00.000Z' });
    sim.account.accessToken = 'ya29.next';
    expect(await desk.pull()).toMatchObject({ status: 'reconnect' });
    expect(await desk.send()).toMatchObject({ status: 'reconnect' });
  });

  it('no password at all, no server at all, no such folder', async () => {
    await start();
    expect(await new Desk(sim, {}, { threadKey: 'k' }).pull()).toMatchObject({
      status: 'reconnect',
      code: 'credentials_missing',
    });
    expect(await new Desk(sim, { imapHost: '' }).pull()).toMatchObject({ status: 'refused', code: 'no_imap' });
    const lost = new Desk(sim, { mailbox: 'Nowhere', smtpHost: '' });
    expect(await lost.pull()).toMatchObject({ status: 'refused', code: 'mailbox_missing' });
    expect(await lost.send()).toMatchObject({ status: 'failed', code: 'no_smtp', fix: 'admin' });
    expect((await lost.health()).checks).toMatchObject([
      { name: 'mailbox', state: 'problem', serious: true },
      { name: 'sending', state: 'problem' },
      { name: 'account' },
    ]);
  });

  it('nothing is said to a server that cannot prove itself, or offers no encryption', async () => {
    await start({ smtpTls: true }, { allowInsecure: false, imapSecure: false });
    expect(await desk.pull()).toMatchObject({ status: 'refused', code: 'tls_failed' });
    expect(sim.commands.filter((command) => /^(?:LOGIN|AUTHENTICATE)/.test(command))).toEqual([]);
    expect(await desk.send()).toMatchObject({ status: 'retry', code: 'tls_failed' });
    expect((await desk.health()).checks).toMatchObject([
      { name: 'mailbox', state: 'problem', serious: true },
      { name: 'sending', state: 'problem', serious: true },
      { name: 'account' },
    ]);
  });

  it('everything can go through the channel’s proxy', async () => {
    await start();
    const proxy = await startProxy();
    desk = new Desk(sim, {}, { ...CREDENTIALS, proxyUrl: proxy.url });
    await sim.act.mail({ by: 'sara', text: 'hi' });
    expect(await desk.pullAll()).toHaveLength(1);
    expect(await desk.send()).toMatchObject({ status: 'sent' });
    expect(proxy.tunnels).toEqual([`127.0.0.1:${sim.imap.port}`, `127.0.0.1:${sim.smtp.port}`]);
    await proxy.close();
    expect(await desk.pull()).toMatchObject({ status: 'retry' });
    expect(await desk.send()).toMatchObject({ status: 'retry' });
    expect(keysOf(await desk.events(desk.bodies))).toHaveLength(1);
  });
});

it.each(['never', 'at_once'] as const)('and through one that speaks SOCKS (TLS: %s)', async (how) => {
  const read = (name: string) => readFileSync(join(__dirname, 'certificates', name), 'utf8');
  await start({ tls: { how, certificate: { key: read('mail.key'), cert: read('mail.pem') } } });
  const socks = await startSocks({ user: 'shop', password: 'secret' });
  const proxyUrl = socks.url.replace('//', '//shop:secret@');
  const safe = { allowInsecure: false, caCertificate: read('ca.pem'), imapHost: 'localhost', smtpHost: 'localhost' };
  desk = new Desk(sim, how === 'never' ? {} : safe, { ...CREDENTIALS, proxyUrl });
  await sim.act.mail({ by: 'sara', text: 'hi' });
  expect(await desk.pullAll()).toHaveLength(1);
  expect(await desk.send()).toMatchObject({ status: 'sent' });
  const host = how === 'never' ? '127.0.0.1' : 'localhost';
  expect(socks.asked).toEqual([`${host}:${sim.imap.port}`, `${host}:${sim.smtp.port}`]);
  await socks.close();
  expect(await desk.send()).toMatchObject({ status: 'retry' });
});

describe('a token that ends', () => {
  const settings = { tokenUrl: '' };
  const credentials = {
    accessToken: 'ya29.old',
    refreshToken: 'refresh-1',
    clientId: 'client',
    clientSecret: 'secret',
    accessTokenExpiresAt: '2026-11-22T12:00:00.000Z',
    threadKey: 'k',
  };
  let asked: URLSearchParams[];
  let answer: { status: number; body: object; headers?: Record<string, string> };
  let tokens: Server;

  beforeEach(async () => {
    asked = [];
    answer = { status: 200, body: { access_token: 'ya29.token', expires_in: 3600, refresh_token: 'refresh-2' } };
    tokens = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
      request.on('end', () => {
        asked.push(new URLSearchParams(body));
        response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
        response.end(JSON.stringify(answer.body));
      });
    });
    await new Promise<void>((resolve) => tokens.listen(0, '127.0.0.1', resolve));
    settings.tokenUrl = `http://127.0.0.1:${(tokens.address() as AddressInfo).port}/token`;
    await start({}, settings);
    desk = new Desk(sim, settings, credentials);
  });
  afterEach(async () => {
    tokens.closeAllConnections();
    await new Promise<void>((resolve) => tokens.close(() => resolve()));
  });

  const refresh = (until: string) => desk.connector.refresh(desk.channel, desk.credentials, new Date(until));

  it('is renewed before it does, and the mailbox opens again', async () => {
    await sim.act.mail({ by: 'sara', text: 'hi' });
    expect(await desk.pull()).toMatchObject({ status: 'reconnect' });
    const outcome = await refresh('2026-11-22T12:30:00.000Z');
    expect(outcome).toMatchObject({
      status: 'refreshed',
      credentials: { accessToken: 'ya29.token', refreshToken: 'refresh-2' },
    });
    expect(Object.fromEntries(asked[0]!)).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'refresh-1',
      client_id: 'client',
      client_secret: 'secret',
    });
    if (outcome.status === 'refreshed') desk = new Desk(sim, settings, { ...credentials, ...outcome.credentials });
    expect(await desk.pullAll()).toHaveLength(1);
  });

  it('is left alone while it lives, and where there is nothing to renew it with', async () => {
    expect(await refresh('2026-11-22T11:00:00.000Z')).toEqual({ status: 'not_needed' });
    desk = new Desk(sim, settings, { password: 'app-password' });
    expect(await refresh('2027-01-01T00:00:00.000Z')).toEqual({ status: 'not_needed' });
    expect(asked).toEqual([]);
  });

  it.each([
    [
      { status: 400, body: { error: 'invalid_grant' } },
      { status: 'reconnect', code: 'invalid_grant' },
    ],
    [{ status: 503, body: {} }, { status: 'retry' }],
    [
      { status: 429, body: {}, headers: { 'retry-after': '30' } },
      { status: 'retry', afterMs: 30_000 },
    ],
  ])('%j means %j', async (given, outcome) => {
    answer = given;
    expect(await refresh('2026-11-22T12:30:00.000Z')).toMatchObject(outcome);
  });
});
