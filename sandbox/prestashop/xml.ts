/** PrestaShop's two ways to write: XML by default, JSON where `output_format` or the Output-Format header asks for it. */
import { type Answer, type Exchange, jsonText } from '../exchange.ts';
import { spoiltJson } from '../listing.ts';

const SINGULAR: Record<string, string> = {
  orders: 'order',
  order_rows: 'order_row',
  order_states: 'order_state',
  currencies: 'currency',
  products: 'product',
  combinations: 'combination',
  customers: 'customer',
  stock_availables: 'stock_available',
  addresses: 'address',
  errors: 'error',
};

export function written(
  exchange: Exchange,
  value: Record<string, unknown> | unknown[],
  status = 200,
): Answer {
  const asked =
    exchange.query.get('output_format') ??
    exchange.headers['output-format'] ??
    exchange.headers['io-format'] ??
    'XML';
  if (asked.toUpperCase() === 'JSON') return jsonText(status, spoiltJson(value));
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<prestashop xmlns:xlink="http://www.w3.org/1999/xlink">\n${node('', value)}</prestashop>\n`;
  return { status, headers: { 'content-type': 'text/xml;charset=utf-8' }, body };
}

function node(name: string, value: unknown): string {
  const inside = Array.isArray(value)
    ? value.map((one) => node(SINGULAR[name] ?? 'item', one)).join('')
    : typeof value === 'object' && value !== null
      ? Object.entries(value)
          .map(([key, one]) => node(key, one))
          .join('')
      : `<![CDATA[${String(value ?? '').replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
  return name === '' ? inside : `<${name}>${inside}</${name}>`;
}
