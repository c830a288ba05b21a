// The key-encrypting key is away for a while: work waits and goes on, nothing falls back to plaintext, and no merchant is asked anything.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { judge } from '../../activities/refresh-credential.ts';
import { createDataKeyPort } from '../../store/data-keys.ts';
import { createVault, localKey, localKeyProvider } from '../../vault/index.ts';
import { createDoor, type Door } from '../egress/door.ts';
import { items, SHELF } from './shelf.ts';
import { createStage } from './stage.ts';

let door: Door;
beforeAll(async () => {
  door = await createDoor(SHELF);
});
afterAll(() => door.close());

test('a sync that meets it is tried again by Temporal, reports nothing, and runs once the key is back', async () => {
  const stage = await createStage(door, 'orders');
  stage.shop.put('orders', ...items(3));
  const vault = createVault({
    keyProvider: localKeyProvider(localKey(randomBytes(32))),
    dataKeys: createDataKeyPort(door.world.db),
  });
  const away = { egress: door.open({ vault }) };
  const error = await stage.stretch('first', { deps: away }).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ type: 'key_unavailable', nonRetryable: false });
  expect(door.asked).toHaveLength(0);
  expect(stage.reports).toEqual([]);
  const { rows } = await door.world.owner.query('SELECT state FROM connections WHERE id = $1', [
    stage.connectionId,
  ]);
  expect(rows).toEqual([{ state: 'active' }]);
  expect(await stage.stretch('first')).toMatchObject({ outcome: 'finished', records: 3 });
  // A refresh that meets it failed for now: the grant is not doubted.
  const refused = await vault
    .open({ owner: stage.tenantId, subject: 'x', kind: 'x', generation: 1 }, await sealed(stage.tenantId))
    .catch((caught: unknown) => caught);
  expect(judge(refused)).toMatchObject({ outcome: 'failed', code: 'key_unavailable' });
});

const sealed = (owner: `ten_${string}`) =>
  door.vault.seal({ owner, subject: 'x', kind: 'x', generation: 1 }, { a: 'b' });
