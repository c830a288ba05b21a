/** A call to a Shopify shop by a known grant, and what it may do: scopes and unavailable shops. */
import { GraphQLError } from 'graphql';
import { type Answer, type Exchange, json } from '../exchange.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Grant, Shop } from '../state.ts';

export interface ShopifyCall {
  sandbox: Sandbox;
  exchange: Exchange;
  shop: Shop;
  grant: Grant;
  /** The API version served, which may be later than the one asked for. */
  version: string;
}

export function unavailableAnswer(shop: Shop): Answer | null {
  switch (shop.unavailable) {
    case null:
      return null;
    case 'frozen':
      return json(402, { errors: 'Unavailable Shop' });
    case 'locked':
      return json(423, { errors: 'This shop is unavailable' });
    case 'closed':
      return json(404, { errors: 'Not Found' });
  }
}

/** Scopes as the platform reads them: writing implies reading. */
export function effectiveScopes(granted: readonly string[]): Set<string> {
  const scopes = new Set(granted);
  for (const scope of granted) if (scope.startsWith('write_')) scopes.add(scope.replace('write_', 'read_'));
  return scopes;
}

/** Throws the platform's ACCESS_DENIED for a field whose scope was not granted. */
export function requireScope(scopes: ReadonlySet<string>, field: string, scope: string): void {
  if (scopes.has(scope)) return;
  throw new GraphQLError(`Access denied for ${field} field. Required access: \`${scope}\` access scope.`, {
    extensions: {
      code: 'ACCESS_DENIED',
      documentation: 'https://shopify.dev/api/usage/access-scopes',
      requiredAccess: scope,
    },
  });
}
