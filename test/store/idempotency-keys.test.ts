import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  claimIdempotencyKey,
  type HeldClaim,
  type IdempotencyClaim,
  keepHolding,
  releaseIdempotencyKey,
  saveIdempotentAnswer,
} from '../../store/idempotency-keys.ts';
import { newId } from '../../store/new-id.ts';
import { createTestDatabase, type TestDatabase } from '../world.ts';

let world: TestDatabase;
const tenant = newId('tenant');
const SCOPE = `${tenant} POST /v1/connections`;

beforeAll(async () => {
  world = await createTestDatabase({ poolSize: 20 });
});
afterAll(() => world.close());

const claim = (key: string, body = 'body', scope = SCOPE): Promise<IdempotencyClaim> =>
  world.db.sqlAcrossTenants((sql) =>
    claimIdempotencyKey(sql, {
      scope,
      key,
      tenantId: tenant,
      requestHash: createHash('sha256').update(body).digest(),
    }),
  );
const held = async (claiming: Promise<IdempotencyClaim>): Promise<HeldClaim> => {
  const outcome = await claiming;
  if (!outcome.claimed) throw new Error('not claimed');
  return outcome.held;
};
const answer = (claim: HeldClaim): Promise<void> =>
  world.db.sqlAcrossTenants((sql) =>
    saveIdempotentAnswer(sql, claim, { bytes: Uint8Array.of(7), keyVersion: 1 }),
  );
const age = (key: string, interval: string): Promise<unknown> =>
  world.owner.query('UPDATE idempotency_keys SET created_at = now() - $2::interval WHERE key = $1', [
    key,
    interval,
  ]);

describe('an idempotency key', () => {
  it('is claimed by exactly one of 100 equal requests at the same time', async () => {
    const claims = await Promise.all(Array.from({ length: 100 }, () => claim('race')));
    expect(claims.filter((one) => one.claimed)).toHaveLength(1);
    const others = claims.filter((one) => !one.claimed);
    expect(others.every((one) => !one.claimed && one.isSameRequest && one.answer === null)).toBe(true);
  });

  it('gives the saved answer to every later request', async () => {
    await answer(await held(claim('saved')));
    const again = await claim('saved');
    expect(again).toEqual({
      claimed: false,
      isSameRequest: true,
      answer: { bytes: Buffer.of(7), keyVersion: 1 },
    });
  });

  it('tells a request with another body apart, before and after the answer', async () => {
    const other = await held(claim('other'));
    expect(await claim('other', 'another body')).toMatchObject({ claimed: false, isSameRequest: false });
    await answer(other);
    expect(await claim('other', 'another body')).toMatchObject({ claimed: false, isSameRequest: false });
  });

  it('is independent in another scope', async () => {
    await claim('scoped');
    expect(await claim('scoped', 'body', 'ten_other POST /v1/connections')).toMatchObject({ claimed: true });
  });

  it('can be claimed again when it was given back, but not once it was answered', async () => {
    const back = await held(claim('back'));
    await world.db.sqlAcrossTenants((sql) => releaseIdempotencyKey(sql, back));
    const again = await held(claim('back'));
    await answer(again);
    await world.db.sqlAcrossTenants((sql) => releaseIdempotencyKey(sql, again));
    expect(await claim('back')).toMatchObject({ claimed: false, isSameRequest: true });
  });

  it('is given to one next request when the process that claimed it died', async () => {
    const first = await held(claim('died'));
    await age('died', '91 seconds');
    expect(await claim('died', 'another body')).toMatchObject({ claimed: false, isSameRequest: false });
    const claims = await Promise.all(Array.from({ length: 20 }, () => claim('died')));
    const given = claims.flatMap((one) => (one.claimed ? [one.held] : []));
    expect(given.map(({ seed }) => seed)).toEqual([first.seed]);
  });

  it('is no longer answered, given back or relied on by one that was slow and is thought dead', async () => {
    const slow = await held(claim('slow'));
    await age('slow', '91 seconds');
    const next = await held(claim('slow'));
    const keep = (one: HeldClaim) => world.db.inTenant(tenant, (tx) => keepHolding(tx, one));
    await keep(next);
    await expect(keep(slow)).rejects.toMatchObject({ code: 'stale_write' });
    await answer(slow);
    await world.db.sqlAcrossTenants((sql) => releaseIdempotencyKey(sql, slow));
    expect(await claim('slow')).toMatchObject({ claimed: false, answer: null });
    await answer(next);
    expect(await claim('slow')).toMatchObject({ claimed: false, answer: { keyVersion: 1 } });
  });

  it('is kept for 24 hours and is free afterwards, also for another body', async () => {
    const old = await held(claim('old'));
    await answer(old);
    await age('old', '23 hours 59 minutes');
    expect(await claim('old')).toMatchObject({ claimed: false });
    await age('old', '24 hours 1 second');
    const later = await held(claim('old', 'another body'));
    expect(later.seed).not.toEqual(old.seed);
    expect(await claim('old', 'another body')).toMatchObject({
      claimed: false,
      isSameRequest: true,
      answer: null,
    });
  });
});
