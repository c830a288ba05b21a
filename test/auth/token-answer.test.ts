// Token answers, good and bad, as they come from the platforms' token endpoints and from what stands before them.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renewCredential } from '../../auth/index.ts';
import { MooringError } from '../../domain/errors.ts';
import type { OutboundAnswer } from '../../domain/outbound.ts';
import type { Json } from '../../domain/platform.ts';
import { methodOf, platformOf, play, secrets } from './exchanging.ts';

const NOW_MS = 1_800_000_000_000;

interface Exchange {
  readonly platform: string;
  readonly kind: string;
  readonly shop: Readonly<Record<string, string>>;
  readonly parts: Readonly<Record<string, string>>;
}

const SHOPIFY: Exchange = {
  platform: 'shopify',
  kind: 'offline_token',
  shop: { shop: 'a.myshopify.com' },
  parts: { accessToken: 'old', refreshToken: 'shprt_1' },
};
const SHOPEE: Exchange = {
  platform: 'shopee',
  kind: 'shop_token',
  shop: { shopId: '14701711' },
  parts: { accessToken: 'old', refreshToken: 'r1' },
};
const MEDUSA: Exchange = {
  platform: 'medusa',
  kind: 'session',
  shop: { url: 'https://m.example' },
  parts: { accessToken: 'old', email: 'a@b.example', password: 'pass word' },
};

async function renew(
  of: Exchange,
  answer: Partial<OutboundAnswer> & { json?: Json },
  lifetimeS: number | null = null,
) {
  const platform = platformOf(of.platform);
  const { context, asked: sent } = play({
    platform,
    shop: of.shop,
    client: { id: '2001887', secret: 'shh' },
    answers: [{ ...answer, body: answer.json ?? answer.bodyText ?? '' }],
    more: { authorization: null, nowMs: NOW_MS },
  });
  const issued = renewCredential(context, methodOf(platform, of.kind), {
    material: {
      kind: of.kind,
      parts: secrets(of.parts),
    },
    lifetimeS,
    refreshExpiresAtMs: NOW_MS + 1,
  });
  return { issued: await issued, sent };
}

function jwtUntil(exp: number): string {
  return `h.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.s`;
}

const GOOD = {
  access_token: 'shpat_2',
  scope: 'read_orders,write_products',
  expires_in: 3600,
  refresh_token: 'shprt_2',
  refresh_token_expires_in: 2_592_000,
};

describe('a refresh', () => {
  test('Shopify: JSON as its SDK sends it, and the pair with both deadlines', async () => {
    const { issued, sent } = await renew(SHOPIFY, { json: GOOD });
    expect(sent[0]).toMatchObject({
      method: 'POST',
      url: 'https://a.myshopify.com/admin/oauth/access_token',
    });
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
      client_id: '2001887',
      client_secret: 'shh',
      grant_type: 'refresh_token',
      refresh_token: 'shprt_1',
    });
    expect(issued).toEqual({
      kind: 'offline_token',
      parts: { accessToken: 'shpat_2', refreshToken: 'shprt_2' },
      lifetimeS: 3600,
      expiresAtMs: NOW_MS + 3_600_000,
      refreshExpiresAtMs: NOW_MS + 2_592_000_000,
      scopes: ['read_orders', 'write_products'],
    });
  });

  test('Shopee: signed as a public call, ids as numbers', async () => {
    const { issued, sent } = await renew(SHOPEE, {
      json: { access_token: 'a2', refresh_token: 'r2', expire_in: 14_400, error: '', message: '' },
    });
    const url = new URL(sent[0]?.url ?? '');
    expect(url.pathname).toBe('/api/v2/auth/access_token/get');
    expect([...url.searchParams.keys()].sort()).toEqual(['partner_id', 'sign', 'timestamp']);
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
      refresh_token: 'r1',
      partner_id: 2_001_887,
      shop_id: 14_701_711,
    });
    expect(issued.expiresAtMs).toBe(NOW_MS + 14_400_000);
    expect(issued.refreshExpiresAtMs).toBe(NOW_MS + 30 * 86_400_000);
  });

  test('Shopee: an expiry that is an instant is read as one', async () => {
    const { issued } = await renew(SHOPEE, {
      json: { access_token: 'a2', refresh_token: 'r2', expire_in: NOW_MS / 1_000 + 14_400, error: '' },
    });
    expect(issued.lifetimeS).toBe(14_400);
  });

  test('Medusa: a new login; the token itself tells its end, and what logs in is kept', async () => {
    const token = jwtUntil(NOW_MS / 1_000 + 900);
    const { issued, sent } = await renew(MEDUSA, { json: { token } });
    expect(sent[0]?.url).toBe('https://m.example/auth/user/emailpass');
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual({ email: 'a@b.example', password: 'pass word' });
    expect(issued.lifetimeS).toBe(900);
    expect(issued.parts).toEqual({ accessToken: token, email: 'a@b.example', password: 'pass word' });
  });
});

