/** The events of Saleor that the sandbox has: what each is about, and the permission an app must have to be told. */
export interface SaleorEvent {
  /** What a subscription query finds under the event. */
  field: 'order' | 'product' | 'productVariant' | 'user';
  permission: string;
}

const ORDER: SaleorEvent = { field: 'order', permission: 'MANAGE_ORDERS' };
const PRODUCT: SaleorEvent = { field: 'product', permission: 'MANAGE_PRODUCTS' };
const VARIANT: SaleorEvent = { field: 'productVariant', permission: 'MANAGE_PRODUCTS' };
const CUSTOMER: SaleorEvent = { field: 'user', permission: 'MANAGE_USERS' };

export const EVENTS: Record<string, SaleorEvent> = {
  ORDER_CREATED: ORDER,
  ORDER_UPDATED: ORDER,
  ORDER_CANCELLED: ORDER,
  ORDER_FULFILLED: ORDER,
  PRODUCT_CREATED: PRODUCT,
  PRODUCT_UPDATED: PRODUCT,
  PRODUCT_DELETED: PRODUCT,
  PRODUCT_VARIANT_CREATED: VARIANT,
  PRODUCT_VARIANT_UPDATED: VARIANT,
  PRODUCT_VARIANT_DELETED: VARIANT,
  PRODUCT_VARIANT_STOCK_UPDATED: VARIANT,
  CUSTOMER_CREATED: CUSTOMER,
  CUSTOMER_UPDATED: CUSTOMER,
  CUSTOMER_DELETED: CUSTOMER,
};

/** ORDER_CREATED → OrderCreated. */
export function typeOfEvent(event: string): string {
  return event
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('');
}

/** Null: it is the type of no event. */
export function eventOfType(type: string): string | null {
  return Object.keys(EVENTS).find((event) => typeOfEvent(event) === type) ?? null;
}
