// Who issued an answer: the issuer of a callback, of metadata and of an id token. A wrong one ends the approval before a code is sent, or before anything of the answer is believed.
import { generateKeyPairSync } from 'node:crypto';
import { exportJWK, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { obtainCredential } from '../../auth/index.ts';
import { type Answer, approval, CODE, codeWith, GOOD, NOW_MS, platformWith, play } from './exchanging.ts';

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
