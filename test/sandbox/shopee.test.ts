// Shopee as the sandbox judges it: signatures, single-use codes and refresh tokens, grace, windows and caps.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appSecret, hexHmac, startWorld, type World } from './calling.ts';

const API = 'partner.shopeemobile.com';
const PARTNER = '2001887';
const SHOP = '220001';
const CALLBACK = 'http://127.0.0.1:3000/oauth/shopee/callback';
let world: World;
let key: string;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.control('/reset', {});
  await world.control('/shops', { platform: 'shopee', id: 220001, orders: 300, products: 130 });
  key = await appSecret(world, 'shopee');
});

const seconds = () => Math.floor(Date.now() / 1000);

async function approve(params: Record<string, string> = {}): Promise<URLSearchParams> {
  const query = new URLSearchParams({
    partner_id: PARTNER,
    auth_type: 'seller',
    redirect_uri: CALLBACK,
    response_type: 'code',
    state: 'st4te',
    _approve: '1',
    ...params,
  });
  const answer = await world.call({ host: 'open.shopee.com', path: `/auth?${query}` });
  return new URL(answer.headers['location'] ?? 'http://none').searchParams;
}

function signedPath(
  path: string,
  own: Record<string, string> = {},
  over: Record<string, string> = {},
): string {
  const timestamp = over['timestamp'] ?? String(seconds());
  const base = `${PARTNER}${path}${timestamp}${own['access_token'] ?? ''}${own['shop_id'] ?? ''}`;
  const params = { partner_id: PARTNER, timestamp, sign: hexHmac(key, base), ...own, ...over };
  return `${path}?${new URLSearchParams(params)}`;
}

const token = (body: object) =>
  world.call({
    host: API,
    path: signedPath('/api/v2/auth/token/get'),
    body: { partner_id: 2001887, ...body },
  });
const refresh = (refreshToken: string) =>
  world.call({
    host: API,
    path: signedPath('/api/v2/auth/access_token/get'),
    body: { partner_id: 2001887, shop_id: 220001, refresh_token: refreshToken },
  });

async function connect() {
  const back = await approve();
  return (await token({ code: back.get('code'), shop_id: Number(back.get('shop_id')) })).json;
}

const get = (accessToken: string, path: string, params: Record<string, string> = {}) =>
  world.call({
    host: API,
    path: `${signedPath(path, { access_token: accessToken, shop_id: SHOP })}&${new URLSearchParams(params)}`,
  });
const works = async (accessToken: string) =>
  (await get(accessToken, '/api/v2/shop/get_shop_info')).json.error;

describe('the grant', () => {
  it('sends back code, shop and state, and gives tokens for four hours', async () => {
    const back = await approve();
    expect([back.get('shop_id'), back.get('state')]).toEqual([SHOP, 'st4te']);
    const issued = (await token({ code: back.get('code'), shop_id: 220001 })).json;
    expect(issued).toMatchObject({ expire_in: 14_400, shop_id_list: [220001], error: '' });
    expect(await works(issued.access_token)).toBe('');
  });

  it.each([
    ['another partner', { partner_id: '1' }],
    ['an unregistered domain', { redirect_uri: 'https://evil.example/' }],
    ['no response type', { response_type: '' }],
  ])('is refused for %s', async (_, params) => {
    expect((await approve(params)).get('code')).toBeNull();
  });

  it('takes a code once, within ten minutes, for its own shop', async () => {
    const code = (await approve()).get('code');
    expect((await token({ code, shop_id: 1 })).json.error).toBe('invalid_code');
    const second = (await approve()).get('code');
    expect((await token({ code: second, shop_id: 220001 })).json.error).toBe('');
    expect((await token({ code: second, shop_id: 220001 })).json.error).toBe('invalid_code');
    const third = (await approve()).get('code');
    await world.control('/clock', { offsetMs: 601_000 });
    expect((await token({ code: third, shop_id: 220001 })).json.error).toBe('invalid_code');
  });
});

