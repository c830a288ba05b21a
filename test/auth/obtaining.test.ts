import { describe, expect, test } from 'vitest';
import { obtainCredential, upgradeCredential } from '../../auth/index.ts';
import type { AuthMethod, Discovery } from '../../domain/platform.ts';
import {
  type Answer,
  approval,
  BEARER,
  CODE,
  codeWith,
  formOf,
  methodWith,
  platformWith,
  play,
  SHOP,
  secrets,
  TOKEN,
} from './exchanging.ts';

describe('a code', () => {
  test('is exchanged with its verifier and the redirect address it was asked for with', async () => {
    const { context, asked } = play({ platform: platformWith([codeWith({})]), approval });
    await obtainCredential(context, 'authorization_code');
    expect(formOf(asked[0])).toEqual({
      grant_type: 'authorization_code',
      code: 'c0de',
      redirect_uri: 'https://mooring.example/oauth/p/callback',
      code_verifier: approval.codeVerifier,
      client_id: 'our-app',
      client_secret: 'our-secret',
    });
  });

  test('may come in a parameter of another name, with fields of the shop and of the credential', async () => {
    const [step] = CODE.callback;
    if (step === undefined) throw new Error('no step');
    const method = codeWith({
      callback: [
        {
          ...step,
          codeParameter: 'spapi_oauth_code',
          shopFields: { seller: { from: 'context', pattern: '^stores/([a-z0-9]+)$' } },
          credentialFields: { partnerId: 'selling_partner_id' },
        },
      ],
    });
    const { context, asked } = play({
      platform: platformWith([method], { shop: SHOP }),
      approval: {
        spapi_oauth_code: 'amz',
        selling_partner_id: 'A1',
        context: 'stores/abc',
        codeVerifier: 'v',
      },
    });
    const issued = await obtainCredential(context, 'authorization_code');
    expect(formOf(asked[0])['code']).toBe('amz');
    expect(issued).toMatchObject({ shop: { seller: 'abc' }, parts: { partnerId: 'A1', accessToken: 'at' } });
  });

  test('what a callback calls clientSecret never takes the place of ours', async () => {
    const hostile = { ...approval, clientSecret: 'evil', clientId: 'evil' };
    const { context, asked } = play({ platform: platformWith([codeWith({})]), approval: hostile });
    await obtainCredential(context, 'authorization_code');
    expect(asked[0]?.body).not.toContain('evil');
  });

  test('whose token only mints: minted at once, and both are kept', async () => {
    const longLived = {
      ...CODE.token,
      answer: { accessToken: 'access_token', keep: { oauthToken: 'access_token' } },
    };
    const method = codeWith(
      { token: longLived, mintsAtOnce: true },
      {
        renew: {
          kind: 'login',
          when: 'on_use',
          token: {
            ...TOKEN,
            method: 'GET',
            format: 'query',
            parameters: {},
            clientAuthentication: 'none',
            url: 'https://shop.example/getAccessToken',
            headers: { authorization: 'Bearer {oauthToken}' },
          },
        },
      },
    );
    const { context, asked } = play({
      platform: platformWith([method]),
      approval,
      answers: [
        { body: { access_token: 'for-good' } },
        { body: { access_token: 'for-now', expires_in: 1800 } },
      ],
    });
    const issued = await obtainCredential(context, 'authorization_code');
    expect(asked[1]?.headers['authorization']).toBe('Bearer for-good');
    expect(issued).toMatchObject({
      parts: { oauthToken: 'for-good', accessToken: 'for-now' },
      lifetimeS: 1800,
    });
  });

  test('whose answer tells of the shop: taken, and another shop refused', async () => {
    const tokenAnswer = { accessToken: 'access_token', shopFields: { seller: 'user.id' } };
    const platform = platformWith([codeWith({}, { tokenAnswer })], { shop: SHOP });
    const answers: Answer[] = [{ body: { access_token: 'at', user: { id: 42 } } }];
    const { context } = play({ platform, approval, answers });
    expect((await obtainCredential(context, 'authorization_code')).shop).toEqual({ seller: '42' });
    const other = play({ platform, approval, answers, shop: { seller: '43' } });
    await expect(obtainCredential(other.context, 'authorization_code')).rejects.toMatchObject({
      code: 'shop_mismatch',
    });
    const strange = play({
      platform,
      approval,
      answers: [{ body: { access_token: 'at', user: { id: '../x' } } }],
    });
    await expect(obtainCredential(strange.context, 'authorization_code')).rejects.toMatchObject({
      code: 'platform_answer_invalid',
    });
  });
});

describe('a discovery', () => {
  const discover: Discovery = {
    request: () => ({ method: 'GET', path: '/shops', endpoint: 'GET /shops' }),
    read: ({ body }) =>
      (Array.isArray(body) ? body : []).map((one: { seller: string; cipher: string }) => ({
        name: `Shop ${one.seller}`,
        shop: { seller: one.seller },
        parts: { cipher: one.cipher },
      })),
  };
  const platform = platformWith(
    [
      methodWith({
        kind: 'pasted',
        fields: [{ name: 'accessToken', label: '', secret: true, help: '' }],
        discover,
      }),
    ],
    { shop: SHOP },
  );
  const obtain = (body: never, shop = {}) =>
    obtainCredential(
      play({ platform, shop, approval: { accessToken: 'at' }, more: { call: async () => ({ body }) } })
        .context,
      'pasted',
    );
  const both = [
    { seller: 'a', cipher: 'ca' },
    { seller: 'b', cipher: 'cb' },
  ] as never;

  test('takes the one shop there is, and what calls need beside the token', async () => {
    expect(await obtain([{ seller: 'a', cipher: 'ca' }] as never)).toMatchObject({
      shop: { seller: 'a' },
      parts: { accessToken: 'at', cipher: 'ca' },
    });
  });
  test('takes the shop that was named', async () => {
    expect(await obtain(both, { seller: 'b' })).toMatchObject({ parts: { cipher: 'cb' } });
  });
  test.each([
    ['several and none named', both, {}, 'shop_ambiguous'],
    ['not the one that was named', both, { seller: 'c' }, 'shop_mismatch'],
    ['none at all', [] as never, {}, 'credential_rejected'],
    ['one of the wrong form', [{ seller: '../x', cipher: 'c' }] as never, {}, 'platform_answer_invalid'],
  ])('%s: refused', async (_why, body, shop, code) => {
    await expect(obtain(body, shop)).rejects.toMatchObject({ code });
  });
});

describe('an upgrade', () => {
  test('gives the kind it leads to, by the exchange the data names', async () => {
    const old: AuthMethod = {
      ...BEARER,
      credentialKind: 'old',
      renew: { kind: 'none' },
      upgrade: {
        to: 'token',
        irreversible: true,
        deadline: '2027-01-01',
        note: '',
        token: { ...TOKEN, parameters: { grant_type: 'x', subject_token: '{accessToken}' } },
      },
    };
    const { context, asked } = play({ platform: platformWith([old, BEARER]) });
    const issued = await upgradeCredential(context, old, {
      kind: 'old',
      parts: secrets({ accessToken: 'forever' }),
    });
    expect(formOf(asked[0])['subject_token']).toBe('forever');
    expect(issued).toMatchObject({ kind: 'token', parts: { accessToken: 'at' }, lifetimeS: 60 });
  });
});
