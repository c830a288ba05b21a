// A real browser for the pages' tests.
import chromium from '@sparticuz/chromium';
import { type Browser, type Page, chromium as playwright } from 'playwright-core';

/** Whoever starts it closes it. */
export async function startBrowser(): Promise<Browser> {
  return playwright.launch({
    executablePath: await chromium.executablePath(),
    args: chromium.args,
    headless: true,
  });
}

/** Opens the console of the API at `url`, signed in with `key`. */
export async function enterConsole(page: Page, url: string, key: string): Promise<void> {
  await page.goto(`${url}/console`);
  await page.getByLabel('API key').fill(key);
  await page.keyboard.press('Enter');
}

/** What goes wrong on the page from now on. `expected` stands in the messages of refusals that are wanted: Chromium tells them as failed resources. */
export function errorsOn(page: Page, expected?: string): readonly string[] {
  const errors: string[] = [];
  page.on('console', (message) => {
    const isExpected = expected !== undefined && message.text().includes(expected);
    if (message.type() === 'error' && !isExpected) errors.push(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  return errors;
}
