// What a registration holds beside client id and secret: checked by the platform's data, shown where it is not secret, sealed where it is.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Platform } from '../../domain/platform.ts';
import { createDataKeyPort } from '../../store/data-keys.ts';
import { newId } from '../../store/new-id.ts';
import { clientSecretBinding } from '../../store/opening-rows.ts';
import { createVault, localKey, localKeyProvider, type Vault } from '../../vault/index.ts';
import { createAuthority } from '../egress/certificates.ts';
import { startApi, type TestApi } from './api.ts';
import { TEST_PLATFORMS } from './platforms.ts';

const PEM = '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ\n-----END PRIVATE KEY-----\n';
let api: TestApi;
let vault: Vault;

beforeAll(async () => {
  const acorn = TEST_PLATFORMS.get('acorn');
  if (acorn === undefined) throw new Error('no platform');
  const platform: Platform = {
    ...acorn,
    registration: [
      { name: 'applicationId', label: 'Application id', secret: false, help: '', pattern: '^app-[0-9]+$' },
      { name: 'privateKey', label: 'Key', secret: true, help: '', form: 'pem' },
      { name: 'note', label: 'Note', secret: false, help: '', optional: true },
      { name: 'certificate', label: 'Certificate', secret: false, help: '', form: 'pem', optional: true },
    ],
  };
  const keyProvider = localKeyProvider(localKey(randomBytes(32)));
  api = await startApi({ keyProvider, platforms: new Map([['acorn', platform]]) });
  vault = createVault({ keyProvider, dataKeys: createDataKeyPort(api.database.db) });
});
afterAll(() => api.close());

const register = (fields: Record<string, string>) =>
  api.call('POST', '/v1/client-registrations', { body: { platform: 'acorn', clientId: 'our-app', fields } });

async function sealedOf(id: `reg_${string}`, version: number): Promise<Record<string, string>> {
  const { rows } = await api.database.owner.query(
    'SELECT sealed, key_version FROM client_secrets WHERE registration_id = $1 AND version = $2',
    [id, version],
  );
  const opened = await vault.open(clientSecretBinding(null, id, version), {
    bytes: rows[0].sealed,
    keyVersion: rows[0].key_version,
  });
  return Object.fromEntries(Object.entries(opened).map(([name, secret]) => [name, secret.reveal()]));
}

test('the platform tells which there are; those that are not secret are shown, those that are come out nowhere', async () => {
  const platforms = await api.call('GET', '/v1/platforms');
  expect(platforms.body.data[0].registration).toMatchObject([
    { name: 'applicationId', secret: false, required: true, form: 'line' },
    { name: 'privateKey', secret: true, required: true, form: 'pem' },
    { name: 'note', required: false },
    { name: 'certificate', required: false },
  ]);
  const made = await register({ applicationId: 'app-7', privateKey: PEM.replaceAll('\n', '\r\n') });
  expect(made.status, made.text).toBe(201);
  expect(made.body.fields).toEqual({ applicationId: 'app-7' });
  expect(made.text).not.toContain('MC4CAQ');
  // Without a client secret: this one proves itself by its key.
  expect(await sealedOf(made.body.id, 1)).toEqual({ privateKey: PEM });
});

test.each<[string, Record<string, string>, string]>([
  ['a field is missing', { applicationId: 'app-7' }, '/fields/privateKey'],
  ['a field is unknown', { applicationId: 'app-7', privateKey: PEM, other: 'x' }, '/fields/other'],
  ['a field has another form', { applicationId: 'seven', privateKey: PEM }, '/fields/applicationId'],
  ['a key is not PEM', { applicationId: 'app-7', privateKey: 'canary-key' }, '/fields/privateKey'],
])('%s: refused by its name', async (_why, fields, path) => {
  const answer = await register(fields);
  expect(answer.status).toBe(422);
  expect(answer.body.fields.map((one: { path: string }) => one.path)).toContain(path);
  expect(answer.text).not.toContain('canary');
});

test('the next version holds all secrets together', async () => {
  const { id } = (await register({ applicationId: 'app-7', privateKey: PEM })).body;
  const change = (body: object) => api.call('PATCH', `/v1/client-registrations/${id}`, { body });
  const alone = await change({ clientSecret: 'new-secret' });
  expect(alone.status).toBe(422);
  expect(alone.body.fields).toMatchObject([{ path: '/fields/privateKey' }]);
  const both = await change({
    clientSecret: 'new-secret',
    fields: { applicationId: 'app-8', privateKey: PEM },
  });
  expect(both.body).toMatchObject({ version: 2, fields: { applicationId: 'app-8' } });
  expect(await sealedOf(id, 2)).toEqual({ clientSecret: 'new-secret', privateKey: PEM });
  const named = await change({ name: 'Another name' });
  expect(named.body).toMatchObject({ version: 2, name: 'Another name' });
});

test('when a certificate ends is in the calendar of all who use it, until another one is there', async () => {
  const authority = createAuthority('An authority');
  const until = new Date(Math.floor(api.clock.nowMs / 1000) * 1000 + 20 * 86_400_000);
  const certificate = authority.issue({ host: 'mooring.example', until }).cert;
  const fields = { applicationId: 'app-7', privateKey: PEM };
  const { id } = (await register({ ...fields, certificate })).body;
  const tenantId = await api.tenant();
  const connection = newId('connection');
  await api.database.owner.query(
    `INSERT INTO connections (id, tenant_id, platform, registration_id, shop, lifecycle, state, generation)
     VALUES ($1, $2, 'acorn', $3, '{}', 'active', 'active', 1)`,
    [connection, tenantId, id],
  );
  await api.database.owner.query(
    `INSERT INTO credentials (connection_id, generation, tenant_id, kind, sealed, key_version) VALUES ($1, 1, $2, 'token', '', 1)`,
    [connection, tenantId],
  );
  const key = await api.key('read', tenantId);
  const shown = async () => (await api.call('GET', '/v1/calendar?kind=certificate', { key })).body.data;
  expect(await shown()).toMatchObject([
    { kind: 'certificate', subject: id, at: until.toISOString(), connections: 1, daysLeft: 19 },
  ]);
  const later = new Date(until.getTime() + 86_400_000);
  const next = authority.issue({ host: 'mooring.example', until: later }).cert;
  const change = (body: object) => api.call('PATCH', `/v1/client-registrations/${id}`, { body });
  expect((await change({ fields: { ...fields, certificate: next } })).status).toBe(200);
  expect(await shown()).toMatchObject([{ at: later.toISOString() }]);
  await change({ fields });
  expect(await shown()).toEqual([]);
});
