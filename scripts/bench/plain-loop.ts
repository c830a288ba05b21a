// The limit to measure against: a plain Node loop that does the same job with no safety at all. undici, JSON.parse, a flat mapping, one statement
// and one transaction a page. Run as a process of its own: `plain-loop.ts <url> <databaseUrl> <prefetch|sequential>`.
import pg from 'pg';
import { Agent, request } from 'undici';

const [source = '', databaseUrl = '', mode = ''] = process.argv.slice(2);

interface Page {
  readonly rows: string;
  readonly count: number;
  readonly next: string | null;
}

const agent = new Agent({ connections: 2 });
const client = new pg.Client({ connectionString: databaseUrl });
await client.connect();
await client.query(`CREATE TABLE IF NOT EXISTS plain_orders (id text PRIMARY KEY, number text, currency text, total numeric, payment text,
  fulfillment text, email text, created_at timestamptz, updated_at timestamptz, raw jsonb)`);

const started = performance.now();
let rows = 0;
let page: Promise<Page> | null = fetchPage(`${source}/orders?page=1`);
while (page !== null) {
  const current: Page = await page;
  page = current.next !== null && mode === 'prefetch' ? fetchPage(current.next) : null;
  await write(current);
  rows += current.count;
  if (page === null && current.next !== null) page = fetchPage(current.next);
}
const seconds = (performance.now() - started) / 1000;
await client.end();
await agent.close();
console.log(JSON.stringify({ rows, seconds }));

async function fetchPage(url: string): Promise<Page> {
  const answer = await request(url, { dispatcher: agent, headers: { authorization: 'Bearer bench' } });
  const orders = (await answer.body.json()) as Record<string, unknown>[];
  const link = answer.headers['link'];
  const next = typeof link === 'string' ? (/<([^>]+)>; rel="next"/.exec(link)?.[1] ?? null) : null;
  return { rows: JSON.stringify(orders.map(mapOrder)), count: orders.length, next };
}

function mapOrder(order: Record<string, unknown>): object {
  return {
    id: String(order['id']),
    number: order['name'],
    currency: order['currency'],
    total: order['total'],
    payment: order['financial_status'],
    fulfillment: order['fulfillment_status'],
    email: order['email'],
    created_at: order['created_at'],
    updated_at: order['updated_at'],
    raw: order,
  };
}

async function write(current: Page): Promise<void> {
  await client.query('BEGIN');
  await client.query({
    name: 'write',
    text: `INSERT INTO plain_orders SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(id text, number text, currency text, total numeric, payment text,
        fulfillment text, email text, created_at timestamptz, updated_at timestamptz, raw jsonb)
      ON CONFLICT (id) DO UPDATE SET (number, currency, total, payment, fulfillment, email, created_at, updated_at, raw) =
        (excluded.number, excluded.currency, excluded.total, excluded.payment, excluded.fulfillment, excluded.email, excluded.created_at, excluded.updated_at, excluded.raw)`,
    values: [current.rows],
  });
  await client.query('COMMIT');
}
