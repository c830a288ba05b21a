// What the tests of the door share: a call, a use, the rows its openings leave, and what an act failed with.
import type { PlatformRequest } from '../../domain/platform.ts';
import type { CredentialUse, ExchangeUse } from '../../egress/index.ts';
import type { Door } from './door.ts';
import type { SeededConnection } from './seed.ts';

export const ORDERS: PlatformRequest = { method: 'GET', path: '/orders', endpoint: 'GET /orders' };

export function useOf(connection: SeededConnection, more: Partial<CredentialUse> = {}): CredentialUse {
  return { ...connection, purpose: 'sync', reason: 'run_1', ...more };
}

/** Of a refresh, unless it says otherwise. */
export function exchangeOf(connection: SeededConnection, more: Partial<ExchangeUse> = {}): ExchangeUse {
  return { ...connection, purpose: 'refresh', reason: 'ensure-fresh/1/0', credential: 'current', ...more };
}

export async function openingsOf(door: Door, { connectionId }: SeededConnection) {
  const { rows } = await door.world.owner.query(
    'SELECT action, reason, detail FROM audit_events WHERE connection_id = $1 ORDER BY seq',
    [connectionId],
  );
  return rows;
}

export function failure(act: Promise<unknown>): Promise<unknown> {
  return act.then(
    () => undefined,
    (error: unknown) => error,
  );
}
