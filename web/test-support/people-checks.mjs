// Who is the same person, brands, tokens, the audit log and waves, in a real browser. Part of check.mjs.
import assert from 'node:assert/strict';
import { LOOKS, signIn } from './browser.mjs';

export const peoplePaths = ({ world }) => ({
  contact: `/contacts/${world.tickets[0].contact.id}`,
  waves: '/waves',
  brands: '/admin/brands',
  tokens: '/admin/tokens',
  audit: '/admin/audit',
  me: '/me',
});

const arrive = async (page, server, path) => {
  await signIn(page, server.url, path);
  await page.waitForSelector('main h1', { state: 'attached' });
  await page.waitForTimeout(300);
};
const asked = (server, method, path) =>
  server.state.requests.filter((request) => request.method === method && path.test(request.path));
const may = (server, ...permissions) => {
  server.state.permissions = permissions;
};

export function peopleChecks({ check, noViolations }) {
  for (const [locale, theme] of LOOKS)
    check(
      `axe: contacts, waves, brands, tokens, audit (${locale}, ${theme})`,
      { locale, theme },
      async (page, server) => {
        for (const [name, path] of Object.entries(peoplePaths(server))) {
          if (name === 'contact') await arrive(page, server, path);
          else await page.goto(server.url + path);
          await page.waitForSelector('main h1', { state: 'attached' });
          await page.waitForTimeout(350);
          if (name === 'audit') await page.click('main li summary >> nth=0');
          await noViolations(page).catch((error) => assert.fail(`${path} ${error.message}`));
        }
      },
    );

  check(
    'narrow: contacts, waves, brands, tokens and audit fit 390 px',
    { locale: 'fa', width: 390, height: 800 },
    async (page, server) => {
      for (const [name, path] of Object.entries(peoplePaths(server))) {
        if (name === 'contact') await arrive(page, server, path);
        else await page.goto(server.url + path);
        await page.waitForSelector('main h1', { state: 'attached' });
        await page.waitForTimeout(350);
        if (name === 'audit') await page.click('main li summary >> nth=0');
        const fits = await page.evaluate(() => {
          const main = document.querySelector('main');
          return document.documentElement.scrollWidth <= innerWidth && main.scrollWidth <= main.clientWidth;
        });
        assert.ok(fits, path);
      }
    },
  );

  check(
    'same person: suggested, compared, turned round, merged, taken back',
    { locale: 'en' },
    async (page, server) => {
      const [first, other] = [server.world.tickets[0].contact, server.world.tickets[9].contact];
      await signIn(page, server.url, `/inbox/mine?ticket=${server.world.tickets[0].id}`);
      await page.waitForSelector('article');
      assert.equal(asked(server, 'GET', /duplicates$/).length, 0);
      await page.click('aside button:has-text("Find duplicates")');
      await page.click('[role=dialog] li button:has-text("Same phone")');
      const side = (label) => page.locator(`[role=dialog] section[aria-label="${label}"]`);
      await side('Stays').locator(`:text("${first.name}")`).first().waitFor();
      await page.waitForSelector('[role=dialog] :text("2 conversations and 3 tickets")');
      await page.waitForTimeout(250);
      await noViolations(page, '[role=dialog]');
      await page.click('[role=dialog] button:has-text("The other one stays")');
      await side('Stays').locator(`:text("${other.name}")`).first().waitFor();
      await page.click('[role=dialog] button:has-text("The other one stays")');
      await page.click('[role=dialog] button:text-is("Merge")');
      await page.waitForSelector('[role=dialog]', { state: 'detached' });
      const [{ path, body }] = asked(server, 'POST', /\/merge$/);
      assert.ok(path.includes(first.id));
      assert.deepEqual(body, { otherId: other.id });
      await page.click('[role=status] button:has-text("Undo")');
      await page.waitForSelector('[role=status]:has-text("a customer of their own again")');
      assert.equal(asked(server, 'DELETE', /\/merges\//).length, 1);
    },
  );

  check(
    'not the same person: said by keyboard, listed, taken back, a warning before a merge',
    { locale: 'fa' },
    async (page, server) => {
      const [{ contact }, { contact: other }] = [server.world.tickets[0], server.world.tickets[9]];
      await arrive(page, server, `/contacts/${contact.id}`);
      const suggestion = page.locator('main li:has-text("همان تلفن")');
      await suggestion.locator('button').last().press('Enter');
      await page.waitForSelector('main h3:has-text("جدا دانسته شده")');
      assert.deepEqual(asked(server, 'POST', /not-same$/)[0].body, { otherId: other.id });
      assert.equal(await suggestion.count(), 0);
      await noViolations(page);
      await page.locator('[role=status] button:has-text("واگرد")').first().press('Enter');
      await suggestion.locator('button').first().press('Enter');
      await page.locator('[role=dialog] button:has-text("یکی نیستند"):not([disabled])').press('Enter');
      await page.waitForSelector('main h3:has-text("جدا دانسته شده")');
      await page.goto(`${server.url}/inbox/mine?ticket=${server.world.tickets[0].id}`);
      await page.click('aside button:has-text("یافتن تکراری‌ها")');
      await page.waitForSelector('[role=dialog] h3:has-text("جدا دانسته شده")');
      await page.locator('[role=dialog] input').fill(other.name ?? other.handle);
      await page.locator('[role=dialog] [role=option]').first().click();
      await page.waitForSelector('[role=dialog] [role=status]:has-text("یک شخص نیستند")');
      await noViolations(page, '[role=dialog]');
      await page.locator('[role=dialog] button:has-text("با این حال")').press('Enter');
      await page.waitForSelector('[role=dialog]', { state: 'detached' });
      assert.deepEqual(asked(server, 'POST', /\/merge$/)[0].body, { otherId: other.id, evenToldApart: true });
    },
  );

  check('same person: a merge of before is told and taken apart', { locale: 'fa' }, async (page, server) => {
    const { contact } = server.world.tickets[0];
    server.world.merges.set(contact.id, [
      {
        contact: { id: server.world.tickets[9].contact.id, name: 'حسین نوری' },
        identities: [{ handle: '+98 912 000 1122', name: null, channelKind: 'whatsapp' }],
        at: new Date().toISOString(),
        by: { kind: 'system' },
      },
    ]);
    await arrive(page, server, `/contacts/${contact.id}`);
    await page.click('main button[aria-label*="جدا کردن"]');
    await page.waitForSelector('[role=status]:has-text("مشتری جداگانه")');
    await page.waitForSelector('main button[aria-label*="جدا کردن"]', { state: 'detached' });
  });

  check('same person: who may only read merges nothing', { locale: 'en' }, async (page, server) => {
    may(server, 'tickets.read', 'contacts.read');
    await signIn(page, server.url, `/inbox/mine?ticket=${server.world.tickets[0].id}`);
    await page.waitForSelector('aside a:has-text("Customer’s page")');
    assert.equal(await page.locator('button:has-text("Find duplicates")').count(), 0);
  });

  check('a token: made, shown once, revoked after a question', { locale: 'en' }, async (page, server) => {
    await arrive(page, server, '/admin/tokens');
    await page.click('main header button:has-text("New token")');
    await page.getByLabel('Name').fill('importer');
    await page.getByLabel('How long it lasts').selectOption('30');
    await page.click('[role=dialog] button[type=submit]');
    await page.waitForFunction(() => document.querySelector('[role=dialog] input[readonly]')?.value.startsWith('pk_x'));
    await noViolations(page, '[role=dialog]');
    await page.click('[role=dialog] button:has-text("Done")');
    const [{ body }] = asked(server, 'POST', /^\/auth\/tokens$/);
    assert.equal(body.name, 'importer');
    const days = (Date.parse(body.expiresAt) - Date.now()) / 86_400_000;
    assert.ok(days > 29 && days <= 30);
    assert.equal((await page.content()).includes('pk_xxxx'), false);
    await page.click('main tr:has-text("nightly export") button');
    await page.waitForSelector('[role=dialog]:has-text("no way back")');
    assert.equal(asked(server, 'DELETE', /tokens/).length, 0);
    await page.click('[role=dialog] button:has-text("Revoke")');
    await page.waitForSelector('main tr:has-text("nightly export")', { state: 'detached' });
    assert.ok(asked(server, 'DELETE', /^\/workspace\/tokens\//).length === 1);
  });

  check('one’s own tokens stand on one’s own page', { locale: 'fa' }, async (page, server) => {
    may(server, 'tickets.read');
    await arrive(page, server, '/me');
    await page.waitForSelector('main tr:has-text("داشبورد فروش")');
    assert.equal(asked(server, 'GET', /^\/workspace\/tokens/).length, 0);
  });

  check('audit: in words, narrowed by the address, unfolded, more', { locale: 'fa' }, async (page, server) => {
    await arrive(page, server, '/admin/audit');
    const lines = page.locator('main ol > li');
    await lines.first().waitFor();
    assert.equal(await lines.count(), 5);
    assert.match(await lines.first().innerText(), /همکار تغییر کرد/);
    assert.match(await lines.nth(4).innerText(), /planet\.exploded/);
    await page.click('button:has-text("نمایش بیشتر"), button:has-text("بیشتر")');
    await page.waitForFunction(() => document.querySelectorAll('main ol > li').length === 6);
    await lines.first().locator('summary').click();
    await lines.first().locator('tr:has(bdi:text-is("نقش")) td:has-text("سرپرست")').waitFor();
    await lines.first().locator('td:has-text("پشتیبانی")').waitFor();
    await lines.first().locator('button').click();
    await page.waitForURL(/subject=agent/);
    await page.waitForFunction(() => document.querySelectorAll('main ol > li').length === 1);
    await page.reload();
    await page.waitForFunction(() => document.querySelectorAll('main ol > li').length === 1);
    await page.getByLabel('چه کسی').selectOption(server.world.agents[1].id);
    await page.waitForSelector('main :text("چیزی نمی‌خواند")');
  });

  check('audit: what fails is said and tried again', { locale: 'en' }, async (page, server) => {
    await arrive(page, server, '/admin/brands');
    await page.route('**/api/v1/audit*', (route) => route.fulfill({ status: 503, body: '{}' }));
    await page.click('nav a:has-text("Audit log")');
    await page.waitForSelector('main [role=alert] button:has-text("Try again")', { timeout: 30_000 });
    await page.unroute('**/api/v1/audit*');
    await page.click('main [role=alert] button:has-text("Try again")');
    await page.waitForSelector('main ol > li');
  });

  check('brands: added, refused twice, renamed', { locale: 'en' }, async (page, server) => {
    await arrive(page, server, '/admin/brands');
    await page.click('main header button');
    await page.locator('[role=dialog] input').fill('Harbour Kids');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=dialog] [role=alert]:has-text("of this name already")');
    await page.locator('[role=dialog] input').fill('Harbour Home');
    await page.keyboard.press('Enter');
    await page.waitForSelector('main tr:has-text("Harbour Home"):has-text("No channel yet")');
    await page.click('main tr:has-text("Harbour Home") button');
    await page.locator('[role=dialog] input').fill('Harbour Casa');
    await page.keyboard.press('Enter');
    await page.waitForSelector('main tr:has-text("Harbour Casa")');
    await page.waitForSelector('main tr:has-text("بندر") a:has-text("harbour.shop")');
  });

  check(
    'brands: archived by keyboard, refused with its channels, brought back, offered no more',
    { locale: 'fa' },
    async (page, server) => {
      await arrive(page, server, '/admin/brands');
      await page.locator('main tr:has-text("بندر") button[aria-label^="بایگانی"]').press('Enter');
      await page.locator('[role=dialog] button').last().press('Enter');
      await page.waitForSelector('[role=dialog] li a[href*="/admin/channels/"]');
      await noViolations(page, '[role=dialog]');
      await page.keyboard.press('Escape');
      await page.locator('main tr:has-text("Harbour Kids") button[aria-label^="بایگانی"]').press('Enter');
      await page.locator('[role=dialog] button').last().press('Enter');
      await page.waitForSelector('[role=dialog]', { state: 'detached' });
      const archived = page.locator('main section:has(h2)');
      await archived.locator('tr:has-text("Harbour Kids")').waitFor();
      await archived.locator('tr:has-text("Old Harbour") button').press('Enter');
      await archived.locator('tr:has-text("Old Harbour")').waitFor({ state: 'detached' });
      await page.goto(`${server.url}/admin/surveys`);
      await page.waitForSelector('main select option:has-text("Old Harbour")', { state: 'attached' });
      assert.equal(await page.locator('main option:has-text("Harbour Kids")').count(), 0);
    },
  );

  check('waves: who, how many, the way to their tickets, settings', { locale: 'fa' }, async (page, server) => {
    await arrive(page, server, '/waves');
    const wave = page.locator('main article').first();
    await wave.waitFor();
    assert.match(await wave.innerText(), /۳۷ نفر[^]*۵۲ پیام[^]*۳۱ تیکت باز/);
    await page.locator('main select').first().selectOption('6');
    await page.waitForSelector('main :text("موجی نیست")');
    await page.locator('main select').first().selectOption('24');
    await page.locator('main form button[type=submit]').click();
    await page.waitForSelector('[role=status]:has-text("ذخیره")');
    assert.deepEqual(asked(server, 'PUT', /^\/repeats\/settings$/).at(-1).body.wavePeople, 5);
    await wave.locator('a').first().click();
    await page.waitForURL(/\/inbox\/all\?.*wave=abab/);
    await page.waitForSelector('button:has-text("یک متن از چند نفر")');
    assert.ok(
      server.state.requests.some(({ path, query }) => path === '/tickets' && String(query).includes('wave=abab')),
    );
  });

  check(
    'waves: everybody answered in one go by keyboard, what failed is named',
    { locale: 'fa' },
    async (page, server) => {
      await arrive(page, server, '/waves');
      await page.locator('main article').first().locator('button').press('Enter');
      await page.waitForSelector('[role=dialog] fieldset label');
      await page.waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA');
      assert.equal(await page.locator('[role=dialog] input:checked').count(), 2);
      assert.equal(await page.locator('[role=dialog] input:disabled').count(), 1);
      await page.waitForTimeout(250);
      await noViolations(page, '[role=dialog]');
      await page.keyboard.type('کد از امشب دوباره کار می‌کند.');
      await page.locator('[role=dialog] fieldset input').nth(1).press('Space');
      await page.locator('[role=dialog] fieldset input').nth(3).press('Space');
      await page.locator('[role=dialog] textarea').press('Control+Enter');
      await page.waitForSelector('[role=dialog] progress');
      await page.waitForSelector('[role=dialog] li:has-text("#1041")');
      const { tickets, id } = server.world;
      assert.deepEqual(asked(server, 'POST', /reply-batches$/)[0].body, {
        text: 'کد از امشب دوباره کار می‌کند.',
        threads: [0, 3].map((n) => ({ conversationId: tickets[n].conversationId, seenMessageId: id('msg', n + 1) })),
      });
      await page.goto(`${server.url}/inbox/all?wave=${'ab'.repeat(16)}`);
      await page.locator('button:has-text("پاسخ به همه")').press('Enter');
      await page.waitForSelector('[role=dialog] fieldset label');
    },
  );

  check('waves: an agent reads them and is offered no settings', { locale: 'en' }, async (page, server) => {
    may(server, 'tickets.read', 'tickets.write', 'contacts.read');
    await arrive(page, server, '/waves');
    await page.waitForSelector('main article');
    assert.equal(await page.locator('main form').count(), 0);
    await page.goto(`${server.url}/admin/audit`);
    await page.waitForSelector('main:has-text("You do not have access to this page.")');
    assert.equal(asked(server, 'GET', /^\/audit/).length, 0);
  });
}
