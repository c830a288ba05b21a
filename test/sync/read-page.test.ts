// One page read from a platform: details in batches, windows, and answers that would lead in a circle.
import { expect, test } from 'vitest';
import { type PageSource, readPage } from '../../activities/read-page.ts';
import { SYNC_TIMINGS } from '../../activities/sync-deps.ts';
import { MooringError } from '../../domain/errors.ts';
import type { Json, PlatformRequest, ResourceDefinition } from '../../domain/platform.ts';
import { items, SHELF } from './shelf.ts';

const ORDERS = SHELF.resources.orders as ResourceDefinition;

interface Asking {
  readonly asked: PlatformRequest[];
  readonly source: PageSource;
}

function asking(
  answer: (request: PlatformRequest, times: number) => Json,
  definition: Partial<ResourceDefinition> = {},
): Asking {
  const asked: PlatformRequest[] = [];
  const source: PageSource = {
    definition: { ...ORDERS, ...definition },
    bounds: { sinceMs: 0, untilMs: 30_000 },
    shop: {},
    facts: {},
    call: async (request) => {
      asked.push(request);
      const body = answer(request, asked.length);
      return { classification: 'ok', status: 200, headers: {}, body, bodyText: '' };
    },
    timings: { ...SYNC_TIMINGS, pageRetryMs: [1, 1] },
    nowMs: Date.now,
    signal: new AbortController().signal,
    onAnswer: () => undefined,
  };
  return { asked, source };
}

const START = { at: 'page', windowStartMs: null, page: null } as const;

test('where a page lists ids only, their details are asked for as many at a time as the platform takes', async () => {
  const all: Json[] = items(7).map((one) => ({ ...one }));
  const { asked, source } = asking(
    (request) =>
      request.path === '/details'
        ? { items: all.slice(...(request.query?.['of'] ?? '').split('-').map(Number)) }
        : { items: all.map((_, index) => index), next: null },
    {
      details: {
        max: 3,
        request: (_pass, ids) => ({
          method: 'GET',
          path: '/details',
          endpoint: 'GET /details',
          query: { of: `${ids[0]}-${Number(ids.at(-1)) + 1}` },
        }),
        read: ({ body }) =>
          typeof body === 'object' && body !== null && 'items' in body && Array.isArray(body.items)
            ? body.items
            : [],
      },
    },
  );
  const page = await readPage(source, START);
  expect(asked.map((one) => one.query?.['of'])).toEqual([undefined, '0-3', '3-6', '6-7']);
  expect(page.records.map((one) => one.id)).toEqual(items(7).map((one) => one.id));
});

test('details that hold but the rest of an item are told what was listed', async () => {
  const { source } = asking(
    (request) => (request.path === '/details' ? { rest: 'r' } : { items: items(3), next: null }),
    {
      details: {
        max: 2,
        request: () => ({ method: 'GET', path: '/details', endpoint: 'GET /details' }),
        read: (_answer, listed) => listed,
      },
    },
  );
  const page = await readPage(source, START);
  expect(page.records.map((one) => one.id)).toEqual(items(3).map((one) => one.id));
});

test('an empty window is no end: the pass goes on with the next one', async () => {
  const { source } = asking(() => ({ items: [], next: null }), { windowS: 10 });
  const first = await readPage(source, START);
  expect(first.next).toEqual({ at: 'page', windowStartMs: 10_000, page: null });
  const last = await readPage(source, { at: 'page', windowStartMs: 20_000, page: null });
  expect(last.next).toEqual({ at: 'end' });
});

test('a page that names itself as the next is refused, or the pass would never end', async () => {
  const { source } = asking(() => ({ items: [], next: 'again' }));
  await expect(readPage(source, { ...START, page: 'again' })).rejects.toMatchObject({
    code: 'platform_answer_invalid',
  });
});

test.each([
  ['platform_down', 3],
  ['platform_unreachable', 3],
  ['platform_answer_invalid', 3],
  ['credential_dead', 1],
  ['fenced', 1],
  ['scope_missing', 1],
] as const)('%s: the page is asked for %i times in all', async (code, times) => {
  const { asked, source } = asking(() => {
    throw new MooringError(code, 'no');
  });
  await expect(readPage(source, START)).rejects.toMatchObject({ code });
  expect(asked).toHaveLength(times);
});
