// The source of the sync benchmark: orders served a page at a time, serialised beforehand, so that the server is never the bottleneck. Bearer
// authentication, Link: rel=next. Run as a process of its own: `orders-server.ts <orders> <pageSize>`; prints its port.
import { createServer } from 'node:http';

const [orders = 100_000, pageSize = 250] = process.argv.slice(2).map(Number);
const pageCount = Math.ceil(orders / pageSize);
const pages = Array.from({ length: pageCount }, (_, page) => Buffer.from(JSON.stringify(pageOf(page))));

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://bench');
  if (!(request.headers.authorization ?? '').startsWith('Bearer ')) return response.writeHead(401).end('{}');
  if (url.pathname === '/shop')
    return response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"bench-shop"}');
  const page = Number(url.searchParams.get('page') ?? '1');
  const body = pages[page - 1];
  if (body === undefined) return response.writeHead(404).end('{}');
  const next =
    page < pageCount ? { link: `<http://${request.headers.host}/orders?page=${page + 1}>; rel="next"` } : {};
  response
    .writeHead(200, { 'content-type': 'application/json', 'content-length': body.length, ...next })
    .end(body);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' ? address?.port : '');
});

function pageOf(page: number): readonly object[] {
  const first = page * pageSize;
  return Array.from({ length: Math.min(pageSize, orders - first) }, (_, index) => orderOf(first + index));
}

/** About 2.1 KB: 5 to 20 line items, as the measured peers were given. */
function orderOf(n: number): object {
  const at = new Date(Date.UTC(2025, 0, 1) + n * 60_000).toISOString();
  return {
    id: 4_500_000_000_000 + n,
    name: `#${1000 + n}`,
    currency: n % 3 === 0 ? 'USD' : 'EUR',
    total: `${(n % 900) + 10}.${String(n % 100).padStart(2, '0')}`,
    financial_status: n % 7 === 0 ? 'pending' : 'paid',
    fulfillment_status: n % 5 === 0 ? null : 'fulfilled',
    email: `customer${n % 20_000}@example.com`,
    customer_id: 7_000_000 + (n % 20_000),
    created_at: at,
    updated_at: at,
    shipping_address: {
      name: `Änne Müller-Lüdenscheidt ${n % 20_000}`,
      company: n % 4 === 0 ? 'Kontor am Hafen GmbH & Co. KG' : null,
      address1: `Große Elbstraße ${n % 400}`,
      address2: null,
      city: 'Hamburg',
      zip: String(20_000 + (n % 2000)),
      province: 'Hamburg',
      country_code: 'DE',
      phone: `+49 40 ${1_000_000 + n}`,
    },
    tags: 'wholesale, priority, reviewed-by-operations',
    source: { name: 'web', landing_page: '/collections/outdoor?utm_source=newsletter&utm_campaign=autumn' },
    note: n % 11 === 0 ? 'Bitte klingeln — danke ✓' : null,
    line_items: Array.from({ length: 5 + (n % 16) }, (_, line) => ({
      id: n * 100 + line,
      sku: `SKU-${(n * 7 + line) % 5000}`,
      title: `Product ${(n + line) % 5000}`,
      quantity: (line % 3) + 1,
      price: `${(line % 40) + 1}.99`,
      product_id: 900_000 + ((n + line) % 5000),
    })),
  };
}
