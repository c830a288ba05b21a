// What is B2C Commerce's alone: an assertion by the merchant's key, orders by their last change, products by windows of creation.
import { generateKeyPairSync } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, test } from 'vitest';
import { renewCredential } from '../../auth/index.ts';
import type { OutboundRequest } from '../../domain/outbound.ts';
import type { Json, PlatformRequest } from '../../domain/platform.ts';
import { Secret } from '../../domain/secret.ts';
import { valueAt, valuesAt } from '../../platforms/json.ts';
import { salesforce } from '../../platforms/salesforce/platform.ts';
import { passFor } from './fixtures.ts';
import { idsIn } from './pass-reader.ts';

const pass = { ...passFor(salesforce), pageSize: 100 };

async function tokenRequestOf(
  kind: string,
  parts: Readonly<Record<string, string>>,
): Promise<OutboundRequest> {
  const method = salesforce.auth.find((one) => one.credentialKind === kind);
  const sent: OutboundRequest[] = [];
  if (method === undefined) throw new Error('no such kind');
  await renewCredential(
    {
      platform: salesforce,
      shop: pass.shop,
      registration: null,
      authorization: null,
      permissions: ['products:read', 'orders:read'],
      nowMs: Date.UTC(2026, 10, 21),
      send: async (request) => {
        sent.push(request);
        const answer = {
          access_token: 'eyJ0.e30.x',
          token_type: 'Bearer',
          expires_in: 1799,
          scope: 'sfcc.orders',
        };
        return {
          status: 200,
          headers: { 'content-type': 'application/json' },
          bodyText: JSON.stringify(answer),
        };
      },
    },
    method,
    {
      material: {
        kind,
        parts: Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, new Secret(text)])),
      },
      lifetimeS: null,
      refreshExpiresAtMs: null,
    },
  );
  const [request] = sent;
  if (request === undefined) throw new Error('nothing was sent');
  return request;
}

describe('a token', () => {
  test('is asked for with the tenant and the narrowest scopes, by an assertion that a minute later is over', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const request = await tokenRequestOf('client_key', { jwtClientId: 'client-id-1', privateKey: pem });
    const form = new URLSearchParams(request.body ?? '');
    expect(form.get('grant_type')).toBe('client_credentials');
    expect(form.get('scope')).toBe('SALESFORCE_COMMERCE_API:zzxy_prd sfcc.products sfcc.orders');
    expect(form.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    const assertion = form.get('client_assertion') ?? '';
    expect(decodeProtectedHeader(assertion)).toMatchObject({ alg: 'RS256', typ: 'JWT' });
    expect(decodeJwt(assertion)).toMatchObject({
      iss: 'client-id-1',
      sub: 'client-id-1',
      aud: 'https://account.demandware.com/dwsso/oauth2/access_token',
      exp: Date.UTC(2026, 10, 21) / 1_000 + 60,
    });
    expect(form.has('client_secret')).toBe(false);
  });
});

const readAll = idsIn(pass);

const at = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1_000).toISOString();

describe('orders', () => {
  const list = (
    all: readonly { orderNo: string; lastModified: string }[],
    { query = {} }: PlatformRequest,
  ): Json => {
    const [offset, limit] = [Number(query['offset']), Number(query['limit'])];
    if (offset + limit > 10_000) throw new Error('an offset that is not served');
    const found = all
      .filter((one) => one.lastModified >= (query['lastModifiedDateFrom'] ?? ''))
      .sort((a, b) => (a.lastModified < b.lastModified ? -1 : a.lastModified > b.lastModified ? 1 : 0));
    return { total: found.length, data: found.slice(offset, offset + limit).map((one) => ({ ...one })) };
  };

  test('beyond what an offset reaches are read, also where many changed in one instant', () => {
    const all = Array.from({ length: 15_000 }, (_, n) => ({
      orderNo: String(n),
      lastModified: at(n < 1_000 ? 7 : Math.floor(n / 3)),
    }));
    const ids = readAll(salesforce.resources.orders, (request) => list(all, request));
    expect(new Set(ids).size).toBe(15_000);
  });

  test('that are not sorted are refused', () => {
    const data = Array.from({ length: 100 }, (_, n) => ({ orderNo: String(n), lastModified: at(100 - n) }));
    const { read } = salesforce.resources.orders;
    expect(() => read(pass, null, { body: { data }, headers: {} })).toThrow('not sorted');
  });
});

test('products beyond what an offset reaches are read in windows of creation', () => {
  const all = Array.from({ length: 25_000 }, (_, n) => ({ id: `p-${n}`, creationDate: at(n) }));
  const ids = readAll(salesforce.resources.products, ({ body }) => {
    const ranges = valuesAt(body, 'query.filteredQuery.filter.boolFilter.filters.*.rangeFilter');
    const [range] = ranges.map(Object);
    const [offset, limit] = [Number(valueAt(body, 'offset')), Number(valueAt(body, 'limit'))];
    const found = all.filter(
      (one) => one.creationDate >= range.from && one.creationDate <= (range.to ?? '9'),
    );
    return { total: found.length, hits: found.slice(offset, offset + limit).map((one) => ({ ...one })) };
  });
  expect(new Set(ids).size).toBe(25_000);
});
