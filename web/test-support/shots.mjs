// Pictures of the screens in both languages: node web/test-support/shots.mjs <folder>
import { mkdir } from 'node:fs/promises';
import { adminPaths } from './admin-checks.mjs';
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
for (const locale of ['fa', 'en']) {
  const size = { locale, width: 1280, height: 860 };
  const open = (path) => async (page, server) => {
    await signIn(page, server.url, path(server));
    await page.waitForSelector('main h1');
    await page.waitForTimeout(400);
  };
  const channel = (server) => `/admin/channels/${server.world.channels[3].id}`;
  await shots(`${locale}-notices`, { ...size, height: 1240 }, async (page, server) => {
    await open(() => '/admin/notices')(page, server);
    await page.fill(
      'main form textarea',
      locale === 'fa' ? 'از شنبه فروشگاه تا ساعت ۲۲ باز است. Open till 22:00 🌙' : 'Open till 22:00 🌙',
    );
  });
  await shots(
    `${locale}-channels`,
    size,
    open(() => '/admin/channels'),
  );
  await shots(`${locale}-channel`, size, open(channel));
  await shots(`${locale}-channel-dark`, { ...size, theme: 'dark' }, open(channel));
  await shots(`${locale}-channel-edit`, size, async (page, server) => {
    await open(channel)(page, server);
    await page.click(`main header button:has(svg.lucide-pencil)`);
    await page.waitForSelector('[role=dialog] input');
    await page.waitForTimeout(200);
  });
  await shots(`${locale}-add-channel`, size, async (page, server) => {
    await open(() => '/admin/channels')(page, server);
    await page.click('main header button');
    await page.waitForSelector('[role=dialog] li');
    await page.waitForTimeout(200);
  });
  await shots(`${locale}-add-channel-form`, size, async (page, server) => {
    await open(() => '/admin/channels')(page, server);
    await page.click('main header button');
    await page.click('[role=dialog] li button >> nth=0');
    await page.waitForSelector('[role=dialog] form');
    await page.waitForTimeout(200);
  });
  await shots(`${locale}-connection`, size, async (page, server) => {
    await open(() => '/admin/channels?connection=c1')(page, server);
    await page.waitForSelector('[role=dialog] form');
  });
  const conversation = (index) => async (page, server) => {
    await signIn(page, server.url, `/inbox/all?ticket=${server.world.tickets[index].id}`);
    await page.waitForSelector('article');
    await page.waitForTimeout(500);
  };
  await shots(`${locale}-files`, { locale }, conversation(9));
  await shots(`${locale}-template`, { locale }, async (page, server) => {
    await conversation(9)(page, server);
    await page.click(
      '#composer button:has(svg.lucide-file-check-corner), #composer button:has(svg.lucide-file-check-2)',
    );
    await page.click('[role=dialog] li button');
    await page.waitForSelector('[role=dialog] form');
  });
  await shots(`${locale}-letter`, { locale }, async (page, server) => {
    await conversation(10)(page, server);
    await page.click('article button:has(svg.lucide-chevron-down)');
    await page.waitForSelector('iframe');
    await page.waitForTimeout(300);
  });
  await shots(`${locale}-attach`, { locale }, async (page, server) => {
    await conversation(11)(page, server);
    await page.setInputFiles('#composer input[type=file]', [
      { name: 'تصویر.png', mimeType: 'image/png', buffer: Buffer.alloc(5000) },
      { name: 'guide.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(90_000) },
      { name: 'big.png', mimeType: 'image/png', buffer: Buffer.alloc(20_000) },
    ]);
    await page.fill(
      'textarea',
      'نشانی تازهٔ شما ثبت شد. مرسوله فردا فرستاده می‌شود و کد رهگیری همان شب پیامک خواهد شد.',
    );
    await page.waitForTimeout(400);
  });
  await shots(`${locale}-bulk`, { locale }, async (page, server) => {
    await thread(page, server);
    await page.click('article button[aria-haspopup] >> nth=0');
    await page.click('[role=menuitem] >> nth=-1');
    await page.waitForSelector('article input[type=checkbox]');
    await page.click('article input[type=checkbox] >> nth=-1');
    await page.waitForTimeout(200);
  });
}
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
for (const name of ['team', 'faq', 'crm', 'ledger', 'jobs'])
  await shots(`fa-admin-${name}`, { locale: 'fa', width: 1280, height: 760 }, async (page, server) => {
    await signIn(page, server.url, `/admin/${name}`);
    await page.waitForSelector('main h1');
    await page.waitForTimeout(300);
  });
for (const locale of ['fa', 'en'])
  for (const name of Object.keys(adminPaths({ world: { id: String } })))
    await shots(`${locale}-settings-${name}`, { locale, width: 1280, height: 1400 }, async (page, server) => {
      await signIn(page, server.url, adminPaths(server)[name]);
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
