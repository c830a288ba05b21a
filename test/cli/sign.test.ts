import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../platforms/index.ts';
import { expectedOf } from '../platforms/fixtures.ts';
import { filesOf, here, mooring } from './local-command.ts';

const rows = [...PLATFORMS.values()].flatMap((platform) =>
  (expectedOf(platform)?.signed ?? []).map((row) => ({ id: platform.id, row })),
);

const REQUEST = JSON.stringify({ method: 'GET', path: '/shop/get_shop_info', query: { a: 'b c' } });
const SHOPEE = {
  shop: { shopId: 220001 },
  clientId: '2001887',
  clientSecret: 'partner-key-1',
  credential: { accessToken: 'access-token-1' },
};

describe('mooring sign', () => {
  it.each(rows.filter(({ row }) => row.parts !== undefined))(
    'signs as $id is signed to, and masks what is secret: $row.why',
    async ({ id, row }) => {
      const { endpoint: _endpoint, ...request } = row.request;
      const { shop, clientId, clientSecret, registration, parts, kind } = row;
      const file = filesOf({
        'request.json': JSON.stringify(request),
        'credential.json': JSON.stringify({
          kind,
          shop,
          clientId,
          clientSecret,
          registration,
          credential: parts,
        }),
      });
      const common = [
        ...['sign', '--json', '--platform', id, '--at', row.at, '--nonce', row.nonce],
        ...['--request', file('request.json'), '--credential-file', file('credential.json')],
      ];
      const shown = await here(...common, '--show-secrets');
      expect(shown.code, shown.err).toBe(0);
      const { secretQuery: _secretQuery, clientCertificate: _certificate, ...sent } = Object(row.sent);
      expect(JSON.parse(shown.out)).toMatchObject(sent);
      const { out } = await here(...common);
      const fields = PLATFORMS.get(id)?.auth.flatMap(({ obtain }) =>
        'fields' in obtain ? obtain.fields : [],
      );
      const isPublic = (name: string) =>
        fields?.some((field) => field.name === name && !field.secret) === true;
      const secrets = Object.entries(parts).flatMap(([name, text]) => (isPublic(name) ? [] : [text]));
      for (const secret of [...secrets, clientSecret].filter(({ length }) => length >= 4)) {
        expect(out).not.toContain(secret);
        expect(out).not.toContain(encodeURIComponent(secret));
        expect(Buffer.from(/Basic ([^"\\']+)/.exec(out)?.[1] ?? '', 'base64').toString()).not.toContain(
          secret,
        );
      }
    },
  );

  it('as a process: the request, then the curl command, the same again at the same time with the same nonce', async () => {
    const file = filesOf({ 'credential.json': JSON.stringify(SHOPEE) });
    const args = [
      ...['sign', '--platform', 'shopee', '--request', '-', '--credential-file', file('credential.json')],
      ...['--at', '1795255200', '--nonce', 'n1'],
    ];
    const first = await mooring(args, { stdin: REQUEST });
    expect(first.code, first.err).toBe(0);
    expect(first.out).toMatch(/^GET https:\/\/partner\.shopeemobile\.com\/api\/v2\/shop\/get_shop_info\?/);
    expect(first.out).toContain('timestamp=1795255200&access_token=[secret]');
    expect(first.out).toMatch(/curl -X GET 'https:\/\/partner/);
    expect((await mooring(args, { stdin: REQUEST })).out).toBe(first.out);
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>, readonly string[], string]>([
    ['a request without a path', { method: 'GET' }, SHOPEE, [], '/path:'],
    ['a field nobody knows', { path: '/a', paht: 1 }, SHOPEE, [], 'paht'],
    ['a path to another host', { path: '//evil.example' }, SHOPEE, [], 'must begin with one "/"'],
    ['body and form at once', { path: '/a', body: 1, form: {} }, SHOPEE, [], 'either "body" or "form"'],
    [
      'a shop field that is no shop',
      { path: '/a' },
      { ...SHOPEE, shop: { shopId: '../' } },
      [],
      '/shop/shopId',
    ],
    ['a missing credential field', { path: '/a' }, { ...SHOPEE, credential: {} }, [], 'accessToken'],
    ['a path that leads up', { path: '/a/../b' }, SHOPEE, [], 'below the base URL'],
    ['a path that leads up by its code', { path: '/a/%2E%2e/b' }, SHOPEE, [], 'below the base URL'],
    ['a fragment', { path: '/a#b' }, SHOPEE, [], 'no white space, fragment'],
    ['a header of two lines', { path: '/a', headers: { 'x-a': 'b\r\nx-c: d' } }, SHOPEE, [], 'one line'],
    ['a kind there is not', { path: '/a' }, SHOPEE, ['--kind', 'nothing'], 'its kinds:'],
    ['a base that is not declared', { path: '/a', base: 'x' }, SHOPEE, [], 'declares no base "x"'],
    ['a time that is none', { path: '/a' }, SHOPEE, ['--at', 'yesterday'], '--at "yesterday"'],
  ])('refuses %s with exit code 2 and names it', async (_why, request, credential, more, told) => {
    const file = filesOf({
      'request.json': JSON.stringify(request),
      'credential.json': JSON.stringify(credential),
    });
    const args = ['--request', file('request.json'), '--credential-file', file('credential.json'), ...more];
    const ran = await here('sign', '--platform', 'shopee', ...args);
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain(told);
    expect(ran.err).not.toContain('partner-key-1');
  });

  it.each(['*', ' !', " '", ' (', ' )', "*n!(1)' "])(
    'masks a secret that holds "%s", in the encoding that signing gives it',
    async (mark) => {
      const [accessToken, clientSecret] = [`token${mark}en-1`, `consumer${mark}en-1`];
      const file = filesOf({
        'request.json': JSON.stringify({ path: '/orders', query: { a: accessToken } }),
        'credential.json': JSON.stringify({
          shop: { url: 'https://shop.example' },
          clientSecret,
          credential: {
            ...{ consumerKey: 'ck-12345', consumerSecret: clientSecret },
            ...{ accessToken, tokenSecret: 'token-secret-1' },
          },
        }),
      });
      const args = ['--request', file('request.json'), '--credential-file', file('credential.json')];
      const ran = await here('sign', '--platform', 'magento', ...args);
      expect(ran.code, ran.err).toBe(0);
      expect(ran.out).toContain('oauth_token="[secret]"');
      expect(ran.out).not.toMatch(/(token|consumer)[^"]+en-1/);
    },
  );

  it('refuses a credential that would break the line of its header', async () => {
    const credential = { shop: { shop: 'a.myshopify.com' }, credential: { accessToken: 'a\r\nx-c: d' } };
    const file = filesOf({
      'request.json': JSON.stringify({ path: '/a' }),
      'credential.json': JSON.stringify(credential),
    });
    const args = ['--request', file('request.json'), '--credential-file', file('credential.json')];
    const ran = await here('sign', '--platform', 'shopify', ...args);
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain('"x-shopify-access-token" must be one line');
  });

  it('refuses a platform there is not, and lists those there are', async () => {
    const ran = await here('sign', '--platform', 'nowhere', '--request', 'x', '--credential-file', 'y');
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('known: ');
  });
});
