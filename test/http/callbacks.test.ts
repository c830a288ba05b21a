import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantId } from '../../domain/ids.ts';
import { type Answer, startApi, type TestApi } from './api.ts';
import { begin as beginApproval } from './approving.ts';

let api: TestApi;
let tenantId: TenantId;

beforeAll(async () => {
  api = await startApi();
  tenantId = await api.tenant('Acme <b>Corp</b>');
  for (const platform of ['acorn', 'birch']) {
    await api.call('POST', '/v1/client-registrations', {
      body: { platform, clientId: `our-${platform}`, clientSecret: 'canary-secret' },
    });
  }
});
afterAll(() => api.close());

const begin = (platform?: string, shop?: Record<string, string>) =>
  beginApproval({ api, tenantId }, platform, shop);

const callback = (query: string, cookie?: string, path = '/oauth/acorn/callback'): Promise<Answer> =>
  api.call('GET', `${path}?${query}`, { key: null, ...(cookie === undefined ? {} : { cookie }) });
const exchanges = (connectionId: string) =>
  api.commands.filter((one) => one === `authorize ${connectionId}`).length;

describe('an approval', () => {
  it('leads to the platform with a state, a challenge and nothing secret, and back to a clean address', async () => {
    const { authorize, cookie, state, connectionId } = await begin();
    expect(authorize.origin).toBe('https://demo.acorn.example');
    expect(Object.fromEntries(authorize.searchParams)).toMatchObject({
      client_id: 'our-acorn',
      redirect_uri: 'http://127.0.0.1:3000/oauth/acorn/callback',
      scope: 'read_orders read_products',
    });
    expect(state).toMatch(/^[\w-]{43}$/);
    expect(authorize.searchParams.get('code_challenge')).toMatch(/^[\w-]{43}$/);
    const answer = await callback(`state=${state}&code=c0de&shop=demo.acorn.example`, cookie);
    expect(answer.status).toBe(303);
    expect(String(answer.headers['location'])).toMatch(/^\/connected\/aut_[0-9a-z]{26}$/);
    expect(exchanges(connectionId)).toBe(1);
    expect(answer.headers['referrer-policy']).toBe('no-referrer');
    const elsewhere = await api.call('GET', String(answer.headers['location']), { key: null });
    expect(elsewhere.status).toBe(404);
    const page = await api.call('GET', String(answer.headers['location']), { key: null, cookie });
    expect(page.status).toBe(200);
  });

  it('keeps state, code and verifier out of the database and the logs', async () => {
    const { cookie, state } = await begin();
    await callback(`state=${state}&code=c4nary-code`, cookie);
    const { rows } = await api.database.owner.query('SELECT a::text AS text FROM authorizations AS a');
    const everything = `${rows.map((one) => one.text).join('\n')}\n${api.logged.join('\n')}`;
    for (const secret of [state, 'c4nary-code', cookie.split('=')[1] ?? 'none', 'canary-secret']) {
      expect(everything).not.toContain(secret);
      expect(everything).not.toContain(Buffer.from(secret).toString('hex'));
    }
  });
});

