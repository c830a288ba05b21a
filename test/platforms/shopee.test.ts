// What is Shopee's alone: its words for trouble, its approval address, the market that tells the currency, items that go while a pass reads.
import { describe, expect, test } from 'vitest';
import type { Json, PlatformRequest } from '../../domain/platform.ts';
import { authorizeUrl } from '../../platforms/authorize-url.ts';
import { classify } from '../../platforms/classify.ts';
import { shopee } from '../../platforms/shopee/platform.ts';
import { PASS } from './fixtures.ts';

const said = (error: string, message = '', status = 200) =>
  classify(shopee, 'api', { status, headers: {}, body: { error, message, request_id: 'r' } });

describe('an answer', () => {
  test.each([
    ['invalid_acceess_token', '', 'credential_expired'],
    ['invalid_access_token', '', 'credential_expired'],
    ['error_auth', 'Invalid access_token.', 'credential_expired'],
    ['error_auth', 'Invalid refresh_token.', 'credential_dead'],
    ['shop_access_expired', '', 'credential_dead'],
    ['error_sign', 'Wrong sign.', 'registration_rejected'],
    [
      'error_auth',
      'App developer’s permissions for authorizations have been restricted.',
      'registration_rejected',
    ],
    ['error_item_not_found', 'Product not found', 'not_found'],
    ['error_param', 'Invalid timestamp', 'rejected'],
    ['', '', 'ok'],
  ])('with 200 and "%s" "%s" means %s', (error, message, means) => {
    expect(said(error, message).means).toBe(means);
  });

  test('a word we do not know means what its status says, where that tells a fault or a limit', () => {
    expect(said('error_of_tomorrow', '', 502).means).toBe('platform_down');
    expect(said('error_of_tomorrow', '', 429).means).toBe('retry_after');
    expect(said('error_of_tomorrow', '', 403).means).toBe('rejected');
  });

  test('a spent daily quota is waited for longer than too many calls at once', () => {
    expect(said('error_limit')).toMatchObject({ means: 'retry_after', retryAfterMs: 3_600_000 });
    expect(said('error_rate_limit').retryAfterMs).toBeUndefined();
  });
});

describe('connecting', () => {
  test('the approval address is unsigned and asks as a seller', () => {
    const [{ obtain }] = shopee.auth;
    const values = {
      shop: {},
      clientId: '2001887',
      state: 's',
      redirectUri: 'https://us.example/c',
      scopes: [],
    };
    const url = new URL(authorizeUrl(obtain, values));
    expect(url.origin + url.pathname).toBe('https://open.shopee.com/auth');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      partner_id: '2001887',
      auth_type: 'seller',
      redirect_uri: 'https://us.example/c',
      response_type: 'code',
      state: 's',
    });
  });

  test.each([
    ['MY', { region: 'MY', currency: 'MYR' }],
    ['XX', { region: 'XX' }],
  ])('a shop in %s has the facts %j', (region, facts) => {
    const body = { error: '', message: '', request_id: 'r', shop_name: 'S', region };
    expect(shopee.proof.read({ body, headers: {} }, { shopId: '14701711' })).toEqual({
      shopKey: '14701711',
      shopName: 'S',
      scopes: null,
      facts,
    });
  });
});

/** A shop whose items are listed, but of which some are gone by the time they are asked for. */
function answerOf(request: PlatformRequest, gone: readonly string[]): Json {
  const notFound = { error: 'error_item_not_found', message: 'Product not found', request_id: 'r' };
  const of = (response: Json): Json => ({ error: '', message: '', request_id: 'r', response });
  if (request.endpoint.endsWith('get_item_list'))
    return of({
      item: [1, 2, 3].map((item_id) => ({ item_id, item_status: 'NORMAL' })),
      total_count: 3,
      has_next_page: false,
    });
  const ids = (request.query?.['item_id_list'] ?? request.query?.['item_id'] ?? '').split(',');
  if (ids.some((id) => gone.includes(`${request.endpoint} ${id}`))) return notFound;
  if (request.endpoint.endsWith('get_model_list')) return of({ model: [{ model_id: 31 }] });
  return of({ item_list: ids.map((id) => ({ item_id: Number(id), item_name: id, has_model: id !== '1' })) });
}

function readItemIds(gone: readonly string[]): readonly (string | null)[] {
  const { request, read, idOf, accepts } = shopee.resources.products;
  const ids: (string | null)[] = [];
  let cursor: Json = null;
  for (let page = 0; page < 20; page++) {
    const body = answerOf(request(PASS, cursor), gone);
    const { means } = classify(shopee, 'api', { status: 200, headers: {}, body });
    expect(['ok', ...(accepts ?? [])]).toContain(means);
    // What is kept is kept as JSON.
    const { items, next } = read(PASS, JSON.parse(JSON.stringify(cursor)), { body, headers: {} });
    ids.push(...items.map(idOf));
    if (next === null) return ids;
    expect(next).not.toEqual(cursor);
    cursor = next;
  }
  throw new Error('the pass does not end');
}

describe('an item that is deleted while a pass reads', () => {
  const base = 'GET /product/get_item_base_info';
  const models = 'GET /product/get_model_list';
  test.each([
    ['nothing is', [], ['1', '2', '3']],
    ['before its base information is read', [`${base} 2`], ['1', '3']],
    ['before its models are read', [`${models} 2`], ['1', '3']],
    ['as the last one', [`${models} 3`], ['1', '2']],
    ['as all of them', [`${base} 1`, `${base} 2`, `${base} 3`], []],
  ])('leaves the others: %s', (_when, gone, ids) => {
    expect(readItemIds(gone)).toEqual(ids);
  });
});
