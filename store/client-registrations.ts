// Our apps at platforms, and their sealed secrets by version. The previous version stays until its overlap ends.
import type { ClientRegistrationId, TenantId } from '../domain/ids.ts';
import type { Sealed } from '../domain/sealing.ts';
import type { Tx } from './database.ts';

export interface NewClientRegistration {
  readonly id: ClientRegistrationId;
  readonly tenantId: TenantId | null;
  readonly platform: string;
  readonly name: string;
  readonly clientId: string;
  readonly redirectUri: string | null;
  /** Those of the platform's further fields that are not secret. */
  readonly fields: Readonly<Record<string, string>>;
  readonly secret: Sealed;
}

export async function createClientRegistration(tx: Tx, registration: NewClientRegistration): Promise<void> {
  const { secret, ...row } = registration;
  await tx.clientRegistration.create({ data: row });
  await tx.clientSecret.create({
    data: {
      registrationId: row.id,
      version: 1,
      tenantId: row.tenantId,
      sealed: Uint8Array.from(secret.bytes),
      keyVersion: secret.keyVersion,
    },
  });
}

export interface ClientRegistrationChange {
  readonly name?: string | undefined;
  readonly redirectUri?: string | null | undefined;
  readonly fields?: Readonly<Record<string, string>> | undefined;
  readonly status?: 'active' | 'disabled' | undefined;
}

export async function changeClientRegistration(
  tx: Tx,
  id: ClientRegistrationId,
  change: ClientRegistrationChange,
): Promise<void> {
  const { name, redirectUri, fields, status } = change;
  await tx.clientRegistration.update({
    where: { id },
    data: {
      ...(name === undefined ? {} : { name }),
      ...(redirectUri === undefined ? {} : { redirectUri }),
      ...(fields === undefined ? {} : { fields }),
      ...(status === undefined ? {} : { status }),
    },
  });
}

/** Violates the primary key when another writer added this version first. */
export async function addClientSecret(
  tx: Tx,
  secret: {
    readonly registrationId: ClientRegistrationId;
    readonly tenantId: TenantId | null;
    readonly version: number;
    readonly sealed: Sealed;
    readonly previousRetiresAt: Date;
  },
): Promise<void> {
  const { registrationId, tenantId, version, sealed, previousRetiresAt } = secret;
  await tx.clientSecret.updateMany({
    where: { registrationId, retiresAt: null },
    data: { retiresAt: previousRetiresAt },
  });
  await tx.clientSecret.create({
    data: {
      registrationId,
      version,
      tenantId,
      sealed: Uint8Array.from(sealed.bytes),
      keyVersion: sealed.keyVersion,
    },
  });
  await tx.clientRegistration.update({ where: { id: registrationId }, data: { version, health: 'ok' } });
}

/** Removes it with its secrets. */
export async function deleteClientRegistration(tx: Tx, id: ClientRegistrationId): Promise<void> {
  await tx.clientSecret.deleteMany({ where: { registrationId: id } });
  await tx.clientRegistration.delete({ where: { id } });
}
