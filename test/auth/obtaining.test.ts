// Every way to obtain a credential beside the plain code grant: what is sent, in which order, and what refuses before anything is sent.
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { decodeJwt, exportJWK, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { obtainCredential, renewCredential, upgradeCredential } from '../../auth/index.ts';
import type { AuthMethod, CodeObtain, Discovery, Obtain, Platform } from '../../domain/platform.ts';
import {
  type Answer,
  BEARER,
  formOf,
  GOOD,
  NOW_MS,
  platformWith,
  play,
  secrets,
  TOKEN,
} from './exchanging.ts';

const CODE: CodeObtain = {
  kind: 'authorization_code',
  authorizeUrl: 'https://issuer.example/authorize',
  authorizeParameters: { state: '{state}' },
  scopeSeparator: ' ',
  pkce: 'S256',
  token: {
    ...TOKEN,
    parameters: {
      grant_type: 'authorization_code',
      code: '{code}',
      redirect_uri: '{redirectUri}',
      code_verifier: '{codeVerifier}',
    },
  },
  callback: [
    {
      step: 'callback',
      method: 'GET',
      from: 'browser',
      stateParameter: 'state',
      required: ['state', 'code'],
      grants: true,
    },
  ],
};

const SHOP: Platform['shop'] = [
  { name: 'seller', label: 'Seller', pattern: '^[a-z0-9]+$', help: '', example: 'a1', optional: true },
];

function methodWith(obtain: Obtain, change: Partial<AuthMethod> = {}): AuthMethod {
  return { ...BEARER, obtain, renew: { kind: 'none' }, ...change };
}

function codeWith(change: Partial<CodeObtain>, more: Partial<AuthMethod> = {}): AuthMethod {
  return methodWith({ ...CODE, ...change }, more);
}

const approval = { state: 's', code: 'c0de', codeVerifier: 'v'.repeat(43) };

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

describe('the issuer (RFC 9207, RFC 8414)', () => {
  const issuer = { identifier: 'https://issuer.example/tenant', iss: 'required' } as const;

  test.each([
    ['another issuer', { iss: 'https://issuer.example/other' }, 'issuer'],
    ['none where each answer carries one', {}, 'missing_issuer'],
    ['almost the same', { iss: 'https://issuer.example/tenant/' }, 'issuer'],
  ])('%s: the code is sent to nobody', async (_why, told, at) => {
    const { context, asked } = play({
      platform: platformWith([codeWith({ issuer })]),
      approval: { ...approval, ...told },
    });
    await expect(obtainCredential(context, 'authorization_code')).rejects.toMatchObject({
      code: 'invalid_callback',
      detail: { at },
    });
    expect(asked).toEqual([]);
  });

  test('the right one goes on; where only some answers carry it, one without does too', async () => {
    for (const [rule, told] of [
      ['required', { iss: issuer.identifier }],
      ['checked_when_sent', {}],
    ] as const) {
      const { context } = play({
        platform: platformWith([codeWith({ issuer: { ...issuer, iss: rule } })]),
        approval: { ...approval, ...told },
      });
      expect(await obtainCredential(context, 'authorization_code')).toMatchObject({
        parts: { accessToken: 'at' },
      });
    }
  });

  const discovered = codeWith({
    issuer: { ...issuer, iss: 'checked_when_sent', metadata: 'oauth' },
    token: { ...CODE.token, url: '{tokenEndpoint}' },
  });
  const METADATA = { issuer: issuer.identifier, token_endpoint: 'https://issuer.example/t2' };

  test('its metadata tells the token endpoint', async () => {
    const { context, asked } = play({
      platform: platformWith([discovered]),
      approval,
      answers: [{ body: METADATA }, GOOD],
    });
    await obtainCredential(context, 'authorization_code');
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET https://issuer.example/.well-known/oauth-authorization-server/tenant',
      'POST https://issuer.example/t2',
    ]);
  });

  test.each<[string, Answer]>([
    ['of another issuer', { body: { ...METADATA, issuer: 'https://evil.test' } }],
    [
      'with a token endpoint without TLS',
      { body: { ...METADATA, token_endpoint: 'http://issuer.example/t' } },
    ],
    ['that are a page', { body: '<html>' }],
    ['that are not there', { status: 404, body: {} }],
  ])('metadata %s are not used: nothing was exchanged, so it may be tried again', async (_why, answer) => {
    const { context, asked } = play({
      platform: platformWith([discovered]),
      approval,
      answers: [answer, GOOD],
    });
    await expect(obtainCredential(context, 'authorization_code')).rejects.toMatchObject({
      code: 'platform_down',
    });
    expect(asked).toHaveLength(1);
  });
});

