// RFC 9700, what a client must do: held by every platform's data, and each duty of docs/auth.md by the tests it names.
import { describe, expect, test } from 'vitest';
import type { AuthMethod, Platform, TokenRequest } from '../../domain/platform.ts';
import { PLATFORMS } from '../../platforms/index.ts';
import { namesIn } from '../../platforms/template.ts';
import { missing, promised, read } from '../invariants/promised.ts';

const DUTIES = 15;

/** They take the token nowhere but in the query (RFC 9700 § 4.3.2 forbids it to all others): hidden from our logs, not from theirs. */
const TOKEN_IN_QUERY = new Set(['shopee', 'lazada']);

function tokensOf({ obtain, renew, upgrade }: AuthMethod): TokenRequest[] {
  return [
    ...('token' in obtain ? [obtain.token] : []),
    ...(renew.kind === 'none' ? [] : [renew.token]),
    ...(upgrade === undefined ? [] : [upgrade.token]),
  ];
}

describe.each([...PLATFORMS.values()].map((platform) => [platform.id, platform] as const))(
  '%s',
  (_id, platform) => {
    const methods: readonly AuthMethod[] = platform.auth;

    test('PKCE by S256 wherever the platform takes it, in the address and in the exchange (§ 2.1.1)', () => {
      for (const { obtain } of methods) {
        if (obtain.kind !== 'authorization_code') continue;
        const values = Object.values(obtain.authorizeParameters);
        const isUsed = obtain.pkce === 'S256';
        expect(values.includes('{codeChallenge}')).toBe(isUsed);
        expect(values.includes('S256')).toBe(isUsed);
        expect(values).not.toContain('plain');
        expect(Object.values(obtain.token.parameters).includes('{codeVerifier}')).toBe(isUsed);
      }
    });

    test('no implicit grant and no password grant (§ 2.1.2, § 2.4)', () => {
      for (const method of methods) {
        if ('callback' in method.obtain) {
          const type = method.obtain.authorizeParameters['response_type'] ?? 'code';
          expect(type).toBe('code');
          expect(method.obtain.authorizeParameters['response_mode'] ?? 'query').toBe('query');
        }
        for (const { parameters } of tokensOf(method)) expect(parameters['grant_type']).not.toBe('password');
      }
    });

    test('a redirect address in the exchange is the one of the approval, not another text (§ 4.1.3)', () => {
      for (const { obtain } of methods) {
        if (obtain.kind !== 'authorization_code') continue;
        const asked = obtain.authorizeParameters['redirect_uri'];
        const sent = obtain.token.parameters['redirect_uri'];
        if (asked !== undefined && sent !== undefined) expect(sent).toBe(asked);
      }
    });

    test('no token in an address, but where the platform takes it nowhere else (§ 4.3.2)', () => {
      const named = methods.flatMap(({ sign }) =>
        sign.flatMap((one) => {
          if (one.scheme === 'query') return namesIn(one.value);
          return one.scheme === 'hmac' ? Object.values(one.query ?? {}).flatMap(namesIn) : [];
        }),
      );
      expect(named.includes('accessToken')).toBe(TOKEN_IN_QUERY.has(platform.id));
    });

    test('what our client proves itself by is never in the address that a browser is sent to', () => {
      const secrets = ['clientSecret', ...secretFields(platform)];
      for (const { obtain } of methods) {
        if (!('callback' in obtain)) continue;
        const names = Object.values(obtain.authorizeParameters).flatMap(namesIn);
        expect(names.filter((name) => secrets.includes(name))).toEqual([]);
      }
    });
  },
);

function secretFields({ registration }: Platform): string[] {
  return (registration ?? []).flatMap((field) => (field.secret ? [field.name] : []));
}

test('each duty that docs/auth.md lists has its tests, and they are there', () => {
  const text = read('docs/auth.md');
  const rows = [...text.matchAll(/^\| (\d+) \| [^|]+ \| (.+) \|$/gm)];
  expect(rows.map(([, number]) => Number(number))).toEqual(
    Array.from({ length: DUTIES }, (_, index) => index + 1),
  );
  for (const [, , tests = ''] of rows) expect(promised(tests).length).toBeGreaterThan(0);
  expect(missing(promised(text))).toEqual([]);
});
