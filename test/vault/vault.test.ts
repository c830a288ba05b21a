import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TenantId } from '../../domain/ids.ts';
import type { SealBinding } from '../../domain/sealing.ts';
import { createDataKeyPort, destroyDataKeys } from '../../store/data-keys.ts';
import { newId } from '../../store/new-id.ts';
import { createVault, type LocalKey, localKeyProvider, type Vault } from '../../vault/index.ts';
import { createTestDatabase, type TestDatabase } from '../world.ts';

const FIRST: LocalKey = { id: 'first', bytes: randomBytes(32) };

let world: TestDatabase;
let tenant: TenantId;
let binding: SealBinding;

beforeAll(async () => {
  world = await createTestDatabase();
});
afterAll(() => world.close());
beforeEach(() => {
  tenant = newId('tenant');
  binding = { owner: tenant, subject: newId('connection'), kind: 'oauth', generation: 1 };
});

function vaultWith(key: LocalKey): Vault {
  return createVault({ keyProvider: localKeyProvider(key), dataKeys: createDataKeyPort(world.db) });
}

describe('the vault', () => {
  it('opens what it sealed, also in another process, whatever the parts are', async () => {
    const [here, there] = [vaultWith(FIRST), vaultWith(FIRST)];
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })),
        async (parts) => {
          const opened = await there.open(binding, await here.seal(binding, parts));
          const texts = Object.entries(opened).map(([name, secret]) => [name, secret.reveal()]);
          expect(texts).toEqual(Object.entries(parts));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('refuses a row swapped between two tenants, with a named error that says no secret', async () => {
    const vault = vaultWith(FIRST);
    const other: SealBinding = { ...binding, owner: newId('tenant') };
    const sealed = await vault.seal(binding, { accessToken: 'canary-7f3a' });
    await vault.seal(other, { accessToken: 'x' });
    const error = await vault.open(other, sealed).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'credential_unreadable' });
    expect(inspect(error, { depth: 9 })).not.toContain('canary-7f3a');
  });

  it.each<[string, Partial<SealBinding>]>([
    ['another connection of the same tenant', { subject: 'con_other' }],
    ['another kind', { kind: 'session' }],
    ['another generation', { generation: 2 }],
  ])('refuses the bytes under %s', async (_why, change) => {
    const vault = vaultWith(FIRST);
    const sealed = await vault.seal(binding, { accessToken: 'a' });
    await expect(vault.open({ ...binding, ...change }, sealed)).rejects.toMatchObject({
      code: 'credential_unreadable',
    });
  });

  it('makes one data key however many processes seal first at the same time', async () => {
    const vaults = Array.from({ length: 12 }, () => vaultWith(FIRST));
    const sealed = await Promise.all(vaults.map((vault) => vault.seal(binding, { a: 'b' })));
    const { rows } = await world.owner.query('SELECT version FROM data_keys WHERE owner = $1', [tenant]);
    expect(rows).toEqual([{ version: 1 }]);
    const reader = vaultWith(FIRST);
    for (const one of sealed) expect((await reader.open(binding, one))['a']?.reveal()).toBe('b');
  });

  it('keeps no data key in the clear, and no plain text in the sealed bytes', async () => {
    const { bytes } = await vaultWith(FIRST).seal(binding, { accessToken: 'canary-91c2' });
    expect(Buffer.from(bytes).includes('canary')).toBe(false);
    const { rows } = await world.owner.query<{ wrapped: Buffer }>(
      'SELECT wrapped FROM data_keys WHERE owner = $1',
      [tenant],
    );
    expect(rows[0]?.wrapped.length).toBe(12 + 32 + 16);
  });

  it('opens nothing of a tenant whose data keys were destroyed, and seals nothing new for it', async () => {
    const vault = vaultWith(FIRST);
    const sealed = await vault.seal(binding, { a: 'b' });
    await world.db.inTenant(tenant, (tx) => destroyDataKeys(tx, tenant));
    vault.forget(tenant);
    await expect(vault.open(binding, sealed)).rejects.toMatchObject({ code: 'credential_unreadable' });
    await expect(vault.seal(binding, { a: 'b' })).rejects.toMatchObject({ code: 'credential_unreadable' });
  });

  it('does not unwrap a data key copied to another tenant', async () => {
    const vault = vaultWith(FIRST);
    const thief: TenantId = newId('tenant');
    const sealed = await vault.seal(binding, { a: 'b' });
    await world.owner.query(
      `INSERT INTO data_keys (owner, version, tenant_id, wrapped, kek_id, status)
       SELECT $2, version, $2, wrapped, kek_id, status FROM data_keys WHERE owner = $1`,
      [tenant, thief],
    );
    await expect(vault.open({ ...binding, owner: thief }, sealed)).rejects.toMatchObject({
      code: 'credential_unreadable',
    });
  });
});
