// What is Shopware's alone: searches that begin again behind the last number, and the two signed messages of a registration.
import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { verifyReceived } from '../../auth/received.ts';
import type { CallbackStep, Json, PageCursor } from '../../domain/platform.ts';
import { Secret } from '../../domain/secret.ts';
import { shopware6 } from '../../platforms/shopware6/platform.ts';
import { PASS } from './fixtures.ts';

const { products, inventory } = shopware6.resources;

test('a search asks for what changed, in the product or in one of its variants, and goes on behind the last number', () => {
  const pass = { ...PASS, pageSize: 1, sinceMs: Date.UTC(2026, 10, 20) };
  const parent = { type: 'equals', field: 'parentId', value: null };
  const changed = expect.objectContaining({ type: 'multi', operator: 'OR' }) as unknown;
  expect(products.request(pass, null).body).toMatchObject({ limit: 1, filter: [parent, changed] });
  const { next } = products.read(pass, null, { body: { data: [{ autoIncrement: 41 }] }, headers: {} });
  const cursor = JSON.parse(JSON.stringify(next)) as PageCursor;
  expect(products.request(pass, cursor).body).toMatchObject({
    filter: [parent, changed, { type: 'range', field: 'autoIncrement', parameters: { gt: 41 } }],
  });
  expect(products.read(pass, cursor, { body: { data: [] }, headers: {} }).next).toBeNull();
});

test('a product that has variants has no stock of its own', () => {
  expect(inventory.map({ id: 'a1', childCount: 2, stock: 9 }, PASS)).toEqual([]);
});

describe('a registration', () => {
  const [register, confirm] = stepsOf('app');
  const nowMs = Date.UTC(2026, 10, 21, 10);
  const seconds = String(nowMs / 1000);

  async function judged(
    step: CallbackStep | undefined,
    message: { query?: string; body?: string; signed: string },
  ) {
    const signature = step?.signature;
    if (signature === undefined || !('kind' in signature)) throw new Error('the step is not signed');
    const { query = '', body = '' } = message;
    const header = step?.step === 'register' ? 'shopware-app-signature' : 'shopware-shop-signature';
    return await verifyReceived(
      signature,
      {
        method: step?.method ?? 'GET',
        url: `https://mooring.example/oauth/shopware6/${step?.step}?${query}`,
        headers: { [header]: message.signed },
        parameters: Object.fromEntries(new URLSearchParams(query)),
        body: Buffer.from(body),
      },
      { secrets: [new Secret('app-secret')], values: { shopSecret: 'shop-secret' }, nowMs },
    );
  }

  const hmac = (key: string, text: string) => createHmac('sha256', key).update(text).digest('hex');
  const query = `shop-id=KIPf0Fz6BUkN&shop-url=https%3A%2F%2Fshop.example&timestamp=${seconds}`;

  test('is signed over its query exactly as it came, by the secret of the app', async () => {
    expect(await judged(register, { query, signed: hmac('app-secret', query) })).toMatchObject({ ok: true });
    const decoded = decodeURIComponent(query);
    expect(await judged(register, { query, signed: hmac('app-secret', decoded) })).toMatchObject({
      ok: false,
    });
    const old = query.replace(seconds, String(nowMs / 1000 - 3_600));
    expect(await judged(register, { query: old, signed: hmac('app-secret', old) })).toMatchObject({
      ok: false,
      at: 'timestamp',
    });
  });

  test('is confirmed under the secret that we gave, over the body', async () => {
    const body = JSON.stringify({
      apiKey: 'SWIA',
      secretKey: 's',
      timestamp: seconds,
      shopId: 'KIPf0Fz6BUkN',
    });
    expect(await judged(confirm, { body, signed: hmac('shop-secret', body) })).toMatchObject({ ok: true });
    expect(await judged(confirm, { body, signed: hmac('app-secret', body) })).toMatchObject({ ok: false });
    const other: Json = { apiKey: 'other' };
    expect(
      await judged(confirm, { body: JSON.stringify(other), signed: hmac('shop-secret', body) }),
    ).toMatchObject({
      ok: false,
    });
  });
});

function stepsOf(kind: string): readonly CallbackStep[] {
  const obtain = shopware6.auth.find((one) => one.credentialKind === kind)?.obtain;
  return obtain !== undefined && 'callback' in obtain ? obtain.callback : [];
}
