// Every platform that both platforms/ and sandbox/ know: connected in the platform's own way, proved, read to the end, read again for what changed, renewed,
// slowed, ended. The two were written apart from the same facts: where they disagree, one of them is wrong.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MooringError } from '../../domain/errors.ts';
import type { Json } from '../../domain/platform.ts';
import { RESOURCES, type Resource } from '../../domain/resource.ts';
import { textOf, valueAt } from '../../platforms/json.ts';
import { RECORD_SHAPES } from './record-shape.ts';
import { CASES, type Case } from './sandbox-cases.ts';
import {
  askShop,
  connectShop,
  type Door,
  openDoor,
  prove,
  readWhole,
  renew,
  revoke,
  type Shop,
} from './sandbox-door.ts';
import { control } from './sandbox-shop.ts';

const SIZE = { orders: 30, products: 8, customers: 12 };
const DAY_MS = 86_400_000;

let door: Door;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(async () => {
  await door.close();
});

const switchAt = (platform: string, switches: Readonly<Record<string, boolean>>) =>
  control(door.sandboxUrl, 'PATCH', `/apps/${platform}`, { switches });

const act = (of: Shop, name: string, body: Record<string, never> | Record<string, number> = {}) =>
  control(door.sandboxUrl, 'POST', `/shops/${encodeURIComponent(of.key)}/${name}`, body);

describe.each(CASES)('$name against the sandbox', (one) => {
  let of: Shop;
  let facts: Readonly<Record<string, string>>;
  beforeAll(async () => {
    await control(door.sandboxUrl, 'POST', '/reset', {});
    if (one.switches !== undefined) await switchAt(one.playedAs ?? one.id, one.switches);
    of = await connectShop(door, one, sizeOf(one));
    facts = (await prove(of)).facts;
  });

  test('every resource is read to its end, whole and valid', { timeout: 60_000 }, async () => {
    const told: string[] = [];
    const expected: string[] = [];
    for (const resource of RESOURCES) {
      const definition = of.platform.resources[resource];
      if (definition === undefined) continue;
      if (one.unplayed?.includes(resource) === true) continue;
      const untilMs = Date.now();
      const isWhole = definition.windowS === null && one.days === undefined;
      const sinceMs = isWhole ? null : untilMs - (one.days ?? 60) * DAY_MS;
      const { records, setAside, pages } = await readWhole(of, resource, facts, {
        bounds: { sinceMs, untilMs },
        pageSize: 10,
      });
      expect(setAside, resource).toEqual([]);
      if (resource === 'orders') expect(pages).toBeGreaterThan(1);
      for (const record of records.values())
        expect(
          RECORD_SHAPES[resource].safeParse(record).error?.issues ?? [],
          JSON.stringify(record).slice(0, 500),
        ).toEqual([]);
      told.push(`${resource}: ${distinct(resource, records)}`);
      const counted = resource === 'products' ? one.products : undefined;
      expected.push(`${resource}: ${counted ?? valueAt(of.counts, resource)}`);
    }
    expect(told).toEqual(expected);
  });

  test('an incremental pass reads what changed since, and little else', async () => {
    const sinceMs = Date.now() - 600_000;
    await act(of, 'mutate', { orders: 4, products: 2 });
    for (const [resource, changed] of [
      ['orders', 4],
      ['products', 2],
    ] as const) {
      const definition = of.platform.resources[resource];
      if (definition?.filter !== 'updated_at') continue;
      const bounds = { sinceMs: sinceMs - definition.overlapS * 1_000, untilMs: Date.now() + 2_000 };
      const { records } = await readWhole(of, resource, facts, { bounds, pageSize: 10 });
      // Where only days can be asked for, they come with all that they hold.
      const isByDay = definition.overlapS * 1_000 >= DAY_MS;
      if (isByDay) expect(records.size, resource).toBeGreaterThanOrEqual(changed);
      else expect(`${resource}: ${records.size}`).toBe(`${resource}: ${changed}`);
    }
  });

  test('a call that came too soon is told to wait, and goes through then', async () => {
    await control(door.sandboxUrl, 'POST', '/faults', {
      kind: 'status',
      status: 429,
      retryAfterS: 1,
      count: 1,
    });
    const first = await askShop(of, of.platform.proof.request(of.shop));
    expect(first.result.classification).toBe('retry_after');
    expect((await prove(of)).facts).toEqual(facts);
  });

  test('an expired token is told as expired, and its successor works', async () => {
    const { renew: how } = of.method;
    if (how.kind === 'none') return;
    await act(of, 'expire-access');
    const late = await askShop(of, of.platform.proof.request(of.shop));
    expect(late.result.classification, late.result.bodyText).toBe('credential_expired');
    const before = of.issued;
    of.issued = await renew(of);
    expect(of.issued.parts['accessToken']).not.toBe(before.parts['accessToken']);
    if (how.kind === 'refresh_token')
      expect(of.issued.parts['refreshToken'] !== before.parts['refreshToken']).toBe(how.rotates);
    await prove(of);
  });

  test('a grant that ended is told as dead', async () => {
    await act(of, 'reject-grant');
    const answer = await askShop(of, of.platform.proof.request(of.shop));
    const isRenewed = of.method.renew.kind !== 'none';
    expect(
      isRenewed
        ? ['credential_expired', 'credential_dead', 'uninstalled']
        : ['credential_dead', 'uninstalled'],
      answer.result.bodyText,
    ).toContain(answer.result.classification);
    if (!isRenewed) return;
    const refusal = await renew(of).then(
      () => null,
      (error: unknown) => error,
    );
    expect(refusal instanceof MooringError ? refusal.code : refusal).toBe('credential_dead');
  });

  test('what can be revoked is revoked, and no longer works', async () => {
    if (of.platform.revoke === undefined) return;
    const again = await connectShop(door, one, sizeOf(one));
    await revoke(again);
    const answer = await askShop(again, again.platform.proof.request(again.shop));
    expect(['credential_expired', 'credential_dead', 'uninstalled'], answer.result.bodyText).toContain(
      answer.result.classification,
    );
  });
});

const sizeOf = (one: Case) => ({ ...SIZE, ...one.make });

/** A variant has a level at each location; the sandbox counts variants. */
function distinct(resource: Resource, records: ReadonlyMap<string, Json>): number {
  if (resource !== 'inventory') return records.size;
  const variants = [...records].map(([id, record]) => textOf(valueAt(record, 'variantPlatformId')) ?? id);
  return new Set(variants).size;
}
