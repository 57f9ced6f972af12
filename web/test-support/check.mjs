// The built console in a real browser against the fake server: accessibility, direction, keyboard, sending, live updates, size.
// node web/test-support/check.mjs [part of a name], after npm run build:web. Ends with 1 and a list when something is wrong.
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import AxeBuilder from '@axe-core/playwright';
import { launch, openPage, signIn } from './browser.mjs';
import { startFakeServer } from './fake-server.mjs';

const BUDGET_KB = 250;
const only = process.argv[2];
const browser = await launch();
const failures = [];

async function check(name, options, steps) {
  if (only && !name.includes(only)) return;
  const server = await startFakeServer(options);
  const { page, context, problems } = await openPage(browser, options);
  page.setDefaultTimeout(8000);
  try {
    await steps(page, server, context);
    assert.deepEqual(problems, []);
    console.log(`ok    ${name}`);
  } catch (error) {
    failures.push(name);
    console.log(`FAIL  ${name}\n      ${String(error.message).split('\n').slice(0, 14).join('\n      ')}`);
    if (problems.length) console.log('      page:', problems);
  }
  await context.close();
  await server.close();
}

async function noViolations(page) {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  assert.deepEqual(
    violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .map(({ target, failureSummary }) => `${target} ${failureSummary?.split('\n')[1]?.trim()}`)
          .slice(0, 3)
          .join(' | ')}`,
    ),
    [],
  );
}

const inbox = async (page, server, path = '/inbox/mine') => {
  await signIn(page, server.url, path);
  await page.waitForSelector('[role=option]');
};
const thread = async (page, server) => {
  await inbox(page, server, `/inbox/mine?ticket=${server.world.tickets[0].id}`);
  await page.waitForSelector('article');
  await page.waitForSelector('[aria-labelledby=crm]');
};
const persian = (page, key, code, more = {}) =>
  page.evaluate(
    ([k, c, m]) =>
      document.activeElement.dispatchEvent(
        new KeyboardEvent('keydown', { key: k, code: c, bubbles: true, cancelable: true, ...m }),
      ),
    [key, code, more],
  );
const names = (page) => page.$$eval('[role=option] strong', (list) => list.map((one) => one.textContent));
const until = (page, test, ...values) => page.waitForFunction(test, values);

for (const locale of ['fa', 'en']) {
  for (const theme of ['light', 'dark']) {
    await check(`axe: login, inbox, thread (${locale}, ${theme})`, { locale, theme }, async (page, server) => {
      await page.goto(`${server.url}/login`);
      await page.waitForSelector('form');
      assert.equal(await page.getAttribute('html', 'dir'), locale === 'fa' ? 'rtl' : 'ltr');
      await noViolations(page);
      await inbox(page, server);
      await noViolations(page);
      await page.click('[role=option]');
      await page.waitForSelector('article');
      await page.waitForTimeout(300);
      await noViolations(page);
      await page.locator('#thread').focus();
      await page.keyboard.press('a');
      await page.waitForSelector('[role=dialog] [role=option]');
      await page.waitForTimeout(200);
      await noViolations(page);
    });
  }
  await check(`axe: administration (${locale})`, { locale }, async (page, server) => {
    for (const path of [
      '/admin/channels',
      '/admin/team',
      '/admin/faq',
      '/admin/crm',
      '/admin/ledger',
      '/admin/jobs',
      '/me',
    ]) {
      if (path === '/admin/channels') await signIn(page, server.url, path);
      else await page.goto(server.url + path);
      await page.waitForSelector('main h1');
      await page.waitForTimeout(250);
      await noViolations(page).catch((error) => assert.fail(`${path} ${error.message}`));
    }
  });
  await check(
    `narrow: one column at 400 and 320 px, nothing cut sideways (${locale})`,
    { locale, width: 400, height: 800 },
    async (page, server) => {
      await inbox(page, server, '/inbox/all');
      for (const width of [400, 320]) {
        await page.setViewportSize({ width, height: 800 });
        await page.waitForTimeout(50);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `list at ${width}`);
      }
      await page.locator('[role=option]').first().click();
      await page.waitForSelector('article');
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'thread');
      assert.equal(await page.isVisible('[role=listbox]'), false);
    },
  );
}

await check('Persian page: no Latin digit counts, no English names', { locale: 'fa' }, async (page, server) => {
  await thread(page, server);
  const labels = await page.$$eval('[aria-label], img[alt], input[placeholder], textarea[placeholder]', (all) =>
    all
      .flatMap((one) => [one.getAttribute('aria-label'), one.getAttribute('placeholder')])
      .filter((text) => text?.trim()),
  );
  assert.deepEqual(
    labels.filter((text) => !/[\u0600-\u06ff]/.test(text)),
    [],
  );
  const dates = await page.$$eval('time', (all) => all.map((one) => one.textContent));
  assert.deepEqual(
    dates.filter((text) => /[0-9]/.test(text)),
    [],
  );
  assert.ok(
    dates.some((text) => /۱۴\d\d|۱۴۰۵/.test(text)),
    'a Jalali year',
  );
});

await check('codes keep their order inside Persian text', { locale: 'fa' }, async (page, server) => {
  await thread(page, server);
  const spans = await page.$$eval('article bdi[dir=ltr]', (all) =>
    all.map((one) => {
      const text = one.firstChild;
      const at = (index) => {
        const range = document.createRange();
        range.setStart(text, index);
        range.setEnd(text, index + 1);
        return range.getBoundingClientRect().left;
      };
      return { text: one.textContent, straight: at(0) < at(one.textContent.length - 1) };
    }),
  );
  assert.ok(spans.some(({ text }) => text === '#A-48213'));
  assert.ok(spans.some(({ text }) => text === '0912 123 4567'));
  assert.deepEqual(
    spans.filter(({ straight }) => !straight),
    [],
  );
});

await check('keyboard on the Persian layout', { locale: 'fa' }, async (page, server) => {
  await inbox(page, server);
  await persian(page, 'ت', 'KeyJ');
  await page.waitForSelector('article');
  const first = new URL(page.url()).searchParams.get('ticket');
  await persian(page, 'ت', 'KeyJ');
  await page.waitForURL((url) => url.searchParams.get('ticket') !== first);
  await persian(page, 'ن', 'KeyK');
  await page.waitForURL((url) => url.searchParams.get('ticket') === first);
  await page.waitForSelector('article');
  await persian(page, 'خ', 'KeyO');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'thread');
  await persian(page, 'د', 'KeyN');
  await until(page, () => document.activeElement.tagName === 'TEXTAREA');
  assert.equal(await page.isChecked('input[value=note]'), true);
  await page.keyboard.press('F2');
  assert.equal(await page.isChecked('input[value=public]'), true, 'F2 skips the closed private mode');
  await page.keyboard.press('Escape');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'thread');
  await persian(page, '؟', 'Slash', { shiftKey: true });
  await page.waitForSelector('[role=dialog] kbd');
  await page.keyboard.press('Escape');
  await page.waitForSelector('[role=dialog]', { state: 'detached' });
  await persian(page, 'ث', 'KeyE');
  await until(page, () => document.querySelector('header button[aria-label*="حل‌شده"]'));
  assert.equal(server.world.tickets[0].status, 'solved');
});

await check('a reply: optimistic, confirmed, delivered by the socket', { locale: 'en' }, async (page, server) => {
  await thread(page, server);
  await page.fill('textarea', 'On its way to you.');
  await page.keyboard.press('Control+Enter');
  await page.waitForSelector('article:has-text("On its way to you.")');
  await page.waitForSelector('article[aria-label*="Delivered"]:has-text("On its way to you.")');
  assert.equal(await page.inputValue('textarea'), '');
  const sent = server.state.requests.filter(({ path }) => path.endsWith('/replies'));
  assert.equal(sent.length, 1);
  assert.equal(sent[0].body.visibility, 'public');
  assert.equal(sent[0].body.seenMessageId, server.world.messages.get(server.world.tickets[0].conversationId)[9].id);
});

await check(
  'a failed reply is kept over a reload and retried with the same key',
  { locale: 'en' },
  async (page, server) => {
    await thread(page, server);
    server.state.down = true;
    await page.fill('textarea', 'Please hold on.');
    await page.keyboard.press('Control+Enter');
    await page.waitForSelector('[role=alert]:has-text("busy")');
    await page.reload();
    await page.waitForSelector('article [role=alert]');
    server.state.down = false;
    await page.click('article [role=alert] button:has-text("Try again")');
    await page.waitForSelector('article[aria-label*="Delivered"]:has-text("Please hold on.")');
    const keys = server.state.requests.filter(({ path }) => path.endsWith('/replies')).map(({ key }) => key);
    assert.equal(keys.length, 2);
    assert.equal(keys[0], keys[1]);
    assert.equal(await page.locator('article:has-text("Please hold on.")').count(), 1);
  },
);

await check('a stale reply shows what came in, then goes out on request', { locale: 'en' }, async (page, server) => {
  await thread(page, server);
  server.state.stale = 'Wait, it just arrived!';
  await page.fill('textarea', 'We will call the courier.');
  await page.keyboard.press('Control+Enter');
  await page.waitForSelector('[role=alert]:has-text("it just arrived")');
  assert.equal(await page.inputValue('textarea'), 'We will call the courier.');
  await page.click('button:has-text("Send anyway")');
  await page.waitForSelector('article:has-text("We will call the courier.")');
  const sent = server.state.requests.filter(({ path }) => path.endsWith('/replies'));
  assert.equal(sent.length, 2);
  assert.notEqual(sent[0].key, sent[1].key);
  assert.notEqual(sent[0].body.seenMessageId, sent[1].body.seenMessageId);
});

await check('drafts stay with their mode and conversation over a reload', { locale: 'en' }, async (page, server) => {
  await thread(page, server);
  await page.fill('textarea', 'for everybody');
  await page.locator('label:has(input[value=note])').click();
  assert.equal(await page.inputValue('textarea'), '');
  await page.fill('textarea', 'for us');
  await page.reload();
  await page.waitForSelector('article');
  assert.equal(await page.inputValue('textarea'), 'for everybody');
  await page.locator('label:has(input[value=note])').click();
  assert.equal(await page.inputValue('textarea'), 'for us');
});

await check('the bot’s answer fills the composer', { locale: 'fa' }, async (page, server) => {
  await thread(page, server);
  await page.click('button:has-text("همین را بنویس")');
  assert.match(await page.inputValue('textarea'), /روز کاری/);
  await page.waitForSelector('text=به‌کار رفت');
});

await check('a suggestion closes once somebody has answered without it', { locale: 'en' }, async (page, server) => {
  await thread(page, server);
  await page.waitForSelector('section[aria-label="Suggested answer"]');
  await page.fill('textarea', 'On its way to you.');
  await page.keyboard.press('Control+Enter');
  await page.waitForSelector('text=Answered without it:');
  assert.equal(await page.locator('section[aria-label="Suggested answer"]').count(), 0);
});

await check('a deleted message says who took it away', { locale: 'fa' }, async (page, server) => {
  await thread(page, server);
  await page.waitForSelector('article:has-text("به دست مشتری در خود شبکه")');
  assert.equal(await page.locator('text=deleted_at_source').count(), 0);
});

await check('rows: one name once, a word for a message without words', { locale: 'en' }, async (page, server) => {
  const [, , third, fourth, , sixth] = server.world.tickets;
  Object.assign(third, { contact: { ...third.contact, name: 'amir_tvk', handle: '@amir_tvk' }, preview: '[video]' });
  Object.assign(fourth, { contact: { ...fourth.contact, name: null, handle: null }, preview: '' });
  sixth.preview = '[urgent] where is it?';
  await inbox(page, server, '/inbox/all');
  const row = (ticket) => page.locator(`#ticket-${ticket.id}`).innerText();
  assert.equal((await row(third)).match(/amir_tvk/g).length, 1);
  assert.match(await row(third), /Video/);
  assert.match(await row(fourth), /Unnamed customer[^]*\(deleted\)/);
  assert.match(await row(sixth), /\[urgent\] where is it\?/);
  await page.click(`#ticket-${third.id}`);
  await page.waitForSelector('article');
  assert.equal((await page.locator('header h2').first().innerText()).match(/amir_tvk/g).length, 1);
});

