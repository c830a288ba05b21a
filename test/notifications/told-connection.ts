// A connection whose platform was subscribed to, lost once and made up for, with something that waits: rows written past the product's own steps.
import { newId } from '../../store/new-id.ts';
import { type SeededConnection, seedConnection } from '../egress/seed.ts';
import type { TestDatabase } from '../world.ts';

export async function seedToldConnection(world: TestDatabase): Promise<SeededConnection> {
  const seeded = await seedConnection(world, {
    platform: 'shopify',
    shop: { shop: 'told.myshopify.com' },
  });
  const { connectionId, tenantId } = seeded;
  const of = [connectionId, tenantId];
  await world.owner.query(
    `INSERT INTO subscriptions (connection_id, tenant_id, topic, state, code, platform_ref, recreated) VALUES
     ($1, $2, 'orders/updated', 'active', NULL, 'gid://shopify/WebhookSubscription/1', 2),
     ($1, $2, 'products/update', 'refused', 'scope_missing', NULL, 0)`,
    of,
  );
  await world.owner.query(
    `INSERT INTO notification_gaps (connection_id, tenant_id, found_at, cause, from_at, until_at, closed_at)
     VALUES ($1, $2, now() - interval '1 hour', 'dropped', now() - interval '2 hours', now() - interval '1 hour', now())`,
    of,
  );
  await world.owner.query(
    `INSERT INTO named_objects (connection_id, tenant_id, resource, platform_id) VALUES ($1, $2, 'orders', 'gid://shopify/Order/1')`,
    of,
  );
  await world.owner.query(
    `INSERT INTO privacy_requests (id, tenant_id, connection_id, platform, kind, topic, state, due_at, finished_at, proof)
     VALUES ($3, $2, $1, 'shopify', 'erase_customer', 'customers/redact', 'done', now() + interval '3 days', now(), '{"erased":{"connections":1,"customers":1,"orders":2}}')`,
    [...of, newId('privacyRequest')],
  );
  return seeded;
}
