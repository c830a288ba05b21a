// mooring keys: list, create, revoke. A new key is printed once.
import { type components, dataOf } from '../client/index.ts';
import type { Context } from './context.ts';
import { minute, table } from './table.ts';

type Role = components['schemas']['NewApiKey']['role'];

export async function listKeys(context: Context): Promise<void> {
  const { data } = await dataOf(context.client.GET('/v1/api-keys', { params: { query: { limit: 500 } } }));
  context.print(data, (keys) =>
    table(
      ['key', 'role', 'tenant', 'name', 'last used', 'state'],
      keys.map((one) => [
        one.id,
        one.role,
        one.tenantId ?? 'all',
        one.name,
        minute(one.lastUsedAt),
        one.revokedAt === null ? 'valid' : 'revoked',
      ]),
      'No keys.',
    ),
  );
}

export async function createKey(
  context: Context,
  name: string,
  options: { role: Role; tenant?: string },
): Promise<void> {
  const { role, tenant } = options;
  const body = { name, role, ...(tenant === undefined ? {} : { tenantId: tenant }) };
  const made = await dataOf(context.client.POST('/v1/api-keys', { body }));
  context.print(made, (one) => `${one.secret}\nKept nowhere; this is the only time it is shown.`);
}

export async function revokeKey(context: Context, id: string): Promise<void> {
  const { error } = await context.client.DELETE('/v1/api-keys/{id}', { params: { path: { id } } });
  if (error !== undefined)
    await dataOf(Promise.resolve({ error, response: new Response(null, { status: error.status }) }));
  context.print({ id, revoked: true }, () => `${id} is revoked`);
}
