// Installs that begin at a platform: taken in without a tenant, claimed once, by whoever holds the token and a key of a tenant.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantId } from '../../domain/ids.ts';
import type { Platform } from '../../domain/platform.ts';
import { createDataKeyPort } from '../../store/data-keys.ts';
import { installBinding } from '../../store/installs.ts';
import { purgeInstalls } from '../../store/purges.ts';
import { createVault, localKey, localKeyProvider, type Vault } from '../../vault/index.ts';
import { startApi, type TestApi } from './api.ts';
import { TEST_PLATFORMS } from './platforms.ts';

let api: TestApi;
let vault: Vault;
let tenantId: TenantId;
let key: string;

function startingThere(): Platform {
  const acorn = TEST_PLATFORMS.get('acorn');
  const [method] = acorn?.auth ?? [];
  if (acorn === undefined || method?.obtain.kind !== 'authorization_code') throw new Error('no platform');
  const { obtain } = method;
  const [step] = obtain.callback;
  if (step === undefined) throw new Error('no step');
  const pushed = {
    ...step,
    step: 'push',
    method: 'POST',
    from: 'server',
    grants: true,
    startsAt: 'platform',
    required: ['code'],
  } as const;
  const activated = { ...pushed, step: 'activate', correlatedBy: 'consumer' } as const;
  const identity = {
    ...step,
    step: 'identity',
    grants: false,
    required: ['consumer'],
    startsAt: 'either',
    correlatedBy: 'consumer',
    continueAt: { parameter: 'back', host: '^(.+\\.)?acorn\\.example$' },
  } as const;
  const callback = [{ ...step, startsAt: 'either', claimWithinS: 600 } as const, pushed, activated, identity];
  return { ...acorn, auth: [{ ...method, obtain: { ...obtain, callback } }] };
}

beforeAll(async () => {
  const keyProvider = localKeyProvider(localKey(randomBytes(32)));
  api = await startApi({ keyProvider, platforms: new Map([['acorn', startingThere()]]) });
  vault = createVault({ keyProvider, dataKeys: createDataKeyPort(api.database.db) });
  tenantId = await api.tenant();
  key = await api.key('admin', tenantId);
  await api.call('POST', '/v1/client-registrations', {
    body: { platform: 'acorn', clientId: 'our-acorn', clientSecret: 'secret' },
  });
});
afterAll(() => api.close());

const arrive = (query = 'code=c4nary-code&shop=demo.acorn.example') =>
  api.call('GET', `/oauth/acorn/callback?${query}`, { key: null });

async function arrived(shop = 'demo.acorn.example'): Promise<string> {
  const page = await arrive(`code=c4nary-code&shop=${shop}`);
  expect(page.status, page.text).toBe(200);
  return /<code id="install">([^<]+)</.exec(page.text)?.[1] ?? '';
}

const claim = (body: object, as = key) => api.call('POST', '/v1/installs/claim', { body, key: as });

describe('the vendor’s page', () => {
  const CLAIM = 'https://app.vendor.example/installs?from=mooring';

  it.each([
    ['https://b.acorn.example/admin', 'https://b.acorn.example/admin'],
    ['https://evil.test/?x=acorn.example', null],
    ['http://b.acorn.example/', null],
    ['https://b.acorn.example@evil.test/', null],
    ['javascript:alert(1)', null],
  ])('is sent the token, and %s where it is the platform’s own', async (back, expected) => {
    const own = await startApi({ platforms: new Map([['acorn', startingThere()]]), claimUrl: CLAIM });
    try {
      const consumer = 'd'.repeat(32);
      const form = { code: 'c', shop: 'b.acorn.example', consumer };
      await own.call('POST', '/oauth/acorn/activate', { key: null, form });
      const query = new URLSearchParams({ consumer, back }).toString();
      const answer = await own.call('GET', `/oauth/acorn/identity?${query}`, { key: null });
      const url = new URL(String(answer.headers['location']));
      expect([answer.status, url.origin + url.pathname]).toEqual([
        303,
        'https://app.vendor.example/installs',
      ]);
      expect(url.searchParams.get('install')).toMatch(/^[\w-]{43}$/);
      expect([url.searchParams.get('from'), url.searchParams.get('continue')]).toEqual(['mooring', expected]);
    } finally {
      await own.close();
    }
  });
});

