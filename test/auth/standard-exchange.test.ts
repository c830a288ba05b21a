// The standard exchanges through simple-oauth2, against a token endpoint on this machine.
import { createServer, Agent as HttpAgent, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { obtainCredential, renewCredential } from '../../auth/index.ts';
import type { AuthMethod, Platform } from '../../domain/platform.ts';
import { Secret } from '../../domain/secret.ts';
import { findPlatform } from '../../platforms/index.ts';
import { BEARER, platformWith, play, TOKEN } from './exchanging.ts';

interface Asked {
  readonly headers: IncomingMessage['headers'];
  readonly form: Record<string, string>;
}

let asked: Asked[] = [];
let answer: { status: number; type: string; body: string } = {
  status: 200,
  type: 'application/json',
  body: '{}',
};
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8')));
    asked.push({ headers: request.headers, form });
    const length = Buffer.byteLength(answer.body);
    response
      .writeHead(answer.status, { 'content-type': answer.type, 'content-length': length })
      .end(answer.body);
  });
});
let origin = '';
const agents = { http: new HttpAgent(), https: new HttpsAgent() };

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  origin = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
});
afterAll(() => {
  agents.http.destroy();
  agents.https.destroy();
  server.close();
});
beforeEach(() => {
  asked = [];
});

function methodWith(clientAuthentication: 'basic' | 'body'): AuthMethod {
  return {
    credentialKind: 'oauth',
    obtain: { kind: 'pasted', fields: [] },
    renew: {
      kind: 'refresh_token',
      when: 'ahead',
      rotates: true,
      previousUsable: false,
      token: {
        url: `${origin}/token`,
        method: 'POST',
        format: 'form',
        parameters: { grant_type: 'refresh_token', refresh_token: '{refreshToken}', extra: 'x' },
        clientAuthentication,
      },
    },
    sign: [{ scheme: 'bearer' }],
    defaultLifetimeS: 60,
    tokenAnswer: {
      accessToken: 'access_token',
      refreshToken: 'refresh_token',
      expiresIn: { path: 'expires_in', unit: 'seconds' },
    },
  };
}

function renew(clientAuthentication: 'basic' | 'body', clientSecret: string | null) {
  const known = findPlatform('shopify');
  if (known === undefined) throw new Error('no platform');
  const platform: Platform = { ...known, answers: [] };
  let sends = 0;
  const issued = renewCredential(
    {
      platform,
      shop: {},
      registration: {
        clientId: 'client',
        redirectUri: null,
        secret: clientSecret === null ? null : new Secret(clientSecret),
        earlierSecrets: [],
      },
      authorization: null,
      nowMs: 1_000,
      agents,
      send: async (request) => {
        sends++;
        const form = Object.fromEntries(new URLSearchParams(request.body ?? ''));
        asked.push({ headers: {}, form });
        return { status: 200, headers: {}, bodyText: answer.body };
      },
    },
    methodWith(clientAuthentication),
    {
      material: { kind: 'oauth', parts: { accessToken: new Secret('a1'), refreshToken: new Secret('r1') } },
      lifetimeS: null,
      refreshExpiresAtMs: null,
    },
  );
  return issued.then((value) => ({ value, sends }));
}

const GOOD = JSON.stringify({
  access_token: 'a2',
  refresh_token: 'r2',
  expires_in: '120',
  token_type: 'Bearer',
});

