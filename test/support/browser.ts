import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
];

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', headless: true, args: FLAGS });

/** The console in a browser of its own, with everything the browser complained about. */
export interface Screen {
  context: BrowserContext;
  page: Page;
  problems: string[];
}

/** @param options `answers` are statuses a refused request may have without being a problem: the browser logs each */
export async function openScreen(
  browser: Browser,
  options: { locale: 'fa' | 'en'; answers?: readonly number[] },
): Promise<Screen> {
  const { locale, answers = [] } = options;
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: locale === 'fa' ? 'fa-IR' : 'en-GB',
    timezoneId: 'Asia/Tehran',
  });
  await context.addInitScript({ content: `localStorage.setItem('pasokh.locale', '${locale}')` });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  page.on('console', (message) => {
    const expected = answers.some((status) => message.text().includes(`status of ${status} `));
    if (message.type() === 'error' && !expected) problems.push(`console: ${message.text()}`);
  });
  return { context, page, problems };
}

export async function signIn(page: Page, url: string, who: { email: string; password: string }, path: string) {
  await page.goto(`${url}/login?next=${encodeURIComponent(path)}`);
  await page.fill('input[name=email]', who.email);
  await page.fill('input[name=password]', who.password);
  await page.click('button[type=submit]');
}