await check('the bot answers direct messages only, and says so only there', { locale: 'en' }, async (page, server) => {
  server.world.tickets[6].number = 1043;
  server.world.tickets[0].number = 1043;
  await inbox(page, server, `/inbox/all?ticket=${server.world.tickets[6].id}`);
  await page.waitForSelector('button:has-text("Take over")');
  await page.click(`#ticket-${server.world.tickets[0].id}`);
  await page.waitForSelector('header h2:has-text("مریم رضایی")');
  assert.equal(await page.locator('button:has-text("Take over")').count(), 0);
});

for (const width of [360, 1440])
  await check(
    `the views of the list are all in sight at ${width} px`,
    { locale: 'en', width, tickets: 1200 },
    async (page, server) => {
      await inbox(page, server, '/inbox/all');
      const hidden = await page.$eval('nav[aria-label=Views]', (nav) => nav.scrollWidth - nav.clientWidth);
      assert.equal(hidden, 0);
      const [tab, list] = await Promise.all([
        page.locator('nav[aria-label=Views] a:has-text("Solved")').boundingBox(),
        page.locator('nav[aria-label=Views]').boundingBox(),
      ]);
      assert.ok(tab.x + tab.width <= list.x + list.width, 'the last view ends inside the list');
    },
  );

await check(
  'settings without the permission say so and ask the server nothing',
  { locale: 'en' },
  async (page, server) => {
    server.state.permissions = ['tickets.read', 'conversations.reply'];
    await signIn(page, server.url, '/admin/jobs');
    await page.waitForSelector('main:has-text("You do not have access to this page.")');
    assert.equal(await page.locator('button:has-text("Try again")').count(), 0);
    assert.equal(server.state.requests.filter(({ path }) => path.includes('jobs')).length, 0);
    await noViolations(page);
    server.state.permissions = ['tickets.read', 'crm.manage'];
    await page.goto(`${server.url}/admin/jobs`);
    await page.waitForSelector('nav[aria-label=Settings] a:has-text("CRM")');
    await page.waitForSelector('main:has-text("You do not have access to this page.")');
    await page.click('main a:has-text("Go to the inbox")');
    await page.waitForURL(/\/inbox\/mine/);
  },
);

