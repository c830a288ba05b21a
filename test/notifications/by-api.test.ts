// Each platform that is subscribed to shop by shop, as the sandbox plays it: subscribed once connected, told, believed, one object read; made again where it was dropped;
// gone at the end. A push by anybody else is 401.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../domain/platform.ts';
import type { Resource } from '../../domain/resource.ts';
import { isList, textOf, valueAt } from '../../platforms/json.ts';
import { CASES as SHOPS } from '../platforms/sandbox-cases.ts';
import type { ConnectCase } from '../platforms/sandbox-door.ts';
import { until } from '../world.ts';
import { atAmazon, atEbay } from './destination.ts';
import { type Played, type PlayedShop, startPlayed } from './played.ts';

interface Case {
  /** Of the sandbox's shops, by its name there. */
  readonly shop: string;
  /** What is subscribed to, each as the platform calls it. */
  readonly topics: readonly string[];
  /** The change of an order whose push names it; default update. */
  readonly tells?: 'create';
  /** Whether anybody's push is refused; where nothing is signed it is a hint. Default true. */
  readonly proves?: false;
  /** What is told goes to a queue, which is read elsewhere (queues.test.ts). */
  readonly tellsQueue?: true;
  /** No call reads one object: a sync of all is asked for. */
  readonly readsNone?: true;
  /** What somebody does once at the platform, for our app. */
  readonly prepare?: (played: Played) => Promise<void>;
  /** What is changed; default orders. */
  readonly resource?: Resource;
  /** What else is told of and read one by one. */
  readonly others?: readonly Resource[];
  /** Such a platform drops subscriptions, and has none that are off. */
  readonly hasNoneOff?: true;
}

const CASES: readonly Case[] = [
  {
    shop: 'lightspeed',
    topics: ['product.update', 'customer.update'],
    resource: 'products',
    others: ['products', 'customers'],
  },
  {
    shop: 'saleor',
    topics: [
      'ORDER_CREATED',
      'ORDER_UPDATED',
      ...['PRODUCT', 'PRODUCT_VARIANT', 'CUSTOMER'].flatMap((noun) =>
        ['CREATED', 'UPDATED', 'DELETED'].map((verb) => `${noun}_${verb}`),
      ),
      'PRODUCT_VARIANT_STOCK_UPDATED',
    ],
    others: ['products', 'customers', 'inventory'],
  },
  {
    shop: 'tiendanube',
    topics: [
      ...[
        'created',
        'updated',
        'paid',
        'packed',
        'fulfilled',
        'cancelled',
        'edited',
        'pending',
        'voided',
      ].map((verb) => `order/${verb}`),
      ...['created', 'updated', 'deleted'].map((verb) => `product/${verb}`),
      'app/uninstalled',
    ],
    others: ['products'],
    hasNoneOff: true,
  },
  {
    shop: 'squarespace',
    topics: ['order.create', 'order.update', 'extension.uninstall'],
    hasNoneOff: true,
  },
  {
    shop: 'shoptet, from its administration',
    topics: [
      ...['order', 'product', 'customer'].flatMap((noun) =>
        ['create', 'update', 'delete'].map((verb) => `${noun}:${verb}`),
      ),
      'stock:movement',
    ],
    others: ['products', 'customers'],
    hasNoneOff: true,
  },
  {
    shop: 'tiktokshop',
    topics: [
      'ORDER_STATUS_CHANGE',
      'RECIPIENT_ADDRESS_UPDATE',
      'PACKAGE_UPDATE',
      'PRODUCT_STATUS_CHANGE',
      'SELLER_DEAUTHORIZATION',
      'CANCELLATION_STATUS_CHANGE',
      'RETURN_STATUS_CHANGE',
    ],
    others: ['products'],
    hasNoneOff: true,
  },
  {
    shop: 'trendyol',
    topics: [
      ...['AT_COLLECTION_POINT', 'AWAITING', 'CANCELLED', 'CREATED', 'DELIVERED', 'INVOICED', 'PICKING'],
      ...['RETURNED', 'SHIPPED', 'UNDELIVERED', 'UNPACKED', 'UNSUPPLIED', 'VERIFIED'],
    ],
    readsNone: true,
  },
  { shop: 'ebay', topics: ['ITEM_MARKED_SHIPPED', 'ORDER_CONFIRMATION'], prepare: atEbay },
  {
    shop: 'amazon',
    topics: ['FBA_INVENTORY_AVAILABILITY_CHANGES', 'LISTINGS_ITEM_STATUS_CHANGE', 'ORDER_CHANGE'],
    prepare: atAmazon,
    hasNoneOff: true,
    tellsQueue: true,
  },
  { shop: 'bolcom, own keys', topics: ['ORDER', 'SHIPMENT'], tells: 'create' },
  { shop: 'vtex', topics: ['Fulfillment', 'Marketplace'], hasNoneOff: true },
  {
    shop: 'kaufland',
    topics: ['item_unit_changed', 'order_new', 'order_unit_status_changed'],
    tells: 'create',
  },
  {
    shop: 'walmart, own keys',
    topics: ['INVENTORY_OOS', 'OFFER_UNPUBLISHED', 'PO_CREATED', 'PO_LINE_AUTOCANCELLED'],
  },
];

