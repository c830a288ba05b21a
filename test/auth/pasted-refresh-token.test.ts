// A refresh token that is entered by hand: a self-authorized app's, say. It is used at once, so that the proof has an access token to go by.
import { expect, test } from 'vitest';
import { obtainCredential } from '../../auth/index.ts';
import type { OutboundRequest } from '../../domain/outbound.ts';
import type { Platform } from '../../domain/platform.ts';
import { Secret } from '../../domain/secret.ts';
import { PLAIN } from '../egress/plain-platform.ts';

const PLATFORM: Platform = {
  ...PLAIN,
  auth: [
    {
      credentialKind: 'self_authorized',
      obtain: {
        kind: 'pasted',
        fields: [{ name: 'refreshToken', label: 'Refresh token', secret: true, help: 'Of the app' }],
      },
      renew: {
        kind: 'refresh_token',
        when: 'ahead',
        rotates: false,
        previousUsable: true,
        token: {
          url: 'https://id.plain.example/token',
          method: 'POST',
          format: 'form',
          parameters: { grant_type: 'refresh_token', refresh_token: '{refreshToken}' },
          clientAuthentication: 'body',
        },
      },
      sign: [{ scheme: 'bearer' }],
      defaultLifetimeS: 3_600,
      tokenAnswer: { accessToken: 'access_token', expiresIn: { path: 'expires_in', unit: 'seconds' } },
    },
  ],
};

test('a pasted refresh token is exchanged at once and kept beside the access token', async () => {
  const sent: OutboundRequest[] = [];
  const obtained = await obtainCredential(
    {
      platform: PLATFORM,
      shop: {},
      registration: { clientId: 'c', redirectUri: null, secret: new Secret('s'), earlierSecrets: [] },
      authorization: { refreshToken: new Secret('refresh-1') },
      send: (request) => {
        sent.push(request);
        const bodyText = JSON.stringify({
          access_token: 'access-1',
          token_type: 'bearer',
          expires_in: 3_600,
        });
        return Promise.resolve({ status: 200, headers: {}, bodyText });
      },
      nowMs: Date.parse('2026-11-21T10:00:00Z'),
    },
    'pasted',
  );
  expect(new URLSearchParams(sent[0]?.body ?? '').get('refresh_token')).toBe('refresh-1');
  expect(obtained).toMatchObject({
    parts: { accessToken: 'access-1', refreshToken: 'refresh-1' },
    lifetimeS: 3_600,
  });
});

test('a token endpoint’s answer is judged by the rows of the credential’s own kind', async () => {
  const answers: Platform['answers'] = [
    { at: 'token', status: 401, credentialKind: 'another', means: 'registration_rejected' },
    { at: 'token', status: 401, credentialKind: 'self_authorized', means: 'credential_dead' },
  ];
  const obtaining = obtainCredential(
    {
      platform: { ...PLATFORM, answers },
      shop: {},
      registration: { clientId: 'c', redirectUri: null, secret: new Secret('s'), earlierSecrets: [] },
      authorization: { refreshToken: new Secret('refresh-1') },
      send: () => Promise.resolve({ status: 401, headers: {}, bodyText: '{}' }),
      nowMs: 0,
    },
    'pasted',
  );
  await expect(obtaining).rejects.toMatchObject({ code: 'credential_rejected' });
});
