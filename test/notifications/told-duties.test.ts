// Duties to erase and to report, as platforms tell them at the door: whom they concern, and what is kept of that. Real PostgreSQL; Shopify's own data.
import { afterAll, describe, expect, it } from 'vitest';
import { hmac, SECRET, startReceiving } from './receiving.ts';

const { api, tenantId, registrationId, shopify, push, pushShopify, kept } = await startReceiving();
afterAll(() => api.close());

describe('a duty to erase', () => {
  it('at the address of all is believed by what its signed body holds, and only its counts will stay', async () => {
    const { connectionId } = await shopify('redacted');
    const body = JSON.stringify({
      shop_id: 1,
      shop_domain: 'redacted.myshopify.com',
      customer: { id: 191167, email: 'gone@canary.example' },
      orders_to_redact: [299938, 280263],
    });
    const headers = {
      'x-shopify-topic': 'customers/redact',
      'x-shopify-shop-domain': 'redacted.myshopify.com',
      'x-shopify-hmac-sha256': hmac(SECRET, body),
    };
    const bad = await push('/notify/shopify', body, {
      ...headers,
      'x-shopify-hmac-sha256': hmac('no', body),
    });
    expect(bad.status).toBe(401);
    for (let time = 0; time < 3; time++)
      expect(
        (await push('/notify/shopify', body, { ...headers, 'x-shopify-event-id': String(time) })).status,
      ).toBe(200);
    const { rows } = await api.database.owner.query(
      'SELECT * FROM privacy_requests WHERE connection_id = $1',
      [connectionId],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ kind: 'erase_customer', state: 'open', platform: 'shopify' });
    const { rows: all } = await api.database.owner.query(
      'SELECT p::text AS text FROM privacy_requests AS p UNION ALL SELECT n::text FROM notifications AS n',
    );
    const everything = all.map((one) => one.text).join('\n') + api.logged.join('\n');
    for (const canary of ['gone@canary', '191167', Buffer.from('gone@canary').toString('hex')])
      expect(everything).not.toContain(canary);
  });
});

describe('a duty to erase a shop', () => {
  const redact = (name: string, headerSays = name) => {
    const body = JSON.stringify({ shop_id: 954889, shop_domain: `${name}.myshopify.com` });
    return push('/notify/shopify', body, {
      'x-shopify-topic': 'shop/redact',
      'x-shopify-shop-domain': `${headerSays}.myshopify.com`,
      'x-shopify-hmac-sha256': hmac(SECRET, body),
    });
  };
  const asked = async () =>
    (
      await api.database.owner.query(
        `SELECT connection_id AS id FROM privacy_requests WHERE kind = 'erase_shop' AND state = 'open' ORDER BY received_at`,
      )
    ).rows.map(({ id }) => id);

  it('comes after its connection has ended, and concerns that one alone', async () => {
    const [left, other] = [await shopify('left'), await shopify('other')];
    await api.database.owner.query(
      `UPDATE connections SET lifecycle = 'revoked', state = 'revoked', fenced_at = now() WHERE id = ANY ($1)`,
      [[left.connectionId, other.connectionId]],
    );
    expect((await redact('left')).status).toBe(200);
    expect(await asked()).toEqual([left.connectionId]);
  });

  it('is of the shop that its signed body names, whatever a header says', async () => {
    const before = await asked();
    const [named, victim] = [await shopify('named'), await shopify('victim')];
    await redact('named', 'victim');
    expect(await asked()).toEqual([...before, named.connectionId]);
    expect(await kept(victim.connectionId)).toEqual([]);
  });

  it('at the address of another connection of the app erases nothing there, and is not taken for done', async () => {
    const before = await asked();
    const [named, other] = [await shopify('meant'), await shopify('another')];
    const body = JSON.stringify({ shop_id: 7, shop_domain: 'meant.myshopify.com' });
    const at = (token: string) => pushShopify(token, body, { 'x-shopify-topic': 'shop/redact' }, SECRET);
    expect((await at(other.token)).status).toBe(404);
    expect(await asked()).toEqual(before);
    expect((await at(named.token)).status).toBe(200);
    expect(await asked()).toEqual([...before, named.connectionId]);
  });

  it('concerns each connection that was ever made with it', async () => {
    const before = await asked();
    for (let time = 0; time < 55; time++) await shopify('often');
    expect((await redact('often')).status).toBe(200);
    expect(await asked()).toHaveLength(before.length + 55);
  });

  it('that nobody has here asks for nothing, and leaves one proof that nothing is held', async () => {
    const before = await asked();
    for (let time = 0; time < 3; time++) expect((await redact('nobodys')).status).toBe(200);
    const body = JSON.stringify({ shop_id: 1, shop_domain: 'forged.myshopify.com' });
    const forged = { 'x-shopify-topic': 'shop/redact', 'x-shopify-hmac-sha256': hmac('no', body) };
    expect((await push('/notify/shopify', body, forged)).status).toBe(401);
    expect(await asked()).toEqual(before);
    const { rows } = await api.database.owner.query(
      `SELECT p.*, a.outcome, a.detail FROM privacy_requests AS p LEFT JOIN audit_events AS a ON a.target = p.id AND a.action = 'privacy_request.done'
       WHERE p.connection_id IS NULL AND p.platform = 'shopify'`,
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      ...{ kind: 'erase_shop', state: 'done', registration_id: registrationId, tenant_id: null },
      ...{ sealed: null, proof: { erased: { records: 0 } }, outcome: 'done' },
    });
    expect(rows[0]?.finished_at).not.toBeNull();
    expect(JSON.stringify(rows)).not.toContain('nobodys');
  });
});

describe('a request to report', () => {
  it('is fetched by an admin of its tenant alone, by name in the audit trail, until it is over', async () => {
    await shopify('reporting');
    const body = JSON.stringify({
      shop_id: 2,
      shop_domain: 'reporting.myshopify.com',
      customer: { id: 5 },
      data_request: { id: 1 },
    });
    const headers = {
      'x-shopify-topic': 'customers/data_request',
      'x-shopify-hmac-sha256': hmac(SECRET, body),
    };
    expect((await push('/notify/shopify', body, headers)).status).toBe(200);
    const key = await api.key('admin', tenantId);
    const { body: all } = await api.call('GET', '/v1/privacy-requests', { key });
    const id: string = all.data[0].id;
    const report = (by: string) => api.call('GET', `/v1/privacy-requests/${id}/report`, { key: by });
    expect((await report(await api.key('admin', await api.tenant()))).status).toBe(404);
    expect(await report(key)).toMatchObject({ status: 200, body: { privacyRequestId: id, records: [] } });
    const { rows } = await api.database.owner.query(
      `SELECT actor FROM audit_events WHERE target = $1 AND action = 'privacy_request.opened'`,
      [id],
    );
    expect(rows).toEqual([{ actor: expect.stringMatching(/^key_/) }]);
    const dueIn = (interval: string) =>
      api.database.owner.query('UPDATE privacy_requests SET due_at = now() + $2::interval WHERE id = $1', [
        id,
        interval,
      ]);
    await dueIn('-1 minute');
    expect((await report(key)).status).toBe(404);
    await dueIn('1 minute');
    expect((await report(key)).status).toBe(200);
    await api.database.owner.query(
      `UPDATE privacy_requests SET state = 'done', sealed = NULL, key_version = NULL WHERE id = $1`,
      [id],
    );
    expect((await report(key)).status).toBe(404);
  });
});