const shopOf = (name: string): ConnectCase => {
  const found = SHOPS.find((one) => one.name === name);
  if (found === undefined) throw new Error(`the sandbox has no shop "${name}"`);
  return found;
};

let played: Played;
beforeAll(async () => {
  played = await startPlayed();
}, 60_000);
afterAll(() => played?.close());

const listIn = (json: Json, at: string): readonly Json[] => {
  const found = valueAt(json, at);
  return isList(found) ? found : [];
};
/** Topics that the sandbox says we are to be told of, each once a subscription. */
async function subscribed({ of }: PlayedShop): Promise<string[]> {
  const answer = await played.ask(`/subscriptions?shop=${encodeURIComponent(of.key)}`);
  return listIn(answer, 'data')
    .filter((one) => valueAt(one, 'state') === 'active')
    .flatMap((one) => listIn(one, 'topics').flatMap((topic) => textOf(topic) ?? []))
    .sort();
}
/** Some platforms make them later. */
async function settled(shop: PlayedShop): Promise<void> {
  await until('its subscriptions', async () => {
    await played.look(shop);
    const rows = await played.rows<{ state: string }>(
      shop,
      `SELECT state FROM subscriptions WHERE connection_id = $1 AND topic NOT LIKE 'by hand/%'`,
    );
    return rows.length > 0 && rows.every(({ state }) => state === 'active');
  });
}
/** The newest push to the shop, once it was answered. */
async function pushed({ of }: PlayedShop, count: number): Promise<Json> {
  return await until(`${count} pushes`, async () => {
    const found = listIn(await played.ask(`/pushes?shop=${encodeURIComponent(of.key)}`), 'data');
    return found.length >= count ? (found.at(-1) ?? null) : null;
  });
}
const pushesOf = async ({ of }: PlayedShop) =>
  listIn(await played.ask(`/pushes?shop=${encodeURIComponent(of.key)}`), 'data').length;

/** Told, and read by itself; the object's id. */
async function change(shop: PlayedShop, wish: Readonly<Record<string, string>>): Promise<string> {
  const before = await pushesOf(shop);
  const answer = await played.act(shop, 'changes', wish);
  const pushes = Number(textOf(valueAt(answer, 'pushes')));
  expect(pushes).toBeGreaterThan(0);
  expect(await pushed(shop, before + pushes)).toMatchObject({ state: 'taken' });
  await played.read();
  const waiting = 'SELECT platform_id FROM named_objects WHERE connection_id = $1';
  expect(await played.rows(shop, waiting)).toEqual([]);
  return textOf(valueAt(answer, 'id')) ?? '';
}
/** Ids of the records that are not gone. */
async function left(shop: PlayedShop, resource: Resource): Promise<string[]> {
  const rows = await played.rows<{ id: string }>(
    shop,
    `SELECT platform_id AS id FROM records WHERE connection_id = $1 AND resource = '${resource}' AND deleted_at IS NULL`,
  );
  return rows.map(({ id }) => id);
}