describe('an id token (OpenID Connect)', () => {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const tokenAnswer = {
    accessToken: 'access_token',
    idToken: {
      path: 'id_token',
      jwt: {
        algorithms: ['ES256'],
        key: { kind: 'jwks', url: 'https://issuer.example/keys' },
        issuer: 'https://issuer.example',
        audience: '{clientId}',
      },
    },
  } as const;

  async function obtain(claims: Record<string, unknown>) {
    const all = {
      iss: 'https://issuer.example',
      aud: 'our-app',
      exp: NOW_MS / 1000 + 60,
      nonce: 'n',
      ...claims,
    };
    const idToken = await new SignJWT(all).setProtectedHeader({ alg: 'ES256' }).sign(keys.privateKey);
    const set = { keys: [{ ...(await exportJWK(keys.publicKey)), alg: 'ES256' }] };
    const { context } = play({
      platform: platformWith([codeWith({}, { tokenAnswer })]),
      approval: { ...approval, nonce: 'n' },
      answers: [{ body: { access_token: 'at', id_token: idToken } }, { body: set }],
    });
    return obtainCredential(context, 'authorization_code');
  }

  test('that is ours goes on', async () => {
    expect(await obtain({})).toMatchObject({ parts: { accessToken: 'at' } });
  });

  test.each([
    ['for another app', { aud: 'another' }, 'audience'],
    ['of another issuer', { iss: 'https://evil.test' }, 'issuer'],
    ['over', { exp: NOW_MS / 1000 - 3600 }, 'expired'],
    ['of another approval', { nonce: 'another' }, 'nonce'],
  ])('%s: the whole answer is refused', async (_why, claims, at) => {
    await expect(obtain(claims)).rejects.toMatchObject({ code: 'platform_answer_invalid', detail: { at } });
  });
});

describe('a JWT bearer assertion (RFC 7523)', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const method: AuthMethod = {
    ...BEARER,
    obtain: {
      kind: 'jwt_bearer',
      fields: [
        { name: 'account', label: 'Account', secret: false, help: '' },
        { name: 'privateKey', label: 'Key', secret: true, help: '', form: 'pem' },
      ],
    },
    renew: {
      kind: 'assertion',
      when: 'on_use',
      token: {
        ...TOKEN,
        clientAuthentication: 'none',
        parameters: { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: '{assertion}' },
        assertion: {
          algorithm: 'RS256',
          key: '{privateKey}',
          claims: { iss: '{account}', sub: '{account}' },
          lifetimeS: 300,
        },
      },
    },
  };
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

  test('is made of what was entered, and made again to renew', async () => {
    const { context, asked } = play({
      platform: platformWith([method]),
      client: null,
      // As a merchant pastes it, from a file of another system.
      approval: { account: 'a@b', privateKey: pem.replaceAll('\n', '\r\n') },
    });
    const issued = await obtainCredential(context, 'pasted');
    await renewCredential(context, method, {
      material: { kind: 'token', parts: secrets(issued.parts) },
      lifetimeS: 60,
      refreshExpiresAtMs: null,
    });
    const [first, second] = asked.map((request) => decodeJwt(formOf(request)['assertion'] ?? ''));
    expect(first).toMatchObject({ iss: 'a@b', sub: 'a@b', aud: TOKEN.url, exp: NOW_MS / 1000 + 300 });
    expect(second?.jti).not.toBe(first?.jti);
  });

  test('a key the merchant pasted wrong is theirs to fix', async () => {
    const { context, asked } = play({
      platform: platformWith([method]),
      client: null,
      approval: {
        account: 'a',
        privateKey: '-----BEGIN PRIVATE KEY-----\nbm9uc2Vuc2U=\n-----END PRIVATE KEY-----\n',
      },
    });
    await expect(obtainCredential(context, 'pasted')).rejects.toMatchObject({ code: 'signing_key_invalid' });
    expect(asked).toEqual([]);
  });
});

describe('token exchange (RFC 8693)', () => {
  const method = methodWith({
    kind: 'token_exchange',
    fields: [{ name: 'subjectToken', label: 'Session token', secret: true, help: '' }],
    subject: {
      algorithms: ['HS256'],
      key: { kind: 'secret', secret: '{clientSecret}' },
      issuer: null,
      audience: '{clientId}',
    },
    token: {
      ...TOKEN,
      format: 'json',
      parameters: {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: '{subjectToken}',
        subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      },
    },
  });
  const subject = (aud: string) =>
    new SignJWT({ aud, exp: NOW_MS / 1000 + 60 })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from('our-secret'));

  test('sends a subject token that verifies, and keeps nothing of it', async () => {
    const subjectToken = await subject('our-app');
    const { context, asked } = play({ platform: platformWith([method]), approval: { subjectToken } });
    const issued = await obtainCredential(context, 'token_exchange');
    expect(JSON.parse(asked[0]?.body ?? '')).toMatchObject({
      subject_token: subjectToken,
      client_secret: 'our-secret',
    });
    expect(issued.parts).toEqual({ accessToken: 'at' });
  });

  test('one for another app is sent to nobody', async () => {
    const { context, asked } = play({
      platform: platformWith([method]),
      approval: { subjectToken: await subject('another-app') },
    });
    await expect(obtainCredential(context, 'token_exchange')).rejects.toMatchObject({
      code: 'credential_rejected',
      detail: { at: 'audience' },
    });
    expect(asked).toEqual([]);
  });
});

