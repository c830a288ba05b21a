/** An account's records in VTEX's words: cents in orders, .NET-like offsets in instants, stock by warehouse. */
import {
  firstVariant,
  generateOrder,
  generateProduct,
  type OrderStatus,
  productOfVariant,
  stockOf,
} from '../generator.ts';
import type { Shop } from '../state.ts';

const at = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}.0000000+00:00`;

export const orderId = (index: number) => `v${String(index).padStart(8, '0')}sbx-01`;

export function orderIndex(id: string): number | null {
  const digits = /^v(\d{8})sbx-01$/.exec(id)?.[1];
  return digits === undefined ? null : Number(digits);
}

const STATUS: Record<OrderStatus, string> = {
  pending: 'payment-pending',
  paid: 'ready-for-handling',
  shipped: 'handling',
  completed: 'invoiced',
  cancelled: 'canceled',
  refunded: 'invoiced',
  partially_refunded: 'invoiced',
};

export function stateOf(shop: Shop, index: number): string {
  return STATUS[generateOrder(shop, index).status];
}

export function renderRow(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  return {
    orderId: orderId(index),
    creationDate: at(order.createdAtMs),
    lastChange: at(order.updatedAtMs),
    clientName: `${order.customer.firstName} ${order.customer.lastName}`,
    totalValue: order.totalMinor,
    currencyCode: shop.currency,
    status: STATUS[order.status],
    sequence: String(order.number),
    totalItems: order.pieces,
  };
}

export function renderOrder(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  const { customer } = order;
  return {
    orderId: orderId(index),
    sequence: String(order.number),
    marketplaceOrderId: '',
    status: STATUS[order.status],
    value: order.totalMinor,
    creationDate: at(order.createdAtMs),
    lastChange: at(order.updatedAtMs),
    totals: [
      { id: 'Items', name: 'Items Total', value: order.goodsMinor },
      { id: 'Discounts', name: 'Discounts Total', value: -order.discountMinor },
      { id: 'Shipping', name: 'Shipping Total', value: order.shippingMinor },
      { id: 'Tax', name: 'Tax Total', value: order.taxMinor },
    ],
    items: order.lines.map((line, place) => ({
      uniqueId: `${index}-${place}`,
      id: String(line.variant + 1),
      productId: String(line.product + 1),
      refId: line.sku,
      name: line.title,
      quantity: line.quantity,
      price: line.priceMinor,
      sellingPrice: line.priceMinor,
    })),
    clientProfileData: {
      email: customer.email,
      firstName: customer.firstName,
      lastName: customer.lastName,
      phone: customer.phone,
      userProfileId: `profile-${customer.index}`,
    },
    shippingData: {
      address: {
        receiverName: `${customer.firstName} ${customer.lastName}`,
        street: customer.street,
        city: customer.city,
        postalCode: customer.zip,
        country: customer.country,
      },
    },
    storePreferencesData: { currencyCode: shop.currency, timeZone: 'UTC' },
    openTextField: order.note === '' ? null : { value: order.note },
  };
}

export function renderProduct(shop: Shop, index: number) {
  const product = generateProduct(shop, index);
  return {
    Id: index + 1,
    Name: product.title,
    LinkId: product.handle,
    RefId: product.handle,
    Description: `${product.title} by ${product.vendor}`,
    IsVisible: product.status === 'active',
    IsActive: product.status === 'active',
    ReleaseDate: new Date(product.createdAtMs).toISOString().slice(0, 19),
    BrandId: (index % 7) + 1,
  };
}

export function renderSku(shop: Shop, variant: number) {
  const product = generateProduct(shop, productOfVariant(variant));
  const found = product.variants[variant - firstVariant(product.index)];
  return {
    Id: variant + 1,
    ProductId: product.index + 1,
    Name: found?.title ?? '',
    RefId: found?.sku ?? '',
    IsActive: product.status === 'active',
    CreationDate: new Date(product.createdAtMs).toISOString().slice(0, 19),
  };
}

export function renderStock(shop: Shop, variant: number) {
  const totalQuantity = stockOf(shop, variant);
  const balance = [
    {
      warehouseId: '1_1',
      warehouseName: 'Main',
      totalQuantity,
      reservedQuantity: 0,
      hasUnlimitedQuantity: false,
    },
  ];
  return { skuId: String(variant + 1), balance };
}
