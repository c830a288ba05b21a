// What answers mean, how long to wait, which scopes are missing, what may be pasted.
import { describe, expect, test } from 'vitest';
import { MooringError } from '../../domain/errors.ts';
import type { Json, Platform } from '../../domain/platform.ts';
import { authorizeUrl } from '../../platforms/authorize-url.ts';
import { type AnswerFacts, classify } from '../../platforms/classify.ts';
import { checkCredentialForm, methodForFields } from '../../platforms/credential-form.ts';
import { findPlatform } from '../../platforms/index.ts';
import { missingScopes, scopesFor } from '../../platforms/scopes.ts';
import { fixture } from './fixtures.ts';

function platform(id: string): Platform {
  const found = findPlatform(id);
  if (found === undefined) throw new Error(`no platform ${id}`);
  return found;
}

const answer = (status: number, body: Json, more: Partial<AnswerFacts> = {}): AnswerFacts => ({
  status,
  headers: {},
  body,
  ...more,
});
const graphql = (code: string): Json => ({ errors: [{ message: 'x', extensions: { code } }] });

describe('an API answer', () => {
  test.each<[string, string, AnswerFacts, string]>([
    ['shopify', 'throttled with 200', answer(200, graphql('THROTTLED')), 'retry_after'],
    ['shopify', 'a field denied with 200', answer(200, graphql('ACCESS_DENIED')), 'scope_missing'],
    ['shopify', 'too dear a query', answer(200, graphql('MAX_COST_EXCEEDED')), 'rejected'],
    ['shopify', 'a fault of theirs with 200', answer(200, graphql('INTERNAL_SERVER_ERROR')), 'platform_down'],
    [
      'shopify',
      'a wrong query',
      answer(200, { errors: [{ message: "Field 'x' doesn't exist" }] }),
      'rejected',
    ],
    [
      'shopify',
      'an expired token',
      answer(401, { errors: '[API] Invalid API key or access token' }),
      'credential_expired',
    ],
    ['shopify', 'a frozen shop', answer(402, { errors: 'Unavailable Shop' }), 'shop_unavailable'],
    ['shopify', 'data', answer(200, { data: {} }), 'ok'],
    [
      'woocommerce',
      'a deleted key',
      answer(401, { code: 'woocommerce_rest_authentication_error', message: 'Consumer key is invalid.' }),
      'credential_dead',
    ],
    [
      'woocommerce',
      'a key that may only write',
      answer(401, {
        code: 'woocommerce_rest_authentication_error',
        message: 'The API key provided does not have read permissions.',
      }),
      'scope_missing',
    ],
    ['woocommerce', 'a wall before the shop', answer(403, null), 'shop_unavailable'],
    [
      'woocommerce',
      'the plugin switched off',
      answer(404, { code: 'rest_no_route', message: 'x' }),
      'shop_unavailable',
    ],
    [
      'woocommerce',
      'no such order',
      answer(404, { code: 'woocommerce_rest_shop_order_invalid_id' }),
      'not_found',
    ],
    ['woocommerce', 'a site that moved', answer(301, null), 'shop_unavailable'],
    [
      'shopee',
      'an expired token, as they spell it',
      answer(200, { error: 'invalid_acceess_token', message: '' }),
      'credential_expired',
    ],
    [
      'shopee',
      'an expired token, in words',
      answer(403, { error: 'error_auth', message: 'Invalid access_token.' }),
      'credential_expired',
    ],
    ['shopee', 'an unlinked shop', answer(403, { error: 'shop_no_linked', message: '' }), 'credential_dead'],
    ['shopee', 'a banned shop', answer(403, { error: 'shop_banned', message: '' }), 'shop_unavailable'],
    [
      'shopee',
      'a wrong signature',
      answer(403, { error: 'error_sign', message: 'Wrong sign.' }),
      'registration_rejected',
    ],
    [
      'shopee',
      'a deleted app',
      answer(403, { error: 'error_auth', message: 'The App is deleted, and…' }),
      'registration_rejected',
    ],
    [
      'shopee',
      'no permission',
      answer(403, { error: 'error_auth', message: 'No permission to current api.' }),
      'scope_missing',
    ],
    ['shopee', 'success', answer(200, { error: '', message: '', response: {} }), 'ok'],
    [
      'medusa',
      'a revoked key',
      answer(401, { message: 'Unauthorized' }, { credentialKind: 'secret_key' }),
      'credential_dead',
    ],
    [
      'medusa',
      'an expired session',
      answer(401, { message: 'Unauthorized' }, { credentialKind: 'session' }),
      'credential_expired',
    ],
  ])('%s: %s', (id, _why, facts, means) => {
    expect(classify(platform(id), 'api', facts).means).toBe(means);
  });

  test.each<[string, Record<string, string>, number | undefined]>([
    ['seconds', { 'retry-after': '2.0' }, 2_000],
    [
      'a date, counted from the answer’s own',
      { 'retry-after': 'Sat, 21 Nov 2026 10:00:30 GMT', date: 'Sat, 21 Nov 2026 10:00:00 GMT' },
      30_000,
    ],
    ['a date without one to count from', { 'retry-after': 'Sat, 21 Nov 2026 10:00:30 GMT' }, undefined],
    ['a year', { 'retry-after': '31536000' }, 86_400_000],
    ['in the past', { 'retry-after': '-5' }, undefined],
    ['a word', { 'retry-after': 'soon' }, undefined],
    ['nothing', {}, undefined],
  ])('says how long to wait: %s', (_why, headers, expected) => {
    expect(classify(platform('woocommerce'), 'api', answer(429, null, { headers })).retryAfterMs).toBe(
      expected,
    );
  });

  test('Shopify’s wait is the time until the bucket holds the query’s cost', () => {
    const cost = {
      requestedQueryCost: 900,
      throttleStatus: { maximumAvailable: 2_000, currentlyAvailable: 100, restoreRate: 100 },
    };
    const body: Json = {
      errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }],
      extensions: { cost },
    };
    expect(classify(platform('shopify'), 'api', answer(200, body))).toEqual({
      means: 'retry_after',
      retryAfterMs: 8_000,
      platformCode: 'THROTTLED',
    });
  });

  test('Shopify’s answers tell what is left', () => {
    const shopify = platform('shopify');
    const body = fixture(shopify, 'orders');
    expect(shopify.rateLimits[0]?.observe?.({ body, headers: {} })).toEqual({
      available: 1_988,
      burst: 2_000,
      perSecond: 100,
    });
    expect(shopify.rateLimits[0]?.observe?.({ body: null, headers: {} })).toBeNull();
  });

  test('a sentence is never taken for a code', () => {
    const said = classify(
      platform('woocommerce'),
      'api',
      answer(400, { error: 'jo@example.com is not a valid e-mail' }),
    );
    expect(said.platformCode).toBeUndefined();
  });
});

