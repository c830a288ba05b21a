// Allegro as the sandbox judges it: ten seconds for a code, a minute's overlap of refresh tokens, a version in Accept, events behind an id.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appOf, approveAt, basic, formBody, shopWith, startWorld, type World } from './calling.ts';
import { readAll } from './code-grant-suite.ts';

const REDIRECT = 'http://127.0.0.1:3000/oauth/allegro/callback';
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.control('/reset', {});
  await world.control('/shops', { platform: 'allegro', orders: 130, products: 13 });
});

async function token(fields: Record<string, string>) {
  const { clientId, secret } = await appOf(world, 'allegro');
  const form = formBody(fields);
  const headers = { ...form.headers, authorization: basic(clientId, secret) };
  return world.call({ host: 'allegro.pl', path: '/auth/oauth/token', headers, body: form.body });
}
async function approve(over: Record<string, string> = {}) {
  const { clientId } = await appOf(world, 'allegro');
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: REDIRECT,
    state: 'st4te',
    ...over,
  });
  return approveAt(world, 'allegro.pl', `/auth/oauth/authorize?${query}`);
}
const exchange = async () =>
  token({
    grant_type: 'authorization_code',
    code: (await approve()).get('code') ?? '',
    redirect_uri: REDIRECT,
  });
const refresh = (refresh_token: string) => token({ grant_type: 'refresh_token', refresh_token });
const get = (access: string, path: string, accept = 'application/vnd.allegro.public.v1+json') =>
  world.call({ host: 'api.allegro.pl', path, headers: { authorization: `Bearer ${access}`, accept } });

describe('the code grant', () => {
  it('gives tokens for twelve hours', async () => {
    expect((await approve()).get('state')).toBe('st4te');
    const { json } = await exchange();
    expect(json).toMatchObject({ expires_in: 43_199, allegro_api: true });
    expect((await get(json.access_token, '/me')).json.baseMarketplace.id).toBe('allegro-pl');
    await world.control('/clock', { offsetMs: 43_200_000 });
    expect((await get(json.access_token, '/me')).json.error).toBe('invalid_token');
  });

  it.each([
    ['an unregistered redirect', { redirect_uri: 'https://evil.example/' }],
    ['an unknown scope', { scope: 'orders' }],
  ])('is refused for %s', async (_, over) => {
    expect((await approve(over)).get('code')).toBeNull();
  });

  it('leaves ten seconds for a code', async () => {
    const code = (await approve()).get('code') ?? '';
    await world.control('/clock', { offsetMs: 10_000 });
    const late = await token({ grant_type: 'authorization_code', code, redirect_uri: REDIRECT });
    expect(late.json.error).toBe('invalid_grant');
  });
});

describe('refresh', () => {
  it('rotates, and takes the former token for a minute more', async () => {
    const { json: first } = await exchange();
    expect((await refresh(first.refresh_token)).json.refresh_token).not.toBe(first.refresh_token);
    await world.control('/clock', { offsetMs: 55_000 });
    expect((await refresh(first.refresh_token)).status).toBe(200);
    await world.control('/clock', { offsetMs: 65_000 });
    expect((await refresh(first.refresh_token)).json.error).toBe('invalid_grant');
  });

  it('is over three months after the last one', async () => {
    const { json } = await exchange();
    await world.control('/clock', { offsetMs: 90 * 86_400_000 + 1_000 });
    expect((await refresh(json.refresh_token)).json.error).toBe('invalid_grant');
  });
});

describe('the API', () => {
  let access: string;
  beforeEach(async () => {
    const until = new Date().toISOString();
    access = (await shopWith(world, { platform: 'allegro', orders: 130, products: 13, until })).credential
      .access_token;
  });

  it('gives every changed order once, and every event behind the last id', async () => {
    const forms = await readAll('0', async (offset) => {
      const { json } = await get(
        access,
        `/order/checkout-forms?updatedAt.gte=2020-01-01T00:00:00.000Z&sort=lineItems.boughtAt&offset=${offset}`,
      );
      const next = Number(offset) + json.count;
      return { items: json.checkoutForms, next: next < json.totalCount ? String(next) : null };
    });
    expect(new Set(forms.map(({ id }) => id)).size).toBe(130);
    const events = await readAll('0', async (from) => {
      const { json } = await get(access, `/order/events?from=${from}&limit=50`);
      return { items: json.events, next: json.events.at(-1)?.id ?? null };
    });
    expect(new Set(events.map(({ order }) => order.checkoutForm.id)).size).toBe(130);
  });

  it('wants a version in Accept, a scope, and keeps its caps', async () => {
    expect((await get(access, '/me', 'application/json')).status).toBe(406);
    expect((await get(access, '/order/checkout-forms?limit=101')).status).toBe(422);
    expect((await get(access, '/sale/offers?limit=1000')).json.totalCount).toBe(21);
    const narrow = (
      await world.control('/shops/44000001/credential', { scopes: ['allegro:api:profile:read'] })
    ).json;
    expect((await get(narrow.access_token, '/sale/offers')).status).toBe(403);
  });
});