await check('live: a message appears in the open thread and is announced', { locale: 'en' }, async (page, server) => {
  await thread(page, server);
  server.receive(0, 'Are you there?');
  await page.waitForSelector('article:has-text("Are you there?")');
  await until(page, () =>
    [...document.querySelectorAll('[role=status]')].some((one) => /1 new message/.test(one.textContent)),
  );
});

await check(
  'live: rows under the pointer do not move; newcomers wait for it to leave',
  { locale: 'en' },
  async (page, server) => {
    await inbox(page, server);
    const before = await names(page);
    await page.hover('[role=option] >> nth=1');
    server.open('Newcomer', 'I was here first');
    await page.waitForSelector('button:has-text("1 new ticket")');
    assert.deepEqual(await names(page), before);
    await page.mouse.move(1200, 700);
    await page.waitForSelector('[role=option]:has-text("Newcomer")');
    assert.equal((await names(page))[0], 'Newcomer');
  },
);

await check('a lost connection says so after a while, and heals', { locale: 'en' }, async (page, server) => {
  await thread(page, server);
  server.state.refuseSockets = true;
  server.dropSockets();
  await page.waitForSelector('text=Connection lost');
  server.receive(0, 'Said while you were away');
  server.state.refuseSockets = false;
  await page.waitForSelector('article:has-text("Said while you were away")', { timeout: 20_000 });
  await page.waitForSelector('text=Connection lost', { state: 'detached' });
});