describe('scopes', () => {
  const shopify = platform('shopify');
  test('writing asks for no reading besides', () => {
    expect(scopesFor(shopify, ['orders:read', 'orders:write', 'products:read'])).toEqual([
      'write_orders',
      'read_products',
    ]);
  });
  test('a write scope is enough to read', () => {
    expect(missingScopes(shopify, ['orders:read'], ['write_orders'])).toEqual([]);
    expect(missingScopes(shopify, ['orders:write', 'customers:read'], ['read_orders'])).toEqual([
      'write_orders',
      'read_customers',
    ]);
  });
  test.each<[string, Record<string, string[]>, string[]]>([
    ['two that imply each other', { a: ['b'], b: ['a'] }, ['a', 'c']],
    ['a circle of three', { a: ['b'], b: ['c'], c: ['a'] }, ['a']],
    ['a circle below another', { a: ['b'], b: ['a'], c: ['b'] }, ['c']],
    ['one that implies itself', { a: ['a'] }, ['a', 'b', 'c']],
  ])('%s: one of them is asked for and missed', (_which, impliedScopes, wanted) => {
    const circular = { ...shopify, impliedScopes, permissions: { 'orders:read': ['a', 'b', 'c'] } };
    expect(scopesFor(circular, ['orders:read'])).toEqual(wanted);
    expect(missingScopes(circular, ['orders:read'], [])).toEqual(wanted);
    expect(missingScopes(circular, ['orders:read'], wanted)).toEqual([]);
  });
});

