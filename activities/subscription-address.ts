// The address that a connection's subscriptions are told at: minted with its secret, shown once to the platform, kept as a hash alone.
import { createHash, randomBytes } from 'node:crypto';
import type { Subscribe } from '../domain/platform.ts';
import { addAddress, dropAddress } from '../store/notification-addresses.ts';
import { appOf, type SubscriptionOwner } from '../store/subscriptions.ts';
import type { SubscriptionDeps } from './keep-subscriptions.ts';

/** By what an address that a platform tells is known to be ours. */
export function hashOfAddress(address: string): string {
  const token = /\/notify\/[a-z0-9_-]+\/([A-Za-z0-9_-]{20,200})$/.exec(address)?.[1] ?? '';
  return createHash('sha256').update(token, 'utf8').digest('hex');
}

/** Where all shops of our app are told that have one address, or what stands for it at the platform; null: each has its own. */
export async function addressOfAll(
  { db, publicUrl }: Pick<SubscriptionDeps, 'db' | 'publicUrl'>,
  of: {
    readonly of: SubscriptionOwner;
    readonly platform: { readonly id: string };
    readonly subscribe: Subscribe;
    readonly connection: { readonly shop: Readonly<Record<string, string>> };
  },
): Promise<string | null> {
  const { destination, shared } = of.subscribe;
  if (destination !== undefined) return of.connection.shop[destination] ?? null;
  if (shared !== true) return null;
  const app = await db.sqlInTenant(of.of.tenantId, (sql) => appOf(sql, of.of.connectionId));
  return `${publicUrl}/notify/${of.platform.id}${app === null ? '' : `/${app}`}`;
}

export interface MintedAddress {
  readonly address: string;
  readonly secret: string;
}

export interface AddressOnce {
  mint(): Promise<MintedAddress>;
  /** The platform took none of what was to be told at it. */
  drop(): Promise<void>;
}

/** One new address for all that this look subscribes to: what was shown once is never shown again. */
export function addressOnce(
  deps: Pick<SubscriptionDeps, 'db' | 'publicUrl'>,
  of: SubscriptionOwner,
  platform: string,
): AddressOnce {
  let minted: Promise<MintedAddress> | undefined;
  const token = randomBytes(32).toString('base64url');
  const tokenHash = createHash('sha256').update(token, 'utf8').digest();
  const add = async (): Promise<MintedAddress> => {
    await deps.db.sqlInTenant(of.tenantId, (sql) => addAddress(sql, { ...of, tokenHash }));
    return {
      address: `${deps.publicUrl}/notify/${platform}/${token}`,
      secret: randomBytes(32).toString('base64url'),
    };
  };
  return {
    mint: () => {
      minted ??= add();
      return minted;
    },
    drop: async () => {
      if (minted !== undefined) await deps.db.sqlInTenant(of.tenantId, (sql) => dropAddress(sql, tokenHash));
    },
  };
}

/** Everybody's: nothing of it is kept. */
export function addressKnown(address: string): AddressOnce {
  return { mint: async () => ({ address, secret: '' }), drop: async () => undefined };
}
