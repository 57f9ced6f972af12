// Notices on channels nobody can answer on, in a real browser. Part of check.mjs.
import assert from 'node:assert/strict';
import { LOOKS, signIn } from './browser.mjs';

const arrive = async (page, server, path = '/admin/notices') => {
  await signIn(page, server.url, path);
  await page.waitForSelector('main h1');
  await page.waitForSelector('main li');
};
const asked = (server, path) =>
  server.state.requests.filter((request) => request.method === 'POST' && path.test(request.path));

export function noticeChecks({ check, noViolations }) {
  for (const [locale, theme] of LOOKS)
    check(`axe: notices (${locale}, ${theme})`, { locale, theme }, async (page, server) => {
      await arrive(page, server);
      await page.waitForTimeout(250);
      await noViolations(page);
    });

  check(
    'a notice is written once, counted against the limit, kept over a reload',
    { locale: 'fa' },
    async (page, server) => {
      await arrive(page, server);
      await page.fill('main form textarea', 'سلام دوستان');
      await page.waitForSelector('text=۱۸۹ نویسه مانده');
      await page.reload();
      await page.waitForSelector('main form textarea');
      assert.equal(await page.inputValue('main form textarea'), 'سلام دوستان');
      await page.click('main form button[type=submit]');
      await page.waitForSelector('main li >> text=سلام دوستان');
      const [only, ...more] = asked(server, /\/notices$/);
      assert.equal(more.length, 0);
      assert.deepEqual(only.body, { text: 'سلام دوستان' });
      assert.equal(await page.inputValue('main form textarea'), '');
    },
  );

  check('a long notice goes in parts only when its writer agrees', { locale: 'en' }, async (page, server) => {
    await arrive(page, server);
    await page.fill('main form textarea', 'word '.repeat(60));
    assert.ok(await page.isDisabled('main form button[type=submit]'));
    await page.check('main form input[type=checkbox]');
    await page.click('main form button[type=submit]');
    await page.waitForSelector('main li >> text=word word');
    assert.equal(asked(server, /\/notices$/)[0].body.split, true);
  });

  check('what is in doubt is sent again only after a second look', { locale: 'fa' }, async (page, server) => {
    await arrive(page, server);
    const doubtful = page.locator('main li', { hasText: 'OFF-30' });
    await doubtful.getByText('ارسال دوباره', { exact: true }).click();
    await page.waitForSelector('[role=alertdialog], [role=dialog]');
    await noViolations(page);
    assert.equal(asked(server, /\/delivery$/).length, 0);
    await page.keyboard.press('Escape');
    await doubtful.getByText('رسیده است', { exact: true }).click();
    await doubtful.getByText('فرستاده شد').waitFor();
    assert.deepEqual(asked(server, /\/delivery$/)[0].body, { action: 'arrived' });
    const refused = page.locator('main li', { hasText: 'Our shop is closed' });
    await refused.getByText('ارسال دوباره', { exact: true }).click();
    await refused.getByText('در صف ارسال').waitFor();
  });

  check(
    'a recipient that cannot be is said at its field',
    { locale: 'fa' },
    async (page, server) => {
      await arrive(page, server);
      await page.fill('main form textarea', 'سلام');
      await page.fill('main form input:not([type=file])', 'two words');
      await page.click('main form button[type=submit]');
      await page.waitForSelector('main form input[aria-invalid=true]');
    },
    { tolerated: /422/ },
  );

  check('the channel’s page leads to its notices', { locale: 'en' }, async (page, server) => {
    await signIn(page, server.url, `/admin/channels/${server.world.id('chan', 40)}`);
    await page.click('main header button:has-text("Notices")');
    await page.waitForSelector('main form textarea');
    assert.match(page.url(), /channel=/);
  });

  check('notices fit a narrow page', { locale: 'fa', width: 390, height: 800 }, async (page, server) => {
    await arrive(page, server);
    const fits = await page.evaluate(() => {
      const main = document.querySelector('main');
      return document.documentElement.scrollWidth <= innerWidth && main.scrollWidth <= main.clientWidth;
    });
    assert.ok(fits);
  });
}