describe('an install', () => {
  it('is sealed, shows nothing of what it brought, and becomes a connection of whoever claims it', async () => {
    const token = await arrived('first.acorn.example');
    const { rows } = await api.database.owner.query('SELECT i::text AS text FROM installs AS i');
    expect(`${rows.map((one) => one.text).join()}${api.logged.join()}`).not.toMatch(
      new RegExp(`c4nary-code|${Buffer.from('c4nary-code').toString('hex')}|${token}`),
    );
    const waiting = await api.call('GET', '/v1/installs');
    expect(waiting.body.data).toMatchObject([{ platform: 'acorn', shop: { shop: 'first.acorn.example' } }]);
    expect(JSON.stringify(waiting.body)).not.toContain('c4nary');

    const made = await claim({ token, permissions: ['orders:read'] });
    expect(made.status, made.text).toBe(201);
    expect(made.body).toMatchObject({
      platform: 'acorn',
      shop: { values: { shop: 'first.acorn.example' } },
      tenantId,
    });
    const { rows: attempts } = await api.database.owner.query(
      'SELECT install_id, sealed, key_version, obtain, tenant_id FROM authorizations WHERE connection_id = $1',
      [made.body.id],
    );
    expect(attempts).toMatchObject([{ obtain: 'authorization_code', tenant_id: tenantId }]);
    const opened = await vault.open(installBinding(attempts[0].install_id), {
      bytes: attempts[0].sealed,
      keyVersion: attempts[0].key_version,
    });
    expect(
      Object.fromEntries(Object.entries(opened).map(([name, secret]) => [name, secret.reveal()])),
    ).toEqual({
      code: 'c4nary-code',
      shop: 'first.acorn.example',
      redirectUri: 'http://127.0.0.1:3000/oauth/acorn/callback',
    });
    expect((await api.call('GET', '/v1/installs')).body.data).toEqual([]);
    const { rows: left } = await api.database.owner.query(
      'SELECT sealed FROM installs WHERE claimed_at IS NOT NULL',
    );
    expect(left.every((one) => one.sealed === null)).toBe(true);
  });

  it('is claimed once, whoever comes at the same time', async () => {
    const token = await arrived('twice.acorn.example');
    const other = await api.key('admin', await api.tenant('Other'));
    const answers = await Promise.all([
      claim({ token }),
      claim({ token }, other),
      claim({ token }),
      claim({ token }, other),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 404, 404, 404]);
    const { rows } = await api.database.owner.query(
      "SELECT count(*)::int AS count FROM connections WHERE shop ->> 'shop' = 'twice.acorn.example'",
    );
    expect(rows[0].count).toBe(1);
  });

  it('without a browser is claimed by an operator, by its id', async () => {
    const pushed = await api.call('POST', '/oauth/acorn/push', {
      key: null,
      form: { code: 'c', shop: 'pushed.acorn.example' },
    });
    expect([pushed.status, pushed.body]).toEqual([200, { status: 'ok' }]);
    const [{ id }] = (await api.call('GET', '/v1/installs')).body.data;
    expect((await claim({ id })).status).toBe(403);
    const made = await claim({ id, tenantId }, api.operatorKey);
    expect(made.body).toMatchObject({ tenantId, shop: { values: { shop: 'pushed.acorn.example' } } });
  });

  it('whose keys the shop’s server brought is found by the merchant’s browser, and given to the first one alone', async () => {
    const consumer = 'c'.repeat(32);
    const push = () =>
      api.call('POST', '/oauth/acorn/activate', {
        key: null,
        form: { code: 'c', shop: 'b.acorn.example', consumer },
      });
    const follow = (query: string) => api.call('GET', `/oauth/acorn/identity?${query}`, { key: null });
    expect((await follow(`consumer=${consumer}`)).text).toContain('invalid_state');
    await push();
    const page = await follow(`consumer=${consumer}&back=https://b.acorn.example/admin`);
    const token = /<code id="install">([^<]+)</.exec(page.text)?.[1] ?? '';
    expect((await follow(`consumer=${consumer}`)).text).toContain('invalid_state');
    expect((await follow('consumer=short')).text).toContain('invalid_state');
    expect((await claim({ token })).body.shop.values).toEqual({ shop: 'b.acorn.example' });
  });

  it('that comes too late is over, and is cleared away with what it sealed', async () => {
    const token = await arrived('late.acorn.example');
    api.clock.nowMs += 601_000;
    expect((await claim({ token })).status).toBe(404);
    await api.database.db.sqlAcrossTenants((sql) => purgeInstalls(sql, new Date(api.clock.nowMs), 100));
    const { rows } = await api.database.owner.query(
      "SELECT 1 FROM installs WHERE shop ->> 'shop' = 'late.acorn.example'",
    );
    expect(rows).toEqual([]);
  });

  it('is a tenant’s neither to list nor to read in the database', async () => {
    await arrived('hidden.acorn.example');
    expect((await api.call('GET', '/v1/installs', { key })).status).toBe(403);
    await expect(
      api.database.db.inTenant(tenantId, (tx) => tx.$queryRawUnsafe('SELECT * FROM installs')),
    ).rejects.toThrow();
  });

  it.each([
    ['a token nobody has', { token: 'x'.repeat(43) }, 404],
    ['neither token nor id', {}, 422],
    ['another tenant', { token: 'x', tenantId: 'ten_01kaz7w0v9e7x8m3q2p4r6t8y0' }, 404],
  ])('with %s is not claimed', async (_why, body, status) => {
    expect((await claim(body)).status).toBe(status);
  });

  it.each([
    ['without its code', 'shop=demo.acorn.example', 400],
    ['for a shop of another form', 'code=c&shop=evil.test', 400],
    ['with a state that is not ours', `code=c&shop=demo.acorn.example&state=${'x'.repeat(43)}`, 400],
  ])('%s is not taken in', async (_why, query, status) => {
    const { rows: before } = await api.database.owner.query('SELECT count(*)::int AS count FROM installs');
    expect((await arrive(query)).status).toBe(status);
    const { rows: after } = await api.database.owner.query('SELECT count(*)::int AS count FROM installs');
    expect(after).toEqual(before);
  });
});
