// One approval for several shops, as a made-up platform's data says: split with a refresh token a shop, or one grant with its markets.
import { expect, test } from 'vitest';
import { type GrantContext, obtainCredential, obtainShare } from '../../auth/index.ts';
import type { Json, Platform, SeveralShops, TokenRequest } from '../../domain/platform.ts';
import { Secret } from '../../domain/secret.ts';
import { TEST_PLATFORMS } from '../http/platforms.ts';

const token = (path: string): TokenRequest => ({
  url: `https://elm.example/${path}`,
  method: 'POST',
  format: 'json',
  parameters: {},
  clientAuthentication: 'none',
});

const SPLIT: SeveralShops = {
  kind: 'split',
  when: 'account',
  token: token('account'),
  list: { path: 'shops', shopField: 'shop' },
  perShop: { ...token('shop'), parameters: { refresh: '{refreshToken}', shop: '{shop}' } },
  certainty: 'unverified',
};

function platformWith(severalShops: SeveralShops): Platform {
  const acorn = TEST_PLATFORMS.get('acorn');
  const [method] = acorn?.auth ?? [];
  if (acorn === undefined || method?.obtain.kind !== 'authorization_code')
    throw new Error('no such platform');
  return {
    ...acorn,
    shop: acorn.shop.map((field) => ({ ...field, pattern: '^[a-z0-9]+$', optional: true as const })),
    auth: [
      {
        ...method,
        obtain: { ...method.obtain, token: token('code'), severalShops },
        renew: {
          kind: 'refresh_token',
          when: 'ahead',
          token: token('shop'),
          rotates: true,
          previousUsable: false,
        },
        tokenAnswer: { accessToken: 'access', refreshToken: 'refresh' },
      },
    ],
  };
}

interface Asked {
  readonly url: string;
  readonly body: unknown;
}

function contextOf(
  platform: Platform,
  approval: Readonly<Record<string, string>>,
  answers: Readonly<Record<string, Json>>,
) {
  const asked: Asked[] = [];
  const parts = Object.entries(approval).map(([name, text]) => [name, new Secret(text)] as const);
  const context: GrantContext = {
    platform,
    shop: {},
    registration: { clientId: 'us', redirectUri: null, secret: new Secret('s'), earlierSecrets: [] },
    authorization: Object.fromEntries(parts),
    send: async ({ url, body }) => {
      asked.push({ url, body: JSON.parse(String(body)) });
      const bodyText = JSON.stringify(answers[new URL(url).pathname.slice(1)]);
      return { status: 200, headers: { 'content-type': 'application/json' }, bodyText };
    },
    nowMs: 0,
  };
  return { context, asked };
}

const MAIN = { access: 'main-access', refresh: 'main-refresh', shops: ['a1', 7, 'a1'] };

test('an approval for an account is exchanged once, and lists its shops, each once', async () => {
  const { context, asked } = contextOf(platformWith(SPLIT), { code: 'c', account: '9' }, { account: MAIN });
  const obtained = await obtainCredential(context, 'authorization_code');
  expect(obtained.shops).toEqual([{ shop: 'a1' }, { shop: '7' }]);
  expect(asked.map(({ url }) => url)).toEqual(['https://elm.example/account']);
});

test('an approval for one shop is exchanged as ever', async () => {
  const answers = { code: { access: 'x', refresh: 'y' } };
  const { context } = contextOf(platformWith(SPLIT), { code: 'c', shop: 'a1' }, answers);
  const obtained = await obtainCredential(context, 'authorization_code');
  expect(obtained).toMatchObject({ shop: { shop: 'a1' }, parts: { refreshToken: 'y' } });
  expect(obtained.shops).toBeUndefined();
});

const SHARED = { accessToken: 'main-access', refreshToken: 'main-refresh' };

test('each shop has its own credential made of what they share', async () => {
  const answers = { shop: { access: 'own', refresh: 'own-refresh' } };
  const { context, asked } = contextOf(platformWith(SPLIT), SHARED, answers);
  const share = await obtainShare({ ...context, shop: { shop: 'a1' } });
  expect(share).toMatchObject({ parts: { accessToken: 'own', refreshToken: 'own-refresh' } });
  expect(asked[0]?.body).toMatchObject({ refresh: 'main-refresh', shop: 'a1' });
});

test.each([
  ['no refresh token', { access: 'own' }],
  ['the shared one', { access: 'own', refresh: 'main-refresh' }],
])('an answer with %s is refused: two connections never share one', async (_what, shop) => {
  const { context } = contextOf(platformWith(SPLIT), SHARED, { shop });
  await expect(obtainShare({ ...context, shop: { shop: 'a1' } })).rejects.toMatchObject({
    code: 'platform_answer_invalid',
  });
});

test.each([
  ['texts', { path: 'sites' }, ['sg', 'my']],
  ['objects', { path: 'sites', name: 'country' }, [{ country: 'sg' }, { country: 'my' }]],
])('markets are read where the answer lists them, as %s', async (_what, list, sites) => {
  const platform = platformWith({ kind: 'markets', list });
  const { context } = contextOf(platform, { code: 'c' }, { code: { access: 'x', refresh: 'y', sites } });
  expect((await obtainCredential(context, 'authorization_code')).markets).toEqual(['sg', 'my']);
});
