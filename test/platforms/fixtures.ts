// What stands in test/fixtures/<id>/: a documented answer of each resource, and what must come of it. <resource>.json is the answer; where ids are
// listed apart from what they stand for, the one that holds the whole items. <resource>.expected.json is its unified records, expected.json the rest.
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Json, PassContext, Platform, ResourceDefinition } from '../../domain/platform.ts';
import type { Resource } from '../../domain/resource.ts';
import { parseJson } from '../../egress/parse-json.ts';
import { findPlatform } from '../../platforms/index.ts';
import { isList, valueAt } from '../../platforms/json.ts';

export function definitionOf(id: string, resource: Resource): ResourceDefinition {
  const definition = findPlatform(id)?.resources[resource];
  if (definition === undefined) throw new Error(`${id} has no ${resource}`);
  return definition;
}

export function fixture(platform: Platform, resource: Resource): Json {
  return parseJson(readFileSync(fileOf(platform, `${resource}.json`), 'utf8'));
}

/** The one list of records in an answer, wherever the platform puts it: at a usual place, else where the definition reads it. */
export function itemsOf(body: Json, definition?: ResourceDefinition): readonly Json[] {
  if (isList(body)) return body;
  const paths = [
    ...['orders', 'products', 'customers', 'inventoryItems'].map((name) => `data.${name}.nodes`),
    ...['order_list', 'item_list'].map((name) => `response.${name}`),
    ...['orders', 'products', 'customers', 'inventory_items', 'items', 'results', 'data'],
  ];
  for (const path of paths) {
    const value = valueAt(body, path);
    if (isList(value)) return value;
  }
  if (definition?.details !== undefined) return definition.details.read({ body }, []);
  if (definition !== undefined) return definition.read(PASS, null, { body, headers: {} }).items;
  throw new Error('the fixture holds no list');
}

export const PASS: PassContext = {
  shop: {},
  sinceMs: null,
  untilMs: Date.parse('2026-11-21T00:00:00Z'),
  pageSize: 50,
  facts: { currency: 'USD' },
};

/** The same in the shop that the platform's own examples name. */
export function passFor(platform: Platform): PassContext {
  return { ...PASS, shop: Object.fromEntries(platform.shop.map((field) => [field.name, field.example])) };
}

const text = z.record(z.string(), z.string());
const json = z.custom<Json>((value) => value !== undefined);

const EXPECTED = z.strictObject({
  /** Rows of the error table. */
  answers: z
    .array(
      z.strictObject({
        why: z.string(),
        at: z.enum(['token', 'api']),
        status: z.int(),
        headers: text.optional(),
        body: json,
        credentialKind: z.string().optional(),
        means: z.string(),
        retryAfterMs: z.number().optional(),
      }),
    )
    .default([]),
  /** Token answers. `issued` is matched by the members it has; `shop` is the whole shop afterwards. */
  tokens: z
    .array(
      z.strictObject({
        why: z.string(),
        kind: z.string(),
        /** renew: read by the renewal's own form where it has one, with `before` already held. */
        of: z.enum(['obtain', 'renew']).default('obtain'),
        before: text.default({}),
        body: json,
        issued: z.record(z.string(), json),
        shop: text.optional(),
      }),
    )
    .default([]),
  /** Answers to the proof. */
  proofs: z
    .array(z.strictObject({ why: z.string(), shop: text.default({}), body: json, proven: json }))
    .default([]),
  /** A request signed at an instant, with a nonce: what is sent is matched by the members of `sent`. */
  signed: z
    .array(
      z.strictObject({
        why: z.string(),
        kind: z.string(),
        shop: text.default({}),
        clientId: z.string().default('client-1'),
        clientSecret: z.string().default('client-secret-1'),
        registration: text.default({}),
        parts: text,
        request: z.looseObject({
          method: z.enum(['GET', 'POST']),
          path: z.string(),
          base: z.string().optional(),
        }),
        at: z.iso.datetime().default('2026-11-21T10:00:00Z'),
        nonce: z.string().default('0123456789abcdef0123456789abcdef'),
        sent: json,
      }),
    )
    .default([]),
});

export type Expected = z.infer<typeof EXPECTED>;

/** undefined where the platform has none: its expectations are then in tests of its own. */
export function expectedOf(platform: Platform): Expected | undefined {
  const file = fileOf(platform, 'expected.json');
  return existsSync(file) ? EXPECTED.parse(parseJson(readFileSync(file, 'utf8'))) : undefined;
}

export function expectedRecords(platform: Platform, resource: Resource): Json | undefined {
  const file = fileOf(platform, `${resource}.expected.json`);
  return existsSync(file) ? parseJson(readFileSync(file, 'utf8')) : undefined;
}

function fileOf(platform: Platform, name: string): URL {
  return new URL(`../fixtures/${platform.id}/${name}`, import.meta.url);
}
