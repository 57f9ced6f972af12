import { type MailOptions, type MailSimulator, startMail } from './server';
import { Callback, CREDENTIALS, Desk, keysOf, theMessage, until } from './spec-support';

const DAY_MS = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();

let sim: MailSimulator;
let desk: Desk;
let callback: Callback | undefined;

async function start(options: MailOptions = {}, settings: object = {}): Promise<void> {
  sim = await startMail(options);
  desk = new Desk(sim, settings);
}

async function startWithHook(form: 'raw' | 'json' | 'basic', secret = CREDENTIALS.appSecret): Promise<Callback> {
  callback = new Callback();
  const callbackUrl = await callback.listen();
  await start({ hook: { callbackUrl, secret, form, maxAttempts: 20, retryMs: 20 } });
  return callback;
}

afterEach(async () => {
  await sim.close();
  await callback?.close();
  callback = undefined;
});

async function letters(count: number, at?: string): Promise<void> {
  for (let n = 1; n <= count; n++) await sim.act.mail({ by: 'negar', text: `نامه ${n}`, at });
}

describe('the hook', () => {
  it.each(['raw', 'json', 'basic'] as const)('delivers %s what IMAP reads, under the same key', async (form) => {
    const { bodies } = await startWithHook(form);
    await sim.act.mail({ by: 'negar', text: 'سلام 👋', html: '<p>سلام 👋</p>' });
    await sim.hook!.idle();
    const hooked = await desk.events(bodies);
    const pulled = await desk.pullAll();
    expect(theMessage(hooked)).toMatchObject({ text: 'سلام 👋', externalId: theMessage(pulled).externalId });
    expect(keysOf(hooked)).toEqual(keysOf(pulled));
  });

  it('delivers again: the same keys', async () => {
    const { bodies } = await startWithHook('raw');
    await letters(3);
    await sim.hook!.idle();
    sim.hook!.redeliver();
    await sim.hook!.idle();
    const keys = keysOf(await desk.events(bodies));
    expect(keys).toHaveLength(6);
    expect(new Set(keys).size).toBe(3);
  });

  it('is refused with another secret', async () => {
    const refusing = await startWithHook('raw', 'not-the-secret');
    sim.hook!.settings.maxAttempts = 2;
    await letters(1);
    await sim.hook!.idle();
    expect(refusing).toMatchObject({ bodies: [], refused: 2 });
  });

  it('comes again after an outage of ours', async () => {
    const down = await startWithHook('json');
    down.status = 503;
    await letters(2);
    await until(() => sim.hook!.deliveries.every(({ attempts }) => attempts.length > 1));
    down.status = 200;
    await sim.hook!.idle();
    expect(new Set(keysOf(await desk.events(down.bodies))).size).toBe(2);
  });
});

describe('an outage of the mail server', () => {
  it('what came meanwhile comes by the next pull, with the keys the hook used', async () => {
    const { bodies } = await startWithHook('raw');
    await letters(1);
    await desk.pullAll();
    sim.act.outage({ down: true });
    expect(await desk.pull()).toMatchObject({ status: 'retry' });
    await letters(3);
    sim.act.outage({ down: false });
    const caughtUp = await desk.pullAll();
    await sim.hook!.idle();
    expect(caughtUp).toHaveLength(3);
    expect(new Set(keysOf(await desk.events(bodies)))).toEqual(new Set(keysOf(await desk.events(desk.bodies))));
  });

  it('a connection that breaks in the middle keeps what it brought and loses nothing', async () => {
    await start();
    await letters(6);
    sim.imapFaults.dropOn = { command: 'UID FETCH', after: 3 };
    expect(await desk.pull()).toMatchObject({ status: 'pulled', more: true });
    expect(desk.bodies).toHaveLength(2);
    await desk.pullAll();
    const events = await desk.events(desk.bodies);
    expect(events.map((event) => event.type === 'message' && event.text)).toEqual(
      [1, 2, 3, 4, 5, 6].map((n) => `نامه ${n}`),
    );
  });

  it.each(['AUTHENTICATE', 'EXAMINE', 'UID SEARCH', 'UID FETCH'])(
    'broken off at %s, the cursor stays',
    async (command) => {
      await start();
      await letters(1);
      await desk.pullAll();
      await letters(1);
      const before = desk.cursor;
      sim.imapFaults.dropOn = { command, after: 0 };
      expect(await desk.pull()).toMatchObject({ status: 'retry' });
      expect(desk.cursor).toBe(before);
      expect(await desk.pullAll()).toHaveLength(1);
    },
  );

  it('a server that never answers is left', async () => {
    await start({}, { timeoutMs: 300 });
    sim.imapFaults.hangOn = 'UID SEARCH';
    expect(await desk.pull()).toMatchObject({ status: 'retry' });
  });

  it('a slow server is waited for', async () => {
    await start();
    await letters(2);
    sim.imapFaults.slowMs = 20;
    expect(await desk.pullAll()).toHaveLength(2);
  });

  it('a stopping process ends a step at once', async () => {
    await start();
    sim.imapFaults.hangOn = 'UID SEARCH';
    const stopping = new AbortController();
    const step = desk.pull({ signal: stopping.signal });
    await until(() => sim.commands.some((command) => command.startsWith('UID SEARCH')));
    stopping.abort();
    expect(await step).toMatchObject({ status: 'retry' });
  });
});

