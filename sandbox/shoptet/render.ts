/** An e-shop's products, customers and stock in Shoptet's words: amounts as text, a variant by its code. */
import { updatedAtMs } from '../collection.ts';
import {
  firstVariant,
  generateCustomer,
  generateProduct,
  money,
  type Person,
  productOfVariant,
  stockOf,
} from '../generator.ts';
import type { Shop } from '../state.ts';

export const STOCK_ID = 1;
const HEAD = {
  product: 'f3a5e1c2-0000-11ee-8000-',
  customer: 'f3a5e1c2-0001-11ee-8000-',
  order: 'f3a5e1c2-0002-11ee-8000-',
};

export const guid = (kind: keyof typeof HEAD, index: number) =>
  `${HEAD[kind]}${index.toString(16).padStart(12, '0')}`;

export function indexOfGuid(kind: keyof typeof HEAD, id: string): number | null {
  const digits = id.startsWith(HEAD[kind]) ? id.slice(HEAD[kind].length) : '';
  return /^[0-9a-f]{12}$/.test(digits) ? Number.parseInt(digits, 16) : null;
}

/** As Shoptet writes an instant. */
export const at = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}+0000`;

export function address(person: Person) {
  return {
    company: null,
    fullName: `${person.firstName} ${person.lastName}`,
    street: person.street,
    houseNumber: null,
    city: person.city,
    district: null,
    additional: null,
    zip: person.zip,
    countryCode: person.country,
    regionName: null,
    regionShortcut: null,
  };
}

export function productRow(shop: Shop, index: number) {
  const product = generateProduct(shop, index);
  return {
    guid: guid('product', index),
    name: product.title,
    type: 'product',
    url: `https://${shop.id}.myshoptet.com/${product.handle}/`,
    visibility: product.status === 'active' ? 'visible' : 'hidden',
    creationTime: at(product.createdAtMs),
    changeTime: at(product.updatedAtMs),
    brand: { code: `atelier-${index % 7}`, name: product.vendor },
    supplier: null,
  };
}

export function renderProduct(shop: Shop, index: number) {
  const product = generateProduct(shop, index);
  const isVariant = product.variants.length > 1;
  return {
    ...productRow(shop, index),
    shortDescription: product.title,
    description: `<p>${product.title}</p>`,
    isVariant,
    variants: product.variants.map((variant) => ({
      code: variant.sku,
      ean: null,
      stock: stockOf(shop, variant.index).toFixed(3),
      unit: 'ks',
      visible: true,
      price: money(variant.priceMinor, shop.currency),
      includingVat: false,
      vatRate: '19.00',
      currencyCode: shop.currency,
      image: `${product.handle}.jpg`,
      name: isVariant ? variant.title : null,
      parameters: isVariant
        ? [
            {
              paramName: 'Velikost',
              paramIndex: 'velikost',
              paramValue: variant.title,
              displayName: 'Velikost',
              rawValue: variant.title,
            },
          ]
        : [],
    })),
  };
}

export function customerRow(shop: Shop, index: number) {
  const { person, ...customer } = generateCustomer(shop, index);
  return {
    guid: guid('customer', index),
    creationTime: at(customer.createdAtMs),
    changeTime: at(customer.updatedAtMs),
    billCompany: null,
    billFullName: `${person.firstName} ${person.lastName}`,
    adminUrl: `https://${shop.id}.myshoptet.com/admin/klienti-detail/?id=${index}`,
  };
}

export function renderCustomer(shop: Shop, index: number) {
  const { person } = generateCustomer(shop, index);
  const { guid: id, creationTime, changeTime, adminUrl } = customerRow(shop, index);
  const name = `${person.firstName} ${person.lastName}`;
  return {
    guid: id,
    creationTime,
    changeTime,
    adminUrl,
    billingAddress: address(person),
    deliveryAddress: [{ guid: id, ...address(person), isDefault: true }],
    customerGroup: { id: 1, name: 'Výchozí' },
    priceRatio: '1.0000',
    remark: null,
    birthDate: null,
    accounts: [
      {
        guid: id,
        fullName: name,
        email: person.email,
        phone: person.phone,
        mainAccount: true,
        authorized: true,
      },
    ],
    disabledOrders: false,
  };
}

export function supplyRow(shop: Shop, variant: number) {
  const product = generateProduct(shop, productOfVariant(variant));
  return {
    productGuid: guid('product', product.index),
    code: product.variants[variant - firstVariant(product.index)]?.sku ?? '',
    amount: stockOf(shop, variant).toFixed(3),
    claim: '0.000',
    location: null,
    changeTime: at(updatedAtMs(shop, 'inventory', variant)),
  };
}

export function renderEshop(shop: Shop) {
  return {
    contactInformation: {
      eshopId: shop.id,
      eshopName: shop.name,
      eshopTitle: shop.name,
      url: `https://${shop.id}.myshoptet.com/`,
      email: `owner@shop${shop.id}.example`,
    },
    settings: { vatPayer: true, eshopLanguage: 'cs', timezone: 'Europe/Prague' },
    currencies: [
      { code: shop.currency, title: shop.currency, isDefault: true, exchangeRate: '1.00000000', priority: 1 },
    ],
  };
}
