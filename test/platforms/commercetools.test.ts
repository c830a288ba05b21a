// What is commercetools' alone: pages that begin behind the last key, since an offset ends at 10,000.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, PlatformRequest } from '../../domain/platform.ts';
import { commercetools } from '../../platforms/commercetools/platform.ts';
import { missingScopes } from '../../platforms/scopes.ts';
import { passFor } from './fixtures.ts';
import { idsIn } from './pass-reader.ts';

interface Item {
  readonly id: string;
  readonly lastModifiedAt: string;
}

const pass = { ...passFor(commercetools), pageSize: 5 };
const at = (second: number) => new Date(Date.UTC(2026, 9, 1) + second * 1_000).toISOString();

/** Reads the predicates that are sent, and no others. */
function query(items: readonly Item[], { path, query: parameters = {} }: PlatformRequest): Json {
  const sorts = new URL(`https://x${path}`).searchParams.getAll('sort');
  const where = parameters['where'] ?? '';
  const behind = /^lastModifiedAt > "(.+)" or \(lastModifiedAt = "(.+)" and id > "(.+)"\)$/.exec(where);
  const since = /^lastModifiedAt >= "(.+)"$/.exec(where)?.[1] ?? '';
  const id = /^id > "(.+)"$/.exec(where)?.[1] ?? '';
  const isKnown = where === '' || behind !== null || since !== '' || id !== '';
  if (!isKnown) throw new Error(`a predicate nobody knows: ${where}`);
  const key = (one: Item) => (sorts.length === 2 ? `${one.lastModifiedAt}/${one.id}` : one.id);
  const found = items
    .filter((one) =>
      behind === null ? one.lastModifiedAt >= since && one.id > id : key(one) > `${behind[1]}/${behind[3]}`,
    )
    .sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return { results: found.slice(0, Number(parameters['limit'])).map((one) => ({ ...one })) };
}

const readAll = idsIn(pass);

describe('a pass', () => {
  const idOf = (n: number) => `id-${String(n).padStart(3, '0')}`;
  const moves = fc.array(fc.record({ item: fc.nat(39), isDeleted: fc.boolean() }), { maxLength: 15 });

  test.each(['orders', 'inventory'] as const)(
    'over %s misses nothing that stays, whatever changes or goes while it runs',
    (name) => {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 40 }), moves, (count, pending) => {
          // Three of each instant.
          const shop = new Map(
            Array.from({ length: count }, (_, n) => [idOf(n), at(Math.floor(n / 3))] as const),
          );
          const todo = [...pending];
          let clock = 1_000;
          const ids = readAll(commercetools.resources[name], (request) => {
            const next = todo.shift();
            const id = idOf(next?.item ?? -1);
            if (next !== undefined && shop.has(id)) {
              if (next.isDeleted) shop.delete(id);
              else shop.set(id, at(clock++));
            }
            return query(
              [...shop].map(([one, lastModifiedAt]) => ({ id: one, lastModifiedAt })),
              request,
            );
          });
          for (const id of shop.keys()) expect(ids).toContain(id);
        }),
      );
    },
  );

  test('of what changed begins at an instant', () => {
    const { path, query: parameters } = commercetools.resources.orders.request(
      { ...pass, sinceMs: Date.UTC(2026, 9, 1) },
      null,
    );
    expect(path).toBe('/my-project/orders?sort=lastModifiedAt%20asc&sort=id%20asc');
    expect(parameters).toEqual({
      limit: '5',
      withTotal: 'false',
      where: 'lastModifiedAt >= "2026-10-01T00:00:00.000Z"',
    });
  });

  test('never puts into a predicate what is no id or no instant', () => {
    const page = (last: Json) => ({ results: [...Array.from({ length: 4 }, () => ({})), last] });
    const { read } = commercetools.resources.orders;
    for (const last of [
      { id: '" or "1" = "1', lastModifiedAt: at(1) },
      { id: 'a', lastModifiedAt: '"' },
    ])
      expect(() => read(pass, null, { body: page(last), headers: {} })).toThrow('to continue behind');
  });
});

test('an API Client of the whole project misses nothing, one for stock alone does', () => {
  expect(missingScopes(commercetools, ['orders:write', 'customers:read'], ['manage_project'])).toEqual([]);
  expect(missingScopes(commercetools, ['orders:read'], ['manage_products'])).toEqual([
    'view_orders',
    'view_project_settings',
  ]);
});
