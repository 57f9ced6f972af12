// The built console in a real browser against the fake server: accessibility, direction, keyboard, sending, live updates, size.
// node web/test-support/check.mjs [part of a name], after npm run build:web. Ends with 1 and a list when something is wrong.
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import AxeBuilder from '@axe-core/playwright';
import { adminChecks } from './admin-checks.mjs';
import { launch, LOOKS, openPage, signIn } from './browser.mjs';
import { deskChecks } from './desk-checks.mjs';
import { startFakeServer } from './fake-server.mjs';
import { noticeChecks } from './notice-checks.mjs';
import { peopleChecks } from './people-checks.mjs';

const BUDGET_KB = 250;
const LANES = 2; // most of a check is waiting: two share a small machine well
const SLOWEST_MS = 20_000;
const only = process.argv[2];
const checks = [];
const failures = [];

/** Notes a check, to be run at the end. `tolerated`: problems of the page that belong to what is checked. */
function check(name, options, steps, { tolerated } = {}) {
  if (!only || name.includes(only)) checks.push({ name, options, steps, tolerated });
}

async function run(browser, { name, options, steps, tolerated }) {
  const began = performance.now();
  const server = await startFakeServer(options);
  const { page, context, problems } = await openPage(browser, options);
  page.setDefaultTimeout(SLOWEST_MS);
  try {
    await steps(page, server, context);
    assert.deepEqual(
      problems.filter((problem) => !tolerated?.test(problem)),
      [],
    );
    console.log(`ok    ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failures.push(name);
    console.log(`FAIL  ${name}\n      ${String(error.message).split('\n').slice(0, 14).join('\n      ')}`);
    if (problems.length) console.log('      page:', problems);
  }
  await context.close();
  await server.close();
}

/** Runs what was noted, each lane in a browser of its own: a page in the foreground of one is not in another’s way. */
async function runAll() {
  const next = checks.values();
  const lane = async () => {
    const browser = await launch();
    for (const one of next) await run(browser, one);
    await browser.close();
  };
  await Promise.all(Array.from({ length: Math.min(LANES, checks.length) }, lane));
}

/** `scope`: only what stands in it. */
async function noViolations(page, scope) {
  const builder = new AxeBuilder({ page });
  if (scope) builder.include(scope);
  const { violations } = await builder
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
    check(`axe: login, inbox, thread (${locale}, ${theme})`, { locale, theme }, async (page, server) => {
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
  check(`axe: administration (${locale})`, { locale }, async (page, server) => {
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
  check(
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

check('Persian page: no Latin digit counts, no English names', { locale: 'fa' }, async (page, server) => {
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

check('codes keep their order inside Persian text', { locale: 'fa' }, async (page, server) => {
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

check('keyboard on the Persian layout', { locale: 'fa' }, async (page, server) => {
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

check('a reply: optimistic, confirmed, delivered by the socket', { locale: 'en' }, async (page, server) => {
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

check('a failed reply is kept over a reload and retried with the same key', { locale: 'en' }, async (page, server) => {
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
});

check('a stale reply shows what came in, then goes out on request', { locale: 'en' }, async (page, server) => {
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

check('drafts stay with their mode and conversation over a reload', { locale: 'en' }, async (page, server) => {
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

check('the bot’s answer fills the composer', { locale: 'fa' }, async (page, server) => {
  await thread(page, server);
  await page.click('button:has-text("همین را بنویس")');
  assert.match(await page.inputValue('textarea'), /روز کاری/);
  await page.waitForSelector('text=به‌کار رفت');
});

check('a suggestion closes once somebody has answered without it', { locale: 'en' }, async (page, server) => {
  await thread(page, server);
  await page.waitForSelector('section[aria-label="Suggested answer"]');
  await page.fill('textarea', 'On its way to you.');
  await page.keyboard.press('Control+Enter');
  await page.waitForSelector('text=Answered without it:');
  assert.equal(await page.locator('section[aria-label="Suggested answer"]').count(), 0);
});

check('a deleted message says who took it away', { locale: 'fa' }, async (page, server) => {
  await thread(page, server);
  await page.waitForSelector('article:has-text("به دست مشتری در خود شبکه")');
  assert.equal(await page.locator('text=deleted_at_source').count(), 0);
});

check('rows: one name once, a word for a message without words', { locale: 'en' }, async (page, server) => {
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

check('the bot answers direct messages only, and says so only there', { locale: 'en' }, async (page, server) => {
  server.world.tickets[6].number = 1043;
  server.world.tickets[0].number = 1043;
  await inbox(page, server, `/inbox/all?ticket=${server.world.tickets[6].id}`);
  await page.waitForSelector('button:has-text("Take over")');
  await page.click(`#ticket-${server.world.tickets[0].id}`);
  await page.waitForSelector('header h2:has-text("مریم رضایی")');
  assert.equal(await page.locator('button:has-text("Take over")').count(), 0);
});

for (const width of [360, 1440])
  check(
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

check('settings without the permission say so and ask the server nothing', { locale: 'en' }, async (page, server) => {
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
});

check('what went wrong is told in the language of the page', { locale: 'fa' }, async (page, server) => {
  await signIn(page, server.url, '/admin/ledger');
  await page.waitForSelector('td:has-text("بدنه به قالب این شبکه نیست.")');
  assert.doesNotMatch(await page.locator('table').innerText(), /The body/);
  await page.goto(`${server.url}/admin/jobs`);
  await page.waitForSelector('td:has-text("متا توکن دسترسی را نمی‌پذیرد.")');
  assert.match(await page.locator('table').innerText(), /ارسال\s[\s\S]*Meta 190\/463/u);
  await noViolations(page);
});

check('live: a message appears in the open thread and is announced', { locale: 'en' }, async (page, server) => {
  await thread(page, server);
  server.receive(0, 'Are you there?');
  await page.waitForSelector('article:has-text("Are you there?")');
  await until(page, () =>
    [...document.querySelectorAll('[role=status]')].some((one) => /1 new message/.test(one.textContent)),
  );
});

check(
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

check('a lost connection says so after a while, and heals', { locale: 'en' }, async (page, server) => {
  await thread(page, server);
  server.state.refuseSockets = true;
  server.dropSockets();
  await page.waitForSelector('text=Connection lost');
  server.receive(0, 'Said while you were away');
  server.state.refuseSockets = false;
  await page.waitForSelector('article:has-text("Said while you were away")', { timeout: 20_000 });
  await page.waitForSelector('text=Connection lost', { state: 'detached' });
});

check('menus, popovers and hints in Persian', { locale: 'fa' }, async (page, server) => {
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
  await page.click('button[aria-label^="برداشتن فیلتر"]');
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

check(
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

check('signed out elsewhere: back to the login, and to the same place', { locale: 'en' }, async (page, server) => {
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
});

const ofIndex = async (page, server, index) => {
  await inbox(page, server, `/inbox/all?ticket=${server.world.tickets[index].id}`);
  await page.waitForSelector('article');
};
const asked = (server, method, part) =>
  server.state.requests.filter((one) => one.method === method && one.path.includes(part));
const WHATSAPP = 9;
const LETTER = 10;
const TELEGRAM = 11;

for (const [locale, theme] of LOOKS) {
  check(`axe: channels (${locale}, ${theme})`, { locale, theme }, async (page, server) => {
    await signIn(page, server.url, '/admin/channels');
    await page.waitForSelector(`main li:nth-child(8)`);
    await page.waitForTimeout(300);
    await noViolations(page);
    await page.click('main header button');
    await page.waitForSelector('[role=dialog] li');
    await page.waitForTimeout(200);
    await noViolations(page);
    await page.click('[role=dialog] li button >> nth=0');
    await page.waitForSelector('[role=dialog] form input');
    await page.waitForTimeout(200);
    await noViolations(page);
    await page.goto(`${server.url}/admin/channels?connection=c1`);
    await page.waitForSelector('[role=dialog] form');
    await page.waitForTimeout(200);
    await noViolations(page);
    await page.goto(`${server.url}/admin/channels/${server.world.channels[3].id}`);
    await page.waitForSelector('main table');
    await page.waitForTimeout(200);
    await noViolations(page);
    await page.click('main header button:has(svg.lucide-pencil)');
    await page.waitForSelector('[role=dialog] form');
    await page.waitForTimeout(200);
    await noViolations(page);
  });
  check(`axe: files, letter, choosing (${locale}, ${theme})`, { locale, theme }, async (page, server) => {
    await ofIndex(page, server, WHATSAPP);
    await page.waitForTimeout(300);
    await noViolations(page);
    await page.click('#composer button:has-text("' + (locale === 'fa' ? 'قالب' : 'Template') + '")');
    await page.waitForSelector('[role=dialog] li button');
    await page.waitForTimeout(200);
    await noViolations(page);
    await page.keyboard.press('Escape');
    await page.click(`#ticket-${server.world.tickets[LETTER].id}`);
    await page.waitForSelector('article button:has(svg.lucide-chevron-down)');
    await page.waitForTimeout(200);
    await noViolations(page);
    await page.click(`#ticket-${server.world.tickets[TELEGRAM].id}`);
    await page.waitForSelector('#composer input[type=file]', { state: 'attached' });
    await page.setInputFiles('#composer input[type=file]', {
      name: 'a.png',
      mimeType: 'image/png',
      buffer: Buffer.alloc(500),
    });
    await page.fill('textarea', 'x'.repeat(70));
    await page.waitForSelector('#composer label input[type=checkbox]');
    await page.waitForTimeout(200);
    await noViolations(page);
    await page.click(`#ticket-${server.world.tickets[0].id}`);
    await page.click('article button[aria-haspopup] >> nth=0');
    await page.click('[role=menuitem] >> nth=-1');
    await page.waitForSelector('article input[type=checkbox]');
    await page.waitForTimeout(200);
    await noViolations(page);
  });
}

check(
  'channels: connected by hand, checked at once, what is wrong beside its field',
  { locale: 'en' },
  async (page, server) => {
    await signIn(page, server.url, '/admin/channels');
    await page.click('button:has-text("Add channel")');
    await page.click('[role=dialog] button:has-text("WhatsApp")');
    await page.fill('[role=dialog] input[name=name]', 'Second number');
    await page.fill('[role=dialog] input[name=externalId]', '1065');
    await page.fill('[role=dialog] input[name="credential.accessToken"]', 'wrong');
    await page.fill('[role=dialog] input[name="credential.appSecret"]', 'secret');
    await page.click('[role=dialog] summary');
    await page.fill('[role=dialog] input[name="setting.reconcileMinutes"]', '۳۰');
    await page.click('[role=dialog] button:has-text("Connect")');
    await page.waitForSelector('[role=dialog] :text("is not a token of this network")');
    await page.fill('[role=dialog] input[name="credential.accessToken"]', 'right');
    await page.click('[role=dialog] button:has-text("Connect")');
    await page.waitForSelector('[role=dialog] ul[aria-label=Checks] >> text=The token is good.');
    assert.equal(
      await page
        .locator('[role=dialog] input[readonly]')
        .inputValue()
        .then((url) => url.includes('/webhooks/whatsapp/')),
      true,
    );
    const [, made] = asked(server, 'POST', '/channels').filter(({ path }) => path === '/channels');
    assert.deepEqual(made.body.credentials, { accessToken: 'right', appSecret: 'secret' });
    assert.deepEqual(made.body.settings, { reconcileMinutes: 30 });
    await page.click('[role=dialog] button:has-text("Done")');
    await page.waitForSelector('main a:has-text("Second number")');
  },
);

check('channels: by the consent page, with what is missing explained', { locale: 'en' }, async (page, server) => {
  await signIn(page, server.url, '/admin/channels');
  await page.click('button:has-text("Add channel")');
  await page.click('[role=dialog] button:has-text("Facebook")');
  await page.fill('[role=dialog] input[name=clientId]', '4711');
  await page.fill('[role=dialog] input[name=clientSecret]', 'secret');
  await page.click('[role=dialog] button:has-text("Save and go on")');
  await page.click('[role=dialog] button:has-text("Connect at Facebook")');
  await page.waitForURL(/connection=/);
  await page.waitForSelector('[role=dialog] >> text=to answer messages of the page');
  assert.equal(await page.locator('[role=dialog] input[type=checkbox]:disabled').count(), 1);
  await page.click('[role=dialog] label:has-text("Harbour Shop")');
  await page.click('[role=dialog] button:has-text("Connect 1 account")');
  await page.waitForSelector('[role=dialog] ul[aria-label=Checks]');
  const [{ body }] = asked(server, 'POST', '/accounts');
  assert.deepEqual(body.accounts, [{ kind: 'facebook', externalId: '104857600000001' }]);
  await page.click('[role=dialog] button:has-text("Done")');
  await page.waitForURL((url) => !url.search.includes('connection'));
});

check(
  'a channel: alarms say what to do; only touched credentials are sent; off and on',
  { locale: 'en' },
  async (page, server) => {
    await signIn(page, server.url, '/admin/channels');
    await page.waitForSelector('ul[aria-label=Alarms] >> text=What to do:');
    await page.click('main a:has-text("واتس‌اپ فروشگاه")');
    await page.waitForSelector('main h1:has-text("واتس‌اپ فروشگاه")');
    await page.waitForSelector('text=failed 3 times:');
    await page.click('button:has-text("Edit")');
    await page.fill('[role=dialog] input[name=name]', 'Main number');
    await page.click('[role=dialog] button:has-text("Save")');
    await page.waitForSelector('main h1:has-text("Main number")');
    await page.waitForSelector('[role=dialog]', { state: 'detached' });
    assert.deepEqual(asked(server, 'PATCH', '/channels/').at(-1).body, {
      name: 'Main number',
      teamId: null,
      settings: {},
    });
    await page.click('button[aria-label=Actions]');
    await page.click('[role=menuitem]:has-text("Switch off")');
    await page.waitForSelector('main header:has-text("Switched off")');
    await page.click('button[aria-label=Actions]');
    await page.click('[role=menuitem]:has-text("Send a test message")');
    await page.fill('[role=dialog] input[name=to]', 'nobody');
    await page.click('[role=dialog] button:has-text("Send")');
    await page.waitForSelector('[role=dialog] >> text=The person has blocked the bot.');
    await page.keyboard.press('Escape');
    await page.waitForSelector('[role=dialog]', { state: 'detached' });
    await page.click('button[aria-label=Actions]');
    await page.click('[role=menuitem]:has-text("Read older messages")');
    await page.selectOption('[role=dialog] select', '7');
    await page.click('[role=dialog] button:has-text("Begin reading")');
    await page.waitForSelector('[role=dialog] >> text=Reading has begun');
  },
);

check(
  'files: refused before they are sent here, uploaded, taken off, sent in agreed parts',
  { locale: 'en' },
  async (page, server) => {
    await ofIndex(page, server, TELEGRAM);
    const input = '#composer input[type=file]';
    const file = (name, mimeType, size) => ({ name, mimeType, buffer: Buffer.alloc(size, 1) });
    await page.waitForSelector(input, { state: 'attached' });
    await page.setInputFiles(input, [file('big.png', 'image/png', 20_000), file('a.mp4', 'video/mp4', 10)]);
    await page.waitForSelector('[role=alert]:has-text("at most 10 KB")');
    await page.waitForSelector('[role=alert]:has-text("Picture, File")');
    assert.equal(asked(server, 'POST', '/uploads').length, 0);
    await page.setInputFiles(input, [file('عکس.png', 'image/png', 5000), file('b.pdf', 'application/pdf', 900)]);
    await page.waitForSelector('ul[aria-label="Attached files"] li >> nth=1');
    await page.click('button[aria-label*="Remove"][aria-label*="b.pdf"]');
    await page.fill('textarea', 'one two three four five six seven eight nine ten eleven twelve');
    await page.waitForSelector('label:has-text("This goes out as 2 messages")');
    assert.equal(await page.isDisabled('button:has-text("Send privately")'), true);
    await page.click('label:has-text("This goes out as 2 messages")');
    await page.click('button:has-text("Send privately")');
    await page.waitForSelector('article[aria-label*="Delivered"] img');
    const [{ body }] = asked(server, 'POST', '/replies');
    assert.equal(body.split, true);
    assert.deepEqual(body.attachments, [{ uploadId: server.world.id('uplo', 1) }]);
    assert.equal(await page.locator('ul[aria-label="Attached files"]').count(), 0);
  },
);

check('an upload that fails is said beside its file and tried again', { locale: 'en' }, async (page, server) => {
  await ofIndex(page, server, TELEGRAM);
  server.state.down = true;
  await page.waitForSelector('#composer input[type=file]', { state: 'attached' });
  await page.setInputFiles('#composer input[type=file]', {
    name: 'a.png',
    mimeType: 'image/png',
    buffer: Buffer.alloc(9),
  });
  await page.waitForSelector('ul[aria-label="Attached files"] [role=alert]:has-text("busy")');
  assert.equal(await page.isDisabled('button:has-text("Send privately")'), true);
  server.state.down = false;
  await page.click('button[aria-label^="Upload"]');
  await until(page, () => !document.querySelector('ul[aria-label="Attached files"] [role=alert]'));
  await until(
    page,
    () => ![...document.querySelectorAll('button')].find((one) => one.textContent === 'Send privately').disabled,
  );
});

check('a closed window: an approved template with its blanks', { locale: 'en' }, async (page, server) => {
  await ofIndex(page, server, WHATSAPP);
  await page.waitForSelector('#composer >> text=cannot be reached here since');
  await page.click('#composer button:has-text("Template")');
  await page.click('[role=dialog] li button:has-text("order_sent")');
  await page.fill('[role=dialog] input >> nth=0', 'حسین');
  await page.fill('[role=dialog] input >> nth=1', 'A-48213');
  await page.waitForSelector('[role=dialog] >> text=سلام حسین');
  await page.click('[role=dialog] button:has-text("Send template")');
  await page.waitForSelector('article[aria-label*="Delivered"]:has-text("سلام حسین")');
  const [{ body }] = asked(server, 'POST', '/replies');
  assert.deepEqual(body.template, { name: 'order_sent', language: 'fa', values: ['حسین', 'A-48213'] });
  assert.equal(body.visibility, 'private');
});

check('attachments: each kind, and the failed one asked for again', { locale: 'en' }, async (page, server) => {
  await ofIndex(page, server, WHATSAPP);
  await page.waitForSelector('article audio');
  await page.waitForSelector('article a[href^="https://www.openstreetmap.org/"]');
  await page.waitForSelector('article a[href="tel:+982188001122"]');
  await page.waitForSelector('article >> text=no longer available');
  await page.click('article li:has-text("could not be fetched") button');
  await until(page, () => !document.querySelector('article').textContent.includes('could not be fetched'));
  assert.equal(asked(server, 'POST', '/refetch').length, 1);
});

check('a letter: folded, then whole in a page where nothing runs', { locale: 'en' }, async (page, server) => {
  await ofIndex(page, server, LETTER);
  await page.waitForSelector('header >> text=فاکتور سفارش A-48213');
  assert.equal(asked(server, 'GET', '/original').length, 0);
  await page.click('article button:has-text("Show full letter")');
  const frame = page.frameLocator('iframe[title="The whole letter"]');
  await frame.locator('blockquote').waitFor();
  assert.equal((await page.getAttribute('iframe', 'sandbox')).includes('allow-scripts'), false);
  assert.ok((await frame.locator('img').getAttribute('src')).startsWith('/api/v1/attachments/'));
  await page.waitForFunction(() => document.querySelector('iframe').clientHeight > 200);
});

check('our own message: another text, while the network takes it', { locale: 'en' }, async (page, server) => {
  await ofIndex(page, server, TELEGRAM);
  await page.click('article button[aria-label="What to do with our message"]');
  await page.click('[role=menuitem]:has-text("Edit text")');
  await page.fill('[role=dialog] textarea', 'نشانی ثبت شد');
  await page.click('[role=dialog] button:has-text("Save")');
  await page.waitForSelector('article:has-text("نشانی ثبت شد"):has-text("Edited")');
  await page.waitForSelector('[role=dialog]', { state: 'detached' });
});

check(
  'several comments: chosen by keyboard, hidden with a reason, failures named, taken back',
  { locale: 'en' },
  async (page, server) => {
    await thread(page, server);
    await page.locator('article button[aria-label="Moderate this comment"]').last().focus();
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=menuitem]:has-text("Choose several")');
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.waitForSelector('section[aria-label="Chosen messages"] >> text=1 message chosen');
    await page.click('button:has-text("All 5")');
    await page.click('button:has-text("Do with them")');
    await page.click('[role=menuitem]:has-text("Hide")');
    await page.fill('[role=dialog] input[name=reason]', 'Spam');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=dialog] >> text=Done: 4 of 5.');
    await page.waitForSelector('[role=dialog] >> text=The network has no such comment.');
    const [{ body }] = asked(server, 'POST', '/moderation/bulk');
    assert.equal(body.messageIds.length, 5);
    assert.equal(body.reason, 'Spam');
    await page.click('[role=dialog] button:has-text("Undo")');
    await page.waitForSelector('[role=dialog] >> text=Taken back: 4 of 4.');
    await page.click('[role=dialog] button:has-text("Done")');
    await page.waitForSelector('section[aria-label="Chosen messages"]', { state: 'detached' });
  },
);

check('a conversation leads to its place at the network, where it has one', { locale: 'en' }, async (page, server) => {
  await thread(page, server);
  const link = page.locator('header a:has-text("Open in Instagram")');
  assert.equal(await link.getAttribute('href'), 'https://www.instagram.com/p/Cx1/c/17/');
});

for (const width of [400, 320])
  check(
    `narrow: channels and their details at ${width} px`,
    { locale: 'fa', width, height: 800 },
    async (page, server) => {
      for (const path of ['/admin/channels', `/admin/channels/${server.world.channels[3].id}`]) {
        if (path === '/admin/channels') await signIn(page, server.url, path);
        else await page.goto(server.url + path);
        await page.waitForSelector('main h1');
        await page.waitForTimeout(300);
        assert.ok(await page.$eval('main', (main) => main.scrollWidth <= main.clientWidth), path);
      }
    },
  );

deskChecks(check, { noViolations, inbox, thread, until });

adminChecks({ check, noViolations });

noticeChecks({ check, noViolations });

peopleChecks({ check, noViolations });

check(`first load stays under ${BUDGET_KB} kB of script`, { locale: 'fa' }, async (page, server) => {
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

await runAll();
if (failures.length) {
  console.log(`${failures.length} failed`);
  process.exitCode = 1;
}
