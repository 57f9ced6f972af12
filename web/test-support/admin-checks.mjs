// The settings and the reports in a real browser: accessibility of every page, and what a lead does there. Part of check.mjs.
import assert from 'node:assert/strict';
import { signIn } from './browser.mjs';

/** Addresses of every page of the settings and of the reports. */
export const adminPaths = ({ world }) => ({
  calendars: '/admin/calendars',
  calendar: `/admin/calendars/${world.id('cale', 1)}`,
  sla: '/admin/sla',
  policy: `/admin/sla/${world.id('poli', 1)}`,
  queues: '/admin/queues',
  skills: '/admin/skills',
  rules: '/admin/rules',
  rule: `/admin/rules/${world.id('rule', 1)}`,
  approvals: '/admin/approvals',
  macros: '/admin/macros',
  surveys: '/admin/surveys',
  handoff: '/admin/handoff',
  webhooks: '/admin/webhooks',
  webhook: `/admin/webhooks/${world.id('endp', 1)}`,
  voice: '/admin/voice',
  files: '/admin/files',
  fields: '/admin/fields',
  reports: '/reports',
});

const arrive = async (page, server, path) => {
  await signIn(page, server.url, path);
  await page.waitForSelector('main h1');
};
const sent = (server, method, path) =>
  server.state.requests.filter((request) => request.method === method && path.test(request.path)).at(-1)?.body;

