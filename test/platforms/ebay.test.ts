// What is eBay's alone: a redirect that is a name, windows of modification time, and two kinds of offset.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, PassContext, PlatformRequest, ResourceDefinition } from '../../domain/platform.ts';
import { authorizeUrl } from '../../platforms/authorize-url.ts';
import { ebay } from '../../platforms/ebay/platform.ts';
import { scopesFor } from '../../platforms/scopes.ts';
import { PASS } from './fixtures.ts';
import { idsIn } from './pass-reader.ts';

const readAll = (
  definition: ResourceDefinition,
  pass: PassContext,
  answer: (request: PlatformRequest) => Json,
) => idsIn(pass)(definition, answer);

test('an approval names our address by its RuName, and asks for who the seller is besides', () => {
  const [{ obtain }] = ebay.auth;
  const url = new URL(
    authorizeUrl(obtain, {
      shop: {},
      registration: { ruName: 'Us-UsApp-PRD-abc' },
      clientId: 'Us-PRD-1',
      state: 's',
      redirectUri: 'https://us.example/oauth/ebay/callback',
      scopes: scopesFor(ebay, ['orders:read', 'inventory:write', 'inventory:read']),
    }),
  );
  expect(Object.fromEntries(url.searchParams)).toEqual({
    client_id: 'Us-PRD-1',
    redirect_uri: 'Us-UsApp-PRD-abc',
    response_type: 'code',
    scope: [
      'sell.fulfillment.readonly',
      'sell.inventory',
      'commerce.identity.readonly',
      'commerce.notification.subscription',
    ]
      .map((one) => `https://api.ebay.com/oauth/api_scope/${one}`)
      .join(' '),
    state: 's',
  });
});

describe('orders', () => {
  const definition = ebay.resources.orders;
  const range = (request: PlatformRequest) => {
    const [, from = '', to = ''] =
      /^lastmodifieddate:\[(.+)\.\.(.*)\]$/.exec(request.query?.['filter'] ?? '') ?? [];
    return { fromMs: Date.parse(from), toMs: to === '' ? null : Date.parse(to) };
  };

  test('of two years are asked for in windows that touch, the last of them open', () => {
    const asked: { fromMs: number; toMs: number | null }[] = [];
    readAll(definition, PASS, (request) => {
      asked.push(range(request));
      return { orders: [], total: 0 };
    });
    expect(asked[0]?.fromMs).toBeGreaterThan(PASS.untilMs - 731 * 86_400_000);
    for (const [at, { fromMs, toMs }] of asked.entries()) {
      expect((toMs ?? PASS.untilMs) - fromMs).toBeLessThanOrEqual(30 * 86_400_000);
      if (at > 0) expect(fromMs).toBe(asked[at - 1]?.toMs);
    }
    expect(asked.map(({ toMs }) => toMs).indexOf(null)).toBe(asked.length - 1);
    expect(asked).toHaveLength(25);
  });

  test('that leave their window while it is read take none of the others with them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.array(fc.nat(59), { maxLength: 15 }), (count, left) => {
        const there = new Set(Array.from({ length: count }, (_, id) => id + 1));
        const pending = [...left];
        const pass = { ...PASS, pageSize: 7, sinceMs: PASS.untilMs - 86_400_000 };
        const ids = readAll(definition, pass, ({ query = {} }) => {
          there.delete((pending.shift() ?? -1) + 1);
          const all = [...there].map((id) => ({ orderId: String(id) }));
          const offset = Number(query['offset']);
          return { orders: all.slice(offset, offset + 7), total: all.length };
        });
        for (const id of there) expect(ids).toContain(String(id));
      }),
    );
  });

  const base = { orderId: '1', lineItems: [], pricingSummary: { total: { value: '1', currency: 'EUR' } } };
  test.each([
    ['NOT_STARTED', 'PAID', 'NONE_REQUESTED', 'open', 'paid', 'unfulfilled'],
    ['FULFILLED', 'PAID', 'NONE_REQUESTED', 'completed', 'paid', 'fulfilled'],
    ['NOT_STARTED', 'PENDING', 'CANCELED', 'cancelled', 'pending', 'unfulfilled'],
    ['NEW_WORD', 'NEW_WORD', 'IN_PROGRESS', 'open', 'unknown', 'unknown'],
  ])('%s, %s, %s', (fulfillment, payment, cancelState, status, paymentStatus, fulfillmentStatus) => {
    const words = { orderFulfillmentStatus: fulfillment, orderPaymentStatus: payment };
    expect(definition.map({ ...base, ...words, cancelStatus: { cancelState } }, PASS)).toMatchObject([
      { status, paymentStatus, fulfillmentStatus },
    ]);
  });
});

describe('inventory items', () => {
  test('are asked for by pages, and none is missed when some go meanwhile', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.array(fc.nat(59), { maxLength: 15 }), (count, gone) => {
        const there = new Set(Array.from({ length: count }, (_, id) => `S-${id}`));
        const pending = [...gone];
        const ids = readAll(ebay.resources.products, { ...PASS, pageSize: 7 }, ({ query = {} }) => {
          there.delete(`S-${pending.shift() ?? -1}`);
          const all = [...there].map((sku) => ({ sku }));
          const page = Number(query['offset']);
          if (all.length === 0) return { total: 0, size: 0 };
          return { inventoryItems: all.slice(page * 7, page * 7 + 7), total: all.length };
        });
        for (const sku of there) expect(ids).toContain(sku);
      }),
    );
  });
});
