// Pictures of the screens in both languages: node web/test-support/shots.mjs <folder>
import { mkdir } from 'node:fs/promises';
import { launch, openPage, signIn } from './browser.mjs';
import { startFakeServer } from './fake-server.mjs';

const folder = process.argv[2] ?? 'shots';
await mkdir(folder, { recursive: true });
const browser = await launch();
const only = process.argv[3];

async function shots(name, options, steps) {
  if (only && !name.includes(only)) return;
  const server = await startFakeServer({ locale: options.locale });
  const { page, context, problems } = await openPage(browser, options);
  try {
    await steps(page, server);
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: `${folder}/${name}.png` });
  } catch (error) {
    problems.push(String(error));
    await page.screenshot({ path: `${folder}/${name}-broken.png` });
  }
  if (problems.length) console.log(name, problems);
  await context.close();
  await server.close();
}

const thread = async (page, server) => {
  await signIn(page, server.url, `/inbox/mine?ticket=${server.world.tickets[0].id}`);
  await page.waitForSelector('article');
  await page.waitForSelector('[role=option]');
};

for (const locale of ['fa', 'en']) {
  await shots(`${locale}-login`, { locale }, (page, server) =>
    page.goto(`${server.url}/login`).then(() => page.waitForSelector('form')),
  );
  await shots(`${locale}-inbox`, { locale }, async (page, server) => {
    await thread(page, server);
    await page.waitForTimeout(400);
  });
  await shots(`${locale}-narrow-thread`, { locale, width: 400, height: 800 }, async (page, server) => {
    await signIn(page, server.url, `/inbox/mine?ticket=${server.world.tickets[0].id}`);
    await page.waitForSelector('article');
  });
  await shots(`${locale}-narrow-list`, { locale, width: 400, height: 800 }, async (page, server) => {
    await signIn(page, server.url, '/inbox/all');
    await page.waitForSelector('[role=option]');
  });
}
await shots('fa-thread-top', { locale: 'fa' }, async (page, server) => {
  await thread(page, server);
  await page.waitForTimeout(300);
  await page.evaluate(() => document.getElementById('thread').scrollTo({ top: 0 }));
  await page.waitForTimeout(200);
});
await shots('fa-narrow-card', { locale: 'fa', width: 400, height: 800 }, async (page, server) => {
  await signIn(page, server.url, `/inbox/mine?ticket=${server.world.tickets[0].id}`);
  await page.click('button[aria-label="کارت مشتری"]');
  await page.waitForSelector('[role=dialog] h3');
});
await shots('fa-note', { locale: 'fa' }, async (page, server) => {
  await thread(page, server);
  await page.locator('#thread').focus();
  await page.keyboard.press('n');
  await page.keyboard.type('با انبار هماهنگ شد. Ticket #48213');
});
await shots('en-sla', { locale: 'en' }, async (page, server) => {
  await thread(page, server);
  await page.click('header button:has-text("late")');
  await page.waitForSelector('[role=dialog] ol');
});
await shots('fa-dm', { locale: 'fa' }, async (page, server) => {
  await signIn(page, server.url, `/inbox/all?ticket=${server.world.tickets[7].id}`);
  await page.waitForSelector('article');
  await page.waitForTimeout(400);
});
await shots('fa-add-channel', { locale: 'fa', width: 1280, height: 760 }, async (page, server) => {
  await signIn(page, server.url, '/admin/channels');
  await page.click('button:has-text("افزودن کانال")');
  await page.waitForSelector('[role=dialog] input');
});
await shots('fa-dark', { locale: 'fa', theme: 'dark' }, thread);
await shots('fa-stale', { locale: 'fa' }, async (page, server) => {
  await thread(page, server);
  server.state.stale = 'صبر کنید، همین الان رسید! ممنون 🙏';
  await page.fill('textarea', 'سلام، مرسوله امروز تحویل پیک شد.');
  await page.keyboard.press('Control+Enter');
  await page.waitForSelector('[role=alert]');
});
await shots('fa-failed', { locale: 'fa' }, async (page, server) => {
  await thread(page, server);
  server.state.down = true;
  await page.fill('textarea', 'سلام، مرسوله امروز تحویل پیک شد.');
  await page.keyboard.press('Control+Enter');
  await page.waitForSelector('[role=alert]');
});
for (const name of ['channels', 'team', 'faq', 'crm', 'ledger', 'jobs'])
  await shots(`fa-admin-${name}`, { locale: 'fa', width: 1280, height: 760 }, async (page, server) => {
    await signIn(page, server.url, `/admin/${name}`);
    await page.waitForSelector('main h1');
    await page.waitForTimeout(300);
  });
await shots('fa-me', { locale: 'fa', width: 1280, height: 760 }, async (page, server) => {
  await signIn(page, server.url, '/me');
  await page.waitForSelector('main h1');
});
await shots('en-assign', { locale: 'en' }, async (page, server) => {
  await thread(page, server);
  await page.locator('#thread').focus();
  await page.keyboard.press('a');
  await page.waitForSelector('[role=dialog] [role=option]');
});
await browser.close();