describe('an approval by main account', () => {
  const OTHER = 220_002;
  const own = (refreshToken: string, shopId: number) =>
    world.call({
      host: API,
      path: signedPath('/api/v2/auth/access_token/get'),
      body: { partner_id: 2001887, shop_id: shopId, refresh_token: refreshToken },
    });

  beforeEach(() => world.control('/shops', { platform: 'shopee', id: OTHER, orders: 3, products: 2 }));

  async function approved() {
    const back = await approve({ _shop: 'main' });
    expect(back.get('shop_id')).toBeNull();
    const account = Number(back.get('main_account_id'));
    return (await token({ code: back.get('code'), main_account_id: account })).json;
  }

  it('tells the account instead of a shop, and its answer every shop', async () => {
    expect(await approved()).toMatchObject({ error: '', shop_id_list: [220_001, OTHER] });
  });

  it('gives each shop a pair of its own, once', async () => {
    const main = await approved();
    const first = (await own(main.refresh_token, 220_001)).json;
    const second = (await own(main.refresh_token, OTHER)).json;
    expect([first.error, second.error]).toEqual(['', '']);
    expect(first.access_token).not.toBe(second.access_token);
    expect(await works(first.access_token)).toBe('');
    expect((await own(main.refresh_token, OTHER)).json.error).toBe('error_auth');
    expect((await own(main.refresh_token, 1)).json.error).toBe('error_auth');
    expect((await own(second.refresh_token, OTHER)).json.error).toBe('');
    expect((await own(first.refresh_token, 220_001)).json.error).toBe('');
  });

  it('is no approval of one shop, and its token calls none', async () => {
    const back = await approve({ _shop: 'main' });
    expect((await token({ code: back.get('code'), shop_id: 220_001 })).json.error).toBe('invalid_code');
    expect(await works((await approved()).access_token)).toBe('invalid_acceess_token');
  });
});

describe('signatures', () => {
  it('agree with a digest computed elsewhere', () => {
    expect(hexHmac('test_partner_key', '2001887/api/v2/auth/token/get1655714431')).toBe(
      '4347600f52b50a77f5ecee90bf489adf3cec2d59d3c2febe004674f37def5451',
    );
  });

  it.each([
    ['a wrong one', { sign: '0'.repeat(64) }, 'error_sign'],
    ['an upper-case one', 'upper', 'error_sign'],
    ['an old timestamp', { timestamp: '1655714431' }, 'error_param'],
    ['milliseconds', { timestamp: String(Date.now()) }, 'error_param'],
    ['another shop than signed', { shop_id: '2' }, 'error_sign'],
  ])('are refused: %s', async (_, over, error) => {
    const { access_token } = await connect();
    const own = { access_token, shop_id: SHOP };
    const path = '/api/v2/shop/get_shop_info';
    const right = signedPath(path, own);
    const target =
      typeof over === 'string'
        ? right.replace(/sign=(\w+)/, (_all, sign: string) => `sign=${sign.toUpperCase()}`)
        : signedPath(path, own, over);
    expect((await world.call({ host: API, path: target })).json.error).toBe(error);
  });

  it('are judged by a clock of their own', async () => {
    const { access_token } = await connect();
    await world.control('/clock', { skewMs: 301_000 });
    expect(await works(access_token)).toBe('error_param');
  });
});

describe('refresh', () => {
  it('rotates; each refresh token works once', async () => {
    const first = await connect();
    const second = (await refresh(first.refresh_token)).json;
    expect(second.error).toBe('');
    expect((await refresh(first.refresh_token)).json).toMatchObject({
      error: 'error_auth',
      message: 'Invalid refresh_token.',
    });
    expect((await refresh(second.refresh_token)).json.error).toBe('');
  });

  it('gives one of two simultaneous callers the pair', async () => {
    const first = await connect();
    const both = await Promise.all([1, 2].map(() => refresh(first.refresh_token)));
    expect(both.map(({ json }) => json.error).sort()).toEqual(['', 'error_auth']);
  });

  it('leaves the old access token five minutes', async () => {
    const first = await connect();
    await refresh(first.refresh_token);
    await world.control('/clock', { offsetMs: 299_000 });
    expect(await works(first.access_token)).toBe('');
    await world.control('/clock', { offsetMs: 301_000 });
    expect(await works(first.access_token)).toBe('invalid_acceess_token');
  });

  it('ends after thirty days, and the grant with its own term', async () => {
    const first = await connect();
    await world.control('/clock', { offsetMs: 30 * 86_400_000 + 1_000 });
    expect((await refresh(first.refresh_token)).json.error).toBe('refresh_token_expired');
    await world.control('/clock', { offsetMs: 366 * 86_400_000 });
    expect((await refresh(first.refresh_token)).json.error).toBe('shop_access_expired');
  });

  it('is refused once the shop has disconnected', async () => {
    const first = await connect();
    await world.control(`/shops/${SHOP}/uninstall`, {});
    expect((await refresh(first.refresh_token)).json.error).toBe('shop_no_linked');
    expect(await works(first.access_token)).toBe('shop_no_linked');
  });
});