await check('menus, popovers and hints in Persian', { locale: 'fa' }, async (page, server) => {
  await thread(page, server);
  await page.click('button[aria-label^="اولویت"]');
  await page.waitForSelector('[role=menuitemradio][aria-checked=true]:has-text("فوری")');
  await page.click('[role=menuitemradio]:has-text("عادی")');
  await page.waitForSelector('button[aria-label="اولویت: عادی"]');
  await page.click('header button:has-text("گذشته")');
  await page.waitForSelector('[role=dialog] >> text=نخستین پاسخ');
  await page.keyboard.press('Escape');
  await page.click('button[aria-label="فیلتر و ترتیب"]');
  await page.selectOption('[role=dialog] select >> nth=1', 'dm');
  await page.waitForURL(/kind=dm/);
  await page.keyboard.press('Escape');
  await page.click('button[aria-label="برداشتن فیلتر پیام"]');
  await page.waitForURL((url) => !url.search.includes('kind'));
  await page.click('article button[aria-label="مدیریت این نظر"] >> nth=-1');
  await page.click('[role=menuitem]:has-text("پنهان کردن")');
  await page.waitForSelector('[role=dialog] input');
  const labels = await page.$$eval('[aria-label]', (all) => all.map((one) => one.getAttribute('aria-label')));
  assert.deepEqual(
    labels.filter((text) => !/[\u0600-\u06ff]/.test(text)),
    [],
  );
});

