// What subscribing needs beside the connection: a credential that may, and where the platform delivers, as our registration knows it.
import type { Subscribe } from '../domain/platform.ts';
import { kindOfCredential } from '../store/credentials.ts';
import { fieldsOfApp, type SubscriptionOwner } from '../store/subscriptions.ts';
import type { SubscriptionDeps } from './keep-subscriptions.ts';

/** Some credentials may read and not subscribe. */
export async function maySubscribe(
  { db }: Pick<SubscriptionDeps, 'db'>,
  of: SubscriptionOwner,
  { credentialKinds }: Subscribe,
): Promise<boolean> {
  if (credentialKinds === undefined) return true;
  const kind = await db.sqlInTenant(of.tenantId, (sql) => kindOfCredential(sql, of.connectionId));
  return kind !== null && credentialKinds.includes(kind);
}

/** The shop's fields, with those of our registration where one of them says where the platform delivers; null where that one is missing. */
export async function shopAndDestination(
  { db }: Pick<SubscriptionDeps, 'db'>,
  { connectionId }: SubscriptionOwner,
  shop: Readonly<Record<string, string>>,
  { destination }: Subscribe,
): Promise<Readonly<Record<string, string>> | null> {
  if (destination === undefined) return shop;
  const fields = await db.sqlAcrossTenants((sql) => fieldsOfApp(sql, connectionId));
  return fields[destination] === undefined ? null : { ...fields, ...shop };
}
