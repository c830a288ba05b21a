import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PLATFORMS } from '../../platforms/index.ts';
import { startApi, type TestApi } from '../http/api.ts';
import { seedToldConnection } from '../notifications/told-connection.ts';
import { enterConsole, errorsOn, startBrowser } from './browser.ts';

let api: TestApi;
let browser: Browser;
let url: string;
let connectionId: string;
beforeAll(async () => {
  [api, browser] = await Promise.all([startApi({ platforms: PLATFORMS }), startBrowser()]);
  url = await api.app.listen({ host: '127.0.0.1', port: 0 });
  ({ connectionId } = await seedToldConnection(api.database));
});
afterAll(async () => {
  await browser?.close();
  await api?.close();
});

test('an operator sees what is subscribed to, what waits and what was made up for', async () => {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 844 } })).newPage();
  const errors = errorsOn(page);
  await enterConsole(page, url, api.operatorKey);
  await page.getByRole('link', { name: 'Connections' }).click();
  await page.goto(`${url}/console#/connections/${connectionId}`);
  const card = page.locator('section', { has: page.getByRole('heading', { name: 'Notifications' }) });
  await card.getByText('We subscribe, shop by shop').waitFor();
  await card.getByRole('rowheader', { name: 'orders/updated' }).waitFor();
  await card.getByText('Refused').waitFor();
  await card.getByText('scope_missing').waitFor();
  await card.getByText('made up for').waitFor();
  await api.database.owner.query('DELETE FROM named_objects');
  await card.locator('div', { hasText: /^Waiting to be read0$/ }).waitFor({ timeout: 15_000 });
  expect(errors).toEqual([]);
}, 60_000);

test('an operator sees what platforms asked to have erased, and what of it is overdue', async () => {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 844 } })).newPage();
  const errors = errorsOn(page);
  await enterConsole(page, url, api.operatorKey);
  await page.getByRole('link', { name: 'Privacy' }).click();
  const row = page.getByRole('row', { name: /Erase a customer/ });
  await row.getByText('Done').waitFor();
  await row.getByText('Erased: orders 2, customers 1, connections 1').waitFor();
  await api.database.owner.query(
    `UPDATE privacy_requests SET state = 'open', finished_at = NULL, proof = NULL, due_at = now() - interval '1 hour'`,
  );
  const onlyNewest = page.getByText('The newest 100 are shown.');
  expect(await onlyNewest.count()).toBe(0);
  await row.getByText('Overdue').waitFor({ timeout: 15_000 });
  await api.database.owner.query(
    `INSERT INTO privacy_requests (id, platform, kind, topic, due_at)
     SELECT 'prv_' || lpad(n::text, 26, '0'), 'shopify', 'erase_shop', 'shop/redact', now() FROM generate_series(1, 100) n`,
  );
  await onlyNewest.waitFor({ timeout: 15_000 });
  await row.getByRole('link', { name: connectionId }).click();
  await page.getByRole('heading', { name: 'Notifications' }).waitFor();
  expect(errors).toEqual([]);
}, 60_000);
