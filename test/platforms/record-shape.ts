// What every unified record must look like, whichever platform it came from. Stricter than the types: forms, not only kinds.
import { z } from 'zod';
import type { Resource } from '../../domain/resource.ts';

const id = z.string().min(1);
const text = z.string().min(1).nullable();
const instant = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/)
  .nullable();
const money = z.strictObject({
  amount: z.string().regex(/^-?(0|[1-9]\d*)(\.\d+)?$/),
  currency: z.string().regex(/^[A-Z]{3}$/),
});
const base = { platformId: id, platformCreatedAt: instant, platformUpdatedAt: instant };
const address = z.strictObject({
  name: text,
  company: text,
  line1: text,
  line2: text,
  city: text,
  region: text,
  postalCode: text,
  countryCode: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .nullable(),
  phone: text,
});

export const RECORD_SHAPES: { readonly [R in Resource]: z.ZodType } = {
  orders: z.strictObject({
    ...base,
    number: text,
    status: z.enum(['open', 'completed', 'cancelled', 'unknown']),
    paymentStatus: z.enum([
      'pending',
      'authorized',
      'paid',
      'partially_refunded',
      'refunded',
      'voided',
      'unknown',
    ]),
    fulfillmentStatus: z.enum(['unfulfilled', 'partially_fulfilled', 'fulfilled', 'returned', 'unknown']),
    platformStatus: text,
    currency: z.string().regex(/^[A-Z]{3}$/),
    total: money,
    subtotal: money.nullable(),
    tax: money.nullable(),
    shipping: money.nullable(),
    discount: money.nullable(),
    customerPlatformId: text,
    email: text,
    shippingAddress: address.nullable(),
    billingAddress: address.nullable(),
    lineItems: z.array(
      z.strictObject({
        platformId: text,
        productPlatformId: text,
        variantPlatformId: text,
        sku: text,
        title: text,
        quantity: z.int(),
        unitPrice: money.nullable(),
        total: money.nullable(),
      }),
    ),
  }),
  products: z.strictObject({
    ...base,
    title: z.string(),
    status: z.enum(['active', 'draft', 'archived', 'unknown']),
    platformStatus: text,
    description: text,
    brand: text,
    url: text,
    variants: z.array(
      z.strictObject({
        platformId: id,
        sku: text,
        barcode: text,
        title: text,
        price: money.nullable(),
        inventoryItemPlatformId: text,
      }),
    ),
  }),
  customers: z.strictObject({
    ...base,
    email: text,
    firstName: text,
    lastName: text,
    phone: text,
    addresses: z.array(address),
  }),
  inventory: z.strictObject({
    ...base,
    sku: text,
    productPlatformId: text,
    variantPlatformId: text,
    locationPlatformId: text,
    available: z.int().nullable(),
    onHand: z.int().nullable(),
    reserved: z.int().nullable(),
  }),
};
