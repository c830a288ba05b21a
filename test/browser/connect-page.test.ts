import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashApiKey, mintApiKey } from '../../http/api-key.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { freePort } from '../../scripts/stack/ports.ts';
import { type Part, startPart } from '../../scripts/stack/process.ts';
import { createApiKey } from '../../store/api-keys.ts';
import { newId } from '../../store/new-id.ts';
import {
  connectTemporal,
  createTestDatabase,
  type TestDatabase,
  type TestTemporal,
  until,
} from '../world.ts';
import { enterConsole, errorsOn, startBrowser } from './browser.ts';

let browser: Browser;
let database: TestDatabase;
let temporal: TestTemporal;
let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let folder: string;
let parts: Part[] = [];
let url: string;
let key: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-browser-'));
  [database, temporal, sandbox] = await Promise.all([
    createTestDatabase(),
    connectTemporal(),
    startSandbox(),
  ]);
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const { origins } = await control('origins');
  const env = {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    PORT: String(port),
    MOORING_PUBLIC_URL: url,
    MOORING_KEK: randomBytes(32).toString('base64'),
    MOORING_ORIGIN_OVERRIDES: JSON.stringify(
      Object.fromEntries(origins.map((one: string) => [one, sandbox.url])),
    ),
  };
  const part = (name: string) =>
    startPart({ name, script: `${name}/main.ts`, env, logFile: join(folder, `${name}.log`) });
  parts = await Promise.all([part('worker'), part('http')]);
  key = mintApiKey();
  await database.db.acrossTenants((tx) =>
    createApiKey(tx, {
      id: newId('apiKey'),
      tenantId: null,
      role: 'operator',
      name: 'test',
      hash: hashApiKey(key),
      expiresAt: null,
    }),
  );
  const apps = await control('apps');
  for (const { platform, clientId, secret } of apps.data) {
    await api('POST', '/v1/client-registrations', { platform, clientId, clientSecret: secret });
  }
  browser = await startBrowser();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await Promise.all(parts.map((part) => part.stop()));
  await sandbox?.close();
  await temporal?.close();
  await database?.close();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

// biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever came back
async function api(method: string, path: string, body?: unknown): Promise<any> {
  const answer = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return answer.json();
}

// biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever came back
async function control(what: string): Promise<any> {
  return (await fetch(`${sandbox.url}/_control/${what}`)).json();
}

async function openLink(
  wish: object,
): Promise<{ page: Page; tenantId: string; errors: readonly string[]; requests: string[] }> {
  const tenant = await api('POST', '/v1/tenants', { name: 'Acme Outdoor' });
  const session = await api('POST', '/v1/connect-sessions', { tenantId: tenant.id, ...wish });
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  // A refused form is a 422.
  const errors = errorsOn(page, '422');
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(session.url);
  return { page, tenantId: tenant.id, errors, requests };
}

describe('a merchant at the connect page', { timeout: 90_000 }, () => {
  it('on a phone chooses a platform, names the shop, approves there, and is connected', async () => {
    const { page, tenantId, errors, requests } = await openLink({});
    await expect(page.title()).resolves.toContain('Connect your shop');
    await page.getByRole('link', { name: 'Shopify' }).click();
    const overflow = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
    expect(overflow, 'nothing is wider than a phone').toBeLessThanOrEqual(0);
    const shop = page.getByRole('textbox').first();
    await shop.fill('not a shop');
    await page.getByRole('button', { name: /Continue to Shopify/ }).click();
    await page.getByRole('alert').waitFor();
    expect(await shop.getAttribute('aria-invalid')).toBe('true');
    await shop.fill('browser-test.myshopify.com');
    await page.getByRole('button', { name: /Continue to Shopify/ }).click();
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('heading', { name: 'Connected' }).waitFor({ timeout: 30_000 });
    expect(page.url()).toMatch(/\/connected\/aut_[0-9a-z]{26}$/);
    expect(errors).toEqual([]);
    expect(
      requests.every((one) => one.startsWith(url) || one.startsWith(sandbox.url) || one.startsWith('data:')),
      requests.join('\n'),
    ).toBe(true);
    const { data } = await api('GET', `/v1/connections?tenantId=${tenantId}`);
    expect(data).toMatchObject([
      { platform: 'shopify', state: 'active', shop: { values: { shop: 'browser-test.myshopify.com' } } },
    ]);
    const first = await until(
      'the first sync',
      async () => {
        const runs = await api('GET', `/v1/connections/${data[0].id}/runs`);
        return runs.data.find((run: { finishedAt: string | null }) => run.finishedAt !== null);
      },
      60_000,
    );
    expect(first.status, JSON.stringify(first.error)).toBe('completed');
    const orders = await api('GET', `/v1/records/orders?tenantId=${tenantId}&limit=1`);
    expect(orders.data[0].record.number).toBeTruthy();
  });

  it('who declines is told so, and nothing is connected', async () => {
    const { page, tenantId } = await openLink({ platform: 'shopify' });
    await page.getByRole('textbox').first().fill('declined.myshopify.com');
    await page.getByRole('button', { name: /Continue/ }).click();
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.getByRole('heading', { name: 'You declined' }).waitFor();
    const gone = await until('the connection to be abandoned', async () => {
      const { data } = await api('GET', `/v1/connections?tenantId=${tenantId}`);
      return data.length === 0 || data[0].state === 'abandoned' ? { data } : null;
    });
    expect(gone).toBeTruthy();
  });

  it('every field has a label, and the whole form works by keyboard', async () => {
    const { page } = await openLink({ platform: 'shopify' });
    const unlabelled = await page.evaluate(
      `[...document.querySelectorAll('input:not([type=hidden])')].filter((one) => one.labels.length === 0).length`,
    );
    expect(unlabelled).toBe(0);
    await page.keyboard.press('Tab');
    await page.keyboard.type('keyboard.myshopify.com');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Approve' }).waitFor();
  });
});

describe('an operator at the console', { timeout: 60_000 }, () => {
  it('sees the connections and why each is as it is', async () => {
    const page = await (await browser.newContext()).newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    await enterConsole(page, url, key);
    await page.getByRole('link', { name: 'Connections' }).click();
    await page.locator('tbody a').first().click();
    const diagnosis = page.getByRole('region', { name: 'Diagnosis' });
    await diagnosis.getByRole('heading').waitFor();
    await diagnosis.getByText('Evidence').waitFor();
    expect(errors).toEqual([]);
  });

  it('reads the API reference without the internet', async () => {
    const page = await (await browser.newContext()).newPage();
    const foreign: string[] = [];
    page.on('request', (request) => {
      if (
        !request.url().startsWith(url) &&
        !request.url().startsWith('data:') &&
        !request.url().startsWith('blob:')
      )
        foreign.push(request.url());
    });
    await page.goto(`${url}/docs`);
    await page.getByText('Make a tenant').first().waitFor({ timeout: 30_000 });
    expect(foreign).toEqual([]);
  });
});
