// Tenants and API keys as the API shows them.
import { z } from 'zod';
import type { ApiKeyListRow } from '../../store/api-keys-list.ts';
import type { TenantRow } from '../../store/tenants-list.ts';
import { iso } from './connections.ts';
import { idOf, instant, label, pageOf } from './shapes.ts';

const returnOrigins = z
  .array(z.string().max(300))
  .max(20)
  .meta({ description: 'Origins a merchant may be sent back to, e.g. "https://app.acme.example"' });

export const tenant = z
  .object({
    id: z.string(),
    name: z.string(),
    returnOrigins,
    erasingAt: instant.nullable().meta({ description: 'Since when it is being erased' }),
    createdAt: instant,
  })
  .meta({ id: 'Tenant' });
export const tenantPage = pageOf(tenant);
export const newTenant = z
  .strictObject({ name: label, returnOrigins: returnOrigins.optional() })
  .meta({ id: 'NewTenant' });

export const apiKey = z
  .object({
    id: z.string(),
    tenantId: z.string().nullable(),
    role: z.enum(['read', 'sync', 'admin', 'operator']),
    name: z.string(),
    expiresAt: instant.nullable(),
    revokedAt: instant.nullable(),
    lastUsedAt: instant.nullable().meta({ description: 'Exact to a minute' }),
    createdAt: instant,
  })
  .meta({ id: 'ApiKey' });
export const apiKeyPage = pageOf(apiKey);
export const newApiKey = z
  .strictObject({
    name: label,
    role: z.enum(['read', 'sync', 'admin', 'operator']),
    tenantId: idOf('tenant')
      .optional()
      .meta({ description: "Not for the role operator; default: the key's own tenant" }),
    expiresAt: instant.optional(),
  })
  .meta({ id: 'NewApiKey' });
export const createdApiKey = apiKey
  .extend({ secret: z.string().meta({ description: 'The key itself, shown this once' }) })
  .meta({ id: 'CreatedApiKey' });

export function presentTenant(row: TenantRow): z.infer<typeof tenant> {
  return {
    id: row.id,
    name: row.name,
    returnOrigins: returnOriginsOf(row.settings),
    erasingAt: iso(row.erasingAt),
    createdAt: row.createdAt.toISOString(),
  };
}

export function returnOriginsOf(settings: unknown): string[] {
  if (typeof settings !== 'object' || settings === null || !('returnOrigins' in settings)) return [];
  const { returnOrigins: origins } = settings;
  return Array.isArray(origins) ? origins.filter((one) => typeof one === 'string') : [];
}

export function presentApiKey(row: ApiKeyListRow): z.infer<typeof apiKey> {
  return {
    id: row.id,
    tenantId: row.tenantId,
    role: apiKey.shape.role.parse(row.role),
    name: row.name,
    expiresAt: iso(row.expiresAt),
    revokedAt: iso(row.revokedAt),
    lastUsedAt: iso(row.lastUsedAt),
    createdAt: row.createdAt.toISOString(),
  };
}