describe('orders', () => {
  const list = (accessToken: string, params: Record<string, string> = {}) =>
    get(accessToken, '/api/v2/order/get_order_list', {
      time_range_field: 'update_time',
      time_from: String(seconds() - 15 * 86_400 + 60),
      time_to: String(seconds()),
      page_size: '50',
      ...params,
    });

  it('are all found in windows of fifteen days, each once', async () => {
    const { access_token } = await connect();
    const found: string[] = [];
    for (let to = seconds(); to > seconds() - 60 * 86_400; to -= 15 * 86_400) {
      for (let cursor = '', more = true; more; ) {
        const { response } = (
          await list(access_token, { time_from: String(to - 15 * 86_400 + 1), time_to: String(to), cursor })
        ).json;
        found.push(...response.order_list.map((one: { order_sn: string }) => one.order_sn));
        [cursor, more] = [response.next_cursor, response.more];
      }
    }
    expect([found.length, new Set(found).size]).toEqual([300, 300]);
  });

  it.each([
    ['more than 15 days', { time_from: '1700000000' }],
    ['101 a page', { page_size: '101' }],
    ['no page size', { page_size: '' }],
    ['an unknown time', { time_range_field: 'pay_time' }],
  ])('are refused for %s', async (_, params) => {
    const { access_token } = await connect();
    expect((await list(access_token, params)).json.error).toBe('error_param');
  });

  it('have details for at most fifty, with the fields that were asked for', async () => {
    const { access_token } = await connect();
    const numbers = (await list(access_token)).json.response.order_list.map(
      (one: { order_sn: string }) => one.order_sn,
    );
    const detail = (params: Record<string, string>) =>
      get(access_token, '/api/v2/order/get_order_detail', params);
    const plain = (await detail({ order_sn_list: numbers.join(',') })).json.response.order_list;
    expect(plain.length).toBe(50);
    expect(plain[0].item_list).toBeUndefined();
    const full = (
      await detail({ order_sn_list: numbers[0], response_optional_fields: 'item_list,total_amount' })
    ).json.response;
    expect(full.order_list[0].item_list.length).toBeGreaterThan(0);
    expect((await detail({ order_sn_list: [...numbers, 'X'].join(',') })).json.error).toBe('error_param');
  });
});

describe('items', () => {
  it('page by offset, and tell their base information by fifty', async () => {
    const { access_token } = await connect();
    const ids: number[] = [];
    for (let offset = 0, more = true; more; ) {
      const params = { offset: String(offset), page_size: '100', item_status: 'NORMAL' };
      const { response } = (await get(access_token, '/api/v2/product/get_item_list', params)).json;
      ids.push(...response.item.map((one: { item_id: number }) => one.item_id));
      [offset, more] = [response.next_offset, response.has_next_page];
    }
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(100);
    const info = (list: number[]) =>
      get(access_token, '/api/v2/product/get_item_base_info', { item_id_list: list.join(',') });
    expect((await info(ids.slice(0, 50))).json.response.item_list.length).toBe(50);
    expect((await info(ids.slice(0, 51))).json.error).toBe('error_param');
  });

  it('are held to the rate', async () => {
    await world.control('/settings', { shopeeCallsPerS: 2 });
    const { access_token } = await connect();
    const errors = [];
    for (let i = 0; i < 6; i += 1) errors.push(await works(access_token));
    expect(errors).toContain('error_rate_limit');
  });
});