describe('reading on', () => {
  it('an empty step brings nothing, and news after it exactly once', async () => {
    await start();
    await letters(2);
    expect(await desk.pullAll()).toHaveLength(2);
    expect(await desk.pull()).toMatchObject({ status: 'pulled', bodies: [], more: false });
    await letters(1);
    expect(await desk.pullAll()).toHaveLength(1);
    expect(await desk.pull()).toMatchObject({ bodies: [] });
  });

  it('many mails come in several steps, in order', async () => {
    await start();
    await letters(60);
    const first = await desk.pull();
    expect(first).toMatchObject({ status: 'pulled', more: true });
    await desk.pullAll();
    expect(desk.bodies).toHaveLength(60);
    expect(new Set(keysOf(await desk.events(desk.bodies))).size).toBe(60);
    expect(theMessage(await desk.events([desk.bodies[59]])).text).toBe('نامه 60');
  });

  it('mail that somebody removed meanwhile is passed over', async () => {
    await start();
    await letters(3);
    sim.inbox.remove(2);
    expect(await desk.pullAll()).toHaveLength(2);
    sim.inbox.remove(3);
    expect(await desk.pull()).toMatchObject({ status: 'pulled', bodies: [] });
    await letters(1);
    expect(await desk.pullAll()).toHaveLength(1);
  });

  it('a folder numbered anew is read again, and every mail is known again', async () => {
    await start();
    await letters(3);
    const before = keysOf(await desk.pullAll());
    sim.inbox.remove(1);
    sim.act.renumber();
    await letters(1);
    const after = keysOf(await desk.pullAll());
    expect(after).toHaveLength(3);
    expect(after.filter((key) => !before.includes(key))).toHaveLength(1);
  });

  it('backfill reaches back as far as asked, and no further than the channel imports', async () => {
    await start();
    await letters(1, ago(20));
    await letters(1, ago(5));
    await letters(1);
    const since = new Date(ago(6));
    expect(await desk.pullAll({ reason: 'backfill', cursor: null, since })).toHaveLength(2);
    desk = new Desk(sim, { importSince: ago(2).slice(0, 10) });
    expect(await desk.pullAll({ reason: 'backfill', cursor: null, since })).toHaveLength(1);
  });

  it('an empty folder begins with the next mail', async () => {
    await start();
    await letters(1, ago(20));
    expect(await desk.pullAll()).toEqual([]);
    await letters(1);
    expect(await desk.pullAll()).toHaveLength(1);
  });

  it('the time is the mailbox’s, whatever the sender’s clock says', async () => {
    await start();
    const source =
      'From: a@x.example\r\nMessage-ID: <late.1234@x.example>\r\nDate: Fri, 1 Jan 2038 00:00:00 +0000\r\n\r\nhi';
    const at = new Date(Date.now() - 60_000);
    sim.inbox.add(Buffer.from(source), at);
    const [event] = await desk.pullAll();
    expect(Date.parse(event?.occurredAt ?? '')).toBe(Math.floor(at.getTime() / 1000) * 1000);
  });

  it('a mail beyond the limit stays at the server and is shown by its headers', async () => {
    await start();
    const head = 'From: a@x.example\r\nSubject: film\r\nMessage-ID: <film.1234@x.example>\r\n\r\n';
    sim.inbox.add(Buffer.concat([Buffer.from(head), Buffer.alloc(26 * 1024 * 1024, 'x\r\n')]), new Date());
    await letters(1);
    expect(await desk.pullAll()).toMatchObject([
      { type: 'message', subtype: 'placeholder', subject: 'film', externalId: 'film.1234@x.example' },
      { type: 'message', text: 'نامه 1' },
    ]);
  });
});

