/** A seller's records in Trendyol's words: a package an order, instants in milliseconds, amounts as numbers with their tax, a content with its variants. */
import {
  generateOrder,
  generateProduct,
  type Line,
  money,
  type OrderStatus,
  type Person,
  stockOf,
} from '../generator.ts';
import type { Shop } from '../state.ts';

const FIRST_PACKAGE = 3_330_000_000;
export const packageId = (index: number) => FIRST_PACKAGE + index;
const FIRST_CONTENT = 12_700_000;

const STATUS: Record<OrderStatus, string> = {
  pending: 'Awaiting',
  paid: 'Created',
  shipped: 'Shipped',
  completed: 'Delivered',
  cancelled: 'Cancelled',
  refunded: 'Returned',
  partially_refunded: 'Delivered',
};

/** Exact: two places at most, far below 2^53. */
const amount = (shop: Shop, minor: number) => Number(money(minor, shop.currency));

export function packageStatus(shop: Shop, index: number): string {
  return STATUS[generateOrder(shop, index).status];
}

function address(person: Person) {
  return {
    id: 11_000_000 + person.index,
    firstName: person.firstName,
    lastName: person.lastName,
    company: '',
    address1: person.street,
    address2: '',
    city: person.city,
    cityCode: 34,
    district: person.city,
    districtId: 54,
    postalCode: person.zip,
    countryCode: person.country,
    neighborhoodId: 0,
    phone: null,
    fullName: `${person.firstName} ${person.lastName}`,
    fullAddress: `${person.street} ${person.zip} ${person.city}`,
  };
}

/** A unit's price, the tax in it. */
function lineOf(
  shop: Shop,
  line: Line,
  of: { index: number; place: number; status: string; former: boolean },
) {
  const price = amount(shop, line.priceMinor);
  const id = FIRST_PACKAGE * 10 + of.index * 100 + of.place;
  const same = {
    quantity: line.quantity,
    productName: line.title,
    productSize: 'Tek Ebat',
    productColor: '',
    barcode: `40${String(line.variant).padStart(11, '0')}`,
    currencyCode: shop.currency,
    orderLineItemStatusName: of.status,
  };
  if (of.former)
    return {
      ...same,
      id,
      merchantSku: line.sku,
      sku: line.sku,
      productCode: FIRST_CONTENT + line.product,
      merchantId: shop.id,
      amount: price,
      price,
      discount: 0,
      tyDiscount: 0,
      vatBaseAmount: 20,
    };
  return {
    ...same,
    lineId: id,
    stockCode: line.sku,
    contentId: FIRST_CONTENT + line.product,
    sellerId: shop.id,
    lineGrossAmount: price,
    lineUnitPrice: price,
    lineTotalDiscount: 0,
    lineSellerDiscount: 0,
    lineTyDiscount: 0,
    vatRate: 20,
  };
}

export function renderPackage(shop: Shop, index: number, former: boolean) {
  const order = generateOrder(shop, index);
  const gross = order.lines.reduce((sum, line) => sum + line.priceMinor * line.quantity, 0);
  const [grossAmount, discount, total] = [gross, 0, gross].map((minor) => amount(shop, minor));
  const status = STATUS[order.status];
  const totals = former
    ? { grossAmount, totalDiscount: discount, totalTyDiscount: 0, totalPrice: total }
    : {
        packageGrossAmount: grossAmount,
        packageSellerDiscount: discount,
        packageTyDiscount: 0,
        packageTotalDiscount: discount,
        packageTotalPrice: total,
      };
  const id = packageId(index);
  return {
    ...(former ? { id } : { shipmentPackageId: id }),
    orderNumber: String(9_000_000_000 + index),
    ...totals,
    currencyCode: shop.currency,
    customerId: 1_450_000_000 + order.customer.index,
    customerFirstName: order.customer.firstName,
    customerLastName: order.customer.lastName,
    customerEmail: `pf+${order.customer.index}@trendyolmail.example`,
    supplierId: shop.id,
    taxNumber: null,
    identityNumber: '11111111111',
    invoiceAddress: address(order.customer),
    shipmentAddress: address(order.customer),
    lines: order.lines.map((line, place) => lineOf(shop, line, { index, place, status, former })),
    orderDate: order.createdAtMs,
    originShipmentDate: order.createdAtMs,
    lastModifiedDate: order.updatedAtMs,
    packageHistories: [{ createdDate: order.createdAtMs, status: 'Created' }],
    shipmentPackageStatus: status,
    status,
    deliveryType: 'normal',
    commercial: false,
    micro: false,
    cargoTrackingNumber: 7_280_000_000_000_000 + index,
    cargoProviderName: 'Trendyol Express',
  };
}

export function renderContent(shop: Shop, index: number) {
  const product = generateProduct(shop, index);
  return {
    contentId: FIRST_CONTENT + index,
    productMainId: product.handle,
    brand: { id: 315_000 + (index % 7), name: product.vendor },
    category: { id: 2_710, name: 'Ev' },
    creationDate: product.createdAtMs,
    lastModifiedDate: product.updatedAtMs,
    title: product.title,
    description: product.title,
    images: [{ url: `https://images.example/${product.handle}.jpg` }],
    attributes: [{ attributeId: 47, attributeName: 'Renk', attributeValue: 'Black' }],
    variants: product.variants.map((variant) => ({
      variantId: 70_000_000 + variant.index,
      supplierId: shop.id,
      barcode: `40${String(variant.index).padStart(11, '0')}`,
      attributes:
        product.variants.length > 1
          ? [{ attributeId: 293, attributeName: 'Beden', attributeValueId: 1, attributeValue: variant.title }]
          : [],
      onSale: product.status === 'active',
      stock: { lastModifiedDate: product.updatedAtMs },
      price: { salePrice: amount(shop, variant.priceMinor), listPrice: amount(shop, variant.priceMinor) },
      stockCode: variant.sku,
      vatRate: 20,
      sellerCreatedDate: product.createdAtMs,
      sellerModifiedDate: product.updatedAtMs,
      locked: false,
      archived: product.status === 'archived',
      blacklisted: false,
    })),
  };
}

/** Stock and price alone: units stand nowhere else. */
export function renderStock(shop: Shop, index: number) {
  const product = generateProduct(shop, index);
  return {
    contentId: FIRST_CONTENT + index,
    productMainId: product.handle,
    variants: product.variants.map((variant) => ({
      barcode: `40${String(variant.index).padStart(11, '0')}`,
      stockCode: variant.sku,
      salePrice: amount(shop, variant.priceMinor),
      listPrice: amount(shop, variant.priceMinor),
      quantity: stockOf(shop, variant.index),
      stockLastModifiedDate: null,
    })),
  };
}
