// Where notifications come in: HTTP, an app at Shopify, connections with an address of their own, and pushes signed as the platforms sign. Real PostgreSQL.
import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { ConnectionId } from '../../domain/ids.ts';
import { PLATFORMS } from '../../platforms/index.ts';
import { subscriptionBinding } from '../../store/notification-openings.ts';
import { beginSubscription, type SubscriptionOwner } from '../../store/subscriptions.ts';
import { seedConnection } from '../egress/seed.ts';
import { type Answer, startApi, type TestApi } from '../http/api.ts';

/** Of the app. */
export const SECRET = 'shpss_canary_secret';

export const hmac = (secret: string, body: string) =>
  createHmac('sha256', secret).update(body).digest('base64');

/** An address of the connection's own; gives its token. */
export async function seedAddress(
  { database }: TestApi,
  { tenantId, connectionId }: SubscriptionOwner,
): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await database.owner.query(
    'INSERT INTO notification_addresses (token_hash, tenant_id, connection_id) VALUES ($1, $2, $3)',
    [createHash('sha256').update(token).digest(), tenantId, connectionId],
  );
  return token;
}

/** A subscription to changed orders that the platform signs with `secret`. */
export async function seedSubscription(
  { database, vault }: TestApi,
  of: SubscriptionOwner,
  secret: string,
): Promise<void> {
  const topic = 'order.updated';
  const sealed = await vault.seal(subscriptionBinding(of, topic), { notificationSecret: secret });
  await database.db.sqlInTenant(of.tenantId, (sql) => beginSubscription(sql, of, { topic, sealed }));
}

/** Close `api` when the file ends. */
export async function startReceiving() {
  const api = await startApi({ platforms: PLATFORMS });
  const tenantId = await api.tenant();
  const made = await api.call('POST', '/v1/client-registrations', {
    body: { platform: 'shopify', clientId: 'ours', clientSecret: SECRET },
  });
  const registrationId: string = made.body.id;

  /** A connection with an address of its own, of the tenant. */
  async function addressed(
    platform: string,
    shop: Record<string, string>,
    registration?: string,
  ): Promise<{ connectionId: ConnectionId; token: string }> {
    const { connectionId } = await seedConnection(
      api.database,
      { platform, shop, ...(registration === undefined ? {} : { registrationId: registration }) },
      tenantId,
    );
    return { connectionId, token: await seedAddress(api, { tenantId, connectionId }) };
  }

  const shopify = (name = randomBytes(4).toString('hex')) =>
    addressed('shopify', { shop: `${name}.myshopify.com` }, registrationId);

  function push(url: string, body: string, headers: Record<string, string>): Promise<Answer> {
    return api.call('POST', url, { key: null, body, headers });
  }

  const pushShopify = (token: string, body: string, headers: Record<string, string> = {}, secret = SECRET) =>
    push(`/notify/shopify/${token}`, body, {
      'x-shopify-topic': 'orders/updated',
      'x-shopify-event-id': 'e1',
      'x-shopify-hmac-sha256': hmac(secret, body),
      ...headers,
    });

  const named = async (connectionId: string) =>
    (
      await api.database.owner.query(
        'SELECT resource, platform_id AS id, times::int FROM named_objects WHERE connection_id = $1 ORDER BY 1, 2',
        [connectionId],
      )
    ).rows;
  const kept = async (connectionId: string) =>
    (await api.database.owner.query('SELECT * FROM notifications WHERE scope = $1', [connectionId])).rows;
  return { api, tenantId, registrationId, addressed, shopify, push, pushShopify, named, kept };
}
