// What holds for every platform in the index. A new platform is picked up by itself; it needs its fixtures, nothing else.
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MooringError } from '../../domain/errors.ts';
import type { Json, Platform, ResourceDefinition, Sign, TokenRequest } from '../../domain/platform.ts';
import { RESOURCES } from '../../domain/resource.ts';
import { classify } from '../../platforms/classify.ts';
import { findPlatform, PLATFORMS } from '../../platforms/index.ts';
import { missingScopes, scopesFor } from '../../platforms/scopes.ts';
import { parseShop } from '../../platforms/shop.ts';
import { namesIn } from '../../platforms/template.ts';
import { fixture, itemsOf, passFor } from './fixtures.ts';
import { RECORD_SHAPES } from './record-shape.ts';

const platforms = [...PLATFORMS.values()];

function resourcesOf(platform: Platform): ResourceDefinition[] {
  return RESOURCES.flatMap((resource) => platform.resources[resource] ?? []);
}

function tokensOf(platform: Platform): TokenRequest[] {
  return platform.auth.flatMap(({ obtain, renew, upgrade }) => [
    ...('token' in obtain ? [obtain.token] : []),
    ...(renew.kind === 'none' ? [] : [renew.token]),
    ...(upgrade === undefined ? [] : [upgrade.token]),
  ]);
}

/** Names an address may hold: shop fields and what their choices give, and what our registration holds beside its secret. */
function addressNames(platform: Platform): string[] {
  return [
    ...platform.shop.flatMap(({ name, choices }) => [
      name,
      ...(choices ?? []).flatMap(({ gives }) => Object.keys(gives ?? {})),
    ]),
    ...(platform.registration ?? []).flatMap(({ name, secret }) => (secret ? [] : [name])),
    'clientId',
  ];
}

const demoShop = (platform: Platform): Record<string, string> =>
  Object.fromEntries(platform.shop.map((field) => [field.name, field.example]));

test('ids are unique and found', () => {
  expect(platforms.length).toBeGreaterThanOrEqual(4);
  for (const platform of platforms) expect(findPlatform(platform.id)).toBe(platform);
});

