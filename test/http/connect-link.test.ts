// The link a merchant is given: what it shows, when it ends, and a second try through it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantId } from '../../domain/ids.ts';
import { startApi, type TestApi } from './api.ts';
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

const begin = () => beginApproval({ api, tenantId });

describe('the link', () => {
  it('shows who asks, escaped, with labels and help, no script, and a strict policy', async () => {
    const session = await api.call('POST', '/v1/connect-sessions', { body: { tenantId } });
    const link = new URL(session.body.url).pathname;
    const choose = await api.call('GET', link, { key: null });
    expect(choose.text).toContain('Acme &lt;b&gt;Corp&lt;/b&gt;');
    expect(choose.text).not.toContain('<script');
    const form = await api.call('GET', `${link}?platform=acorn`, { key: null });
    expect(form.text).toContain('<label for="shop">Shop address</label>');
    expect(form.text).toContain('See orders');
    const policy = String(form.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('script-src');
  });

  it('expires, and an unknown one says no more than that', async () => {
    const session = await api.call('POST', '/v1/connect-sessions', { body: { tenantId } });
    api.clock.nowMs += 86_400_001;
    const late = await api.call('GET', new URL(session.body.url).pathname, { key: null });
    expect(late.status).toBe(410);
    expect((await api.call('GET', '/connect/unknown', { key: null })).status).toBe(404);
    expect(api.logged.join('\n')).not.toContain(session.body.token);
  });

  it('whose form is sent several times at once begins one connection', async () => {
    const session = await api.call('POST', '/v1/connect-sessions', { body: { tenantId, platform: 'acorn' } });
    const link = new URL(session.body.url).pathname;
    const form = { platform: 'acorn', shop: 'impatient.acorn.example' };
    const pages = await Promise.all([1, 2, 3].map(() => api.call('POST', link, { key: null, form })));
    expect(pages.map(({ status }) => status)).toEqual([200, 200, 200]);
    const { rows } = await api.database.owner.query(
      "SELECT lifecycle FROM connections WHERE shop ->> 'shop' = 'impatient.acorn.example'",
    );
    expect(rows).toEqual([{ lifecycle: 'connecting' }]);
  });

  it('is not made for a connection that is being revoked', async () => {
    const { connectionId } = await begin();
    await api.call('DELETE', `/v1/connections/${connectionId}`);
    const answer = await api.call('POST', '/v1/connect-sessions', { body: { tenantId, connectionId } });
    expect([answer.status, answer.body.code]).toEqual([409, 'connection_revoking']);
  });

  it('takes no form from another site', async () => {
    const session = await api.call('POST', '/v1/connect-sessions', { body: { tenantId, platform: 'cedar' } });
    const answer = await api.call('POST', new URL(session.body.url).pathname, {
      key: null,
      form: { platform: 'cedar', url: 'https://a.example', apiKey: 'sk_abcd1' },
      headers: { origin: 'https://evil.example' },
    });
    expect(answer.status).toBe(403);
  });

  it('connects a shop by a pasted key, then shows the connection and disconnects it', async () => {
    const session = await api.call('POST', '/v1/connect-sessions', { body: { tenantId, platform: 'cedar' } });
    const link = new URL(session.body.url).pathname;
    const wrong = await api.call('POST', link, {
      key: null,
      form: { platform: 'cedar', url: 'https://p.example', apiKey: 'nope' },
    });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('value="https://p.example"');
    expect(wrong.text).not.toContain('nope');
    const done = await api.call('POST', link, {
      key: null,
      form: { platform: 'cedar', url: 'https://p.example', apiKey: 'sk_abcd1' },
    });
    expect(done.text).toContain('Connected');
    await api.database.owner.query(
      "UPDATE connections SET lifecycle = 'active', state = 'active', generation = 1 WHERE shop->>'url' = 'https://p.example'",
    );
    const manage = await api.call('GET', link, { key: null });
    expect(manage.text).toContain('Disconnect');
    const gone = await api.call('POST', link, { key: null, form: { intent: 'disconnect' } });
    expect(gone.text).toContain('Being disconnected');
    const { rows } = await api.database.owner.query(
      "SELECT fenced_at FROM connections WHERE shop->>'url' = 'https://p.example'",
    );
    expect(rows[0].fenced_at).not.toBeNull();
  });
});

describe('a second try through the same link', () => {
  const lastConnection = async () =>
    (
      await api.database.owner.query(
        'SELECT connection_id FROM authorizations ORDER BY created_at DESC LIMIT 1',
      )
    ).rows[0].connection_id;
  const submit = (link: string, shop: string) =>
    api.call('POST', link, { key: null, form: { platform: 'acorn', shop } });
  const revoked = (id: string) => api.commands.filter((one) => one === `revoke ${id}`).length;

  it('asks for the same shop again on the connection that waits for it', async () => {
    const { link, connectionId } = await begin();
    expect((await submit(link, 'demo.acorn.example')).status).toBe(200);
    expect(await lastConnection()).toBe(connectionId);
    expect(revoked(connectionId)).toBe(0);
  });

  it('for another shop begins another connection, and the first waits no longer', async () => {
    const { link, connectionId } = await begin();
    expect((await submit(link, 'second.acorn.example')).status).toBe(200);
    expect(await lastConnection()).not.toBe(connectionId);
    expect(revoked(connectionId)).toBe(1);
  });

  it('begins anew where the first was refused for good', async () => {
    const { link, connectionId } = await begin();
    await api.database.owner.query(
      "UPDATE connections SET lifecycle = 'abandoned', state = 'abandoned', fenced_at = now() WHERE id = $1",
      [connectionId],
    );
    const form = await api.call('GET', link, { key: null });
    expect(form.text).toContain('<label for="shop">Shop address</label>');
    expect((await submit(link, 'demo.acorn.example')).status).toBe(200);
    expect(await lastConnection()).not.toBe(connectionId);
  });
});
