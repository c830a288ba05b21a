// Rows a test of egress begins with, written past the product's own steps.
import type { ConnectionId, TenantId } from '../../domain/ids.ts';
import { newId } from '../../store/new-id.ts';
import type { TestDatabase } from '../world.ts';

export interface SeededConnection {
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
}

export interface ConnectionSeed {
  readonly platform?: string;
  readonly shop?: Readonly<Record<string, string>>;
  readonly registrationId?: string;
  readonly generation?: number;
  readonly lifecycle?: string;
}

/** A connection of a new tenant, or of the one given. */
export async function seedConnection(
  world: TestDatabase,
  seed: ConnectionSeed = {},
  tenantId: TenantId = newId('tenant'),
): Promise<SeededConnection> {
  const connectionId = newId('connection');
  await world.owner.query(`INSERT INTO tenants (id, name) VALUES ($1, 'seeded') ON CONFLICT DO NOTHING`, [
    tenantId,
  ]);
  await world.owner.query(
    `INSERT INTO connections (id, tenant_id, platform, shop, markets, permissions, granted_scopes, registration_id, generation, lifecycle, state, shop_key)
     VALUES ($1, $2, $3, $4, '{}', '{}', '{}', $5, $6, $7, $7, $1)`,
    [
      connectionId,
      tenantId,
      seed.platform ?? 'plain',
      JSON.stringify(seed.shop ?? {}),
      seed.registrationId ?? null,
      seed.generation ?? 1,
      seed.lifecycle ?? 'active',
    ],
  );
  return { tenantId, connectionId };
}

export const SILENT = { debug: () => {}, info: () => {}, warn: () => {} };
