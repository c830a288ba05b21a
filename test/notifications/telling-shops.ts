// Shops that change and tell of it as Shopify does: signed with the app's secret, and the same again until it is answered 2xx. Each notification tells of a
// change of its own, so that what came of it can be counted. Knows the platform's rules and nothing of ours.
import { createHmac } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Product } from '../invariants/product.ts';
import { until } from '../world.ts';

/** Side by side, as a platform sends. */
const SENDERS = 12;
/** Waits before the same is sent again. */
const FIRST_WAIT_MS = 50;
const LAST_WAIT_MS = 1_000;
const TIMEOUT_MS = 5_000;
/** Every so many are sent once more although they were answered 2xx. */
const TWICE_EACH = 7;

export interface TellingShop {
  readonly connectionId: string;
  readonly host: string;
  /** Where we are told: the path of the connection's own address. */
  readonly path: string;
}

export interface Telling {
  /** Answered 2xx, of them all. */
  readonly progress: { accepted: number };
  readonly done: Promise<Told>;
}

export interface Told {
  readonly sent: number;
  readonly accepted: number;
  /** Requests by what was answered; "none": no answer came. */
  readonly answers: Readonly<Record<string, number>>;
  /** Answered otherwise than 2xx, with 503, or not at all. */
  readonly wronglyAnswered: number;
  /** How often each order was changed, by its connection and its id. */
  readonly changes: ReadonlyMap<string, number>;
}

/** Connected, synced once, subscribed; what the sandbox would push of orders by itself is lost, so that this sender's are the only ones. */
export async function connectShops(
  product: Product,
  wish: { readonly shops: number; readonly orders: number },
): Promise<readonly TellingShop[]> {
  const hosts = Array.from({ length: wish.shops }, (_, n) => `told-${n}.myshopify.com`);
  // A plan whose rate limits are no part of this.
  const size = { orders: wish.orders, products: 2, customers: 2, plan: 'enterprise' };
  const shops: TellingShop[] = [];
  for (const host of hosts) {
    await product.control('POST', '/shops', { platform: 'shopify', host, ...size });
    const { id } = await product.connect('shopify', { shop: host });
    const { body } = await product.api<{ url: string }>(
      'POST',
      `/v1/connections/${id}/notification-address`,
      {},
    );
    shops.push({ connectionId: id, host, path: new URL(body.url).pathname });
  }
  await product.control('POST', '/faults', { kind: 'push_lost', path: '^orders/', count: null });
  for (const { connectionId } of shops) await until('its beginning', () => hasBegun(product, connectionId));
  return shops;
}

async function hasBegun(product: Product, id: string): Promise<boolean> {
  const subscriptions = await product.api<{ data: { state: string }[] }>(
    'GET',
    `/v1/connections/${id}/subscriptions`,
  );
  const runs = await product.api<{ data: { status: string }[] }>('GET', `/v1/connections/${id}/runs`);
  const { data } = subscriptions.body;
  return (
    runs.body.data.some(({ status }) => status === 'completed') &&
    data.length > 0 &&
    data.every(({ state }) => state === 'active')
  );
}

export interface TellWish {
  readonly shops: readonly TellingShop[];
  readonly notifications: number;
  /** Ids of the orders of each shop, by connection. */
  readonly orders: ReadonlyMap<string, readonly string[]>;
  readonly secret: string;
  /** Between two notifications of one sender. */
  readonly paceMs: number;
  /** How many may have been begun by now. */
  readonly upTo: () => number;
}

/** Begins to send; every order is changed in its turn. */
export function tell(product: Product, wish: TellWish): Telling {
  const progress = { accepted: 0 };
  const answers: Record<string, number> = {};
  const changes = new Map<string, number>();
  let next = 0;
  const send = async (): Promise<void> => {
    while (next < wish.notifications) {
      if (next >= wish.upTo()) {
        await pause(FIRST_WAIT_MS);
        continue;
      }
      const n = next++;
      const { key, url, request } = await change(product, wish, n);
      changes.set(key, (changes.get(key) ?? 0) + 1);
      await untilAccepted(url, request, answers);
      if (n % TWICE_EACH === 0) await untilAccepted(url, request, answers);
      progress.accepted += 1;
      await pause(wish.paceMs);
    }
  };
  const sent = wish.notifications;
  const all = Promise.all(Array.from({ length: SENDERS }, send));
  const done = all.then(() => ({
    ...{ sent, answers, changes, ...progress },
    wronglyAnswered: sumOf(Object.entries(answers).filter(([status]) => !/^(2..|503|none)$/.test(status))),
  }));
  return { progress, done };
}

function sumOf(entries: readonly (readonly [string, number])[]): number {
  return entries.reduce((sum, [, n]) => sum + n, 0);
}

/** Changes an order at its shop, and makes what is told of it. */
async function change(
  product: Product,
  { shops, orders, secret }: TellWish,
  n: number,
): Promise<{ key: string; url: string; request: RequestInit }> {
  const shop = shops[n % shops.length];
  const ids = orders.get(shop?.connectionId ?? '') ?? [];
  const gid = ids[Math.floor(n / shops.length) % ids.length];
  if (shop === undefined || gid === undefined) throw new Error('there is no shop with orders');
  const id = gid.slice(gid.lastIndexOf('/') + 1);
  await product.control('POST', `/shops/${encodeURIComponent(shop.host)}/changes`, {
    resource: 'orders',
    id,
  });
  const body = JSON.stringify({ n, admin_graphql_api_id: gid });
  const headers = {
    'content-type': 'application/json',
    'x-shopify-topic': 'orders/updated',
    'x-shopify-shop-domain': shop.host,
    'x-shopify-event-id': `told-${n}`,
    'x-shopify-hmac-sha256': createHmac('sha256', secret).update(body).digest('base64'),
  };
  const key = `${shop.connectionId} ${gid}`;
  return { key, url: product.apiUrl + shop.path, request: { method: 'POST', headers, body } };
}

async function untilAccepted(
  url: string,
  request: RequestInit,
  answers: Record<string, number>,
): Promise<void> {
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LAST_WAIT_MS)) {
    const answer = await fetch(url, { ...request, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
      () => null,
    );
    const status = answer === null ? 'none' : String(answer.status);
    answers[status] = (answers[status] ?? 0) + 1;
    await answer?.arrayBuffer().catch(() => undefined);
    if (answer?.ok === true) return;
    await pause(waitMs);
  }
}
