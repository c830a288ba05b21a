// How each resource of Shopware is searched for.
import { resourcesBy } from '../resource.ts';
import { type Listing, listRequest, readListing } from './listing.ts';
import { mapCustomer, mapOrder, mapProduct, mapStock } from './mapper.ts';

const define = resourcesBy<Listing & { readonly pageSize: number }>({
  pageSize: (listing) => ({ default: listing.pageSize, max: 500 }),
  isIncremental: (listing) => listing.changed !== null,
  overlapS: 120,
  request: listRequest,
  read: (_listing, pass, _cursor, { body }) => readListing(pass, body),
});

const WHERE = { associations: { country: {}, countryState: {} } };

export const RESOURCES = {
  orders: define(
    'orders',
    {
      pageSize: 50,
      entity: 'order',
      // A payment and a delivery have states, and times, of their own.
      changed: [
        'updatedAt',
        'createdAt',
        'transactions.updatedAt',
        'transactions.createdAt',
        'deliveries.updatedAt',
      ],
      // None of them comes unasked, since 6.6.
      associations: {
        stateMachineState: {},
        currency: {},
        orderCustomer: {},
        lineItems: {},
        billingAddress: WHERE,
        transactions: { associations: { stateMachineState: {} } },
        deliveries: { associations: { stateMachineState: {}, shippingOrderAddress: WHERE } },
      },
    },
    mapOrder,
  ),
  products: define(
    'products',
    {
      pageSize: 50,
      entity: 'product',
      changed: ['updatedAt', 'createdAt', 'children.updatedAt', 'children.createdAt'],
      filter: [{ type: 'equals', field: 'parentId', value: null }],
      associations: { manufacturer: {}, children: { associations: { options: {} } } },
    },
    mapProduct,
  ),
  customers: define(
    'customers',
    {
      pageSize: 100,
      entity: 'customer',
      changed: ['updatedAt', 'createdAt'],
      associations: { addresses: WHERE },
    },
    mapCustomer,
  ),
  // An order takes from the stock and leaves the product's update time as it was.
  inventory: define(
    'inventory',
    {
      pageSize: 500,
      entity: 'product',
      changed: null,
      includes: {
        product: [
          'id',
          'parentId',
          'childCount',
          'productNumber',
          'stock',
          'availableStock',
          'autoIncrement',
        ],
      },
    },
    mapStock,
  ),
} as const;
