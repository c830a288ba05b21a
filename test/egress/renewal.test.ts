// How the door asks for a newer credential: near expiry, after a refusal, once for all, and never when it must not.
import { describe, expect, it } from 'vitest';
import type { EnsureFreshOutcome } from '../../domain/credential.ts';
import { sharedEnsureFresh } from '../../egress/held-credential.ts';
import { newId } from '../../store/new-id.ts';
import { doorForTests, OK } from './door.ts';
import { ORDERS, useOf } from './use.ts';

const HOUR_MS = 3_600_000;

const door = doorForTests();

/** Asks the "workflow", and counts how often. */
function asking(answer: (afterGeneration: number) => Promise<EnsureFreshOutcome>) {
  const asked: number[] = [];
  return {
    asked,
    ensureFresh: async (_connectionId: string, _tenantId: string, afterGeneration: number) => {
      asked.push(afterGeneration);
      return answer(afterGeneration);
    },
  };
}

describe('a credential near its expiry', () => {
  it.each([
    ['an hour’s life, 59 s left', 3600, 59_000, 1],
    ['an hour’s life, 61 s left', 3600, 61_000, 0],
    ['ten minutes’ life, 29 s left', 600, 29_000, 1],
    ['ten minutes’ life, 31 s left', 600, 31_000, 0],
    ['an unknown life, 59 s left', undefined, 59_000, 1],
    ['already expired', 3600, -1, 1],
  ])('with %s is renewed first: %s %s %i times', async (_why, lifetimeS, leftMs, times) => {
    const connection = await door.connect({
      expiresAtMs: Date.now() + leftMs,
      ...(lifetimeS === undefined ? {} : { lifetimeS }),
    });
    const workflow = asking(() =>
      door.renew(connection, 2, { expiresAtMs: Date.now() + HOUR_MS, lifetimeS: 3600 }),
    );
    await door.open(workflow).withCredential(useOf(connection), (call) => call(ORDERS));
    expect(workflow.asked).toHaveLength(times);
    expect(door.asked.map((one) => one.authorization)).toEqual([`Bearer token-${times + 1}`]);
  });

  it('that lives a second is renewed for each call that finds it over, and no more often', async () => {
    const aSecond = () => ({ expiresAtMs: Date.now() - 1, lifetimeS: 1 });
    const connection = await door.connect(aSecond());
    const workflow = asking((after) => door.renew(connection, after + 1, aSecond()));
    await door.open(workflow).withCredential(useOf(connection), async (call) => {
      await call(ORDERS);
      await call(ORDERS);
    });
    expect(workflow.asked.length).toBeLessThanOrEqual(5);
    expect(workflow.asked).toEqual(workflow.asked.map((_, at) => at + 1));
    expect(door.asked).toHaveLength(2);
  });

  it('is asked for once by 200 callers of one process, who all go on with the new one', async () => {
    const connection = await door.connect({ expiresAtMs: Date.now() - 1, lifetimeS: 3600 });
    const workflow = asking(() =>
      door.renew(connection, 2, { expiresAtMs: Date.now() + HOUR_MS, lifetimeS: 3600 }),
    );
    const egress = door.open(workflow);
    await Promise.all(
      Array.from({ length: 200 }, () => egress.withCredential(useOf(connection), (call) => call(ORDERS))),
    );
    expect(workflow.asked).toEqual([1]);
    expect(new Set(door.asked.map((one) => one.authorization))).toEqual(new Set(['Bearer token-2']));
    expect(door.asked).toHaveLength(200);
  });

  it('is not asked for again by a caller who had opened the former one at that moment', async () => {
    const fresh = asking(async () => ({ outcome: 'fresh', generation: 2 }));
    const later = asking(async () => ({ outcome: 'retry_later', retryAtMs: 0 }));
    for (const { asked, ensureFresh, times } of [
      { ...fresh, times: 1 },
      { ...later, times: 2 },
    ]) {
      const ask = sharedEnsureFresh(ensureFresh);
      const of = [newId('connection'), newId('tenant'), 1] as const;
      expect(await ask(...of)).toEqual(await ask(...of));
      expect(asked).toHaveLength(times);
    }
  });

  it('that cannot be renewed yet is used while it lasts, and asked about no more before its time', async () => {
    const connection = await door.connect({ expiresAtMs: Date.now() + 20_000, lifetimeS: 3600 });
    const workflow = asking(async () => ({ outcome: 'retry_later', retryAtMs: Date.now() + 10_000 }));
    await door.open(workflow).withCredential(useOf(connection), async (call) => {
      for (let page = 0; page < 3; page++) await call(ORDERS);
    });
    expect(workflow.asked).toEqual([1]);
    expect(door.asked).toHaveLength(3);
  });

  it('that has expired and cannot be renewed yet is retry_later, with the time, and nothing is sent', async () => {
    const connection = await door.connect({ expiresAtMs: Date.now() - 1, lifetimeS: 3600 });
    const retryAtMs = Date.now() + 42_000;
    const egress = door.open(asking(async () => ({ outcome: 'retry_later', retryAtMs })));
    await expect(egress.withCredential(useOf(connection), (call) => call(ORDERS))).rejects.toMatchObject({
      code: 'retry_later',
      retryAtMs,
    });
    expect(door.asked).toEqual([]);
  });

  it.each([
    [{ outcome: 'reauth_required', reason: 'grant_dead' } as const, 'reauth_required'],
    [{ outcome: 'revoked' } as const, 'fenced'],
  ])('whose renewal ends %j is %s', async (outcome, code) => {
    const connection = await door.connect({ expiresAtMs: Date.now() - 1 });
    const egress = door.open(asking(async () => outcome));
    await expect(egress.withCredential(useOf(connection), (call) => call(ORDERS))).rejects.toMatchObject({
      code,
    });
    expect(door.asked).toEqual([]);
  });

  it('is never renewed for a revocation', async () => {
    const connection = await door.connect({ expiresAtMs: Date.now() - 1 });
    const workflow = asking(async () => ({ outcome: 'revoked' }));
    door.answer((_asked, response) => response.writeHead(401).end());
    const egress = door.open(workflow);
    await expect(
      egress.withCredential(useOf(connection, { purpose: 'revocation' }), (call) => call(ORDERS)),
    ).rejects.toMatchObject({
      code: 'credential_expired',
    });
    expect(workflow.asked).toEqual([]);
    expect(door.asked).toHaveLength(1);
  });
});

