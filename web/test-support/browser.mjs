// Chromium the way console.md and CI want it: no sandbox, no background traffic, Tehran's clock.
import { chromium } from 'playwright-core';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
];

export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, args: ARGUMENTS });

/** A page in one language; problems of the page (errors, refused resources) are gathered in `problems`. */
export async function openPage(browser, { locale, width = 1440, height = 900, theme }) {
  const context = await browser.newContext({
    viewport: { width, height },
    locale: locale === 'fa' ? 'fa-IR' : 'en-GB',
    timezoneId: 'Asia/Tehran',
  });
  await context.addInitScript(
    ([name, look]) => {
      localStorage.setItem('pasokh.locale', name);
      if (look) localStorage.setItem('pasokh.theme', look);
    },
    [locale, theme],
  );
  const page = await context.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/401 \(|409 \(|422 \(|503 \(/.test(message.text()))
      problems.push(`console: ${message.text()}`);
  });
  return { page, context, problems };
}

export async function signIn(page, url, path = '/inbox/mine') {
  await page.goto(`${url}/login?next=${encodeURIComponent(path)}`);
  await page.fill('input[name=email]', 'sara@harbour.example');
  await page.fill('input[name=password]', 'correct-horse');
  await page.click('button[type=submit]');
}

/** Each language and each theme once: contrast does not depend on words, nor words on the theme. */
export const LOOKS = [
  ['fa', 'light'],
  ['en', 'dark'],
];