describe('a missing lifetime never means «never expires»', () => {
  test.each([
    ['the platform’s default', SHOPIFY, { ...GOOD, expires_in: undefined }, null, 3_600],
    ['the platform’s default goes before the last one', SHOPIFY, { ...GOOD, expires_in: null }, 1_800, 3_600],
    ['a token that is no JWT', MEDUSA, { token: 'opaque' }, 600, 3_600],
    ['nothing left tells nothing', SHOPIFY, { ...GOOD, expires_in: 0 }, null, 3_600],
    ['less than a second tells nothing', SHOPIFY, { ...GOOD, expires_in: 0.5 }, 0, 3_600],
    ['an end that is past', MEDUSA, { token: jwtUntil(NOW_MS / 1_000 - 60) }, 600, 3_600],
  ])('%s', async (_why, of, json, before, expected) => {
    const { issued } = await renew(of, { bodyText: JSON.stringify(json) }, before);
    expect(issued.lifetimeS).toBe(expected);
    expect(issued.expiresAtMs).not.toBeNull();
  });
});

describe('what is not a token answer is refused without being quoted', () => {
  test.each([
    ['a page', { bodyText: '<html>token shpat_secret</html>' }, 'platform_answer_invalid'],
    ['nothing', { bodyText: '' }, 'platform_answer_invalid'],
    ['a list', { json: [GOOD] }, 'platform_answer_invalid'],
    ['JSON cut short', { bodyText: '{"access_token":"shpat_secret"' }, 'platform_answer_invalid'],
    ['no token', { json: { ...GOOD, access_token: null } }, 'platform_answer_invalid'],
    [
      'a token with a line break',
      { json: { ...GOOD, access_token: 'a\r\nx: y' } },
      'platform_answer_invalid',
    ],
    ['another token type', { json: { ...GOOD, token_type: 'mac' } }, 'platform_answer_invalid'],
    ['a lifetime that is a word', { json: { ...GOOD, expires_in: 'soon' } }, 'platform_answer_invalid'],
    ['a negative lifetime', { json: { ...GOOD, expires_in: -1 } }, 'platform_answer_invalid'],
    ['invalid_grant', { status: 400, json: { error: 'invalid_grant' } }, 'credential_dead'],
    ['invalid_client', { status: 401, json: { error: 'invalid_client' } }, 'registration_rejected'],
    ['401 without a word', { status: 401, bodyText: '' }, 'registration_rejected'],
    ['429', { status: 429, headers: { 'retry-after': '7' } }, 'platform_rate_limited'],
    ['502 with a page', { status: 502, bodyText: '<html>' }, 'platform_down'],
    ['a frozen shop', { status: 402, json: { errors: 'Unavailable Shop' } }, 'shop_unavailable'],
    ['another 400', { status: 400, json: { error: 'invalid_request' } }, 'platform_rejected'],
  ])('%s', async (_why, answer, code) => {
    const error: unknown = await renew(SHOPIFY, answer).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(MooringError);
    expect(error).toMatchObject({ code });
    const told = error instanceof MooringError ? `${error.message}${JSON.stringify(error.detail)}` : '';
    expect(told).not.toMatch(/shpat_|shprt_|shh/);
  });

  test.each([
    ['a refresh token used twice', 'error_auth', 'Invalid refresh_token.', 'credential_dead'],
    ['a refresh token that ended', 'refresh_token_expired', '', 'credential_dead'],
    ['a shop that unlinked us', 'shop_no_linked', '', 'credential_dead'],
    ['a wrong signature', 'error_sign', 'Wrong sign.', 'registration_rejected'],
    ['a partner key that expired', 'error_partner_key_expired', '', 'registration_rejected'],
    ['an address not on the list', 'source_ip_undeclared', '', 'registration_rejected'],
    ['too many calls', 'error_rate_limit', '', 'platform_rate_limited'],
    ['a fault of theirs', 'error_server', '', 'platform_down'],
    ['a word we do not know', 'error_new_thing', '', 'platform_rejected'],
  ])('Shopee says with HTTP 200: %s', async (_why, error, message, code) => {
    await expect(renew(SHOPEE, { json: { error, message, request_id: 'r' } })).rejects.toMatchObject({
      code,
      detail: { platformCode: error },
    });
  });

  test('no answer crashes the reader', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (json) => {
        const outcome: unknown = await renew(SHOPIFY, { bodyText: JSON.stringify(json) }).catch(
          (e: unknown) => e,
        );
        expect(outcome instanceof MooringError || typeof outcome === 'object').toBe(true);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(MooringError);
      }),
    );
  });
});
