/**
 * A plain order list for benchmarks at `bench.sandbox.example`: bearer auth, `Link: rel=next`, pages serialised beforehand,
 * so that the server is never what is measured. `?size=` orders a page (250), `?orders=` in all (100,000). No rule is strict here.
 */
import { type Answer, type Exchange, json } from './exchange.ts';
import { dice } from './random.ts';

export const BENCH_HOST = 'bench.sandbox.example';
export const BENCH_TOKEN = 'bench-token';

const ID_DIGITS = 9;
const FIRST_ID = 100_000_000;
const START_MS = Date.UTC(2026, 0, 1);
/** `2026-01-01T00:00:00`, as WooCommerce writes it. */
const TIME_DIGITS = 19;
/** Distinct pages; later ones repeat them with their own ids and times, written into a copy. */
const TEMPLATES = 24;

interface Template {
  body: Buffer;
  /** Places of the id, the number, the created and the updated time of each order. */
  places: { id: number; number: number; created: number; updated: number }[];
}

const templates = new Map<string, Template>();

/** `GET /orders?page=1&size=250`, in WooCommerce's shape; any bearer token that is not empty and not `expired`. */
export function answerBench(exchange: Exchange): Answer {
  const token = /^Bearer (.+)$/.exec(exchange.headers['authorization'] ?? '')?.[1];
  if (token === undefined || token === 'expired')
    return json(401, { code: 'unauthorized', message: 'a bearer token is needed' });
  if (exchange.path !== '/orders')
    return json(404, { code: 'not_found', message: `no "${exchange.path}" here` });
  const size = whole(exchange, 'size', 250, 1_000);
  const total = whole(exchange, 'orders', 100_000, 10_000_000);
  const page = whole(exchange, 'page', 1, Number.MAX_SAFE_INTEGER);
  const pages = Math.ceil(total / size);
  const first = (page - 1) * size;
  const count = Math.max(0, Math.min(size, total - first));
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=utf-8',
    'x-wp-total': String(total),
    'x-wp-totalpages': String(pages),
  };
  if (page < pages) {
    headers['link'] =
      `<https://${BENCH_HOST}/orders?page=${page + 1}&size=${size}&orders=${total}>; rel="next"`;
  }
  if (count === 0) return { status: 200, headers, body: '[]' };
  return { status: 200, headers, body: fill(templateOf(page % TEMPLATES, count), first) };
}

function whole(exchange: Exchange, name: string, otherwise: number, max: number): number {
  const value = Number(exchange.query.get(name) ?? otherwise);
  return Number.isInteger(value) && value > 0 ? Math.min(value, max) : otherwise;
}

function fill(template: Template, first: number): Buffer {
  const body = Buffer.from(template.body);
  template.places.forEach(({ id, number, created, updated }, at) => {
    const text = String(FIRST_ID + first + at);
    body.write(text, id, 'latin1');
    body.write(text, number, 'latin1');
    const ms = START_MS + (first + at) * 60_000;
    body.write(new Date(ms).toISOString().slice(0, TIME_DIGITS), created, 'latin1');
    body.write(new Date(ms + 3_600_000).toISOString().slice(0, TIME_DIGITS), updated, 'latin1');
  });
  return body;
}

function templateOf(which: number, count: number): Template {
  const name = `${which} ${count}`;
  const known = templates.get(name);
  if (known !== undefined) return known;
  const parts: string[] = [];
  const places: Template['places'] = [];
  let length = 1;
  for (let at = 0; at < count; at += 1) {
    const text = JSON.stringify(benchOrder(which, at));
    const place = (before: string) =>
      length + Buffer.byteLength(text.slice(0, text.indexOf(before) + before.length));
    places.push({
      id: place('{"id":'),
      number: place('"number":"'),
      created: place('"date_created_gmt":"'),
      updated: place('"date_modified_gmt":"'),
    });
    length += Buffer.byteLength(text) + 1;
    parts.push(text);
  }
  const template = { body: Buffer.from(`[${parts.join(',')}]`), places };
  if (templates.size > 200) templates.clear();
  templates.set(name, template);
  return template;
}

function benchOrder(which: number, at: number) {
  const draw = dice('bench', String(which), at);
  const lines = Array.from({ length: 5 + draw.roll(16) }, (_, i) => ({
    id: at * 20 + i + 1,
    name: `Stoneware Mug 350 ml, glaze no. ${draw.roll(900)}`,
    product_id: 1000 + draw.roll(5_000),
    sku: `BEN-${String(draw.roll(99_999)).padStart(5, '0')}`,
    quantity: 1 + draw.roll(4),
    price: (draw.roll(9_000) + 100) / 100,
    total: `${draw.roll(300)}.50`,
  }));
  return {
    id: 10 ** (ID_DIGITS - 1),
    number: String(10 ** (ID_DIGITS - 1)),
    status: draw.pick(['processing', 'completed', 'refunded', 'on-hold']),
    currency: 'EUR',
    date_created_gmt: '2026-01-01T00:00:00',
    date_modified_gmt: '2026-01-01T00:00:00',
    total: `${draw.roll(900)}.${10 + draw.roll(89)}`,
    customer_id: draw.roll(20_000),
    customer_note: 'Bitte klingeln — “Hinterhaus” 🔔',
    billing: {
      first_name: 'Łukasz',
      last_name: `Wójcik-${draw.roll(999)}`,
      email: `customer${draw.roll(20_000)}@bench.example`,
      address_1: `Invalidenstraße ${draw.roll(200)}`,
      city: 'Berlin',
      postcode: '10115',
      country: 'DE',
    },
    line_items: lines,
  };
}
