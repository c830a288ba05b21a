// Each platform's answers and what must come of them, as its fixtures say. The table of a platform is picked up by itself.
import { describe, expect, test } from 'vitest';
import { signRequest } from '../../auth/index.ts';
import { OAUTH1_ANSWER } from '../../auth/oauth1-exchange.ts';
import { readTokenAnswer, shopAfterAnswer } from '../../auth/token-answer.ts';
import type { AuthMethod, Platform } from '../../domain/platform.ts';
import { RESOURCES } from '../../domain/resource.ts';
import { Secret } from '../../domain/secret.ts';
import { classify } from '../../platforms/classify.ts';
import { PLATFORMS } from '../../platforms/index.ts';
import { type Expected, expectedOf, expectedRecords, fixture, itemsOf, passFor } from './fixtures.ts';

const NOW_MS = Date.parse('2026-11-21T10:00:00Z');
const cases = [...PLATFORMS.values()].flatMap((platform) => {
  const expected = expectedOf(platform);
  return expected === undefined ? [] : [{ name: platform.name, platform, expected }];
});

function methodOf(platform: Platform, kind: string): AuthMethod {
  const method = platform.auth.find((one) => one.credentialKind === kind);
  if (method === undefined) throw new Error(`${platform.id} has no credential of kind ${kind}`);
  return method;
}

const secrets = (parts: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, new Secret(value)]));

describe.each(cases)('$name', ({ platform, expected }) => {
  test.each(RESOURCES.filter((resource) => platform.resources[resource] !== undefined))(
    'its %s become exactly the expected records',
    (resource) => {
      const definition = platform.resources[resource];
      if (definition === undefined) return;
      const items = itemsOf(fixture(platform, resource), definition);
      const records = items.flatMap((item): unknown[] => [...definition.map(item, passFor(platform))]);
      expect(records).toEqual(expectedRecords(platform, resource));
    },
  );

  test('every kind of credential, and each kind of answer it gets, is expected of something', () => {
    const signed = new Set(expected.signed.map(({ kind }) => kind));
    expect([...signed].sort()).toEqual(platform.auth.map(({ credentialKind }) => credentialKind).sort());
    expect(expected.answers.length).toBeGreaterThan(0);
    expect(expected.proofs.length).toBeGreaterThan(0);
  });

  test.each(expected.answers)('an answer of the $at: $why means $means', (row) => {
    const { at, means, retryAfterMs, why: _why, credentialKind, headers = {}, ...answer } = row;
    const kind = credentialKind === undefined ? {} : { credentialKind };
    const classified = classify(platform, at, { ...answer, headers, ...kind });
    expect(classified.means).toBe(means);
    expect(classified.retryAfterMs).toBe(retryAfterMs);
  });

  test.each(expected.proofs)('a proof: $why', ({ body, shop, proven }) => {
    expect(platform.proof.read({ body, headers: {} }, shop)).toEqual(proven);
  });

  if (expected.tokens.length > 0)
    test.each(expected.tokens)('a token answer: $why', (row) => {
      const { method, form } = formOf(platform, row);
      const before = { parts: row.before, lifetimeS: null, refreshExpiresAtMs: null };
      const clock = { nowMs: NOW_MS, serverNowMs: null };
      expect(readTokenAnswer(method, form, row.body, before, clock)).toMatchObject(row.issued);
      if (row.shop !== undefined) expect(shopAfterAnswer(platform, form, {}, row.body)).toEqual(row.shop);
    });

  test.each(expected.signed)('a request signed: $why', async (row) => {
    const { request, parts, kind, sent, shop, clientId, clientSecret, registration, at, nonce } = row;
    const context = {
      platform,
      shop,
      clientId,
      clientSecret: new Secret(clientSecret),
      registration: secrets(registration),
      credential: { kind, parts: secrets(parts) },
      nowMs: Date.parse(at),
      nonce,
    };
    const { base, ...rest } = request;
    const call = { ...rest, ...(base === undefined ? {} : { base }), endpoint: `GET ${request.path}` };
    expect(await signRequest(methodOf(platform, kind), context, call)).toMatchObject(Object(sent));
  });
});

function formOf(platform: Platform, { kind, of }: Expected['tokens'][number]) {
  const method = methodOf(platform, kind);
  const { obtain, renew } = method;
  const own = of === 'obtain' ? ('token' in obtain ? obtain.token.answer : undefined) : undefined;
  const renewed = of === 'renew' && renew.kind !== 'none' ? renew.token.answer : undefined;
  return {
    method,
    form: own ?? renewed ?? method.tokenAnswer ?? (obtain.kind === 'oauth1' ? OAUTH1_ANSWER : undefined),
  };
}