describe('a standard refresh', () => {
  test('goes through simple-oauth2 with the client in the header, or in the body', async () => {
    answer = { status: 200, type: 'application/json', body: GOOD };
    const basic = await renew('basic', 's3cret');
    const body = await renew('body', 's3cret');
    expect([basic.sends, body.sends]).toEqual([0, 0]);
    expect(basic.value).toMatchObject({
      parts: { accessToken: 'a2', refreshToken: 'r2' },
      lifetimeS: 120,
      expiresAtMs: 121_000,
    });
    expect(asked[0]?.headers.authorization).toBe(`Basic ${btoa('client:s3cret')}`);
    expect(asked[0]?.form).toEqual({ grant_type: 'refresh_token', refresh_token: 'r1', extra: 'x' });
    expect(asked[1]?.form).toMatchObject({ client_id: 'client', client_secret: 's3cret' });
  });

  test('a public client never sends an empty client_secret', async () => {
    answer = { status: 200, type: 'application/json', body: GOOD };
    const { sends } = await renew('body', null);
    expect(sends).toBe(1);
    expect(asked[0]?.form).toEqual({
      client_id: 'client',
      grant_type: 'refresh_token',
      refresh_token: 'r1',
      extra: 'x',
    });
  });

  test.each([
    ['invalid_grant', 400, 'application/json', '{"error":"invalid_grant"}', 'credential_dead'],
    ['invalid_client', 401, 'application/json', '{"error":"invalid_client"}', 'registration_rejected'],
    ['a page with 200', 200, 'text/html', '<html>', 'platform_answer_invalid'],
    ['a page with 502', 502, 'text/html', '<html>', 'platform_down'],
    ['JSON cut short', 200, 'application/json', '{"access_token":', 'platform_answer_invalid'],
    [
      'two megabytes',
      200,
      'application/json',
      `{"a":"${'x'.repeat(2_000_000)}"}`,
      'platform_answer_too_large',
    ],
    ['a redirect', 302, 'application/json', '{}', 'platform_answer_invalid'],
  ])('%s is told by our code', async (_why, status, type, body, code) => {
    answer = { status, type, body };
    await expect(renew('basic', 's3cret')).rejects.toMatchObject({ code });
  });

  test.each([
    ['basic', `Basic ${btoa('a%3Ab+c:p%2B%2F+')}`],
    ['basic_raw', `Basic ${btoa('a:b c:p+/ ')}`],
    ['body', undefined],
  ] as const)(
    'client credentials go through it too, by %s, as we would send them ourselves',
    async (by, header) => {
      answer = { status: 200, type: 'application/json', body: GOOD };
      const token = {
        url: `${origin}/token`,
        method: 'POST',
        format: 'form',
        parameters: { grant_type: 'client_credentials', scope: 'a b', audience: 'x' },
        clientAuthentication: by,
      } as const;
      const method = { ...BEARER, renew: { kind: 'client_credentials', when: 'on_use', token } } as const;
      const played = play({
        platform: platformWith([method]),
        client: { id: 'a:b c', secret: 'p+/ ' },
        more: { agents },
      });
      await obtainCredential(played.context, 'pasted');
      expect(played.asked).toEqual([]);
      const { agents: _none, ...alone } = played.context;
      await obtainCredential(alone, 'pasted');
      expect(asked[0]?.headers.authorization).toBe(header);
      expect(played.asked[0]?.headers['authorization']).toBe(header);
      expect(asked[0]?.form).toEqual(Object.fromEntries(new URLSearchParams(played.asked[0]?.body ?? '')));
    },
  );

  test.each([
    ['a secret beyond ASCII', { secret: 'ü' }, {}],
    [
      'an end that the library would rewrite',
      {},
      { expiresIn: { path: 'expires_at', unit: 'auto' } as const },
    ],
  ])('%s is sent by ourselves', async (_why, client, form) => {
    const token = { ...TOKEN, url: `${origin}/token` };
    const played = play({
      platform: platformWith([
        {
          ...BEARER,
          tokenAnswer: { accessToken: 'access_token', ...form },
          renew: { kind: 'client_credentials', when: 'on_use', token },
        },
      ]),
      client,
      more: { agents },
    });
    await obtainCredential(played.context, 'pasted');
    expect(played.asked).toHaveLength(1);
  });

  test('DEBUG=simple-oauth2* prints nothing', async () => {
    answer = { status: 200, type: 'application/json', body: GOOD };
    process.env['DEBUG'] = 'simple-oauth2*';
    const printed = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      await renew('basic', 's3cret');
      expect(printed).not.toHaveBeenCalled();
    } finally {
      printed.mockRestore();
      delete process.env['DEBUG'];
    }
  });
});
