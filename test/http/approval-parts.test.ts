// What is sealed with an approval: the platform's parameters, and our own parts, which no parameter can stand in for (RFC 9700 § 2.1, § 4.5).
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TenantId } from '../../domain/ids.ts';
import { createDataKeyPort } from '../../store/data-keys.ts';
import { createVault, localKey, localKeyProvider, type Vault } from '../../vault/index.ts';
import { startApi, type TestApi } from './api.ts';
import { begin } from './approving.ts';

let api: TestApi;
let tenantId: TenantId;
let vault: Vault;

beforeAll(async () => {
  const keyProvider = localKeyProvider(localKey(randomBytes(32)));
  api = await startApi({ keyProvider });
  vault = createVault({ keyProvider, dataKeys: createDataKeyPort(api.database.db) });
  tenantId = await api.tenant();
  await api.call('POST', '/v1/client-registrations', {
    body: { platform: 'acorn', clientId: 'our-acorn', clientSecret: 'secret' },
  });
});
afterAll(() => api.close());

async function sealedBy(
  query: (state: string) => string,
): Promise<Record<string, string> & { challenge: string }> {
  const { authorize, cookie, state } = await begin({ api, tenantId });
  const answer = await api.call('GET', `/oauth/acorn/callback?${query(state)}`, { key: null, cookie });
  expect(answer.status, answer.text).toBe(303);
  const id = String(answer.headers['location']).split('/').at(-1);
  const { rows } = await api.database.owner.query(
    'SELECT sealed, key_version FROM authorizations WHERE id = $1',
    [id],
  );
  const opened = await vault.open(
    { owner: tenantId, subject: id ?? '', kind: 'authorization', generation: 0 },
    { bytes: rows[0].sealed, keyVersion: rows[0].key_version },
  );
  const parts = Object.entries(opened).map(([name, secret]) => [name, secret.reveal()] as const);
  return { ...Object.fromEntries(parts), challenge: authorize.searchParams.get('code_challenge') ?? '' };
}

test('the verifier is the challenge’s, made for one approval, and the redirect address the one that was asked for', async () => {
  const query = (state: string) => `state=${state}&code=c0de&shop=demo.acorn.example`;
  const [one, two] = [await sealedBy(query), await sealedBy(query)];
  for (const parts of [one, two]) {
    const verifier = parts['codeVerifier'] ?? '';
    expect(verifier).toMatch(/^[A-Za-z0-9._~-]{43,128}$/);
    expect(createHash('sha256').update(verifier).digest('base64url')).toBe(parts.challenge);
    expect(parts).toMatchObject({ code: 'c0de', redirectUri: 'http://127.0.0.1:3000/oauth/acorn/callback' });
  }
  expect(one['codeVerifier']).not.toBe(two['codeVerifier']);
});

test('a callback’s parameters of our own names are not taken', async () => {
  const names = ['codeVerifier', 'redirectUri', 'nonce', 'requestToken', 'requestTokenSecret', 'rawQuery'];
  const parts = await sealedBy(
    (state) =>
      `state=${state}&code=c0de&shop=demo.acorn.example&${names.map((name) => `${name}=evil`).join('&')}`,
  );
  expect(Object.values(parts)).not.toContain('evil');
  expect(Object.keys(parts).sort()).toEqual([
    'challenge',
    'code',
    'codeVerifier',
    'redirectUri',
    'shop',
    'state',
  ]);
});
