// The tools on an agent's desk, in a real browser: part of check.mjs.
import assert from 'node:assert/strict';
import { LOOKS, signIn } from './browser.mjs';
import { breakChannel } from './trouble-world.mjs';
import { putWaiting } from './waiting-world.mjs';

/** Runs them with what check.mjs brings. */
export function deskChecks(check, { noViolations, inbox, thread, until }) {
  const open = async (page, server, index, view = 'all') => {
    await signIn(page, server.url, `/inbox/${view}?ticket=${server.world.tickets[index].id}`);
    await page.waitForSelector('article');
  };
  const tool = async (page, name) => {
    await page.click('header button:has(svg.lucide-ellipsis)');
    await page.click(`[role=menuitem]:has-text("${name}")`);
    await page.waitForSelector('[role=dialog]');
  };
  const asked = (server, method, pattern) =>
    server.state.requests.filter((one) => one.method === method && pattern.test(one.path));

  check('axe: the tools of a ticket, notifications, calls (fa)', { locale: 'fa' }, async (page, server) => {
    await open(page, server, 0);
    await page.waitForSelector('input[list]');
    await noViolations(page);
    for (const name of ['به تعویق', 'ادامه با ایمیل', 'قول تماس', 'احراز هویت']) {
      await tool(page, name);
      await page.waitForTimeout(300);
      await noViolations(page).catch((error) => assert.fail(`${name} ${error.message}`));
      await page.keyboard.press('Escape');
      await page.waitForSelector('[role=dialog]', { state: 'detached' });
    }
    await page.click('nav button:has(svg.lucide-bell)');
    await page.waitForSelector('[role=dialog] li');
    await noViolations(page, '[role=dialog]');
    await page.goto(`${server.url}/calls?call=${server.world.id('call', 10)}`);
    await page.waitForSelector('main article button');
    await noViolations(page);
  });

  for (const [locale, theme] of LOOKS)
    check(
      `axe: why a message waits, and a change that was refused (${locale}, ${theme})`,
      { locale, theme },
      async (page, server) => {
        putWaiting(server, 7);
        await open(page, server, 7);
        await page.waitForSelector('svg.lucide-pencil-off');
        await noViolations(page);
        const said = await page.$$eval('article', (all) => all.map((one) => one.innerText).join(' '));
        const words = {
          fa: [
            'کانال باید دوباره وصل شود',
            'مهلت توکن دسترسی به پایان رسیده است',
            'تلاش بعدی',
            'تصمیم با شماست',
            'شبکه متن تازه را نپذیرفت',
          ],
          en: [
            'the channel must be connected again',
            'The access token has expired.',
            'next try',
            'you decide',
            'The network refused the new text',
          ],
        };
        for (const word of words[locale]) assert.ok(said.includes(word), word);
      },
    );

  check(
    'why a message waits goes when its channel works again, without a press',
    { locale: 'en' },
    async (page, server) => {
      const [held] = putWaiting(server, 7);
      await open(page, server, 7);
      const article = page.locator('article', { hasText: held.text });
      await article.getByText('Held: the channel must be connected again').waitFor();
      await page.getByText('What you send here waits for now.').waitFor();
      held.delivery = { state: 'queued', reason: null, code: null, waiting: null };
      const { id: channelId } = server.world.tickets[7].channel;
      server.happens('channel.state_changed', {}, { channelId, from: 'needs_reconnect', to: 'active' });
      await article.getByText('Held').waitFor({ state: 'detached' });
      await page.getByText('What you send here waits for now.').waitFor({ state: 'detached' });
    },
  );

  check('a text the network refused is taken up again where it can be', { locale: 'en' }, async (page, server) => {
    const refused = putWaiting(server, 7).find(({ edit }) => edit?.state === 'refused');
    refused.networkAt = new Date().toISOString();
    const { capabilitiesOf } = server.world;
    server.world.capabilitiesOf = (ticket) => ({ ...capabilitiesOf(ticket), editSentMs: null });
    await open(page, server, 7);
    await page.click('article button:has-text("Change it again")');
    await page.waitForSelector('[role=dialog] textarea');
    assert.equal(await page.inputValue('[role=dialog] textarea'), refused.edit.text);
  });

  check(
    'what a network says in place of a message reads in the reader’s language',
    { locale: 'fa' },
    async (page, server) => {
      const says = 'The customer deleted a message. WhatsApp does not say which.';
      const words = { fa: 'مشتری پیامی را حذف کرد. واتس‌اپ نمی‌گوید کدام را.', en: says };
      Object.assign(server.world.tickets[0], {
        preview: says,
        previewWords: words,
        subject: says,
        subjectWords: words,
      });
      await open(page, server, 0);
      await page.waitForSelector(`[role=option] :text("${words.fa}")`);
      await page.waitForSelector(`header :text("${words.fa}")`);
      assert.equal(await page.getByText(says).count(), 0);
    },
  );

  check('tags: added, shown, taken away', { locale: 'en' }, async (page, server) => {
    await open(page, server, 0);
    await page.fill('input[list]', 'late parcel');
    await page.keyboard.press('Enter');
    await page.waitForSelector('ul[aria-label=Tags] li:has-text("late parcel")');
    await page.click('ul[aria-label=Tags] li:has-text("vip") button');
    await page.waitForSelector('ul[aria-label=Tags] li:has-text("vip")', { state: 'detached' });
    assert.deepEqual(server.world.tickets[0].tags, ['تاخیر ارسال', 'late parcel']);
  });

  check(
    'a custom field is kept when it is left, and refuses what is no number',
    { locale: 'en' },
    async (page, server) => {
      await open(page, server, 0);
      await page.getByLabel('Amount').fill('lots');
      await page.keyboard.press('Tab');
      await page.waitForSelector('text=Write a number.');
      await page.getByLabel('Amount').fill('۱۲۵۰');
      await page.keyboard.press('Tab');
      await page.waitForSelector('text=Write a number.', { state: 'detached' });
      await page.waitForTimeout(200);
      assert.equal(server.world.tickets[0].fields.amount, 1250);
    },
  );

  check('snooze by keyboard until the next working day, and wake', { locale: 'en' }, async (page, server) => {
    await thread(page, server);
    await page.waitForSelector('header button:has(svg.lucide-ellipsis)');
    await page.locator('#thread').focus();
    await page.keyboard.press('b');
    await page.click('[role=dialog] button:has-text("Next working day")');
    await page.waitForSelector('text=Asleep until');
    assert.deepEqual(asked(server, 'PUT', /snooze$/)[0].body, { workingDay: 1 });
    await page.click('button:has-text("Wake it now")');
    await page.waitForSelector('text=Asleep until', { state: 'detached' });
    assert.equal(server.world.tickets[0].snoozedUntil, null);
  });

  check('no answer needed, and its way back', { locale: 'fa' }, async (page, server) => {
    await open(page, server, 5);
    await tool(page, 'نیازی به پاسخ نیست');
    await page.click('[role=dialog] button:has-text("سپاس")');
    await page.waitForSelector('text=بی‌پاسخ حل شد: نیازی');
    await page.click('[role=status] button:has-text("واگرد")');
    await page.waitForSelector('text=بی‌پاسخ حل شد: نیازی', { state: 'detached' });
    assert.equal(server.world.tickets[5].status, 'open');
  });

  check('merge: found by its number, confirmed, undone', { locale: 'en' }, async (page, server) => {
    const [first, , , fourth] = server.world.tickets;
    await open(page, server, 0);
    await tool(page, 'Merge');
    await page.keyboard.type('#1044');
    await page.click('[role=dialog] [role=option]');
    await page.waitForSelector('[role=dialog]:has-text("two different customers")');
    await page.click('[role=dialog] button:has-text("Merge"):not(:has-text("Another"))');
    await page.waitForURL((url) => url.searchParams.get('ticket') === fourth.id);
    assert.deepEqual(asked(server, 'POST', /merge$/)[0].body, { into: fourth.id, differentContacts: true });
    await page.click('[role=status] button:has-text("Undo")');
    await page.waitForURL((url) => url.searchParams.get('ticket') === first.id);
    await page.waitForSelector('text=was merged into', { state: 'detached' });
    assert.equal(first.mergedInto, null);
  });

  check('what is written in a joined conversation goes there', { locale: 'en' }, async (page, server) => {
    await open(page, server, 3);
    await page.click('nav[aria-label="Conversations of this ticket"] button >> nth=1');
    await page.waitForSelector('article:has-text("فاکتور")');
    await page.fill('#composer textarea', 'The invoice is attached.');
    await page.keyboard.press('Control+Enter');
    await page.waitForSelector('article:has-text("The invoice is attached.")');
    const [reply] = asked(server, 'POST', /replies$/);
    assert.ok(reply.path.includes(server.world.tickets[10].conversationId));
    assert.equal(reply.body.visibility, 'private');
  });

  for (const [locale, text] of [
    ['fa', 'سررسید شنبه ۱۷:۵۰'],
    ['en', 'Due Saturday 17:50'],
  ])
    check(`due times explain themselves; a paused clock says so (${locale})`, { locale }, async (page, server) => {
      server.world.tickets[6].dueAt = null;
      await open(page, server, 6);
      await page.click(
        'header button:has(svg.lucide-circle-pause):not([aria-haspopup=true]), header button:has(svg.lucide-circle-pause) >> nth=0',
      );
      await page.waitForSelector(`[role=dialog] >> text=${text} >> nth=0`);
      await page.waitForSelector(`[role=dialog] >> text=${locale === 'fa' ? 'متوقف' : 'Paused'} >> nth=0`);
    });

  check('an offer comes, is accepted, and is gone', { locale: 'en' }, async (page, server) => {
    await inbox(page, server);
    server.offer(1);
    await page.waitForSelector('section[aria-label="Offered to you"]');
    await page.click('button:has-text("Accept")');
    await page.waitForURL((url) => url.searchParams.get('ticket') === server.world.tickets[1].id);
    await page.waitForSelector('section[aria-label="Offered to you"]', { state: 'detached' });
    assert.equal(server.world.tickets[1].assignee.id, server.world.agents[0].id);
  });

  check('a slash brings the ready answers; the chosen one is a draft', { locale: 'fa' }, async (page, server) => {
    await thread(page, server);
    await page.locator('#composer textarea').focus();
    await page.keyboard.type('/');
    await page.waitForSelector('[role=dialog] [role=option]');
    await page.keyboard.press('Enter');
    await until(page, () => document.querySelector('#composer textarea').value === 'سلام مریم عزیز');
    assert.equal(asked(server, 'POST', /replies$/).length, 0);
  });

  check('a macro tells what it did and what refused', { locale: 'en' }, async (page, server) => {
    await thread(page, server);
    await page.click('#composer button:has(svg.lucide-message-square-quote)');
    await page.click('[role=dialog] [role=option]:has-text("ارجاع به انبار")');
    await page.waitForSelector('[role=status]:has-text("1 change made")');
    await page.waitForSelector('[role=alert]:has-text("all the tags it may")');
    await page.waitForSelector('[role=alert]:has-text("ticket.orderNumber")');
    assert.equal(await page.inputValue('#composer textarea'), 'با انبار هماهنگ می‌کنیم.');
  });

  check('on by e-mail: the whole mail to a confirmed address', { locale: 'en' }, async (page, server) => {
    await open(page, server, 0);
    await tool(page, 'Continue by e-mail');
    await page.fill('[role=dialog] textarea >> nth=0', 'Here is your invoice.');
    await page.click('[role=dialog] button:has-text("Send the mail")');
    await page.waitForSelector('[role=status]:has-text("goes on by e-mail")');
    const [{ body, key }] = asked(server, 'POST', /handoff$/);
    assert.equal(body.to, 'email');
    assert.equal(body.text, 'Here is your invoice.');
    assert.deepEqual(body.include, []);
    assert.match(body.closing, /خصوصی/);
    assert.ok(key);
  });

  check('a call is promised with consent, at a free time', { locale: 'fa' }, async (page, server) => {
    await open(page, server, 0);
    await tool(page, 'قول تماس');
    await page.click('[role=dialog] fieldset label >> nth=0');
    assert.equal(await page.isDisabled('[role=dialog] button[type=submit]'), true, 'not without consent');
    await page.getByLabel('مشتری با تماس موافقت کرد.').check();
    await page.click('[role=dialog] button[type=submit]');
    await page.waitForSelector('[role=status]:has-text("ثبت شد")');
    const [{ body }] = asked(server, 'POST', /handoff$/);
    assert.equal(body.consent.given, true);
    assert.equal(Date.parse(body.windowEnd) - Date.parse(body.windowStart), 3_600_000);
  });

  check('a call: claimed, begun, its outcome written down', { locale: 'en' }, async (page, server) => {
    await signIn(page, server.url, '/calls');
    await page.click('main li a');
    await page.click('article button:has-text("Claim this call")');
    await page.click('article button:has-text("Begin the call")');
    await page.waitForSelector('article a[href="tel:+989120001122"]');
    assert.equal(await page.isDisabled('article form button[type=submit]'), true, 'not without a note');
    await page.fill('article form textarea', 'Will be replaced.');
    await page.click('article form button[type=submit]');
    await page.waitForSelector('article:has-text("Answered, settled"):has-text("Will be replaced.")');
    assert.deepEqual(server.state.callSteps, ['claim', 'start', 'outcome']);
  });

  check(
    'a call through a line: the own phone first, how far it is, hung up',
    { locale: 'fa' },
    async (page, server) => {
      await signIn(page, server.url, '/calls');
      await page.click('main li a');
      await page.click('article button:has-text("برداشتن این تماس")');
      await page.getByLabel('تماس با').selectOption({ index: 1 });
      assert.equal(await page.isDisabled('article button:has-text("آغاز تماس")'), true, 'not without a phone to ring');
      await page.getByLabel('تلفن شما که نخست').fill('۰۹۱۲۱۱۱۲۲۳۳');
      await page.keyboard.press('Enter');
      await page.waitForSelector('article:has-text("نخست تلفن شما زنگ می‌خورد")');
      await noViolations(page);
      await page.click('article button:has-text("آغاز تماس")');
      await page.waitForSelector('article [role=status]:has-text("گوشی را بردارید")');
      assert.equal(await page.locator('article a[href^="tel:"]').count(), 0, 'the provider dials, not this machine');
      await noViolations(page);
      await page.click('article button:has-text("قطع تماس")');
      await page.waitForSelector('article [role=status]:has-text("پایان یافت")');
      assert.equal(server.state.deskPhone, '09121112233');
      const [{ body }] = asked(server, 'POST', /start$/);
      assert.equal(body.via, server.world.id('voic', 1));
      assert.deepEqual(server.state.callSteps, ['claim', 'start', 'hangup']);
    },
  );

  check(
    'a ticket by hand: the customer found, or the way to what is under work',
    { locale: 'en' },
    async (page, server) => {
      await inbox(page, server, '/inbox/all');
      const [first] = server.world.tickets;
      const fill = async () => {
        await page.locator('[role=listbox]').first().focus();
        await page.keyboard.press('c');
        await page.waitForSelector('[role=dialog] input');
        await page.keyboard.type(first.contact.name.slice(0, 4));
        await page.waitForSelector('[role=dialog] [role=option]');
        await page.keyboard.press('Tab');
        await page.keyboard.press('Enter');
        await page.keyboard.type('Called about the parcel');
        await noViolations(page, '[role=dialog]');
        await page.keyboard.press('Enter');
      };
      await fill();
      await page.waitForSelector('[role=dialog] [role=alert]:has-text("is under work")');
      await page.click('[role=dialog] button:has-text("Go on there")');
      await page.waitForURL((url) => url.searchParams.get('ticket') === first.id);
      for (const ticket of server.world.tickets) if (ticket.contact.id === first.contact.id) ticket.status = 'solved';
      await page.waitForSelector('[role=dialog]', { state: 'detached' });
      await page.goto(`${server.url}/inbox/all`);
      await page.waitForSelector('[role=option]');
      await fill();
      await page.waitForSelector('[role=status]:has-text("is open")');
      const { body } = asked(server, 'POST', /^\/tickets$/).at(-1);
      assert.equal(body.contactId, first.contact.id);
      assert.equal(body.subject, 'Called about the parcel');
      assert.equal(body.assigneeId, server.world.agents[0].id);
    },
  );

  check(
    'the list narrowed by a tag and by a field of our own, kept in the address',
    { locale: 'en' },
    async (page, server) => {
      const [first] = server.world.tickets;
      first.fields = { region: 'shiraz' };
      await inbox(page, server, '/inbox/all');
      await page.click('button[aria-label="Filter and sort"]');
      await page.getByLabel('Tag', { exact: true }).fill('vip');
      await page.keyboard.press('Enter');
      await page.waitForURL((url) => url.searchParams.get('tag') === 'vip');
      await page.getByLabel('Field', { exact: true }).selectOption('region');
      await page.getByLabel('Region is').selectOption('shiraz');
      await page.waitForURL((url) => url.searchParams.get('field') === 'region:shiraz');
      await noViolations(page, '[role=dialog]');
      await page.keyboard.press('Escape');
      await page.waitForSelector('[role=dialog]', { state: 'detached' });
      await until(page, () => document.querySelectorAll('[role=option]').length === 1);
      await page.reload();
      await page.waitForSelector('aside button:has-text("Region: Shiraz")');
      await noViolations(page);
      await page.click('aside button:has-text("Region: Shiraz")');
      await page.click('aside button:has-text("#vip")');
      await until(page, () => document.querySelectorAll('[role=option]').length > 1);
    },
  );

  check('a day by keyboard alone, and how many keys it takes', { locale: 'en' }, async (page, server) => {
    await inbox(page, server);
    let keys = 0;
    const press = async (key) => {
      keys += 1;
      await page.keyboard.press(key);
    };
    const focused = () => page.evaluate(() => document.activeElement?.tagName);
    await press('t');
    await page.waitForSelector('article');
    const taken = new URL(page.url()).searchParams.get('ticket');
    await press('r');
    assert.equal(await focused(), 'TEXTAREA');
    await page.keyboard.type('On its way.');
    await press('Control+Shift+Enter');
    await page.waitForSelector('article:has-text("On its way.")');
    await until(page, ([id]) => document.querySelector('article') !== null && location.search.includes(id), taken);
    assert.equal(asked(server, 'POST', /replies$/).length, 1);
    await press('Escape');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'thread');
    await press('j');
    await page.waitForURL((url) => url.searchParams.get('ticket') !== taken);
    const next = new URL(page.url()).searchParams.get('ticket');
    const { number } = server.world.tickets.find(({ id }) => id === next);
    await page.waitForSelector(`h2 + p:has-text("#${number}")`);
    await page.waitForSelector('#composer textarea');
    await press('.');
    await page.waitForSelector('[role=dialog] [role=option]');
    await press('Escape');
    await page.waitForSelector('[role=dialog]', { state: 'detached' });
    await press('Escape');
    const solved = page.waitForResponse((answer) => answer.url().endsWith(`${next}/status`));
    await press('Shift+E');
    await solved;
    await page.waitForURL((url) => url.searchParams.get('ticket') !== next);
    assert.equal(server.world.tickets.find(({ id }) => id === next).status, 'solved');
    await press('l');
    await until(page, () => document.activeElement?.getAttribute('aria-label') === 'Add a tag');
    await press('Escape');
    await press('/');
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('type')), 'search');
    await press('Escape');
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('role')), 'listbox');
    assert.ok(keys <= 14, `${keys} keys`);
  });

  check(
    'a tool that did not come over a bad line comes by itself, and a newer version is told of',
    { locale: 'en' },
    async (page, server) => {
      let gone = true;
      page.setDefaultTimeout(20_000);
      await page.route(/ticket-menu-.*\.js$/, (route) => (gone ? route.abort() : route.continue()));
      await open(page, server, 0);
      await page.waitForTimeout(300);
      assert.equal(await page.locator('header button:has(svg.lucide-ellipsis)').count(), 0);
      gone = false;
      await page.waitForSelector('header button:has(svg.lucide-ellipsis)');
      await page.route(`${server.url}/`, (route) =>
        route.fulfill({ contentType: 'text/html', body: '<script src="/assets/index-newer.js"></script>' }),
      );
      await page.route(/picker-.*\.js$/, (route) => route.fulfill({ status: 404, body: '' }));
      await page.click('#composer button:has(svg.lucide-message-square-quote)');
      await page.waitForSelector('[role=status]:has-text("A newer version is here")');
      await noViolations(page);
    },
    { tolerated: /Failed to load resource|dynamically imported module|did not come|preload/ },
  );

  check(
    'offline in the middle of writing: said honestly, nothing lost, nothing twice',
    { locale: 'en' },
    async (page, server, context) => {
      page.setDefaultTimeout(20_000);
      await thread(page, server);
      await page.locator('#composer textarea').focus();
      await page.keyboard.type('We looked it up, ');
      server.state.refuseSockets = true;
      server.dropSockets();
      await context.setOffline(true);
      await page.waitForSelector('[role=status]:has-text("You are offline")');
      await page.keyboard.type('it ships today.');
      assert.equal(await page.inputValue('#composer textarea'), 'We looked it up, it ships today.');
      await page.keyboard.press('Control+Enter');
      await page.waitForSelector('article [role=alert]:has-text("Your text is kept here")');
      await page.keyboard.type('A second thought');
      server.receive(0, 'Said while you were away');
      await context.setOffline(false);
      server.state.refuseSockets = false;
      await page.waitForSelector('article:has-text("Said while you were away")');
      await page.waitForSelector('[role=status]:has-text("offline")', { state: 'detached' });
      await page.click('article [role=alert] button:has-text("Try again")');
      await page.waitForSelector('article[aria-label*="Delivered"]:has-text("it ships today.")');
      assert.equal(await page.locator('article:has-text("it ships today.")').count(), 1);
      assert.equal(asked(server, 'POST', /replies$/).length, 1);
      assert.equal(await page.inputValue('#composer textarea'), 'A second thought');
    },
    { tolerated: /Failed to load resource|WebSocket/ },
  );

  check(
    'a reader in the middle of a long thread stays there, whatever comes in below and drops out above',
    { locale: 'en' },
    async (page, server) => {
      page.setDefaultTimeout(20_000);
      const shape = (n) => (n % 3 === 0 ? 'one line' : 'several\nlines\nof text\nin one message');
      for (let n = 0; n < 70; n += 1) server.receive(0, `${shape(n)} ${n}`);
      await thread(page, server);
      await page.waitForSelector('article:has-text("in one message 68")');
      const thread20 = page.locator('article:has-text("one line 45")').first();
      await page.evaluate(() => {
        const mark = [...document.querySelectorAll('article')].find((one) => one.textContent.includes('one line 45'));
        const box = document.querySelector('#thread');
        box.scrollTop += mark.getBoundingClientRect().top - box.getBoundingClientRect().top - 20;
      });
      await page.waitForTimeout(300);
      const { y } = await thread20.boundingBox();
      for (let n = 70; n < 76; n += 1) server.receive(0, `${shape(n)} ${n}`);
      await page.waitForSelector('article:has-text("one line 75")', { state: 'attached' });
      await page.waitForTimeout(300);
      assert.ok(Math.abs((await thread20.boundingBox()).y - y) < 2, 'it moved');
    },
  );

  check(
    'a storm of 200 messages: the row under the pointer, the selection and the typing stay',
    { locale: 'en' },
    async (page, server) => {
      page.setDefaultTimeout(30_000);
      await thread(page, server);
      await page.evaluate(() => {
        window.longest = 0;
        new PerformanceObserver((list) => {
          for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
        }).observe({ type: 'longtask' });
      });
      await page.hover('[role=option] >> nth=1');
      const rows = () => page.$$eval('[role=option]', (all) => all.map(({ id }) => id));
      const before = await rows();
      await page.evaluate(() => getSelection().selectAllChildren(document.querySelector('article .message-text')));
      const chosen = await page.evaluate(() => getSelection().toString());
      assert.ok(chosen.length > 0);
      for (let n = 0; n < 100; n += 1) {
        if (n % 4 === 0) server.receive(0, `Where is it? ${n}`);
        if (n % 10 === 0) server.open(`Somebody ${n}`, 'Me too');
        else server.receive(1 + (n % 4), 'And mine?');
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      await page.waitForSelector('article:has-text("Where is it? 96")');
      assert.equal(await page.evaluate(() => getSelection().toString()), chosen);
      assert.deepEqual(await rows(), before);
      await page.locator('#composer textarea').focus();
      const storm = (async () => {
        for (let n = 100; n < 140; n += 1) {
          server.receive(0, `Where is it? ${n}`);
          await new Promise((resolve) => setTimeout(resolve, 25));
        }
      })();
      await page.keyboard.type('It is on its way, all of it, I promise.', { delay: 10 });
      await storm;
      assert.equal(await page.inputValue('#composer textarea'), 'It is on its way, all of it, I promise.');
      console.log(`      the longest task took ${Math.round(await page.evaluate(() => window.longest))} ms`);
    },
  );

  check('a code checks who the customer is', { locale: 'fa' }, async (page, server) => {
    await open(page, server, 0);
    await tool(page, 'احراز هویت');
    await page.click('[role=dialog] button:has-text("ارسال کد")');
    await page.getByLabel('کدی که مشتری می‌گوید').fill('۱۱۱۱۱۱');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=alert]:has-text("نادرست")');
    await page.getByLabel('کدی که مشتری می‌گوید').fill('۱۲۳۴۵۶');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=dialog]:has-text("احراز شد")');
  });

  check('notifications: counted, read, and they lead to the ticket', { locale: 'en' }, async (page, server) => {
    await inbox(page, server);
    await page.click('nav button[aria-label="2 unread notifications"]');
    await page.click('[role=dialog] button:has-text("Mark all as read")');
    await page.waitForSelector('nav button[aria-label="Notifications"]');
    await page.click('[role=dialog] li button >> nth=0');
    await page.waitForURL((url) => url.searchParams.get('ticket') === server.world.tickets[2].id);
  });

  for (const locale of ['fa', 'en'])
    check(
      `a channel in trouble (${locale}): counted live, told with what to do, led to, and over`,
      { locale },
      async (page, server) => {
        const { world } = server;
        const badge = 'nav a[href^="/admin"] span[title="واتس‌اپ فروشگاه"]';
        const mend = breakChannel(server);
        await inbox(page, server);
        await page.waitForSelector(badge);
        await page.click(`nav button[aria-label="${locale === 'fa' ? '۳ اعلان نخوانده' : '3 unread notifications'}"]`);
        const told = page.locator('[role=dialog] li >> nth=0');
        await told.getByText(locale === 'fa' ? 'کانال را دوباره وصل کنید' : 'Connect the channel again').waitFor();
        await noViolations(page, '[role=dialog]');
        await told.locator('button').click();
        await page.waitForURL((url) => url.pathname === `/admin/channels/${world.channels[3].id}`);
        await page.waitForSelector(`main h1:has-text("${world.channels[3].name}")`);
        await noViolations(page, 'nav');
        mend();
        await page.waitForSelector(badge, { state: 'detached' });
      },
    );

  check(
    'a storm of notifications is one row, and leads to the list of its tickets',
    { locale: 'en' },
    async (page, server) => {
      await inbox(page, server);
      await page.click('nav button:has(svg.lucide-bell)');
      const storm = page.locator('[role=dialog] li button', { hasText: '43 tickets are late' });
      await storm.getByText('and 40 more').waitFor();
      await storm.click();
      await page.waitForURL((url) => url.searchParams.get('notice') === '005');
      await page.waitForSelector('button[aria-label*="From a notification"]');
      await until(page, () => document.querySelectorAll('[role=option]').length === 5);
      await page.click('button[aria-label*="From a notification"]');
      await page.waitForURL((url) => !url.searchParams.has('notice'));
    },
  );

  check('many tickets: chosen by key and range, changed, failures told', { locale: 'en' }, async (page, server) => {
    await inbox(page, server, '/inbox/all');
    await page.locator('[role=listbox]').first().focus();
    await page.keyboard.press('x');
    await page.waitForSelector('[role=option][aria-checked=true]');
    await page.click('[role=option] >> nth=3', { modifiers: ['Shift'] });
    await page.waitForSelector('text=4 tickets chosen');
    await page.click('section[aria-label="Chosen tickets"] button:has-text("Do with them")');
    await page.click('[role=menuitem]:has-text("Set the priority")');
    await page.click('[role=dialog] button[type=submit]');
    await page.waitForSelector('[role=dialog]:has-text("3 of 4")');
    await page.waitForSelector('[role=dialog]:has-text("#1043"):has-text("Fill in before solving")');
    const [{ body, key }] = asked(server, 'POST', /bulk$/);
    assert.equal(body.ticketIds.length, 4);
    assert.deepEqual(body.action, { priority: 'high' });
    assert.ok(key);
    await page.click('[role=dialog] button:has-text("Done")');
    await page.waitForSelector('section[aria-label="Chosen tickets"]', { state: 'detached' });
  });

  check(
    'repeats: shown once, opened, answered elsewhere, what refused is told',
    { locale: 'en' },
    async (page, server) => {
      await open(page, server, 2);
      const bubbles = () => page.locator('#thread article').count();
      const often = page.locator('#thread button[aria-expanded]:has-text("×3")');
      await often.waitFor();
      assert.equal(await bubbles(), 2);
      await page.waitForSelector('#thread :text("7 people write this")');
      await often.click();
      await page.waitForSelector('#thread button:has-text("Show it once")');
      assert.equal(await bubbles(), 4);
      const card = page.locator('section[aria-label="The same elsewhere (2)"]');
      await card.locator('li:has-text("#1046"):has-text("Waits for an answer")').waitFor();
      await card.locator('button:has-text("Answer these too")').click();
      await page.waitForSelector('[role=dialog] textarea');
      await page.waitForTimeout(300);
      await noViolations(page, '[role=dialog]');
      assert.equal(await page.inputValue('[role=dialog] textarea'), 'لینک درست شد، لطفاً دوباره امتحان کنید 🙏');
      await page.click('[role=dialog] label:has-text("#1048")');
      await page.click('[role=dialog] button:has-text("Send to 2")');
      await page.waitForSelector('[role=dialog]:has-text("1 of 2")');
      await page.waitForSelector('[role=dialog] li:has-text("#1048"):has-text("There is something newer there")');
      const [{ body, key }] = asked(server, 'POST', /reply-batches$/);
      assert.equal(body.threads.length, 2);
      assert.ok(key && body.threads.every(({ seenMessageId }) => seenMessageId));
    },
  );

  check('leaving: what is in hand goes to a colleague', { locale: 'en' }, async (page, server) => {
    await inbox(page, server);
    await page.click('nav button[aria-label^="Availability"]:not([disabled])');
    await page.click('[role=menuitemradio]:has-text("Leave")');
    await page.getByLabel('To whom').selectOption(server.world.agents[1].id);
    await page.click('[role=dialog] li input >> nth=0');
    await page.click('[role=dialog] button:has-text("Hand over and go")');
    await page.waitForSelector('[role=status]:has-text("were handed over")');
    const [{ body }] = asked(server, 'POST', /handover$/);
    assert.equal(body.agentId, server.world.agents[1].id);
    assert.equal(body.ticketIds.length, 2);
    await page.waitForSelector('nav button[aria-label="Availability: Offline"]');
  });
}
