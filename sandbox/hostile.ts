/** Spoils one record on demand, as a broken or malicious shop would. The text it yields may be JSON that no type describes. */
import type { HostileKind } from './state.ts';

const ID_FIELDS = [
  'id',
  'order_sn',
  'item_id',
  'legacyResourceId',
  'entity_id',
  'sku',
  'orderId',
  'receipt_id',
  'listing_id',
  'internalId',
  'order_id',
  'orderNumber',
  'purchaseOrderId',
  'id_order',
  'shipmentBoxId',
  'sellerProductId',
];

/** Stands in a JSON string for text that JSON.stringify would not write; `spoilText` puts it there raw. */
const RAW = '@@raw:';

export function spoil<T extends object>(record: T, kind: HostileKind | undefined): unknown {
  switch (kind) {
    case undefined:
      return record;
    case 'missing_id': {
      return Object.fromEntries(Object.entries(record).filter(([key]) => !ID_FIELDS.includes(key)));
    }
    case 'wrong_types':
      return mapValues(record, (value) =>
        typeof value === 'string' ? [value] : typeof value === 'number' ? {} : value,
      );
    case 'huge_number':
      return mapValues(record, (value, key) =>
        /total|price|amount|quantity/i.test(key) ? `${RAW}1e400@@` : value,
      );
    case 'proto':
      return {
        ...record,
        [`${RAW}key`]: `${RAW}"__proto__":{"polluted":true},"constructor":{"prototype":{}}@@`,
      };
    case 'nul':
      return mapValues(record, (value, key) =>
        typeof value === 'string' && /name|title|note|number|handle/i.test(key) ? `nul\u0000${value}` : value,
      );
    case 'huge_text':
      return mapValues(record, (value, key) =>
        /note|title|first/i.test(key) ? 'x'.repeat(2_000_000) : value,
      );
    case 'bad_date':
      return mapValues(record, (value, key) =>
        /update|modified/i.test(key) ? '0000-00-00T99:99:99' : value,
      );
    case 'null_record':
      return null;
  }
}

/** Writes the raw parts `spoil` asked for into serialised JSON. */
export function spoilText(text: string): string {
  if (!text.includes(RAW)) return text;
  return text
    .replace(/"@@raw:key":"@@raw:((?:[^"\\]|\\.)*?)@@"/g, (_, raw: string) => raw.replaceAll('\\"', '"'))
    .replace(/"@@raw:([^"\\]*?)@@"/g, (_, raw: string) => raw);
}

function mapValues(record: object, fn: (value: unknown, key: string) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, fn(value, key)]));
}
