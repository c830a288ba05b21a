// Ending a grant at a revocation endpoint (RFC 7009): our client proves itself as it does for tokens; a token nobody knows is as good as revoked.
import { describe, expect, test } from 'vitest';
import { revokeCredential } from '../../auth/index.ts';
import type { TokenRequest } from '../../domain/platform.ts';
import { type Answer, BEARER, formOf, platformWith, play, secrets } from './exchanging.ts';

const REVOKE: TokenRequest = {
  url: 'https://issuer.example/revoke',
  method: 'POST',
  format: 'form',
  parameters: { token: '{refreshToken}', token_type_hint: 'refresh_token' },
  clientAuthentication: 'basic',
};

function revoke(answer: Answer) {
  const { context, asked } = play({ platform: platformWith([BEARER]), answers: [answer] });
  const material = { kind: 'token', parts: secrets({ accessToken: 'at', refreshToken: 'rt' }) };
  return { asked, done: revokeCredential(context, BEARER, REVOKE, material) };
}

describe('revoking', () => {
  test('names the refresh token and proves our client; an empty answer is enough', async () => {
    const { asked, done } = revoke({ body: '' });
    await expect(done).resolves.toBeUndefined();
    expect(formOf(asked[0])).toEqual({ token: 'rt', token_type_hint: 'refresh_token' });
    expect(asked[0]?.headers['authorization']).toBe(`Basic ${btoa('our-app:our-secret')}`);
  });

  test.each<[string, Answer, string]>([
    ['the platform is down: it is asked again', { status: 503, body: '' }, 'platform_down'],
    ['our client is refused', { status: 401, body: { error: 'invalid_client' } }, 'registration_rejected'],
    [
      'the token is of a kind it does not revoke',
      { status: 400, body: { error: 'unsupported_token_type' } },
      'platform_rejected',
    ],
    ['the grant is dead already', { status: 400, body: { error: 'invalid_grant' } }, 'credential_dead'],
  ])('%s', async (_why, answer, code) => {
    await expect(revoke(answer).done).rejects.toMatchObject({ code });
  });
});
