// What is Saleor's alone: queries its schema takes, a token that dies in silence, notifications signed over a detached payload.
import { describe, expect, test } from 'vitest';
import type { Json } from '../../domain/platform.ts';
import { textOf, valueAt } from '../../platforms/json.ts';
import { saleor } from '../../platforms/saleor/platform.ts';
import { PASS } from './fixtures.ts';

const pass = { ...PASS, pageSize: 50 };
const since = { ...pass, sinceMs: Date.UTC(2026, 9, 1) };
const queryOf = (body: Json | undefined) => textOf(valueAt(body, 'query')) ?? '';

describe('a page', () => {
  test('of what changed is sorted by its change and asked from an instant', () => {
    const { body, path } = saleor.resources.orders.request(since, { after: 'WyIyIl0=' });
    expect(path).toBe('/graphql/');
    expect(queryOf(body)).toMatch(
      /^query Mooring\(\$first: Int!, \$after: String, \$filter: OrderFilterInput\) \{ app \{ id \} orders\(first: \$first, after: \$after, filter: \$filter, sortBy: \{ field: LAST_MODIFIED_AT, direction: ASC \}\) \{ edges \{ node \{ id /,
    );
    expect(valueAt(body, 'variables')).toEqual({
      first: 50,
      after: 'WyIyIl0=',
      filter: { updatedAt: { gte: '2026-10-01T00:00:00.000Z' } },
    });
  });

  test('names no variable that it does not use', () => {
    for (const definition of Object.values(saleor.resources))
      for (const one of [pass, since]) {
        const { body } = definition.request(one, null);
        const declared = [...queryOf(body).matchAll(/\$(\w+):/g)].map((match) => match[1]);
        expect(Object.keys(Object(valueAt(body, 'variables')))).toEqual(declared);
        expect(queryOf(body).split('{').length).toBe(queryOf(body).split('}').length);
      }
  });

  test('of a stranger, who is shown published products without a word, is refused', () => {
    const page = { edges: [], pageInfo: { hasNextPage: false } };
    const { read } = saleor.resources.products;
    expect(() => read(pass, null, { body: { data: { app: null, products: page } }, headers: {} })).toThrow(
      '"/data/app"',
    );
  });

  test('that has a next one says where', () => {
    const body = (endCursor: Json) => ({
      data: { app: {}, stocks: { edges: [], pageInfo: { hasNextPage: true, endCursor } } },
    });
    const { read } = saleor.resources.inventory;
    expect(read(pass, null, { body: body('a'), headers: {} }).next).toEqual({ after: 'a' });
    expect(() => read(pass, null, { body: body(null), headers: {} })).toThrow('there is more');
  });
});