describe('waiting for news', () => {
  const listen = (settings: object = {}) => {
    desk = new Desk(sim, settings);
    const stopping = new AbortController();
    let news = 0;
    const onNews = () => void (news += 1);
    const done = desk.connector.listen(desk.channel, CREDENTIALS, onNews, stopping.signal);
    return { done, stop: () => stopping.abort(), heard: () => news };
  };
  const messageOf = (error: unknown) => (error instanceof Error ? error.message : '');
  const idling = () => sim.commands.includes('IDLE');

  it('says so at once, and when mail comes; ends when asked to', async () => {
    await start();
    const ear = listen();
    await until(() => ear.heard() === 1 && idling());
    await letters(1);
    await until(() => ear.heard() > 1);
    ear.stop();
    await expect(ear.done).resolves.toBeUndefined();
  });

  it('a server that stops pushing still tells when it is asked', async () => {
    await start();
    const ear = listen({ idleMs: 60, timeoutMs: 20_000 });
    await until(() => ear.heard() === 1 && idling());
    sim.act.fallSilent({ silent: true });
    await letters(1);
    await until(() => ear.heard() > 1);
    ear.stop();
    await expect(ear.done).resolves.toBeUndefined();
  });

  it('a channel that lives by its hook waits for nothing', async () => {
    await start();
    const ear = listen({ imapHost: '' });
    expect(desk.connector.pulls(desk.channel)).toBeNull();
    ear.stop();
    await expect(ear.done).resolves.toBeUndefined();
    expect(sim.imap.connections).toBe(0);
  });

  it('a server that does not answer the call is left when asked to', async () => {
    await start();
    sim.imapFaults.hangOn = 'AUTHENTICATE';
    const ear = listen();
    await until(() => sim.commands.includes('AUTHENTICATE'));
    ear.stop();
    await expect(ear.done).resolves.toBeUndefined();
  });

  it('a dropped connection is reported, so that it is opened again', async () => {
    await start();
    const ear = listen();
    const ended = ear.done.catch(messageOf);
    await until(idling);
    sim.act.dropConnections();
    expect(await ended).toMatch(/cannot be read/);
  });

  it('a connection that died in silence is noticed', async () => {
    await start();
    const ear = listen({ idleMs: 60, timeoutMs: 1500 });
    const ended = ear.done.catch(messageOf);
    await until(idling);
    sim.imapFaults.hangOn = 'DONE';
    expect(await ended).toMatch(/cannot be read/);
  });

  it.each(['AUTHENTICATE', 'EXAMINE'])('a server that stops at %s is left', async (command) => {
    await start();
    sim.imapFaults.hangOn = command;
    await expect(listen({ timeoutMs: 200 }).done).rejects.toThrow(/cannot be read/);
  });

  it('a refused login is reported', async () => {
    await start();
    sim.imapFaults.login = 'refuse';
    await expect(listen().done).rejects.toThrow(/refuses the login/);
  });

  it('nothing is opened for a process that is stopping', async () => {
    await start();
    await desk.connector.listen(desk.channel, CREDENTIALS, () => undefined, AbortSignal.abort());
    expect(sim.imap.connections).toBe(0);
  });
});

describe('an attachment’s bytes', () => {
  const png = Buffer.from('89504e470d0a1a0a', 'hex');
  async function wanted() {
    await start();
    const attachments = [{ name: 'جعبه.png', mimeType: 'image/png', base64: png.toString('base64') }];
    await sim.act.mail({ by: 'negar', text: 'ببینید', attachments });
    const message = theMessage(await desk.pullAll());
    return { ...message.attachments[0]!, messageExternalId: message.externalId };
  }
  const media = (want: Awaited<ReturnType<typeof wanted>>) => desk.connector.media(desk.channel, want, CREDENTIALS);

  it('are fetched from the mailbox again', async () => {
    expect(await media(await wanted())).toMatchObject({
      status: 'found',
      bytes: png,
      name: 'جعبه.png',
      mimeType: 'image/png',
    });
  });

  it('are found by the Message-ID in a folder numbered anew', async () => {
    const want = await wanted();
    await letters(1);
    sim.inbox.mails.reverse();
    sim.act.renumber();
    expect(await media(want)).toMatchObject({ status: 'found', bytes: png });
  });

  it('are never those of another file', async () => {
    const want = await wanted();
    expect(await media({ ...want, meta: { ...want.meta, sha256: 'f'.repeat(64) } })).toMatchObject({
      status: 'absent',
    });
    expect(await media({ ...want, meta: { ...want.meta, partIndex: 7 } })).toMatchObject({ status: 'absent' });
    expect(await media({ ...want, meta: {} })).toMatchObject({ status: 'absent' });
  });

  it('are gone with the mail, and wait for a mailbox that is closed', async () => {
    const want = await wanted();
    sim.act.outage({ down: true });
    expect(await media(want)).toMatchObject({ status: 'retry' });
    sim.act.outage({ down: false });
    sim.inbox.remove(1);
    expect(await media(want)).toMatchObject({ status: 'absent' });
  });
});
