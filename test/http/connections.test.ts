import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantId } from '../../domain/ids.ts';
import { startApi, type TestApi } from './api.ts';

let api: TestApi;
let tenantId: TenantId;

beforeAll(async () => {
  api = await startApi();
  tenantId = await api.tenant();
});
afterAll(() => api.close());

const wish = (shop = 'https://shop.example') => ({
  tenantId,
  platform: 'cedar',
  shop: { url: shop },
  credential: { apiKey: 'sk_canary123' },
});

describe('connections', () => {
  it('a pasted credential is proved, then the connection is answered without it', async () => {
    const made = await api.call('POST', '/v1/connections', { body: wish() });
    expect(made.status, made.text).toBe(201);
    expect(made.body).toMatchObject({
      platform: 'cedar',
      tenantId,
      state: 'connecting',
      permissions: ['orders:read'],
    });
    expect(api.commands).toContain(`authorize ${made.body.id}`);
    expect(made.text).not.toContain('canary');
    const read = await api.call('GET', `/v1/connections/${made.body.id}`);
    expect(read.body.id).toBe(made.body.id);
  });

  it('a refused proof is told with what the platform said', async () => {
    const before = api.lifecycle.startAndAuthorize;
    api.lifecycle.startAndAuthorize = async () => ({
      outcome: 'refused',
      code: 'credential_rejected',
      message: 'the platform "cedar" rejected the credential',
      detail: { status: 401 },
    });
    const refused = await api.call('POST', '/v1/connections', { body: wish('https://other.example') });
    api.lifecycle.startAndAuthorize = before;
    expect(refused.status).toBe(422);
    expect(refused.body).toMatchObject({
      code: 'credential_rejected',
      actor: 'merchant',
      facts: { status: 401 },
    });
  });

  it('the list goes on where its page ended, and a cursor serves only the list and key it was made for', async () => {
    const key = await api.key('read', tenantId);
    await api.call('POST', '/v1/connections', { body: wish('https://second.example') });
    const first = await api.call('GET', '/v1/connections?limit=1', { key });
    expect(first.body.data).toHaveLength(1);
    const second = await api.call('GET', `/v1/connections?limit=1&cursor=${first.body.nextCursor}`, { key });
    expect(second.body.data[0].id > first.body.data[0].id).toBe(true);
    const otherFilter = await api.call(
      'GET',
      `/v1/connections?state=active&cursor=${first.body.nextCursor}`,
      { key },
    );
    expect(otherFilter.body.code).toBe('invalid_cursor');
    const otherKey = await api.call('GET', `/v1/connections?cursor=${first.body.nextCursor}`, {
      key: await api.key('read', await api.tenant('Other')),
    });
    expect(otherKey.body.code).toBe('invalid_cursor');
  });

  it('deleting a connection fences it before its workflow is told', async () => {
    const { body } = await api.call('POST', '/v1/connections', { body: wish('https://third.example') });
    const plan = await api.call('GET', `/v1/connections/${body.id}/revocation`);
    expect(plan.body).toMatchObject({
      upstream: 'unsupported',
      alerts: ['connection.revoking', 'connection.revoked'],
    });
    const gone = await api.call('DELETE', `/v1/connections/${body.id}`);
    expect(gone.status).toBe(202);
    expect(gone.body).toMatchObject({ state: 'revoking', revocation: { revokedAt: null } });
    expect(api.commands.at(-1)).toBe(`revoke ${body.id}`);
  });

  it.each([
    ['revoking', ['connection.revoked']],
    ['revoked', []],
  ])('the plan of one that is %s names the alerts that are still to come', async (lifecycle, alerts) => {
    const { body } = await api.call('POST', '/v1/connections', {
      body: wish(`https://plan-${lifecycle}.example`),
    });
    await api.database.owner.query('UPDATE connections SET lifecycle = $2, state = $2 WHERE id = $1', [
      body.id,
      lifecycle,
    ]);
    expect((await api.call('GET', `/v1/connections/${body.id}/revocation`)).body.alerts).toEqual(alerts);
  });

  it.each(['revoking', 'revoked'])(
    'its records can be erased after all when it is %s already',
    async (state) => {
      const { body } = await api.call('POST', '/v1/connections', { body: wish(`https://${state}.example`) });
      await api.database.owner.query(
        "UPDATE connections SET lifecycle = $2, state = $2, fenced_at = now(), records_kept_until = now() + interval '30 days' WHERE id = $1",
        [body.id, state],
      );
      const until = async () =>
        Date.parse((await api.call('GET', `/v1/connections/${body.id}`)).body.revocation.recordsKeptUntil);
      await api.call('DELETE', `/v1/connections/${body.id}`);
      expect(await until()).toBeGreaterThan(api.clock.nowMs);
      expect((await api.call('DELETE', `/v1/connections/${body.id}?erase=true`)).status).toBe(202);
      expect(await until()).toBeLessThanOrEqual(api.clock.nowMs);
    },
  );

  it('the diagnosis says who must act and gives a fresh link', async () => {
    const { body } = await api.call('POST', '/v1/connections', { body: wish('https://fourth.example') });
    await api.database.owner.query(
      "UPDATE connections SET lifecycle = 'reauth_required', state = 'reauth_required', reauth_reason = 'grant_dead' WHERE id = $1",
      [body.id],
    );
    const { body: found } = await api.call('GET', `/v1/connections/${body.id}/diagnosis`);
    expect(found).toMatchObject({ state: 'reauth_required', action: 'approve', actor: 'merchant' });
    expect(found.reconnectUrl).toMatch(/^http:\/\/127\.0\.0\.1:3000\/connect\/[\w-]{43}$/);
    const reader = await api.key('read', tenantId);
    const seen = await api.call('GET', `/v1/connections/${body.id}/diagnosis`, { key: reader });
    expect(seen.body).toMatchObject({ action: 'approve' });
    expect(seen.body.reconnectUrl, 'a link acts as the merchant; a reader may not').toBeUndefined();
    const sync = await api.call('POST', `/v1/connections/${body.id}/sync`, { body: {} });
    expect(sync.body).toMatchObject({ status: 409, code: 'reauth_required' });
  });

  it('a feed without records answers with a cursor that goes on', async () => {
    const { body } = await api.call('GET', `/v1/records/orders?tenantId=${tenantId}`);
    expect(body).toMatchObject({ data: [], hasMore: false });
    const next = await api.call('GET', `/v1/records/orders?tenantId=${tenantId}&cursor=${body.nextCursor}`);
    expect(next.status).toBe(200);
    expect((await api.call('GET', `/v1/events?tenantId=${tenantId}`)).status).toBe(200);
  });

  it('erasing a tenant fences all it has, tells every workflow, and erases what ended ones kept', async () => {
    const gone = await api.tenant('Gone');
    const make = async (shop: string) =>
      (await api.call('POST', '/v1/connections', { body: { ...wish(shop), tenantId: gone } })).body.id;
    const [live, ended] = [await make('https://live.example'), await make('https://ended.example')];
    await api.database.owner.query(
      `INSERT INTO records (tenant_id, connection_id, resource, platform_id, position, hash, record)
       SELECT $1, unnest($2::text[]), 'orders', '1', unnest(ARRAY[1, 2]), gen_random_uuid(), '{}'`,
      [gone, [live, ended]],
    );
    const tell = api.lifecycle.tell;
    api.lifecycle.tell = async (id, command) => (id === ended ? false : tell(id, command));
    const answer = await api.call('DELETE', `/v1/tenants/${gone}`);
    api.lifecycle.tell = tell;
    expect(answer.status).toBe(202);
    expect(answer.body.erasingAt).not.toBeNull();
    expect(api.commands).toContain(`revoke ${live}`);
    const { rows } = await api.database.owner.query(
      'SELECT count(*) FROM connections WHERE tenant_id = $1 AND fenced_at IS NULL',
      [gone],
    );
    expect(rows[0].count).toBe('0');
    const left = await api.database.owner.query('SELECT connection_id FROM records WHERE tenant_id = $1', [
      gone,
    ]);
    expect(left.rows.map((one) => one.connection_id)).toEqual([live]);
    const late = await api.call('POST', '/v1/connections', {
      body: { ...wish('https://late.example'), tenantId: gone },
    });
    expect(late.status).toBe(409);
  });

  it('a command takes an empty body, whatever type is named for it', async () => {
    const { body: made } = await api.call('POST', '/v1/connections', { body: wish('https://empty.example') });
    await api.database.db.inTenant(tenantId, (tx) =>
      tx.connection.update({ where: { id: made.id }, data: { lifecycle: 'active', state: 'active' } }),
    );
    const json = { 'content-type': 'application/json' };
    for (const [command, status] of [
      ['refresh', 200],
      ['pause', 202],
      ['resume', 202],
      ['sync', 202],
    ] as const) {
      const url = `/v1/connections/${made.id}/${command}`;
      for (const call of [{}, { headers: json, body: '' }]) {
        const answer = await api.call('POST', url, call);
        expect(answer.status, `${command}: ${answer.text}`).toBe(status);
      }
    }
    const needed = await api.call('POST', '/v1/tenants', { headers: json, body: '' });
    expect(needed.body).toMatchObject({ status: 400, code: 'malformed_json' });
  });

  it('a command is answered once the connection shows what came of it', async () => {
    const { body: made } = await api.call('POST', '/v1/connections', {
      body: wish('https://settled.example'),
    });
    const show = (data: { pausedBy?: string; lifecycle?: string; reauthReason?: string }) =>
      api.database.db.inTenant(tenantId, (tx) => tx.connection.update({ where: { id: made.id }, data }));
    const before = { ...api.lifecycle };
    // As a workflow does it: the command is taken at once, the projection is written a little later.
    api.lifecycle.tell = async () => {
      setTimeout(() => void show({ pausedBy: 'key_01' }), 300);
      return true;
    };
    api.lifecycle.refreshNow = async () => {
      setTimeout(() => void show({ lifecycle: 'reauth_required', reauthReason: 'grant_dead' }), 300);
      return { outcome: 'reauth_required', reason: 'grant_dead' };
    };
    const paused = await api.call('POST', `/v1/connections/${made.id}/pause`);
    const refreshed = await api.call('POST', `/v1/connections/${made.id}/refresh`);
    const read = await api.call('GET', `/v1/connections/${made.id}`);
    Object.assign(api.lifecycle, before);
    expect(paused.body).toMatchObject({ pausedBy: 'key_01' });
    expect(refreshed.body).toEqual({ outcome: 'reauth_required', reason: 'grant_dead' });
    expect(read.body).toMatchObject({ reauthReason: 'grant_dead' });
  });

  it("an operator reads a connection's records without naming its tenant", async () => {
    const { body: made } = await api.call('POST', '/v1/connections', {
      body: wish('https://records.example'),
    });
    const feed = await api.call('GET', `/v1/records/orders?connectionId=${made.id}`);
    expect(feed.body).toMatchObject({ data: [], nextCursor: expect.any(String) });
  });

  it('the timeline tells time as everything else does', async () => {
    const { body: made } = await api.call('POST', '/v1/connections', { body: wish('https://time.example') });
    const event = {
      type: 'authorized',
      credential: { expiresAtMs: 0, refreshExpiresAtMs: null },
      lifetimeMs: 5,
    };
    await api.database.db.inTenant(tenantId, (tx) =>
      tx.transition.create({
        data: {
          connectionId: made.id,
          tenantId,
          seq: 1n,
          event,
          fromState: 'connecting',
          toState: 'active',
          at: new Date(),
        },
      }),
    );
    const { body } = await api.call('GET', `/v1/connections/${made.id}/timeline`);
    expect(body.data[0].event).toEqual({
      type: 'authorized',
      credential: { expiresAt: '1970-01-01T00:00:00.000Z', refreshExpiresAt: null },
      lifetimeMs: 5,
    });
  });
});
