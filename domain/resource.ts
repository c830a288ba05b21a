// The kinds of record Mooring syncs, and the unified form of each. What a platform does not tell is null, never guessed.
// Every record keeps the platform's own id and update time. Money is decimal text with its ISO 4217 code.

export const RESOURCES = ['orders', 'products', 'customers', 'inventory'] as const;
export type Resource = (typeof RESOURCES)[number];

/** Something a vendor may ask for: what it may do with a resource. Platforms map it to their narrowest scopes. */
export type Permission = `${Resource}:${'read' | 'write'}`;
export const PERMISSIONS: readonly Permission[] = RESOURCES.flatMap(
  (r) => [`${r}:read`, `${r}:write`] as const,
);

/** `amount` is decimal text such as "12.34"; `currency` is ISO 4217. */
export interface Money {
  readonly amount: string;
  readonly currency: string;
}

interface RecordBase {
  /** The platform's own id, as text. Unique per connection and resource. */
  readonly platformId: string;
  /** RFC 3339 UTC; null where the platform tells none. */
  readonly platformCreatedAt: string | null;
  readonly platformUpdatedAt: string | null;
}

export interface LineItem {
  readonly platformId: string | null;
  readonly productPlatformId: string | null;
  readonly variantPlatformId: string | null;
  readonly sku: string | null;
  readonly title: string | null;
  readonly quantity: number;
  readonly unitPrice: Money | null;
  readonly total: Money | null;
}

export interface Address {
  readonly name: string | null;
  readonly company: string | null;
  readonly line1: string | null;
  readonly line2: string | null;
  readonly city: string | null;
  readonly region: string | null;
  readonly postalCode: string | null;
  /** ISO 3166-1 alpha-2, or null where the platform gives free text. */
  readonly countryCode: string | null;
  readonly phone: string | null;
}

export interface Order extends RecordBase {
  /** What people call the order: "#1001". */
  readonly number: string | null;
  readonly status: 'open' | 'completed' | 'cancelled' | 'unknown';
  readonly paymentStatus:
    | 'pending'
    | 'authorized'
    | 'paid'
    | 'partially_refunded'
    | 'refunded'
    | 'voided'
    | 'unknown';
  readonly fulfillmentStatus: 'unfulfilled' | 'partially_fulfilled' | 'fulfilled' | 'returned' | 'unknown';
  /** The platform's own status words, untouched. */
  readonly platformStatus: string | null;
  readonly currency: string;
  readonly total: Money;
  readonly subtotal: Money | null;
  readonly tax: Money | null;
  readonly shipping: Money | null;
  readonly discount: Money | null;
  readonly customerPlatformId: string | null;
  readonly email: string | null;
  readonly shippingAddress: Address | null;
  readonly billingAddress: Address | null;
  readonly lineItems: readonly LineItem[];
}

export interface ProductVariant {
  readonly platformId: string;
  readonly sku: string | null;
  readonly barcode: string | null;
  readonly title: string | null;
  readonly price: Money | null;
  readonly inventoryItemPlatformId: string | null;
}

export interface Product extends RecordBase {
  readonly title: string;
  readonly status: 'active' | 'draft' | 'archived' | 'unknown';
  readonly platformStatus: string | null;
  readonly description: string | null;
  readonly brand: string | null;
  readonly url: string | null;
  readonly variants: readonly ProductVariant[];
}

export interface Customer extends RecordBase {
  readonly email: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly phone: string | null;
  readonly addresses: readonly Address[];
}

export interface InventoryLevel extends RecordBase {
  readonly sku: string | null;
  readonly productPlatformId: string | null;
  readonly variantPlatformId: string | null;
  readonly locationPlatformId: string | null;
  readonly available: number | null;
  readonly onHand: number | null;
  readonly reserved: number | null;
}

/** The unified type of each resource. A new resource is a member here, and everything that must know it fails to compile. */
export interface RecordTypes {
  readonly orders: Order;
  readonly products: Product;
  readonly customers: Customer;
  readonly inventory: InventoryLevel;
}
export type UnifiedRecord<R extends Resource = Resource> = RecordTypes[R];