describe.each(platforms)('$name', (platform) => {
  test('every pattern is anchored at both ends and matches its own example', () => {
    for (const field of platform.shop) {
      expect(field.pattern).toMatch(/^\^.*\$$/);
      expect(field.example).toMatch(new RegExp(field.pattern));
    }
    const entered = platform.auth.flatMap(({ obtain }) => ('fields' in obtain ? obtain.fields : []));
    for (const { pattern } of [...entered, ...(platform.registration ?? [])])
      if (pattern !== undefined) expect(pattern).toMatch(/^\^.*\$$/);
    expect(parseShop(platform, demoShop(platform))).toEqual(demoShop(platform));
  });

  test('every address is https, and a shop field in it is a whole host or address', () => {
    const addresses = [
      platform.baseUrl,
      ...Object.values(platform.otherBaseUrls ?? {}),
      ...tokensOf(platform).map((token) => token.url),
      // An install that begins at the platform has no such address.
      ...platform.auth.flatMap(({ obtain }) =>
        'callback' in obtain && obtain.authorizeUrl !== '' ? [obtain.authorizeUrl] : [],
      ),
      ...platform.auth.flatMap(({ obtain }) =>
        obtain.kind === 'oauth1' ? [obtain.requestTokenUrl, obtain.accessTokenUrl] : [],
      ),
    ];
    for (const address of addresses) {
      const isUrlField = platform.shop.some(
        (field) => field.normalize === 'url' && address.startsWith(`{${field.name}}`),
      );
      if (!isUrlField) expect(address).toMatch(/^https:\/\//);
      for (const name of namesIn(address)) expect(addressNames(platform)).toContain(name);
    }
  });

  test('no secret is put into an address that a browser or a log sees', () => {
    for (const token of tokensOf(platform)) expect(token.url).not.toMatch(/[Ss]ecret|[Tt]oken\}/);
    for (const { obtain } of platform.auth) {
      if (!('callback' in obtain)) continue;
      expect(Object.values(obtain.authorizeParameters).join(' ')).not.toMatch(/\{clientSecret\}/);
      if (obtain.authorizeUrl !== '')
        expect(Object.values(obtain.authorizeParameters).join(' ')).toContain('{state}');
    }
  });

  test('each credential kind is its own, and each scheme asks for parts that the kind has', () => {
    const kinds = platform.auth.map((method) => method.credentialKind);
    expect(new Set(kinds).size).toBe(kinds.length);
    for (const method of platform.auth) {
      const { obtain, tokenAnswer } = method;
      const parts = [
        ...('fields' in obtain ? obtain.fields.map((field) => field.name) : []),
        ...(obtain.kind === 'key_handshake' ? Object.keys(obtain.keys) : []),
        ...(obtain.kind === 'oauth1' ? ['accessToken', 'tokenSecret'] : []),
        ...('callback' in obtain
          ? obtain.callback.flatMap((step) => Object.keys(step.credentialFields ?? {}))
          : []),
        ...('discover' in obtain ? (obtain.discover?.brings ?? []) : []),
        ...(tokenAnswer === undefined
          ? []
          : ['accessToken', 'refreshToken', ...Object.keys(tokenAnswer.keep ?? {})]),
      ];
      const registered = (platform.registration ?? []).map(({ name }) => name);
      const known = [...parts, ...addressNames(platform), ...registered, 'clientId', 'clientSecret'];
      const own = [
        ...['method', 'host', 'path', 'query', 'url', 'body', 'bodySha256', 'bodyMd5'],
        ...['timestamp', 'nonce', 'uuid', 'parameters', 'signature'],
      ];
      for (const name of method.sign.flatMap(namesInScheme)) expect([...known, ...own]).toContain(name);
    }
  });

  test('a callback that grants carries our state, unless it may begin at the platform', () => {
    for (const { obtain } of platform.auth) {
      if (!('callback' in obtain)) continue;
      expect(obtain.callback.filter((step) => step.grants)).toHaveLength(1);
      for (const step of obtain.callback)
        if (step.startsAt === undefined) expect(step.required).toContain(step.stateParameter);
    }
  });

  test('every resource is behind a permission the platform offers, and reading needs no more than writing', () => {
    for (const definition of resourcesOf(platform)) {
      expect(platform.permissions[definition.requires]).toBeDefined();
      const written = scopesFor(platform, [`${definition.resource}:write`]);
      if (platform.permissions[`${definition.resource}:write`] !== undefined) {
        expect(missingScopes(platform, [definition.requires], written)).toEqual([]);
      }
    }
    expect(missingScopes(platform, ['orders:read'], null)).toEqual([]);
  });

  test('a page request stays at the platform and within its page size, with and without an instant', () => {
    for (const definition of resourcesOf(platform)) {
      expect(definition.pageSize.default).toBeLessThanOrEqual(definition.pageSize.max);
      for (const sinceMs of [null, Date.parse('2026-11-15T00:00:00Z')]) {
        const pass = { ...passFor(platform), sinceMs, pageSize: definition.pageSize.default };
        const request = definition.request(pass, null);
        expect(request.path).toMatch(/^\/[^/]/);
        expect(request.endpoint).not.toContain('?');
      }
    }
  });

  test('every resource has a fixture, and each of its items maps to a valid record with its own id', () => {
    for (const definition of resourcesOf(platform)) {
      const items = itemsOf(fixture(platform, definition.resource), definition);
      expect(items.length).toBeGreaterThan(0);
      for (const item of items) {
        expect(definition.idOf(item)).not.toBeNull();
        const records = definition.map(item, passFor(platform));
        expect(records.length).toBeGreaterThan(0);
        for (const record of records) {
          expect(RECORD_SHAPES[definition.resource].safeParse(record).error?.issues ?? []).toEqual([]);
        }
        expect(definition.map(item, passFor(platform))).toEqual(records);
      }
    }
    expect(existsSync(new URL(`../fixtures/${platform.id}`, import.meta.url))).toBe(true);
  });

  test('an item of any shape maps or is refused as record_invalid with a path; nothing else is thrown', () => {
    for (const definition of resourcesOf(platform)) {
      const [item] = itemsOf(fixture(platform, definition.resource), definition);
      const pass = passFor(platform);
      const broken = fc.oneof(fc.jsonValue(), mutations(item ?? null));
      fc.assert(
        fc.property(broken, (value) => {
          try {
            for (const record of definition.map(value as Json, pass)) {
              expect(record.platformId).not.toBe('');
            }
          } catch (error) {
            if (!(error instanceof MooringError)) throw error;
            expect(error.code).toBe('record_invalid');
            expect(error.fields[0]?.path).toMatch(/^\//);
          }
        }),
        { numRuns: 300 },
      );
    }
  });

  test('an answer that is not the documented form is platform_answer_invalid, or a page of what is there', () => {
    const pass = passFor(platform);
    for (const definition of resourcesOf(platform)) {
      fc.assert(
        fc.property(fc.jsonValue(), (body) => {
          try {
            definition.read(pass, null, { body: body as Json, headers: {} });
          } catch (error) {
            if (!(error instanceof MooringError)) throw error;
            expect(error.code).toBe('platform_answer_invalid');
          }
        }),
      );
    }
  });

  test('what subscriptions are answered with is platform_answer_invalid, or a list and a reference', () => {
    const { subscribe, topics } = platform.notifications ?? {};
    if (subscribe === undefined) return;
    const topic = Object.keys(topics ?? {})[0] ?? '';
    const wish = { topic, topics: [topic], address: 'https://us.example/notify/x/token', secret: 's' };
    const isRefused = (error: unknown) => {
      if (!(error instanceof MooringError)) throw error;
      expect(error.code).toBe('platform_answer_invalid');
    };
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        const answer = { body: body as Json, headers: {} };
        try {
          expect(typeof subscribe.listed(answer, 1).isLast).toBe('boolean');
        } catch (error) {
          isRefused(error);
        }
        try {
          const { ref } = subscribe.created(answer, wish);
          expect(ref === null || ref !== '').toBe(true);
        } catch (error) {
          isRefused(error);
        }
      }),
    );
  });

  test.each([
    ['500', 500, 'platform_down'],
    ['503', 503, 'platform_down'],
    ['429', 429, 'retry_after'],
  ])('an API answer with status %s and a page of HTML is told', (_name, status, means) => {
    expect(classify(platform, 'api', { status, headers: {}, body: null }).means).toBe(means);
    expect(classify(platform, 'token', { status, headers: {}, body: null }).means).toBe(means);
  });

  test('401 is about the credential, at the API', () => {
    for (const method of platform.auth) {
      const answer = { status: 401, headers: {}, body: null, credentialKind: method.credentialKind };
      expect(['credential_expired', 'credential_dead']).toContain(classify(platform, 'api', answer).means);
    }
  });

  test('the proof refuses what is no proof', () => {
    for (const body of [null, [], {}, { data: null }, '<html>'] satisfies Json[]) {
      const read = () => platform.proof.read({ body, headers: {} }, demoShop(platform));
      try {
        // Where the platform tells no key, an empty list is an empty shop.
        expect(read().shopName).toBeNull();
      } catch (error) {
        expect(error).toMatchObject({ code: 'platform_answer_invalid' });
      }
    }
  });
});

