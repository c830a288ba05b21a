import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantId } from '../../domain/ids.ts';
import { startApi, type TestApi } from '../http/api.ts';
import { until } from '../world.ts';
import { enterConsole, errorsOn, startBrowser } from './browser.ts';

let api: TestApi;
let browser: Browser;
let url: string;
let tenantId: TenantId;
let connectionId: string;

beforeAll(async () => {
  [api, browser] = await Promise.all([startApi(), startBrowser()]);
  url = await api.app.listen({ host: '127.0.0.1', port: 0 });
  tenantId = await api.tenant('Acme Outdoor');
  connectionId = await connect('https://alpine.example');
  await setState(connectionId, 'active');
  await setState(await connect('https://harbor.example'), 'reauth_required', 'grant_dead');
});
afterAll(async () => {
  await browser?.close();
  await api?.close();
});

async function connect(address: string): Promise<string> {
  const { body } = await api.call('POST', '/v1/connections', {
    body: { tenantId, platform: 'cedar', shop: { url: address }, credential: { apiKey: 'sk_abcd1234' } },
  });
  return body.id;
}

/** As the workflow's projection would have it. */
const setState = (id: string, state: string, reason: string | null = null) =>
  api.database.owner.query(
    'UPDATE connections SET state = $2, lifecycle = $2, reauth_reason = $3, updated_at = now() WHERE id = $1',
    [id, state, reason],
  );

interface Visit {
  readonly page: Page;
  readonly errors: readonly string[];
  readonly requests: string[];
}

async function open(key: string | null, width = 1280): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width, height: 844 } });
  const page = await context.newPage();
  // A refused key is a 401.
  const errors = errorsOn(page, '401');
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  if (key === null) await page.goto(`${url}/console`);
  else await enterConsole(page, url, key);
  return { page, errors, requests };
}

describe('an operator at the console', { timeout: 60_000 }, () => {
  it('enters a key, which stays in the tab and out of every address, until it is forgotten', async () => {
    const { page, errors, requests } = await open(`${api.operatorKey.slice(0, -1)}0`);
    await page.getByRole('alert').getByText('does not take this key').waitFor();
    await page.getByLabel('API key').fill(api.operatorKey);
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByRole('heading', { name: '2 connections' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: '2 connections' }).waitFor();
    expect(requests.filter((one) => !one.startsWith(`${url}/`) && !one.startsWith('data:'))).toEqual([]);
    expect([...requests, page.url()].join()).not.toContain('mk_live_');
    await page.getByRole('button', { name: 'Forget the key' }).click();
    await page.getByLabel('API key').waitFor();
    expect(await page.evaluate('sessionStorage.length + localStorage.length')).toBe(0);
    expect(await page.evaluate('document.cookie')).toBe('');
    expect(errors).toEqual([]);
  });

  it('finds a shop, sees why it is as it is, pauses it, and is shown what a revocation takes before it happens', async () => {
    const { page, errors } = await open(api.operatorKey);
    await page.getByRole('link', { name: 'Connections' }).click();
    await page.getByLabel('Search').fill('ALPINE');
    await page.getByText('1 shown').waitFor();
    await page.getByRole('link', { name: 'https://alpine.example' }).click();
    await page.getByRole('heading', { name: 'The connection works.' }).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('status').getByText('Syncing pauses').waitFor();
    expect(api.commands).toContain(`pause ${connectionId}`);
    await page.getByRole('button', { name: 'Revoke…' }).click();
    const dialog = page.getByRole('dialog', { name: /^Revoke/ });
    await dialog.getByText('Secrets destroyed').waitFor();
    expect(api.commands).not.toContain(`revoke ${connectionId}`);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Revoke…' }).click();
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    await until('the revocation', async () => api.commands.includes(`revoke ${connectionId}`));
    await page.getByText('Revoking', { exact: true }).first().waitFor();
    expect(errors).toEqual([]);
  });

  it('sees a change without asking again, and is told when what is shown may be old', async () => {
    const id = await connect('https://live.example');
    const { page } = await open(api.operatorKey);
    await page.goto(`${url}/console#/connections/${id}`);
    await page.getByText('The merchant has not approved yet.').waitFor();
    await setState(id, 'reauth_required', 'grant_dead');
    await page.getByText('Only a new approval helps.').waitFor({ timeout: 15_000 });
    await page.getByRole('button', { name: 'Reconnect link' }).click();
    await page.getByText(/\/connect\//).waitFor();
    await page.goto(`${url}/console#/connections`);
    await page.getByText('Live', { exact: true }).waitFor();
    await page.route('**/v1/**', (route) => route.abort());
    await page.getByText('Not up to date').waitFor({ timeout: 15_000 });
    await page.getByRole('link', { name: 'https://live.example' }).waitFor();
  });

  it('on a phone nothing is wider than the screen, every field has a name, and the keyboard reaches the content', async () => {
    const { page, errors } = await open(api.operatorKey, 390);
    await page.getByRole('heading', { name: /connections$/ }).waitFor();
    for (const [place, shown] of [
      ['', 'By platform'],
      ['#/connections', 'Search'],
      [`#/connections/${connectionId}`, 'Generation'],
      ['#/events', 'Events'],
    ]) {
      await page.goto(`${url}/console${place}`);
      await page
        .getByText(shown ?? '')
        .first()
        .waitFor();
      const overflow = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
      expect(overflow, place).toBeLessThanOrEqual(0);
      const unnamed = await page.evaluate(
        `[...document.querySelectorAll('input, select')].filter((one) => one.labels.length === 0).length`,
      );
      expect(unnamed, place).toBe(0);
    }
    await page.reload();
    await page.getByRole('heading', { name: 'Events' }).waitFor();
    await page.keyboard.press('Shift+Tab');
    await until('the focus in the page', async () =>
      (await page.evaluate('document.activeElement.tagName')) === 'BUTTON' ? true : null,
    );
    expect(errors).toEqual([]);
  });

  it('with the key of a tenant sees that tenant alone', async () => {
    const other = await api.tenant('Somebody else');
    const { page } = await open(await api.key('read', other));
    await page.getByRole('heading', { name: 'No connections yet' }).waitFor();
  });
});
