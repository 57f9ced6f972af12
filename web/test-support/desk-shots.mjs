// Pictures of the tools on an agent's desk in both languages: node web/test-support/desk-shots.mjs <folder> [part of a name]
import { mkdir } from 'node:fs/promises';
import { launch, openPage, signIn } from './browser.mjs';
import { startFakeServer } from './fake-server.mjs';

const folder = process.argv[2] ?? 'shots';
const only = process.argv[3];
await mkdir(folder, { recursive: true });
const browser = await launch();

async function shot(name, options, steps) {
  if (only && !name.includes(only)) return;
  const server = await startFakeServer({ locale: options.locale });
  const { page, context, problems } = await openPage(browser, options);
  page.setDefaultTimeout(8000);
  try {
    await steps(page, server);
    await page.waitForTimeout(350);
    await page.screenshot({ path: `${folder}/${name}.png` });
  } catch (error) {
    problems.push(String(error).split('\n').slice(0, 4).join(' '));
    await page.screenshot({ path: `${folder}/${name}-broken.png` });
  }
  if (problems.length) console.log(name, problems);
  await context.close();
  await server.close();
}

const open =
  (index, view = 'all') =>
  async (page, server) => {
    await signIn(page, server.url, `/inbox/${view}?ticket=${server.world.tickets[index].id}`);
    await page.waitForSelector('article');
    await page.waitForSelector('input[list]', { state: 'attached' });
    await page.waitForTimeout(300);
  };
const menu = (place, then) => async (page, server) => {
  await open(0)(page, server);
  await page.click('header button:has(svg.lucide-ellipsis)');
  await page.click(`[role=menuitem] >> nth=${place}`);
  await page.waitForSelector('[role=dialog]');
  await page.waitForTimeout(250);
  if (then) await then(page, server);
};

for (const locale of ['fa', 'en']) {
  const at = (name, steps, more = {}) => shot(`${locale}-${name}`, { locale, ...more }, steps);
  await at('ticket', open(0));
  await at('ticket-dark', open(0), { theme: 'dark' });
  await at('threads', open(3));
  await at('asleep', open(6));
  await at('dismissed', open(8, 'solved'));
  await at('menu', async (page, server) => {
    await open(0)(page, server);
    await page.click('header button:has(svg.lucide-ellipsis)');
    await page.waitForSelector('[role=menuitem]');
  });
  await at('sla', async (page, server) => {
    await open(6)(page, server);
    await page.click('header button:has(svg.lucide-alarm-clock), header button:has(svg.lucide-timer)');
    await page.waitForSelector('[role=dialog] li');
    await page.click('[role=dialog] summary');
  });
  await at('snooze', menu(0));
  await at('dismiss', menu(1));
  await at('email', menu(2));
  await at('phone', menu(3));
  await at('identity', menu(4));
  await at(
    'merge',
    menu(5, async (page) => {
      await page.keyboard.type('۱۰۴۴');
      await page.waitForSelector('[role=dialog] [role=option]');
    }),
  );
  await at(
    'merge-confirm',
    menu(5, async (page) => {
      await page.keyboard.type('۱۰۴۴');
      await page.click('[role=dialog] [role=option]');
    }),
  );
  await at('split', menu(6));
  await at('link', menu(7));
  await at('whose', menu(8));
  await at('macros', async (page, server) => {
    await open(0)(page, server);
    await page.fill('#composer textarea', '/');
    await page.waitForSelector('[role=dialog] [role=option]');
  });
  await at('offer', async (page, server) => {
    server.world.offers = [
      { ...server.world.tickets[1], expiresAt: new Date(Date.now() + 25_000).toISOString(), why: {} },
      { ...server.world.tickets[7], expiresAt: new Date(Date.now() + 40_000).toISOString(), why: {} },
    ];
    await open(0)(page, server);
    await page.waitForSelector('section:has(svg.lucide-hand)');
  });
  await at('bell', async (page, server) => {
    await open(0)(page, server);
    await page.click('nav button:has(svg.lucide-bell)');
    await page.waitForSelector('[role=dialog] li');
  });
  const presence = (place) => async (page, server) => {
    await open(0)(page, server);
    await page.click('nav [aria-haspopup=true] >> nth=-1');
    await page.waitForSelector('[role=menuitemradio]');
    if (place === null) return;
    await page.click(`[role=menuitemradio] >> nth=${place}`);
    await page.waitForSelector('[role=dialog] form');
  };
  await at('presence', presence(null));
  await at('takes', presence(4));
  await at('leave', presence(5));
  const calls = (query) => async (page, server) => {
    await signIn(page, server.url, `/calls${query(server)}`);
    await page.waitForSelector('main li');
    await page.waitForTimeout(300);
  };
  await at(
    'calls',
    calls(({ world }) => `?call=${world.id('call', 10)}`),
  );
  await at('call-outcome', async (page, server) => {
    await calls(({ world }) => `?call=${world.id('call', 10)}`)(page, server);
    await page.click('article button >> nth=0');
    await page.click('article button:has(svg.lucide-phone)');
    await page.waitForSelector('article form');
  });
  await at(
    'calls-narrow',
    calls(({ world }) => `?call=${world.id('call', 10)}`),
    { width: 400, height: 860 },
  );
  await at('bulk', async (page, server) => {
    await signIn(page, server.url, '/inbox/all');
    await page.waitForSelector('[role=option]');
    await page.click('[role=option] >> nth=0', { modifiers: ['Control'] });
    await page.click('[role=option] >> nth=3', { modifiers: ['Shift'] });
    await page.waitForSelector('section:has(svg.lucide-list-checks)');
  });
  await at('bulk-done', async (page, server) => {
    await signIn(page, server.url, '/inbox/all');
    await page.waitForSelector('[role=option]');
    await page.click('[role=option] >> nth=0', { modifiers: ['Control'] });
    await page.click('[role=option] >> nth=4', { modifiers: ['Shift'] });
    await page.click('section button[aria-haspopup]');
    await page.click('[role=menuitem] >> nth=0');
    await page.click('[role=dialog] button[type=submit]');
    await page.waitForSelector('[role=dialog] progress');
  });
  await at('repeats', open(2));
  await at('repeats-dark', open(2), { theme: 'dark' });
  await at('repeats-answer', async (page, server) => {
    await open(2)(page, server);
    await page.click('section:has(svg.lucide-clock) > button');
    await page.waitForSelector('[role=dialog] textarea');
  });
  await at('narrow-ticket', open(0), { width: 400, height: 860 });
}
await browser.close();
