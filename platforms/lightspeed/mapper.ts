// Lightspeed Retail's products and customers → unified records. A variant is a product of its own, which names its parent. Pure.
import type { Json, PassContext } from '../../domain/platform.ts';
import type { Address, Customer, Product } from '../../domain/resource.ts';
import { addressOf } from '../address.ts';
import { baseBy, type RecordReader, readRecord } from '../record-reader.ts';
import { statusOfFlag } from '../words.ts';

const base = baseBy({ id: 'id', createdAt: 'created_at', updatedAt: 'updated_at' });

export function mapProduct(item: Json, pass: PassContext): readonly Product[] {
  const product = readRecord(item);
  const id = product.id('id');
  const isActive = product.raw['is_active'] ?? product.raw['active'];
  return [
    {
      ...base(product),
      title: product.optionalText('name') ?? '',
      status: statusOfFlag(isActive),
      platformStatus: isActive === true ? 'active' : isActive === false ? 'inactive' : null,
      description: product.optionalText('description'),
      brand: product.optionalObject('brand')?.optionalText('name') ?? null,
      url: null,
      variants: [
        {
          platformId: id,
          sku: product.optionalText('sku'),
          barcode: null,
          title: product.optionalText('variant_name'),
          price: product.optionalMoney('price_including_tax', pass.facts['currency'] ?? null),
          inventoryItemPlatformId: null,
        },
      ],
    },
  ];
}

export function mapCustomer(item: Json): readonly Customer[] {
  const customer = readRecord(item);
  return [
    {
      ...base(customer),
      email: customer.optionalText('email'),
      firstName: customer.optionalText('first_name'),
      lastName: customer.optionalText('last_name'),
      phone: customer.optionalText('phone') ?? customer.optionalText('mobile'),
      addresses: ['physical', 'postal'].flatMap((kind) => mapAddress(customer, kind) ?? []),
    },
  ];
}

/** Of the customer's own members, all of which begin with its kind. */
function mapAddress(customer: RecordReader, kind: string): Address | null {
  const text = (name: string) => customer.optionalText(`${kind}_${name}`);
  return addressOf({
    names: [],
    line1: text('address_1'),
    line2: text('address_2'),
    city: text('city'),
    region: text('state'),
    postalCode: text('postcode'),
    country: text('country_id'),
  });
}
