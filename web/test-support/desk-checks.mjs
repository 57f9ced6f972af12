// The tools on an agent's desk, in a real browser: part of check.mjs.
import assert from 'node:assert/strict';
import { signIn } from './browser.mjs';

/** Runs them with what check.mjs brings. */
export async function deskChecks(check, { noViolations, inbox, thread, until }) {
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

  await check('axe: the tools of a ticket, notifications, calls (fa)', { locale: 'fa' }, async (page, server) => {
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

  await check('tags: added, shown, taken away', { locale: 'en' }, async (page, server) => {
    await open(page, server, 0);
    await page.fill('input[list]', 'late parcel');
    await page.keyboard.press('Enter');
    await page.waitForSelector('ul[aria-label=Tags] li:has-text("late parcel")');
    await page.click('ul[aria-label=Tags] li:has-text("vip") button');
    await page.waitForSelector('ul[aria-label=Tags] li:has-text("vip")', { state: 'detached' });
    assert.deepEqual(server.world.tickets[0].tags, ['تاخیر ارسال', 'late parcel']);
  });

  await check(
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

  await check('snooze by keyboard until the next working day, and wake', { locale: 'en' }, async (page, server) => {
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

  await check('no answer needed, and its way back', { locale: 'fa' }, async (page, server) => {
    await open(page, server, 5);
    await tool(page, 'نیازی به پاسخ نیست');
    await page.click('[role=dialog] button:has-text("سپاس")');
    await page.waitForSelector('text=بی‌پاسخ حل شد: نیازی');
    await page.click('[role=status] button:has-text("واگرد")');
    await page.waitForSelector('text=بی‌پاسخ حل شد: نیازی', { state: 'detached' });
    assert.equal(server.world.tickets[5].status, 'open');
  });

  await check('merge: found by its number, confirmed, undone', { locale: 'en' }, async (page, server) => {
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

  await check('what is written in a joined conversation goes there', { locale: 'en' }, async (page, server) => {
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
    await check(
      `due times explain themselves; a paused clock says so (${locale})`,
      { locale },
      async (page, server) => {
        server.world.tickets[6].dueAt = null;
        await open(page, server, 6);
        await page.click(
          'header button:has(svg.lucide-circle-pause):not([aria-haspopup=true]), header button:has(svg.lucide-circle-pause) >> nth=0',
        );
        await page.waitForSelector(`[role=dialog] >> text=${text} >> nth=0`);
        await page.waitForSelector(`[role=dialog] >> text=${locale === 'fa' ? 'متوقف' : 'Paused'} >> nth=0`);
      },
    );

  await check('an offer comes, is accepted, and is gone', { locale: 'en' }, async (page, server) => {
    await inbox(page, server);
    server.offer(1);
    await page.waitForSelector('section[aria-label="Offered to you"]');
    await page.click('button:has-text("Accept")');
    await page.waitForURL((url) => url.searchParams.get('ticket') === server.world.tickets[1].id);
    await page.waitForSelector('section[aria-label="Offered to you"]', { state: 'detached' });
    assert.equal(server.world.tickets[1].assignee.id, server.world.agents[0].id);
  });

  await check('a slash brings the ready answers; the chosen one is a draft', { locale: 'fa' }, async (page, server) => {
    await thread(page, server);
    await page.locator('#composer textarea').focus();
    await page.keyboard.type('/');
    await page.waitForSelector('[role=dialog] [role=option]');
    await page.keyboard.press('Enter');
    await until(page, () => document.querySelector('#composer textarea').value === 'سلام مریم عزیز');
    assert.equal(asked(server, 'POST', /replies$/).length, 0);
  });

  await check('a macro tells what it did and what refused', { locale: 'en' }, async (page, server) => {
    await thread(page, server);
    await page.click('#composer button:has(svg.lucide-message-square-quote)');
    await page.click('[role=dialog] [role=option]:has-text("ارجاع به انبار")');
    await page.waitForSelector('[role=status]:has-text("1 change made")');
    await page.waitForSelector('[role=alert]:has-text("all the tags it may")');
    await page.waitForSelector('[role=alert]:has-text("ticket.orderNumber")');
    assert.equal(await page.inputValue('#composer textarea'), 'با انبار هماهنگ می‌کنیم.');
  });

  await check('on by e-mail: the whole mail to a confirmed address', { locale: 'en' }, async (page, server) => {
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

  await check('a call is promised with consent, at a free time', { locale: 'fa' }, async (page, server) => {
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

  await check('a call: claimed, begun, its outcome written down', { locale: 'en' }, async (page, server) => {
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

  await check('a code checks who the customer is', { locale: 'fa' }, async (page, server) => {
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

  await check('notifications: counted, read, and they lead to the ticket', { locale: 'en' }, async (page, server) => {
    await inbox(page, server);
    await page.click('nav button[aria-label="2 unread notifications"]');
    await page.click('[role=dialog] button:has-text("Mark all as read")');
    await page.waitForSelector('nav button[aria-label="Notifications"]');
    await page.click('[role=dialog] li button >> nth=0');
    await page.waitForURL((url) => url.searchParams.get('ticket') === server.world.tickets[2].id);
  });

  await check(
    'many tickets: chosen by key and range, changed, failures told',
    { locale: 'en' },
    async (page, server) => {
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
    },
  );

  await check('leaving: what is in hand goes to a colleague', { locale: 'en' }, async (page, server) => {
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
