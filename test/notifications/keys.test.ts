// The keys that platforms sign with, while somebody makes key ids up: what is the platform's own is still read, and the platform is not asked without end.
import { expect, test } from 'vitest';
import { MooringError } from '../../domain/errors.ts';
import type { Json } from '../../domain/platform.ts';
import { createNotificationKeys } from '../../egress/notification-keys.ts';
import { PLATFORMS } from '../../platforms/index.ts';
import { newId } from '../../store/new-id.ts';

const MINUTE_MS = 60_000;

/** Keys of one platform, whose answers and whose clock are in the test's hands. */
function keysOf(id: string, answer: (path: string) => Json) {
  const platform = PLATFORMS.get(id);
  const signature = platform?.notifications?.signature;
  if (
    platform === undefined ||
    signature == null ||
    signature.kind !== 'public_key' ||
    'pem' in signature.key
  )
    throw new Error(`${id} has no fetched keys`);
  const { path } = signature.key;
  const clock = { nowMs: 1_800_000_000_000 };
  const asked: string[] = [];
  const unused = () => Promise.reject(new Error('unused'));
  const db = { inTenant: unused, acrossTenants: unused, sqlInTenant: unused, sqlAcrossTenants: unused };
  const keys = createNotificationKeys({
    db: { ...db, listen: unused, close: unused },
    sender: { send: unused, close: async () => undefined },
    clock: { nowMs: () => clock.nowMs },
    withCredential: (_use, closure) =>
      closure(async (request) => {
        asked.push(request.path);
        const body = answer(request.path);
        const isThere = body !== null;
        return {
          classification: isThere ? ('ok' as const) : ('not_found' as const),
          ...{ status: isThere ? 200 : 404, headers: {}, body, bodyText: '' },
        };
      }),
  });
  const connection = { tenantId: newId('tenant'), connectionId: newId('connection') };
  const read = (keyId: string) =>
    keys
      .read({ platform, connection, registrationId: null }, signature, {
        ...{ path: path.replace('{keyId}', keyId), keyId },
      })
      .catch((error: unknown) => {
        if (error instanceof MooringError) return error.code;
        throw error;
      });
  return { read, asked, clock };
}

const onlyReal = (path: string) => (path.endsWith('/real') ? { key: 'the key' } : null);

test('a new key of eBay’s is read while made-up ids come without end', async () => {
  const { read, asked, clock } = keysOf('ebay', onlyReal);
  let told: string | null = null;
  let minute = 0;
  for (; told !== 'the key' && minute < 30; minute++) {
    for (let n = 0; n < 50; n++) await read(`made-${minute}-${n}`);
    told = await read('real');
    clock.nowMs += MINUTE_MS;
  }
  expect(minute).toBeLessThanOrEqual(6);
  expect(asked.length).toBeLessThanOrEqual(6);
});

test('an id that is nobody’s is asked for once in ten minutes', async () => {
  const { read, asked, clock } = keysOf('ebay', onlyReal);
  for (let minute = 0; minute < 9; minute++) {
    expect(await read('made')).toBeNull();
    clock.nowMs += MINUTE_MS;
  }
  expect(asked).toHaveLength(1);
});

test('a key that was eBay’s stands while it cannot be read again, and goes when eBay says so', async () => {
  const say = { is: 'there' };
  const { read, clock } = keysOf('ebay', (path) => {
    if (say.is === 'down') throw new MooringError('platform_unreachable', 'nobody answers');
    return say.is === 'there' ? onlyReal(path) : null;
  });
  expect(await read('real')).toBe('the key');
  clock.nowMs += 61 * MINUTE_MS;
  say.is = 'down';
  expect(await read('real')).toBe('the key');
  clock.nowMs += 61 * MINUTE_MS;
  say.is = 'gone';
  expect(await read('real')).toBeNull();
});

test('bol’s list is read once for all ids, and again for made-up ones no more than eight times an hour', async () => {
  const listed = [{ id: '1', publicKey: 'first' }];
  const { read, asked, clock } = keysOf('bolcom', () => ({ signatureKeys: listed }));
  expect(await Promise.all([read('1'), read('1')])).toEqual(['first', 'first']);
  const bother = async (minutes: number) => {
    for (let minute = 0; minute < minutes; minute++) {
      for (let n = 0; n < 10; n++) await read(`made-${clock.nowMs}-${n}`);
      expect(await read('1')).toBe('first');
      clock.nowMs += MINUTE_MS;
    }
  };
  await bother(20);
  listed.push({ id: '2', publicKey: 'second' });
  await bother(8);
  expect(await read('2')).toBe('second');
  await bother(31);
  expect(asked.length).toBeLessThanOrEqual(8);
});
