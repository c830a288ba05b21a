// How each resource of Shopware is searched for.
import type { ResourceDefinition } from '../../domain/platform.ts';
import type { Resource } from '../../domain/resource.ts';
import { textOf, valueAt } from '../json.ts';
import { type Listing, listRequest, readListing } from './listing.ts';
import { mapCustomer, mapOrder, mapProduct, mapStock } from './mapper.ts';

function define<R extends Resource>(
  resource: R,
  pageSize: number,
  listing: Listing,
  map: ResourceDefinition<R>['map'],
): ResourceDefinition<R> {
  return {
    resource,
    requires: `${resource}:read`,
    pageSize: { default: pageSize, max: 500 },
    filter: listing.changed === null ? 'full_scan' : 'updated_at',
    overlapS: 120,
    windowS: null,
    request: (pass, cursor) => listRequest(listing, pass, cursor),
    read: (pass, _cursor, { body }) => readListing(pass, body),
    map,
    idOf: (item) => textOf(valueAt(item, 'id')),
    mapperVersion: 1,
  };
}

const WHERE = { associations: { country: {}, countryState: {} } };

export const RESOURCES = {
  orders: define(
    'orders',
    50,
    {
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
    50,
    {
      entity: 'product',
      changed: ['updatedAt', 'createdAt', 'children.updatedAt', 'children.createdAt'],
      filter: [{ type: 'equals', field: 'parentId', value: null }],
      associations: { manufacturer: {}, children: { associations: { options: {} } } },
    },
    mapProduct,
  ),
  customers: define(
    'customers',
    100,
    { entity: 'customer', changed: ['updatedAt', 'createdAt'], associations: { addresses: WHERE } },
    mapCustomer,
  ),
  // An order takes from the stock and leaves the product's update time as it was.
  inventory: define(
    'inventory',
    500,
    {
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
