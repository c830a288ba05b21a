// Credentials obtained by a JWT: one of ours that is the grant, and one that the vendor's page holds and we exchange.
import { generateKeyPairSync } from 'node:crypto';
import { decodeJwt, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { obtainCredential, renewCredential } from '../../auth/index.ts';
import type { AuthMethod } from '../../domain/platform.ts';
import { BEARER, formOf, methodWith, NOW_MS, platformWith, play, secrets, TOKEN } from './exchanging.ts';

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