await check(
  '3,000 tickets: few rows in the page however far one scrolls',
  { locale: 'en', tickets: 3000 },
  async (page, server) => {
    await inbox(page, server, '/inbox/all');
    for (let page100 = 0; page100 < 4; page100 += 1) {
      await page.evaluate(() => document.querySelector('[role=listbox]').scrollTo({ top: 1e9 }));
      await page.waitForTimeout(300);
    }
    const rows = await page.locator('[role=option]').count();
    assert.ok(rows < 60, `${rows} rows drawn`);
  },
);

await check(
  'signed out elsewhere: back to the login, and to the same place',
  { locale: 'en' },
  async (page, server) => {
    await thread(page, server);
    server.state.signedIn = false;
    server.receive(0, 'x');
    await page.waitForURL(/\/login\?next=/);
    await page.fill('input[name=email]', 'a@b.c');
    await page.fill('input[name=password]', 'wrong');
    await page.click('button[type=submit]');
    await page.waitForSelector('[role=alert]:has-text("wrong")');
    await page.fill('input[name=password]', 'correct-horse');
    await page.click('button[type=submit]');
    await page.waitForSelector('article');
  },
);

await check(`first load stays under ${BUDGET_KB} kB of script`, { locale: 'fa' }, async (page, server) => {
  const sizes = new Map();
  page.on('response', async (response) => {
    if (!response.url().endsWith('.js')) return;
    sizes.set(new URL(response.url()).pathname, gzipSync(await response.body(), { level: 9 }).length);
  });
  server.state.signedIn = true;
  await page.goto(`${server.url}/inbox/mine`);
  await page.waitForSelector('[role=option]');
  await page.waitForTimeout(500);
  const initial = [...sizes].filter(([path]) => !path.includes('/socket-'));
  const kb = initial.reduce((sum, [, size]) => sum + size, 0) / 1024;
  console.log(`      ${kb.toFixed(1)} kB in ${initial.length} files, and the socket beside it`);
  assert.ok(kb <= BUDGET_KB, `${kb.toFixed(1)} kB`);
});

await browser.close();
if (failures.length) {
  console.log(`${failures.length} failed`);
  process.exitCode = 1;
}
