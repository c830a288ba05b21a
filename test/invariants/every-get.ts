// Reads all that the API has to read, so that a secret in any answer is among what was answered.
import { expect } from 'vitest';
import type { Answer, Product } from './product.ts';

export type Ask = <T = Record<string, unknown>>(method: string, path: string) => Promise<Answer<T>>;

/** Every GET of the API, for every connection, platform and resource there is. */
export async function readEverything(product: Product, ask: Ask): Promise<void> {
  const { body } = await ask<{ paths: Record<string, { get?: object }> }>('GET', '/openapi.json');
  const ids = async (path: string) =>
    (await ask<{ data: { id: string }[] }>('GET', path)).body.data.map(({ id }) => id);
  const connections = await ids('/v1/connections?limit=100');
  const platforms = await ids('/v1/platforms');
  const resources = ['orders', 'products', 'customers', 'inventory'];
  const rows = async (table: string): Promise<string[]> =>
    (await product.database.owner.query(`SELECT id FROM ${table}`)).rows.map(({ id }) => id);
  const byNoun: Readonly<Record<string, readonly string[]>> = {
    platforms,
    connections,
    'connect-sessions': await rows('connect_sessions'),
    imports: await rows('imports'),
    'fleet-runs': await rows('fleet_runs'),
    endpoints: await rows('endpoints'),
    deliveries: await rows('deliveries'),
    'privacy-requests': await rows('privacy_requests'),
  };
  for (const [path, { get }] of Object.entries(body.paths)) {
    if (get === undefined || path.includes('/proxy/')) continue;
    const choices = byNoun[path.split('/')[2] ?? ''] ?? resources;
    const asked = /\{/.test(path) ? choices.map((one) => path.replace(/\{[^}]+\}/, one)) : [path];
    const query = /\/(records|events|audit)/.test(path) ? `?tenantId=${product.tenantId}` : '';
    const told = await Promise.all(asked.map((one) => ask('GET', one + query)));
    const isBrowsers = /^\/(oauth|connect|connected)\//.test(path);
    if (!isBrowsers)
      expect({ path, statuses: told.map(({ status }) => status) }).toEqual({
        path,
        statuses: told.map(() => 200),
      });
  }
}