describe('a hostile callback', () => {
  const expectRefused = async (answer: Answer, status: number, code: string, connectionId: string) => {
    expect(answer.status, answer.text).toBe(status);
    expect(answer.text).toContain(code);
    expect(exchanges(connectionId)).toBe(0);
  };

  it('without a state is refused', async () => {
    const { cookie, connectionId } = await begin();
    await expectRefused(await callback('code=x', cookie), 400, 'invalid_state', connectionId);
  });

  it('with an unknown state is refused', async () => {
    const { cookie, connectionId } = await begin();
    await expectRefused(
      await callback(`state=${'x'.repeat(43)}&code=x`, cookie),
      400,
      'invalid_state',
      connectionId,
    );
  });

  it('after ten minutes is refused', async () => {
    const { cookie, state, connectionId } = await begin();
    api.clock.nowMs += 601_000;
    await expectRefused(
      await callback(`state=${state}&code=x`, cookie),
      410,
      'authorization_expired',
      connectionId,
    );
  });

  it('from another browser is refused', async () => {
    const { state, connectionId } = await begin();
    const other = await begin();
    await expectRefused(await callback(`state=${state}&code=x`), 400, 'invalid_state', connectionId);
    await expectRefused(
      await callback(`state=${state}&code=x`, other.cookie),
      400,
      'invalid_state',
      connectionId,
    );
  });

  it('delivered fifty times at once is exchanged once, and each is led to what came of it', async () => {
    const { cookie, state, connectionId } = await begin();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => callback(`state=${state}&code=x`, cookie)),
    );
    answers.push(await callback(`code=x&state=${state}`, cookie));
    expect(new Set(answers.map(({ status, headers }) => `${status} ${headers['location']}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(303);
    expect(exchanges(connectionId)).toBe(1);
  });

  it('again from another browser, or with another code, is refused', async () => {
    const [{ cookie, state, connectionId }, other] = [await begin(), await begin()];
    expect((await callback(`state=${state}&code=x`, cookie)).status).toBe(303);
    for (const again of [
      await callback(`state=${state}&code=x`, other.cookie),
      await callback(`state=${state}&code=x`),
      await callback(`state=${state}&code=y`, cookie),
    ]) {
      expect([again.status, again.text.includes('invalid_state')]).toEqual([400, true]);
    }
    expect(exchanges(connectionId)).toBe(1);
  });

  it('of two with different codes at once, one is exchanged and the other refused', async () => {
    const { cookie, state, connectionId } = await begin();
    const answers = await Promise.all(
      ['x', 'y'].map((code) => callback(`state=${state}&code=${code}`, cookie)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 400]);
    expect(exchanges(connectionId)).toBe(1);
  });

  it("with one platform's state at another's address is refused", async () => {
    const { cookie, state, connectionId } = await begin();
    await expectRefused(
      await callback(`state=${state}&code=x`, cookie, '/oauth/birch/callback'),
      400,
      'invalid_state',
      connectionId,
    );
    expect((await callback(`state=${state}&code=x`, cookie, '/oauth/elm/callback')).status).toBe(404);
    expect((await callback(`state=${state}&code=x`, cookie, '/oauth/acorn/elsewhere')).status).toBe(404);
  });

  const HOSTILE_SHOPS = [
    'evil.example',
    'evil.acorn.example.attacker.test',
    'evil.example#.acorn.example',
    'user@evil.acorn.example',
    'evil.example%2f.acorn.example',
    'demo.acorn.example\n',
    'demo。acorn.example',
    'demo.acorn.example/../x',
  ];
  it.each(HOSTILE_SHOPS)('that names the shop %j is refused', async (shop) => {
    const { cookie, state, connectionId } = await begin();
    const answer = await callback(new URLSearchParams({ state, code: 'x', shop }).toString(), cookie);
    const isTrimmed = shop.trim() === 'demo.acorn.example';
    if (!isTrimmed) await expectRefused(answer, 400, 'invalid_callback', connectionId);
  });

  it.each(HOSTILE_SHOPS)('a form that names the shop %j leads nowhere', async (shop) => {
    const session = await api.call('POST', '/v1/connect-sessions', { body: { tenantId, platform: 'acorn' } });
    const page = await api.call('POST', new URL(session.body.url).pathname, {
      key: null,
      form: { platform: 'acorn', shop },
    });
    if (shop.trim() === 'demo.acorn.example') return;
    expect(page.status).toBe(422);
    expect(page.text).toContain('aria-invalid="true"');
    expect(page.text).not.toContain('http-equiv');
  });

  it('for another shop than it was begun for is refused, used up, and ends what was never approved', async () => {
    const { cookie, state, connectionId } = await begin();
    const other = `state=${state}&code=x&shop=other.acorn.example`;
    await expectRefused(await callback(other, cookie), 422, 'shop_mismatch', connectionId);
    expect(api.commands).toContain(`revoke ${connectionId}`);
    await expectRefused(await callback(`state=${state}&code=x`, cookie), 400, 'invalid_state', connectionId);
  });

  it('with a parameter twice, or without its code, is refused', async () => {
    const { cookie, state, connectionId } = await begin();
    await expectRefused(
      await callback(`state=${state}&code=x&code=y`, cookie),
      400,
      'invalid_callback',
      connectionId,
    );
    await expectRefused(await callback(`state=${state}`, cookie), 400, 'invalid_callback', connectionId);
    await expectRefused(
      await callback(`state=${state}&code=${'x'.repeat(9000)}`, cookie),
      400,
      'invalid_callback',
      connectionId,
    );
  });

  it('that says the merchant declined ends the connection, and shows nothing of what it brought', async () => {
    const { cookie, state, connectionId } = await begin();
    const answer = await callback(
      `state=${state}&error=access_denied&error_description=%3Cscript%3Ealert(1)%3C/script%3E`,
      cookie,
    );
    expect(answer.status).toBe(403);
    expect(answer.text).not.toContain('<script');
    expect(answer.text).toContain('You declined');
    expect(api.commands).toContain(`revoke ${connectionId}`);
    expect(exchanges(connectionId)).toBe(0);
    expect((await callback(`state=${state}&code=x`, cookie)).status).toBe(400);
  });

  it('to a workflow that ended is refused as late', async () => {
    const { cookie, state } = await begin();
    const before = api.lifecycle.authorize;
    api.lifecycle.authorize = async () => null;
    const answer = await callback(`state=${state}&code=x`, cookie);
    api.lifecycle.authorize = before;
    expect(answer.status).toBe(410);
  });
});

describe('a handshake', () => {
  const shop = { url: 'https://shop.dogwood.example' };
  const deliver = (body: unknown) => api.call('POST', '/oauth/dogwood/keys', { key: null, body });

  it("takes the keys from the shop's server once, and the browser sees the outcome", async () => {
    const { state, cookie, connectionId, authorize } = await begin('dogwood', shop);
    expect(authorize.searchParams.get('callback')).toBe('http://127.0.0.1:3000/oauth/dogwood/keys');
    expect(authorize.searchParams.get('access')).toBe('read');
    const waiting = await callback(`user=${state}&success=1`, cookie, '/oauth/dogwood/return');
    expect(waiting.status).toBe(303);
    expect((await deliver({ user: state, key: 'ck_1', extra: 7 })).status).toBe(200);
    expect(exchanges(connectionId)).toBe(1);
    expect((await deliver({ user: state, key: 'ck_2' })).status).toBe(400);
    expect(exchanges(connectionId)).toBe(1);
  });

  it('with an unknown state, nested values, or none is refused', async () => {
    const { state, connectionId } = await begin('dogwood', shop);
    expect((await deliver({ user: 'x', key: 'ck_1' })).body.code).toBe('invalid_state');
    expect((await deliver({ user: [state], key: 'ck_1' })).body.code).toBe('invalid_callback');
    expect((await deliver({ user: state })).body.code).toBe('invalid_callback');
    expect(exchanges(connectionId)).toBe(0);
  });
});
