/** An e-shop's orders in Shoptet's words: amounts with and without their VAT; shipping and a discount are items. */
import { generateOrder, money, type Order, type OrderStatus } from '../generator.ts';
import type { Shop } from '../state.ts';
import { address, at, guid, STOCK_ID } from './render.ts';

export const orderCode = (index: number) => `2026${String(index).padStart(6, '0')}`;

export function orderIndex(code: string): number | null {
  const digits = /^2026(\d{6,})$/.exec(code)?.[1];
  return digits === undefined ? null : Number(digits);
}

const STATUS: Record<OrderStatus, [id: number, name: string, paid: boolean]> = {
  pending: [-1, 'Nevyřízená', false],
  paid: [-2, 'Vyřizuje se', true],
  shipped: [-2, 'Vyřizuje se', true],
  completed: [-3, 'Vyřízena', true],
  cancelled: [-4, 'Stornována', false],
  refunded: [-3, 'Vyřízena', true],
  partially_refunded: [-3, 'Vyřízena', true],
};

const statusOf = (status: OrderStatus) => ({ id: STATUS[status][0], name: STATUS[status][1] });

interface Priced {
  netMinor: number;
  vatMinor: number;
  vatRate: number;
}

const taxed = (netMinor: number): Priced => ({
  netMinor,
  vatMinor: Math.trunc((netMinor * 19) / 100),
  vatRate: 19,
});

function priceOf(shop: Shop, { netMinor, vatMinor, vatRate }: Priced) {
  const text = (minor: number) => money(minor, shop.currency);
  return {
    withVat: text(netMinor + vatMinor),
    withoutVat: text(netMinor),
    vat: text(vatMinor),
    vatRate: vatRate.toFixed(2),
  };
}

/** Products, then shipping, then a discount that is below zero. */
function itemsOf(shop: Shop, order: Order) {
  const products = order.lines.map((line) => ({
    ...taxed(line.priceMinor * line.quantity),
    unit: taxed(line.priceMinor),
    item: {
      productGuid: guid('product', line.product),
      code: line.sku,
      itemType: 'product',
      name: line.title,
      amount: line.quantity.toFixed(3),
      amountUnit: 'ks',
    },
  }));
  const shipping = { netMinor: order.shippingMinor, vatMinor: 0, vatRate: 0 };
  const further = [
    { ...shipping, unit: shipping, item: extra('shipping', 'Zásilkovna') },
    ...(order.discountMinor === 0
      ? []
      : [
          {
            ...taxed(-order.discountMinor),
            unit: taxed(-order.discountMinor),
            item: extra('volume-discount', 'Sleva'),
          },
        ]),
  ];
  return [...products, ...further].map((one, place) => ({
    priced: one,
    item: {
      ...one.item,
      itemId: place + 1,
      variantName: null,
      ean: null,
      status: statusOf(order.status),
      priceRatio: '1.0000',
      itemPrice: priceOf(shop, one),
      unitPrice: priceOf(shop, one.unit),
    },
  }));
}

function extra(itemType: string, name: string) {
  return { productGuid: null, code: null, itemType, name, amount: '1.000', amountUnit: null };
}

function totalOf(shop: Shop, order: Order) {
  const items = itemsOf(shop, order);
  const net = items.reduce((sum, { priced }) => sum + priced.netMinor, 0);
  const vat = items.reduce((sum, { priced }) => sum + priced.vatMinor, 0);
  const text = (minor: number) => money(minor, shop.currency);
  return {
    vat: text(vat),
    toPay: text(net + vat),
    currencyCode: shop.currency,
    withoutVat: text(net),
    withVat: text(net + vat),
    exchangeRate: '1.00000000',
  };
}

function common(shop: Shop, order: Order) {
  return {
    code: orderCode(order.index),
    guid: guid('order', order.index),
    creationTime: at(order.createdAtMs),
    changeTime: at(order.updatedAtMs),
    email: order.customer.email,
    phone: order.customer.phone,
    customerGuid: guid('customer', order.customer.index),
    cashDeskOrder: false,
    adminUrl: `https://${shop.id}.myshoptet.com/admin/objednavky-detail/?id=${order.index}`,
    status: statusOf(order.status),
    source: { id: 1, name: 'Eshop' },
    price: totalOf(shop, order),
    paid: STATUS[order.status][2],
    shipping: { guid: guid('order', 1), name: 'Zásilkovna' },
    paymentMethod: { guid: guid('order', 2), name: 'Kartou' },
  };
}

export function orderRow(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  const { firstName, lastName } = order.customer;
  return {
    ...common(shop, order),
    fullName: `${firstName} ${lastName}`,
    company: null,
    remark: order.note || null,
  };
}

export function renderOrder(shop: Shop, index: number) {
  const order = generateOrder(shop, index);
  return {
    ...common(shop, order),
    externalCode: null,
    stockId: STOCK_ID,
    addressesEqual: true,
    vatPayer: true,
    billingAddress: address(order.customer),
    deliveryAddress: address(order.customer),
    language: 'cs',
    items: itemsOf(shop, order).map(({ item }) => item),
  };
}