describe('the address of an approval', () => {
  test('Shopify', () => {
    const obtain = platform('shopify').auth[0]?.obtain;
    if (obtain?.kind !== 'authorization_code') throw new Error('no code grant');
    const url = authorizeUrl(obtain, {
      shop: { shop: 'a.myshopify.com' },
      clientId: 'id&x',
      state: 's+t',
      redirectUri: 'https://us.example/oauth/shopify/callback?a=b',
      scopes: ['read_orders', 'write_products'],
    });
    const { origin, pathname, searchParams } = new URL(url);
    expect(origin + pathname).toBe('https://a.myshopify.com/admin/oauth/authorize');
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: 'id&x',
      scope: 'read_orders,write_products',
      redirect_uri: 'https://us.example/oauth/shopify/callback?a=b',
      state: 's+t',
    });
  });

  test('WooCommerce asks for read alone unless something is written', () => {
    const obtain = platform('woocommerce').auth[0]?.obtain;
    if (obtain?.kind !== 'key_handshake') throw new Error('no handshake');
    const values = {
      shop: { url: 'https://s.example/store' },
      clientId: '',
      state: 'nonce',
      redirectUri: 'https://us.example/keys',
      returnUrl: 'https://us.example/back',
      scopes: [],
      appName: 'A & B',
    };
    const read = new URL(authorizeUrl(obtain, values));
    expect(read.pathname).toBe('/store/wc-auth/v1/authorize');
    expect(Object.fromEntries(read.searchParams)).toEqual({
      app_name: 'A & B',
      scope: 'read',
      user_id: 'nonce',
      return_url: 'https://us.example/back',
      callback_url: 'https://us.example/keys',
    });
    expect(new URL(authorizeUrl(obtain, { ...values, isWriting: true })).searchParams.get('scope')).toBe(
      'read_write',
    );
  });
});

describe('what is pasted', () => {
  const method = methodForFields(platform('woocommerce'), ['consumerKey', 'consumerSecret']);
  if (method === undefined) throw new Error('no pasted keys');
  const good = { consumerKey: `ck_${'a'.repeat(40)}`, consumerSecret: `cs_${'b'.repeat(40)}` };

  test('is taken trimmed', () => {
    expect(checkCredentialForm(method.obtain, { ...good, consumerKey: ` ${good.consumerKey}\n` })).toEqual(
      good,
    );
  });

  test.each([
    ['a missing field', { consumerKey: good.consumerKey }, '/credential/consumerSecret'],
    [
      'fields swapped',
      { consumerKey: good.consumerSecret, consumerSecret: good.consumerSecret },
      '/credential/consumerKey',
    ],
    ['a number', { ...good, consumerSecret: 1 }, '/credential/consumerSecret'],
    ['an unknown field', { ...good, url: 'x' }, '/credential/url'],
    ['a line break inside', { ...good, consumerSecret: 'cs_aaaaaaaa\r\nx: y' }, '/credential/consumerSecret'],
  ])('%s is refused by its field, and no value is told', (_why, fields, path) => {
    try {
      checkCredentialForm(method.obtain, fields);
      throw new Error('it was taken');
    } catch (error) {
      if (!(error instanceof MooringError)) throw error;
      expect(error.code).toBe('invalid_credential_form');
      expect(error.fields.map((field) => field.path)).toEqual([path]);
      expect(JSON.stringify([error.message, error.fields])).not.toMatch(/cs_|ck_/);
    }
  });

  test('a password keeps its spaces; its method is found by its fields', () => {
    const medusa = platform('medusa');
    const login = methodForFields(medusa, ['password', 'email']);
    expect(login?.credentialKind).toBe('session');
    expect(methodForFields(medusa, ['apiKey'])?.credentialKind).toBe('secret_key');
    expect(methodForFields(medusa, ['apiKey', 'email'])).toBeUndefined();
    if (login === undefined) return;
    expect(checkCredentialForm(login.obtain, { email: 'a@b.example', password: ' p ' })).toMatchObject({
      password: ' p ',
    });
  });
});
