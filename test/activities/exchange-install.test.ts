// What becomes of an install whose code lives for seconds: sent once, kept sealed, ended when nobody claims it. The activities on the real database; the
// platform's answers are the test's.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endInstall, exchangeInstall } from '../../activities/exchange-install.ts';
import type { ClientRegistrationId, InstallId } from '../../domain/ids.ts';
import type { Platform } from '../../domain/platform.ts';
import type { InstallContext, InstallExchange } from '../../egress/install-exchange.ts';
import { findPlatform } from '../../platforms/index.ts';
import { createDataKeyPort } from '../../store/data-keys.ts';
import { findInstall, insertInstall, installBinding } from '../../store/installs.ts';
import { newId } from '../../store/new-id.ts';
import { createVault, localKey, localKeyProvider, type Vault } from '../../vault/index.ts';
import { createTestDatabase, type TestDatabase } from '../world.ts';

let database: TestDatabase;
let vault: Vault;
const sent: string[] = [];
const revoked: string[] = [];
const ANSWER = { access_token: 't0ken-of-install', scope: 'store_v2_orders', context: 'stores/abc123' };
let answer = { status: 200, body: JSON.stringify(ANSWER) };
let registrationId: ClientRegistrationId | null = newId('clientRegistration');

const bigcommerce = findPlatform('bigcommerce');
if (bigcommerce === undefined) throw new Error('no platform');
const platform: Platform = {
  ...bigcommerce,
  revoke: { request: () => ({ method: 'DELETE', path: '/v2/app', endpoint: 'DELETE /v2/app' }) },
};

const installExchange: InstallExchange = async ({ installId, shop }, closure) => {
  const row = await database.db.acrossTenants((tx) => findInstall(tx, { id: installId }));
  if (row?.sealed == null || row.keyVersion === null) throw new Error('nothing is sealed');
  const sealed = { bytes: row.sealed, keyVersion: row.keyVersion };
  const context: InstallContext = {
    platform,
    shop,
    registrationId,
    registration: { clientId: 'our-app', redirectUri: null, secret: null, earlierSecrets: [] },
    authorization: await vault.open(installBinding(installId), sealed),
    send: async (request) => {
      sent.push(request.url);
      return {
        status: answer.status,
        headers: { 'content-type': 'application/json' },
        bodyText: answer.body,
      };
    },
    call: async (credential, request) => {
      revoked.push(`${request.endpoint} ${credential.parts['accessToken']?.reveal() ?? ''}`);
      throw new Error('the platform is down');
    },
    nowMs: Date.now(),
  };
  return closure(context);
};

const deps = () => ({
  db: database.db,
  vault,
  platforms: new Map([[platform.id, platform]]),
  installExchange,
  nowMs: Date.now,
  log: () => undefined,
});

beforeAll(async () => {
  database = await createTestDatabase();
  const keyProvider = localKeyProvider(localKey(randomBytes(32)));
  vault = createVault({ keyProvider, dataKeys: createDataKeyPort(database.db) });
});
afterAll(() => database.close());

async function begun(): Promise<InstallId> {
  const id = newId('install');
  const parts = {
    code: 'a-code',
    context: 'stores/abc123',
    scope: 'store_v2_orders',
    redirectUri: 'https://m.example/oauth',
  };
  const { bytes, keyVersion } = await vault.seal(installBinding(id), parts);
  await database.db.acrossTenants((tx) =>
    insertInstall(tx, {
      id,
      platform: platform.id,
      obtain: 'authorization_code',
      shop: { storeHash: 'abc123' },
      tokenHash: null,
      correlationHash: null,
      sealed: Uint8Array.from(bytes),
      keyVersion,
      redirectUri: parts.redirectUri,
      expiresAt: new Date(Date.now() + 60_000),
    }),
  );
  return id;
}

const rowOf = (id: InstallId) => database.db.acrossTenants((tx) => findInstall(tx, { id }));

test('a code is sent once, whoever asks again, and what was issued takes its place', async () => {
  sent.length = 0;
  const installId = await begun();
  expect(await exchangeInstall(deps())({ installId })).toEqual({ outcome: 'exchanged' });
  expect(await exchangeInstall(deps())({ installId })).toEqual({ outcome: 'exchanged' });
  expect(sent).toHaveLength(1);
  const row = await rowOf(installId);
  expect(row).toMatchObject({ exchange: 'exchanged', registrationId, issued: { expiresAtMs: null } });
  expect(JSON.stringify(row?.issued)).not.toContain('t0ken');
});

test('one nobody claimed is ended at the platform, and its secret destroyed although the platform is down', async () => {
  const installId = await begun();
  await exchangeInstall(deps())({ installId });
  await endInstall(deps())({ installId });
  expect(revoked).toEqual(['DELETE /v2/app t0ken-of-install']);
  expect(await rowOf(installId)).toBeNull();
});

test('a code that is not taken is told, and destroyed', async () => {
  const installId = await begun();
  answer = { status: 400, body: '{"error":"invalid_grant"}' };
  expect(await exchangeInstall(deps())({ installId })).toMatchObject({ outcome: 'refused' });
  expect(await rowOf(installId)).toMatchObject({ exchange: 'refused', sealed: null });
});

test('where only tenants have an app, it is left for the claim', async () => {
  const installId = await begun();
  registrationId = null;
  expect(await exchangeInstall(deps())({ installId })).toEqual({ outcome: 'left' });
  expect(await rowOf(installId)).toMatchObject({ exchange: null });
});