export function adminChecks({ check, noViolations }) {
  for (const locale of ['fa', 'en']) {
    check(`axe: settings and reports (${locale})`, { locale }, async (page, server) => {
      for (const [name, path] of Object.entries(adminPaths(server))) {
        if (name === 'calendars') await signIn(page, server.url, path);
        else await page.goto(server.url + path);
        await page.waitForSelector('main h1');
        await page.waitForTimeout(250);
        await noViolations(page).catch((error) => assert.fail(`${path} ${error.message}`));
      }
    });
  }

  check('a limit on files is set, and its use shown', { locale: 'fa' }, async (page, server) => {
    await arrive(page, server, '/admin/files');
    await page.waitForSelector('[role=meter][aria-valuenow="81"]');
    await page.fill('main form input', '۲۰۴۸۰');
    await page.click('main form button[type=submit]');
    await page.waitForSelector('[role=meter][aria-valuenow="41"]');
    assert.deepEqual(sent(server, 'PUT', /^\/workspace\/files$/), { limitBytes: 20_480 * 1_048_576 });
    await page.fill('main form input', '');
    await page.click('main form button[type=submit]');
    await page.waitForSelector('[role=meter]', { state: 'detached' });
    assert.deepEqual(sent(server, 'PUT', /^\/workspace\/files$/), { limitBytes: null });
  });

  check(
    'going on by e-mail: words of one’s own, a refused one at its field, somebody faster',
    { locale: 'fa' },
    async (page, server) => {
      await arrive(page, server, '/admin/handoff');
      const code = page.locator('main fieldset').last();
      const text = code.locator('textarea[lang=fa]');
      assert.equal(await text.getAttribute('placeholder'), 'کد تأیید شما {code} است.');
      await text.fill('سلام ');
      await page.locator('main form button[type=submit]').press('Enter');
      await page.waitForSelector('main textarea[lang=fa][aria-invalid=true]');
      await text.press('Control+End');
      await code.getByRole('button', { name: 'کد', exact: true }).press('Enter');
      assert.match(await text.inputValue(), /\{code\}/);
      await page.locator('main form button[type=submit]').press('Enter');
      await page.waitForSelector('[role=status]:has-text("ذخیره")');
      assert.match(sent(server, 'PUT', /^\/handoff-settings$/).texts.codeMail.fa, /^سلام \{code\}$/);
      await page.evaluate(async () => {
        const path = '/api/v1/handoff-settings';
        const { version } = await (await fetch(path)).json();
        await fetch(path, {
          method: 'PUT',
          headers: { 'content-type': 'application/json', 'x-csrf-token': 'csrf' },
          body: JSON.stringify({ version, texts: {}, requiresIdentityCheck: false, addressWaitDays: 12 }),
        });
      });
      await page.locator('main form button[type=submit]').press('Enter');
      await page.locator('main form [role=alert] button').press('Enter');
      await page.waitForFunction(() =>
        [...document.querySelectorAll('main input')].some(({ value }) => value === '۱۲'),
      );
    },
    { tolerated: /409|422/ },
  );

  check(
    'narrow: no page of the settings is cut sideways at 400 px',
    { locale: 'fa', width: 400, height: 800 },
    async (page, server) => {
      for (const [name, path] of Object.entries(adminPaths(server))) {
        if (name === 'calendars') await signIn(page, server.url, path);
        else await page.goto(server.url + path);
        await page.waitForSelector('main h1');
        await page.waitForTimeout(400);
        const fits = await page.evaluate(() => {
          const main = document.querySelector('main');
          return document.documentElement.scrollWidth <= innerWidth && main.scrollWidth <= main.clientWidth;
        });
        assert.ok(fits, path);
      }
    },
  );

  check(
    'calendar: hours in Persian digits, what moves is shown before it is saved',
    { locale: 'fa' },
    async (page, server) => {
      await arrive(page, server, adminPaths(server).calendar);
      const week = page.locator('main section').first();
      const end = week.locator('input').nth(1);
      assert.equal(await end.inputValue(), '۱۳:۰۰');
      await end.fill('۲');
      await page.keyboard.press('Tab');
      assert.equal(await end.inputValue(), '۰۲:۰۰');
      await week.getByText('روز بعد', { exact: true }).waitFor();
      await week.locator('button', { hasText: 'دیدن اثر تغییر' }).click();
      await page.waitForSelector('[role=dialog] table');
      assert.deepEqual(sent(server, 'POST', /\/sla\/preview/).calendar.hours.sat[0], { from: 540, to: 1_560 });
      assert.equal(sent(server, 'PATCH', /\/calendars\//), undefined);
      await page.locator('[role=dialog] button', { hasText: 'ذخیره' }).click();
      await page.waitForSelector('[role=dialog]', { state: 'detached' });
      assert.equal(sent(server, 'PATCH', /\/calendars\//).version, 1);
    },
  );

  check('calendar: a lunar holiday moves by a day, both dates are shown', { locale: 'fa' }, async (page, server) => {
    await arrive(page, server, adminPaths(server).calendar);
    const row = page.locator('main tr', { hasText: 'عید فطر' });
    await row.locator('text=۱۹ اسفند ۱۴۰۵').waitFor();
    await row.locator('text=۱۰ مارس ۲۰۲۷').waitFor();
    await row.locator('button', { hasText: 'یک روز دیرتر' }).click();
    await page.locator('[role=dialog] button:not([disabled])', { hasText: 'ذخیره' }).click();
    await page.locator('main tr', { hasText: '۲۰ اسفند ۱۴۰۵' }).waitFor();
    assert.deepEqual(sent(server, 'PATCH', /\/calendars\//).moveHolidays, [
      { holidayId: server.world.id('holi', 3), date: '2027-03-10', observed: '2027-03-11' },
    ]);
  });

  check('calendar: somebody else was faster', { locale: 'en' }, async (page, server) => {
    await arrive(page, server, adminPaths(server).calendar);
    await page.locator('main section').first().locator('button', { hasText: 'Add hours' }).first().click();
    await page.locator('main section').first().locator('button', { hasText: 'See what moves' }).click();
    await page.locator('[role=dialog] button:not([disabled])', { hasText: 'Save' }).waitFor();
    await page.evaluate(
      async (path) => {
        const { version } = await (await fetch(path)).json();
        await fetch(path, {
          method: 'PATCH',
          headers: { 'content-type': 'application/json', 'x-csrf-token': 'csrf' },
          body: JSON.stringify({ version }),
        });
      },
      `/api/v1${adminPaths(server).calendar.slice(6)}`,
    );
    await page.locator('[role=dialog] button:not([disabled])', { hasText: 'Save' }).click();
    await page.locator('[role=dialog] [role=alert]', { hasText: 'look at it again' }).waitFor();
  });

  check('SLA: the dry run explains in the language of the reader', { locale: 'fa' }, async (page, server) => {
    await arrive(page, server, '/admin/sla');
    const form = page.locator('main section form');
    await form.locator('input[inputmode=numeric]').fill('۱۷۵۰');
    await form.locator('button[type=submit]').click();
    await page.locator('[role=status] li', { hasText: 'سررسید پنجشنبه' }).waitFor();
    assert.match(sent(server, 'POST', /dry-run/).arrivedAt, /T14:20:00\.000Z$/);
    await page.locator('[role=status] li', { hasText: 'هشدار در ۷۵٪' }).first().waitFor();
  });

  check('SLA: a policy applies to clocks that run only when told so', { locale: 'en' }, async (page, server) => {
    await arrive(page, server, adminPaths(server).policy);
    await page.locator('main form button[type=submit]').first().click();
    await page.locator('[role=dialog] button:not([disabled])', { hasText: 'Only for new clocks' }).click();
    await page.waitForURL(/\/admin\/sla$/);
    assert.equal(sent(server, 'PATCH', /sla-policies/).applyToOpen, false);
  });

  check('rules: order and switch by keyboard; a refusal says where', { locale: 'en' }, async (page, server) => {
    await arrive(page, server, '/admin/rules');
    await page.getByRole('button', { name: 'Run Hide spam links earlier' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('tbody tr').first().locator('text=Hide spam links').waitFor();
    await page.getByRole('switch', { name: 'Hide spam links: in use' }).focus();
    await page.keyboard.press('Space');
    await page.locator('tbody tr').first().locator('text=On').waitFor();
    await page.goto(`${server.url}/admin/rules/new`);
    await page.waitForSelector('main form input');
    await page.locator('main form input').first().fill('Nothing yet');
    await page.locator('main form button[type=submit]').click();
    await page.locator('main form li', { hasText: 'when: must be a list of at least one' }).waitFor();
    await page.locator('label', { hasText: 'a ticket opens' }).click();
    await page.locator('main form button[type=submit]').click();
    await page.waitForURL(/\/admin\/rules$/);
    assert.deepEqual(sent(server, 'POST', /\/rules$/).when, [{ on: 'ticket.opened' }]);
  });

  check('rules: a tree of conditions comes back as it was shown', { locale: 'fa' }, async (page, server) => {
    await arrive(page, server, adminPaths(server).rule);
    await page.locator('main form button[type=submit]').click();
    await page.waitForURL(/\/admin\/rules$/);
    assert.deepEqual(sent(server, 'PUT', /\/rules\//).conditions, {
      all: [
        { field: 'text', op: 'contains_any', value: ['بازگشت وجه', 'refund'] },
        {
          any: [
            { field: 'priority', op: 'at_least', value: 'normal' },
            { field: 'tier', op: 'is', value: 'vip' },
          ],
        },
      ],
    });
  });

  check('approvals: refused with a reason', { locale: 'fa' }, async (page, server) => {
    await arrive(page, server, '/admin/approvals');
    await page.locator('main li button', { hasText: 'رد' }).click();
    await page.fill('[role=dialog] input', 'مشتری است');
    await page.click('[role=dialog] button[type=submit]');
    await page.locator('main', { hasText: 'چیزی نیست.' }).waitFor();
    assert.deepEqual(sent(server, 'PUT', /approvals/), { decision: 'refuse', reason: 'مشتری است' });
  });

  check('webhooks: the secret is shown once', { locale: 'en' }, async (page, server) => {
    await arrive(page, server, '/admin/webhooks');
    await page.locator('main header button').click();
    await page.getByLabel('Name').fill('Stock');
    await page.getByLabel('Address').fill('https://stock.example/hook');
    await page.click('[role=dialog] button[type=submit]');
    await page.waitForSelector('[role=dialog] input[readonly][value^=whsec_]');
    await page.locator('[role=dialog] button', { hasText: 'Done' }).click();
    await page.locator('main tr a', { hasText: 'Stock' }).waitFor();
    assert.equal(await page.locator('input[value^=whsec_]').count(), 0);
  });

  check('ready answers: a variable goes where the cursor was', { locale: 'fa' }, async (page, server) => {
    await arrive(page, server, '/admin/macros');
    await page.locator('main section').first().locator('button').first().click();
    await page.getByRole('textbox', { name: 'میان‌بر' }).fill('سلام۲');
    await page.getByLabel('عنوان').fill('سلام');
    const text = page.getByLabel('متن فارسی');
    await text.fill('سلام  عزیز');
    await text.evaluate((area) => area.setSelectionRange(5, 5));
    await page.getByRole('button', { name: 'نام کوچک مشتری' }).click();
    assert.equal(await text.inputValue(), 'سلام {{contact.firstName}} عزیز');
    await page.click('[role=dialog] button[type=submit]');
    await page.waitForSelector('[role=dialog]', { state: 'detached' });
  });

  check('people: a role and a capacity, a new password, kept out', { locale: 'fa' }, async (page, server) => {
    const [, reza] = server.world.agents;
    await arrive(page, server, '/admin/team');
    const edit = () => page.locator('main tr', { hasText: reza.name }).first().locator('button').click();
    await edit();
    await page.getByLabel('هم‌زمان چند کار').fill('۹');
    await page.getByLabel('نقش').selectOption('lead');
    await noViolations(page, '[role=dialog]');
    await page.click('[role=dialog] button[type=submit]');
    await page.waitForSelector('[role=dialog]', { state: 'detached' });
    assert.equal(reza.capacity, 9);
    assert.equal(reza.role, 'lead');
    await edit();
    await page.click('[role=dialog] button:has-text("بستن دسترسی")');
    await page.click('[role=dialog] [role=alert] button');
    await page.waitForSelector('[role=dialog]', { state: 'detached' });
    await page.waitForSelector('main tr:has-text("بی‌دسترسی")');
    await edit();
    await page.click('[role=dialog] button:has-text("گذرواژهٔ تازه")');
    await page.click('[role=dialog] [role=alert] button');
    await page.waitForFunction(
      () => document.querySelector('[role=dialog] input[readonly]')?.value === 'plum-harbour-tide',
    );
  });

  check('reports: the address holds the question', { locale: 'fa' }, async (page, server) => {
    await arrive(page, server, '/reports');
    await page.getByRole('combobox', { name: 'بر پایهٔ' }).selectOption('agent');
    await page.waitForURL(/by=agent/);
    await page.locator('main tr', { hasText: 'رضا کریمی' }).first().waitFor();
    const latin = await page.$$eval('main td, main dd', (all) =>
      all.map((one) => one.textContent).filter((text) => /[0-9]/.test(text)),
    );
    assert.deepEqual(latin, []);
    await page.reload();
    await page.locator('main tr', { hasText: 'رضا کریمی' }).first().waitFor();
  });
}
