import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Delivering, startDeliveries } from '../deliveries/delivering.ts';
import { type Receiver, startReceiver } from '../deliveries/receiver.ts';
import { until } from '../world.ts';
import { enterConsole, errorsOn, startBrowser } from './browser.ts';

let world: Delivering;
let target: Receiver;
let browser: Browser;
let url: string;
beforeAll(async () => {
  [world, target, browser] = await Promise.all([startDeliveries(), startReceiver(), startBrowser()]);
  url = await world.api.app.listen({ host: '127.0.0.1', port: 0 });
  await world.start();
});
afterAll(async () => {
  await browser?.close();
  await world?.close();
  await target?.close();
});

test('an operator sees who fails, what was sent and answered, tests an endpoint and sends again', async () => {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 844 } })).newPage();
  const errors = errorsOn(page);
  target.answer = (_got, response) => void response.writeHead(410).end('<b>gone</b>');
  const gone = await world.endpoint({ url: `${target.url}/gone`, name: 'Warehouse' });
  await world.tell([{ type: 'sync.failed' }]);
  await until(
    'its end',
    async () => (await world.api.call('GET', `/v1/endpoints/${gone.id}`)).body.status === 'disabled',
  );
  target.answer = (_got, response) => void response.writeHead(204).end();
  await enterConsole(page, url, world.api.operatorKey);
  await page.getByRole('link', { name: 'Deliveries' }).click();
  await page.getByRole('heading', { name: '1 endpoint' }).waitFor();
  await page.getByText('Disabled', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Enable' }).click();
  await page.getByText('It is told of what happens from now on.').waitFor();
  await page.getByRole('button', { name: 'Test' }).click();
  await page.getByRole('link', { name: 'endpoint.test' }).waitFor();
  await page.getByRole('combobox', { name: 'State' }).selectOption('failed');
  await page.getByRole('link', { name: 'sync.failed' }).click();
  await page.getByRole('heading', { name: 'Attempt 1' }).waitFor();
  await page.getByText('<b>gone</b>').waitFor();
  await page.getByText('Request', { exact: true }).click();
  await page.getByText('webhook-signature').waitFor();
  await page.getByRole('button', { name: 'Send again' }).click();
  await page.getByRole('heading', { name: 'Attempt 2' }).waitFor({ timeout: 15_000 });
  await page.getByText('Delivered', { exact: true }).waitFor();
  expect(errors).toEqual([]);
}, 60_000);