function namesInScheme(sign: Sign): string[] {
  switch (sign.scheme) {
    case 'bearer':
      return namesIn(sign.token ?? '{accessToken}');
    case 'oauth1':
      return [sign.consumerKey, sign.consumerSecret, sign.token ?? '', sign.tokenSecret ?? ''].flatMap(
        namesIn,
      );
    case 'sigv4':
      return [sign.accessKeyId, sign.secretAccessKey, sign.sessionToken ?? '', sign.region].flatMap(namesIn);
    case 'jwt':
      return [sign.jwt.key, ...Object.values(sign.jwt.claims)].flatMap(namesIn);
    case 'message_signature':
      return [sign.key, sign.keyId ?? ''].flatMap(namesIn);
    case 'header':
    case 'query':
      return namesIn(sign.value);
    case 'basic':
      return [...namesIn(sign.username), ...namesIn(sign.password)];
    case 'hmac':
      return [
        sign.key,
        ...sign.message,
        ...Object.values(sign.query ?? {}),
        ...Object.values(sign.headers ?? {}),
      ].flatMap(namesIn);
  }
}

/** The item with one member, at any depth, replaced by something else or left out. */
function mutations(item: Json): fc.Arbitrary<unknown> {
  const paths = pathsOf(item, []);
  return fc
    .record({
      path: fc.constantFrom(...paths),
      value: fc.oneof(
        fc.jsonValue(),
        fc.constantFrom('', '0', -1, 1e21, 'NaN', '1e5', '2026-02-30T99:00:00Z', undefined),
      ),
    })
    .map(({ path, value }) => replaced(item, path, value));
}

function pathsOf(value: Json, at: string[]): string[][] {
  if (typeof value !== 'object' || value === null) return [at];
  const members = Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, [...at, name]));
  return [at, ...members];
}

function replaced(value: Json, path: readonly string[], by: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return by;
  if (Array.isArray(value))
    return value.map((one, index) => (String(index) === name ? replaced(one, rest, by) : one));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      const next = key === name ? replaced(inner, rest, by) : inner;
      return next === undefined ? [] : [[key, next]];
    }),
  );
}
