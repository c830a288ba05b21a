// How a connection's row begins, whichever way it is asked for: with its tenant, its registration and its audit row looked after.
import { MooringError } from '../domain/errors.ts';
import type { ClientRegistrationId, ConnectionId, TenantId } from '../domain/ids.ts';
import type { AuthMethod, Platform } from '../domain/platform.ts';
import type { Permission } from '../domain/resource.ts';
import { appendAudit } from './audit.ts';
import {
  type ClientRegistrationRow,
  chooseClientRegistration,
  readClientRegistration,
} from './client-registrations-list.ts';
import { insertConnection } from './connections.ts';
import type { Tx } from './database.ts';
import { newId } from './new-id.ts';
import { readTenant } from './tenants-list.ts';

export interface NewConnectionWish {
  /** Decided before, where the same wish may come again; default: a new one. */
  readonly id?: ConnectionId;
  readonly tenantId: TenantId;
  readonly platform: Platform;
  /** How it is connected, where that is known: one way may need a registration and another none. */
  readonly method?: AuthMethod;
  readonly shop: Readonly<Record<string, string>>;
  readonly permissions: readonly Permission[];
  readonly registrationId?: ClientRegistrationId | undefined;
  readonly syncIntervalS?: number | undefined;
  /** Who asks, for the audit trail. */
  readonly actor: string;
  readonly reason: string;
}

/** Writes a new connection's row, after looking that its tenant and registration are there. */
export async function insertNewConnection(tx: Tx, wish: NewConnectionWish): Promise<ConnectionId> {
  const tenant = await readTenant(tx, wish.tenantId);
  if (tenant === null) throw new MooringError('not_found', `there is no tenant "${wish.tenantId}"`);
  if (tenant.erasingAt !== null)
    throw new MooringError('connection_final', `the tenant "${wish.tenantId}" is being erased`);
  const registration = await registrationFor(tx, wish);
  const id = wish.id ?? newId('connection');
  await insertConnection(tx, {
    id,
    tenantId: wish.tenantId,
    platform: wish.platform.id,
    registrationId: registration?.id ?? null,
    shop: wish.shop,
    permissions: wish.permissions,
    ...(wish.syncIntervalS === undefined ? {} : { syncIntervalS: wish.syncIntervalS }),
  });
  await appendAudit(tx, {
    tenantId: wish.tenantId,
    actor: wish.actor,
    action: 'connection.started',
    target: id,
    connectionId: id,
    outcome: 'done',
    reason: wish.reason,
    detail: { platform: wish.platform.id },
  });
  return id;
}

async function registrationFor(tx: Tx, wish: NewConnectionWish): Promise<ClientRegistrationRow | null> {
  if (wish.registrationId !== undefined) {
    const row = await readClientRegistration(tx, wish.registrationId);
    const isUsable =
      row?.platform === wish.platform.id && (row.tenantId === null || row.tenantId === wish.tenantId);
    if (row === null || !isUsable) {
      throw new MooringError(
        'not_found',
        `there is no client registration "${wish.registrationId}" for "${wish.platform.id}"`,
      );
    }
    return row;
  }
  const isNeeded = wish.method?.needsRegistration ?? wish.platform.needsRegistration;
  if (!isNeeded && !wish.platform.needsRegistration) return null;
  const row = await chooseClientRegistration(tx, wish.tenantId, wish.platform.id);
  if (row === null && isNeeded) {
    throw new MooringError(
      'registration_missing',
      `there is no client registration for "${wish.platform.id}"`,
    );
  }
  return row;
}