describe.each(CASES)('$shop', (one) => {
  const {
    shop: name,
    topics,
    tells = 'update',
    proves = true,
    resource = 'orders',
    others = [],
    hasNoneOff = false,
    readsNone = false,
    tellsQueue = false,
    prepare,
  } = one;
  let shop: PlayedShop;

  it('is subscribed to once it is connected', async () => {
    shop = await played.connect(shopOf(name));
    if (prepare !== undefined) {
      await played.look(shop);
      const why = await played.rows(shop, 'SELECT code FROM subscription_checks WHERE connection_id = $1');
      expect(why).toEqual([{ code: 'registration_missing' }]);
      expect(await subscribed(shop)).toEqual([]);
      await prepare(played);
    }
    await settled(shop);
    expect(await subscribed(shop)).toEqual([...topics].sort());
  });

  it.runIf(!tellsQueue)('tells of a change, is believed, and one object is read', async () => {
    const { id, pushes } = (await played.act(shop, 'changes', { resource, act: tells })) as {
      id: string;
      pushes: number;
    }; // as control answers
    expect(pushes).toBeGreaterThan(0);
    expect(await pushed(shop, pushes)).toMatchObject({ state: 'taken', status: 200 });
    const [named] = await played.rows<{ resource: string; platform_id: string }>(
      shop,
      'SELECT resource, platform_id FROM named_objects WHERE connection_id = $1',
    );
    expect(named).toEqual({ resource, platform_id: readsNone ? '' : id });
    await played.read();
    const asked = await played.rows(shop, 'SELECT resources FROM sync_requests WHERE connection_id = $1');
    expect(asked).toEqual(readsNone ? [{ resources: [resource] }] : []);
    if (readsNone) return;
    const records = await played.rows<{ platform_id: string }>(
      shop,
      `SELECT platform_id FROM records WHERE connection_id = $1 AND resource = '${resource}'`,
    );
    expect(records).toEqual([{ platform_id: id }]);
  });

  it.runIf(!tellsQueue)('tells twice of what changed twice, however alike that is said', async () => {
    const taken = () => played.rows(shop, 'SELECT 1 FROM notifications WHERE scope = $1');
    for (let time = 0; time < 2; time += 1) {
      const [before, told] = [await taken(), await pushesOf(shop)];
      const answer = await played.act(shop, 'changes', { resource, act: 'update' });
      const pushes = Number(textOf(valueAt(answer, 'pushes')));
      await pushed(shop, told + pushes);
      expect((await taken()).length).toBe(before.length + pushes);
    }
  });

  it.each(others)('has one of its %s read, without a sync', async (other) => {
    const before = await played.rows(shop, 'SELECT 1 FROM sync_requests WHERE connection_id = $1');
    await change(shop, { resource: other, act: 'update' });
    expect(await left(shop, other)).not.toEqual([]);
    expect(await played.rows(shop, 'SELECT 1 FROM sync_requests WHERE connection_id = $1')).toEqual(before);
  });

  it.runIf(others.includes('products'))('takes a product that is gone for gone', async () => {
    const id = await change(shop, { resource: 'products', act: 'update' });
    expect(await left(shop, 'products')).toContain(id);
    await change(shop, { resource: 'products', act: 'delete', id });
    expect(await left(shop, 'products')).not.toContain(id);
  });

  it.runIf(proves && !tellsQueue)('is not believed where somebody else signed', async () => {
    const before = await pushesOf(shop);
    await played.fault(shop, 'push_forged');
    await played.act(shop, 'changes', { resource, act: 'update' });
    expect(await pushed(shop, before + 1)).toMatchObject({ fault: 'push_forged', status: 401 });
  });

  it.each(hasNoneOff ? ['dropped'] : ['dropped', 'disabled'])(
    'is subscribed to again where that was %s, and read since',
    async (as) => {
      await played.act(shop, 'unsubscribe', { as });
      expect(await subscribed(shop)).toEqual([]);
      const before = played.triggered.length;
      await settled(shop);
      expect(await subscribed(shop)).toEqual([...topics].sort());
      expect(played.triggered.length).toBe(before + 1);
      if (tellsQueue) return;
      const told = await pushesOf(shop);
      await played.act(shop, 'changes', { resource, act: 'update' });
      expect(await pushed(shop, told + 1)).toMatchObject({ state: 'taken', status: 200 });
    },
  );

  it('is told nothing more once it is revoked', async () => {
    await played.revoke(shop);
    const answer = await played.ask(`/subscriptions?shop=${encodeURIComponent(shop.of.key)}`);
    expect(listIn(answer, 'data')).toEqual([]);
  });
});

it.each(['squarespace, pasted', 'lightspeed, pasted'])(
  '%s: a credential that may not subscribe, or for which nothing would be signed, leaves the shop polled',
  async (name) => {
    const one = shopOf(name);
    const shop = await played.connect({ ...one, make: { ...one.make, key: '5f3c3d55ac435e1a051f77ff' } });
    await played.look(shop);
    expect(await subscribed(shop)).toEqual([]);
    for (const table of ['subscriptions', 'subscription_checks'])
      expect(await played.rows(shop, `SELECT 1 FROM ${table} WHERE connection_id = $1`), table).toEqual([]);
  },
);
