// What is asked of each resource of Saleor.
import { resourcesBy } from '../resource.ts';
import { type Listing, listRequest, readListing, readSingle, type Single, singleRequest } from './listing.ts';
import { mapCustomer, mapOrder, mapProduct, mapStock } from './mapper.ts';

const MONEY = '{ amount currency }';
const ADDRESS =
  '{ firstName lastName companyName streetAddress1 streetAddress2 city countryArea postalCode country { code } phone }';

const ORDER =
  'id number created updatedAt status paymentStatus authorizeStatus userEmail user { id } ' +
  `total { gross ${MONEY} tax ${MONEY} } subtotal { gross ${MONEY} } shippingPrice { gross ${MONEY} } ` +
  `shippingAddress ${ADDRESS} billingAddress ${ADDRESS} ` +
  `lines { id productName variantName productSku productVariantId quantity unitPrice { gross ${MONEY} } ` +
  `totalPrice { gross ${MONEY} } variant { id product { id } } }`;

// The list `variants` is marked deprecated and is whole; the connection that replaces it has at most 100.
const PRODUCT =
  'id name created updatedAt channelListings { isPublished } ' +
  `variants { id sku name channelListings { price ${MONEY} } }`;

const CUSTOMER = `id email firstName lastName dateJoined updatedAt defaultBillingAddress { phone } addresses ${ADDRESS}`;

const STOCK = 'id quantity quantityAllocated warehouse { id } productVariant { id sku product { id } }';

const define = resourcesBy<Listing & { readonly single: Single }>({
  // 100 is the most; a query costs what it may return, 50,000 at most.
  pageSize: { default: 50, max: 100 },
  isIncremental: (listing) => listing.filter !== null,
  overlapS: 300,
  request: listRequest,
  read: (listing, _pass, _cursor, { body }) => readListing(listing, body),
  one: ({ single }) => ({
    id: '^[A-Za-z0-9+/_=-]{4,200}$',
    request: (_pass, id) => singleRequest(single, id),
    read: ({ body }) => readSingle(single, body),
  }),
});

const LAST_MODIFIED = '{ field: LAST_MODIFIED_AT, direction: ASC }';

// `filter` is marked deprecated for `where`, which servers before 3.22 do not have for orders.
export const RESOURCES = {
  orders: define(
    'orders',
    {
      root: 'orders',
      filter: 'OrderFilterInput',
      sort: LAST_MODIFIED,
      fields: ORDER,
      single: { root: 'order', fields: ORDER },
    },
    mapOrder,
  ),
  products: define(
    'products',
    {
      root: 'products',
      filter: 'ProductFilterInput',
      sort: LAST_MODIFIED,
      fields: PRODUCT,
      single: { root: 'product', fields: PRODUCT },
    },
    mapProduct,
  ),
  customers: define(
    'customers',
    {
      root: 'customers',
      filter: 'CustomerFilterInput',
      sort: LAST_MODIFIED,
      fields: CUSTOMER,
      single: { root: 'user', fields: CUSTOMER },
    },
    mapCustomer,
  ),
  // A stock has no update time. What is told of stock names a variant.
  inventory: define(
    'inventory',
    {
      root: 'stocks',
      filter: null,
      sort: null,
      fields: STOCK,
      single: { root: 'productVariant', fields: `stocks { ${STOCK} }`, at: 'stocks' },
    },
    mapStock,
  ),
} as const;
