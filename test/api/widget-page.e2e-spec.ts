import AxeBuilder from '@axe-core/playwright';
import { createHmac, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, type BrowserContext, chromium, type FrameLocator, type Page } from 'playwright-core';
import { eventually, startApp, type TestApp } from '../harness';

interface Ticket {
  conversationId: string;
  preview: string;
}

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
];

jest.setTimeout(120_000);

/** The built widget in a real browser, as a visitor meets it. */
describe('the widget on a page', () => {
  let app: TestApp;
  let inboxId: string;
  let chrome: Browser;
  const contexts: BrowserContext[] = [];

  const person = async (locale: string): Promise<BrowserContext> => {
    const context = await chrome.newContext({
      locale,
      timezoneId: 'Asia/Tehran',
      viewport: { width: 900, height: 760 },
    });
    contexts.push(context);
    return context;
  };
  const open = async (context: BrowserContext, locale: 'fa' | 'en'): Promise<{ page: Page; chat: FrameLocator }> => {
    const page = await context.newPage();
    await page.goto(`${app.url}/widget/demo?inbox=${inboxId}&locale=${locale}`);
    await page.getByRole('button', { name: locale === 'fa' ? 'گفتگو' : 'Chat' }).click();
    const chat = page.frameLocator('iframe');
    await chat.getByRole('textbox', { name: locale === 'fa' ? 'پیام شما' : 'Your message' }).waitFor();
    return { page, chat };
  };
  const write = async (chat: FrameLocator, text: string) => {
    const box = chat.locator('textarea');
    await box.fill(text);
    await box.press('Enter');
  };
  const bubbles = (chat: FrameLocator) => chat.locator('.log article:not(.pending) .bubble').allInnerTexts();
  const ticketOf = (preview: string) =>
    eventually(async () => {
      const { items } = await app.owner.get<{ items: Ticket[] }>('/tickets?view=all&sort=recent&limit=50');
      return items.find((ticket) => ticket.preview === preview);
    });
  const reply = async ({ conversationId }: Ticket, text: string) => {
    const { items } = await app.owner.get<{ items: { id: string }[] }>(`/conversations/${conversationId}/messages`);
    const body = { text, visibility: 'private', seenMessageId: items.at(-1)!.id };
    await app.owner.post(`/conversations/${conversationId}/replies`, body, { 'idempotency-key': randomUUID() });
  };
  const barriers = async (page: Page) => {
    const { violations, passes } = await new AxeBuilder({ page }).analyze();
    // the frame stands in a shadow root: it was looked into if something in it was found good
    expect(passes.some(({ nodes }) => nodes.some((node) => node.html.includes('class="log"')))).toBe(true);
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
  };
  const photograph = async (page: Page, name: string) => {
    const dir = process.env['WIDGET_SHOTS'];
    if (dir) await page.screenshot({ path: `${dir}/${name}.png` });
  };

  beforeAll(async () => {
    app = await startApp();
    const channel = await app.owner.post<{ externalId: string }>('/channels', {
      kind: 'webchat',
      name: 'فروشگاه بندر',
      settings: { greeting: { fa: 'سلام! به فروشگاه بندر خوش آمدید.', en: 'Hello! Welcome to Harbour.' } },
    });
    inboxId = channel.externalId;
    chrome = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: FLAGS });
  });
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
  });
  afterAll(async () => {
    await chrome.close();
    await app.close();
  });

  it('carries a conversation in Persian, from right to left, with numbers in their own order', async () => {
    const { page, chat } = await open(await person('fa-IR'), 'fa');
    expect(await chat.locator('html').getAttribute('dir')).toBe('rtl');
    await write(chat, 'سلام، کد رهگیری من 21450-11320 است. می‌خواهم بدانم کجاست.');
    const ticket = await ticketOf('سلام، کد رهگیری من 21450-11320 است. می‌خواهم بدانم کجاست.');
    await reply(ticket, 'سلام، سفارش #48213 فردا می‌رسد:\nhttps://shop.example/track/48213');
    await chat.getByRole('link', { name: 'https://shop.example/track/48213' }).waitFor();
    expect(await chat.locator('bdi[dir=ltr]').allInnerTexts()).toContain('21450-11320');
    expect(await barriers(page)).toEqual([]);
    await photograph(page, 'fa');
  });

  it('carries a conversation in English, keeps line breaks, and text is never markup', async () => {
    const { page, chat } = await open(await person('en-GB'), 'en');
    await write(chat, '<img src=x onerror="parent.hacked=1"><b>bold</b>');
    const ticket = await ticketOf('<img src=x onerror="parent.hacked=1"><b>bold</b>');
    await reply(ticket, '<script>parent.hacked=2</script>\nsecond line');
    await eventually(async () => (await bubbles(chat)).length === 2);
    expect(await bubbles(chat)).toEqual([
      '<img src=x onerror="parent.hacked=1"><b>bold</b>',
      '<script>parent.hacked=2</script>\nsecond line',
    ]);
    expect(await chat.locator('.log img, .log script, .log b').count()).toBe(0);
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    expect(await chat.locator('[role=status].unseen').innerText()).toContain('second line');
    expect(await barriers(page)).toEqual([]);
    await photograph(page, 'en');
  });

  it('keeps what could not be sent, shows it as pending, and sends it once when the network is back', async () => {
    const context = await person('en-GB');
    const { page, chat } = await open(context, 'en');
    await write(chat, 'first words');
    await eventually(async () => (await bubbles(chat)).length === 1);
    const ticket = await ticketOf('first words');
    await context.setOffline(true);
    await write(chat, 'written in a tunnel');
    await chat.locator('.pending').waitFor();
    await photograph(page, 'en-pending');
    await reply(ticket, 'answered meanwhile');
    await context.setOffline(false);
    await eventually(async () => (await bubbles(chat)).length === 3, 40_000);
    expect(await bubbles(chat)).toEqual(['first words', 'answered meanwhile', 'written in a tunnel']);
    expect(await chat.locator('.pending').count()).toBe(0);
  });

  it('shows the same conversation in a second tab and after a reload', async () => {
    const context = await person('en-GB');
    const first = await open(context, 'en');
    await write(first.chat, 'tab one');
    await eventually(async () => (await bubbles(first.chat)).length === 1);
    const second = await open(context, 'en');
    await eventually(async () => (await bubbles(second.chat)).length === 1);
    await write(second.chat, 'tab two');
    for (const { chat } of [first, second]) {
      await eventually(async () => (await bubbles(chat)).length === 2);
      expect(await bubbles(chat)).toEqual(['tab one', 'tab two']);
    }
    await first.page.reload();
    await first.page.getByRole('button', { name: 'Chat' }).click();
    await eventually(async () => (await bubbles(first.page.frameLocator('iframe'))).length === 2);
  });

  it('counts answers on the closed button, and reading them clears it in both tabs', async () => {
    const context = await person('en-GB');
    const { page, chat } = await open(context, 'en');
    await write(chat, 'call me back');
    const ticket = await ticketOf('call me back');
    await chat.getByRole('button', { name: 'Close chat' }).click();
    await reply(ticket, 'here I am');
    const button = page.getByRole('button', { name: 'Chat (1)' });
    await button.waitFor();
    await photograph(page, 'en-unread');
    await button.click();
    await page.getByRole('button', { name: 'Chat', exact: true }).waitFor();
    expect(await bubbles(chat)).toEqual(['call me back', 'here I am']);
  });

  it('works from the keyboard: Enter sends, Shift+Enter breaks the line, Escape closes and gives the focus back', async () => {
    const { page, chat } = await open(await person('en-GB'), 'en');
    await page.keyboard.type('one');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('two');
    await page.keyboard.press('Enter');
    await eventually(async () => (await bubbles(chat)).length === 1);
    expect(await bubbles(chat)).toEqual(['one\ntwo']);
    await page.keyboard.press('Escape');
    await page.locator('iframe').waitFor({ state: 'hidden' });
    const focused = page.locator('div').locator('button:focus');
    expect(await focused.getAttribute('aria-expanded')).toBe('false');
  });

  it('takes an address while nobody is there', async () => {
    const { chat } = await open(await person('en-GB'), 'en');
    await chat.getByRole('textbox', { name: 'E-mail address' }).fill('omar@example.com');
    await chat.getByRole('button', { name: 'Leave address' }).click();
    await chat.getByText('Thank you.').waitFor();
    const known = await app.database.lean('system', (tx) =>
      tx.query(`SELECT email_verified_at FROM contacts WHERE email = 'omar@example.com'`),
    );
    expect(known).toEqual([{ email_verified_at: null }]);
  });

  it('forgets the visitor when the site signs its user out', async () => {
    const { page, chat } = await open(await person('en-GB'), 'en');
    await write(chat, 'for my eyes only');
    await eventually(async () => (await bubbles(chat)).length === 1);
    await page.evaluate('window.Pasokh.reset()');
    await eventually(async () => (await bubbles(chat)).length === 0);
    await page.reload();
    await page.getByRole('button', { name: 'Chat' }).click();
    await chat.getByText('Hello! Welcome to Harbour.').waitFor();
    expect(await bubbles(chat)).toEqual([]);
  });

  it('lives in another site’s page under its own strict policy, for its users, and nowhere the admin did not list', async () => {
    const site = createServer((request, response) => {
      response.setHeader('content-type', 'text/html');
      response.setHeader('content-security-policy', `default-src 'none'; script-src ${app.url}; frame-src ${app.url}`);
      response.end(
        `<!doctype html><title>Shop</title><h1>Shop</h1><script async src="${app.url}/widget.js" data-inbox="${request.url!.slice(1)}" data-locale="en"></script>`,
      );
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    const shop = `http://localhost:${(site.address() as AddressInfo).port}`;
    const identitySecret = 'known to the shop’s server';
    const add = (allowedOrigins: string[]) =>
      app.owner.post<{ externalId: string }>('/channels', {
        kind: 'webchat',
        name: 'Shop',
        credentials: { identitySecret },
        settings: { allowedOrigins },
      });
    try {
      const { externalId } = await add([shop]);
      const page = await (await person('en-GB')).newPage();
      await page.goto(`${shop}/${externalId}`);
      const identifier_hash = createHmac('sha256', identitySecret).update('omar').digest('hex');
      await page.waitForFunction('window.Pasokh');
      await page.evaluate(
        `window.Pasokh.setUser('omar', { identifier_hash: '${identifier_hash}', name: 'Omar' }); window.Pasokh.open()`,
      );
      const chat = page.frameLocator('iframe');
      await write(chat, 'I am a user of the shop');
      await reply(await ticketOf('I am a user of the shop'), 'Hello, Omar.');
      await eventually(async () => (await bubbles(chat)).length === 2);
      const known = await app.database.lean('system', (tx) =>
        tx.query(`SELECT name FROM contact_identities WHERE external_id = 'user:omar'`),
      );
      expect(known).toEqual([{ name: 'Omar' }]);

      const { externalId: unlisted } = await add(['https://elsewhere.example']);
      const other = await (await person('en-GB')).newPage();
      await other.goto(`${shop}/${unlisted}`);
      await other.waitForFunction('window.Pasokh');
      const refused = other.waitForEvent('console', (message) => message.text().includes('frame-ancestors'));
      await other.evaluate('window.Pasokh.open()');
      await refused;
      expect(await other.frameLocator('iframe').locator('textarea').count()).toBe(0);
    } finally {
      site.close();
    }
  });

  it('works where the browser gives the frame no storage', async () => {
    const context = await person('en-GB');
    await context.addInitScript(
      `Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('blocked'); } })`,
    );
    const { chat } = await open(context, 'en');
    await write(chat, 'no storage here');
    await reply(await ticketOf('no storage here'), 'never mind');
    await eventually(async () => (await bubbles(chat)).length === 2);
  });
});
