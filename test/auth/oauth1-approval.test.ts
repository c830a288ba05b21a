// OAuth 1.0a in three legs: what is sent, signed with what, and what refuses before anything is sent.
import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { obtainCredential } from '../../auth/index.ts';
import { type Answer, GOOD, methodWith, platformWith, play } from './exchanging.ts';

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
