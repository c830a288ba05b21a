import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MooringError } from '../../domain/errors.ts';
import type { PlatformRequest } from '../../domain/platform.ts';
import type { CredentialUse, PlatformCall } from '../../egress/index.ts';
import { startApi, type TestApi } from './api.ts';

let api: TestApi;
let id: string;
let address: Promise<string> | null = null;
const listening = (): Promise<string> => (address ??= api.app.listen({ port: 0, host: '127.0.0.1' }));
const asked: { use: CredentialUse; request: PlatformRequest }[] = [];
let failure: MooringError | null = null;

beforeAll(async () => {
  api = await startApi({
    withCredential: (use, closure) => {
      const call: PlatformCall = async (request) => {
        asked.push({ use, request });
        if (failure !== null) throw failure;
        return {
          classification: 'ok',
          status: 200,
          headers: {
            'content-type': 'application/json',
            'set-cookie': 'session=1',
            authorization: 'x',
            link: '<next>',
          },
          body: null,
          bodyText: '{"id":12345678901234567890}',
        };
      };
      return closure(call);
    },
  });
  const tenantId = await api.tenant();
  const made = await api.call('POST', '/v1/connections', {
    body: {
      tenantId,
      platform: 'cedar',
      shop: { url: 'https://p.example' },
      credential: { apiKey: 'sk_abcd1' },
    },
  });
  id = made.body.id;
});
afterAll(() => api.close());

describe('the proxy', () => {
  it("passes a call on through the door and gives the platform's answer as it came, without its secrets", async () => {
    const answer = await api.call('POST', `/v1/connections/${id}/proxy/things/42?fields=a`, {
      body: { a: 1 },
    });
    expect(answer.status).toBe(200);
    expect(answer.text).toBe('{"id":12345678901234567890}');
    expect(answer.headers['link']).toBe('<next>');
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.headers['authorization']).toBeUndefined();
    expect(asked.at(-1)).toMatchObject({
      use: { connectionId: id, purpose: 'proxy', reason: answer.headers['x-request-id'] },
      request: {
        method: 'POST',
        path: '/things/42',
        query: { fields: 'a' },
        body: { a: 1 },
        endpoint: 'POST /things/{id}',
      },
    });
  });

  it.each([
    '//evil.example/x',
    '/../admin',
    '/a/..%2fb',
    '/https://evil.example',
    '/a%5cb',
    '/a%23b',
    '/a%3fb',
    '/a%0d%0ab',
  ])('does not leave the API of the platform by the path %j', async (path) => {
    const before = asked.length;
    const answer = await api.call('GET', `/v1/connections/${id}/proxy${path}`);
    expect([404, 422], answer.text).toContain(answer.status);
    expect(asked.length).toBe(before);
  });

  it.each(['/a/%2e%2e/b', '/../../tenants', '/a/./b'])('does not by the raw path %j either', async (path) => {
    const before = asked.length;
    const url = new URL(await listening());
    const status = await new Promise<number>((resolve, reject) => {
      request(
        {
          host: url.hostname,
          port: url.port,
          path: `/v1/connections/${id}/proxy${path}`,
          headers: { authorization: `Bearer ${api.operatorKey}` },
        },
        (answer) => resolve(answer.resume().statusCode ?? 0),
      )
        .on('error', reject)
        .end();
    });
    expect([404, 422]).toContain(status);
    expect(asked.length).toBe(before);
  });

  it("tells the platform's refusal as a Problem, with when to try again", async () => {
    failure = new MooringError('platform_rate_limited', 'the platform asked to slow down', {
      retryAtMs: Date.now() + 7_000,
    });
    const answer = await api.call('GET', `/v1/connections/${id}/proxy/things`);
    failure = null;
    expect(answer.body).toMatchObject({ status: 503, code: 'platform_rate_limited' });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(5);
  });

  it('refuses a connection that waits for an approval, or that was revoked', async () => {
    const before = asked.length;
    for (const [lifecycle, code] of [
      ['reauth_required', 'reauth_required'],
      ['revoked', 'connection_final'],
      ['revoking', 'connection_revoking'],
    ]) {
      await api.database.owner.query('UPDATE connections SET lifecycle = $2, state = $2 WHERE id = $1', [
        id,
        lifecycle,
      ]);
      const answer = await api.call('GET', `/v1/connections/${id}/proxy/things`);
      expect(answer.body.code).toBe(code);
    }
    expect(asked.length).toBe(before);
  });
});
