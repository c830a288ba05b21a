// How each resource of Shopify is listed. Page sizes are the largest whose query stays under 1,000 points (query-cost.ts).
// Fields behind a scope that may be missing are asked for only when it was granted: one denied field fails the whole query.
import type { PassContext } from '../../domain/platform.ts';
import { resourcesBy } from '../resource.ts';
import { beginAt, type Listing, listRequest, readListing } from './listing.ts';
import { mapCustomer, mapInventoryItem, mapOrder, mapProduct } from './mapper.ts';

const MONEY = '{ shopMoney { amount currencyCode } }';
const ADDRESS = '{ name company address1 address2 city province zip countryCodeV2 phone }';

const ORDERS: Listing = {
  root: 'orders',
  single: 'order',
  fields: (pass) =>
    'id name createdAt updatedAt cancelledAt closedAt displayFinancialStatus displayFulfillmentStatus currencyCode email ' +
    `totalPriceSet ${MONEY} subtotalPriceSet ${MONEY} totalTaxSet ${MONEY} totalShippingPriceSet ${MONEY} totalDiscountsSet ${MONEY} ` +
    `shippingAddress ${ADDRESS} billingAddress ${ADDRESS}${isGranted(pass, 'read_customers') ? ' customer { id }' : ''}`,
  nested: {
    name: 'lineItems',
    fields: (pass) =>
      `id sku title quantity originalUnitPriceSet ${MONEY}${isGranted(pass, 'read_products') ? ' product { id } variant { id }' : ''}`,
    first: 5,
    firstAlone: 150,
  },
  continueBy: 'updated_at',
  isIncremental: true,
  pageSizeMax: 50,
};

const PRODUCTS: Listing = {
  root: 'products',
  single: 'product',
  fields: () => 'id title status description vendor onlineStoreUrl createdAt updatedAt',
  nested: {
    name: 'variants',
    fields: (pass) =>
      `id sku barcode title price${isGranted(pass, 'read_inventory') ? ' inventoryItem { id }' : ''}`,
    first: 10,
    firstAlone: 250,
  },
  continueBy: 'updated_at',
  isIncremental: true,
  pageSizeMax: 40,
};

const CUSTOMERS: Listing = {
  root: 'customers',
  single: 'customer',
  fields: () => `id email phone firstName lastName createdAt updatedAt addresses(first: 10) ${ADDRESS}`,
  continueBy: 'updated_at',
  isIncremental: true,
  pageSizeMax: 250,
};

/** A level's change does not touch its item's updatedAt, so that every pass reads all. */
const INVENTORY: Listing = {
  root: 'inventoryItems',
  single: 'inventoryItem',
  fields: (pass) =>
    `id sku createdAt updatedAt${isGranted(pass, 'read_products') ? ' variant { id product { id } }' : ''}`,
  nested: {
    name: 'inventoryLevels',
    fields: () =>
      'id updatedAt location { id } quantities(names: ["available", "on_hand", "committed"]) { name quantity }',
    first: 5,
    firstAlone: 100,
  },
  continueBy: 'id',
  isIncremental: false,
  pageSizeMax: 45,
};

/** Before the proof was read nothing is known, and everything asked for. */
function isGranted(pass: PassContext, scope: string): boolean {
  const scopes = pass.facts['scopes']?.split(',');
  return scopes === undefined || scopes.includes(scope) || scopes.includes(scope.replace('read_', 'write_'));
}

const define = resourcesBy<Listing>({
  pageSize: (listing) => ({ default: listing.pageSizeMax, max: listing.pageSizeMax }),
  isIncremental: (listing) => listing.isIncremental,
  // The search index that `query:` reads lags behind writes.
  overlapS: 120,
  one: () => ({ id: '^gid://shopify/[A-Za-z]+/[0-9]{1,20}$', begin: beginAt }),
  request: listRequest,
  read: (listing, _pass, cursor, answer) => readListing(listing, cursor, answer),
});

export const RESOURCES = {
  // Without read_all_orders the last 60 days alone.
  orders: { ...define('orders', ORDERS, mapOrder), reach: 'recent' as const },
  products: define('products', PRODUCTS, mapProduct),
  customers: define('customers', CUSTOMERS, mapCustomer),
  inventory: define('inventory', INVENTORY, mapInventoryItem),
};