describe('a refused credential', () => {
  it('is replaced once and the call repeated once', async () => {
    const connection = await door.connect();
    const workflow = asking(() => door.renew(connection, 2));
    door.answer((asked, response, request) =>
      asked.authorization === 'Bearer token-2' ? OK(asked, response, request) : response.writeHead(401).end(),
    );
    const result = await door.open(workflow).withCredential(useOf(connection), (call) => call(ORDERS));
    expect(result.status).toBe(200);
    expect(workflow.asked).toEqual([1]);
    expect(door.asked.map((one) => one.authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it('that is refused again is credential_expired, said to be fresh by our clock', async () => {
    const connection = await door.connect();
    const workflow = asking(() => door.renew(connection, 2, { expiresAtMs: Date.now() + HOUR_MS }));
    door.answer((_asked, response) => response.writeHead(401).end());
    await expect(
      door.open(workflow).withCredential(useOf(connection), (call) => call(ORDERS)),
    ).rejects.toMatchObject({
      code: 'credential_expired',
      detail: { freshByOurClock: true, generation: 2 },
    });
    expect(workflow.asked).toEqual([1]);
    expect(door.asked).toHaveLength(2);
  });

  it('of many calls at once in one use is replaced by one question', async () => {
    const connection = await door.connect();
    const workflow = asking(() => door.renew(connection, 2));
    door.answer((asked, response, request) =>
      asked.authorization === 'Bearer token-2' ? OK(asked, response, request) : response.writeHead(401).end(),
    );
    await door
      .open(workflow)
      .withCredential(useOf(connection), (call) =>
        Promise.all(Array.from({ length: 20 }, () => call(ORDERS))),
      );
    expect(workflow.asked).toEqual([1]);
  });

  it('that cannot be replaced yet is retry_later, whatever our clock says of it', async () => {
    const connection = await door.connect({ expiresAtMs: Date.now() + HOUR_MS, lifetimeS: 3600 });
    const retryAtMs = Date.now() + 9_000;
    door.answer((_asked, response) => response.writeHead(401).end());
    const egress = door.open(asking(async () => ({ outcome: 'retry_later', retryAtMs })));
    await expect(egress.withCredential(useOf(connection), (call) => call(ORDERS))).rejects.toMatchObject({
      code: 'retry_later',
      retryAtMs,
    });
    expect(door.asked).toHaveLength(1);
  });
});