describe('OAuth 1.0a, three legs', () => {
  const sign = {
    scheme: 'oauth1',
    method: 'HMAC-SHA256',
    consumerKey: '{oauth_consumer_key}',
    consumerSecret: '{oauth_consumer_secret}',
    place: 'header',
    version: true,
  } as const;
  const method = methodWith(
    {
      kind: 'oauth1',
      temporary: 'after_callback',
      requestTokenUrl: 'https://shop.example/oauth/token/request',
      accessTokenUrl: 'https://shop.example/oauth/token/access',
      authorizeUrl: '',
      authorizeParameters: {},
      sign,
      verifierParameter: 'oauth_verifier',
      callback: [
        {
          step: 'activate',
          method: 'POST',
          from: 'server',
          stateParameter: 'state',
          required: ['oauth_verifier'],
          grants: true,
          startsAt: 'platform',
          credentialFields: { consumerKey: 'oauth_consumer_key', consumerSecret: 'oauth_consumer_secret' },
        },
      ],
    },
    {
      tokenAnswer: {
        accessToken: 'oauth_token',
        keep: { tokenSecret: 'oauth_token_secret' },
        format: 'form',
      },
      defaultLifetimeS: null,
    },
  );
  const pushed = { oauth_consumer_key: 'ck', oauth_consumer_secret: 'cs', oauth_verifier: 'ver' };
  const answers: Answer[] = [
    { body: 'oauth_token=rt&oauth_token_secret=rts' },
    { body: 'oauth_token=at&oauth_token_secret=ats' },
  ];

  test('both exchanges follow at once where the platform brings the verifier; each is signed with what is known by then', async () => {
    const { context, asked } = play({
      platform: platformWith([method]),
      approval: pushed,
      answers,
      client: null,
    });
    const issued = await obtainCredential(context, 'oauth1');
    expect(issued).toMatchObject({
      parts: { consumerKey: 'ck', consumerSecret: 'cs', accessToken: 'at', tokenSecret: 'ats' },
      expiresAtMs: null,
    });
    const [first, second] = asked.map(({ headers }) => headers['authorization'] ?? '');
    expect(first).not.toContain('oauth_token=');
    expect(second).toContain('oauth_token="rt"');
    expect(second).toContain('oauth_verifier="ver"');
    const nonces = [first, second].map((header) => /oauth_nonce="([^"]+)"/.exec(header ?? '')?.[1]);
    expect(new Set(nonces).size).toBe(2);
    expect(signatureBy('cs&rts', asked[1]?.url ?? '', second ?? '')).toBe(true);
    expect(signatureBy('cs&', asked[0]?.url ?? '', first ?? '')).toBe(true);
  });

  test('after a redirect the verifier must be for the temporary credentials it began with', async () => {
    if (method.obtain.kind !== 'oauth1') throw new Error('another method');
    const redirected = { ...method, obtain: { ...method.obtain, temporary: 'before_redirect' as const } };
    const back = { ...pushed, oauth_token: 'another', requestToken: 'rt', requestTokenSecret: 'rts' };
    const { context, asked } = play({ platform: platformWith([redirected]), approval: back, client: null });
    await expect(obtainCredential(context, 'oauth1')).rejects.toMatchObject({ code: 'invalid_callback' });
    expect(asked).toEqual([]);
    const good = play({
      platform: platformWith([redirected]),
      approval: { ...back, oauth_token: 'rt' },
      answers: [answers[1] ?? GOOD],
      client: null,
    });
    expect((await obtainCredential(good.context, 'oauth1')).parts['accessToken']).toBe('at');
  });

  function signatureBy(key: string, url: string, header: string): boolean {
    const pairs = header
      .slice('OAuth '.length)
      .split(', ')
      .map((pair) => pair.split('="').map((part) => decodeURIComponent(part.replace(/"$/, ''))))
      .map(([name = '', value = '']) => [name, value] as const);
    const base = pairs
      .filter(([name]) => name !== 'oauth_signature')
      .map((pair) => pair.map(encodeURIComponent).join('='))
      .sort()
      .join('&');
    const text = ['POST', url, base].map(encodeURIComponent).join('&');
    return (
      createHmac('sha256', key).update(text).digest('base64') ===
      pairs.find(([name]) => name === 'oauth_signature')?.[1]
    );
  }
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
